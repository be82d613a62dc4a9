//! How what a source's webhooks only point at is fetched, as it is asked for and as it is shown.

use callboard_core::{Fetch, Sealed, Source};
use callboard_dialects::{BaseUrl, Dialect, Fetching, dialect};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::endpoints::vet;
use super::text::check_credentials;
use crate::hub::Hub;
use crate::problem::{Problem, codes};

/// Where what webhooks only point at is fetched.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewFetch")]
pub(crate) struct FetchForm {
    /// The address of the platform's API: `https://acme.interview-suite.com`, `https://interviews.skype.com`. Nothing is
    /// ever fetched from another host.
    #[schemars(length(max = 1024))]
    base_url: String,
    /// What the API wants to see: viasto `{"username", "password", "company"}`; Skype `{"api_key", "api_secret"}`, those of
    /// the webhooks if none are given.
    credentials: Option<Value>,
}

/// Where what webhooks only point at is fetched. Its credentials are not shown.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Fetch")]
pub(crate) struct FetchView {
    base_url: String,
}

impl FetchView {
    /// What is shown of a source's.
    pub(crate) fn of(source: &Source) -> Option<Self> {
        source.fetch.as_ref().map(|fetch| Self { base_url: fetch.base_url.clone() })
    }
}

impl FetchForm {
    /// What is asked for, checked: the platform's webhooks point at something, the credentials are those it wants, and the
    /// address is one that the hub may call.
    pub(crate) async fn check(self, hub: &Hub, platform: &str, of_source: &Value) -> Result<Fetch, Problem> {
        let fetching = fetching(platform)?;
        check_credentials(self.credentials.as_ref())?;
        fetching
            .credentials(self.credentials.as_ref(), of_source)
            .map_err(|error| Problem::new(codes::BAD_CREDENTIALS, format!("fetch: {error}")))?;
        let base = BaseUrl::parse(&self.base_url)
            .map_err(|error| Problem::new(codes::BAD_URL, error.to_string()))?
            .to_string();
        hub.guard
            .check_url(&base)
            .map_err(|refusal| Problem::new(codes::BAD_URL, format!("`base_url`: {refusal}")))?;
        vet(hub, &base).await?;
        Ok(Fetch { base_url: base, credentials: Sealed(self.credentials.unwrap_or_default()) })
    }
}

fn fetching(platform: &str) -> Result<&'static dyn Fetching, Problem> {
    dialect(platform).and_then(Dialect::fetching).ok_or_else(|| {
        let detail = format!("webhooks of `{platform}` tell everything themselves; leave `fetch` out");
        Problem::new(codes::NOTHING_TO_FETCH, detail)
    })
}
