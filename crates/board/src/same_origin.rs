//! No other site may have a visitor's browser do anything here.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::page;

/// Turns away what changes something and was not sent by one of our own pages. The browser says where a request comes from
/// (`Sec-Fetch-Site`, and where that is not to be had, `Origin`), and no page can make it lie.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let only_looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if only_looks || is_from_here(request.headers()) {
        return next.run(request).await;
    }
    let why = "This did not come from one of the board's own pages, so nothing was done.";
    page::plain(StatusCode::FORBIDDEN, "Not from here", why).into_response()
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match said("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => {
            let origin = said(header::ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
            origin.is_some_and(|(_, host)| said(header::HOST.as_str()) == Some(host))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_what_a_browser_sends_for_a_page_of_ours_is_from_here() {
        let host = ("host", "hub.example:7700");
        let from = |more: &[(&'static str, &'static str)]| is_from_here(&headers(&[&[host], more].concat()));
        assert!(from(&[("sec-fetch-site", "same-origin")]));
        assert!(!from(&[("sec-fetch-site", "cross-site"), ("origin", "http://hub.example:7700")]));
        assert!(
            !from(&[("sec-fetch-site", "same-site")]),
            "another program on the same host is another site"
        );
        assert!(from(&[("origin", "http://hub.example:7700")]));
        assert!(!from(&[("origin", "http://hub.example:7701")]));
        assert!(!from(&[("origin", "null")]));
        assert!(!from(&[]), "a program says nothing; it has the API");
    }
}
