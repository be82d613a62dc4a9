//! What all pages have in common: how they are drawn, what goes with them, and what is shown when there is nothing to show.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use callboard_core::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::api::Fault;
use crate::entrance;

/// Everything comes from here, and nothing that is written into a page runs.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page that the way leads to from everywhere.
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
}

pub(crate) const SECTIONS: [Section; 7] = [
    Section { name: "Live", path: "/board" },
    Section { name: "Interviews", path: "/board/interviews" },
    Section { name: "Deliveries", path: "/board/deliveries" },
    Section { name: "Endpoints", path: "/board/endpoints" },
    Section { name: "Sources", path: "/board/sources" },
    Section { name: "Translate", path: "/board/translate" },
    Section { name: "Settings", path: "/board/settings" },
];

/// A page as it is sent.
pub(crate) type Page = Html<String>;

/// Draws a page. Its template is checked when the program is built, so it cannot fail to be drawn.
pub(crate) fn draw(template: &impl Template) -> Page {
    Html(template.render().expect("a template that only writes text does not fail"))
}

/// A page that says one thing.
#[derive(Template)]
#[template(path = "plain.html")]
struct Plain<'a> {
    title: &'a str,
    says: &'a str,
    /// Where more is said about it.
    code: Option<&'a str>,
}

pub(crate) fn plain(status: StatusCode, title: &str, says: &str) -> (StatusCode, Page) {
    (status, draw(&Plain { title, says, code: None }))
}

pub(crate) async fn not_found() -> (StatusCode, Page) {
    plain(
        StatusCode::NOT_FOUND,
        "There is no such page",
        "It may have been written wrong, or what it showed is gone.",
    )
}

/// An address that forms are sent to.
pub(crate) async fn nothing_to_see() -> (StatusCode, Page) {
    plain(StatusCode::METHOD_NOT_ALLOWED, "There is nothing to see here", "Forms are sent to this address.")
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        if self.status == StatusCode::UNAUTHORIZED {
            return entrance::sign_in_first();
        }
        let title = match self.status {
            StatusCode::NOT_FOUND => "There is no such thing",
            StatusCode::FORBIDDEN => "Your key may not do that",
            StatusCode::SERVICE_UNAVAILABLE => "The store does not answer just now",
            status if status.is_server_error() => "Something went wrong in the hub",
            _ => "That cannot be done",
        };
        let page = draw(&Plain { title, says: &self.detail, code: self.code.as_deref() });
        (self.status, page).into_response()
    }
}

/// A time, where a script does not put it into the viewer's own zone.
pub(crate) fn moment(at: &Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A time as a browser's field for times writes it, which is meant in UTC.
pub(crate) fn written(time: &str) -> Option<Timestamp> {
    let time: DateTime = time.parse().ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A time that something took, from microseconds.
pub(crate) fn millis(micros: u64) -> String {
    match micros {
        0..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        10_000..10_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{} s", micros / 1_000_000),
    }
}

/// The longest text that is set out: JSON can be written so that its indents are most of it.
const READABLE_BYTES: usize = 64 * 1024;

/// JSON with a line a member; anything else as it is.
pub(crate) fn readable(text: &str) -> String {
    let json: Option<serde_json::Value> =
        (text.len() <= READABLE_BYTES).then(|| serde_json::from_str(text).ok()).flatten();
    json.and_then(|json| serde_json::to_string_pretty(&json).ok()).unwrap_or_else(|| text.to_owned())
}

/// What goes with everything that shows something of somebody.
pub(crate) async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
