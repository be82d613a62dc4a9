//! `callboard endpoint`.

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::noun::Noun;
use crate::api::{Api, percent_encoded};
use crate::cli::{Body, EndpointArgs, EndpointCommand, EndpointFields, NOT_SEEN};
use crate::show;
use crate::table::{made, text, word};

/// How often it is looked whether an endpoint has been tried: longer than an attempt can take.
const LOOKS: u32 = 300;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

const ENDPOINTS: Noun = Noun {
    path: "endpoints",
    columns: &[
        word("ID", "/id"),
        word("DIALECT", "/dialect"),
        word("STATE", "/state"),
        made("EVENTS", events),
        text("URL", "/url"),
    ],
    nothing: "no endpoints yet: callboard endpoint add",
};

/// None named are all.
fn events(endpoint: &Value) -> String {
    Some(show::text(&endpoint["events"]))
        .filter(|named| !named.is_empty())
        .unwrap_or_else(|| "all".to_owned())
}

pub(crate) fn run(args: &EndpointArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        EndpointCommand::Add { to, fields } => {
            let dialect = fields.dialect.as_deref().unwrap_or("standard");
            ENDPOINTS.add(&api, form(Some(to), fields)?.with("dialect", dialect))?;
        }
        EndpointCommand::List(page) => ENDPOINTS.page(&api, page, &[])?,
        EndpointCommand::Show { id } => ENDPOINTS.show(&api, id)?,
        EndpointCommand::Change { id, to, fields, cleared, seen } => {
            let change = cleared.and(form(to.as_ref(), fields)?);
            api.show_one(&api.patch(&ENDPOINTS.one(id), &change.into(), seen.if_match)?);
        }
        EndpointCommand::Rotate(args) => {
            ENDPOINTS.act(&api, &args.id, "rotate", args.body()?, &args.seen)?;
        }
        EndpointCommand::Test { id, wait: false } => {
            ENDPOINTS.act(&api, id, "test", Body::default(), &NOT_SEEN)?;
        }
        EndpointCommand::Test { id, wait: true } => return test(&api, id),
        EndpointCommand::Enable(one) => ENDPOINTS.act(&api, &one.id, "enable", Body::default(), &one.seen)?,
        EndpointCommand::Disable(one) => {
            ENDPOINTS.act(&api, &one.id, "disable", Body::default(), &one.seen)?;
        }
        EndpointCommand::Remove(one) => ENDPOINTS.remove(&api, one)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells an endpoint something made up, and waits for how the first attempt goes.
fn test(api: &Api, id: &str) -> anyhow::Result<ExitCode> {
    let delivery = api.post(&format!("{}/test", ENDPOINTS.one(id)), &json!({}))?;
    let delivery = delivery["id"].as_str().context("the hub has answered with no delivery")?;
    let path = format!("deliveries/{}/attempts", percent_encoded(delivery));
    for _ in 0..LOOKS {
        if let Some(attempt) = api.get(&path)?["items"].get(0) {
            let status = attempt["status"].as_u64();
            api.show_one(&json!({"delivery": delivery, "attempt": attempt}));
            let went_well = status.is_some_and(|status| (200..300).contains(&status));
            return Ok(if went_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        sleep(BETWEEN_LOOKS);
    }
    bail!("it has not been tried yet; look again: callboard delivery attempts {delivery}")
}

/// The fields that were given, as the API wants them.
fn form(url: Option<&String>, fields: &EndpointFields) -> anyhow::Result<Body> {
    let retry = fields.retry.as_ref().map(|schedule| json!({"schedule": schedule}));
    let rate_limit = fields.rate_limit.map(|per_second| json!({"per_second": per_second}));
    Ok(Body::default()
        .with_some("url", url.map(String::as_str))
        .with_some("dialect", fields.dialect.as_deref())
        .with_some("events", fields.events.clone())
        .with_some("sources", fields.sources.clone())
        .with_some("ordering", fields.ordering.as_deref())
        .with_some("hold_for", fields.hold_for.as_deref())
        .with_some("retry", retry)
        .with_some("rate_limit", rate_limit)
        .with_some("description", fields.description.as_deref())
        .with_some("credentials", fields.credentials.json()?))
}
