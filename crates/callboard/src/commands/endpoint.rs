//! `callboard endpoint`.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::noun::Noun;
use crate::api::Api;
use crate::cli::{Body, EndpointArgs, EndpointCommand, EndpointFields};
use crate::show;
use crate::table::{made, text, word};

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
        EndpointCommand::Change { id, to, fields, seen } => {
            api.show_one(&api.patch(
                &ENDPOINTS.one(id),
                &form(to.as_ref(), fields)?.into(),
                seen.if_match,
            )?);
        }
        EndpointCommand::Enable(one) => ENDPOINTS.act(&api, &one.id, "enable", Body::default(), &one.seen)?,
        EndpointCommand::Disable(one) => {
            ENDPOINTS.act(&api, &one.id, "disable", Body::default(), &one.seen)?;
        }
        EndpointCommand::Remove(one) => ENDPOINTS.remove(&api, one)?,
    }
    Ok(ExitCode::SUCCESS)
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
