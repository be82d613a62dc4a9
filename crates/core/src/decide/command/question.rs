//! What can be asked of a question. Nothing is told of one by itself.

use super::Done;
use super::keeping::{Kept, amend, is_blank, make, missing, remove};
use super::referring::not_negative;
use crate::command::QuestionCommand;
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::id::QuestionId;
use crate::job::Job;
use crate::recording::Question;
use crate::refusal::Refusal;

impl Kept for Question {
    const CREATED: Option<EventType> = None;

    fn about(_: &Draft<'_>, _: QuestionId) -> Snapshot {
        Snapshot::default()
    }

    fn faults(&self) -> Vec<Refusal> {
        let text = is_blank(self.text.as_ref()).then(|| missing("a question needs a text"));
        let limit = not_negative("the time for an answer", self.limit_s);
        let position = not_negative("the position", self.position);
        [text, limit, position].into_iter().flatten().collect()
    }
}

pub(super) fn carry_out(draft: &mut Draft<'_>, id: QuestionId, command: &QuestionCommand) -> Done {
    match command {
        QuestionCommand::Create { job, facts } => {
            draft.wanted::<Job>(*job)?;
            make(draft, id, Question { job_id: Some(*job), ..Question::new(id) }, facts)
        }
        QuestionCommand::Change(facts) => amend::<Question>(draft, id, facts).map(|_| ()),
        QuestionCommand::Delete => {
            draft.wanted::<Question>(id)?;
            remove(draft, id);
            Ok(())
        }
    }
}
