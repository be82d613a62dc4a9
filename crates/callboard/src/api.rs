//! The hub's API as this program calls it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::Method;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::cli::{ApiArgs, PageArgs};
use crate::show::{self, Column};

/// Where `serve` leaves the admin key when nothing else is said.
const KEY_FILE: &str = "callboard-data/admin.key";
/// How long the hub may take over an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A hub, and the right to ask it.
pub(crate) struct Api {
    agent: Agent,
    url: String,
    key: String,
    pub(crate) json: bool,
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

    pub(crate) fn get(&self, path: &str, query: &[(&str, Option<&str>)]) -> anyhow::Result<Value> {
        self.call(Method::GET, path, query, None)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::POST, path, &[], Some(body))
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::PATCH, path, &[], Some(body))
    }

    pub(crate) fn delete(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::DELETE, path, &[], None)
    }

    /// One page of a list.
    pub(crate) fn list(
        &self,
        path: &str,
        page: &PageArgs,
        filters: &[(&str, Option<&str>)],
    ) -> anyhow::Result<Value> {
        let limit = page.limit.to_string();
        let mut query = vec![("limit", Some(limit.as_str())), ("cursor", page.cursor.as_deref())];
        query.extend(filters);
        self.get(path, &query)
    }

    fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, Option<&str>)],
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(self.address(path, query))
            .header("authorization", format!("Bearer {}", self.key));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = request.body(body).context("the URL or the key cannot be sent")?;
        let mut response =
            self.agent.run(request).with_context(|| format!("the hub at {} does not answer", self.url))?;
        let text = response.body_mut().read_to_string().context("the hub's answer broke off")?;
        if response.status().is_success() {
            return if text.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&text)?) };
        }
        let problem: Value = serde_json::from_str(&text).unwrap_or_default();
        match (problem["code"].as_str(), problem["detail"].as_str()) {
            (Some(code), Some(detail)) => bail!("{detail} ({code})"),
            _ => bail!("the hub answered {}", response.status()),
        }
    }

    fn address(&self, path: &str, query: &[(&str, Option<&str>)]) -> String {
        let mut address = format!("{}/v1/{path}", self.url);
        let given = query.iter().filter_map(|(name, value)| value.map(|value| (name, value)));
        for (index, (name, value)) in given.enumerate() {
            address.push(if index == 0 { '?' } else { '&' });
            address.push_str(name);
            address.push('=');
            address.push_str(&percent_encoded(value));
        }
        address
    }
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

fn percent_encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let encode = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    value.bytes().map(encode).collect()
}

/// How answers are shown: as the person or program who asked wants them.
impl Api {
    pub(crate) fn show_one(&self, thing: &Value) {
        if self.json { show::json(thing) } else { show::one(thing) }
    }

    pub(crate) fn show_list(&self, list: &Value, columns: &[Column], nothing: &str) {
        if self.json { show::json(list) } else { show::list(list, columns, nothing) }
    }
}
