//! What several pages list: who tells us, and whom we tell.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::api::{Api, Fault, List};

/// What may stand in an address as it is: ids, cursors and words of ours.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');
/// The most that the API gives at once.
const AT_ONCE: usize = 200;

/// An account whose webhooks come in.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Source {
    pub(crate) id: String,
    pub(crate) platform: String,
    pub(crate) name: String,
}

/// Who is told.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) dialect: String,
    /// `enabled` or `disabled`.
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) description: String,
}

impl Source {
    /// What to call it.
    pub(crate) fn name(&self) -> &str {
        if self.name.is_empty() { crate::words::platform_words(&self.platform) } else { &self.name }
    }
}

impl Endpoint {
    /// What to call it: what people have said about it, else its host.
    pub(crate) fn name(&self) -> &str {
        if self.description.is_empty() { host(&self.url) } else { &self.description }
    }
}

/// The host of an address: what comes after it may be a secret.
pub(crate) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}

pub(crate) async fn sources(api: &Api) -> Result<Vec<Source>, Fault> {
    all(api, "/v1/sources").await
}

pub(crate) async fn endpoints(api: &Api) -> Result<Vec<Endpoint>, Fault> {
    all(api, "/v1/endpoints").await
}

/// Everything of a list that is not long: there are limits on what people may configure, and so on who is told of something.
pub(crate) async fn all<T: serde::de::DeserializeOwned>(api: &Api, path: &str) -> Result<Vec<T>, Fault> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page: List<T> = api.get(&format!("{path}?limit={AT_ONCE}{cursor}")).await?;
        all.extend(page.items);
        match page.next {
            Some(next) => cursor = format!("&cursor={}", encoded(&next)),
            None => return Ok(all),
        }
    }
}

/// A text as it may stand in an address.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}
