//! What every request passes on its way in: a form has to arrive in time, and who has not signed in is led to where they can.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http_body_util::{BodyExt, Limited};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::page;
use crate::session::{HOME, within};

/// The most bytes of a form: the largest webhook that can be pasted, with every byte of it escaped.
const FORM_BYTES: usize = 4 * 1024 * 1024;
/// The same for those who are not known yet.
const SIGN_IN_BYTES: usize = 16 * 1024;
/// How long a form may take to arrive.
const FORM_TIME: Duration = Duration::from_secs(30);

/// Marks an answer that is given because somebody has not signed in.
#[derive(Clone)]
struct SignInFirst;

/// The answer to somebody who has not signed in, or whose key is gone.
pub(crate) fn sign_in_first() -> Response {
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    response.extensions_mut().insert(SignInFirst);
    response
}

/// Leads those who have to sign in first to where they can, and from there back.
pub(crate) async fn lead(request: Request, next: Next) -> Response {
    let wanted = wanted(&request);
    let response = next.run(request).await;
    match response.extensions().get::<SignInFirst>() {
        Some(SignInFirst) => {
            let wanted = utf8_percent_encode(&wanted, NON_ALPHANUMERIC);
            Redirect::to(&format!("/board/sign-in?to={wanted}")).into_response()
        }
        None => response,
    }
}

/// The page that somebody wanted to see; after a form, the one that it was on.
fn wanted(request: &Request) -> String {
    if *request.method() == Method::GET {
        let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |uri| &uri.0);
        return path_of(uri);
    }
    referer(request.headers()).unwrap_or_else(|| HOME.to_owned())
}

fn referer(headers: &HeaderMap) -> Option<String> {
    let referer: Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    Some(within(&path_of(&referer)))
}

fn path_of(uri: &Uri) -> String {
    uri.path_and_query().map_or_else(|| HOME.to_owned(), ToString::to_string)
}

/// Waits until a form is there, for so long.
pub(crate) async fn whole(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let limit = if head.uri.path() == "/sign-in" { SIGN_IN_BYTES } else { FORM_BYTES };
    match tokio::time::timeout(FORM_TIME, Limited::new(body, limit).collect()).await {
        Ok(Ok(read)) => next.run(Request::from_parts(head, Body::from(read.to_bytes()))).await,
        Ok(Err(_)) => {
            let says =
                format!("What was entered is longer than {limit} bytes, or broke off. Nothing was done.");
            page::plain(StatusCode::PAYLOAD_TOO_LARGE, "That is too much", &says).into_response()
        }
        Err(_) => {
            let says = "What was entered did not arrive in time, so nothing was done.";
            page::plain(StatusCode::REQUEST_TIMEOUT, "That took too long", says).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_signs_in_comes_back_to_where_they_were_whatever_http_it_is() {
        let asked = |method, uri: &str, referer: &str| {
            let request = Request::builder().method(method).uri(uri).header("referer", referer);
            wanted(&request.body(Body::empty()).unwrap())
        };
        assert_eq!(
            asked(Method::GET, "/board/deliveries?state=failed", "/"),
            "/board/deliveries?state=failed"
        );
        let in_http_2 = "https://hub.example/board/deliveries";
        assert_eq!(asked(Method::GET, in_http_2, "/"), "/board/deliveries");
        let (form, page) = ("/board/deliveries/dlv_1/retry", "https://hub.example/board/deliveries/dlv_1");
        assert_eq!(asked(Method::POST, form, page), "/board/deliveries/dlv_1");
        assert_eq!(asked(Method::POST, form, "https://evil.example/"), HOME);
    }
}
