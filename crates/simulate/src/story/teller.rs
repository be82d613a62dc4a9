//! What it takes to tell a story: dice, a clock that only moves on, and the letters written so far.

use std::ops::RangeInclusive;

use callboard_core::Timestamp;
use jiff::{SignedDuration, Unit};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use serde::Serialize;

use super::ending::Ending;
use super::letter::{Letter, Story};
use super::moment::cut_to;
use super::platform::Platform;

const ALPHANUMERIC: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8; 16] = b"0123456789abcdef";
/// As long as the sample of HireHive's documentation (platforms.md 1.2).
const MESSAGE_ID_LENGTH: usize = 27;
/// Clocks of these platforms tick in hundreds of nanoseconds, or more coarsely.
const TICKS_PER_SECOND: i64 = 10_000_000;

/// Tells one story. The same platform, seed, number and start make the same story, byte for byte.
pub(super) struct Teller {
    platform: Platform,
    number: u64,
    dice: StdRng,
    now: Timestamp,
    letters: Vec<Letter>,
}

impl Teller {
    pub fn new(platform: Platform, seed: u64, number: u64, start: Timestamp) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&number.to_le_bytes());
        key[16..16 + platform.name().len()].copy_from_slice(platform.name().as_bytes());
        let mut teller = Self {
            platform,
            number,
            dice: StdRng::from_seed(key),
            now: cut_to(start, Unit::Second),
            letters: Vec::new(),
        };
        teller.minutes_pass(0..=0);
        teller
    }

    /// The number of the story.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The story's present moment.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Moves the clock on by so many minutes and a few odd seconds, at least one.
    pub fn minutes_pass(&mut self, minutes: RangeInclusive<i64>) {
        let minutes = self.dice.random_range(minutes);
        let ticks = self.dice.random_range(TICKS_PER_SECOND..30 * TICKS_PER_SECOND);
        self.now =
            later(self.now, SignedDuration::from_mins(minutes) + SignedDuration::from_nanos(ticks * 100));
    }

    /// A quarter of an hour some days ahead, as people arrange to meet.
    pub fn appointment(&mut self) -> Timestamp {
        let ahead = SignedDuration::from_mins(self.dice.random_range(24 * 60..7 * 24 * 60));
        let hour = cut_to(later(self.now, ahead), Unit::Hour);
        later(hour, SignedDuration::from_mins(15 * self.dice.random_range(0..4)))
    }

    /// Moves the clock on to a time of the story's own.
    pub fn wait_until(&mut self, moment: Timestamp) {
        self.now = self.now.max(moment);
        self.minutes_pass(0..=3);
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from.choose(&mut self.dice).expect("the tables of names are not empty").clone()
    }

    /// So many different ones.
    pub fn pick_several<T: Clone>(&mut self, from: &[T], count: usize) -> Vec<T> {
        from.sample(&mut self.dice, count).cloned().collect()
    }

    pub fn number_in(&mut self, range: RangeInclusive<u32>) -> u32 {
        self.dice.random_range(range)
    }

    pub fn one_time_in(&mut self, times: u32) -> bool {
        self.dice.random_ratio(1, times)
    }

    pub fn alphanumeric(&mut self, length: usize) -> String {
        self.letters_of(ALPHANUMERIC, length)
    }

    pub fn hex(&mut self, length: usize) -> String {
        self.letters_of(HEX, length)
    }

    /// A random GUID (RFC 9562, version 4).
    pub fn guid(&mut self) -> String {
        let (time, rest) = (self.hex(8), self.hex(12));
        let (middle, version, variant) = (self.hex(4), self.hex(3), self.letters_of(b"89ab", 1));
        let sequence = self.hex(3);
        format!("{time}-{middle}-4{version}-{variant}{sequence}-{rest}")
    }

    fn letters_of(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(self.pick(alphabet))).collect()
    }

    /// Writes the next letter, about something that happened at `at`.
    pub fn tell(&mut self, at: Timestamp, kind: &'static str, summary: String, body: &impl Serialize) {
        let body = serde_json::to_vec(body).expect("texts, numbers and lists are JSON").into();
        let id = format!("msg_{}", self.alphanumeric(MESSAGE_ID_LENGTH));
        let step = u32::try_from(self.letters.len()).expect("a story has a few dozen letters");
        let interview = self.number;
        self.letters.push(Letter { platform: self.platform, id, interview, step, at, kind, summary, body });
    }

    pub fn the_end(self, ending: Ending) -> Story {
        Story::new(self.letters, ending)
    }
}

/// What a story of this number is about, when these take turns.
pub(super) fn turn<T: Copy>(number: u64, plots: &[T]) -> T {
    plots[usize::try_from(number % plots.len() as u64).expect("less than a length")]
}

/// A number that stands for the whole run in ids that platforms count up, so that two runs do not share them.
pub(super) fn run_number(seed: u64, below: u64) -> u64 {
    1 + StdRng::seed_from_u64(seed).next_u64() % below
}

/// So much later; at the end of jiff's calendar time stands still.
pub(super) fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}
