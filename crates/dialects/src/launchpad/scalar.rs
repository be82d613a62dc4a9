//! Scalars as LaunchPad means them: texts, all of them. What comes as a number or a boolean is read as its text.

use std::borrow::Cow;
use std::fmt;

use callboard_core::{Score, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde_json::Value;

/// A text, a number or a boolean, as text.
pub(super) struct Scalar<'a>(Cow<'a, str>);

impl<'a> Scalar<'a> {
    /// The scalar that this is, if it is one.
    pub fn of(value: &'a Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self(Cow::Borrowed(text))),
            Value::Number(number) => Some(Self(Cow::Owned(number.to_string()))),
            Value::Bool(is) => Some(Self(Cow::Borrowed(if *is { "true" } else { "false" }))),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl Scalar<'_> {
    /// What it says; the empty text says nothing.
    pub fn text(&self) -> Option<String> {
        let text = self.0.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The time it says: UTC, with a `Z` or without. `None` for what is no time.
    pub fn time(&self) -> Option<Timestamp> {
        let text = self.0.trim();
        text.parse().ok().or_else(|| {
            let utc = text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?;
            Some(utc.timestamp())
        })
    }

    /// The points it says; `None` for what is no number.
    pub fn score(&self) -> Option<Score> {
        self.0.parse().ok()
    }

    /// The whole minutes it says; `None` for what is no number of minutes.
    pub fn minutes(&self) -> Option<u16> {
        self.0.trim().parse().ok()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyScalar)
    }
}

struct AnyScalar;

impl<'de> Visitor<'de> for AnyScalar {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Scalar(Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Scalar(Cow::Owned(number.to_string())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Scalar(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Scalar(Cow::Owned(number.to_string())))
    }
}
