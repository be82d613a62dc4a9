//! What an endpoint's attempts came to, minute by minute, over the last hour: for whoever draws it.
//!
//! It is from memory, so it begins anew when the hub starts, and when another hub takes the endpoint over. An attempt counts
//! in the minute in which it ended. Counting one is a few additions; only the first of a minute may need memory.

use std::collections::VecDeque;
use std::time::Duration;

use callboard_core::Timestamp;
use serde::{Deserialize, Serialize};

/// The minutes that are kept.
pub const MINUTES_KEPT: i64 = 60;
const MINUTE_S: i64 = 60;

/// What the attempts that ended in one minute came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Row", from = "Row")]
pub struct Minute {
    /// Which one: minutes since 1970.
    number: i64,
    /// Attempts that ended in it.
    pub attempts: u64,
    /// Those of them that did not go well.
    pub failed: u64,
    /// How long all of them took together, in microseconds.
    took_us: u64,
    /// How long the slowest took, in milliseconds.
    pub slowest_ms: u64,
}

/// A minute as hubs tell it each other, in as few bytes as there is need for: the members in their order.
type Row = (i64, u64, u64, u64, u64);

impl From<Minute> for Row {
    fn from(minute: Minute) -> Self {
        let Minute { number, attempts, failed, took_us, slowest_ms } = minute;
        (number, attempts, failed, took_us, slowest_ms)
    }
}

impl From<Row> for Minute {
    fn from((number, attempts, failed, took_us, slowest_ms): Row) -> Self {
        Self { number, attempts, failed, took_us, slowest_ms }
    }
}

impl Minute {
    fn begin(number: i64) -> Self {
        Self { number, attempts: 0, failed: 0, took_us: 0, slowest_ms: 0 }
    }

    fn count(&mut self, went_well: bool, took: Duration) {
        self.attempts += 1;
        self.failed += u64::from(!went_well);
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.took_us = self.took_us.saturating_add(took_us);
        self.slowest_ms = self.slowest_ms.max(took_us / 1_000);
    }

    /// When it began.
    pub fn at(&self) -> Timestamp {
        Timestamp::from_second(self.number.saturating_mul(MINUTE_S)).unwrap_or(Timestamp::MAX)
    }

    /// How long an attempt took on the average, in milliseconds.
    pub fn took_ms(&self) -> u64 {
        self.took_us / self.attempts.max(1) / 1_000
    }

    /// Is this one of the sixty minutes of which the last is under way at that time?
    pub(crate) fn is_in_hour_of(&self, now: Timestamp) -> bool {
        is_within(self.number, minute_of(now))
    }
}

fn minute_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(MINUTE_S)
}

fn is_within(number: i64, last: i64) -> bool {
    (last - MINUTES_KEPT + 1..=last).contains(&number)
}

/// The minutes in which attempts ended, in order: those of an hour at the most.
#[derive(Debug, Default)]
pub(crate) struct LastHour(VecDeque<Minute>);

impl LastHour {
    /// Counts an attempt that has ended now.
    pub(crate) fn count(&mut self, went_well: bool, took: Duration, now: Timestamp) {
        self.minute(minute_of(now)).count(went_well, took);
    }

    /// The minutes as they were when an attempt last ended.
    pub(crate) fn minutes(&self) -> impl Iterator<Item = Minute> {
        self.0.iter().copied()
    }

    /// If the clock went back to a minute in which nothing has ended, what it had shown after that is given up.
    fn minute(&mut self, number: i64) -> &mut Minute {
        let place = match self.0.binary_search_by_key(&number, |minute| minute.number) {
            Ok(place) => place,
            Err(_) => {
                self.0.retain(|minute| is_within(minute.number, number));
                self.0.push_back(Minute::begin(number));
                self.0.len() - 1
            }
        };
        &mut self.0[place]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn shown(hour: &LastHour, now: i64) -> Vec<(i64, u64, u64, u64, u64)> {
        let minutes = hour.minutes().filter(|it| it.is_in_hour_of(at(now)));
        minutes.map(|it| (it.at().as_second(), it.attempts, it.failed, it.took_ms(), it.slowest_ms)).collect()
    }

    proptest! {
        #[test]
        fn each_minute_of_the_last_hour_has_what_ended_in_it(
            ended in prop::collection::vec((prop_oneof![0_i64..3, 0_i64..600, 0_i64..9_000], any::<bool>(), 0_u64..40_000), 1..300),
            later in 0_i64..9_000,
        ) {
            let (mut hour, mut now, mut all) = (LastHour::default(), 1_777_777_777, Vec::new());
            for (passed, went_well, took) in ended {
                now += passed;
                hour.count(went_well, Duration::from_millis(took), at(now));
                all.push((now, went_well, took));
                prop_assert!(hour.minutes().count() <= 60);
            }
            now += later;
            let since = (now / 60 - 59) * 60;
            let mut minutes: BTreeMap<i64, Vec<(bool, u64)>> = BTreeMap::new();
            for (at, went_well, took) in all.into_iter().filter(|it| it.0 >= since) {
                minutes.entry(at / 60 * 60).or_default().push((went_well, took));
            }
            let expected: Vec<_> = minutes.into_iter().map(|(at, ended)| {
                let failed = ended.iter().filter(|it| !it.0).count() as u64;
                let took: u64 = ended.iter().map(|it| it.1).sum();
                let (attempts, slowest) = (ended.len() as u64, ended.iter().map(|it| it.1).max().unwrap());
                (at, attempts, failed, took / attempts, slowest)
            }).collect();
            prop_assert_eq!(shown(&hour, now), expected);
        }
    }

    #[test]
    fn a_clock_that_goes_back_counts_on_and_shows_nothing_that_is_to_come() {
        let mut hour = LastHour::default();
        let mut count = |now| {
            hour.count(true, Duration::from_millis(7), at(now));
            (shown(&hour, now), hour.minutes().count())
        };
        let noon = 1_777_777_740;
        count(noon);
        count(noon + 60);
        assert_eq!(count(noon + 59), (vec![(noon, 2, 0, 7, 7)], 2), "a step back over the end of a minute");
        assert_eq!(count(noon + 61).0, vec![(noon, 2, 0, 7, 7), (noon + 60, 2, 0, 7, 7)], "loses nothing");
        let before = noon - 86_400;
        assert_eq!(count(before), (vec![(before, 1, 0, 7, 7)], 1), "after a day back, that day is not kept");
    }

    #[test]
    fn attempts_shorter_than_a_millisecond_add_up() {
        let mut hour = LastHour::default();
        for took in [900, 1_600, 800] {
            hour.count(true, Duration::from_micros(took), at(60));
        }
        assert_eq!(shown(&hour, 60), [(60, 3, 0, 1, 1)]);
        hour.count(false, Duration::MAX, at(60));
        assert_eq!(hour.minutes().map(|it| (it.attempts, it.failed)).collect::<Vec<_>>(), [(4, 1)]);
    }
}
