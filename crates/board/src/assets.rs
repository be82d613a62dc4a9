//! What pages are made with: one style, a few scripts, an icon. Nothing is fetched from elsewhere.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

/// Whatever has a new content has a new address as well, so a browser asks for each once.
const KEPT: &str = "public, max-age=31536000, immutable";

struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

const ASSETS: [Asset; 5] = [
    Asset { name: "board.css", kind: "text/css; charset=utf-8", content: include_str!("assets/board.css") },
    Asset {
        name: "board.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("assets/board.js"),
    },
    Asset {
        name: "live.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("assets/live.js"),
    },
    Asset {
        name: "endpoint.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("assets/endpoint.js"),
    },
    Asset { name: "icon.svg", kind: "image/svg+xml", content: include_str!("assets/icon.svg") },
];

/// What tells this program's assets from another's.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let contents = ASSETS.iter().fold(Sha256::new(), |sum, asset| sum.chain_update(asset.content));
    contents.finalize().iter().take(6).fold(String::new(), |mut mark, byte| {
        write!(mark, "{byte:02x}").expect("writing to a string does not fail");
        mark
    })
});

/// Where an asset is.
pub(crate) fn at(name: &str) -> String {
    format!("/board/assets/{}/{name}", *MARK)
}

pub(crate) fn routes() -> Router {
    Router::new().route("/assets/{mark}/{name}", get(asset))
}

async fn asset(Path((mark, name)): Path<(String, String)>) -> Response {
    let found = ASSETS.iter().find(|asset| asset.name == name && mark == *MARK);
    found.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |asset| {
            ([(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, KEPT)], asset.content)
                .into_response()
        },
    )
}
