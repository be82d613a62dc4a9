//! The doors: the inbox for platforms' webhooks, the API, the live stream.
//!
//! Every request ends here in a call to the ledger or a question to it; what a request means is decided elsewhere.

mod accept;
mod api;
mod arriving;
mod auth;
mod certificates;
mod docs;
mod health;
mod host_links;
mod hub;
mod in_force;
mod inbox;
mod kept_headers;
mod keys;
pub mod limits;
mod listeners;
mod listing;
mod live;
mod lively;
mod metrics;
mod openapi;
mod platforms;
mod porter;
mod problem;
mod rejections;
mod replaying;
mod routes;
#[cfg(test)]
mod testing;
mod time_zone;
mod verifiers;

pub use accept::{Doors, Doorstep, ServerError};
pub use certificates::{Certificates, CertificatesError};
pub use hub::Hub;
pub use keys::{hash_key, hash_token_of, new_key, new_secret_bytes};
pub use limits::{
    ARRIVING_BYTES, BEGINNING_BYTES, BODY_BYTES, CONNECTIONS, FILE_BYTES, HEADER_BYTES, HEADERS, PAGE_ITEMS,
    REJECTED_HEADERS_BYTES, REJECTIONS_KEPT,
};
pub use metrics::metrics;
pub use replaying::replays;
pub use routes::routes;
