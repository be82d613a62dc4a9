//! News of a question. There is no event for it: whatever is told of an answer to it later carries it.

use super::belonging::Tie;
use super::draft::Draft;
use super::telling::Manner;
use crate::observation::{About, Belonging};
use crate::recording::{Question, QuestionTold};

pub(super) fn hear(draft: &mut Draft<'_>, question: &About<QuestionTold>, of: &Belonging) {
    let called = question.external_id.as_ref();
    let id = draft.find_external::<Question>(called).unwrap_or_else(|| draft.make::<Question>(called));
    let job = draft.belonging(of, None, Tie::WhereTold).job;
    if job.is_some() && draft.get::<Question>(id).is_some_and(|question| question.job_id.is_none()) {
        draft.change::<Question>(id).job_id = job;
        draft.taken_quietly = true;
    }
    if let Some(heard) = draft.tell::<Question>(id, &question.told, Manner::Full) {
        draft.taken_quietly |= heard.changed;
    }
}
