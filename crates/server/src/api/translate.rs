//! `/v1/translate`: whose webhook is it, would it be taken, and what does it say?

use std::collections::BTreeMap;
use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::Json;
use axum::extract::State;
use callboard_core::{Source, SourceId};
use callboard_dialects::Request;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::Body;
use super::sources;
use super::translation::{Desk, NotUnderstood, Understood};
use crate::auth::Caller;
use crate::hub::Hub;
use crate::limits::{HEADER_BYTES, HEADERS, LINK_BYTES};
use crate::openapi::{refused_with, says};
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    let translating = says("translate", "Translate a webhook", TRANSLATING);
    ApiRouter::new().api_route(
        "/translate",
        post_with(translate, |it| refused_with(translating(it).tag("Receipts"), &[404])),
    )
}

const TRANSLATING: &str = "Takes a webhook that somebody has at hand: which platforms send such, what would come of it if nothing \
    were known yet, and how that reads in every dialect; with a `source`, also whether it would be taken as authentic \
    there, now. Nothing is kept, counted or told, so that there is nothing to be done once: an `Idempotency-Key` is not \
    looked at. What nobody understands is answered too, with the reasons.";

/// A webhook, as somebody pastes it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pasted {
    /// The headers that it came with. They matter for its verification only.
    #[serde(default)]
    #[schemars(extend("maxProperties" = HEADERS))]
    headers: BTreeMap<String, String>,
    /// Its body, character by character.
    body: String,
    /// The source against which it is verified; without one, it is not.
    source: Option<SourceId>,
    /// The URL that it was sent to: a source that knows its platform by a token looks for it there.
    #[schemars(length(max = 4096))]
    url: Option<String>,
}

/// A webhook in everybody's words.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Translation {
    /// By the platforms that send such, the likeliest first.
    understood: Vec<Understood>,
    /// By all others.
    not_understood: Vec<NotUnderstood>,
    /// Whether it would be taken. Null if no source was named.
    verification: Option<Verification>,
}

/// Whether a source would take a request as authentic, if it came now.
#[derive(Serialize, JsonSchema)]
struct Verification {
    source: SourceId,
    authentic: bool,
    /// The kind of reason why not, as the source's rejections name it. Left out if it is authentic.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// What was wrong and what to look at. Left out if it is authentic.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
}

async fn translate(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Body(pasted): Body<Pasted>,
) -> Result<Json<Translation>, Problem> {
    pasted.check()?;
    let source = pasted.source.map(|id| sources::find(&hub, caller, id)).transpose()?;
    let verification = source.as_ref().map(|source| pasted.verify(&hub, source)).transpose()?;
    let desk = Desk {
        company: caller.company,
        source: source.as_deref(),
        public_url: &hub.public_url,
        now: hub.now(),
    };
    let (understood, not_understood) = desk.translate(pasted.body.as_bytes());
    Ok(Json(Translation { understood, not_understood, verification }))
}

impl Pasted {
    /// No more than the inbox would take; the body alone is within the limit that it is posted under.
    fn check(&self) -> Result<(), Problem> {
        if self.headers.len() > HEADERS {
            let detail = format!("a request has at most {HEADERS} headers");
            return Err(Problem::new(codes::LIST_TOO_LONG, detail));
        }
        let in_headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        if in_headers > HEADER_BYTES {
            return Err(Problem::new(
                codes::TOO_LONG,
                format!("`headers` have at most {HEADER_BYTES} bytes"),
            ));
        }
        if self.url.as_ref().is_some_and(|url| url.len() > LINK_BYTES) {
            return Err(Problem::new(codes::TOO_LONG, format!("`url` has at most {LINK_BYTES} bytes")));
        }
        Ok(())
    }

    /// Looked at as the inbox does, but nothing comes of it.
    fn verify(&self, hub: &Hub, source: &Arc<Source>) -> Result<Verification, Problem> {
        let ear = hub
            .verifiers
            .ear(source)
            .map_err(|error| Problem::new(codes::DAMAGED, format!("{}: {error}", source.id)))?;
        let headers: Vec<(&String, &String)> = self.headers.iter().collect();
        let token = self.url.as_deref().and_then(|url| token(url, source.id));
        let request = Request { headers: &headers, token, body: self.body.as_bytes() };
        let rejection = ear.verifier.verify(&request, hub.now()).err();
        Ok(Verification {
            source: source.id,
            authentic: rejection.is_none(),
            code: rejection.as_ref().map(|it| it.code),
            explanation: rejection.map(|it| it.explanation),
        })
    }
}

/// The secret part of a source's URL.
fn token(url: &str, source: SourceId) -> Option<&str> {
    let (_, rest) = url.split_once(&format!("/in/{source}/"))?;
    rest.split(['?', '#']).next().filter(|token| !token.is_empty())
}
