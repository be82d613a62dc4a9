//! No other site may have a visitor's browser do anything here.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::{Board, page};

/// Turns away what changes something and was not sent by one of our own pages. The browser says where a request comes from
/// (`Sec-Fetch-Site`, and where that is not to be had, `Origin`), and no page can make it lie.
pub(crate) async fn guard(State(board): State<Arc<Board>>, request: Request, next: Next) -> Response {
    let only_looks = matches!(*request.method(), Method::GET | Method::HEAD);
    if only_looks || is_from_here(request.uri(), request.headers(), &board.public_url) {
        return next.run(request).await;
    }
    let why = "This did not come from one of the board's own pages, so nothing was done.";
    page::plain(StatusCode::FORBIDDEN, "Not from here", why).into_response()
}

/// Here is where the request went (its `Host`, or in HTTP/2 its authority), or where the hub is known to be reached, since a
/// proxy may write another `Host`.
fn is_from_here(uri: &Uri, headers: &HeaderMap, public_url: &str) -> bool {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = said("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = said(header::ORIGIN.as_str()) else { return false };
    let went_to = said(header::HOST.as_str()).or_else(|| uri.authority().map(Authority::as_str));
    let host = origin.split_once("://").map(|(_, host)| host);
    (host.is_some() && host == went_to) || origin == origin_of(public_url)
}

/// An address without what comes after its host.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |end| &url[..host + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_from(uri: &'static str, pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        is_from_here(&Uri::from_static(uri), &headers.collect(), "https://hub.example/callboard")
    }

    #[test]
    fn only_what_a_browser_sends_for_a_page_of_ours_is_from_here() {
        let from = |more: &[(&'static str, &'static str)]| {
            is_from("/x", &[&[("host", "10.0.0.7:7700")], more].concat())
        };
        assert!(from(&[("sec-fetch-site", "same-origin")]));
        assert!(!from(&[("sec-fetch-site", "cross-site"), ("origin", "http://10.0.0.7:7700")]));
        assert!(
            !from(&[("sec-fetch-site", "same-site")]),
            "another program on the same host is another site"
        );
        assert!(from(&[("origin", "http://10.0.0.7:7700")]));
        assert!(!from(&[("origin", "http://10.0.0.7:7701")]));
        assert!(from(&[("origin", "https://hub.example")]), "as it is known behind a proxy");
        assert!(!from(&[("origin", "http://hub.example")]));
        assert!(!from(&[("origin", "null")]));
        assert!(!from(&[]), "a program says nothing; it has the API");
        assert!(is_from("https://10.0.0.7/x", &[("origin", "https://10.0.0.7")]), "HTTP/2 has no `Host`");
        assert!(!is_from("/x", &[("origin", "null")]));
    }
}
