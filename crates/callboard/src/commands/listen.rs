//! `callboard listen`: a receiver for development.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use callboard_dialects::dialect;
use callboard_outbox::{Clock, SystemClock};
use callboard_simulate::{Heard, Listening, Receiver, Verdict};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::ListenArgs;
use crate::show;

pub(crate) fn run(args: ListenArgs) -> anyhow::Result<ExitCode> {
    tokio::runtime::Runtime::new()?.block_on(listen(args))
}

async fn listen(args: ListenArgs) -> anyhow::Result<ExitCode> {
    let dialect =
        dialect(&args.dialect).with_context(|| format!("no dialect is called `{}`", args.dialect))?;
    let mut listening = Listening::to(dialect);
    if let Some(credentials) = args.credentials.json()? {
        listening = listening.verifying(credentials);
    }
    if let Some(forward) = &args.forward {
        listening = listening.forwarding(forward.parse().with_context(|| format!("`{forward}` is no URL"))?);
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let address = args.listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)));
    let (receiver, mut heard) = Receiver::listen(address, listening, Arc::new(|| SystemClock.now())).await?;
    show::print(&format!("listening on http://{}\n", receiver.address()));
    let mut count = 0;
    while args.count.is_none_or(|most| count < most) {
        tokio::select! {
            Some(heard) = heard.recv() => {
                count += 1;
                let line = if args.json { as_json(&heard).to_string() } else { as_text(&heard) };
                show::print(&format!("{line}\n"));
            }
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    let counts = receiver.counts();
    let sound = counts.refused == 0 && counts.out_of_order == 0;
    if !args.json {
        show::print(&format!(
            "{} heard: {} verified, {} refused, {} seen before, {} out of order\n",
            counts.heard, counts.verified, counts.refused, counts.duplicates, counts.out_of_order
        ));
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_text(heard: &Heard) -> String {
    let mark = match &heard.verdict {
        Verdict::Verified => "✓",
        Verdict::Refused(_) => "✗",
        Verdict::Unchecked => "·",
    };
    let mut text = format!("{} {mark} {}", heard.at.strftime("%H:%M:%S%.3f"), heard.summary);
    if let Verdict::Refused(reason) = &heard.verdict {
        text.push_str(&format!("  — refused: {reason}"));
    }
    if heard.duplicate {
        text.push_str("  — seen before");
    }
    if heard.out_of_order {
        text.push_str("  — out of order");
    }
    text
}

fn as_json(heard: &Heard) -> Value {
    let (verified, reason) = match &heard.verdict {
        Verdict::Verified => (Some(true), None),
        Verdict::Refused(reason) => (Some(false), Some(reason)),
        Verdict::Unchecked => (None, None),
    };
    json!({
        "at": heard.at.to_string(),
        "dialect": heard.dialect,
        "verified": verified,
        "reason": reason,
        "label": heard.label,
        "summary": heard.summary,
        "attempt": heard.attempt,
        "duplicate": heard.duplicate,
        "out_of_order": heard.out_of_order,
        "answered": heard.answered,
        "target": heard.target,
        "headers": heard.headers.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "body": String::from_utf8_lossy(&heard.body),
    })
}
