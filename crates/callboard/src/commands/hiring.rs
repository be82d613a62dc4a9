//! `callboard job`, `application` and `question`.

use std::process::ExitCode;

use serde_json::Value;

use super::noun::Noun;
use crate::api::Api;
use crate::cli::{ApplicationArgs, ApplicationCommand, Form, JobArgs, QuestionArgs};
use crate::table::{made, number, text, time, word};

const JOBS: Noun = Noun {
    path: "jobs",
    columns: &[
        word("ID", "/id"),
        word("STATUS", "/status"),
        text("TITLE", "/title"),
        text("CITY", "/city"),
        time("MADE", "/created_at"),
    ],
    nothing: "no jobs yet: callboard job add",
};
const APPLICATIONS: Noun = Noun {
    path: "applications",
    columns: &[
        word("ID", "/id"),
        made("STAGE", stage),
        word("CANDIDATE", "/candidate_id"),
        word("JOB", "/job_id"),
        time("MADE", "/created_at"),
    ],
    nothing: "no applications yet: callboard application add",
};
const QUESTIONS: Noun = Noun {
    path: "questions",
    columns: &[
        word("ID", "/id"),
        number("PLACE", "/position"),
        text("TEXT", "/text"),
        number("SECONDS", "/limit_s"),
        word("JOB", "/job_id"),
    ],
    nothing: "no questions yet: callboard question add",
};

/// Where it stands: the company's own name for it with the stage it is within, or that alone.
fn stage(application: &Value) -> String {
    let stage = &application["stage"];
    let parent = stage["parent"].as_str().unwrap_or_default();
    match stage["custom"]["name"].as_str() {
        Some(custom) => format!("{custom} ({parent})"),
        None => parent.to_owned(),
    }
}

pub(crate) fn job(args: &JobArgs) -> anyhow::Result<ExitCode> {
    JOBS.whole(&Api::new(&args.api)?, &args.command)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn question(args: &QuestionArgs) -> anyhow::Result<ExitCode> {
    QUESTIONS.whole(&Api::new(&args.api)?, &args.command)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn application(args: &ApplicationArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        ApplicationCommand::Whole(command) => APPLICATIONS.whole(&api, command)?,
        ApplicationCommand::Move { id, to, seen } => {
            let patch = to.form()?.into();
            api.show_one(&api.patch(&APPLICATIONS.one(id), &patch, seen.if_match)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}
