//! What reviewers think: ratings, notes, and the results that they come to.

use std::collections::BTreeMap;
use std::sync::Arc;

use callboard_core::{Entity, Feedback, FeedbackStatus, Note, Score};
use serde_json::{Value, json};

use super::belonging::CandidateOf;
use super::suite::Project;
use crate::viasto::writing::microseconds;

impl Project<'_> {
    /// A rating: one reviewer's feedback. `value` is its score, null as long as there is none.
    pub fn rating(&self, feedback: &Arc<Feedback>) -> Value {
        let candidate = CandidateOf::of(self.suite.world, &Entity::Feedback(Arc::clone(feedback)));
        let mut rating = self.bare_rating(feedback);
        rating["project"] = json!(self.url.0);
        rating["candidate"] = json!(candidate.map(|of| self.candidate_url(of)));
        rating["comment"] = json!(feedback.comment);
        rating
    }

    /// With the fields that a rating has among the results.
    fn bare_rating(&self, feedback: &Feedback) -> Value {
        json!({
            "resource_uri": self.url.rating(feedback.id),
            "question": null,
            "criterion": null,
            "answer": null,
            "evaluator_profile": self.suite.person(feedback.reviewer.as_ref()),
            "value": feedback.score.map(Score::as_f64),
            "ignore": false,
        })
    }

    /// A note.
    pub fn note(&self, note: &Arc<Note>) -> Value {
        let candidate = CandidateOf::of(self.suite.world, &Entity::Note(Arc::clone(note)));
        let mut view = self.bare_note(note);
        view["project"] = json!(self.url.0);
        view["candidate"] = json!(candidate.map(|of| self.candidate_url(of)));
        view["creationdate"] = json!(note.written_at.map(microseconds));
        view
    }

    /// With the fields that a note has among the results. A note that HireHive restricts is not shared.
    fn bare_note(&self, note: &Note) -> Value {
        let is_restricted =
            note.extra.get("hirehive").is_some_and(|kept| kept.get("restricted") == Some(&Value::Bool(true)));
        json!({
            "resource_uri": self.url.note(note.id),
            "text": note.text,
            "shared": !is_restricted,
            "answer": note.answer_video_id.map(|id| self.url.answer_video(id)),
            "evaluator_profile": self.suite.person(note.author.as_ref()),
        })
    }

    /// The results of one candidate, with these notes on them.
    pub fn results<'n>(&self, of: CandidateOf, notes: impl IntoIterator<Item = &'n Note>) -> Value {
        let feedback = self.feedback_on(of);
        let given: Vec<&Feedback> =
            feedback.into_iter().filter(|it| it.status == Some(FeedbackStatus::Complete)).collect();
        let overall = Score::mean(given.iter().filter_map(|it| it.score));
        json!({
            "candidate": self.candidate_url(of),
            "overall_rating": overall.map(Score::as_f64),
            "question_results": [],
            "criteria_results": criteria(&given),
            "ratings": given.iter().map(|it| self.bare_rating(it)).collect::<Vec<_>>(),
            "notes": notes.into_iter().map(|it| self.bare_note(it)).collect::<Vec<_>>(),
            "vetos": [],
        })
    }

    /// Whom a note is shown with among the results: the candidate of its application, or else of any.
    pub fn is_note_on(&self, note: &Note, of: CandidateOf) -> bool {
        match (note.application_id, of) {
            (Some(id), CandidateOf::Application(application)) => id == application,
            (Some(_), CandidateOf::Interview(_)) => false,
            (None, of) => self.person_behind(of).is_some_and(|person| note.candidate_id == Some(person.id)),
        }
    }
}

/// The mean of each line of the scorecards, over everyone who filled it in.
fn criteria(given: &[&Feedback]) -> Vec<Value> {
    let mut lines: BTreeMap<&str, Vec<Score>> = BTreeMap::new();
    for rating in given.iter().flat_map(|it| it.ratings.iter().flatten()) {
        lines.entry(&rating.option_id).or_default().push(Score::from_points(rating.rating));
    }
    lines
        .into_iter()
        .map(|(criterion, scores)| {
            json!({ "criterion": criterion, "average_rating": Score::mean(scores).map(Score::as_f64) })
        })
        .collect()
}
