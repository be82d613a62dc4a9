//! `callboard receipt`.

use std::process::ExitCode;

use serde_json::json;

use crate::api::Api;
use crate::cli::{ReceiptArgs, ReceiptCommand};
use crate::show::Column;

const COLUMNS: [Column; 5] = [
    ("ID", "/id"),
    ("RECEIVED", "/received_at"),
    ("SOURCE", "/source"),
    ("OUTCOME", "/outcome"),
    ("WHAT", "/detail"),
];

pub(crate) fn run(args: ReceiptArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match args.command {
        ReceiptCommand::List { page, source, outcome } => {
            let filters = [("source", source.as_deref()), ("outcome", outcome.as_deref())];
            api.show_list(&api.list("receipts", &page, &filters)?, &COLUMNS, "nothing was received yet");
        }
        ReceiptCommand::Show { id } => api.show_one(&api.get(&format!("receipts/{id}"), &[])?),
        ReceiptCommand::Reprocess { id } => {
            api.show_one(&api.post(&format!("receipts/{id}/reprocess"), &json!({}))?);
        }
    }
    Ok(ExitCode::SUCCESS)
}
