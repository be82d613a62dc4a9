//! Ids: a prefix that says what it names, and a time-ordered part.
//!
//! The number behind an id is 63 bits: 41 of milliseconds since 2020, 12 of counter, 10 of who minted it. It is an integer
//! key in any database, sorts by time in both its forms, and two mints with different numbers cannot mint the same one; nor can
//! two with the same number that go on after each other's last id.
//! Ids are minted from a time that is handed in, so that a run can be replayed (invariant I5).

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// 2020-01-01T00:00:00Z in Unix milliseconds: where the time part of an id starts.
const EPOCH_MS: i64 = 1_577_836_800_000;
const NODE_BITS: u32 = 10;
const COUNTER_BITS: u32 = 12;
/// The last millisecond since then that an id can say, so that its number fits into 63 bits, which is what stores keep.
const LAST_MS: u64 = (1 << (63 - NODE_BITS - COUNTER_BITS)) - 1;
/// The digits of an id's text, in Crockford's order: they sort as the number does, and none looks like another.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Thirteen digits of five bits hold 64 bits.
const TEXT_LEN: usize = 13;
/// Room for an id's text: the longest prefix, the underscore and the digits.
const TEXT_ROOM: usize = 5 + 1 + TEXT_LEN;

/// The text is not an id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {prefix}_ and 13 digits")]
pub struct IdError {
    text: String,
    prefix: &'static str,
}

/// What all ids have in common: a prefix and a number.
pub trait Identifier: Copy + fmt::Display + FromStr<Err = IdError> {
    /// The part before the underscore, such as `int`.
    const PREFIX: &'static str;
    /// The id for this number.
    fn from_raw(raw: u64) -> Self;
    /// The number: unique over all kinds of ids of a store.
    fn raw(self) -> u64;
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl Identifier for $name {
            const PREFIX: &'static str = $prefix;
            fn from_raw(raw: u64) -> Self { Self(raw) }
            fn raw(self) -> u64 { self.0 }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(text($prefix, self.0, &mut [0; TEXT_ROOM]))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self, f) }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> { read_text($prefix, text).map(Self) }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(text($prefix, self.0, &mut [0; TEXT_ROOM]))
            }
        }
        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> { stringify!($name).into() }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "pattern": concat!("^", $prefix, "_[0-9a-f][0-9a-hjkmnp-tv-z]{12}$"),
                })
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

identifiers! {
    /// A company: the walls of a world that nothing crosses.
    CompanyId "com";
    /// A job that people apply for.
    JobId "job";
    /// A person who applies.
    CandidateId "can";
    /// A candidate for a job.
    ApplicationId "app";
    /// An interview, live or on demand.
    InterviewId "int";
    /// Someone who takes part in an interview.
    AttendeeId "attd";
    /// A recruiter, interviewer or reviewer.
    UserId "usr";
    /// One reviewer's feedback on one interview or application.
    FeedbackId "fdbk";
    /// A question put to candidates.
    QuestionId "qustn";
    /// A candidate's recorded answer.
    AnswerVideoId "ansv";
    /// A note on a candidate.
    NoteId "note";
    /// A file about a candidate.
    FileId "file";
    /// An event: what came of a command or an observation.
    EventId "evt";
    /// An account at a platform whose webhooks come in.
    SourceId "src";
    /// A URL that is told.
    EndpointId "ep";
    /// One event owed to one endpoint.
    DeliveryId "dlv";
    /// One incoming request, kept raw.
    ReceiptId "rcp";
    /// An API key.
    KeyId "key";
    /// A replay: what is told again, and how far that has come.
    ReplayId "rpl";
}

/// An id's text, in one piece: most ids are written once for every event that names them.
fn text<'a>(prefix: &str, raw: u64, room: &'a mut [u8; TEXT_ROOM]) -> &'a str {
    let (before, digits) = room.split_at_mut(TEXT_ROOM - TEXT_LEN);
    let mut rest = raw;
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest & 31) as usize];
        rest >>= 5;
    }
    let start = before.len() - 1 - prefix.len();
    before[start..start + prefix.len()].copy_from_slice(prefix.as_bytes());
    before[start + prefix.len()] = b'_';
    std::str::from_utf8(&room[start..]).expect("prefixes and digits are ASCII")
}

fn read_text(prefix: &'static str, text: &str) -> Result<u64, IdError> {
    let error = || IdError { text: text.chars().take(64).collect(), prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or_else(error)?;
    if digits.len() != TEXT_LEN {
        return Err(error());
    }
    digits.bytes().try_fold(0_u64, |raw, byte| {
        let value = DIGITS.iter().position(|digit| *digit == byte).ok_or_else(error)?;
        if raw >> 59 != 0 {
            return Err(error());
        }
        Ok(raw << 5 | value as u64)
    })
}

/// Mints ids that only ever grow, from times that are handed in.
#[derive(Debug, Clone)]
pub struct IdMint {
    node: u64,
    last: u64,
}

impl IdMint {
    /// A mint for hub number `node` (0 to 1023) that continues after `last`, the highest id already given out.
    pub fn new(node: u16, last: u64) -> Self {
        Self { node: u64::from(node) & ((1 << NODE_BITS) - 1), last }
    }

    /// Goes on after this id, if somebody else has given it out.
    pub fn go_on_after(&mut self, id: u64) {
        self.last = self.last.max(id);
    }

    /// The last id that was given out.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// The next id: later than all before it, even when the clock went back or stood still.
    pub fn mint<I: Identifier>(&mut self, now: Timestamp) -> I {
        let by_time = first_raw_at(now);
        let after_last = ((self.last >> NODE_BITS) + 1) << NODE_BITS;
        self.last = by_time.max(after_last) | self.node;
        I::from_raw(self.last)
    }
}

/// The lowest number that an id minted at `at` can have: for "since then" questions by id. A clock that says more than
/// September 2089 says that.
pub fn first_raw_at(at: Timestamp) -> u64 {
    let millis = u64::try_from(at.as_millisecond() - EPOCH_MS).unwrap_or(0);
    millis.min(LAST_MS) << (COUNTER_BITS + NODE_BITS)
}

/// The time at which an id was minted, to the millisecond.
pub fn time_of<I: Identifier>(id: I) -> Timestamp {
    let millis = (id.raw() >> (COUNTER_BITS + NODE_BITS)).cast_signed() + EPOCH_MS;
    Timestamp::from_millisecond(millis).expect("42 bits of milliseconds end in the year 2159")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_text_of_an_id_reads_back_and_sorts_as_the_number_does(a: u64, b: u64) {
            let (first, second) = (EventId::from_raw(a), EventId::from_raw(b));
            prop_assert_eq!(first.to_string().parse::<EventId>(), Ok(first));
            prop_assert_eq!(first.cmp(&second), first.to_string().cmp(&second.to_string()));
        }

        #[test]
        fn a_mint_never_goes_back_whatever_the_clock_does(times in prop::collection::vec(0_i64..4_000_000_000_000, 1..200)) {
            let mut mint = IdMint::new(7, 0);
            let mut last = 0;
            for ms in times {
                let id: EventId = mint.mint(Timestamp::from_millisecond(ms).unwrap());
                prop_assert!(id.raw() > last);
                prop_assert_eq!(id.raw() & 1023, 7);
                last = id.raw();
            }
        }

        #[test]
        fn mints_that_hear_of_each_other_give_out_ids_in_one_order(turns in prop::collection::vec((any::<bool>(), 0_i64..4_000_000_000_000), 1..100)) {
            let mut mints = [IdMint::new(0, 0), IdMint::new(0, 0)];
            let mut last = 0;
            for (first, ms) in turns {
                let mint = &mut mints[usize::from(first)];
                mint.go_on_after(last);
                let id: EventId = mint.mint(Timestamp::from_millisecond(ms).unwrap());
                prop_assert!(id.raw() > last);
                last = mint.last();
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,40}") {
            let _ = text.parse::<EventId>();
        }
    }

    #[test]
    fn an_id_fits_into_a_number_with_a_sign_whatever_the_clock_says() {
        let id: EventId = IdMint::new(1023, 0).mint(Timestamp::MAX);
        assert!(i64::try_from(id.raw()).is_ok());
        assert_eq!(time_of(id).to_string(), "2089-09-06T15:47:35.551Z");
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let text = JobId::from_raw(42).to_string();
        assert!(text.parse::<CandidateId>().is_err());
        assert!("job_zzzzzzzzzzzzz".parse::<JobId>().is_err(), "more than 64 bits");
    }
}
