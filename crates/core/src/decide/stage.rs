//! News of an interview's stage, from a platform that tells stages itself (seed 004).

use super::draft::Draft;
use super::interview::{consequence, find, move_to};
use super::telling::Manner;
use crate::event::EventType;
use crate::id::InterviewId;
use crate::interview::{Interview, InterviewTold};
use crate::observation::{About, Belonging};
use crate::stage::StageMark;

pub(super) fn hear(
    draft: &mut Draft<'_>,
    interview: &About<InterviewTold>,
    of: &Belonging,
    previous: Option<&StageMark>,
    current: &StageMark,
) {
    let id = find(draft, interview, of);
    let Some(heard) =
        draft.tell::<Interview>(id, &interview.told, Manner::beside::<Interview>(&interview.told))
    else {
        return;
    };
    draft.taken_quietly |= heard.changed;
    if heard.first {
        first_sight(draft, id, previous, current);
    } else {
        follow(draft, id, previous, current);
    }
}

fn first_sight(draft: &mut Draft<'_>, id: InterviewId, previous: Option<&StageMark>, current: &StageMark) {
    let at = draft.at;
    let record = draft.change_record(id);
    record.stage_is_told = true;
    record.stage_as_of = Some(at);
    draft.change::<Interview>(id).move_to(previous.unwrap_or(current).clone());
    draft.emit(EventType::InterviewCreated, draft.about_interview(id));
    match previous {
        Some(previous) if !previous.is_same_stage(current) => {
            move_to(draft, id, current.clone());
        }
        _ => {
            if let Some(kind) = consequence(&current.value) {
                draft.emit(kind, draft.about_interview(id));
            }
        }
    }
}

fn follow(draft: &mut Draft<'_>, id: InterviewId, previous: Option<&StageMark>, current: &StageMark) {
    let (Some(interview), Some(record)) = (draft.get::<Interview>(id), draft.record(id)) else { return };
    let (at, as_of, ours) = (draft.at, record.stage_as_of, interview.stage.clone());
    let continues = previous.is_some_and(|previous| previous.is_same_stage(&ours));
    let is_known = ours.is_same_stage(current);
    let is_older = as_of.is_some_and(|as_of| at < as_of || (at == as_of && !continues && !is_known));
    if is_older {
        draft.late = true;
        return;
    }
    if as_of != Some(at) || !record.stage_is_told {
        let record = draft.change_record(id);
        record.stage_is_told = true;
        record.stage_as_of = Some(at);
    }
    if is_known {
        return;
    }
    if let Some(previous) = previous.filter(|_| !continues) {
        draft.unreconciled(format!(
            "{id} was in {}, but is told to come from {}; the way there was missed and has been filled in",
            ours.value, previous.value
        ));
        if !previous.is_same_stage(current) {
            move_to(draft, id, previous.clone());
        }
    }
    move_to(draft, id, current.clone());
}
