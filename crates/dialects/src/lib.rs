//! Interview platforms' webhooks: verify, parse, render, sign.
//!
//! One module a platform. Each works on raw bytes, does no IO and reads no clock, so that anyone who receives such
//! webhooks can use it, with any HTTP server. A new platform is one new module and one row in [`DIALECTS`].

mod base_url;
mod cloudevents;
mod credentials;
mod dialect;
mod fetching;
mod hirehive;
mod known;
mod launchpad;
mod rotation;
mod sha256;
mod skype;
mod standard;
mod standard_webhooks;
mod url_token;
mod viasto;

/// The things that platforms' own APIs show, as those platforms write them: for whoever serves them.
pub mod rest {
    pub use crate::hirehive::rest as hirehive;
    pub use crate::launchpad::rest as launchpad;
    pub use crate::skype::rest as skype;
    pub use crate::viasto::rest as viasto;
}

pub use base_url::{BadBaseUrl, BaseUrl};
/// The vocabulary in which readings are: whoever uses this crate alone needs no other.
pub use callboard_core as vocabulary;
pub use dialect::{
    Authentic, CredentialsError, Dialect, Headers, Message, Reading, Recipient, Rejection, Request, Role,
    Sign, Unreadable, Verify,
};
pub use fetching::{FETCHED_RESOURCE, Fetched, Fetching, Pass};
pub use rotation::{signer, verifier};

/// Every dialect that the hub speaks.
pub static DIALECTS: [&dyn Dialect; 6] = [
    &standard::Standard,
    &cloudevents::CloudEvents,
    &launchpad::LaunchPad,
    &hirehive::HireHive,
    &viasto::Viasto,
    &skype::Skype,
];

/// The dialect of this name.
pub fn dialect(name: &str) -> Option<&'static dyn Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.name() == name)
}
