//! Telling an endpoint again, and how far that is.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use callboard_core::Timestamp;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Board;
use crate::api::{Api, Fault, IDEMPOTENCY_KEY, List};
use crate::listing::encoded;
use crate::page::{self, Page};
use crate::session::Visitor;

pub(super) const WHATS: [(&str, &str); 3] = [
    ("failed", "What was given up or called off"),
    ("missed", "What it was never told, but would be now"),
    ("all", "Everything, again"),
];
pub(super) const SPANS: [(&str, &str); 3] =
    [("1h", "The last hour"), ("24h", "The last day"), ("168h", "The last week")];
/// So many of a company's replays are looked through for this endpoint's.
const LOOKED_THROUGH: usize = 200;
/// So many are shown.
const SHOWN: usize = 5;

/// A replay as the API shows it.
#[derive(Debug, Deserialize)]
struct Replay {
    id: String,
    state: String,
    endpoint: Option<String>,
    what: String,
    since: Timestamp,
    until: Timestamp,
    total: Option<u64>,
    seen: u64,
    replayed: u64,
    reached_at: Timestamp,
    error: Option<String>,
}

/// An endpoint's last replays, newest first.
#[derive(Template)]
#[template(path = "endpoint_replays.html")]
pub(super) struct Told {
    endpoint: String,
    replays: Vec<Replay>,
}

pub(super) async fn of(api: &Api, endpoint: &str) -> Result<Told, Fault> {
    let list: List<Replay> = api.get(&format!("/v1/replays?limit={LOOKED_THROUGH}")).await?;
    let mine = list.items.into_iter().filter(|it| it.endpoint.as_deref() == Some(endpoint));
    Ok(Told { endpoint: endpoint.to_owned(), replays: mine.take(SHOWN).collect() })
}

/// How far they are, for a page that is shown already.
pub(super) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Page, Fault> {
    Ok(page::draw(&of(&visitor.api, &id).await?))
}

/// What is to be told again.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    what: String,
    span: String,
    /// The same for a form that is sent twice.
    #[serde(default)]
    once: String,
    #[serde(default)]
    since: String,
    #[serde(default)]
    until: String,
}

pub(super) async fn begin(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(asked): Form<Asked>,
) -> Result<Response, Fault> {
    let Some(body) = asked.body((board.now)()) else {
        let says = "A time is written like 2026-03-02T09:30, in UTC.";
        return Ok(page::plain(StatusCode::BAD_REQUEST, "No such time", says).into_response());
    };
    let path = format!("/v1/endpoints/{}/replay", encoded(&id));
    let once = (IDEMPOTENCY_KEY, asked.once.as_str());
    let _: Value = visitor.api.send_if(once, Method::POST, &path, &body).await?;
    Ok(Redirect::to(&format!("/board/endpoints/{}?done=replay#replays", encoded(&id))).into_response())
}

pub(super) async fn cancel(
    visitor: Visitor,
    Path((id, replay)): Path<(String, String)>,
) -> Result<Redirect, Fault> {
    let path = format!("/v1/replays/{}/cancel", encoded(&replay));
    let _: Value = visitor.api.send(Method::POST, &path, &json!({})).await?;
    Ok(Redirect::to(&format!("/board/endpoints/{}?done=cancel#replays", encoded(&id))))
}

impl Asked {
    /// What to ask the API; nothing if a time cannot be read.
    fn body(&self, now: Timestamp) -> Option<Value> {
        let since = match self.since.as_str() {
            "" => now.checked_sub(self.span.parse::<SignedDuration>().ok()?).ok()?,
            since => page::written(since)?,
        };
        let mut body = json!({ "what": self.what, "since": since });
        if !self.until.is_empty() {
            body["until"] = json!(page::written(&self.until)?);
        }
        Some(body)
    }
}

impl Replay {
    fn is_running(&self) -> bool {
        self.state == "running"
    }

    fn what_words(&self) -> &str {
        match self.what.as_str() {
            "failed" => "given up",
            "missed" => "never told",
            "all" => "everything",
            other => other,
        }
    }

    /// How far it is, in percent: by what there is to look at, where that could be counted, else by time.
    fn percent(&self) -> i64 {
        let (done, all) = match self.total {
            Some(total) => (self.seen.try_into().unwrap_or(i64::MAX), total.try_into().unwrap_or(i64::MAX)),
            None => {
                let from = self.since.as_second();
                (self.reached_at.as_second() - from, self.until.as_second() - from)
            }
        };
        if all <= 0 { 100 } else { (done.saturating_mul(100) / all).clamp(0, 100) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(span: &str, since: &str, until: &str) -> Asked {
        let [span, since, until] = [span, since, until].map(str::to_owned);
        Asked { what: "failed".to_owned(), span, once: String::new(), since, until }
    }

    #[test]
    fn a_time_that_is_given_counts_instead_of_the_choice() {
        let now = "2026-03-02T08:00:00Z".parse().unwrap();
        let body = |span, since, until| asked(span, since, until).body(now);
        assert_eq!(body("1h", "", ""), Some(json!({"what": "failed", "since": "2026-03-02T07:00:00Z"})));
        assert_eq!(
            body("1h", "2026-03-01T09:30", "2026-03-01T10:00:30"),
            Some(json!({
                "what": "failed", "since": "2026-03-01T09:30:00Z", "until": "2026-03-01T10:00:30Z",
            }))
        );
        assert_eq!(body("1h", "yesterday", ""), None);
        assert_eq!(body("for ever", "", ""), None);
    }

    #[test]
    fn progress_is_counted_where_that_can_be_done_and_else_goes_by_time() {
        let replay = |total: Option<u64>| Replay {
            id: String::new(),
            state: "running".to_owned(),
            endpoint: None,
            what: "failed".to_owned(),
            since: "2026-03-02T08:00:00Z".parse().unwrap(),
            until: "2026-03-02T09:00:00Z".parse().unwrap(),
            total,
            seen: 30,
            replayed: 30,
            reached_at: "2026-03-02T08:15:00Z".parse().unwrap(),
            error: None,
        };
        assert_eq!(replay(Some(40)).percent(), 75);
        assert_eq!(replay(None).percent(), 25);
        assert_eq!(replay(Some(0)).percent(), 100);
    }
}
