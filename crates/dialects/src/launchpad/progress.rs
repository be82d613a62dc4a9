//! LaunchPad's older generation: flat progress callbacks of one-way video interviews (platforms.md 4.5).
//!
//! There `interview_id` names the interview that everyone is invited to, which is our job. The one that a candidate
//! gives is told apart by the invitation: `13917/FSINV123`.
//!
//! Where the platform's integrators leave it open, this is how it is read:
//!
//! - A reviewer's score is the sum of the criteria's, as an integrator of it adds them up. Where none has a score, or
//!   one that is no number, the reviewer has not scored.
//! - `total_average` is on a scale that nobody states, so it is kept as it came and not compared with the scores.
//! - A `deadline` is a date; the interview can be taken until that day ends.
//! - No callback says when it happened: what came in later is newer.

use std::fmt;

use callboard_core::{
    About, ApplicationStage, ApplicationTold, Belonging, CandidateTold, Change, Extra, InterviewChange,
    InterviewMode, InterviewTold, JobTold, Named, News, Observation, ParentStage, ScoreTold, Timestamp,
};
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::naming;
use super::reviews;
use super::scalar::Scalar;
use crate::dialect::{Reading, Unreadable};

/// What each status means, by its word in lower case.
const STATUSES: [(&str, Step); 13] = [
    ("setup_process", Step::Begins),
    ("view_practice_question", Step::Begins),
    ("view_filter_questions", Step::Begins),
    ("view_branded_video", Step::Begins),
    ("question", Step::IsUnderWay),
    ("final", Step::Ends),
    ("finished", Step::Ends),
    ("reviewed", Step::IsReviewed),
    ("filtered_in", Step::Moves(ParentStage::Screening)),
    ("filtered_out", Step::Moves(ParentStage::Rejected)),
    ("new_application", Step::Moves(ParentStage::New)),
    ("shortlisted", Step::Moves(ParentStage::Screening)),
    ("rejected", Step::Moves(ParentStage::Rejected)),
];

/// What a status says has happened.
enum Step {
    /// The candidate has opened the interview.
    Begins,
    /// The candidate is at a question.
    IsUnderWay,
    /// The candidate has answered.
    Ends,
    /// The reviewers have scored.
    IsReviewed,
    /// The application has moved.
    Moves(ParentStage),
}

/// Reads a body that has the shape of a progress callback.
pub(super) fn read(body: &[u8]) -> Result<Reading, Unreadable> {
    let members: Members = serde_json::from_slice(body)
        .map_err(|error| Unreadable(format!("the body is no progress callback of LaunchPad: {error}")))?;
    let callback = Callback::of(members.0)?;
    let (word, step) = STATUSES
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(&callback.status))
        .ok_or_else(|| unknown(&callback.status))?;
    let news = match step {
        Step::Begins => callback.interview(InterviewChange::Created)?,
        Step::IsUnderWay => callback.interview(InterviewChange::Updated)?,
        Step::Ends => callback.interview(InterviewChange::Ended)?,
        Step::IsReviewed => callback.assessment()?,
        Step::Moves(parent) => callback.application(parent.clone(), word)?,
    };
    Ok(Reading { label: format!("Progress {word}"), observations: vec![Observation { at: None, news }] })
}

fn unknown(status: &str) -> Unreadable {
    let status: String = status.chars().take(40).collect();
    let known: Vec<&str> = STATUSES.iter().map(|(word, _)| *word).collect();
    Unreadable(format!(
        "`{status}` is no status that LaunchPad's progress callbacks are known to have: {}",
        known.join(", ")
    ))
}

/// A callback with what it names taken out of it.
struct Callback {
    status: String,
    candidate: Option<String>,
    interview: Option<String>,
    invite: Option<String>,
    deadline: Option<Timestamp>,
    scores: Vec<ScoreTold>,
    /// Whatever has no word of ours: the status itself, the question's number, the reviews as they came.
    rest: Map<String, Value>,
}

impl Callback {
    fn of(mut members: Map<String, Value>) -> Result<Self, Unreadable> {
        let status = text(&members, "status")?
            .ok_or_else(|| Unreadable("the body has no `status`, so it tells no progress".to_owned()))?;
        let mut name = |member: &str| {
            let name = text(&members, member)?;
            members.shift_remove(member);
            Ok(name)
        };
        let (candidate, interview, invite) =
            (name("candidate_id")?, name("interview_id")?, name("custom_invite_id")?);
        let deadline = text(&members, "deadline")?.and_then(|text| end_of(&text));
        if deadline.is_some() {
            members.shift_remove("deadline");
        }
        let scores = members.get("reviews").map(reviews::scores).unwrap_or_default();
        members.retain(|_, value| !value.is_null());
        Ok(Self { status, candidate, interview, invite, deadline, scores, rest: members })
    }

    fn interview(self, change: InterviewChange) -> Result<News, Unreadable> {
        let (interview, of) = self.one_way()?;
        Ok(News::Interview { interview, of, meeting: None, change })
    }

    fn assessment(mut self) -> Result<News, Unreadable> {
        let scores = std::mem::take(&mut self.scores);
        if scores.is_empty() {
            return Err(Unreadable(
                "the body says `reviewed`, but has no `reviews.reviewers.reviewer_1`".to_owned(),
            ));
        }
        let (interview, of) = self.one_way()?;
        Ok(News::Assessed { interview, of, scores, average: None, total: None, overall_status: None })
    }

    fn application(self, parent: ParentStage, word: &str) -> Result<News, Unreadable> {
        let mut of = self.belonging();
        let custom = Some(Named { id: None, name: Some(word.to_owned()) });
        let mut application = of.application.take().ok_or_else(|| nobody("`custom_invite_id`"))?;
        application.told.stage = Some(ApplicationStage { parent, custom });
        application.told.extra = Extra::from([("launchpad".to_owned(), Value::Object(self.rest))]);
        Ok(News::Application { application, of, change: Change::Updated, stage_only: true })
    }

    /// The interview that one candidate gives, and whose it is.
    fn one_way(self) -> Result<(About<InterviewTold>, Belonging), Unreadable> {
        let interview = self.interview.as_deref().ok_or_else(|| nobody("`interview_id`"))?;
        let who = self.invite.as_ref().or(self.candidate.as_ref());
        let who = who.ok_or_else(|| nobody("`custom_invite_id` and no `candidate_id`"))?;
        let external_id = Some(naming::interview(interview, Some(who), None));
        let of = self.belonging();
        let told = InterviewTold {
            mode: Some(InterviewMode::OnDemand),
            deadline: self.deadline,
            extra: Extra::from([("launchpad".to_owned(), Value::Object(self.rest))]),
            ..InterviewTold::default()
        };
        Ok((About { external_id, told }, of))
    }

    fn belonging(&self) -> Belonging {
        let job = |id: &String| About { external_id: Some(id.clone()), told: JobTold::default() };
        let candidate = |id: &String| About { external_id: Some(id.clone()), told: CandidateTold::default() };
        let application = |invite: &String| About {
            external_id: Some(invite.clone()),
            told: ApplicationTold { custom_invite_id: Some(invite.clone()), ..ApplicationTold::default() },
        };
        Belonging {
            job: self.interview.as_ref().map(job),
            candidate: self.candidate.as_ref().map(candidate),
            application: self.invite.as_ref().map(application),
        }
    }
}

fn nobody(member: &str) -> Unreadable {
    Unreadable(format!("the body has no {member}, so it cannot be told whose progress it is"))
}

/// The text of a member that names something; a number is one, and null is none.
fn text(members: &Map<String, Value>, member: &str) -> Result<Option<String>, Unreadable> {
    match members.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => Scalar::of(value)
            .map(|scalar| scalar.text())
            .ok_or_else(|| Unreadable(format!("`{member}` is neither a text nor a number"))),
    }
}

/// The last second of a day in UTC, or the time itself where one is given. `None` for what is neither.
fn end_of(text: &str) -> Option<Timestamp> {
    text.parse::<Date>()
        .ok()
        .filter(|_| !text.contains(['T', ' ', ':']))
        .and_then(|date| date.to_datetime(time(23, 59, 59, 0)).to_zoned(TimeZone::UTC).ok())
        .map(|end| end.timestamp())
        .or_else(|| Scalar::of(&Value::from(text))?.time())
}

/// The members of an object, none of them twice.
struct Members(Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Once)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a `status`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if members.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format_args!("the member `{name}` is there twice")));
            }
        }
        Ok(Members(members))
    }
}
