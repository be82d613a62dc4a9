//! `callboard settings`, `company` and `key`.

use std::process::ExitCode;

use super::noun::Noun;
use crate::api::Api;
use crate::cli::{
    Body, CompanyArgs, CompanyCommand, Form, KeyArgs, KeyCommand, SettingsArgs, SettingsCommand,
};
use crate::table::{text, time, word};

const SETTINGS: &str = "settings";
const COMPANIES: Noun = Noun {
    path: "companies",
    columns: &[
        word("ID", "/id"),
        text("NAME", "/name"),
        text("ZONE", "/time_zone"),
        time("MADE", "/created_at"),
    ],
    nothing: "no companies",
};
const KEYS: Noun = Noun {
    path: "keys",
    columns: &[
        word("ID", "/id"),
        word("SCOPE", "/scope"),
        text("NAME", "/name"),
        time("MADE", "/created_at"),
    ],
    nothing: "no keys",
};

pub(crate) fn settings(args: &SettingsArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        SettingsCommand::Show => api.show_one(&api.get(SETTINGS)?),
        SettingsCommand::Change { changes, cleared, seen } => {
            let change = cleared.and(changes.form()?);
            api.show_one(&api.patch(SETTINGS, &change.into(), seen.if_match)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn company(args: &CompanyArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        CompanyCommand::Add { name } => COMPANIES.add(&api, Body::default().with("name", name.as_str()))?,
        CompanyCommand::List(page) => COMPANIES.page(&api, page, &[])?,
        CompanyCommand::Show { id } => COMPANIES.show(&api, id)?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn key(args: &KeyArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        KeyCommand::Add { name, scope, kind } => {
            let body = Body::default().with("name", name.as_str()).with("scope", scope.as_str());
            KEYS.add(&api, body.with_some("kind", kind.as_deref()))?;
        }
        KeyCommand::List(page) => KEYS.page(&api, page, &[])?,
        KeyCommand::Remove { id } => drop(api.delete(&KEYS.one(id), None)?),
    }
    Ok(ExitCode::SUCCESS)
}
