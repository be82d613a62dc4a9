//! News of a note on a candidate.

use std::borrow::Cow;

use super::belonging::Tie;
use super::draft::Draft;
use super::life::{Life, live};
use super::telling::Manner;
use crate::application::Application;
use crate::event::EventType;
use crate::observation::{About, Belonging, Change};
use crate::recording::{AnswerVideo, AnswerVideoTold, Note, NoteTold};

pub(super) fn hear(
    draft: &mut Draft<'_>,
    note: &About<NoteTold>,
    of: &Belonging,
    answer_video: Option<&About<AnswerVideoTold>>,
    change: Change,
) {
    let called = note.external_id.as_ref();
    let id = draft.find_external::<Note>(called).unwrap_or_else(|| draft.make::<Note>(called));
    let known = draft.get::<Note>(id).cloned();
    let known = known.as_deref();
    let belongs = draft.belonging(of, known.and_then(|note| note.application_id), Tie::WhereTold);
    let answer_video = answer_video.and_then(|about| answered(draft, about));
    let of_application = belongs.application.and_then(|id| draft.get::<Application>(id)?.candidate_id);
    let candidate_id = known.and_then(|note| note.candidate_id).or(belongs.candidate).or(of_application);
    let application_id = known.and_then(|note| note.application_id).or(belongs.application);
    let answer_video_id = known.and_then(|note| note.answer_video_id).or(answer_video);
    if known.is_some_and(|note| {
        (note.candidate_id, note.application_id, note.answer_video_id)
            != (candidate_id, application_id, answer_video_id)
    }) {
        let note = draft.change::<Note>(id);
        note.candidate_id = candidate_id;
        note.application_id = application_id;
        note.answer_video_id = answer_video_id;
    }
    let mut told = Cow::Borrowed(&note.told);
    if let Some(author) = &note.told.author {
        let author = draft.person_after(known.and_then(|note| note.author.as_ref()), author);
        let told = told.to_mut();
        told.author = Some(author);
        if draft.would_tell::<Note>(id, told) {
            draft.complete(told.author.as_mut(), note.told.author.as_ref());
        }
    }
    let life = Life {
        created: EventType::CandidateNoteCreated,
        updated: EventType::CandidateNoteUpdated,
        deleted: Some(EventType::CandidateNoteDeleted),
    };
    live::<Note>(draft, id, (&told, manner(&note.told)), change, life, Draft::about_note);
}

/// A note whose author alone is told (viasto) is told thinly: who wrote it says nothing of what it says now.
fn manner(told: &NoteTold) -> Manner {
    let NoteTold { text, author: _, written_at, extra } = told;
    if text.is_none() && written_at.is_none() && extra.is_empty() { Manner::Thin } else { Manner::Full }
}

fn answered(draft: &mut Draft<'_>, about: &About<AnswerVideoTold>) -> Option<crate::AnswerVideoId> {
    let called = about.external_id.as_ref();
    called?;
    let id = draft.find_external::<AnswerVideo>(called).unwrap_or_else(|| draft.make::<AnswerVideo>(called));
    draft.refer::<AnswerVideo>(id, &about.told);
    Some(id)
}
