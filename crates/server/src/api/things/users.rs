//! `/v1/users`: the company's own people, who recruit, interview and review.

use std::sync::Arc;

use axum::extract::State;
use callboard_core::{
    Command, CompanyId, Entity, Facts, FeedbackId, FeedbackStatus, Kind, User, UserCommand, UserId, UserTold,
};
use callboard_ledger::{EngineError, Reader, ThingFilter};
use schemars::JsonSchema;
use serde::Deserialize;

use super::belonging::picked;
use super::form::{Fact, Form, Reading};
use super::member::{Email, Line, Names, Zone};
use super::noun::{Desk, Makeable, Noun};
use crate::api::asking::IfMatch;
use crate::api::body::Id;
use crate::api::order::Order;
use crate::auth::Writer;
use crate::hub::Hub;
use crate::openapi::Gone;
use crate::problem::Problem;

/// What is said of a user.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "UserForm")]
pub(super) struct UserForm {
    /// The name to show.
    name: Fact<Line>,
    /// E-mail address. No two users have the same.
    email: Fact<Email>,
    /// What they do: `recruiter`, `interviewer`, `reviewer`.
    role: Fact<Line>,
    /// The zone they live in: an IANA or a Windows name.
    time_zone: Fact<Zone>,
    external_ids: Names,
}

impl Form for UserForm {
    const NEEDED: &'static [&'static str] = &["email"];
}

impl UserForm {
    fn facts(self) -> Result<Facts<UserTold>, Problem> {
        let mut reading = Reading::default();
        let told = UserTold {
            name: reading.read("name", self.name)?,
            email: reading.read("email", self.email)?,
            role: reading.read("role", self.role)?,
            time_zone: reading.read("time_zone", self.time_zone)?,
            ..UserTold::default()
        };
        reading.into_facts(self.external_ids, told)
    }
}

impl Noun for User {
    type Id = UserId;
    type Form = UserForm;
    const KIND: Kind = Kind::User;
    const COLLECTION: &'static str = "users";
    const FILTERS: &'static [&'static str] = &["email"];

    fn change(id: UserId, form: UserForm, _: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        Ok(vec![Command::User(id, UserCommand::Change(form.facts()?))])
    }
}

/// Removes a user, and what is still wanted of them: no assessment waits for someone who is gone.
pub(super) async fn remove(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(id): Id<UserId>,
    if_match: IfMatch,
) -> Result<Gone, Problem> {
    let company = caller.company;
    let feedback = hub.ledger.read(move |reader| wanted_of(reader, company, id)).await?;
    let commands = vec![Command::User(id, UserCommand::Delete { feedback })];
    Order::of(caller, commands).only_if(id, if_match).gone(&hub).await
}

/// Feedback that a user was asked for and has not given.
fn wanted_of(
    reader: &mut dyn Reader,
    company: CompanyId,
    user: UserId,
) -> Result<Vec<FeedbackId>, EngineError> {
    let states = Some(vec![FeedbackStatus::Pending.as_str().to_owned()]);
    let pending = ThingFilter { states, ..ThingFilter::all(company, Kind::Feedback) };
    picked(reader, &pending, |held| match &held.entity {
        Entity::Feedback(it) => {
            it.reviewer.as_ref().filter(|reviewer| reviewer.user == Some(user)).map(|_| it.id)
        }
        _ => None,
    })
}

impl Makeable for User {
    fn make(id: UserId, form: UserForm, _: &Desk<'_>) -> Result<Command, Problem> {
        Ok(Command::User(id, UserCommand::Create(form.facts()?)))
    }
}
