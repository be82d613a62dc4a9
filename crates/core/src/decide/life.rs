//! The life of a thing whose platform tells when it is made, changed and removed.

use super::draft::Draft;
use super::telling::Manner;
use super::thing::Thing;
use crate::event::{EventType, Snapshot};
use crate::observation::Change;

/// The events of a life.
pub(super) struct Life {
    /// It was made.
    pub created: EventType,
    /// It was changed.
    pub updated: EventType,
    /// It was removed.
    pub deleted: Option<EventType>,
}

/// Takes in what happened to a thing, and tells it: created first and once, then updated, if that is what was told or
/// if a repeated `created` brings other facts; of something unknown that is gone, only that it is gone.
pub(super) fn live<'a, T: Thing>(
    draft: &mut Draft<'a>,
    id: T::Id,
    (told, manner): (&T::Told, Manner),
    change: Change,
    life: Life,
    about: impl Fn(&Draft<'a>, T::Id) -> Snapshot,
) {
    if change == Change::Deleted {
        if draft.delete::<T>(id, told)
            && let Some(deleted) = life.deleted
        {
            draft.emit(deleted, about(draft, id));
        }
        return;
    }
    let Some(heard) = draft.tell::<T>(id, told, manner) else { return };
    if heard.first {
        draft.emit(life.created, Snapshot { thin: heard.thin, ..about(draft, id) });
    }
    let is_update =
        if heard.first { change == Change::Updated } else { change == Change::Updated || !heard.thin };
    if heard.changed && is_update {
        draft.emit(life.updated, Snapshot { thin: heard.thin, previous: heard.previous, ..about(draft, id) });
    }
}
