//! What a source's thin webhooks point at: where it is fetched, and with which credentials.

use anyhow::Context;
use clap::Args;
use serde_json::{Map, Value};

use super::form::Body;

/// Where to fetch what a thin webhook only points at.
#[derive(Args)]
#[command(next_help_heading = "Fetching (viasto, skype)")]
pub(crate) struct FetchArgs {
    /// The platform's API, where what a webhook points at is fetched; no other host is asked
    #[arg(long = "fetch-url", id = "fetch_url", value_name = "URL")]
    url: Option<String>,
    /// viasto: the user name to log in with
    #[arg(long = "fetch-username", id = "fetch_username", value_name = "NAME", requires = "fetch_url")]
    username: Option<String>,
    /// viasto: the password
    #[arg(long = "fetch-password", id = "fetch_password", value_name = "PASSWORD", requires = "fetch_url")]
    password: Option<String>,
    /// viasto: the company's identifier, as in the host's name
    #[arg(long = "fetch-company", id = "fetch_company", value_name = "NAME", requires = "fetch_url")]
    company: Option<String>,
    /// skype: the API key [default: the source's own]
    #[arg(long = "fetch-api-key", id = "fetch_api_key", value_name = "KEY", requires = "fetch_url")]
    api_key: Option<String>,
    /// skype: the API secret [default: the source's own]
    #[arg(long = "fetch-api-secret", id = "fetch_api_secret", value_name = "SECRET", requires = "fetch_url")]
    api_secret: Option<String>,
    /// Credentials as JSON, for anything else
    #[arg(long = "fetch-credentials", id = "fetch_credentials", value_name = "JSON", requires = "fetch_url")]
    credentials: Option<String>,
}

impl FetchArgs {
    /// The `fetch` member of a source; `None` if nothing is to be fetched.
    pub(crate) fn json(&self) -> anyhow::Result<Option<Value>> {
        let Some(url) = &self.url else { return Ok(None) };
        let credentials: Map<String, Value> = match &self.credentials {
            Some(text) => serde_json::from_str(text).context("--fetch-credentials is no JSON object")?,
            None => Map::new(),
        };
        let credentials = Body::from(credentials)
            .with_some("username", self.username.as_deref())
            .with_some("password", self.password.as_deref())
            .with_some("company", self.company.as_deref())
            .with_some("api_key", self.api_key.as_deref())
            .with_some("api_secret", self.api_secret.as_deref());
        let fetch =
            Body::default().with("base_url", url.as_str()).with_some("credentials", credentials.some());
        Ok(fetch.some())
    }
}
