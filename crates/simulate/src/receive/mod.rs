//! Hearing what comes out at the other end: verified, understood, and checked for what was promised.

mod ear;
mod heard;
mod listening;
mod memory;
mod receiver;
mod summary;

pub use heard::{Counts, Heard, Verdict};
pub use listening::{Answer, Listening, ReceiveError};
pub use receiver::Receiver;
pub use summary::Said;
