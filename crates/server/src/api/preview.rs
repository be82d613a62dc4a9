//! `/v1/endpoints/preview`: what would such an endpoint be sent?

use std::borrow::Cow;
use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use callboard_core::{EventType, IdMint, made_up};
use callboard_dialects::{Recipient, dialect};
use callboard_outbox::render;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use super::body::Body;
use super::endpoint_form::{DialectName, EndpointForm};
use super::endpoints::blank;
use super::request_view::{HostLinks, RequestView, SOMEWHERE};
use crate::auth::Caller;
use crate::hub::Hub;
use crate::openapi::says;
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    let previewing = says("previewEndpoint", "Show what an endpoint would be sent", PREVIEWING);
    ApiRouter::new().api_route("/endpoints/preview", post_with(preview, |it| previewing(it).tag("Endpoints")))
}

const PREVIEWING: &str = "The request that an endpoint like this would be sent to tell something made up, about somebody named \
    `Callboard Test`. Nothing is made, kept or sent, and nobody is looked up, so that there is nothing to be done once: an \
    `Idempotency-Key` is not looked at.";

/// An endpoint as it might be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Preview {
    /// In whose words.
    #[schemars(with = "DialectName")]
    dialect: String,
    /// Where to, as for an endpoint that is made.
    url: Option<String>,
    /// What is signed with, as for an endpoint that is made. They are masked in the answer.
    credentials: Option<Value>,
    /// What has happened, such as `interview.stage.updated`. If nothing is said, a test: every dialect tells one.
    #[schemars(with = "Option<EventName>")]
    event: Option<String>,
}

/// The name of an event that there is.
struct EventName;

impl JsonSchema for EventName {
    fn schema_name() -> Cow<'static, str> {
        "EventName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let known: Vec<&str> = EventType::KNOWN.iter().map(EventType::as_str).collect();
        json_schema!({ "type": "string", "enum": known })
    }
}

async fn preview(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Body(form): Body<Preview>,
) -> Result<Json<RequestView>, Problem> {
    let kind = form.event.as_deref().map_or(EventType::EndpointTest, EventType::from);
    if !kind.is_known() {
        let detail = format!("there is no event `{kind}`; name one, such as `interview.stage.updated`");
        return Err(Problem::new(codes::UNKNOWN_EVENT, detail));
    }
    let mut endpoint = blank(&hub, caller);
    SOMEWHERE.clone_into(&mut endpoint.url);
    EndpointForm::of(form.url, form.dialect, form.credentials).fill(
        &mut endpoint,
        &hub.guard,
        &hub.ledger.directory(),
        hub.now(),
    )?;
    let at = hub.now();
    let event = made_up(kind, &endpoint, at, &mut IdMint::new(0, 0));
    let to = Recipient { url: &endpoint.url, public_url: &hub.public_url };
    let bodies = dialect(&endpoint.dialect).map(|dialect| render(dialect, &event, &to)).unwrap_or_default();
    let bodies: Vec<Bytes> = bodies.into_iter().map(Bytes::from).collect();
    RequestView::of(&endpoint, event.id, &bodies, at, HostLinks::Hidden).map(Json)
}
