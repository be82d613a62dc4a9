//! One delivery: what was sent, what came back, and what comes next.

use askama::Template;
use axum::extract::{Form, Path};
use axum::http::Method;
use axum::response::Redirect;
use callboard_core::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Delivery;
use super::curl;
use super::list::at;
use crate::api::{Api, Fault, List};
use crate::in_address::{InAddress, asking};
use crate::listing::{Endpoint, encoded};
use crate::page::{self, Page};
use crate::request::Shown;
use crate::session::Visitor;
use crate::words::{DIALECTS, Line, line_of};

/// So many of the last attempts are listed at first.
const ATTEMPTS: usize = 25;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// In whose words it is shown; if nothing is said, in those that were sent.
    dialect: String,
    /// Which attempt's answer is shown; if nothing is said, the last one's.
    attempt: Option<u32>,
    /// Are all attempts listed?
    all: bool,
    /// What was just done.
    done: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Attempt {
    number: u32,
    at: Timestamp,
    took_us: u64,
    status: Option<u16>,
    error: Option<String>,
    #[serde(default)]
    response: String,
}

#[derive(Template)]
#[template(path = "delivery.html")]
struct One {
    asked: Asked,
    /// Are host links shown?
    host_links: bool,
    delivery: Delivery,
    owed_since: Timestamp,
    endpoint: Option<Endpoint>,
    line: Option<Line>,
    /// Newest first.
    attempts: Vec<Attempt>,
    /// How many there are that are not listed.
    unlisted: usize,
    shown: Option<Attempt>,
    request: Result<Shown, Fault>,
}

impl One {
    const SECTION: &str = "Deliveries";

    fn done(&self) -> Option<&str> {
        match self.asked.done.as_str() {
            "retry" => Some("It is owed again, and tried as soon as it is its turn."),
            "cancel" => Some("It is called off: nobody is told any more."),
            _ => None,
        }
    }

    fn is_as_sent(&self, dialect: &str) -> bool {
        self.endpoint.as_ref().is_some_and(|it| it.dialect == dialect)
    }

    /// Is nobody told at its endpoint?
    fn is_disabled(&self) -> bool {
        self.endpoint.as_ref().is_some_and(|it| it.state == "disabled")
    }

    fn is_shown(&self, attempt: &Attempt) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.number == attempt.number)
    }

    fn curl(&self) -> Option<String> {
        let request = self.request.as_ref().ok()?;
        Some(curl::command(request, request.body.as_deref()?))
    }
}

pub(super) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    InAddress(asked): InAddress<Asked>,
) -> Result<Page, Fault> {
    draw(&visitor.api, &id, asked, false).await
}

async fn draw(api: &Api, id: &str, asked: Asked, host_links: bool) -> Result<Page, Fault> {
    let id = encoded(id);
    let delivery: Delivery = api.get(&format!("/v1/deliveries/{id}")).await?;
    let attempts: List<Attempt> = api.get(&format!("/v1/deliveries/{id}/attempts")).await?;
    let mut attempts = attempts.items;
    attempts.reverse();
    let wanted = asked.attempt.and_then(|number| attempts.iter().find(|it| it.number == number));
    let shown = wanted.or(attempts.first()).cloned();
    let listed = if asked.all { attempts.len() } else { ATTEMPTS.min(attempts.len()) };
    let unlisted = attempts.split_off(listed).len();
    let endpoint = match api.get(&format!("/v1/endpoints/{}", encoded(&delivery.endpoint))).await {
        Ok(endpoint) => Some(endpoint),
        Err(fault) if fault.is_not_found() => None,
        Err(fault) => return Err(fault),
    };
    let line = line_of(api, &delivery.event).await?;
    let shown_links = if host_links { "shown" } else { "" };
    let path = asking(
        &format!("/v1/deliveries/{id}/request"),
        &[("host_links", shown_links), ("dialect", &asked.dialect)],
    );
    let request = api.get(&path).await;
    let owed_since = at(&delivery.id);
    Ok(page::draw(&One {
        asked,
        host_links,
        delivery,
        owed_since,
        endpoint,
        line,
        attempts,
        unlisted,
        shown,
        request,
    }))
}

pub(super) async fn retry(visitor: Visitor, Path(id): Path<String>) -> Result<Redirect, Fault> {
    act(&visitor.api, &id, "retry").await
}

pub(super) async fn cancel(visitor: Visitor, Path(id): Path<String>) -> Result<Redirect, Fault> {
    act(&visitor.api, &id, "cancel").await
}

async fn act(api: &Api, id: &str, deed: &str) -> Result<Redirect, Fault> {
    let id = encoded(id);
    let _: Value = api.send(Method::POST, &format!("/v1/deliveries/{id}/{deed}"), &json!({})).await?;
    Ok(Redirect::to(&format!("/board/deliveries/{id}?done={deed}")))
}

/// The page with host links in it. To ask for them is a deed, which is logged: no address does it by itself.
pub(super) async fn host_links(
    visitor: Visitor,
    Path(id): Path<String>,
    Form(asked): Form<Asked>,
) -> Result<Page, Fault> {
    draw(&visitor.api, &id, asked, true).await
}

impl Attempt {
    fn is_good(&self) -> bool {
        self.error.is_none() && self.status.is_some_and(|status| (200..300).contains(&status))
    }

    fn came_to(&self) -> String {
        match (self.status, &self.error) {
            (Some(status), _) => status.to_string(),
            (None, Some(_)) => "no answer".to_owned(),
            (None, None) => String::new(),
        }
    }

    fn took(&self) -> String {
        page::millis(self.took_us)
    }

    /// What came back, put so that one can read it.
    fn answer(&self) -> String {
        page::readable(&self.response)
    }
}
