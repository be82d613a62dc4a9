//! The board: pages that show what happened and who was told.
//!
//! A page is drawn on the server from what the hub's API answers to the key that its visitor has signed in with. So the board
//! can show and do nothing that the API would not show to them or do for them.

mod api;
mod assets;
mod deliveries;
mod endpoints;
mod entrance;
mod in_address;
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
use tokio::sync::Semaphore;

/// What the board is told at the start.
pub struct BoardOptions {
    /// The hub's API, asked within this process.
    pub api: Router,
    /// Tells the time.
    pub now: fn() -> Timestamp,
    /// Where the hub is reached. If that is `https`, a browser never sends its cookie over anything else.
    pub public_url: String,
    /// What cookies are sealed with: random bytes, the same for all hubs that one address leads to.
    pub seal: [u8; 32],
}

/// What every page has to hand.
struct Board {
    api: Router,
    now: fn() -> Timestamp,
    public_url: String,
    seal: Key,
    /// What its cookie is called: cookies are shared by everything on a host, whatever the port.
    cookie: String,
    /// A place for each stream of the live board.
    streams: Arc<Semaphore>,
}

impl Board {
    /// What a form is known by again that is sent twice.
    fn once(&self) -> String {
        format!("board-{}", (self.now)().as_nanosecond())
    }
}

/// Every page, below `/board`; and the way there from `/`.
pub fn routes(options: BoardOptions) -> Router {
    let BoardOptions { api, now, public_url, seal } = options;
    let seal = Key::derive_from(&seal);
    let cookie = session::cookie_name(&public_url);
    let streams = Arc::new(Semaphore::new(live::STREAMS));
    let board = Arc::new(Board { api, now, public_url, seal, cookie, streams });
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
        .method_not_allowed_fallback(page::nothing_to_see)
        // It is whole by then, and not too long.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(entrance::whole))
        .layer(middleware::from_fn_with_state(Arc::clone(&board), same_origin::guard))
        .layer(middleware::from_fn(entrance::lead))
        .layer(middleware::map_response(page::secure))
        .with_state(board);
    Router::new()
        .route("/", get(async || Redirect::to("/board")))
        .nest("/board", pages.merge(assets::routes()))
}
