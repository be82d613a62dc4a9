//! How long something is kept: a time, or for ever.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{Deserialize, Serialize};

/// The word for what is never let go of.
const FOREVER: &str = "forever";
/// Nothing is kept for less: whatever is under way has ended by then.
const LEAST: SignedDuration = SignedDuration::from_hours(1);

/// How long something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Kept(pub(crate) Option<SignedDuration>);

impl Kept {
    pub(crate) const fn days(days: i64) -> Self {
        Self(Some(SignedDuration::from_hours(days * 24)))
    }
}

impl FromStr for Kept {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == FOREVER {
            return Ok(Self(None));
        }
        let span = text.parse::<Span>().ok();
        let time = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
        match time {
            Some(time) if time >= LEAST => Ok(Self(Some(time))),
            Some(_) => Err(format!("`{text}` is too short: nothing is kept for less than an hour")),
            None => Err(format!("`{text}` is no time such as 12h or 30d, nor `{FOREVER}`")),
        }
    }
}

impl TryFrom<String> for Kept {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Kept> for String {
    fn from(kept: Kept) -> Self {
        kept.to_string()
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str(FOREVER),
            Some(time) if time.as_hours() % 24 == 0 => write!(f, "{}d", time.as_hours() / 24),
            Some(time) => write!(f, "{time:#}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_in_days_and_hours_or_for_ever() {
        assert_eq!("30d".parse(), Ok(Kept::days(30)));
        assert_eq!("12h".parse(), Ok(Kept(Some(SignedDuration::from_hours(12)))));
        assert_eq!("2w".parse(), Ok(Kept::days(14)));
        assert_eq!("forever".parse(), Ok(Kept(None)));
        for wrong in ["", "30", "5m", "-3d", "for ever", "2mo"] {
            assert!(wrong.parse::<Kept>().is_err(), "{wrong}");
        }
        for said in ["30d", "12h", "forever"] {
            assert_eq!(said.parse::<Kept>().unwrap().to_string(), said);
        }
    }
}
