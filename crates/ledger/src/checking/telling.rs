//! What has to hold of deliveries and attempts, whichever engine shows them.

use callboard_core::{DeliveryId, EndpointId, EventId, Identifier, Timestamp};

use super::checks::Look;
use crate::batch::{DeliveryState, OVERTOOK_NAMED};

/// How a delivery stands, and what is on record of it. That one is owed to an endpoint that is not there is no fault: what a removed
/// one is owed is called off by and by, and after the next start.
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
    /// Those so far, by when they were over; what is still owed never was.
    before: Vec<(Timestamp, DeliveryId)>,
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
        // Of very many, the oldest are named.
        let named_to = tried.overtook.iter().max().filter(|_| tried.overtook.len() >= OVERTOOK_NAMED);
        let went_ahead_of = tried.first_at.and_then(|first_at| {
            let not_over = &self.before[self.before.partition_point(|(over, _)| *over <= first_at)..];
            let is_to_be_named = |before: &&DeliveryId| named_to.is_none_or(|last| *before <= last);
            let not_over = not_over.iter().map(|(_, before)| before).filter(is_to_be_named);
            not_over.filter(|before| !tried.overtook.contains(before)).min()
        });
        let found = went_ahead_of.map(|before| {
            format!("was tried before {before} was over, and does not say that it overtook it")
        });
        let over = tried.last_at.filter(|_| tried.state != DeliveryState::Pending).unwrap_or(Timestamp::MAX);
        let place = self.before.partition_point(|(before, _)| *before <= over);
        self.before.insert(place, (over, tried.delivery));
        let newer = tried.overtook.iter().find(|overtaken| overtaken.raw() >= tried.delivery.raw());
        found.or_else(|| newer.map(|newer| format!("says that it overtook {newer}, which is newer")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Timestamp {
        Timestamp::from_second(second.cast_signed()).unwrap()
    }

    /// One that was first tried then, and told at once.
    fn told(raw: u64, second: u64, overtook: impl IntoIterator<Item = u64>) -> Tried {
        Tried {
            delivery: DeliveryId::from_raw(raw),
            state: DeliveryState::Delivered,
            overtook: overtook.into_iter().map(DeliveryId::from_raw).collect(),
            again: false,
            first_at: Some(at(second)),
            last_at: Some(at(second)),
        }
    }

    #[test]
    fn whoever_is_tried_before_an_earlier_one_is_over_has_to_name_it() {
        let mut lane = LaneOrder::default();
        let owed = Tried { state: DeliveryState::Pending, ..told(1, 1, []) };
        assert_eq!(lane.next(&owed), None);
        let belated = Tried { last_at: Some(at(9)), ..told(2, 2, [1]) };
        assert_eq!(lane.next(&belated), None);
        assert_eq!(lane.next(&told(3, 9, [1])), None, "the second was over by then");
        let found = lane.next(&told(4, 8, [1])).unwrap();
        assert!(found.contains(&DeliveryId::from_raw(2).to_string()), "{found}");
        assert!(
            lane.next(&told(5, 10, []))
                .is_some_and(|found| found.contains(&DeliveryId::from_raw(1).to_string()))
        );
    }

    #[test]
    fn of_very_many_that_are_overtaken_the_oldest_have_to_be_named() {
        let many = OVERTOOK_NAMED as u64 + 10;
        let with_many = || {
            let mut lane = LaneOrder::default();
            for raw in 1..=many {
                let owed = Tried { state: DeliveryState::Pending, ..told(raw, raw, 1..raw) };
                assert_eq!(lane.next(&owed), None);
            }
            lane
        };
        let oldest = 1..=OVERTOOK_NAMED as u64;
        assert_eq!(with_many().next(&told(many + 1, many + 1, oldest.clone())), None);
        assert!(with_many().next(&told(many + 1, many + 1, oldest.skip(1))).is_some());
    }
}
