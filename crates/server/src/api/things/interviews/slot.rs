//! When an interview takes place: from its start to its end, or for so many minutes, in a zone.

use std::borrow::Cow;

use callboard_core::Timestamp;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp as Moment};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::api::things::form::Fact;
use crate::api::things::member::{Member, Whole, Zone, senseless};
use crate::api::things::noun::Desk;
use crate::limits::{DURATION_MIN, MOMENT_BYTES};
use crate::problem::{Problem, codes};
use crate::time_zone;

/// A time, with its offset from UTC; or as clocks show it in a zone that is named beside it.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct When(String);

impl JsonSchema for When {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "maxLength": MOMENT_BYTES, "format": "date-time",
            "examples": ["2026-12-01T14:00:00+01:00", "2026-12-01T14:00:00"],
        })
    }
}

/// A number of minutes.
pub(super) type Minutes = Whole<1, DURATION_MIN>;

/// What is said of the time.
#[derive(Default)]
pub(super) struct SlotForm {
    pub(super) start: Fact<When>,
    pub(super) end: Fact<When>,
    pub(super) duration_min: Fact<Minutes>,
    pub(super) time_zone: Fact<Zone>,
}

/// The time that is meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) start: Option<Timestamp>,
    pub(super) end: Option<Timestamp>,
    pub(super) time_zone: Option<String>,
}

impl SlotForm {
    /// A time without an offset is one in the zone that is named, else in the company's.
    pub(super) fn meant(self, desk: &Desk<'_>) -> Result<Slot, Problem> {
        let time_zone = self.time_zone.told().map(|zone| zone.checked("time_zone")).transpose()?;
        let company = desk.directory.companies().find(|company| company.id == desk.caller.company);
        let theirs = company.and_then(|company| company.time_zone.clone());
        let zone = time_zone.clone().or(theirs);
        let moment = |member: &str, when: Option<When>| {
            when.map(|when| when.moment(member, zone.as_deref())).transpose()
        };
        let start = moment("start", self.start.told())?;
        let end = moment("end", self.end.told())?;
        let minutes = self.duration_min.told().map(|minutes| minutes.checked("duration_min")).transpose()?;
        let end = match (start, end, minutes) {
            (_, end, None) => end,
            (Some(start), None, Some(minutes)) => Some(after(start, minutes)?),
            (Some(_), Some(_), Some(_)) => return Err(senseless("give `end` or `duration_min`, not both")),
            (None, _, Some(_)) => {
                return Err(senseless("`duration_min` counts from `start`, which is not given"));
            }
        };
        Ok(Slot { start, end, time_zone })
    }
}

fn after(start: Moment, minutes: i64) -> Result<Moment, Problem> {
    let end = start.checked_add(SignedDuration::from_mins(minutes));
    end.map_err(|_| Problem::new(codes::BAD_TIME, "`start` is too late for any time to come after it"))
}

impl When {
    fn moment(self, member: &str, zone: Option<&str>) -> Result<Timestamp, Problem> {
        let bad = |what: &str| Problem::new(codes::BAD_TIME, format!("`{member}` {what}"));
        if self.0.len() > MOMENT_BYTES {
            return Err(bad("is no time: it is too long"));
        }
        let moment = match self.0.parse() {
            Ok(moment) => moment,
            Err(_) => self.in_zone(zone, bad)?,
        };
        if time_zone::is_writable(moment) { Ok(moment) } else { Err(bad("is before the year 0")) }
    }

    fn in_zone(&self, zone: Option<&str>, bad: impl Fn(&str) -> Problem) -> Result<Timestamp, Problem> {
        let clock = on_the_clock(&self.0).ok_or_else(|| {
            bad("is a time as in RFC 3339: `2026-12-01T14:00:00+01:00`, or without the offset")
        })?;
        let zone = zone.ok_or_else(|| bad("has no offset from UTC; add it, or name the `time_zone`"))?;
        time_zone::moment_in(zone, clock)
    }
}

/// A date and a time, and nothing after them: an offset that cannot be read is not the same as none.
fn on_the_clock(text: &str) -> Option<DateTime> {
    let (_, time) = text.split_once(['T', 't', ' '])?;
    let is_plain = time.bytes().all(|it| it.is_ascii_digit() || matches!(it, b':' | b'.'));
    is_plain.then(|| text.parse().ok()).flatten()
}
