//! A request as an attempt sends it, and as the API shows it: what is secret in it is masked.

use serde::Deserialize;

/// A request to an endpoint.
#[derive(Debug, Deserialize)]
pub(crate) struct Shown {
    pub(crate) url: String,
    pub(crate) method: String,
    pub(crate) headers: Vec<Header>,
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) further_bodies: Vec<String>,
    pub(crate) dialect: String,
    /// Why there is no body, if there is none.
    pub(crate) reason: Option<String>,
    /// Were there host links in it, which are not shown?
    #[serde(default)]
    pub(crate) host_links_hidden: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Header {
    pub(crate) name: String,
    pub(crate) value: String,
}
