//! `callboard candidate`, `user` and `note`.

use std::process::ExitCode;

use serde_json::Value;

use super::noun::Noun;
use crate::api::{Api, percent_encoded};
use crate::cli::{
    Body, CandidateArgs, CandidateCommand, Form, NoteArgs, TagArgs, TagCommand, Usage, UserArgs,
};
use crate::table::{made, text, time, word};

const CANDIDATES: Noun = Noun {
    path: "candidates",
    columns: &[
        word("ID", "/id"),
        made("NAME", name),
        text("EMAIL", "/email"),
        made("TAGS", tags),
        time("MADE", "/created_at"),
    ],
    nothing: "no candidates yet: callboard candidate add",
};
const USERS: Noun = Noun {
    path: "users",
    columns: &[
        word("ID", "/id"),
        text("NAME", "/name"),
        text("EMAIL", "/email"),
        text("ROLE", "/role"),
        time("MADE", "/created_at"),
    ],
    nothing: "no users yet: callboard user add",
};
const NOTES: Noun = Noun {
    path: "notes",
    columns: &[
        word("ID", "/id"),
        time("WRITTEN", "/written_at"),
        text("TEXT", "/text"),
        made("AUTHOR", author),
        word("CANDIDATE", "/candidate_id"),
    ],
    nothing: "no notes yet: callboard note add",
};

/// What a candidate is called.
pub(super) fn name(candidate: &Value) -> String {
    match candidate["full_name"].as_str() {
        Some(name) => name.to_owned(),
        None => {
            let parts = [&candidate["first_name"], &candidate["last_name"]];
            parts.into_iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
    }
}

fn tags(candidate: &Value) -> String {
    let tags = candidate["tags"].as_array().into_iter().flatten();
    tags.filter_map(|tag| tag["name"].as_str()).collect::<Vec<_>>().join(", ")
}

fn author(note: &Value) -> String {
    person(&note["author"])
}

/// What a person is called: by name, else by address, else by id.
pub(super) fn person(person: &Value) -> String {
    let called = ["name", "email", "user", "id"].iter().find_map(|by| person[by].as_str());
    called.unwrap_or_default().to_owned()
}

pub(crate) fn user(args: &UserArgs) -> anyhow::Result<ExitCode> {
    USERS.whole(&Api::new(&args.api)?, &args.command)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn note(args: &NoteArgs) -> anyhow::Result<ExitCode> {
    NOTES.whole(&Api::new(&args.api)?, &args.command)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn candidate(args: &CandidateArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        CandidateCommand::Whole(command) => CANDIDATES.whole(&api, command)?,
        CandidateCommand::Note { id, note } => {
            api.show_one(&api.post(&format!("{}/notes", CANDIDATES.one(id)), &note.form()?.into())?);
        }
        CandidateCommand::Tag { command: TagCommand::Add(tag) } => {
            api.show_one(&api.put(&tag_path(tag), None, tag.seen.if_match)?);
        }
        CandidateCommand::Tag { command: TagCommand::Remove(tag) } => {
            api.delete(&tag_path(tag), tag.seen.if_match)?;
        }
        CandidateCommand::Erase { yes: false, .. } => {
            let what = "this takes away everything personal about them, everywhere, for good: say --yes";
            return Err(Usage::error(what));
        }
        CandidateCommand::Erase { one, yes: true } => {
            CANDIDATES.act(&api, &one.id, "erase", Body::default(), &one.seen)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn tag_path(tag: &TagArgs) -> String {
    format!("{}/tags/{}", CANDIDATES.one(&tag.id), percent_encoded(&tag.tag))
}
