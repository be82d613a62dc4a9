//! `callboard source`.

use std::process::ExitCode;

use serde_json::json;

use crate::api::Api;
use crate::cli::{SourceArgs, SourceCommand};
use crate::show::{self, Column};

const COLUMNS: [Column; 5] =
    [("ID", "/id"), ("PLATFORM", "/platform"), ("NAME", "/name"), ("REFUSED", "/rejected"), ("URL", "/url")];
const REJECTIONS: [Column; 4] =
    [("WHEN", "/at"), ("WHY", "/code"), ("EXPLANATION", "/explanation"), ("BYTES", "/body_bytes")];

pub(crate) fn run(args: SourceArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match args.command {
        SourceCommand::Add { platform, name, credentials } => {
            let body = json!({"platform": platform, "name": name, "credentials": credentials.json()?});
            api.show_one(&api.post("sources", &body)?);
        }
        SourceCommand::List(page) => {
            api.show_list(
                &api.list("sources", &page, &[])?,
                &COLUMNS,
                "no sources yet: callboard source add",
            );
        }
        SourceCommand::Show { id } => api.show_one(&api.get(&format!("sources/{id}"), &[])?),
        SourceCommand::Rejections { id } => {
            let refusals = api.get(&format!("sources/{id}/rejections"), &[])?;
            if api.json {
                show::json(&refusals);
            } else {
                show::print(&format!("{} refused since the hub started\n", refusals["total"]));
                show::list(&json!({"items": refusals["recent"]}), &REJECTIONS, "nothing to explain");
            }
        }
        SourceCommand::Remove { id } => drop(api.delete(&format!("sources/{id}"))?),
    }
    Ok(ExitCode::SUCCESS)
}
