//! `callboard event`.

use std::process::ExitCode;

use serde_json::Value;

use super::noun::Noun;
use super::people::name;
use crate::api::Api;
use crate::cli::{Body, EventArgs, EventCommand};
use crate::show;
use crate::table::{Column, made, number, text, time, word};

const EVENTS: Noun = Noun {
    path: "events",
    columns: &[
        word("ID", "/id"),
        time("HAPPENED", "/event/timestamp"),
        text("TYPE", "/event/type"),
        made("ABOUT", about),
        word("INTERVIEW", "/event/data/interview/id"),
    ],
    nothing: "nothing has happened yet",
};
const TOLD: [Column; 6] = [
    word("TOLD", "/told"),
    word("STATE", "/delivery/state"),
    number("ATTEMPTS", "/delivery/attempts"),
    word("DELIVERY", "/delivery/id"),
    made("ENDPOINT", endpoint),
    text("WHY NOT", "/reason"),
];

/// Whom or what it is about: the candidate, else the job.
fn about(item: &Value) -> String {
    let data = &item["event"]["data"];
    let candidate = name(&data["candidate"]);
    if candidate.is_empty() { show::text(&data["job"]["title"]) } else { candidate }
}

/// The endpoint that is told, or that is not.
fn endpoint(item: &Value) -> String {
    let told = item.pointer("/delivery/endpoint").unwrap_or(&item["endpoint"]);
    show::text(told)
}

pub(crate) fn run(args: &EventArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        EventCommand::List { filter, period, page } => {
            EVENTS.page(&api, page, &[Body::given(filter), Body::given(period)])?;
        }
        EventCommand::Show { id } => show::json(&api.get(&EVENTS.one(id))?),
        EventCommand::Deliveries { id, page } => {
            let told = api.list(&format!("{}/deliveries", EVENTS.one(id)), page, &[])?;
            api.show_list(&told, &TOLD, "no one asked for it");
        }
    }
    Ok(ExitCode::SUCCESS)
}
