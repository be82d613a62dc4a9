//! Times and lengths of time as people write them.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use callboard_outbox::{Clock, SystemClock};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Serialize, Serializer};

use super::form::Usage;

/// A time: RFC 3339, or local to a zone that is named beside it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Moment {
    /// An offset was given with it.
    Exact(Timestamp),
    /// It is what the clock on the wall shows.
    Local(DateTime),
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(exact) = text.parse() {
            return Ok(Self::Exact(exact));
        }
        let local = text.parse().map(Self::Local);
        local.map_err(|_| {
            "a time is written 2026-12-01T14:00+01:00, or 2026-12-01T14:00 with --zone".to_owned()
        })
    }
}

impl Display for Moment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(exact) => exact.fmt(f),
            Self::Local(local) => local.fmt(f),
        }
    }
}

impl Moment {
    /// The time itself. A local one needs a zone, and has to exist there exactly once.
    pub(crate) fn in_zone(self, zone: Option<&str>) -> anyhow::Result<Timestamp> {
        let local = match self {
            Self::Exact(exact) => return Ok(exact),
            Self::Local(local) => local,
        };
        let Some(zone) = zone else {
            return Err(Usage::error(format!(
                "{local} is local: say where with --zone, or its offset, as in {local}+01:00"
            )));
        };
        let known = TimeZone::get(zone).map_err(|_| {
            Usage::error(format!("this machine knows no zone {zone}: give the offset, as in {local}+01:00"))
        })?;
        known.to_ambiguous_timestamp(local).unambiguous().map_err(|_| {
            Usage::error(format!(
                "{local} is not one time in {zone}, for clocks are changed then: give the offset as well"
            ))
        })
    }
}

/// A time to look back to: so long ago, or a time that is, where no offset is given, local to this machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Since(Timestamp);

impl FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(ago) = text.parse::<Span>() {
            return Self::ago(ago, SystemClock.now());
        }
        let moment = match text.parse()? {
            Moment::Exact(exact) => exact,
            Moment::Local(local) => {
                TimeZone::system().to_timestamp(local).map_err(|error| format!("no such time: {error}"))?
            }
        };
        Ok(Self(moment))
    }
}

impl Since {
    fn ago(ago: Span, now: Timestamp) -> Result<Self, String> {
        let then = now.to_zoned(TimeZone::UTC).checked_sub(ago.abs());
        then.map(|then| Self(then.timestamp())).map_err(|_| "nobody recorded anything so long ago".to_owned())
    }
}

impl Serialize for Since {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A length of time in minutes: `45`, `45m`, `1h30m`.
pub(crate) fn minutes(text: &str) -> Result<i64, String> {
    whole(text, 60, "a length is whole minutes, such as 45m or 1h30m")
}

/// A length of time in seconds: `90`, `90s`, `3m`.
pub(crate) fn seconds(text: &str) -> Result<i64, String> {
    whole(text, 1, "a length is whole seconds, such as 90s or 3m")
}

fn whole(text: &str, unit_s: i64, what: &str) -> Result<i64, String> {
    let count = match text.parse::<i64>() {
        Ok(count) => count,
        Err(_) => {
            let length: SignedDuration = text.parse().map_err(|_| what.to_owned())?;
            if length.subsec_nanos() != 0 || length.as_secs() % unit_s != 0 {
                return Err(what.to_owned());
            }
            length.as_secs() / unit_s
        }
    };
    if count > 0 { Ok(count) } else { Err(what.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_exact_or_local_to_the_zone_beside_it() {
        let at_one: Timestamp = "2026-12-01T13:00:00Z".parse().unwrap();
        let exact: Moment = "2026-12-01T14:00+01:00".parse().unwrap();
        let local: Moment = "2026-12-01T14:00".parse().unwrap();

        assert_eq!(exact.in_zone(None).unwrap(), at_one);
        assert_eq!(exact.in_zone(Some("Asia/Tokyo")).unwrap(), at_one);
        assert_eq!(local.in_zone(Some("Europe/Berlin")).unwrap(), at_one);
        for (zone, word) in [(None, "--zone"), (Some("Europe/Atlantis"), "Atlantis")] {
            let refused = local.in_zone(zone).unwrap_err();
            assert!(refused.is::<Usage>() && refused.to_string().contains(word), "{refused}");
        }
        assert!("tomorrow".parse::<Moment>().is_err());
    }

    #[test]
    fn a_local_time_that_clocks_skip_or_show_twice_is_no_time() {
        for local in ["2026-03-29T02:30", "2026-10-25T02:30"] {
            let moment: Moment = local.parse().unwrap();
            assert!(
                moment.in_zone(Some("Europe/Berlin")).unwrap_err().to_string().contains("clocks"),
                "{local}"
            );
        }
    }

    #[test]
    fn a_time_to_look_back_to_may_be_said_by_how_long_ago_it_was() {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        for (ago, then) in [("2h", "2026-03-02T10:00:00Z"), ("3d", "2026-02-27T12:00:00Z")] {
            assert_eq!(Since::ago(ago.parse().unwrap(), now), Ok(Since(then.parse().unwrap())), "{ago}");
        }
        assert!("9999999d".parse::<Since>().is_err() && "2x".parse::<Since>().is_err());
        assert_eq!("2026-03-02T12:00Z".parse::<Since>(), Ok(Since(now)));
    }

    #[test]
    fn lengths_are_numbers_or_words() {
        assert_eq!((minutes("45"), minutes("45m"), minutes("1h30m")), (Ok(45), Ok(45), Ok(90)));
        assert_eq!((seconds("90"), seconds("90s"), seconds("3m")), (Ok(90), Ok(90), Ok(180)));
        for wrong in ["0", "-5", "90s", "soon", "1.5"] {
            assert!(minutes(wrong).is_err(), "{wrong}");
        }
    }
}
