//! The board: pages that show what happened and who was told.
//!
//! A page is drawn on the server from what the hub's API answers to the key that its visitor has signed in with. So the board
//! can show and do nothing that the API would not show to them or do for them.

mod api;
mod assets;
mod deliveries;
mod endpoints;
mod interviews;
mod listing;
mod live;
mod page;
mod request;
mod same_origin;
mod session;
mod settings;
mod sources;
mod translate;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::response::Redirect;
use axum::routing::get;
use axum_extra::extract::cookie::Key;
use jiff::Timestamp;

/// The most bytes of a form.
const FORM_BYTES: usize = 2 * 1024 * 1024;

/// What the board is told at the start.
pub struct BoardOptions {
    /// The hub's API, asked within this process.
    pub api: Router,
    /// Tells the time.
    pub now: fn() -> Timestamp,
    /// Is the hub reached by `https`? Then a browser never sends its cookie over anything else.
    pub is_https: bool,
    /// What cookies are sealed with: random bytes, the same for all hubs that one address leads to.
    pub seal: [u8; 32],
}

/// What every page has to hand.
struct Board {
    api: Router,
    now: fn() -> Timestamp,
    is_https: bool,
    seal: Key,
}

/// Every page, below `/board`; and the way there from `/`.
pub fn routes(options: BoardOptions) -> Router {
    let BoardOptions { api, now, is_https, seal } = options;
    let board = Arc::new(Board { api, now, is_https, seal: Key::derive_from(&seal) });
    let pages = Router::new()
        .merge(session::routes())
        .merge(live::routes())
        .merge(deliveries::routes())
        .merge(interviews::routes())
        .merge(endpoints::routes())
        .merge(sources::routes())
        .merge(translate::routes())
        .merge(settings::routes())
        .fallback(page::not_found)
        .layer(middleware::from_fn(same_origin::guard))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(middleware::map_response(page::secure))
        .with_state(board);
    Router::new()
        .route("/", get(async || Redirect::to("/board")))
        .nest("/board", pages.merge(assets::routes()))
}
