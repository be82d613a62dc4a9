//! `callboard config`: the settings in force, and where each comes from.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::ConfigArgs;
use crate::settings::in_force;
use crate::{show, table};

pub(crate) fn run(args: &ConfigArgs) -> anyhow::Result<ExitCode> {
    let settings = in_force(&args.serve, &args.of_environment)?;
    if args.json {
        show::json(&json!({"settings": settings}));
    } else {
        let columns =
            [table::word("SETTING", "/name"), table::word("FROM", "/from"), table::text("VALUE", "/value")];
        table::print(&json!({"items": settings}), &columns, "");
    }
    Ok(ExitCode::SUCCESS)
}
