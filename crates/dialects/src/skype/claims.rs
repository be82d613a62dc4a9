//! What a token of Skype Interviews claims (platforms.md 2.2), and when it holds.

use callboard_core::Timestamp;
use serde::{Deserialize, Serialize};

use super::wire::Text;
use crate::dialect::Rejection;

/// How long a token holds: ten seconds.
pub(super) const LIFETIME_SECONDS: i64 = 10;
/// How far the sender's clock may be from ours, either way.
const SKEW_MS: i64 = 60_000;
/// Times from here on are milliseconds: as seconds they would be in the year 5138, and Microsoft's own .NET sample
/// writes `iat` in milliseconds.
const FIRST_MILLISECONDS: f64 = 1e11;

/// The claims as they come in; any may be missing.
#[derive(Deserialize)]
pub(super) struct Claims<'a> {
    /// The API key of the company that the token is for.
    #[serde(borrow)]
    pub iss: Option<Text<'a>>,
    /// The lower-case hexadecimal SHA-256 of the body.
    #[serde(borrow)]
    pub sub: Option<Text<'a>>,
    /// A GUID for this request, in braces at times.
    #[serde(borrow)]
    jti: Option<Text<'a>>,
    /// When the token was made, in Unix seconds.
    iat: Option<f64>,
    /// Until when it holds, in Unix seconds.
    exp: Option<f64>,
}

impl Claims<'_> {
    /// What is unique about the request.
    pub fn unique(&self) -> Option<String> {
        let jti = self.jti.as_deref()?.trim();
        let bare = jti.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(jti);
        (!bare.is_empty()).then(|| bare.to_owned())
    }

    /// Until when it holds.
    pub fn ends(&self) -> Result<Timestamp, Rejection> {
        let ends = milliseconds("exp", self.exp)?;
        Timestamp::from_millisecond(ends)
            .map_err(|_| Rejection::new("clock", "the token's `exp` is beyond all times"))
    }

    /// Does it hold now?
    pub fn check_time(&self, now: Timestamp) -> Result<(), Rejection> {
        let now = now.as_millisecond();
        let made = milliseconds("iat", self.iat)?;
        let ends = milliseconds("exp", self.exp)?;
        if made.saturating_sub(now) > SKEW_MS {
            return Err(off(
                made.saturating_sub(now),
                "from now: the sender's clock is ahead, or ours is behind",
                "was made (`iat`)",
            ));
        }
        if now.saturating_sub(ends) > SKEW_MS {
            return Err(off(
                now.saturating_sub(ends),
                "ago: this is an old request, or a clock is wrong",
                "expired (`exp`)",
            ));
        }
        Ok(())
    }
}

fn off(milliseconds: i64, consequence: &str, what: &str) -> Rejection {
    let minutes = milliseconds.unsigned_abs().div_ceil(60_000);
    Rejection::new("clock", format!("the token {what} {minutes} minutes {consequence}"))
}

#[expect(clippy::cast_possible_truncation, reason = "what lies beyond the range is cut off at its end")]
fn milliseconds(name: &str, time: Option<f64>) -> Result<i64, Rejection> {
    let time = time.ok_or_else(|| Rejection::new("clock", format!("the token has no `{name}`")))?;
    Ok(if time.abs() < FIRST_MILLISECONDS { (time * 1000.0) as i64 } else { time as i64 })
}

/// The claims as they go out.
#[derive(Serialize)]
pub(super) struct OwnClaims<'a> {
    pub jti: String,
    pub iss: &'a str,
    pub iat: i64,
    /// Left out of a call without a body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    pub exp: i64,
}
