//! What a command speaks of: what has to be loaded before it can be carried out.

use crate::command::{
    AnswerVideoCommand, ApplicationCommand, CandidateCommand, Command, Facts, FeedbackCommand, FileCommand,
    InterviewCommand, JobCommand, NoteCommand, QuestionCommand, UserCommand,
};
use crate::external::{Kind, Name};
use crate::id::{ApplicationId, CompanyId, Identifier, UserId};
use crate::interview::Attendee;

impl Command {
    /// The numbers of the ids of everything that it speaks of.
    pub fn ids(&self) -> Vec<u64> {
        let mut ids = Ids(Vec::new());
        match self {
            Self::Job(id, command) => ids.note([*id]).of_job(command),
            Self::Candidate(id, command) => ids.note([*id]).of_candidate(command),
            Self::Application(id, command) => ids.note([*id]).of_application(command),
            Self::Interview(id, command) => ids.note([*id]).of_interview(command),
            Self::Feedback(id, command) => ids.note([*id]).of_feedback(command),
            Self::Note(id, command) => ids.note([*id]).of_note(command),
            Self::Question(id, command) => ids.note([*id]).of_question(command),
            Self::AnswerVideo(id, command) => ids.note([*id]).of_answer_video(command),
            Self::User(id, command) => ids.note([*id]).of_user(command),
            Self::File(id, command) => ids.note([*id]).of_file(command),
            Self::Test(_) => &mut ids,
        };
        ids.0
    }

    /// The names that it gives: external ids and e-mail addresses, which nothing else may have.
    pub fn names(&self, company: CompanyId) -> Vec<Name> {
        match self {
            Self::Job(_, JobCommand::Create(facts) | JobCommand::Change(facts)) => {
                given(Kind::Job, company, facts, None)
            }
            Self::Candidate(_, CandidateCommand::Create(facts) | CandidateCommand::Change(facts)) => {
                given(Kind::Candidate, company, facts, facts.told.email.as_deref())
            }
            Self::Application(
                _,
                ApplicationCommand::Create { facts, .. } | ApplicationCommand::Change(facts),
            ) => given(Kind::Application, company, facts, None),
            Self::Interview(_, InterviewCommand::Create { facts, .. } | InterviewCommand::Change(facts)) => {
                given(Kind::Interview, company, facts, None)
            }
            Self::Feedback(
                _,
                FeedbackCommand::Assign { facts, .. }
                | FeedbackCommand::Request { facts, .. }
                | FeedbackCommand::Submit(facts),
            ) => given(Kind::Feedback, company, facts, None),
            Self::Note(_, NoteCommand::Create { facts, .. } | NoteCommand::Change(facts)) => {
                given(Kind::Note, company, facts, None)
            }
            Self::Question(_, QuestionCommand::Create { facts, .. } | QuestionCommand::Change(facts)) => {
                given(Kind::Question, company, facts, None)
            }
            Self::AnswerVideo(
                _,
                AnswerVideoCommand::Create { facts, .. } | AnswerVideoCommand::Change(facts),
            ) => given(Kind::AnswerVideo, company, facts, None),
            Self::User(_, UserCommand::Create(facts) | UserCommand::Change(facts)) => {
                given(Kind::User, company, facts, facts.told.email.as_deref())
            }
            Self::File(_, FileCommand::Create { facts, .. } | FileCommand::Change(facts)) => {
                given(Kind::File, company, facts, None)
            }
            _ => Vec::new(),
        }
    }
}

fn given<T>(kind: Kind, company: CompanyId, facts: &Facts<T>, email: Option<&str>) -> Vec<Name> {
    let external = facts
        .external_ids
        .iter()
        .filter_map(|(platform, value)| Some(Name::given(kind, company, platform, value.as_deref()?)));
    external.chain(email.map(|email| Name::email(kind, company, email))).collect()
}

struct Ids(Vec<u64>);

impl Ids {
    fn note(&mut self, ids: impl IntoIterator<Item = impl Identifier>) -> &mut Self {
        self.0.extend(ids.into_iter().map(Identifier::raw));
        self
    }

    /// Ids that stand in a text; what a platform calls something is no id of ours.
    fn text<I: Identifier>(&mut self, text: Option<&String>) -> &mut Self {
        self.note(text.and_then(|text| text.parse::<I>().ok()))
    }

    fn attendee(&mut self, attendee: &Attendee) {
        self.text::<UserId>(attendee.user_id.as_ref());
        self.text::<ApplicationId>(attendee.application_id.as_ref());
    }

    fn of_job(&mut self, command: &JobCommand) -> &mut Self {
        match command {
            JobCommand::Create(facts) | JobCommand::Change(facts) => {
                self.text::<UserId>(facts.told.owner_id.as_ref())
            }
            JobCommand::Delete => self,
        }
    }

    fn of_candidate(&mut self, command: &CandidateCommand) -> &mut Self {
        let CandidateCommand::Erase { notes, files, answer_videos, feedback } = command else { return self };
        self.note(notes.iter().copied());
        self.note(files.iter().copied());
        self.note(answer_videos.iter().copied());
        self.note(feedback.iter().copied())
    }

    fn of_application(&mut self, command: &ApplicationCommand) -> &mut Self {
        let ApplicationCommand::Create { candidate, job, .. } = command else { return self };
        self.note([*candidate]).note(*job)
    }

    fn of_interview(&mut self, command: &InterviewCommand) -> &mut Self {
        match command {
            InterviewCommand::Create { application, facts } => {
                facts.told.attendees.iter().flatten().for_each(|attendee| self.attendee(attendee));
                self.note(*application).text::<UserId>(facts.told.organizer_id.as_ref())
            }
            InterviewCommand::Change(facts) => self.text::<UserId>(facts.told.organizer_id.as_ref()),
            InterviewCommand::AddAttendee(attendee) => {
                self.attendee(attendee);
                self
            }
            _ => self,
        }
    }

    fn of_feedback(&mut self, command: &FeedbackCommand) -> &mut Self {
        match command {
            FeedbackCommand::Assign { interview, reviewer, creator, .. } => {
                self.note([*interview]).note([*reviewer]).note(*creator)
            }
            FeedbackCommand::Request { application, reviewer, creator, .. } => {
                self.note([*application]).note([*reviewer]).note(*creator)
            }
            FeedbackCommand::Submit(_) | FeedbackCommand::Remove => self,
        }
    }

    fn of_note(&mut self, command: &NoteCommand) -> &mut Self {
        let NoteCommand::Create { place, .. } = command else { return self };
        self.note(place.candidate).note(place.application).note(place.answer_video).note(place.author)
    }

    fn of_question(&mut self, command: &QuestionCommand) -> &mut Self {
        let QuestionCommand::Create { job, .. } = command else { return self };
        self.note([*job])
    }

    fn of_answer_video(&mut self, command: &AnswerVideoCommand) -> &mut Self {
        let AnswerVideoCommand::Create { interview, application, question, .. } = command else {
            return self;
        };
        self.note(*interview).note(*application).note(*question)
    }

    fn of_user(&mut self, command: &UserCommand) -> &mut Self {
        let UserCommand::Delete { feedback } = command else { return self };
        self.note(feedback.iter().copied())
    }

    fn of_file(&mut self, command: &FileCommand) -> &mut Self {
        let FileCommand::Create { candidate, application, note, .. } = command else { return self };
        self.note(*candidate).note(*application).note(*note)
    }
}
