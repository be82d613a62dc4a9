//! `callboard source`.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::noun::Noun;
use crate::api::Api;
use crate::cli::{Body, SourceArgs, SourceCommand};
use crate::show;
use crate::table::{self, Column, number, text, time, word};

const SOURCES: Noun = Noun {
    path: "sources",
    columns: &[
        word("ID", "/id"),
        word("PLATFORM", "/platform"),
        text("NAME", "/name"),
        number("REFUSED", "/rejected"),
        text("URL", "/url"),
    ],
    nothing: "no sources yet: callboard source add",
};
const REJECTIONS: [Column; 4] = [
    time("WHEN", "/at"),
    word("WHY", "/code"),
    text("EXPLANATION", "/explanation"),
    number("BYTES", "/body_bytes"),
];

pub(crate) fn run(args: &SourceArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        SourceCommand::Add { platform, name, credentials, fetch } => {
            let body = Body::default()
                .with("platform", platform.as_str())
                .with("name", name.as_str())
                .with_some("credentials", credentials.json()?)
                .with_some("fetch", fetch.json()?);
            SOURCES.add(&api, body)?;
        }
        SourceCommand::List(page) => SOURCES.page(&api, page, &[])?,
        SourceCommand::Show { id } => SOURCES.show(&api, id)?,
        SourceCommand::Change { id, name, credentials, fetch, no_fetch, cleared, seen } => {
            let fetch = if *no_fetch { Some(Value::Null) } else { fetch.json()? };
            let body = Body::default()
                .with_some("name", name.as_deref())
                .with_some("credentials", credentials.json()?)
                .with_some("fetch", fetch);
            api.show_one(&api.patch(&SOURCES.one(id), &cleared.and(body).into(), seen.if_match)?);
        }
        SourceCommand::Rotate(args) => SOURCES.act(&api, &args.id, "rotate", args.body()?, &args.seen)?,
        SourceCommand::Rejections { id } => {
            let refusals = api.get(&format!("{}/rejections", SOURCES.one(id)))?;
            if api.json {
                show::json(&refusals);
            } else {
                show::print(&format!("{} refused since the hub started\n", refusals["total"]));
                table::print(&json!({"items": refusals["recent"]}), &REJECTIONS, "nothing to explain");
            }
        }
        SourceCommand::Remove(one) => SOURCES.remove(&api, one)?,
    }
    Ok(ExitCode::SUCCESS)
}
