//! The four platforms that are played.

use std::fmt;
use std::str::FromStr;

use callboard_dialects::Dialect;

/// A platform that sends webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// Skype Interviews (seed 004).
    Skype,
    /// HireHive (seed 002).
    HireHive,
    /// viasto interview suite (seed 003).
    Viasto,
    /// LaunchPad (seeds 000 and 001).
    LaunchPad,
}

impl Platform {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Skype, Self::HireHive, Self::Viasto, Self::LaunchPad];

    /// Its name, which is also its dialect's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skype => "skype",
            Self::HireHive => "hirehive",
            Self::Viasto => "viasto",
            Self::LaunchPad => "launchpad",
        }
    }

    /// The dialect that it signs in.
    pub fn dialect(self) -> &'static dyn Dialect {
        callboard_dialects::dialect(self.name())
            .expect("each of the four platforms has a dialect of its name")
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No platform of this name is played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of the platforms `skype`, `hirehive`, `viasto`, `launchpad`")]
pub struct UnknownPlatform(String);

impl FromStr for Platform {
    type Err = UnknownPlatform;

    fn from_str(name: &str) -> Result<Self, UnknownPlatform> {
        Self::ALL
            .into_iter()
            .find(|platform| platform.name() == name)
            .ok_or_else(|| UnknownPlatform(name.chars().take(40).collect()))
    }
}
