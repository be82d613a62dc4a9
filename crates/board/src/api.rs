//! The hub's API, asked within this process: the same doors, the same rules, the visitor's key.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tower_service::Service;

/// The most bytes of an answer: a page of the largest requests that are kept.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// By which a request is known again.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The API as a visitor's key sees it.
#[derive(Clone)]
pub(crate) struct Api {
    routes: Router,
    key: String,
}

/// Why the API did not do what it was asked to.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct Fault {
    pub(crate) status: StatusCode,
    /// The stable code, which has a page at `/docs/problems/{code}`; none, if the API did not say.
    pub(crate) code: Option<String>,
    pub(crate) detail: String,
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

/// Something as it was seen, so that a change is refused if somebody else was there first.
pub(crate) struct Seen<T> {
    pub(crate) thing: T,
    /// Its `ETag`.
    pub(crate) version: String,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
}

impl Api {
    pub(crate) fn new(routes: Router, key: String) -> Self {
        Self { routes, key }
    }

    /// Asks for something.
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Fault> {
        self.ask(Method::GET, path, Body::empty()).await
    }

    /// Asks for something to be done.
    pub(crate) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Fault> {
        self.ask(method, path, json(body)).await
    }

    /// Asks for something together with its version.
    pub(crate) async fn see<T: DeserializeOwned>(&self, path: &str) -> Result<Seen<T>, Fault> {
        let response = self.call(self.request(Method::GET, path), Body::empty()).await?;
        let version = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let version = version.unwrap_or_default().to_owned();
        Ok(Seen { thing: answer(response).await?, version })
    }

    /// Asks for something to be done on a condition that a header says; an empty one is none.
    pub(crate) async fn send_if<T: DeserializeOwned>(
        &self,
        (name, value): (HeaderName, &str),
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Fault> {
        let mut request = self.request(method, path).header(header::CONTENT_TYPE, "application/json");
        if !value.is_empty() {
            request = request.header(name, value);
        }
        answer(self.call(request, json(body)).await?).await
    }

    /// The answer itself, for what comes little by little.
    pub(crate) async fn open(&self, path: &str) -> Result<Response<Body>, Fault> {
        let response = self.call(self.request(Method::GET, path), Body::empty()).await?;
        if response.status().is_success() { Ok(response) } else { Err(fault(response).await) }
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str, body: Body) -> Result<T, Fault> {
        let request = self.request(method, path).header(header::CONTENT_TYPE, "application/json");
        answer(self.call(request, body).await?).await
    }

    fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key))
    }

    async fn call(&self, request: axum::http::request::Builder, body: Body) -> Result<Response<Body>, Fault> {
        // A key that does not fit into a header is none, and neither is an address that is none.
        let request = request.body(body).map_err(|error| Fault::local(StatusCode::BAD_REQUEST, &error))?;
        match self.routes.clone().call(request).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }
}

impl Fault {
    fn local(status: StatusCode, error: &dyn ToString) -> Self {
        Self { status, code: None, detail: error.to_string() }
    }

    /// May this key not do that?
    pub(crate) fn is_forbidden(&self) -> bool {
        self.status == StatusCode::FORBIDDEN
    }

    /// Does it speak of what was asked for, so that one can correct it?
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.status.as_u16(), 400 | 409 | 412 | 413 | 422)
    }

    /// Is there no such thing?
    pub(crate) fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }
}

fn json(body: &impl Serialize) -> Body {
    Body::from(serde_json::to_vec(body).expect("what the board sends has text keys only"))
}

async fn answer<T: DeserializeOwned>(response: Response<Body>) -> Result<T, Fault> {
    if !response.status().is_success() {
        return Err(fault(response).await);
    }
    let bytes = read(response).await?;
    // Where nothing is answered, nothing is asked for.
    let bytes = if bytes.is_empty() { b"null".as_slice() } else { &bytes };
    serde_json::from_slice(bytes).map_err(|error| Fault::local(StatusCode::INTERNAL_SERVER_ERROR, &error))
}

async fn fault(response: Response<Body>) -> Fault {
    let status = response.status();
    let said = read(response).await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let (code, detail) = match said {
        Some(Problem { code, detail }) => (Some(code), detail),
        None => (None, "the hub gave no reason".to_owned()),
    };
    Fault { status, code, detail }
}

async fn read(response: Response<Body>) -> Result<bytes::Bytes, Fault> {
    let body = Limited::new(response.into_body(), ANSWER_BYTES).collect().await;
    body.map(http_body_util::Collected::to_bytes)
        .map_err(|error| Fault::local(StatusCode::INTERNAL_SERVER_ERROR, &error))
}
