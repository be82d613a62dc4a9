//! `callboard key`.

use std::process::ExitCode;

use serde_json::json;

use crate::api::Api;
use crate::cli::{KeyArgs, KeyCommand};
use crate::show::Column;

const COLUMNS: [Column; 4] = [("ID", "/id"), ("NAME", "/name"), ("SCOPE", "/scope"), ("MADE", "/created_at")];

pub(crate) fn run(args: KeyArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match args.command {
        KeyCommand::Add { name, scope } => {
            api.show_one(&api.post("keys", &json!({"name": name, "scope": scope}))?);
        }
        KeyCommand::List(page) => api.show_list(&api.list("keys", &page, &[])?, &COLUMNS, "no keys"),
        KeyCommand::Remove { id } => drop(api.delete(&format!("keys/{id}"))?),
    }
    Ok(ExitCode::SUCCESS)
}
