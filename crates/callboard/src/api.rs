//! The hub's API as this program calls it.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use callboard_server::new_secret_bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{Method, Request};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::cli::{ApiArgs, Body, PageArgs};
use crate::show;
use crate::table::{self, Column};

/// Where `serve` leaves the admin key when nothing else is said.
const KEY_FILE: &str = "callboard-data/admin.key";
/// How long the hub may take over an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many items are asked for at a time when all are wanted: as many as the hub gives.
const WHOLE_PAGE: u16 = 200;
/// How large an answer may be.
const ANSWER_BYTES: u64 = 256 * 1024 * 1024;
/// Random bytes in an `Idempotency-Key`.
const REQUEST_KEY_BYTES: usize = 16;

/// What stands for itself in a URL is letters, digits and these four.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A hub, and the right to ask it.
pub(crate) struct Api {
    agent: Agent,
    url: String,
    key: String,
    pub(crate) json: bool,
}

/// What is asked of the hub.
struct Asked {
    method: Method,
    address: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Api {
    pub(crate) fn new(args: &ApiArgs) -> anyhow::Result<Self> {
        let key = match &args.key {
            Some(key) => key.clone(),
            None => std::fs::read_to_string(Path::new(KEY_FILE))
                .with_context(|| format!("no key: give --key or CALLBOARD_KEY, or have one in {KEY_FILE}"))?,
        };
        Ok(Self { json: args.json, ..Self::at(&args.url, &key) })
    }

    /// The hub at this URL, asked with this key.
    pub(crate) fn at(url: &str, key: &str) -> Self {
        let mut config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE));
        if url.starts_with("https:") {
            config = config.tls_config(TlsConfig::builder().root_certs(trusted()).build());
        }
        let url = url.trim_end_matches('/').to_owned();
        Self { agent: config.build().into(), url, key: key.trim().to_owned(), json: false }
    }

    /// Does the hub take requests? It needs no key to be asked that.
    pub(crate) fn readiness(&self) -> anyhow::Result<Value> {
        let address = format!("{}/readyz", self.url);
        self.answer(&Asked { method: Method::GET, address, headers: Vec::new(), body: Vec::new() })
    }

    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::GET, path, None, None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::POST, path, Some(body), None)
    }

    /// Asks for something to be done to a thing, if it still has the version that was seen.
    pub(crate) fn act(&self, path: &str, body: &Value, seen: Option<u64>) -> anyhow::Result<Value> {
        self.call(Method::POST, path, Some(body), seen)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value, seen: Option<u64>) -> anyhow::Result<Value> {
        self.call(Method::PATCH, path, Some(body), seen)
    }

    pub(crate) fn put(&self, path: &str, body: Option<&Value>, seen: Option<u64>) -> anyhow::Result<Value> {
        self.call(Method::PUT, path, body, seen)
    }

    pub(crate) fn delete(&self, path: &str, seen: Option<u64>) -> anyhow::Result<Value> {
        self.call(Method::DELETE, path, None, seen)
    }

    /// Puts bytes in place of what there was.
    pub(crate) fn put_bytes(
        &self,
        path: &str,
        bytes: Vec<u8>,
        kind: &str,
        seen: Option<u64>,
    ) -> anyhow::Result<Value> {
        let mut asked = self.asked(Method::PUT, path, seen);
        asked.headers.push(("content-type", kind.to_owned()));
        asked.body = bytes;
        self.answer(&asked)
    }

    /// Gets bytes.
    pub(crate) fn get_bytes(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        self.answered(&self.asked(Method::GET, path, None))
    }

    /// One page of a list, or all of them as one.
    pub(crate) fn list(&self, path: &str, page: &PageArgs, filters: &[Body]) -> anyhow::Result<Value> {
        if !page.all {
            return self.page(path, page.limit, page.cursor.as_deref(), filters);
        }
        let mut items = Vec::new();
        for list in self.pages_from(path, page.cursor.clone(), filters) {
            if let Value::Array(more) = list?["items"].take() {
                items.extend(more);
            }
        }
        Ok(json!({"items": items, "next": null}))
    }

    /// Every page of a list, one after another. After one that fails there is none.
    pub(crate) fn pages(&self, path: &str, filters: &[Body]) -> impl Iterator<Item = anyhow::Result<Value>> {
        self.pages_from(path, None, filters)
    }

    fn pages_from(
        &self,
        path: &str,
        mut cursor: Option<String>,
        filters: &[Body],
    ) -> impl Iterator<Item = anyhow::Result<Value>> {
        let mut is_last = false;
        std::iter::from_fn(move || {
            if is_last {
                return None;
            }
            let list = self.page(path, WHOLE_PAGE, cursor.as_deref(), filters);
            let next = list.as_ref().ok().and_then(|list| list["next"].as_str()).map(str::to_owned);
            is_last = next.is_none() || next == cursor;
            cursor = next;
            Some(list)
        })
    }

    fn page(&self, path: &str, limit: u16, cursor: Option<&str>, filters: &[Body]) -> anyhow::Result<Value> {
        let paging = Body::default().with("limit", limit).with_some("cursor", cursor);
        let query: Vec<String> = std::iter::once(&paging)
            .chain(filters)
            .flat_map(Body::query)
            .map(|(name, value)| format!("{name}={}", percent_encoded(&value)))
            .collect();
        self.get(&format!("{path}?{}", query.join("&")))
    }

    fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        seen: Option<u64>,
    ) -> anyhow::Result<Value> {
        let mut asked = self.asked(method, path, seen);
        if let Some(body) = body {
            asked.headers.push(("content-type", "application/json".to_owned()));
            asked.body = body.to_string().into_bytes();
        }
        self.answer(&asked)
    }

    fn asked(&self, method: Method, path: &str, seen: Option<u64>) -> Asked {
        let mut headers = vec![("authorization", format!("Bearer {}", self.key))];
        if method == Method::POST {
            headers.push(("idempotency-key", request_key()));
        }
        if let Some(version) = seen {
            headers.push(("if-match", format!("\"{version}\"")));
        }
        Asked { method, address: format!("{}/v1/{path}", self.url), headers, body: Vec::new() }
    }

    /// Asks, and once more where the connection broke and nobody knows whether it was carried out: a POST has a key by
    /// which the hub knows that it is the same one, and looking twice does no harm.
    fn answer(&self, asked: &Asked) -> anyhow::Result<Value> {
        let can_be_repeated = matches!(asked.method, Method::GET | Method::POST);
        let bytes = match self.answered(asked) {
            Err(error) if can_be_repeated && broke(&error) => self.answered(asked)?,
            answered => answered?,
        };
        if bytes.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(&bytes)?) }
    }

    /// The answer's body, if it is a good one; else what the hub said.
    fn answered(&self, asked: &Asked) -> anyhow::Result<Vec<u8>> {
        let mut request = Request::builder().method(asked.method.clone()).uri(&asked.address);
        for (name, value) in &asked.headers {
            request = request.header(*name, value);
        }
        let request = request.body(asked.body.as_slice()).context("the URL or the key cannot be sent")?;
        let mut response =
            self.agent.run(request).with_context(|| format!("the hub at {} does not answer", self.url))?;
        let body = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec();
        let body = body.context("the hub's answer broke off")?;
        if response.status().is_success() {
            return Ok(body);
        }
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        match (problem["code"].as_str(), problem["detail"].as_str()) {
            (Some(code), Some(detail)) => bail!("{detail} ({code})"),
            _ => bail!("the hub answered {}", response.status()),
        }
    }
}

/// Did the connection break after it had been made?
fn broke(error: &anyhow::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    match error.downcast_ref::<ureq::Error>() {
        Some(ureq::Error::Io(error)) => {
            matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
        }
        _ => false,
    }
}

/// A key by which the hub knows a request when it comes again.
fn request_key() -> String {
    let mut bytes = [0; REQUEST_KEY_BYTES];
    new_secret_bytes(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

/// The machine's certificates, `SSL_CERT_FILE` and `SSL_CERT_DIR` heeded; Mozilla's when the machine has none. The same
/// as for deliveries.
fn trusted() -> RootCerts {
    let native = rustls_native_certs::load_native_certs().certs;
    if native.is_empty() {
        return RootCerts::WebPki;
    }
    let certificates: Vec<_> = native.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    RootCerts::new_with_certs(&certificates)
}

/// A text as a part of a path or of a query.
pub(crate) fn percent_encoded(text: &str) -> impl Display {
    utf8_percent_encode(text, RESERVED)
}

/// How answers are shown: as the person or program who asked wants them.
impl Api {
    pub(crate) fn show_one(&self, thing: &Value) {
        if self.json { show::json(thing) } else { show::one(thing) }
    }

    pub(crate) fn show_list(&self, list: &Value, columns: &[Column], nothing: &str) {
        if self.json { show::json(list) } else { table::print(list, columns, nothing) }
    }
}
