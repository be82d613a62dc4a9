//! `callboard delivery`.

use std::process::ExitCode;

use serde_json::json;

use crate::api::Api;
use crate::cli::{DeliveryArgs, DeliveryCommand};
use crate::show::Column;

const COLUMNS: [Column; 6] = [
    ("ID", "/id"),
    ("EVENT", "/event"),
    ("ENDPOINT", "/endpoint"),
    ("STATE", "/state"),
    ("ATTEMPTS", "/attempts"),
    ("NEXT", "/next_at"),
];
const ATTEMPTS: [Column; 6] = [
    ("#", "/number"),
    ("WHEN", "/at"),
    ("TOOK µs", "/took_us"),
    ("STATUS", "/status"),
    ("ERROR", "/error"),
    ("ANSWER", "/response"),
];

pub(crate) fn run(args: DeliveryArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match args.command {
        DeliveryCommand::List { page, endpoint, event, state } => {
            let filters =
                [("endpoint", endpoint.as_deref()), ("event", event.as_deref()), ("state", state.as_deref())];
            api.show_list(&api.list("deliveries", &page, &filters)?, &COLUMNS, "no deliveries");
        }
        DeliveryCommand::Show { id } => api.show_one(&api.get(&format!("deliveries/{id}"), &[])?),
        DeliveryCommand::Attempts { id } => {
            api.show_list(&api.get(&format!("deliveries/{id}/attempts"), &[])?, &ATTEMPTS, "not tried yet");
        }
        DeliveryCommand::Retry { id } => {
            api.show_one(&api.post(&format!("deliveries/{id}/retry"), &json!({}))?);
        }
        DeliveryCommand::Cancel { id } => {
            api.show_one(&api.post(&format!("deliveries/{id}/cancel"), &json!({}))?);
        }
    }
    Ok(ExitCode::SUCCESS)
}
