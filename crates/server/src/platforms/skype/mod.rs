//! `/skype/api`: Skype Interviews' own API, so that what was written for it runs against Callboard (platforms.md 2.5).
//!
//! What differs from Microsoft's: there are no pages of ours to hold an interview on, so `urls` is empty until the meeting is
//! set through `PUT /v1/interviews/{id}/meeting`; nobody is written to; and nothing lags.

mod calls;
mod changing;
mod checking;
mod interviews;
mod making;
mod memory;
mod scene;
mod tenants;
mod timing;

use std::sync::Arc;

use axum::http::Method;
use axum::routing::{get, post};
use axum::{Extension, Router};
use callboard_core::RefusalCode;

use self::memory::Memory;
use super::error_object::ErrorObject;
use crate::hub::Hub;
use crate::problem::codes;

/// The platform, as external ids name it.
const PLATFORM: &str = "skype";

/// Its doors.
pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/api/interviews", post(interviews::create))
        .route("/api/interviews/{code}", get(interviews::show).put(interviews::change))
        .route("/api/tenants", post(tenants::create))
        .layer(Extension(Arc::new(Memory::default())))
        .fallback(async || ErrorObject::new(RefusalCode::NOT_FOUND.into(), "there is no such page"))
        .method_not_allowed_fallback(async |method: Method| {
            ErrorObject::new(codes::METHOD_NOT_ALLOWED, format!("this address does not take {method}"))
        })
}
