//! Who is still owed what, and how they are told.

mod backlog;
mod carrier;
pub mod clock;
mod dispatch;
mod errands;
pub mod guard;
mod lanes;
pub mod limits;
mod lines;
mod outbox;
mod pace;
mod planner;
pub mod retry;
mod route;
mod scribe;
pub mod sender;
mod slots;
mod stats;
pub mod tls;
mod tray;
mod turn;
mod unsettled;
mod verdict;

pub use carrier::Carrier;
pub use clock::{Clock, ManualClock, SystemClock};
pub use guard::{AddressGuard, GuardedResolver, LookingUp, Lookup, Refusal, ResolveError, SystemLookup};
pub use limits::OutboxLimits;
pub use outbox::{Outbox, OutboxHandle, OutboxOptions};
pub use planner::Planning;
pub use retry::{InvalidSchedule, RetryAfter, RetrySchedule, parse_delay, write_delay};
pub use sender::{Answer, Phase, SendError, Sender, SenderLimits, Shipment};
pub use stats::Stats;
pub use tls::client_config;
