//! Errors as `{"error": {"code", "message"}}`: how Skype's and LaunchPad's own look is documented nowhere, but that
//! LaunchPad's are JSON (platforms.md 4.1). Codes and statuses are those of our own API.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use callboard_core::Refusal;
use callboard_dialects::{Rejection, Unreadable};
use callboard_ledger::LedgerError;
use serde_json::json;

use crate::limits::BUSY_RETRY_S;
use crate::problem::{Code, Problem, codes};

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct ErrorObject {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// How to say who one is, for whoever has not.
    challenge: Option<&'static str>,
}

impl ErrorObject {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Problem::new(code, message).into()
    }

    /// Who asks has not said who they are, in the way that is asked for.
    pub(super) fn unauthorized(challenge: &'static str, message: impl Into<String>) -> Self {
        let error: Self = Problem::new(codes::UNAUTHORIZED, message).into();
        Self { challenge: Some(challenge), ..error }
    }

    /// A token that is not authentic: which kind of reason is said by its own code.
    pub(super) fn not_authentic(rejection: Rejection) -> Self {
        let error = Self::unauthorized("Bearer", rejection.explanation);
        Self { code: rejection.code, ..error }
    }
}

impl From<Problem> for ErrorObject {
    fn from(problem: Problem) -> Self {
        Self {
            status: problem.status(),
            code: problem.code(),
            message: problem.detail().to_owned(),
            challenge: None,
        }
    }
}

impl From<LedgerError> for ErrorObject {
    fn from(error: LedgerError) -> Self {
        Problem::from(error).into()
    }
}

impl From<&Refusal> for ErrorObject {
    fn from(refusal: &Refusal) -> Self {
        Problem::from(refusal).into()
    }
}

impl From<Unreadable> for ErrorObject {
    fn from(unreadable: Unreadable) -> Self {
        Self::new(codes::BAD_BODY, unreadable.0)
    }
}

impl IntoResponse for ErrorObject {
    fn into_response(self) -> Response {
        let body = json!({"error": {"code": self.code, "message": self.message}});
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(BUSY_RETRY_S));
        }
        if let Some(challenge) = self.challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
