//! What can be asked of a recorded answer.

use super::Done;
use super::keeping::{Kept, amend, make, missing, remove};
use super::referring::{not_negative, same};
use crate::application::Application;
use crate::command::{AnswerVideoCommand, Facts};
use crate::decide::draft::Draft;
use crate::event::{EventType, Snapshot};
use crate::id::{AnswerVideoId, ApplicationId, InterviewId, QuestionId};
use crate::interview::Interview;
use crate::recording::{AnswerVideo, AnswerVideoTold, Question};
use crate::refusal::Refusal;

impl Kept for AnswerVideo {
    const CREATED: Option<EventType> = Some(EventType::AnswerVideoCreated);

    fn about(draft: &Draft<'_>, id: AnswerVideoId) -> Snapshot {
        draft.about_answer_video(id)
    }

    fn faults(&self) -> Vec<Refusal> {
        not_negative("the duration", self.duration_s).into_iter().collect()
    }
}

pub(super) fn carry_out(draft: &mut Draft<'_>, id: AnswerVideoId, command: &AnswerVideoCommand) -> Done {
    match command {
        AnswerVideoCommand::Create { interview, application, question, facts } => {
            create(draft, id, (*interview, *application, *question), facts)
        }
        AnswerVideoCommand::Change(facts) => change(draft, id, facts),
        AnswerVideoCommand::Delete => {
            draft.wanted::<AnswerVideo>(id)?;
            remove(draft, id);
            Ok(())
        }
    }
}

fn create(
    draft: &mut Draft<'_>,
    id: AnswerVideoId,
    (interview_id, application, question_id): (
        Option<InterviewId>,
        Option<ApplicationId>,
        Option<QuestionId>,
    ),
    facts: &Facts<AnswerVideoTold>,
) -> Done {
    let application_id = match interview_id {
        Some(interview) => {
            let held_for = draft.wanted::<Interview>(interview)?.application_id;
            same("application", interview, application, held_for)?
        }
        None => application,
    };
    let Some(application) = application_id else {
        return Err(missing("a recorded answer needs an application, or an interview that is held for one"));
    };
    draft.wanted::<Application>(application)?;
    if let Some(question) = question_id {
        draft.wanted::<Question>(question)?;
    }
    let mut facts = facts.clone();
    facts.told.recorded_at.get_or_insert(draft.at);
    let answer_video = AnswerVideo { application_id, interview_id, question_id, ..AnswerVideo::new(id) };
    make(draft, id, answer_video, &facts)
}

fn change(draft: &mut Draft<'_>, id: AnswerVideoId, facts: &Facts<AnswerVideoTold>) -> Done {
    let previous = amend::<AnswerVideo>(draft, id, facts)?;
    if !previous.is_empty() {
        draft.emit(EventType::AnswerVideoUpdated, Snapshot { previous, ..draft.about_answer_video(id) });
    }
    Ok(())
}
