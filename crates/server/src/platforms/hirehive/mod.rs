//! `/hirehive/v1.0/{company}`: HireHive's own API, as far as it is documented (platforms.md 1.6).
//!
//! One object is `{"data": {…}}`, a list is `{"meta", "links", "items"}`; both hold the objects of the webhooks. How errors
//! look is not documented: they are the problems of our own API. An id in a path or a body is ours, or the one that
//! HireHive knows the thing by.

mod body;
mod envelope;
mod feedback;
mod interviews;
mod naming;
mod reading;
mod visit;
mod writing;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use crate::hub::Hub;

/// Its doors.
pub(super) fn routes() -> Router<Arc<Hub>> {
    let company = Router::new()
        .route("/jobs", get(reading::jobs).post(writing::create_job))
        .route("/jobs/{id}", get(reading::job))
        .route("/candidates", get(reading::candidates))
        .route("/candidates/{id}", get(reading::candidate).put(writing::change_candidate))
        .route("/candidates/{id}/notes", get(reading::notes).post(writing::create_note))
        .route("/candidates/{id}/applications/{application}", get(reading::application_of_candidate))
        .route("/candidates/{id}/applications/{application}/source", put(writing::change_source))
        .route("/applications", get(reading::applications))
        .route("/applications/{id}", get(reading::application))
        .route("/interviews", get(reading::interviews).post(interviews::create))
        .route("/interviews/{id}", get(reading::interview))
        .route("/feedback", get(feedback::list))
        .route("/feedback", post(feedback::complete))
        .route("/feedback/{id}", get(reading::feedback))
        .route("/users", get(reading::users))
        .route("/users/{id}", get(reading::user));
    Router::new().nest("/v1.0/{company}", company)
}
