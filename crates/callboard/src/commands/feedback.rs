//! `callboard feedback`.

use std::process::ExitCode;

use serde_json::Value;

use super::noun::Noun;
use super::people::person;
use crate::api::Api;
use crate::cli::{FeedbackArgs, FeedbackCommand, Form};
use crate::table::{made, number, word};

const FEEDBACK: Noun = Noun {
    path: "feedback",
    columns: &[
        word("ID", "/id"),
        word("STATUS", "/status"),
        number("SCORE", "/score"),
        made("REVIEWER", reviewer),
        word("INTERVIEW", "/interview_id"),
        word("APPLICATION", "/application_id"),
    ],
    nothing: "no one was asked yet: callboard feedback assign",
};

fn reviewer(feedback: &Value) -> String {
    person(&feedback["reviewer"])
}

pub(crate) fn run(args: &FeedbackArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        FeedbackCommand::Assign(assignment) => FEEDBACK.add(&api, assignment.form()?)?,
        FeedbackCommand::Submit(given) => {
            api.show_one(&api.put(&FEEDBACK.one(&given.id), Some(&given.patch()?), given.seen.if_match)?);
        }
        FeedbackCommand::List(list) => FEEDBACK.list(&api, list)?,
        FeedbackCommand::Show { id } => FEEDBACK.show(&api, id)?,
        FeedbackCommand::Remove(one) => FEEDBACK.remove(&api, one)?,
    }
    Ok(ExitCode::SUCCESS)
}
