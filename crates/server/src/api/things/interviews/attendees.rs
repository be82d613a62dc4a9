//! Who takes part in an interview: `/v1/interviews/{id}/attendees`.

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::State;
use callboard_core::{
    ApplicationId, Attendee, AttendeeAnswer, AttendeeId, AttendeeKind, Command, Interview, InterviewCommand,
    InterviewId, UserId,
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

use crate::api::asking::{IfMatch, Posted};
use crate::api::body::{Body, Id, Within};
use crate::api::order::Order;
use crate::api::things::form::Fact;
use crate::api::things::member::{Email, Line, Member, Word, as_text};
use crate::auth::Writer;
use crate::hub::Hub;
use crate::openapi::{Made, Now, Part, View};
use crate::problem::Problem;

/// Someone who takes part: a user, the candidate of the application, or a guest.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "AttendeeForm")]
pub(super) struct AttendeeForm {
    /// What they are; goes without saying for a user and for the candidate.
    r#type: Fact<Word<AttendeeKind>>,
    /// The user.
    user_id: Fact<UserId>,
    /// The application that the interview is held for: its candidate.
    application_id: Fact<ApplicationId>,
    /// The name to show; that of the user or the candidate when nothing is said.
    display_name: Fact<Line>,
    /// E-mail address; that of the user or the candidate when nothing is said.
    email: Fact<Email>,
}

impl Member for AttendeeForm {
    type Fact = Attendee;

    fn checked(self, member: &str) -> Result<Attendee, Problem> {
        let name = |part| format!("{member}.{part}");
        Ok(Attendee {
            kind: self.r#type.told().map(|it| it.checked(&name("type"))).transpose()?,
            user_id: self.user_id.told().map(as_text),
            application_id: self.application_id.told().map(as_text),
            display_name: self.display_name.told().map(|it| it.checked(&name("display_name"))).transpose()?,
            email: self.email.told().map(|it| it.checked(&name("email"))).transpose()?,
            ..Attendee::default()
        })
    }
}

/// What someone answered to the invitation.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AttendeeAnswerForm")]
pub(super) struct AnswerForm {
    status: Word<AttendeeAnswer>,
}

/// An attendee's id in an address. Platforms give ids of their own form.
pub(super) struct AttendeePart(String);

impl FromStr for AttendeePart {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl JsonSchema for AttendeePart {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "AttendeePart".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        AttendeeId::json_schema(generator)
    }
}

impl Part for AttendeePart {
    const NAME: &'static str = "attendee";
    const MEANING: &'static str = "The attendee's id, as the interview shows it.";
}

pub(super) async fn add(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(id): Id<InterviewId>,
    if_match: IfMatch,
    Posted { body, once }: Posted<AttendeeForm>,
) -> Result<Made<View<Interview>>, Problem> {
    let attendee = body.checked("attendee")?;
    let command = Command::Interview(id, InterviewCommand::AddAttendee(attendee));
    Order::of(caller, vec![command]).only_if(id, if_match).once(once).made(&hub, id, "interviews").await
}

pub(super) async fn answer(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Within(id, AttendeePart(attendee)): Within<InterviewId, AttendeePart>,
    if_match: IfMatch,
    Body(form): Body<AnswerForm>,
) -> Result<Now<View<Interview>>, Problem> {
    let answer = form.status.checked("status")?;
    let command = Command::Interview(id, InterviewCommand::Answer { attendee, answer });
    Order::of(caller, vec![command]).only_if(id, if_match).now(&hub, id).await
}

pub(super) async fn remove(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Within(id, AttendeePart(attendee)): Within<InterviewId, AttendeePart>,
    if_match: IfMatch,
) -> Result<crate::openapi::Gone, Problem> {
    let command = Command::Interview(id, InterviewCommand::RemoveAttendee(attendee));
    Order::of(caller, vec![command]).only_if(id, if_match).gone(&hub).await
}
