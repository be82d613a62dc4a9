//! `/launchpad/1/live`: LaunchPad's Live API (platforms.md 4.2). An assessment is a job of ours; whoever is invited to it
//! applies for that, and meets the reviewers in an interview.
//!
//! What differs from LaunchPad's: nobody is written to (`send_email` is kept), and the links in an invitation's answer are
//! empty. Once `PUT /v1/interviews/{id}/meeting` has set them, the Zoom Link Callback tells them.

mod assessments;
mod calls;
mod invitations;

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::routing::post;
use callboard_core::RefusalCode;

use super::error_object::ErrorObject;
use crate::hub::Hub;
use crate::problem::codes;

/// The platform, as external ids name it.
const PLATFORM: &str = "launchpad";

/// Its doors.
pub(super) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route("/1/live", post(assessments::create))
        .route("/1/live/{interview_id}/invite", post(invitations::create))
        .fallback(async || ErrorObject::new(RefusalCode::NOT_FOUND.into(), "there is no such page"))
        .method_not_allowed_fallback(async |method: Method| {
            ErrorObject::new(codes::METHOD_NOT_ALLOWED, format!("this address does not take {method}"))
        })
}
