//! Errors as viasto tells them: `{"detail": …}`, or the fields that are wrong with what is wrong with each
//! (platforms.md 3.2).

use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use callboard_ledger::LedgerError;
use serde_json::{Map, Value, json};

use crate::limits::BUSY_RETRY_S;
use crate::problem::Problem;

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    body: Value,
}

impl Refused {
    fn new(status: StatusCode, detail: &str) -> Self {
        Self { status, body: json!({ "detail": detail }) }
    }

    pub(super) fn malformed(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Fields that are wrong, with what is wrong with each.
    pub(super) fn fields(fields: Map<String, Value>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, body: fields.into() }
    }

    pub(super) fn unauthorized(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    pub(super) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "You do not have permission to perform this action.")
    }

    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found.")
    }

    pub(super) fn invalid_page() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Invalid page.")
    }

    pub(super) fn not_allowed(method: &Method) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, &format!("Method \"{method}\" not allowed."))
    }
}

impl From<LedgerError> for Refused {
    fn from(error: LedgerError) -> Self {
        Problem::from(error).into()
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::new(problem.status(), problem.detail())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(BUSY_RETRY_S));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Token"));
        }
        response
    }
}
