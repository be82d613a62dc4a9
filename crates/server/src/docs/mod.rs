//! What there is to read: the API's document, for programs and for people, and a page about every problem's code.

mod answers;
mod page;
mod problems;
mod schema;
#[cfg(test)]
mod tests;
mod text;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use serde_json::Value;
use tokio::task::spawn_blocking;

use crate::hub::Hub;
use crate::openapi;

const STYLE: &str = include_str!("docs.css");

/// Nothing on a page runs, and nothing is fetched from elsewhere.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What is written when somebody first asks for any of it: hubs start without.
static WRITTEN: LazyLock<Written> = LazyLock::new(|| {
    let document = openapi::document();
    Written {
        json: openapi_json(&document).into(),
        api: html(page::render(&document)),
        problems: html(problems::render_all()),
    }
});

struct Written {
    json: Bytes,
    api: Page,
    problems: Page,
}

/// Waits for it on a thread that may: it takes longer than a request should hold up others.
async fn written() -> &'static Written {
    spawn_blocking(|| &*WRITTEN).await.expect("what is written is the same on each hub, and in the tests")
}

/// The doors of everything there is to read.
pub(crate) fn routes() -> Router<Arc<Hub>> {
    Router::new()
        .route(
            "/openapi.json",
            get(async || ([(header::CONTENT_TYPE, "application/json")], written().await.json.clone())),
        )
        .route("/docs", get(async || written().await.api.clone()))
        .route("/docs/style.css", get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)))
        .route("/docs/problems", get(async || written().await.problems.clone()))
        .route("/docs/problems/{code}", get(problems::show))
}

/// The document as it is committed, and served.
fn openapi_json(document: &Value) -> String {
    let mut json = serde_json::to_string_pretty(document).expect("a document has text keys only");
    json.push('\n');
    json
}

fn html(page: String) -> Page {
    Page(page.into())
}

/// A page for people.
#[derive(Clone)]
struct Page(Bytes);

impl IntoResponse for Page {
    fn into_response(self) -> axum::response::Response {
        let headers: [(HeaderName, HeaderValue); 3] = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        (headers, self.0).into_response()
    }
}
