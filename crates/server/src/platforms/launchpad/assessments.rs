//! `POST /launchpad/1/live`: an assessment is made.

use axum::Json;
use callboard_core::{
    Command, Entity, Extra, Facts, Identifier, Job, JobCommand, JobId, JobStatus, JobTold, Kind,
};
use callboard_dialects::rest::launchpad::{NewAssessment, assessment_answer};
use serde_json::{Value, json};

use super::PLATFORM;
use super::calls::Call;
use crate::api::text::is_control;
use crate::limits::{LINE_CHARS, LONG_TEXT_CHARS};
use crate::platforms::error_object::ErrorObject;
use crate::platforms::partner::Partner;
use crate::platforms::people::known_user;
use crate::problem::{Problem, codes};

pub(super) async fn create(Call { partner, body }: Call) -> Result<Json<Value>, ErrorObject> {
    let asked = NewAssessment::read(&body)?;
    check("interview.title", &asked.title, LINE_CHARS)?;
    check("interview.email", &asked.email, LINE_CHARS)?;
    check("interview.description", asked.description.as_deref().unwrap_or_default(), LONG_TEXT_CHARS)?;
    let id: JobId = partner.hub.mint();
    let command = Command::Job(id, JobCommand::Create(facts(&partner, id, &asked).await?));
    let done = partner.carry_out(vec![command], None).await?;
    let job = done.things.iter().find_map(|held| match &held.entity {
        Entity::Job(job) if job.id == id => Some(job),
        _ => None,
    });
    let job: &Job = job.expect("what was made is among what was carried out");
    Ok(Json(assessment_answer(job, &asked.email, partner.hub.now())))
}

/// What the partner calls the job is our id of it: the callbacks about those who are invited to it go by that.
async fn facts(partner: &Partner, id: JobId, asked: &NewAssessment) -> Result<Facts<JobTold>, ErrorObject> {
    let world = partner.world(Vec::new(), vec![partner.email(Kind::User, &asked.email)]).await?;
    let owner = known_user(partner, &world, &asked.email);
    let told = JobTold {
        title: Some(asked.title.clone()),
        description: asked.description.clone(),
        status: Some(JobStatus::Published),
        owner_id: owner.map(|user| user.id.to_string()),
        extra: Extra::from([(PLATFORM.to_owned(), json!({"email": asked.email}))]),
        ..JobTold::default()
    };
    let external_ids = [(PLATFORM.to_owned(), Some(id.to_string()))].into();
    Ok(Facts { external_ids, told, clear: Vec::new() })
}

/// Refuses what is too long to be kept.
pub(super) fn check(member: &str, text: &str, most: usize) -> Result<(), Problem> {
    if text.chars().count() > most {
        return Err(Problem::new(codes::TOO_LONG, format!("`{member}` has at most {most} characters")));
    }
    let is_line = most == LINE_CHARS;
    if text.chars().any(|it| is_control(it) && (is_line || !matches!(it, '\n' | '\r' | '\t'))) {
        return Err(Problem::new(codes::BAD_TEXT, format!("`{member}` has a control character in it")));
    }
    Ok(())
}

/// The assessment that the partner calls by this: by our id, or by the one that LaunchPad itself gave it.
pub(super) async fn find(partner: &Partner, name: &str) -> Result<std::sync::Arc<Job>, ErrorObject> {
    let names = partner.names(Kind::Job, name);
    let id = name.parse::<JobId>().ok();
    let world = partner.world(id.map(Identifier::raw).into_iter().collect(), names.clone()).await?;
    let by_id = id.and_then(|id| partner.present(&world, id.raw()));
    match partner.named(&world, &names).or(by_id).map(|held| &held.entity) {
        Some(Entity::Job(job)) => Ok(std::sync::Arc::clone(job)),
        _ => Err(Problem::not_found("assessment").into()),
    }
}
