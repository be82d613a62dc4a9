//! `/v1/feedback`: what reviewers think; and those of one interview under `/v1/interviews/{id}/feedback`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use callboard_core::{
    Answer, ApplicationId, Command, Facts, Feedback, FeedbackCommand, FeedbackId, FeedbackTold, InterviewId,
    Kind, MAX_ANSWERS, Rating, UserId,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::form::{Fact, Form, New, Reading};
use super::jobs::NamedForm;
use super::listing::{OfOne, listed};
use super::member::{Line, Member, Names, Points, Several, Text, missing, senseless};
use super::noun::{Desk, Noun, Removable, Shown};
use crate::api::asking::{IfMatch, Posted};
use crate::api::body::{Asked, Id, whole};
use crate::api::order::Order;
use crate::auth::{Caller, Writer};
use crate::hub::Hub;
use crate::listing::List;
use crate::openapi::{Made, View};
use crate::problem::Problem;

/// What is said of feedback: whose is wanted on what, and later what it is. On an interview or on an application.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "FeedbackForm")]
pub(super) struct FeedbackForm {
    /// The interview it is about.
    interview_id: Fact<InterviewId>,
    /// The application it is about as a whole.
    application_id: Fact<ApplicationId>,
    /// The user whose feedback is wanted.
    reviewer_id: Fact<UserId>,
    /// The user who wants it.
    creator_id: Fact<UserId>,
    /// The form to fill in.
    form: Fact<NamedForm>,
    external_ids: Names,
}

const FIXED: &str = "assign another reviewer, or this one to something else, and remove this feedback";

impl Form for FeedbackForm {
    const NEEDED: &'static [&'static str] = &["reviewer_id"];
    const ONCE: &'static [(&'static str, &'static str)] = &[
        ("interview_id", FIXED),
        ("application_id", FIXED),
        ("reviewer_id", FIXED),
        ("creator_id", "it stays the wish of whoever wanted it"),
    ];
}

/// What a reviewer thinks. The first time, a score, a comment, ratings or answers are needed.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "GivenFeedback")]
pub(super) struct GivenForm {
    /// The points given in all. Feedback counts into the assessment once it has some.
    score: Fact<Points>,
    /// What the reviewer says.
    comment: Fact<Text>,
    /// The lines of the scorecard.
    ratings: Fact<Several<RatingForm, MAX_ANSWERS>>,
    /// The answers in words.
    answers: Fact<Several<AnswerForm, MAX_ANSWERS>>,
    /// The form that was filled in.
    form: Fact<NamedForm>,
    external_ids: Names,
}

impl Form for GivenForm {}

/// One line of a scorecard.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RatingForm {
    /// What is rated.
    option_id: Line,
    /// The points given.
    #[schemars(range(min = -1_000_000_000, max = 1_000_000_000))]
    #[serde(deserialize_with = "whole")]
    rating: i64,
}

/// The most points of one line of a scorecard, either way.
const MOST_RATING: i64 = 1_000_000_000;

impl Member for RatingForm {
    type Fact = Rating;

    fn checked(self, member: &str) -> Result<Rating, Problem> {
        if !(-MOST_RATING..=MOST_RATING).contains(&self.rating) {
            return Err(senseless(format!("`{member}.rating` is within a billion either way")));
        }
        Ok(Rating { option_id: self.option_id.checked(&format!("{member}.option_id"))?, rating: self.rating })
    }
}

/// An answer to one question of the form.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerForm {
    /// The question.
    question_id: Line,
    /// The answer in words.
    text: Text,
}

impl Member for AnswerForm {
    type Fact = Answer;

    fn checked(self, member: &str) -> Result<Answer, Problem> {
        let question_id = self.question_id.checked(&format!("{member}.question_id"))?;
        Ok(Answer { question_id, text: self.text.checked(&format!("{member}.text"))? })
    }
}

impl GivenForm {
    fn facts(self) -> Result<Facts<FeedbackTold>, Problem> {
        let mut reading = Reading::default();
        let told = FeedbackTold {
            score: reading.read("score", self.score)?,
            comment: reading.read("comment", self.comment)?,
            ratings: reading.read("ratings", self.ratings)?,
            answers: reading.read("answers", self.answers)?,
            form: reading.read("form", self.form)?,
            ..FeedbackTold::default()
        };
        reading.into_facts(self.external_ids, told)
    }
}

impl Noun for Feedback {
    type Id = FeedbackId;
    type Form = GivenForm;
    const KIND: Kind = Kind::Feedback;
    const COLLECTION: &'static str = "feedback";
    const FILTERS: &'static [&'static str] = &["state", "interview", "application"];

    fn change(id: FeedbackId, form: GivenForm, _: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        Ok(vec![Command::Feedback(id, FeedbackCommand::Submit(form.facts()?))])
    }
}

impl Removable for Feedback {
    fn remove(id: FeedbackId) -> Command {
        Command::Feedback(id, FeedbackCommand::Remove)
    }
}

fn assign(id: FeedbackId, form: FeedbackForm) -> Result<Command, Problem> {
    let reviewer = form.reviewer_id.told().ok_or_else(|| missing("reviewer_id"))?;
    let creator = form.creator_id.told();
    let mut reading = Reading::default();
    let told = FeedbackTold { form: reading.read("form", form.form)?, ..FeedbackTold::default() };
    let facts = reading.into_facts(form.external_ids, told)?;
    let command = match (form.interview_id.told(), form.application_id.told()) {
        (Some(interview), None) => FeedbackCommand::Assign { interview, reviewer, creator, facts },
        (None, Some(application)) => FeedbackCommand::Request { application, reviewer, creator, facts },
        (Some(_), Some(_)) => {
            return Err(senseless("feedback is on an interview or on an application; name one of them"));
        }
        (None, None) => return Err(missing("interview_id` or `application_id")),
    };
    Ok(Command::Feedback(id, command))
}

pub(super) async fn make(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Posted { body: New(form), once }: Posted<New<FeedbackForm>>,
) -> Result<Made<View<Feedback>>, Problem> {
    let id = hub.mint();
    let command = assign(id, form)?;
    Order::of(caller, vec![command]).once(once).made(&hub, id, Feedback::COLLECTION).await
}

pub(super) async fn list_of_interview(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(interview): Id<InterviewId>,
    Asked(OfOne(mut filter)): Asked<OfOne<Feedback>>,
) -> Result<Json<List<Shown<Feedback>>>, Problem> {
    filter.of.interview = Some(interview);
    listed::<Feedback>(&hub, caller, filter).await
}

pub(super) async fn make_on_interview(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(interview): Id<InterviewId>,
    if_match: IfMatch,
    Posted { body: New(mut form), once }: Posted<New<FeedbackForm>>,
) -> Result<Made<View<Feedback>>, Problem> {
    if form.interview_id.told().is_some_and(|named| named != interview) {
        return Err(senseless("`interview_id` is another one than the address names; leave it out"));
    }
    form.interview_id = Fact::Told(interview);
    let id = hub.mint();
    let command = assign(id, form)?;
    Order::of(caller, vec![command])
        .only_if(interview, if_match)
        .once(once)
        .made(&hub, id, Feedback::COLLECTION)
        .await
}
