//! What can be asked of a file. Nothing is told of one.

use super::Done;
use super::keeping::{Kept, amend, is_blank, make, missing, remove};
use super::referring::{applicant, not_negative, same};
use crate::command::{Facts, FileCommand};
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::file::{File, FileTold};
use crate::id::{ApplicationId, CandidateId, FileId, NoteId};
use crate::people::Candidate;
use crate::recording::Note;
use crate::refusal::Refusal;

impl Kept for File {
    const CREATED: Option<EventType> = None;

    fn about(_: &Draft<'_>, _: FileId) -> Snapshot {
        Snapshot::default()
    }

    fn faults(&self) -> Vec<Refusal> {
        let name = is_blank(self.name.as_ref()).then(|| missing("a file needs a name"));
        name.into_iter().chain(not_negative("the size", self.size_bytes)).collect()
    }
}

pub(super) fn carry_out(draft: &mut Draft<'_>, id: FileId, command: &FileCommand) -> Done {
    match command {
        FileCommand::Create { candidate, application, note, facts } => {
            create(draft, id, (*candidate, *application, *note), facts)
        }
        FileCommand::Change(facts) => amend::<File>(draft, id, facts).map(|_| ()),
        FileCommand::Store { size_bytes, sha256, content_type } => {
            let told = FileTold {
                size_bytes: Some(*size_bytes),
                sha256: Some(sha256.clone()),
                content_type: content_type.clone(),
                ..FileTold::default()
            };
            amend::<File>(draft, id, &Facts { told, ..Facts::default() })?;
            if !draft.wanted::<File>(id)?.stored {
                draft.change::<File>(id).stored = true;
            }
            Ok(())
        }
        FileCommand::Delete => delete(draft, id),
    }
}

fn create(
    draft: &mut Draft<'_>,
    id: FileId,
    (candidate, application, note_id): (Option<CandidateId>, Option<ApplicationId>, Option<NoteId>),
    facts: &Facts<FileTold>,
) -> Done {
    let written = note_id.map(|note| draft.wanted::<Note>(note)).transpose()?;
    let written_on = written.map_or((None, None), |note| (note.candidate_id, note.application_id));
    let (candidate, application_id) = match note_id {
        Some(note) => (
            same("candidate", note, candidate, written_on.0)?,
            same("application", note, application, written_on.1)?,
        ),
        None => (candidate, application),
    };
    let candidate_id = match application_id {
        Some(application) => applicant(draft, application, candidate)?,
        None => candidate,
    };
    let Some(candidate) = candidate_id else {
        return Err(missing("a file needs a candidate, an application or a note that it is about"));
    };
    draft.wanted::<Candidate>(candidate)?;
    make(draft, id, File { candidate_id, application_id, note_id, ..File::new(id) }, facts)
}

fn delete(draft: &mut Draft<'_>, id: FileId) -> Done {
    let is_stored = draft.wanted::<File>(id)?.stored;
    remove(draft, id);
    if is_stored {
        draft.change::<File>(id).stored = false;
        draft.drop_file(id);
    }
    Ok(())
}
