//! Who is looking: a browser that has signed in with a key. The key is kept by the browser, sealed, and asked for with each
//! request, so that it opens nothing any more once it has been deleted.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Form, FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::PrivateCookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::api::Api;
use crate::page::{self, Page};
use crate::{Board, entrance};

/// How long one is signed in: a working day.
const SESSION: SignedDuration = SignedDuration::from_hours(12);
/// Where one goes after signing in, if nowhere else was asked for.
pub(crate) const HOME: &str = "/board";

pub(crate) fn routes() -> Router<Arc<Board>> {
    Router::new().route("/sign-in", get(ask).post(sign_in)).route("/sign-out", post(sign_out))
}

/// Somebody who has signed in.
pub(crate) struct Visitor {
    pub(crate) api: Api,
    /// When they have to sign in again.
    pub(crate) until: Timestamp,
}

impl FromRequestParts<Arc<Board>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, board: &Arc<Board>) -> Result<Self, Response> {
        let jar = PrivateCookieJar::from_headers(&parts.headers, board.seal.clone());
        let kept = jar.get(&board.cookie).and_then(|cookie| unsealed(cookie.value(), (board.now)()));
        let (key, until) = kept.ok_or_else(entrance::sign_in_first)?;
        Ok(Self { api: Api::new(board.api.clone(), key), until })
    }
}

/// The key in a cookie, if it is not too old, and until when it is not.
fn unsealed(value: &str, now: Timestamp) -> Option<(String, Timestamp)> {
    let (since, key) = value.split_once(' ')?;
    let since: Timestamp = since.parse().ok()?;
    let until = since.checked_add(SESSION).ok()?;
    (now < until).then(|| (key.to_owned(), until))
}

#[derive(Deserialize)]
struct Asked {
    /// Where to go then.
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    to: String,
    refused: Option<&'static str>,
}

async fn ask(Query(asked): Query<Asked>) -> Page {
    page::draw(&SignIn { to: within(&asked.to), refused: None })
}

#[derive(Deserialize)]
struct Given {
    key: String,
    #[serde(default)]
    to: String,
}

async fn sign_in(State(board): State<Arc<Board>>, Form(given): Form<Given>) -> Response {
    let key = given.key.trim();
    let api = Api::new(board.api.clone(), key.to_owned());
    // Any key may ask for that, and it says nothing about anybody.
    let to = within(&given.to);
    if key.is_empty() {
        let refused = Some("Enter a key: without one nobody is let in.");
        return (StatusCode::UNAUTHORIZED, page::draw(&SignIn { to, refused })).into_response();
    }
    match api.get::<serde_json::Value>("/v1/settings").await {
        Ok(_) => {
            let cookie = cookie(&board, format!("{} {key}", (board.now)()));
            (PrivateCookieJar::new(board.seal.clone()).add(cookie), Redirect::to(&to)).into_response()
        }
        Err(fault) if fault.status.is_client_error() => {
            let refused = Some("No such key. It may have been deleted, or been cut off when it was copied.");
            (StatusCode::UNAUTHORIZED, page::draw(&SignIn { to, refused })).into_response()
        }
        Err(fault) => fault.into_response(),
    }
}

async fn sign_out(State(board): State<Arc<Board>>, headers: HeaderMap) -> Response {
    let jar =
        PrivateCookieJar::from_headers(&headers, board.seal.clone()).remove(cookie(&board, String::new()));
    (jar, Redirect::to("/board/sign-in")).into_response()
}

/// What the cookie of the board at this address is called.
pub(crate) fn cookie_name(public_url: &str) -> String {
    let hash = Sha256::digest(public_url);
    let (mark, _) = hash.split_first_chunk().expect("a SHA-256 has 32 bytes");
    format!("callboard_{:08x}", u32::from_be_bytes(*mark))
}

/// One that the browser forgets when it is closed.
fn cookie(board: &Board, value: String) -> Cookie<'static> {
    Cookie::build((board.cookie.clone(), value))
        .path("/board")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(board.public_url.starts_with("https:"))
        .build()
}

/// A page of the board, whatever was asked for.
pub(crate) fn within(to: &str) -> String {
    let is_ours = to == HOME || to.strip_prefix(HOME).is_some_and(|rest| rest.starts_with(['/', '?']));
    if is_ours { to.to_owned() } else { HOME.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_one_is_never_sent_elsewhere() {
        assert_eq!(within("/board/deliveries?state=failed"), "/board/deliveries?state=failed");
        for elsewhere in
            ["https://evil.example", "//evil.example", "/boardroom", "/board\\evil", "/v1/keys", ""]
        {
            assert_eq!(within(elsewhere), HOME, "{elsewhere}");
        }
    }

    #[test]
    fn a_key_counts_for_a_working_day() {
        let now: Timestamp = "2026-03-02T20:00:00Z".parse().unwrap();
        let until = "2026-03-02T20:00:01Z".parse().unwrap();
        assert_eq!(unsealed("2026-03-02T08:00:01Z cbk_x", now), Some(("cbk_x".to_owned(), until)));
        assert_eq!(unsealed("2026-03-02T08:00:00Z cbk_x", now), None);
        assert_eq!(unsealed("cbk_x", now), None);
    }
}
