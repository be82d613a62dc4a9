//! News that all assigned reviewers have scored; and when an assessment is told at all.

use super::draft::Draft;
use super::feedback::{find_reviewer, tie};
use super::interview::{Happened, conclude, find, hear_facts};
use super::overall::{check_overall, overall_of};
use super::telling::Manner;
use crate::application::OverallStatus;
use crate::event::{EventType, Snapshot};
use crate::feedback::{Assessment, Feedback, FeedbackStatus, FeedbackTold, ReviewerScore};
use crate::id::{FeedbackId, InterviewId};
use crate::interview::{Interview, InterviewTold};
use crate::observation::{About, Belonging, ScoreTold};
use crate::people::Person;
use crate::score::Score;

/// Averages that differ by no more than this differ by rounding.
const ROUNDING_POINTS: f64 = 0.01;

/// What the platform made of the scores.
pub(super) struct Result<'a> {
    /// The mean.
    pub average: Option<Score>,
    /// The sum.
    pub total: Option<Score>,
    /// How far the application is as a whole.
    pub overall: Option<&'a OverallStatus>,
}

/// The scores of the assigned reviewers, in the order of assignment.
pub(super) type Scores = Vec<(FeedbackId, Option<Score>)>;

pub(super) fn hear(
    draft: &mut Draft<'_>,
    interview: &About<InterviewTold>,
    of: &Belonging,
    scores: &[ScoreTold],
    result: &Result<'_>,
) {
    let id = find(draft, interview, of);
    let told = &interview.told;
    if !hear_facts(draft, id, told, Manner::beside::<Interview>(told), false) {
        return;
    }
    let Some(record) = draft.record(id) else { return };
    let (at, as_of) = (draft.at, record.assessment_as_of);
    if as_of.is_some_and(|as_of| at < as_of) {
        draft.late = true;
        return;
    }
    if as_of != Some(at) {
        draft.change_record(id).assessment_as_of = Some(at);
    }
    let before = self::scores(draft, id);
    let listed = hear_scores(draft, id, scores);
    unassign(draft, id, &listed);
    let assigned = listed.iter().any(|id| before.iter().all(|(known, _)| known != id));
    conclude(draft, id, Happened::Reviewed { assigned });
    assess(draft, id, &before);
    check_result(draft, id, result);
    check_overall(draft, id, result.overall);
}

/// Takes each reviewer's score in. Answers whose feedback was listed.
fn hear_scores(draft: &mut Draft<'_>, id: InterviewId, scores: &[ScoreTold]) -> Vec<FeedbackId> {
    let mut listed = Vec::with_capacity(scores.len());
    for score in scores {
        let reviewer = draft.person(&score.reviewer);
        let found = find_reviewer(draft, id, &reviewer);
        let feedback = found.unwrap_or_else(|| draft.make::<Feedback>(None));
        if !listed.contains(&feedback) {
            listed.push(feedback);
            tie(draft, feedback, Some(id), None);
            hear_score(draft, feedback, &reviewer, score);
        }
    }
    listed
}

fn hear_score(draft: &mut Draft<'_>, id: FeedbackId, reviewer: &Person, score: &ScoreTold) {
    let known = draft.get::<Feedback>(id);
    let was_given = known.is_some_and(|known| known.status == Some(FeedbackStatus::Complete));
    let reviewer = draft.person_after(known.and_then(|known| known.reviewer.clone()).as_ref(), reviewer);
    let told = FeedbackTold {
        status: Some(FeedbackStatus::Complete),
        reviewer: Some(reviewer),
        score: score.score,
        comment: score.comment.clone(),
        ..FeedbackTold::default()
    };
    let Some(heard) = draft.tell::<Feedback>(id, &told, Manner::Full) else { return };
    if heard.changed {
        let kind = if was_given { EventType::FeedbackUpdated } else { EventType::FeedbackSubmitted };
        draft.emit(kind, Snapshot { previous: heard.previous, ..draft.about_feedback(id) });
    }
}

/// Whoever is not listed is not assigned, unless they were asked later than the list was made.
fn unassign(draft: &mut Draft<'_>, id: InterviewId, listed: &[FeedbackId]) {
    let Some(interview) = draft.get::<Interview>(id) else { return };
    let is_unlisted = |feedback: &FeedbackId| {
        !listed.contains(feedback)
            && draft.record(*feedback).is_none_or(|record| record.as_of.is_none_or(|as_of| as_of < draft.at))
    };
    let unlisted: Vec<FeedbackId> = interview.feedback.iter().copied().filter(is_unlisted).collect();
    if !unlisted.is_empty() {
        draft.change::<Interview>(id).feedback.retain(|feedback| !unlisted.contains(feedback));
        draft.taken_quietly = true;
    }
}

/// The scores that count into the assessment, before or after a message.
pub(super) fn scores(draft: &Draft<'_>, id: InterviewId) -> Scores {
    let assigned =
        draft.get::<Interview>(id).map(|interview| interview.feedback.as_slice()).unwrap_or_default();
    let score = |id: &FeedbackId| {
        draft.get::<Feedback>(*id).filter(|feedback| feedback.is_scored()).and_then(|feedback| feedback.score)
    };
    assigned.iter().map(|id| (*id, score(id))).collect()
}

/// Have all assigned reviewers scored? Where none is assigned, nobody has.
pub(super) fn all_scored(draft: &Draft<'_>, id: InterviewId) -> bool {
    draft.get::<Interview>(id).is_some_and(|interview| {
        let mut assigned = interview.feedback.iter();
        !interview.feedback.is_empty()
            && assigned.all(|id| draft.get::<Feedback>(*id).is_some_and(|feedback| feedback.is_scored()))
    })
}

/// Tells the assessment once all assigned reviewers have scored, and again when their scores are not what they were
/// `before`. A reviewer who has not scored opens it.
pub(super) fn assess(draft: &mut Draft<'_>, id: InterviewId, before: &Scores) {
    let Some(interview) = draft.get::<Interview>(id) else { return };
    let was_assessed = interview.assessed;
    let scores = scores(draft, id);
    let all: Option<Vec<Score>> = scores.iter().map(|(_, score)| *score).collect();
    let mean = all.as_ref().and_then(|all| Score::mean(all.iter().copied()));
    let (Some(all), Some(average)) = (all, mean) else {
        if was_assessed {
            draft.change::<Interview>(id).assessed = false;
            draft.taken_quietly = true;
        }
        return;
    };
    if was_assessed && scores == *before {
        return;
    }
    if !was_assessed {
        draft.change::<Interview>(id).assessed = true;
    }
    let assessment = Assessment {
        average,
        total: Score::total(all),
        reviewers: scores.iter().filter_map(|(id, score)| reviewer_score(draft, *id, (*score)?)).collect(),
        overall_status: overall_of(draft, id),
    };
    draft.emit(
        EventType::InterviewAssessed,
        Snapshot { assessment: Some(assessment), ..draft.about_interview(id) },
    );
}

fn reviewer_score(draft: &Draft<'_>, id: FeedbackId, score: Score) -> Option<ReviewerScore> {
    let feedback = draft.get::<Feedback>(id)?;
    let reviewer = feedback.reviewer.clone().unwrap_or_default();
    Some(ReviewerScore { feedback_id: id, reviewer, score, comment: feedback.comment.clone() })
}

/// Remarks on a platform whose sums are not ours.
fn check_result(draft: &mut Draft<'_>, id: InterviewId, result: &Result<'_>) {
    let scored: Vec<Score> = scores(draft, id).into_iter().filter_map(|(_, score)| score).collect();
    let Some(average) = Score::mean(scored.iter().copied()) else { return };
    let reviewers = u32::try_from(scored.len()).unwrap_or(u32::MAX);
    let sums = [
        ("average", result.average, average, ROUNDING_POINTS),
        ("total", result.total, Score::total(scored), ROUNDING_POINTS * f64::from(reviewers)),
    ];
    for (what, told, ours, tolerance) in sums {
        // Scores have four decimals: half a ten-thousandth more than the tolerance is beyond it.
        if let Some(told) = told
            && (told.as_f64() - ours.as_f64()).abs() > tolerance + 0.000_05
        {
            draft.unreconciled(format!(
                "the {what} is told as {told}; of the scores it is {ours}, which is kept"
            ));
        }
    }
}
