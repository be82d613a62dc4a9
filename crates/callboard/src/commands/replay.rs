//! `callboard replay`.

use std::process::ExitCode;
use std::time::Duration;

use serde_json::Value;

use super::noun::Noun;
use crate::api::{Api, percent_encoded};
use crate::cli::{Body, Form, NOT_SEEN, ReplayArgs, ReplayCommand};
use crate::progress::Progress;
use crate::table::{made_word, number, time, word};

const REPLAYS: Noun = Noun {
    path: "replays",
    columns: &[
        word("ID", "/id"),
        word("STATE", "/state"),
        word("WHAT", "/what"),
        made_word("OF", of),
        number("SEEN", "/seen"),
        number("REPLAYED", "/replayed"),
        number("SKIPPED", "/skipped"),
        time("BEGAN", "/created_at"),
    ],
    nothing: "no replays yet: callboard replay --endpoint ID --since 2h",
};
/// How often is asked how far it is.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

fn of(replay: &Value) -> String {
    replay["endpoint"].as_str().or(replay["source"].as_str()).unwrap_or_default().to_owned()
}

pub(crate) fn run(args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    let Some(command) = &args.command else { return start(args) };
    let api = Api::new(&args.api)?;
    match command {
        ReplayCommand::List(page) => REPLAYS.page(&api, page, &[])?,
        ReplayCommand::Show { id, wait: false } => REPLAYS.show(&api, id)?,
        ReplayCommand::Show { id, wait: true } => return wait(&api, &api.get(&REPLAYS.one(id))?),
        ReplayCommand::Cancel { id } => REPLAYS.act(&api, id, "cancel", Body::default(), &NOT_SEEN)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn start(args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    let (nouns, id) = args.new.of()?;
    let asked = args.new.form()?;
    let api = Api::new(&args.api)?;
    let started = api.post(&format!("{nouns}/{}/replay", percent_encoded(id)), &asked.into())?;
    if args.new.wait {
        return wait(&api, &started);
    }
    api.show_one(&started);
    Ok(ExitCode::SUCCESS)
}

/// Shows how far it is until it has ended. It is well only if it is done.
fn wait(api: &Api, started: &Value) -> anyhow::Result<ExitCode> {
    let path = REPLAYS.one(started["id"].as_str().unwrap_or_default());
    let progress = Progress::begin();
    let mut stands = started.clone();
    while stands["state"] == "running" {
        std::thread::sleep(LOOK_AGAIN);
        stands = api.get(&path)?;
        progress.at(
            stands["seen"].as_u64().unwrap_or_default(),
            stands["total"].as_u64(),
            &format!("{} replayed, {} skipped", stands["replayed"], stands["skipped"]),
        );
    }
    progress.end();
    api.show_one(&stands);
    Ok(if stands["state"] == "done" { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
