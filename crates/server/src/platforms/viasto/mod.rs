//! `/viasto`: the part of viasto's API v3 that reads. Every URL that a webhook of ours in viasto's form names is
//! answered here (platforms.md 3.2, 3.3).
//!
//! `POST /viasto/api-token-auth/` gives a token for an API key; with it, `GET` what is under `/viasto/api/v3/`.

mod auth;
mod collections;
mod login;
mod paging;
mod refused;
mod resources;

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::routing::{MethodRouter, get, post};

use self::refused::Refused;
use crate::hub::Hub;

/// Its doors, each with a slash at its end and without.
pub(super) fn routes() -> Router<Arc<Hub>> {
    let doors: [(&str, MethodRouter<Arc<Hub>>); 9] = [
        ("/api-token-auth", post(login::login)),
        ("/api/v3/customers", get(resources::customers)),
        ("/api/v3/customers/{id}", get(resources::customer)),
        ("/api/v3/companies/{company}", get(resources::company)),
        ("/api/v3/companies/{company}/projects", get(resources::projects)),
        ("/api/v3/companies/{company}/projects/{project}", get(resources::project)),
        ("/api/v3/companies/{company}/projects/{project}/results", get(resources::results)),
        ("/api/v3/companies/{company}/projects/{project}/{collection}", get(resources::members)),
        ("/api/v3/companies/{company}/projects/{project}/{collection}/{id}", get(resources::member)),
    ];
    let router = doors.into_iter().fold(Router::new(), |router, (path, door)| {
        router.route(&format!("{path}/"), door.clone()).route(path, door)
    });
    router
        .fallback(async || Refused::not_found())
        .method_not_allowed_fallback(async |method: Method| Refused::not_allowed(&method))
}
