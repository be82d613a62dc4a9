//! What can be asked of feedback: reviewers are assigned and removed, and give their opinion.

use super::interview::{go, is_not_archived_or_cancelled};
use super::keeping::{Kept, amend, bad, is_blank, is_free, make, missing, remove, settle};
use super::{Done, referring};
use crate::application::Application;
use crate::command::{Facts, FeedbackCommand};
use crate::decide::assessment::{Scores, all_scored, assess, scores};
use crate::decide::draft::Draft;
use crate::decide::feedback::ask;
use crate::decide::interview::is_over;
use crate::event::{EventType, Snapshot};
use crate::feedback::{Feedback, FeedbackStatus, FeedbackTold};
use crate::id::{ApplicationId, FeedbackId, InterviewId, UserId};
use crate::interview::Interview;
use crate::limits::{MAX_ANSWERS, MAX_REVIEWERS};
use crate::refusal::{Refusal, RefusalCode};
use crate::stage::Stage;

/// Facts that follow from what is done, and are not to be taken away.
const FOLLOWS: [&str; 5] = ["status", "reviewer", "creator", "requested_at", "completed_at"];
/// Facts that a reviewer gives.
const GIVEN: [&str; 5] = ["score", "comment", "ratings", "answers", "form"];

impl Kept for Feedback {
    const CREATED: Option<EventType> = None;

    fn about(draft: &Draft<'_>, id: FeedbackId) -> Snapshot {
        draft.about_feedback(id)
    }

    fn faults(&self) -> Vec<Refusal> {
        let (ratings, answers) = (self.ratings.iter().flatten(), self.answers.iter().flatten());
        let is_nameless = ratings.clone().any(|rating| rating.option_id.trim().is_empty())
            || answers.clone().any(|answer| answer.question_id.trim().is_empty());
        let nameless =
            is_nameless.then(|| missing("a rating needs its option_id, and an answer its question_id"));
        let many = ratings.count().max(answers.count()) > MAX_ANSWERS;
        let many = many.then(|| {
            Refusal::new(
                RefusalCode::TOO_MANY,
                format!("feedback has at most {MAX_ANSWERS} ratings and {MAX_ANSWERS} answers"),
            )
        });
        nameless.into_iter().chain(many).collect()
    }
}

pub(super) fn carry_out(draft: &mut Draft<'_>, id: FeedbackId, command: &FeedbackCommand) -> Done {
    match command {
        FeedbackCommand::Assign { interview, reviewer, creator, facts } => {
            assign(draft, id, *interview, &asked_of(draft, *reviewer, *creator, facts)?)
        }
        FeedbackCommand::Request { application, reviewer, creator, facts } => {
            request(draft, id, *application, &asked_of(draft, *reviewer, *creator, facts)?)
        }
        FeedbackCommand::Submit(facts) => submit(draft, id, facts),
        FeedbackCommand::Remove => unassign(draft, id),
    }
}

/// What is known of feedback that is only wanted yet.
fn asked_of(
    draft: &Draft<'_>,
    reviewer: UserId,
    creator: Option<UserId>,
    facts: &Facts<FeedbackTold>,
) -> Result<Facts<FeedbackTold>, Refusal> {
    let mut facts = facts.clone();
    for fact in GIVEN.into_iter().filter(|fact| *fact != "form") {
        facts.told.forget(fact);
    }
    facts.told.status = Some(FeedbackStatus::Pending);
    facts.told.reviewer = Some(referring::person(draft, reviewer)?);
    facts.told.creator = creator.map(|creator| referring::person(draft, creator)).transpose()?;
    Ok(facts)
}

/// Assigned before the end, a reviewer is asked when it comes; after it, at once.
fn assign(
    draft: &mut Draft<'_>,
    id: FeedbackId,
    interview_id: InterviewId,
    facts: &Facts<FeedbackTold>,
) -> Done {
    is_not_archived_or_cancelled(draft, interview_id)?;
    is_free(draft, id)?;
    let interview = draft.wanted::<Interview>(interview_id)?;
    let (application_id, is_over) = (interview.application_id, is_over(&interview.stage.value));
    has_room(draft, &interview.feedback.clone(), interview_id, facts)?;
    let before = scores(draft, interview_id);
    let feedback = Feedback { interview_id: Some(interview_id), application_id, ..Feedback::new(id) };
    make(draft, id, feedback, facts)?;
    draft.change::<Interview>(interview_id).feedback.push(id);
    if is_over {
        ask(draft, id);
        proceed(draft, interview_id, Stage::FeedbackCollecting);
    }
    assess(draft, interview_id, &before);
    Ok(())
}

fn request(
    draft: &mut Draft<'_>,
    id: FeedbackId,
    application_id: ApplicationId,
    facts: &Facts<FeedbackTold>,
) -> Done {
    is_free(draft, id)?;
    let asked = draft.wanted::<Application>(application_id)?.feedback.clone();
    has_room(draft, &asked, application_id, facts)?;
    make(draft, id, Feedback { application_id: Some(application_id), ..Feedback::new(id) }, facts)?;
    draft.change::<Application>(application_id).feedback.push(id);
    ask(draft, id);
    Ok(())
}

/// Refuses a reviewer who is there already, and one too many.
fn has_room(
    draft: &Draft<'_>,
    known: &[FeedbackId],
    about: impl std::fmt::Display,
    facts: &Facts<FeedbackTold>,
) -> Done {
    let reviewer = facts.told.reviewer.as_ref();
    let is_theirs = |id: &FeedbackId| {
        let theirs = draft.get::<Feedback>(*id).and_then(|feedback| feedback.reviewer.as_ref());
        theirs.zip(reviewer).is_some_and(|(known, reviewer)| known.is_same(reviewer))
    };
    if let Some(theirs) = known.iter().find(|id| is_theirs(id)) {
        return Err(Refusal::new(
            RefusalCode::ALREADY_ASSIGNED,
            format!("the reviewer is assigned to {about} already, by {theirs}"),
        ));
    }
    if known.len() >= MAX_REVIEWERS {
        return Err(Refusal::new(
            RefusalCode::TOO_MANY,
            format!(
                "{about} has {MAX_REVIEWERS} reviewers, which is as many as there can be; remove one first"
            ),
        ));
    }
    Ok(())
}

fn submit(draft: &mut Draft<'_>, id: FeedbackId, facts: &Facts<FeedbackTold>) -> Done {
    if let Some(fact) = facts.clear.iter().find(|fact| FOLLOWS.contains(&fact.as_str())) {
        return Err(bad(format!("`{fact}` cannot be taken away from feedback")));
    }
    let known = draft.wanted::<Feedback>(id)?.clone();
    let is_first = known.status != Some(FeedbackStatus::Complete);
    let mut facts = facts.clone();
    for fact in FOLLOWS {
        facts.told.forget(fact);
    }
    if !is_first && is_known(&known, &facts) {
        return Ok(());
    }
    facts.told.status = Some(FeedbackStatus::Complete);
    facts.told.requested_at = Some(known.requested_at.unwrap_or(draft.at));
    facts.told.completed_at = Some(draft.at);
    let before = known.interview_id.map(|interview| scores(draft, interview)).unwrap_or_default();
    let previous = amend::<Feedback>(draft, id, &facts)?;
    is_given(draft, id)?;
    draft.change_record(id).announced = true;
    let kind = if is_first { EventType::FeedbackSubmitted } else { EventType::FeedbackUpdated };
    draft.emit(kind, Snapshot { previous, ..draft.about_feedback(id) });
    if let Some(interview) = known.interview_id {
        take_up(draft, interview);
        settle_stage(draft, interview, &before);
    }
    Ok(())
}

/// Feedback that went wrong is collected again, unless that is the last of it.
fn take_up(draft: &mut Draft<'_>, id: InterviewId) {
    let has_failed =
        draft.get::<Interview>(id).is_some_and(|interview| interview.stage.value == Stage::FeedbackFailed);
    if has_failed && !all_scored(draft, id) {
        proceed(draft, id, Stage::FeedbackCollecting);
    }
}

/// Does it say what was said before?
fn is_known(known: &Feedback, facts: &Facts<FeedbackTold>) -> bool {
    let names = super::naming::would_change(known, &facts.external_ids);
    !names
        && !known.would_take(&facts.told, true)
        && facts
            .clear
            .iter()
            .all(|fact| known.clone().clear(fact).is_none() && Feedback::FACTS.contains(&fact.as_str()))
}

fn is_given(draft: &Draft<'_>, id: FeedbackId) -> Done {
    let feedback = draft.wanted::<Feedback>(id)?;
    let is_empty = feedback.score.is_none()
        && is_blank(feedback.comment.as_ref())
        && feedback.ratings.iter().flatten().next().is_none()
        && feedback.answers.iter().flatten().next().is_none();
    if is_empty {
        return Err(Refusal::new(
            RefusalCode::NOTHING_GIVEN,
            format!("{id} would say nothing; give a score, a comment, ratings or answers"),
        ));
    }
    Ok(())
}

/// Is this feedback still to be given by this user?
pub(super) fn is_owed_by(draft: &Draft<'_>, id: FeedbackId, user: UserId) -> bool {
    draft.wanted::<Feedback>(id).is_ok_and(|feedback| {
        feedback.status != Some(FeedbackStatus::Complete)
            && feedback.reviewer.as_ref().and_then(|reviewer| reviewer.user) == Some(user)
    })
}

/// The reviewer is no longer assigned, and what they gave goes.
pub(super) fn unassign(draft: &mut Draft<'_>, id: FeedbackId) -> Done {
    let known = draft.wanted::<Feedback>(id)?.clone();
    let before = known.interview_id.map(|interview| scores(draft, interview)).unwrap_or_default();
    remove(draft, id);
    let feedback = draft.change::<Feedback>(id);
    for fact in GIVEN {
        feedback.clear(fact);
    }
    feedback.extra.clear();
    settle(draft, id, GIVEN);
    if let Some(application) = known.application_id
        && draft.get::<Application>(application).is_some_and(|it| it.feedback.contains(&id))
    {
        draft.change::<Application>(application).feedback.retain(|known| *known != id);
    }
    let Some(interview) = known.interview_id else { return Ok(()) };
    if draft.get::<Interview>(interview).is_some_and(|it| it.feedback.contains(&id)) {
        draft.change::<Interview>(interview).feedback.retain(|known| *known != id);
    }
    // A list of reviewers from before this does not assign anyone again.
    let at = Some(draft.at);
    let record = draft.change_record(interview);
    record.assessment_as_of = record.assessment_as_of.max(at);
    settle_stage(draft, interview, &before);
    Ok(())
}

/// What reviewers gave has changed: an interview that is over may be through with feedback by that, and the assessment is
/// told where it is due.
fn settle_stage(draft: &mut Draft<'_>, id: InterviewId, before: &Scores) {
    let stage = draft.get::<Interview>(id).map(|interview| interview.stage.value.clone());
    if stage.as_ref().is_some_and(is_over) {
        if all_scored(draft, id) {
            proceed(draft, id, Stage::FeedbackCompleted);
        } else if is_reopened(draft, id, stage.as_ref()) {
            proceed(draft, id, Stage::FeedbackCollecting);
        }
    }
    assess(draft, id, before);
}

/// Is a score missing again where all were in?
fn is_reopened(draft: &Draft<'_>, id: InterviewId, stage: Option<&Stage>) -> bool {
    stage == Some(&Stage::FeedbackCompleted)
        && draft.get::<Interview>(id).is_some_and(|interview| !interview.feedback.is_empty())
}

/// Moves an interview on, unless it is there, or a platform tells where it stands.
fn proceed(draft: &mut Draft<'_>, id: InterviewId, stage: Stage) {
    let is_ours = draft.record(id).is_some_and(|record| !record.stage_is_told);
    if is_ours && draft.get::<Interview>(id).is_some_and(|interview| interview.stage.value != stage) {
        go(draft, id, stage);
    }
}
