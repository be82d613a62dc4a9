//! News of one reviewer's feedback.

use super::assessment::{assess, scores};
use super::belonging::Tie;
use super::draft::Draft;
use super::interview::{Happened, conclude, find as find_interview, hear_facts, only_open};
use super::telling::{Heard, Manner};
use crate::application::Application;
use crate::event::{EventType, Snapshot};
use crate::feedback::{Feedback, FeedbackStatus, FeedbackTold};
use crate::id::{ApplicationId, FeedbackId, InterviewId};
use crate::interview::{Interview, InterviewTold};
use crate::observation::{About, Belonging, FeedbackChange};
use crate::people::Person;

pub(super) fn hear(
    draft: &mut Draft<'_>,
    feedback: &About<FeedbackTold>,
    interview: Option<&About<InterviewTold>>,
    of: &Belonging,
    change: FeedbackChange,
) {
    let called = feedback.external_id.as_ref();
    let found = draft.find_external::<Feedback>(called);
    let known = found.and_then(|id| draft.get::<Feedback>(id)).cloned();
    let place = whereabouts(draft, known.as_deref(), interview, of);
    let reviewer = feedback.told.reviewer.as_ref().map(|reviewer| draft.person(reviewer));
    let before = place.interview.map(|id| scores(draft, id)).unwrap_or_default();
    let id = found
        .or_else(|| unnamed(draft, place.interview?, reviewer.as_ref()?, called))
        .unwrap_or_else(|| draft.make::<Feedback>(None));
    draft.call::<Feedback>(id, called);
    let (was_given, held) = draft.get::<Feedback>(id).map_or((false, None), |feedback| {
        (feedback.status == Some(FeedbackStatus::Complete), feedback.interview_id)
    });
    let told = completed(draft, id, &feedback.told, change);
    let known = draft.get::<Feedback>(id).filter(|_| draft.is_newest(id)).cloned();
    let Some(mut heard) = draft.tell::<Feedback>(id, &told, manner(&feedback.told)) else {
        return;
    };
    if let Some(known) = known {
        withdraw(draft, id, &known, &told, &mut heard);
    }
    let is_certain = !place.is_presumed || held == place.interview || heard.changed;
    let interview = place.interview.filter(|_| is_certain);
    let is_new = tie(draft, id, interview, place.application);
    let assigned = is_new || (heard.first && change == FeedbackChange::Requested);
    tell(draft, id, heard, change, was_given);
    if let Some(interview) = interview {
        conclude(draft, interview, Happened::Reviewed { assigned });
        assess(draft, interview, &before);
    }
}

/// What feedback is about.
struct Place {
    interview: Option<InterviewId>,
    application: Option<ApplicationId>,
    /// Nobody said that it is about this interview; what is no news is not tied to one by that.
    is_presumed: bool,
}

/// The interview and the application that feedback is about. A platform that ties none to an interview means the one
/// open interview of the application, if there is exactly one.
fn whereabouts(
    draft: &mut Draft<'_>,
    known: Option<&Feedback>,
    told: Option<&About<InterviewTold>>,
    of: &Belonging,
) -> Place {
    let held = known.and_then(|known| known.interview_id).filter(|id| draft.get::<Interview>(*id).is_some());
    if let Some(about) = told {
        let mut id = find_interview(draft, about, of);
        draft.refer::<Interview>(id, &about.told);
        hear_facts(draft, id, &InterviewTold::default(), Manner::Aside, false);
        if let (Some(held), Some(known)) = (held.filter(|held| *held != id), known) {
            draft.unreconciled(format!("{} is about {held}, not about {id}; it stays there", known.id));
            id = held;
        }
        let application = draft.get::<Interview>(id).and_then(|interview| interview.application_id);
        return Place { interview: Some(id), application, is_presumed: false };
    }
    let of_held = held.and_then(|id| draft.get::<Interview>(id)?.application_id);
    let known = known.and_then(|known| known.application_id).or(of_held);
    let application = draft.belonging(of, known, Tie::WhereTold).application;
    let interview = held.or_else(|| only_open(draft, application?));
    Place { interview, application, is_presumed: true }
}

/// Feedback of which nothing is told but that it is there (viasto) is told thinly.
fn manner(told: &FeedbackTold) -> Manner {
    if *told == (FeedbackTold { status: told.status.clone(), ..FeedbackTold::default() }) {
        Manner::Thin
    } else {
        Manner::Full
    }
}

/// The feedback of a reviewer on an interview.
pub(super) fn find_reviewer(draft: &Draft<'_>, id: InterviewId, reviewer: &Person) -> Option<FeedbackId> {
    let is_theirs = |id: &FeedbackId| {
        draft
            .get::<Feedback>(*id)
            .and_then(|feedback| feedback.reviewer.as_ref())
            .is_some_and(|known| known.is_same(reviewer))
    };
    draft.get::<Interview>(id)?.feedback.iter().copied().find(is_theirs)
}

/// The feedback of a reviewer on an interview that the platform has not called otherwise.
fn unnamed(
    draft: &Draft<'_>,
    id: InterviewId,
    reviewer: &Person,
    called: Option<&String>,
) -> Option<FeedbackId> {
    let platform = draft.teller.platform;
    find_reviewer(draft, id, reviewer).filter(|id| {
        called.is_none()
            || draft
                .get::<Feedback>(*id)
                .is_some_and(|feedback| feedback.external_ids.get(platform).is_none())
    })
}

/// What was told, with the people known and with the status that goes without saying.
fn completed(
    draft: &mut Draft<'_>,
    id: FeedbackId,
    heard: &FeedbackTold,
    change: FeedbackChange,
) -> FeedbackTold {
    let known = draft.get::<Feedback>(id).cloned();
    let known = known.as_deref();
    let mut told = heard.clone();
    if let Some(reviewer) = &told.reviewer {
        told.reviewer = Some(draft.person_after(known.and_then(|known| known.reviewer.as_ref()), reviewer));
    }
    if let Some(creator) = &told.creator {
        told.creator = Some(draft.person_after(known.and_then(|known| known.creator.as_ref()), creator));
    }
    if told.status.is_none() {
        told.status = match change {
            FeedbackChange::Requested if known.is_some_and(|known| known.status.is_some()) => None,
            FeedbackChange::Requested => Some(FeedbackStatus::Pending),
            FeedbackChange::Submitted | FeedbackChange::Updated => Some(FeedbackStatus::Complete),
        };
    }
    if draft.would_tell::<Feedback>(id, &told) {
        draft.complete(told.reviewer.as_mut(), heard.reviewer.as_ref());
        draft.complete(told.creator.as_mut(), heard.creator.as_ref());
    }
    told
}

/// With the last of the ratings goes the score that they came to, and with the last of the answers the comment; no older
/// message brings them back.
fn withdraw(draft: &mut Draft<'_>, id: FeedbackId, known: &Feedback, told: &FeedbackTold, heard: &mut Heard) {
    let (ratings, answers) = (told.ratings.as_ref().map(Vec::len), told.answers.as_ref().map(Vec::len));
    let had_ratings = known.ratings.iter().flatten().next().is_some();
    let had_answers = known.answers.iter().flatten().next().is_some();
    let emptied = [
        ("score", ratings == Some(0) && told.score.is_none(), had_ratings, known.score.is_none()),
        ("comment", answers == Some(0) && told.comment.is_none(), had_answers, known.comment.is_none()),
    ];
    for (fact, _, is_withdrawn, is_unknown) in emptied.into_iter().filter(|(_, is_emptied, ..)| *is_emptied) {
        if is_withdrawn && let Some(old) = draft.change::<Feedback>(id).clear(fact) {
            heard.previous.insert(fact.to_owned(), old);
        }
        let is_settled = draft.record(id).is_some_and(|record| record.settled.contains(fact));
        if (is_withdrawn || is_unknown) && !is_settled {
            draft.change_record(id).settled.insert(fact.to_owned());
        }
    }
}

/// Asks the assigned reviewers of an interview that is over, those who have not been asked. Answers whether any were.
pub(super) fn ask_assigned(draft: &mut Draft<'_>, id: InterviewId) -> bool {
    let assigned = draft.get::<Interview>(id).map(|interview| interview.feedback.clone()).unwrap_or_default();
    let is_unasked = |id: &FeedbackId| draft.record(*id).is_some_and(|record| !record.announced);
    let unasked: Vec<FeedbackId> = assigned.into_iter().filter(is_unasked).collect();
    for id in &unasked {
        ask(draft, *id);
    }
    !unasked.is_empty()
}

/// Asks for feedback, and tells it.
pub(super) fn ask(draft: &mut Draft<'_>, id: FeedbackId) {
    let at = draft.at;
    draft.change_record(id).announced = true;
    draft.change::<Feedback>(id).requested_at.get_or_insert(at);
    draft.emit(EventType::FeedbackRequested, draft.about_feedback(id));
}

/// Ties feedback to the interview and the application that it is about. Answers whether the reviewer is newly assigned
/// to the interview by that; a newer list of all who are assigned has the last word.
pub(super) fn tie(
    draft: &mut Draft<'_>,
    id: FeedbackId,
    interview: Option<InterviewId>,
    application: Option<ApplicationId>,
) -> bool {
    let Some(known) = draft.get::<Feedback>(id).cloned() else { return false };
    let application = application
        .or_else(|| draft.get::<Interview>(interview?).and_then(|interview| interview.application_id))
        .or(known.application_id);
    if known.application_id != application || (interview.is_some() && known.interview_id != interview) {
        let feedback = draft.change::<Feedback>(id);
        feedback.application_id = application;
        feedback.interview_id = interview.or(known.interview_id);
    }
    let listed =
        application.and_then(|id| draft.get::<Application>(id)).is_some_and(|it| it.feedback.contains(&id));
    match (interview, application) {
        (Some(interview), _) => {
            if let Some(application) = application.filter(|_| listed) {
                draft.change::<Application>(application).feedback.retain(|known| *known != id);
            }
            let listed_as_of = draft.record(interview).and_then(|record| record.assessment_as_of);
            let newest = draft.record(id).and_then(|record| record.as_of).max(Some(draft.at));
            let is_new = newest >= listed_as_of
                && draft.get::<Interview>(interview).is_some_and(|it| !it.feedback.contains(&id));
            if is_new {
                draft.change::<Interview>(interview).feedback.push(id);
            }
            is_new
        }
        (None, Some(application)) => {
            if !listed && draft.get::<Application>(application).is_some() {
                draft.change::<Application>(application).feedback.push(id);
            }
            false
        }
        (None, None) => false,
    }
}

fn tell(draft: &mut Draft<'_>, id: FeedbackId, heard: Heard, change: FeedbackChange, was_given: bool) {
    if !heard.changed {
        return;
    }
    let kind = match change {
        FeedbackChange::Requested if heard.first => EventType::FeedbackRequested,
        FeedbackChange::Requested => {
            draft.taken_quietly = true;
            return;
        }
        FeedbackChange::Submitted if !was_given => EventType::FeedbackSubmitted,
        FeedbackChange::Submitted if heard.thin => return,
        FeedbackChange::Submitted | FeedbackChange::Updated => EventType::FeedbackUpdated,
    };
    draft.emit(kind, Snapshot { thin: heard.thin, previous: heard.previous, ..draft.about_feedback(id) });
}
