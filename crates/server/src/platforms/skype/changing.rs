//! What `PUT /api/interviews/{code}` comes to. A client may send the whole object back with something changed in it, or
//! only what is to change (`manage-interviews.md`): whatever differs from what is known becomes a command.

use callboard_core::{
    Attendee, AttendeeKind, Command, Extra, Facts, FeedbackCommand, FeedbackStatus, InterviewCommand,
    InterviewTold, Job, JobCommand, JobTold, Stage,
};
use callboard_dialects::rest::skype::{
    Asked, DEFAULT_POSITION_CODE, Participant, Position, asks_for_feedback, stage_command,
};

use super::PLATFORM;
use super::making::{Cast, assign, bare, kept, people_names};
use super::scene::Scene;
use super::timing::{schedule, zone};
use crate::platforms::error_object::ErrorObject;
use crate::platforms::partner::Partner;
use crate::platforms::people::Request;
use crate::problem::codes;

/// The commands that make an interview what is asked for; none if it is that already.
pub(super) async fn changes(
    partner: &Partner,
    scene: &Scene,
    asked: &Asked,
) -> Result<Vec<Command>, ErrorObject> {
    let participants = asked.participants.as_deref().unwrap_or_default();
    let world = partner.world(Vec::new(), people_names(partner, participants)).await?;
    let mut request = Request::new(partner, &world);
    describe(&mut request, scene, asked)?;
    if let Some(position) = &asked.position {
        describe_job(&mut request, scene, position)?;
    }
    if let Some(participants) = &asked.participants {
        recast(&mut request, scene, participants)?;
    }
    let scheduled = reschedule(&mut request, scene, asked)?;
    if let Some(stage) =
        asked.stage.as_ref().filter(|it| !(scheduled && it.value == Stage::SchedulingCompleted))
    {
        let command = stage_command(&scene.interview.stage, stage)
            .map_err(|error| ErrorObject::new(codes::STAGE_NOT_REACHED, error.0))?;
        request.commands.extend(command.map(|command| Command::Interview(scene.interview.id, command)));
    }
    Ok(request.commands)
}

/// The interview's own code and title, and what is only kept.
fn describe(request: &mut Request<'_>, scene: &Scene, asked: &Asked) -> Result<(), ErrorObject> {
    let interview = &scene.interview;
    let code = asked.code.clone().filter(|code| *code != scene.known().code());
    let extra = kept(Some(interview), &scene.answer(), asked)?;
    let told = InterviewTold {
        title: asked.title.clone().filter(|title| interview.title.as_ref() != Some(title)),
        extra: extra.map(|kept| Extra::from([(PLATFORM.to_owned(), kept)])).unwrap_or_default(),
        ..InterviewTold::default()
    };
    if code.is_some() || !told.is_empty() {
        let external_ids = code.map(|code| (PLATFORM.to_owned(), Some(code))).into_iter().collect();
        let facts = Facts { external_ids, told, clear: Vec::new() };
        request.commands.push(Command::Interview(interview.id, InterviewCommand::Change(facts)));
    }
    Ok(())
}

/// The job that the interview is for, which stays the same one.
fn describe_job(request: &mut Request<'_>, scene: &Scene, position: &Position) -> Result<(), ErrorObject> {
    let is_code = |job: &Job, code: &str| {
        let names = [job.code.as_deref(), job.external_ids.get(PLATFORM)];
        names.into_iter().flatten().any(|name| name == code) || job.id.to_string() == code
    };
    let code = position.code.as_deref();
    let Some(job) = scene.job.as_deref() else {
        // The defaults that an interview without a job is answered with.
        return match code {
            None | Some(DEFAULT_POSITION_CODE) => Ok(()),
            Some(code) => Err(elsewhere(code)),
        };
    };
    if let Some(code) = code.filter(|code| !is_code(job, code)) {
        return Err(elsewhere(code));
    }
    let new = |asked: &Option<String>, known: &Option<String>| {
        asked.clone().filter(|it| known.as_ref() != Some(it))
    };
    let told = JobTold {
        title: new(&position.title, &job.title),
        description: new(&position.description, &job.description),
        url: new(&position.url, &job.url),
        ..JobTold::default()
    };
    if !told.is_empty() {
        let facts = Facts { told, ..Facts::default() };
        request.commands.push(Command::Job(job.id, JobCommand::Change(facts)));
    }
    Ok(())
}

fn elsewhere(code: &str) -> ErrorObject {
    let code: String = code.chars().take(80).collect();
    let message = format!("an interview stays with its position; make a new one for `{code}`");
    ErrorObject::new(codes::BAD_BODY, message)
}

/// Those who are not in the list any more leave, and are asked for nothing; those who are new in it join.
fn recast(request: &mut Request<'_>, scene: &Scene, participants: &[Participant]) -> Result<(), ErrorObject> {
    let id = scene.interview.id;
    let attendees = scene.known().attendees();
    let leave = attendees.iter().filter(|attendee| !participants.iter().any(|it| it.is(attendee)));
    for attendee in leave {
        let Some(attendee_id) = attendee.id.clone() else { continue };
        request.commands.push(Command::Interview(id, InterviewCommand::RemoveAttendee(attendee_id)));
        request.commands.extend(unasked(scene, attendee));
    }
    let mut cast = Cast { attendees: Vec::new(), interviewers: Vec::new() };
    for participant in participants.iter().filter(|it| !attendees.iter().any(|attendee| it.is(attendee))) {
        cast.join(request, participant, invited(scene, participant))?;
    }
    let join = cast.attendees.into_iter().map(|it| Command::Interview(id, InterviewCommand::AddAttendee(it)));
    request.commands.extend(join);
    if asks_for_feedback(&scene.interview.extra) {
        let is_asked = |user| {
            scene.feedback.iter().any(|it| it.reviewer.as_ref().is_some_and(|it| it.user == Some(user)))
        };
        let new = cast.interviewers.into_iter().filter(|user| !is_asked(*user));
        new.for_each(|reviewer| assign(request, id, reviewer));
    }
    Ok(())
}

/// Whose interview it is comes back under their application.
fn invited(scene: &Scene, participant: &Participant) -> Attendee {
    let email = scene.candidate.as_ref().and_then(|candidate| candidate.email.as_deref());
    let is_theirs = participant.kind == AttendeeKind::Candidate
        && participant
            .email
            .as_deref()
            .zip(email)
            .is_some_and(|(told, known)| told.eq_ignore_ascii_case(known));
    let application = scene.interview.application_id.filter(|_| is_theirs);
    Attendee { application_id: application.map(|id| id.to_string()), ..bare(participant) }
}

/// Whoever leaves before giving feedback is not asked for it.
fn unasked(scene: &Scene, attendee: &Attendee) -> Option<Command> {
    let user = attendee.user_id.as_deref()?.parse().ok()?;
    let theirs = scene.feedback.iter().find(|feedback| {
        feedback.reviewer.as_ref().is_some_and(|reviewer| reviewer.user == Some(user))
            && feedback.status != Some(FeedbackStatus::Complete)
    })?;
    Some(Command::Feedback(theirs.id, FeedbackCommand::Remove))
}

/// A new time, or a new question for one. Answers whether there is a new time.
fn reschedule(request: &mut Request<'_>, scene: &Scene, asked: &Asked) -> Result<bool, ErrorObject> {
    let interview = &scene.interview;
    let zone = zone(asked, Some(interview), request.partner.settings().as_deref())?;
    if let Some(schedule) = schedule(asked, Some(interview), zone)? {
        request.commands.push(Command::Interview(interview.id, InterviewCommand::Schedule(schedule)));
        return Ok(true);
    }
    let Some(scheduling) = &asked.scheduling else { return Ok(false) };
    let before = interview.extra.get(PLATFORM).and_then(|kept| kept.get("scheduling"));
    let is_new = ["mode", "dateProposing"]
        .iter()
        .any(|member| scheduling.kept.get(*member) != before.and_then(|before| before.get(*member)));
    if let Some(time) = scheduling.asks().filter(|_| is_new) {
        request.commands.push(Command::Interview(interview.id, InterviewCommand::AskForTime(time)));
    }
    Ok(false)
}
