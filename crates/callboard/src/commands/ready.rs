//! `callboard ready`: does a hub take requests? For whoever looks after one, such as a container's health check.

use std::process::ExitCode;

use crate::api::Api;
use crate::cli::ReadyArgs;
use crate::show;

pub(crate) fn run(args: &ReadyArgs) -> anyhow::Result<ExitCode> {
    let answer = Api::at(&args.url, "").readiness()?;
    if args.json {
        show::json(&answer);
    } else {
        show::print("ready\n");
    }
    Ok(ExitCode::SUCCESS)
}
