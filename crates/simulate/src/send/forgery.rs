//! Ways to forge a letter. Each of them must be refused.

use std::fmt;

use serde_json::Value;

use crate::story::Platform;

/// What is wrong with a forged letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Forgery {
    /// Signed by someone who does not know the secret.
    WrongSecret,
    /// Signed, then changed.
    AlteredBody,
    /// A JWT that says that it needs no signature.
    AlgorithmNone,
    /// Not signed.
    MissingHeader,
    /// Signed an hour ago.
    StaleTimestamp,
    /// Sent to a URL with another token.
    WrongToken,
}

impl Forgery {
    /// The ways in which this platform's letters can be forged, with these credentials. HTTP Basic and a token in the
    /// URL do not cover the body.
    pub fn of(platform: Platform, credentials: &Value) -> &'static [Self] {
        match platform {
            Platform::Skype => &[
                Self::WrongSecret,
                Self::AlteredBody,
                Self::AlgorithmNone,
                Self::MissingHeader,
                Self::StaleTimestamp,
            ],
            Platform::HireHive => {
                &[Self::WrongSecret, Self::AlteredBody, Self::MissingHeader, Self::StaleTimestamp]
            }
            Platform::LaunchPad if credentials.get("password").is_some() => {
                &[Self::WrongSecret, Self::MissingHeader]
            }
            Platform::LaunchPad | Platform::Viasto => &[Self::WrongToken],
        }
    }
}

impl fmt::Display for Forgery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WrongSecret => "wrong secret",
            Self::AlteredBody => "altered body",
            Self::AlgorithmNone => "alg none",
            Self::MissingHeader => "missing header",
            Self::StaleTimestamp => "stale timestamp",
            Self::WrongToken => "wrong token",
        })
    }
}
