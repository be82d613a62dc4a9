//! Errors as the API tells them: `application/problem+json` with a stable `code`, which has a page.

pub(crate) mod codes;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use callboard_core::{Refusal, RefusalCode};
use callboard_ledger::{EngineError, LedgerError};
use serde_json::json;

pub(crate) use self::codes::Code;
use crate::limits::{BUSY_RETRY_S, DETAIL_BYTES};

/// What went wrong, for the program that asked (`code`) and for its author (`detail`).
#[derive(Debug)]
pub(crate) struct Problem {
    status: u16,
    code: &'static str,
    detail: String,
}

impl Problem {
    /// A detail that quotes what was asked is cut to [`DETAIL_BYTES`].
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { status: code.status(), code: code.name(), detail: shortened(detail.into()) }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(RefusalCode::NOT_FOUND.into(), format!("there is no such {what}"))
    }

    /// The HTTP status that it is answered with.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).expect("every code's status is one of HTTP's")
    }

    /// Is it this one?
    pub(crate) fn is(&self, code: impl Into<Code>) -> bool {
        self.code == code.into().name()
    }

    /// Its stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    /// What exactly is in the way, for a person.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// As the body of an answer.
    pub(crate) fn to_json(&self) -> String {
        json!({
            "type": format!("/docs/problems/{}", self.code),
            "title": self.status().canonical_reason().unwrap_or("Error"),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        })
        .to_string()
    }
}

fn shortened(mut detail: String) -> String {
    if detail.len() > DETAIL_BYTES {
        let end = (0..=DETAIL_BYTES).rev().find(|at| detail.is_char_boundary(*at));
        detail.truncate(end.unwrap_or_default());
        detail.push('…');
    }
    detail
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        let code = match &error {
            LedgerError::Refused(refusal) => return refusal.into(),
            LedgerError::ChangedMeanwhile => codes::CHANGED_MEANWHILE,
            LedgerError::KeyReused => codes::IDEMPOTENCY_KEY_REUSED,
            LedgerError::Erased => RefusalCode::ERASED.into(),
            LedgerError::Busy => codes::BUSY,
            LedgerError::Closed => codes::STOPPING,
            LedgerError::Broke => codes::BROKE,
            // What a database says about itself is for the log.
            LedgerError::Store(error) => {
                tracing::warn!(%error, "someone is told that the store does not work");
                return match error.as_ref() {
                    EngineError::Full(_) => Self::new(codes::STORE_FULL, "the store is full"),
                    _ => Self::new(codes::STORE_FAILED, "the store does not work just now"),
                };
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        Self {
            status: codes::status(refusal.kind()),
            code: refusal.code(),
            detail: shortened(refusal.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, self.to_json()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(BUSY_RETRY_S));
        }
        if self.code == codes::UNAUTHORIZED.name() {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
