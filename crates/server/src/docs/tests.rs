//! Files that are made from the code are committed, and must not drift from it. `CALLBOARD_REWRITE=1 cargo test -p
//! callboard-server docs` writes them anew.

use std::path::Path;

use super::{openapi_json, problems};
use crate::openapi;

fn is_committed(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("CALLBOARD_REWRITE").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == made,
        "docs/{name} has drifted from the code: run the tests with CALLBOARD_REWRITE=1"
    );
}

#[test]
fn the_committed_document_is_that_of_the_code() {
    is_committed("openapi.json", &openapi_json(&openapi::document()));
}

#[test]
fn the_committed_page_about_problems_is_that_of_the_code() {
    is_committed("problems.md", &problems::markdown());
}
