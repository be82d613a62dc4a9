//! What has to hold of rows, whichever engine shows them.

use callboard_core::{
    Event, EventId, EventType, FileId, Held, ReceiptId, ReplayId, SourceId, StageMark, first_raw_at, time_of,
};
use jiff::SignedDuration;
use serde::de::DeserializeOwned;

use super::checks::Look;
use crate::batch::{EventRow, Outcome};
use crate::columns::{id, key};
use crate::engine::EngineError;
use crate::keeping::Stock;

/// A message without an id of its own takes the place of an earlier one with the same body after so long.
const TAKES_PLACE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What has a lower id than these, and is not there, may have gone by its age.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gone {
    pub(crate) receipts: i64,
    pub(crate) events: i64,
    pub(crate) seen: i64,
}

impl Gone {
    pub(crate) fn of(
        mut horizon: impl FnMut(Stock) -> Result<u64, EngineError>,
    ) -> Result<Self, EngineError> {
        let receipts = horizon(Stock::Receipts)?.max(horizon(Stock::Quarantined)?);
        Ok(Self {
            receipts: receipts.cast_signed(),
            events: horizon(Stock::Events)?.cast_signed(),
            seen: horizon(Stock::Seen)?.cast_signed(),
        })
    }
}

/// Something that people configured.
pub(crate) fn document<T: DeserializeOwned>(
    look: &mut Look<'_>,
    table: &str,
    filed: i64,
    body: &[u8],
    number: fn(&T) -> u64,
) {
    look.row();
    let name = || format!("{table} {filed}");
    match serde_json::from_slice::<T>(body) {
        Ok(it) if number(&it) == filed.cast_unsigned() => {}
        Ok(_) => look.find(name(), "is filed under another's id"),
        Err(error) => look.find(name(), format!("cannot be read: {error}")),
    }
}

/// A thing, as it is filed.
pub(crate) struct ThingRow<'r> {
    pub(crate) filed: i64,
    /// The word for its kind.
    pub(crate) word: &'r str,
    pub(crate) held: Result<Held, EngineError>,
    pub(crate) parent: Option<i64>,
    /// What it belongs to is there, if it belongs to anything.
    pub(crate) has_parent: bool,
    pub(crate) has_company: bool,
}

impl ThingRow<'_> {
    pub(crate) fn judge(self, look: &mut Look<'_>) {
        look.row();
        let held = match self.held {
            Ok(held) => held,
            Err(error) => {
                return look
                    .find(format!("{} {}", self.word, self.filed), format!("cannot be read: {error}"));
            }
        };
        let name = held.entity.id();
        if held.entity.raw_id() != self.filed.cast_unsigned() {
            look.find(&name, "is filed under another's id");
        }
        if held.entity.parent() != self.parent.map(i64::cast_unsigned) {
            look.find(&name, "is filed under something that it does not belong to");
        } else if !self.has_parent {
            look.find(&name, "belongs to something that is not there");
        }
        if held.record.version == 0 {
            look.find(&name, "has no version");
        }
        if !self.has_company {
            look.find(&name, "is of a company that is not there");
        }
    }
}

/// What a name leads to.
pub(crate) fn leads(look: &mut Look<'_>, name: &str, is_there: bool) {
    look.row();
    if !is_there {
        look.find(name, "leads to nothing that is there");
    }
}

/// An event, as it is filed.
pub(crate) struct Filed {
    pub(crate) event: EventRow,
    /// What became of the request that it came of, if that is there.
    pub(crate) outcome: Option<Outcome>,
    /// Whom it was skipped for is so many whole ids.
    pub(crate) skipped_is_whole: bool,
}

impl Filed {
    pub(crate) fn judge(&self, look: &mut Look<'_>, gone: Gone) {
        look.row();
        let filed = &self.event;
        let event = filed.id;
        match (filed.receipt, self.outcome) {
            (Some(receipt), None) if key(receipt) >= gone.receipts => {
                look.find(event, format!("came of {receipt}, which is not there"));
            }
            (Some(receipt), Some(Outcome::Duplicate)) => {
                look.find(event, format!("came of {receipt}, which only repeats another"));
            }
            _ => {}
        }
        if !self.skipped_is_whole {
            look.find(event, "does not say whom it was skipped for");
        }
        match serde_json::from_slice::<Event>(&filed.body) {
            Ok(it) if it.id != event => look.find(event, "is filed under another's id"),
            Ok(it) if it.kind != filed.kind || it.company != filed.company => {
                look.find(event, "is filed as something else");
            }
            Ok(it) if !filed.erased && it.subject() != filed.subject => {
                look.find(event, "is filed as being about something else");
            }
            Err(error) if !filed.erased => look.find(event, format!("cannot be read: {error}")),
            _ => {}
        }
    }
}

/// The moves of interviews, by interview and oldest first: each begins where the one before ended.
#[derive(Default)]
pub(crate) struct StageOrder {
    before: Option<(i64, i64, StageMark)>,
}

impl StageOrder {
    /// What events of this type tell.
    pub(crate) const KIND: EventType = EventType::InterviewStageUpdated;

    pub(crate) fn next(
        &mut self,
        look: &mut Look<'_>,
        gone: Gone,
        (event, subject): (i64, i64),
        body: &[u8],
    ) {
        look.row();
        // One that cannot be read is another check's finding.
        let Ok(it) = serde_json::from_slice::<Event>(body) else { return };
        let Some(interview) = it.data.interview else { return };
        let from = it.data.previous.get("stage").cloned().map(serde_json::from_value::<StageMark>);
        if let (Some((last, about, stage)), Some(Ok(from))) = (&self.before, from)
            && (*about, true) == (subject, *last >= gone.events)
            && stage.value != from.value
        {
            let last: EventId = id(*last);
            let sentence = format!("moves on from {}, but {last} led to {}", from.value, stage.value);
            look.find(id::<EventId>(event), sentence);
        }
        self.before = Some((event, subject, interview.stage.clone()));
    }
}

/// A request, as it is kept.
pub(crate) struct Received<'r> {
    pub(crate) receipt: ReceiptId,
    pub(crate) source: i64,
    pub(crate) outcome: Outcome,
    pub(crate) detail: &'r str,
    /// It is not quarantined, or an event tells so.
    pub(crate) is_told: bool,
}

impl Received<'_> {
    /// Judges it by itself. Answers which request it says that it repeats.
    pub(crate) fn judge(&self, look: &mut Look<'_>, gone: Gone) -> Option<ReceiptId> {
        look.row();
        if !self.is_told && key(self.receipt) >= gone.events {
            look.find(self.receipt, "is quarantined, but no event tells so");
        }
        if self.outcome != Outcome::Duplicate {
            return None;
        }
        let repeated = self.detail.parse().ok();
        if repeated.is_none() {
            look.find(self.receipt, "is a duplicate, but does not say of which request");
        }
        repeated
    }

    /// Judges it by the one that it repeats: whose that is, and what became of it, if it is there.
    pub(crate) fn judge_repeated(
        &self,
        look: &mut Look<'_>,
        gone: Gone,
        repeated: ReceiptId,
        found: Option<(i64, Outcome)>,
    ) {
        let wrong = match found {
            None if key(repeated) < gone.receipts => return,
            None => "which is not there",
            Some((source, _)) if source != self.source => "which is another account's",
            Some((_, Outcome::Duplicate)) => "which repeats another",
            Some(_) => return,
        };
        look.find(self.receipt, format!("repeats {repeated}, {wrong}"));
    }
}

/// What a message is known again by.
pub(crate) struct Known {
    pub(crate) receipt: i64,
    /// What became of that, if it is there.
    pub(crate) outcome: Option<Outcome>,
    /// It is the same account's.
    pub(crate) is_own: bool,
}

impl Known {
    pub(crate) fn judge(&self, look: &mut Look<'_>, gone: Gone) {
        look.row();
        let wrong = match self.outcome {
            None if self.receipt < gone.receipts => return,
            None => "a message is known by it, but it is not there",
            Some(Outcome::Duplicate) => "a message is known by it, but it only repeats another",
            Some(_) if !self.is_own => "a message of another account is known by it",
            Some(_) => return,
        };
        look.find(id::<ReceiptId>(self.receipt), wrong);
    }
}

/// From which request on something is known by each of them, if the newest is this one.
pub(crate) fn first_to_be_seen(newest: i64, gone: Gone) -> i64 {
    let since = time_of::<ReceiptId>(id(newest)).checked_sub(TAKES_PLACE).unwrap_or_default();
    first_raw_at(since).cast_signed().max(gone.seen)
}

/// A request of the last days that nothing is known by: the same message would be news again.
pub(crate) fn unseen(look: &mut Look<'_>, receipt: i64) {
    look.find(id::<ReceiptId>(receipt), "would not be known again if it came once more");
}

/// The bytes of a file.
pub(crate) fn bytes_of_file(look: &mut Look<'_>, file: i64, is_there: bool) {
    look.row();
    if !is_there {
        look.find(id::<FileId>(file), "has bytes, but is not there");
    }
}

/// Something that is to be fetched.
pub(crate) fn pointer(look: &mut Look<'_>, resource: &str, source: i64, has_source: bool) {
    look.row();
    if !has_source {
        let source: SourceId = id(source);
        look.find(resource, format!("is to be fetched for {source}, which is not there"));
    }
}

/// A replay, and whether it agrees with itself on having ended.
pub(crate) fn replay(look: &mut Look<'_>, replay: i64, agrees: bool) {
    look.row();
    if !agrees {
        look.find(id::<ReplayId>(replay), "does not agree with itself on whether it has ended");
    }
}
