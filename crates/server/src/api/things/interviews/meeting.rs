//! The links to join an interview: `/v1/interviews/{id}/meeting`.

use std::sync::Arc;

use axum::extract::State;
use callboard_core::{Command, HostLink, Interview, InterviewCommand, InterviewId, Meeting};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::api::asking::IfMatch;
use crate::api::body::{Body, Id};
use crate::api::order::Order;
use crate::api::things::form::Fact;
use crate::api::things::member::{Line, Link, Member};
use crate::auth::Writer;
use crate::hub::Hub;
use crate::openapi::{Gone, Now, View};
use crate::problem::Problem;

/// The links to join. One of them is needed.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "MeetingForm")]
pub(super) struct MeetingForm {
    /// Whose meeting it is: `zoom`, `teams_for_business`, `hangouts_meet`, `skype`, or any other word.
    provider: Fact<Line>,
    /// For the candidate and everyone else.
    join_url: Fact<Link>,
    /// For the host. Whoever holds it is the host, so it is shown in the answer to this request only.
    start_url: Fact<Link>,
    /// The provider's id for the meeting.
    id: Fact<Line>,
}

impl Member for MeetingForm {
    type Fact = Meeting;

    fn checked(self, member: &str) -> Result<Meeting, Problem> {
        let name = |part| format!("{member}.{part}");
        let start_url = self.start_url.told().map(|it| it.checked(&name("start_url"))).transpose()?;
        Ok(Meeting {
            provider: self.provider.told().map(|it| it.checked(&name("provider"))).transpose()?,
            join_url: self.join_url.told().map(|it| it.checked(&name("join_url"))).transpose()?,
            start_url: start_url.map(HostLink),
            id: self.id.told().map(|it| it.checked(&name("id"))).transpose()?,
        })
    }
}

pub(super) async fn put(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(id): Id<InterviewId>,
    if_match: IfMatch,
    Body(form): Body<MeetingForm>,
) -> Result<Now<View<Interview>>, Problem> {
    let command = Command::Interview(id, InterviewCommand::PutMeeting(form.checked("meeting")?));
    Order::of(caller, vec![command]).only_if(id, if_match).showing_host_links().now(&hub, id).await
}

pub(super) async fn remove(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(id): Id<InterviewId>,
    if_match: IfMatch,
) -> Result<Gone, Problem> {
    let command = Command::Interview(id, InterviewCommand::RemoveMeeting);
    Order::of(caller, vec![command]).only_if(id, if_match).gone(&hub).await
}
