//! viasto's own API, from the side of whoever asks it (platforms.md 3.2): where a resource is, and how to log in.

use callboard_core::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reading::names_in;
use super::{fetched, resource};
use crate::credentials::Given;
use crate::dialect::{CredentialsError, Unreadable};
use crate::fetching::{Fetched, Fetching, Pass};

/// Where a user name and a password are exchanged for a token.
const LOGIN: &str = "/api-token-auth/";
/// Longer tokens are refused; a real one has 40 hexadecimal digits.
const MAX_TOKEN_BYTES: usize = 256;

/// The API v3. Its credentials are `{"username", "password", "company"}`; the company is the identifier in the host's
/// name.
pub(super) struct Api;

const MEMBERS: [&str; 3] = ["username", "password", "company"];

impl Fetching for Api {
    fn credentials(&self, given: Option<&Value>, _of_webhooks: &Value) -> Result<Value, CredentialsError> {
        let given = Given::read(given, &MEMBERS)?;
        for member in MEMBERS {
            given.needed_text(member)?;
        }
        Ok(Value::Object(given.to_members()))
    }

    fn points_at(&self, webhook: &[u8]) -> Vec<String> {
        let mut resources = names_in(webhook).unwrap_or_default();
        if resources.last().is_none_or(|subject| self.path(subject).is_none()) {
            return Vec::new();
        }
        resources.retain(|resource| self.path(resource).is_some());
        resources
    }

    fn path(&self, resource: &str) -> Option<String> {
        fetched::Resource::of(resource)?;
        resource::url_path(resource)
    }

    fn pass(&self, credentials: &Value, _: Timestamp, _: [u8; 16]) -> Result<Pass, CredentialsError> {
        let given = Given::read(Some(credentials), &MEMBERS)?;
        let body = json!({
            "username": given.needed_text("username")?,
            "password": given.needed_text("password")?,
            "company": given.needed_text("company")?,
        });
        Ok(Pass::Login { path: LOGIN, body: body.to_string().into_bytes() })
    }

    fn ticket(&self, answer: &[u8]) -> Result<String, Unreadable> {
        #[derive(Deserialize)]
        struct Answer {
            token: String,
        }
        let Answer { token } = serde_json::from_slice(answer)
            .map_err(|_| Unreadable("the answer to the login holds no token".to_owned()))?;
        let is_plain = token.len() <= MAX_TOKEN_BYTES && token.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_plain || token.is_empty() {
            return Err(Unreadable("the token that the login was answered with is none".to_owned()));
        }
        Ok(format!("Token {token}"))
    }

    fn read(&self, resource: &str, answer: &[u8]) -> Result<Fetched, Unreadable> {
        fetched::read(resource, answer)
    }
}
