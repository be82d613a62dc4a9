//! The commands and the webhooks that stand for what happens in the small world.

use callboard_core::{
    About, ApplicationCommand, ApplicationStage, ApplicationTold, Attendee, AttendeeId, Belonging,
    CandidateCommand, CandidateTold, Change, Command, Facts, FeedbackCommand, FeedbackTold, InterviewChange,
    InterviewCommand, InterviewMode, InterviewTold, JobCommand, JobTold, Named, News, NoteCommand, NotePlace,
    NoteTold, Schedule, Score, UserCommand, UserTold,
};

use super::acts::{
    APPLICATION, ATTENDEE, Act, CANDIDATE, FEEDBACK, INTERVIEW, JOB, NOTE, Slot, USER, WORDS, id,
};
use crate::desk::{at, text};

pub fn attendee(company: usize, who: usize) -> String {
    id::<AttendeeId>(company, ATTENDEE, who).to_string()
}

fn facts<T>(told: T, called: Option<String>) -> Facts<T> {
    let external_ids = called.map(|called| ("platform".to_owned(), Some(called)));
    Facts { told, external_ids: external_ids.into_iter().collect(), clear: Vec::new() }
}

/// The command for it.
pub fn command(company: usize, act: &Act) -> Command {
    let of = |slot: &Slot| owner(company, slot);
    let interview = |slot: &Slot, command| Command::Interview(id(of(slot), INTERVIEW, slot.at), command);
    let candidate = |slot: &Slot, command| Command::Candidate(id(of(slot), CANDIDATE, slot.at), command);
    match act {
        Act::Schedule(slot, start) => {
            let schedule = Schedule { start: at(*start), end: None, time_zone: None };
            interview(slot, InterviewCommand::Schedule(schedule))
        }
        Act::Ask(slot, asked) => interview(slot, InterviewCommand::AskForTime(*asked)),
        Act::Attend(slot, who) => {
            let id = Some(attendee(company, *who));
            let attendee = Attendee { id, display_name: text(WORDS[*who]), ..Attendee::default() };
            interview(slot, InterviewCommand::AddAttendee(attendee))
        }
        Act::Leave(slot, who) => interview(slot, InterviewCommand::RemoveAttendee(attendee(company, *who))),
        Act::Join(slot, who) => interview(slot, InterviewCommand::Join { attendee: attendee(company, *who) }),
        Act::Start(slot) => interview(slot, InterviewCommand::Start),
        Act::End(slot) => interview(slot, InterviewCommand::End),
        Act::Fail(slot) => interview(slot, InterviewCommand::Fail { reason: text("Peeves") }),
        Act::Cancel(slot) => interview(slot, InterviewCommand::Cancel { reason: None }),
        Act::Archive(slot) => interview(slot, InterviewCommand::Archive),
        Act::Submit(slot, points) => {
            let told = FeedbackTold { score: Some(Score::from_points(*points)), ..FeedbackTold::default() };
            Command::Feedback(id(of(slot), FEEDBACK, slot.at), FeedbackCommand::Submit(facts(told, None)))
        }
        Act::Unassign(slot) => Command::Feedback(id(of(slot), FEEDBACK, slot.at), FeedbackCommand::Remove),
        Act::Tag { candidate: slot, tag, on: true } => {
            candidate(slot, CandidateCommand::AddTag(Named { id: None, name: text(WORDS[*tag]) }))
        }
        Act::Tag { candidate: slot, tag, on: false } => {
            candidate(slot, CandidateCommand::RemoveTag(WORDS[*tag].to_owned()))
        }
        Act::Title(slot, title) => {
            let told = CandidateTold { title: text(WORDS[*title]), ..CandidateTold::default() };
            candidate(slot, CandidateCommand::Change(facts(told, None)))
        }
        Act::Status(slot, status) => {
            let told = JobTold { status: Some(status.clone()), ..JobTold::default() };
            Command::Job(id(of(slot), JOB, slot.at), JobCommand::Change(facts(told, None)))
        }
        Act::Move(slot, parent) => {
            let stage = ApplicationStage { parent: parent.clone(), custom: None };
            Command::Application(id(of(slot), APPLICATION, slot.at), ApplicationCommand::Move(stage))
        }
        Act::DeleteJob(slot) => Command::Job(id(of(slot), JOB, slot.at), JobCommand::Delete),
        Act::DeleteApplication(slot) => {
            Command::Application(id(of(slot), APPLICATION, slot.at), ApplicationCommand::Delete)
        }
        Act::DeleteCandidate(slot) => candidate(slot, CandidateCommand::Delete),
        Act::Erase(slot) => candidate(
            slot,
            CandidateCommand::Erase { notes: vec![], files: vec![], answer_videos: vec![], feedback: vec![] },
        ),
        makes => making(company, makes),
    }
}

/// The command that makes something.
fn making(company: usize, act: &Act) -> Command {
    let of = |slot: &Slot| owner(company, slot);
    match act {
        Act::MakeUser(at) => {
            let told = UserTold { email: Some(format!("user{at}@hub.org")), ..UserTold::default() };
            Command::User(id(company, USER, *at), UserCommand::Create(facts(told, None)))
        }
        Act::MakeJob(at) => {
            let told = JobTold { title: text("zero"), ..JobTold::default() };
            let facts = facts(told, Some(format!("job{at}")));
            Command::Job(id(company, JOB, *at), JobCommand::Create(facts))
        }
        Act::MakeCandidate(at) => {
            let told =
                CandidateTold { email: Some(format!("candidate{at}@hub.org")), ..CandidateTold::default() };
            Command::Candidate(id(company, CANDIDATE, *at), CandidateCommand::Create(facts(told, None)))
        }
        Act::Apply { application, candidate, job } => Command::Application(
            id(company, APPLICATION, *application),
            ApplicationCommand::Create {
                candidate: id(of(candidate), CANDIDATE, candidate.at),
                job: job.map(|job| id(of(&job), JOB, job.at)),
                facts: facts(ApplicationTold::default(), None),
            },
        ),
        Act::MakeInterview { interview, application, start, on_demand } => {
            let told = InterviewTold {
                start: start.map(at),
                mode: on_demand.then_some(InterviewMode::OnDemand),
                ..InterviewTold::default()
            };
            let create = InterviewCommand::Create {
                application: application.map(|slot| id(of(&slot), APPLICATION, slot.at)),
                facts: facts(told, Some(format!("int{interview}"))),
            };
            Command::Interview(id(company, INTERVIEW, *interview), create)
        }
        Act::Assign { feedback, interview, reviewer } => Command::Feedback(
            id(company, FEEDBACK, *feedback),
            FeedbackCommand::Assign {
                interview: id(of(interview), INTERVIEW, interview.at),
                reviewer: id(of(reviewer), USER, reviewer.at),
                creator: None,
                facts: Facts::default(),
            },
        ),
        Act::Note { note, candidate } => {
            let place = NotePlace {
                candidate: Some(id(of(candidate), CANDIDATE, candidate.at)),
                ..NotePlace::default()
            };
            let told = NoteTold { text: text("?"), ..NoteTold::default() };
            Command::Note(id(company, NOTE, *note), NoteCommand::Create { place, facts: facts(told, None) })
        }
        other => unreachable!("nothing is made by it: {other:?}"),
    }
}

fn owner(company: usize, slot: &Slot) -> usize {
    if slot.is_foreign { 1 - company } else { company }
}

/// What a platform says of an interview, by the name that it has there.
pub fn of_interview(interview: usize, change: InterviewChange) -> News {
    let interview = About { external_id: Some(format!("int{interview}")), told: InterviewTold::default() };
    News::Interview { interview, of: Belonging::default(), meeting: None, change }
}

/// What a platform says that a job is called.
pub fn of_job(job: usize, title: usize) -> News {
    let told = JobTold { title: text(WORDS[title]), ..JobTold::default() };
    let job = About { external_id: Some(format!("job{job}")), told };
    News::Job { job, change: Change::Updated, status_only: false }
}
