//! Delivering letters as a platform would: signed its way, in order, again when asked to come again.

mod forgery;
mod pace;
mod patience;
mod player;
mod playing;
mod seal;
mod tally;

pub use forgery::Forgery;
pub use player::Player;
pub use playing::{Clock, PlayError, Playing};
pub use tally::{Delivered, Outcome, Tally};
