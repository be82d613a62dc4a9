//! What there is to read: the API's document, for programs and for people.

use std::sync::Arc;

use aide::openapi::OpenApi;
use axum::Router;
use axum::http::header;
use axum::routing::get;
use bytes::Bytes;

use crate::hub::Hub;

/// The doors of the document, which is written once.
pub(crate) fn routes(document: &OpenApi) -> Router<Arc<Hub>> {
    let json: Bytes = openapi_json(document).into();
    let as_json = [(header::CONTENT_TYPE, "application/json")];
    Router::new().route("/openapi.json", get(async move || (as_json, json.clone())))
}

/// The document as it is committed, and served.
pub(crate) fn openapi_json(document: &OpenApi) -> String {
    let mut json = serde_json::to_string_pretty(document).expect("a document has text keys only");
    json.push('\n');
    json
}
