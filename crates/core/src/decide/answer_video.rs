//! News of a recorded answer.

use super::belonging::Tie;
use super::draft::Draft;
use super::life::{Life, live};
use super::telling::Manner;
use crate::event::EventType;
use crate::id::{JobId, QuestionId};
use crate::observation::{About, Belonging, Change};
use crate::recording::{AnswerVideo, AnswerVideoTold, Question, QuestionTold};

pub(super) fn hear(
    draft: &mut Draft<'_>,
    answer_video: &About<AnswerVideoTold>,
    question: Option<&About<QuestionTold>>,
    of: &Belonging,
    change: Change,
) {
    let called = answer_video.external_id.as_ref();
    let id = draft.find_external::<AnswerVideo>(called).unwrap_or_else(|| draft.make::<AnswerVideo>(called));
    let (known_application, known_question) = draft
        .get::<AnswerVideo>(id)
        .map_or((None, None), |answer_video| (answer_video.application_id, answer_video.question_id));
    let belongs = draft.belonging(of, known_application, Tie::WhereTold);
    let question = question.and_then(|about| asked(draft, about, belongs.job));
    let links = (known_application.or(belongs.application), known_question.or(question));
    if links != (known_application, known_question) {
        let answer_video = draft.change::<AnswerVideo>(id);
        (answer_video.application_id, answer_video.question_id) = links;
    }
    let life = Life {
        created: EventType::AnswerVideoCreated,
        updated: EventType::AnswerVideoUpdated,
        deleted: None,
    };
    let manner = Manner::of::<AnswerVideo>(&answer_video.told);
    live::<AnswerVideo>(draft, id, (&answer_video.told, manner), change, life, Draft::about_answer_video);
}

fn asked(draft: &mut Draft<'_>, about: &About<QuestionTold>, job: Option<JobId>) -> Option<QuestionId> {
    let called = about.external_id.as_ref();
    called?;
    let id = draft.find_external::<Question>(called).unwrap_or_else(|| draft.make::<Question>(called));
    draft.refer::<Question>(id, &about.told);
    if job.is_some() && draft.get::<Question>(id).is_some_and(|question| question.job_id.is_none()) {
        draft.change::<Question>(id).job_id = job;
    }
    Some(id)
}
