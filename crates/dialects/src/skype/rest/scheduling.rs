//! When an interview takes place, or who is to propose when (`schedule-interviews.md`).

use callboard_core::{Interview, TimeAsked, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::members::Members;
use crate::dialect::Unreadable;

/// What a request says about the time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scheduling {
    /// When it starts.
    pub start: Option<Start>,
    /// How long it takes, in minutes.
    pub duration_min: Option<u32>,
    /// The zone that `start` is in, by a member of our own that answers carry: the platform's have none.
    pub time_zone: Option<String>,
    /// Are the participants asked for a time (`automatic`)?
    pub is_automatic: bool,
    /// Is it the candidate who proposes? Otherwise the interviewer does.
    pub candidate_proposes: bool,
    /// `mode` and `dateProposing` as they were given, and the duration: what answers show again.
    pub kept: Map<String, Value>,
}

/// A time, in a zone that is still to be found out, or in none that would have to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// `2019-12-23 14:00`.
    Civil(DateTime),
    /// `2019-12-23T14:00:00Z`.
    Instant(Timestamp),
}

impl Scheduling {
    pub(super) fn read(members: &Members<'_>) -> Result<Self, Unreadable> {
        let start = members.text("start")?;
        let start =
            start.map(|text| Start::read(&text).ok_or_else(|| members.must_be("start", "a date and a time")));
        let (mode, proposing) = (members.text("mode")?, members.text("dateProposing")?);
        let is =
            |text: &Option<String>, word: &str| text.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(word));
        if mode.is_some() && !is(&mode, "manual") && !is(&mode, "automatic") {
            return Err(members.must_be("mode", "`manual` or `automatic`"));
        }
        if proposing.is_some() && !is(&proposing, "candidate") && !is(&proposing, "interviewer") {
            return Err(members.must_be("dateProposing", "`candidate` or `interviewer`"));
        }
        let duration_min = members.minutes("duration")?;
        let mut kept = Map::new();
        kept.extend(mode.clone().map(|mode| ("mode".to_owned(), mode.to_ascii_lowercase().into())));
        kept.extend(proposing.as_deref().map(|word| ("dateProposing".to_owned(), capitalised(word).into())));
        kept.extend(duration_min.map(|minutes| ("duration".to_owned(), minutes.into())));
        Ok(Self {
            start: start.transpose()?,
            duration_min,
            time_zone: members.text("timezone")?,
            is_automatic: is(&mode, "automatic"),
            candidate_proposes: is(&proposing, "candidate"),
            kept,
        })
    }

    /// Who is asked for a time, and how, if anyone is.
    pub fn asks(&self) -> Option<TimeAsked> {
        let asks = self.is_automatic && self.start.is_none();
        asks.then_some(if self.candidate_proposes {
            TimeAsked::CandidateProposes
        } else {
            TimeAsked::InterviewerProposes
        })
    }
}

impl Start {
    fn read(text: &str) -> Option<Self> {
        text.parse().map(Self::Instant).or_else(|_| text.parse().map(Self::Civil)).ok()
    }

    /// The time it stands for, read in this zone (an IANA name), or in UTC. `None` for a zone that nobody knows, or a
    /// time out of range.
    pub fn at(self, zone: Option<&str>) -> Option<Timestamp> {
        match self {
            Self::Instant(at) => Some(at),
            Self::Civil(at) => {
                let zone = zone.map_or(Ok(TimeZone::UTC), TimeZone::get).ok()?;
                Some(at.to_zoned(zone).ok()?.timestamp())
            }
        }
    }
}

/// The time as an answer shows it: in the interview's own zone, which is named; in UTC where it has none.
pub(super) fn shown(interview: &Interview, kept: Option<&Value>) -> Value {
    let zone = interview.time_zone.as_deref().filter(|name| TimeZone::get(name).is_ok());
    let civil = |at: Timestamp| {
        let zone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
        zone.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S").to_string()
    };
    let kept = |name: &str| kept.and_then(|kept| kept.get(name)).cloned();
    let minutes = interview.start.zip(interview.end).map(|(start, end)| end.duration_since(start).as_mins());
    json!({
        "start": interview.start.map(civil),
        "duration": minutes.map(Value::from).or_else(|| kept("duration")),
        "mode": kept("mode"),
        "dateProposing": kept("dateProposing"),
        "timezone": zone,
    })
}

fn capitalised(word: &str) -> String {
    let word = word.to_ascii_lowercase();
    word.chars().take(1).map(|first| first.to_ascii_uppercase()).chain(word.chars().skip(1)).collect()
}
