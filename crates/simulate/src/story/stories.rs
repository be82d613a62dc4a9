//! An endless supply of stories.

use callboard_core::Timestamp;
use jiff::SignedDuration;

use super::letter::Story;
use super::platform::Platform;
use super::teller::{Teller, later, run_number};
use super::{hirehive, launchpad, skype, viasto};

/// How long after one interview the next one begins.
const BETWEEN_STORIES: SignedDuration = SignedDuration::from_secs(20);
/// The URL that viasto's bodies name, unless [`Stories::calling`] says another.
const SOME_ENDPOINT: &str = "https://callboard.example.com/in/viasto";
/// How many accounts viasto has: runs with different seeds are different accounts.
const VIASTO_ACCOUNTS: u64 = 10_000_000;
/// How many runs LaunchPad's interview ids tell apart.
const LAUNCHPAD_RUNS: u64 = 1_000_000_000;

/// All stories of one platform that there are with one seed, told one after another or picked by number.
#[derive(Debug, Clone)]
pub struct Stories {
    platform: Platform,
    seed: u64,
    start: Timestamp,
    endpoint: String,
    run: u64,
    next: u64,
}

impl Stories {
    /// Stories of which the first begins at `start`, to the second. Each lasts days or weeks of its own time.
    pub fn new(platform: Platform, seed: u64, start: Timestamp) -> Self {
        let runs = if platform == Platform::Viasto { VIASTO_ACCOUNTS } else { LAUNCHPAD_RUNS };
        let (endpoint, run) = (SOME_ENDPOINT.to_owned(), run_number(seed, runs));
        Self { platform, seed, start, endpoint, run, next: 0 }
    }

    /// The same stories told to this URL: viasto names it in each body.
    #[must_use]
    pub fn calling(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = endpoint.into();
        self
    }

    /// The story of this number, without telling those before it.
    pub fn story(&self, number: u64) -> Story {
        let seconds = BETWEEN_STORIES.as_secs().saturating_mul(i64::try_from(number).unwrap_or(i64::MAX));
        let start = later(self.start, SignedDuration::from_secs(seconds));
        let teller = Teller::new(self.platform, self.seed, number, start);
        match self.platform {
            Platform::Skype => skype::story(teller),
            Platform::HireHive => hirehive::story(teller),
            Platform::Viasto => viasto::story(teller, self.run, &self.endpoint),
            Platform::LaunchPad => launchpad::story(teller, self.run),
        }
    }
}

impl Iterator for Stories {
    type Item = Story;

    fn next(&mut self) -> Option<Story> {
        let story = self.story(self.next);
        self.next += 1;
        Some(story)
    }
}
