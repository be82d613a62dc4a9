//! What there is to read: the API's document, for programs and for people, and a page about every problem's code.

mod answers;
mod page;
mod problems;
mod schema;
#[cfg(test)]
mod tests;
mod text;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;
use bytes::Bytes;
use serde_json::Value;

use crate::hub::Hub;

const STYLE: &str = include_str!("docs.css");

/// Nothing on a page runs, and nothing is fetched from elsewhere.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The doors of everything there is to read, which is written once.
pub(crate) fn routes(document: &Value) -> Router<Arc<Hub>> {
    let json = Bytes::from(openapi_json(document));
    let (api, problems) = (html(page::render(document)), html(problems::render_all()));
    Router::new()
        .route("/openapi.json", get(async move || ([(header::CONTENT_TYPE, "application/json")], json)))
        .route("/docs", get(async move || api))
        .route("/docs/style.css", get(async || ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)))
        .route("/docs/problems", get(async move || problems))
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
