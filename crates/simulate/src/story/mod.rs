//! Whole interviews, told as each platform would tell them: pure, and the same again from the same seed.

mod cast;
mod ending;
mod hirehive;
mod launchpad;
mod letter;
mod moment;
mod platform;
mod skype;
mod stories;
mod teller;
mod viasto;

pub use ending::{AssessmentEnding, Ending};
pub use letter::{Letter, Story};
pub use platform::{Platform, UnknownPlatform};
pub use stories::Stories;
