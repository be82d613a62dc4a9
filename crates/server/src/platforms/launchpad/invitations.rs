//! `POST /launchpad/1/live/{interview_id}/invite`: a candidate is invited to meet reviewers.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use callboard_core::{
    Application, ApplicationCommand, ApplicationId, ApplicationTold, Attendee, AttendeeKind, Candidate,
    CandidateTold, Command, Entity, Extra, Facts, FeedbackCommand, FeedbackTold, Identifier, Interview,
    InterviewCommand, InterviewFormat, InterviewId, InterviewTold, Job, Kind, RefusalCode, Timestamp, User,
    World,
};
use callboard_dialects::rest::launchpad::{Invite, Made};
use serde_json::{Value, json};

use super::PLATFORM;
use super::assessments::{check, find};
use super::calls::Call;
use crate::limits::LINE_CHARS;
use crate::platforms::error_object::ErrorObject;
use crate::platforms::partner::{Partner, TRIES, is_overtaken};
use crate::platforms::people::{Request, known_candidate, known_user};
use crate::problem::{Problem, codes};
use crate::time_zone::is_writable;

pub(super) async fn create(
    assessment: Result<Path<String>, PathRejection>,
    Call { partner, body }: Call,
) -> Result<Json<Value>, ErrorObject> {
    let name = assessment.map(|Path(name)| name).unwrap_or_default();
    let job = find(&partner, &name).await?;
    let invite = Invite::read(&body)?;
    for (member, text) in
        [("first_name", &invite.first_name), ("last_name", &invite.last_name), ("email", &invite.email)]
    {
        check(&format!("candidate.{member}"), text, LINE_CHARS)?;
    }
    for _ in 0..TRIES {
        let at = partner.hub.now();
        let (interview, commands) = prepare(&partner, &job, &invite, at).await?;
        match partner.carry_out(commands, None).await {
            Ok(_) => return answer(&partner, &job, &invite, interview, at).await,
            Err(error) if is_overtaken(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(ErrorObject::new(codes::BUSY, "others keep changing what this invitation is about"))
}

/// The commands that an invitation comes to, and the interview that they make.
async fn prepare(
    partner: &Partner,
    job: &Arc<Job>,
    invite: &Invite,
    at: Timestamp,
) -> Result<(InterviewId, Vec<Command>), ErrorObject> {
    let emails = invite.reviewers.iter().map(|reviewer| partner.email(Kind::User, &reviewer.email));
    let names = emails.chain([partner.email(Kind::Candidate, &invite.email)]).collect();
    let world = partner.world(Vec::new(), names).await?;
    let reviewers = reviewers(partner, &world, invite)?;
    let mut request = Request::new(partner, &world);
    let application = apply(&mut request, job, invite)?;
    let id = partner.hub.mint();
    let facts = meeting(job, invite, application, &reviewers, at)?;
    let create = InterviewCommand::Create { application: Some(application), facts };
    request.commands.push(Command::Interview(id, create));
    for reviewer in reviewers {
        let facts = Facts::<FeedbackTold>::default();
        let assign = FeedbackCommand::Assign { interview: id, reviewer: reviewer.id, creator: None, facts };
        request.commands.push(Command::Feedback(partner.hub.mint(), assign));
    }
    Ok((id, request.commands))
}

/// Reviewers must be users already (platforms.md 4.2).
fn reviewers<'w>(partner: &Partner, world: &'w World, invite: &Invite) -> Result<Vec<&'w User>, ErrorObject> {
    let user = |email: &str| {
        known_user(partner, world, email).ok_or_else(|| {
            let message = format!("there is no user `{email}`; make one first, with `POST /v1/users`");
            ErrorObject::new(codes::UNKNOWN_REVIEWER, message)
        })
    };
    invite.reviewers.iter().map(|reviewer| user(&reviewer.email)).collect()
}

/// The invitation is the candidate's application for the job. One that was made without an invitation becomes one.
fn apply(request: &mut Request<'_>, job: &Job, invite: &Invite) -> Result<ApplicationId, ErrorObject> {
    let candidate = request.candidate(CandidateTold {
        first_name: Some(invite.first_name.clone()),
        last_name: Some(invite.last_name.clone()),
        email: Some(invite.email.clone()),
        ..CandidateTold::default()
    });
    let custom_invite_id = Some(invite.custom_invite_id.clone());
    let facts = Facts {
        external_ids: [(PLATFORM.to_owned(), custom_invite_id.clone())].into(),
        told: ApplicationTold { custom_invite_id, ..ApplicationTold::default() },
        clear: Vec::new(),
    };
    match request.application(candidate, Some(job.id)) {
        None => Ok(request.apply(candidate, Some(job.id), facts)),
        Some(known) if known.custom_invite_id.is_none() => {
            request.commands.push(Command::Application(known.id, ApplicationCommand::Change(facts)));
            Ok(known.id)
        }
        Some(known) => {
            let invited = known.custom_invite_id.as_deref().unwrap_or_default();
            let message =
                format!("`{}` has been invited to this assessment already, as `{invited}`", invite.email);
            Err(ErrorObject::new(RefusalCode::ALREADY_APPLIED.into(), message))
        }
    }
}

/// The live meeting. Whoever hosts it has organised it.
fn meeting(
    job: &Job,
    invite: &Invite,
    application: ApplicationId,
    reviewers: &[&User],
    at: Timestamp,
) -> Result<Facts<InterviewTold>, ErrorObject> {
    let start = invite.start.unwrap_or(at);
    if !is_writable(start) {
        return Err(ErrorObject::new(codes::BAD_TIME, "`schedule.start_time` is before the year 0"));
    }
    let end = invite.end(start);
    let end = end.ok_or_else(|| Problem::new(codes::BAD_BODY, "`schedule.start_time` is too far away"))?;
    let host = invite.reviewers.iter().position(|reviewer| reviewer.is_host);
    let candidate = Attendee {
        kind: Some(AttendeeKind::Candidate),
        application_id: Some(application.to_string()),
        ..Attendee::default()
    };
    let user = |user: &&User| Attendee {
        kind: Some(AttendeeKind::User),
        user_id: Some(user.id.to_string()),
        ..Attendee::default()
    };
    let told = InterviewTold {
        title: job.title.clone(),
        format: Some(InterviewFormat::Online),
        start: Some(start),
        end: Some(end),
        organizer_id: host.and_then(|host| reviewers.get(host)).map(|user| user.id.to_string()),
        attendees: Some(std::iter::once(candidate).chain(reviewers.iter().map(user)).collect()),
        extra: Extra::from([(PLATFORM.to_owned(), json!({"send_email": invite.send_email.to_string()}))]),
        ..InterviewTold::default()
    };
    Ok(Facts { told, ..Facts::default() })
}

async fn answer(
    partner: &Partner,
    job: &Job,
    invite: &Invite,
    id: InterviewId,
    at: Timestamp,
) -> Result<Json<Value>, ErrorObject> {
    let names = vec![partner.email(Kind::Candidate, &invite.email)];
    let world = partner.world(vec![id.raw()], names).await?;
    let (candidate, application, interview) =
        made(partner, &world, &invite.email, id).ok_or_else(|| Problem::not_found("interview"))?;
    let made = Made { job, candidate, application, interview, reviewers: &invite.reviewers, at };
    Ok(Json(made.answer()))
}

/// What was made, unless someone has removed it since.
fn made<'w>(
    partner: &Partner,
    world: &'w World,
    email: &str,
    id: InterviewId,
) -> Option<(&'w Candidate, &'w Application, &'w Interview)> {
    let Entity::Interview(interview) = &partner.present(world, id.raw())?.entity else { return None };
    let application = partner.present(world, interview.application_id?.raw())?;
    let Entity::Application(application) = &application.entity else { return None };
    Some((known_candidate(partner, world, email)?, application, interview))
}
