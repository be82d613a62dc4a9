//! `callboard endpoint`.

use std::process::ExitCode;

use serde_json::{Map, Value, json};

use crate::api::Api;
use crate::cli::{EndpointArgs, EndpointCommand, EndpointFields};
use crate::show::Column;

const COLUMNS: [Column; 5] =
    [("ID", "/id"), ("DIALECT", "/dialect"), ("STATE", "/state"), ("EVENTS", "/events"), ("URL", "/url")];

pub(crate) fn run(args: EndpointArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match args.command {
        EndpointCommand::Add { to, mut fields } => {
            fields.dialect.get_or_insert_with(|| "standard".to_owned());
            api.show_one(&api.post("endpoints", &form(Some(to), fields)?)?);
        }
        EndpointCommand::List(page) => {
            api.show_list(
                &api.list("endpoints", &page, &[])?,
                &COLUMNS,
                "no endpoints yet: callboard endpoint add",
            );
        }
        EndpointCommand::Show { id } => api.show_one(&api.get(&format!("endpoints/{id}"), &[])?),
        EndpointCommand::Change { id, to, fields } => {
            api.show_one(&api.patch(&format!("endpoints/{id}"), &form(to, fields)?)?);
        }
        EndpointCommand::Enable { id } => {
            api.show_one(&api.post(&format!("endpoints/{id}/enable"), &json!({}))?);
        }
        EndpointCommand::Disable { id } => {
            api.show_one(&api.post(&format!("endpoints/{id}/disable"), &json!({}))?);
        }
        EndpointCommand::Remove { id } => drop(api.delete(&format!("endpoints/{id}"))?),
    }
    Ok(ExitCode::SUCCESS)
}

/// The fields that were given, as the API wants them.
fn form(url: Option<String>, fields: EndpointFields) -> anyhow::Result<Value> {
    let members = [
        ("url", url.map(Value::from)),
        ("dialect", fields.dialect.map(Value::from)),
        ("events", fields.events.map(Value::from)),
        ("sources", fields.sources.map(Value::from)),
        ("ordering", fields.ordering.map(Value::from)),
        ("hold_for", fields.hold_for.map(Value::from)),
        ("retry", fields.retry.map(|schedule| json!({"schedule": schedule}))),
        ("rate_limit", fields.rate_limit.map(|per_second| json!({"per_second": per_second}))),
        ("description", fields.description.map(Value::from)),
        ("credentials", fields.credentials.json()?),
    ];
    let given = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Ok(Value::Object(given.collect::<Map<_, _>>()))
}
