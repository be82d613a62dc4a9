//! What has to hold of deliveries and attempts, whichever engine shows them.

use callboard_core::{DeliveryId, EndpointId, EventId, Identifier, Timestamp};

use super::checks::Look;
use crate::batch::DeliveryState;

/// How a delivery stands, and what is on record of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// How it stands.
    pub state: DeliveryState,
    /// How many attempts it says were made.
    pub attempts: u64,
    /// How many are on record.
    pub on_record: u64,
    /// How many of those were answered with a 2xx.
    pub told: u64,
    /// Does it say when the next one is due?
    pub is_due: bool,
    /// Did a person, or a replay, have it tried again?
    pub again: bool,
    /// Is the endpoint there?
    pub has_endpoint: bool,
}

impl Stands {
    /// What does not agree.
    pub fn disagreements(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.attempts != self.on_record {
            found.push(format!("says {} attempts, {} are on record", self.attempts, self.on_record));
        }
        let wrong = match self.state {
            DeliveryState::Delivered if self.told == 0 => {
                "is delivered, but no attempt was answered with a 2xx"
            }
            DeliveryState::Failed if self.on_record == 0 => "is given up without an attempt on record",
            DeliveryState::Failed if self.told > 0 && !self.again => "is given up although it was told",
            DeliveryState::Pending if self.told > 0 && !self.again => "is still owed although it was told",
            DeliveryState::Pending if !self.has_endpoint => "is owed to an endpoint that is not there",
            _ => "",
        };
        found.extend((!wrong.is_empty()).then(|| wrong.to_owned()));
        if self.is_due && self.state != DeliveryState::Pending {
            found.push("has ended, but says when the next attempt is due".to_owned());
        }
        found
    }
}

/// A delivery, as it is kept.
pub(crate) struct Promised {
    pub(crate) delivery: DeliveryId,
    pub(crate) event: EventId,
    pub(crate) stands: Stands,
    /// Is the event there?
    pub(crate) has_event: bool,
}

impl Promised {
    pub(crate) fn judge(&self, look: &mut Look<'_>) {
        look.row();
        let Self { delivery, event, .. } = self;
        self.stands.disagreements().into_iter().for_each(|sentence| look.find(delivery, sentence));
        if !self.has_event {
            look.find(delivery, format!("is to tell {event}, which is not there"));
        }
        if delivery.raw() <= event.raw() {
            look.find(delivery, format!("is older than {event}, which it is to tell"));
        }
    }
}

/// An event that fewer deliveries tell than were owed it.
pub(crate) fn owed(look: &mut Look<'_>, event: EventId, owed: i64, kept: i64) {
    if kept < owed {
        look.find(event, format!("{} of the {owed} deliveries that tell it are not there", owed - kept));
    }
}

/// The attempts at a delivery, as they are numbered.
pub(crate) struct Numbered {
    pub(crate) delivery: DeliveryId,
    pub(crate) count: i64,
    pub(crate) first: i64,
    pub(crate) last: i64,
    /// Is the delivery there?
    pub(crate) is_there: bool,
}

impl Numbered {
    pub(crate) fn judge(&self, look: &mut Look<'_>) {
        look.row();
        let Self { delivery, count, first, last, is_there } = self;
        if !is_there {
            look.find(delivery, "was tried, but is not there");
        }
        if (*first, *last) != (1, *count) {
            look.find(delivery, format!("has {count} attempts on record, numbered {first} to {last}"));
        }
    }
}

/// When a delivery was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// Which one.
    pub delivery: DeliveryId,
    /// How it stands.
    pub state: DeliveryState,
    /// Which ones it went ahead of, because `hold_for` had run out.
    pub overtook: Vec<DeliveryId>,
    /// Did a person, or a replay, have it tried again, out of its turn?
    pub again: bool,
    /// When its first attempt began.
    pub first_at: Option<Timestamp>,
    /// When its last one began.
    pub last_at: Option<Timestamp>,
}

/// The deliveries of one lane, oldest first: each is only tried when those before it have ended.
#[derive(Debug, Default)]
pub struct LaneOrder {
    /// Those so far, each with when it was over; nothing if it is still owed.
    before: Vec<(DeliveryId, Option<Timestamp>)>,
}

impl LaneOrder {
    /// Judges the next delivery of the lane, which is this endpoint's.
    pub(crate) fn judge(&mut self, look: &mut Look<'_>, endpoint: EndpointId, tried: &Tried) {
        look.row();
        if let Some(sentence) = self.next(tried) {
            look.find(tried.delivery, format!("{sentence} ({endpoint})"));
        }
    }

    /// What is wrong with the next delivery of the lane.
    pub fn next(&mut self, tried: &Tried) -> Option<String> {
        if tried.again || tried.state == DeliveryState::Cancelled {
            return None;
        }
        let went_ahead_of = tried.first_at.and_then(|first_at| {
            let not_over = |(before, over): &&(DeliveryId, Option<Timestamp>)| {
                over.is_none_or(|over| over > first_at) && !tried.overtook.contains(before)
            };
            self.before.iter().find(not_over)
        });
        let found = went_ahead_of.map(|(before, _)| {
            format!("was tried before {before} was over, and does not say that it overtook it")
        });
        let over = if tried.state == DeliveryState::Pending { None } else { tried.last_at };
        self.before.push((tried.delivery, over));
        let newer = tried.overtook.iter().find(|overtaken| overtaken.raw() >= tried.delivery.raw());
        found.or_else(|| newer.map(|newer| format!("says that it overtook {newer}, which is newer")))
    }
}
