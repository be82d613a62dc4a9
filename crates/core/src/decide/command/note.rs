//! What can be asked of a note.

use super::Done;
use super::keeping::{Kept, amend, announce, is_blank, make, missing, remove};
use super::referring::{applicant, person, same};
use crate::command::{Facts, NoteCommand, NotePlace};
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::id::NoteId;
use crate::people::Candidate;
use crate::recording::{AnswerVideo, Note, NoteTold};
use crate::refusal::Refusal;

impl Kept for Note {
    const CREATED: Option<EventType> = Some(EventType::CandidateNoteCreated);

    fn about(draft: &Draft<'_>, id: NoteId) -> Snapshot {
        draft.about_note(id)
    }

    fn faults(&self) -> Vec<Refusal> {
        is_blank(self.text.as_ref()).then(|| missing("a note needs a text")).into_iter().collect()
    }
}

pub(super) fn carry_out(draft: &mut Draft<'_>, id: NoteId, command: &NoteCommand) -> Done {
    match command {
        NoteCommand::Create { place, facts } => create(draft, id, place, facts),
        NoteCommand::Change(facts) => change(draft, id, facts),
        NoteCommand::Delete => delete(draft, id),
    }
}

fn create(draft: &mut Draft<'_>, id: NoteId, place: &NotePlace, facts: &Facts<NoteTold>) -> Done {
    let recorded_for = match place.answer_video {
        Some(video) => draft.wanted::<AnswerVideo>(video)?.application_id,
        None => None,
    };
    let application_id = match place.answer_video {
        Some(video) => same("application", video, place.application, recorded_for)?,
        None => place.application,
    };
    let candidate_id = match application_id {
        Some(application) => applicant(draft, application, place.candidate)?,
        None => place.candidate,
    };
    let Some(candidate) = candidate_id else {
        return Err(missing(
            "a note needs a candidate, an application or a recorded answer that it is about",
        ));
    };
    draft.wanted::<Candidate>(candidate)?;
    let mut facts = facts.clone();
    if let Some(author) = place.author {
        facts.told.author = Some(person(draft, author)?);
    }
    facts.told.written_at.get_or_insert(draft.at);
    let note = Note { candidate_id, application_id, answer_video_id: place.answer_video, ..Note::new(id) };
    make(draft, id, note, &facts)
}

fn change(draft: &mut Draft<'_>, id: NoteId, facts: &Facts<NoteTold>) -> Done {
    let previous = amend::<Note>(draft, id, facts)?;
    if !previous.is_empty() {
        draft.emit(EventType::CandidateNoteUpdated, Snapshot { previous, ..draft.about_note(id) });
    }
    Ok(())
}

fn delete(draft: &mut Draft<'_>, id: NoteId) -> Done {
    draft.wanted::<Note>(id)?;
    announce::<Note>(draft, id);
    remove(draft, id);
    draft.emit(EventType::CandidateNoteDeleted, draft.about_note(id));
    Ok(())
}
