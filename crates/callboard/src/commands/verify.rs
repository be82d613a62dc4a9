//! `callboard verify`: is this captured request authentic, and what does it say?

use std::io::Read;
use std::process::ExitCode;

use anyhow::Context;
use callboard_dialects::{Request, dialect};
use callboard_outbox::{Clock, SystemClock};
use callboard_simulate::{Capture, Said};
use serde_json::json;

use crate::cli::VerifyArgs;
use crate::show;

pub(crate) fn run(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let dialect =
        dialect(&args.dialect).with_context(|| format!("no dialect is called `{}`", args.dialect))?;
    let credentials =
        args.credentials.json()?.or_else(|| args.token.as_ref().map(|token| json!({"token": token})));
    let credentials =
        credentials.context("nothing to verify with: give --secret, or what the dialect signs with")?;
    let verifier = dialect.verifier(&credentials)?;
    let capture = Capture::read(&captured(args)?)?.with_headers(args.headers.iter().map(String::as_str))?;
    let request = Request { token: args.token.as_deref().or(capture.token()), ..capture.request() };
    let verdict = verifier.verify(&request, args.at.unwrap_or_else(|| SystemClock.now()));
    let said = Said::read(Some(dialect), &capture.body);
    if args.json {
        show::json(&json!({
            "authentic": verdict.is_ok(),
            "code": verdict.as_ref().err().map(|rejection| rejection.code),
            "reason": verdict.as_ref().err().map(|rejection| &rejection.explanation),
            "says": said.as_ref().ok().map(|said| &said.summary),
            "unreadable": said.as_ref().err(),
        }));
    } else {
        match &verdict {
            Ok(_) => show::print("authentic\n"),
            Err(rejection) => show::print(&format!("not authentic: {rejection} ({})\n", rejection.code)),
        }
        match &said {
            Ok(said) => show::print(&format!("it says: {}\n", said.summary)),
            Err(reason) => show::print(&format!("it cannot be understood: {reason}\n")),
        }
    }
    Ok(if verdict.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn captured(args: &VerifyArgs) -> anyhow::Result<Vec<u8>> {
    if let Some(path) = &args.file {
        return std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    }
    let mut captured = Vec::new();
    std::io::stdin().read_to_end(&mut captured).context("cannot read standard input")?;
    Ok(captured)
}
