//! APIs in the shape of each platform's own, so that what was written for the platform runs against Callboard.

mod error_object;
mod gathering;
mod hirehive;
mod launchpad;
mod partner;
mod people;
mod skype;
mod viasto;

use std::sync::Arc;

use axum::Router;

use crate::hub::Hub;

/// Every door of them. What each looks like is the platform's to say, so the document of our own API leaves them out.
pub(crate) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .nest("/viasto", viasto::routes())
        .nest("/hirehive", hirehive::routes())
        .nest("/skype", skype::routes())
        .nest("/launchpad", launchpad::routes())
}
