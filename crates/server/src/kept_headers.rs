//! The headers that are kept with a receipt, written as JSON while they are looked at.

use std::borrow::Cow;

use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, PROXY_AUTHORIZATION,
};
use axum::http::{HeaderMap, HeaderName};
use serde::{Serialize, Serializer};

use crate::limits::KEPT_HEADER_BYTES;

/// What stands for a value that is a secret.
const HIDDEN: &str = "(hidden)";

/// All headers that say something about the message, and none that is a secret, as a JSON object. Of a header that is
/// there several times the last value is kept.
pub(crate) fn kept_headers(headers: &HeaderMap) -> String {
    serde_json::to_string(&Kept(headers)).expect("names and texts are JSON")
}

struct Kept<'a>(&'a HeaderMap);

impl Serialize for Kept<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = 0;
        let telling = self.0.keys().filter(|name| tells_something(name));
        let texts = telling.map(|name| (name.as_str(), text(self.0, name)));
        serializer.collect_map(texts.take_while(|(name, text)| {
            bytes += name.len() + text.len();
            bytes <= KEPT_HEADER_BYTES
        }))
    }
}

fn tells_something(name: &HeaderName) -> bool {
    ![HOST, CONTENT_LENGTH, CONNECTION, ACCEPT, ACCEPT_ENCODING].contains(name)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Cow<'a, str> {
    if [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE].contains(name) {
        return HIDDEN.into();
    }
    headers
        .get_all(name)
        .iter()
        .next_back()
        .map_or_else(Cow::default, |value| String::from_utf8_lossy(value.as_bytes()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(given: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn what_is_a_secret_or_says_nothing_is_not_kept() {
        let given = headers(&[
            ("host", "callboard.example"),
            ("content-type", "application/json"),
            ("authorization", "Bearer secret"),
            ("cookie", "secret"),
            ("user-agent", "a \"quoted\" name"),
        ]);
        let kept: serde_json::Value = serde_json::from_str(&kept_headers(&given)).unwrap();
        let expected = serde_json::json!({
            "content-type": "application/json",
            "authorization": "(hidden)",
            "cookie": "(hidden)",
            "user-agent": "a \"quoted\" name",
        });
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_header_that_is_there_twice_is_kept_once_and_one_that_is_no_text_readably() {
        assert_eq!(
            kept_headers(&headers(&[("x-a", "1"), ("x-b", "é"), ("x-a", "2")])),
            r#"{"x-a":"2","x-b":"é"}"#
        );
        let mut odd = HeaderMap::new();
        odd.append("x", HeaderValue::from_bytes(b"\xff").unwrap());
        assert_eq!(kept_headers(&odd), "{\"x\":\"\u{fffd}\"}");
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let large = "x".repeat(KEPT_HEADER_BYTES);
        let given = headers(&[("x-a", "1"), ("x-large", &large), ("x-b", "2")]);
        assert_eq!(kept_headers(&given), r#"{"x-a":"1"}"#);
    }
}
