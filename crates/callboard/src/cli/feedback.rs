//! `callboard feedback`: who reviews, and what they say.

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::alike::{ChangeArgs, ExternalIds, ListArgs, Noun, OneArgs, States};
use super::form::{Body, Form};
use super::hiring::named;
use super::subject::Subject;

pub(crate) type FeedbackArgs = Noun<FeedbackCommand>;

#[derive(Subcommand)]
pub(crate) enum FeedbackCommand {
    /// Assign a reviewer to an interview, or ask for feedback on a whole application
    Assign(Assignment),
    /// Give feedback, or change what was given
    Submit(Box<ChangeArgs<Given>>),
    /// List it, newest first
    List(ListArgs<FeedbackFilter>),
    /// Show one reviewer's
    Show {
        /// Its id
        id: String,
    },
    /// The reviewer is no longer assigned; what was given goes with it
    Remove(OneArgs),
}

#[derive(Args)]
pub(crate) struct Assignment {
    /// What it is about: the id of an interview or an application
    on: Subject,
    /// The user whose feedback is wanted
    reviewer: String,
    /// The user who wants it
    #[arg(long, value_name = "USER")]
    creator: Option<String>,
    /// The form to fill in
    #[arg(long, value_name = "NAME")]
    form: Option<String>,
    /// The form's id
    #[arg(long, value_name = "ID")]
    form_id: Option<String>,
    #[command(flatten)]
    external_ids: ExternalIds,
}

impl Form for Assignment {
    fn form(&self) -> anyhow::Result<Body> {
        let body = Body::default()
            .with("reviewer_id", self.reviewer.as_str())
            .with_some("creator_id", self.creator.as_deref())
            .with_some("form", named(self.form_id.as_deref(), self.form.as_deref()));
        self.on.among(&["interview_id", "application_id"], self.external_ids.name(body))
    }
}

/// What a reviewer says.
#[derive(Args)]
pub(crate) struct Given {
    /// The points given in all
    #[arg(long, value_name = "POINTS", allow_negative_numbers = true)]
    score: Option<f64>,
    /// What there is to say
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// A line of the scorecard; can be given several times
    #[arg(long = "rating", value_name = "OPTION=POINTS", value_parser = rating)]
    ratings: Vec<(String, i64)>,
    /// An answer to a question of the form; can be given several times
    #[arg(long = "answer", value_name = "QUESTION=TEXT", value_parser = answer)]
    answers: Vec<(String, String)>,
    /// The form that was filled in
    #[arg(long, value_name = "NAME")]
    form: Option<String>,
    /// The form's id
    #[arg(long, value_name = "ID")]
    form_id: Option<String>,
    #[command(flatten)]
    external_ids: ExternalIds,
}

impl Form for Given {
    fn form(&self) -> anyhow::Result<Body> {
        let ratings: Vec<_> = self
            .ratings
            .iter()
            .map(|(option, points)| json!({"option_id": option, "rating": points}))
            .collect();
        let answers: Vec<_> = self
            .answers
            .iter()
            .map(|(question, text)| json!({"question_id": question, "text": text}))
            .collect();
        let body = Body::default()
            .with_some("score", self.score)
            .with_some("comment", self.comment.as_deref())
            .with_some("ratings", (!ratings.is_empty()).then_some(ratings))
            .with_some("answers", (!answers.is_empty()).then_some(answers))
            .with_some("form", named(self.form_id.as_deref(), self.form.as_deref()));
        Ok(self.external_ids.name(body))
    }
}

fn answer(text: &str) -> Result<(String, String), String> {
    let (question, answer) = text.split_once('=').ok_or("it is written QUESTION=TEXT")?;
    Ok((question.to_owned(), answer.to_owned()))
}

fn rating(text: &str) -> Result<(String, i64), String> {
    let wrong = "it is written OPTION=POINTS, the points being a whole number";
    let (option, points) = text.split_once('=').ok_or(wrong)?;
    Ok((option.to_owned(), points.parse().map_err(|_| wrong.to_owned())?))
}

#[derive(Args, Serialize)]
pub(crate) struct FeedbackFilter {
    /// Only on this interview
    #[arg(long, value_name = "ID")]
    interview: Option<String>,
    /// Only on this application
    #[arg(long, value_name = "ID")]
    application: Option<String>,
    #[command(flatten)]
    state: States,
}
