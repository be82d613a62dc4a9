//! What LaunchPad needs, tied together.

use callboard_core::Event;
use serde_json::{Value, json};

use super::basic::{BasicSigner, BasicVerifier, Login};
use super::{reading, writing};
use crate::credentials::Given;
use crate::dialect::{CredentialsError, Dialect, Reading, Recipient, Role, Sign, Unreadable, Verify};
use crate::url_token::UrlToken;

/// The `launchpad` dialect. A source's credentials are `{"username", "password"}`, or else `{"token"}`, which stands in
/// the URL; an endpoint's are `{"username", "password"}` or none.
///
/// Where the platform's documentation is silent, this is what goes out:
///
/// - Every member that a table marks as always present is there, as the empty text where it is not known: receivers
///   in typed languages take it for granted. Coming in, an empty text tells nothing.
/// - The links, in both spellings, and `live_meeting_id` are there when they are known.
/// - `custom_invite_id` is the partner's own; for an application that was not invited with one, our id of it.
/// - A meeting callback's `overall_status` is `Completed` for an application that is decided, else `In Progress`.
pub struct LaunchPad;

impl Dialect for LaunchPad {
    fn name(&self) -> &'static str {
        "launchpad"
    }

    fn credentials(
        &self,
        given: Option<&Value>,
        role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        let given = read(given, role)?;
        match (Login::given(&given)?, role) {
            (Some(_), Role::Source) if UrlToken::given(&given)?.is_some() => {
                Err(CredentialsError("give `username` and `password`, or `token`, not both".to_owned()))
            }
            (Some(Login { username, password }), _) => {
                Ok(json!({ "username": username, "password": password }))
            }
            (None, Role::Endpoint) => Ok(json!({})),
            (None, Role::Source) => {
                let token = UrlToken::given(&given)?.map_or_else(|| UrlToken::random(random), str::to_owned);
                Ok(json!({ "token": token }))
            }
        }
    }

    /// Another password for the same user name, or another token.
    fn renewed(
        &self,
        replaced: &Value,
        role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        match Login::given(&read(Some(replaced), role)?)? {
            Some(Login { username, .. }) => {
                Ok(json!({ "username": username, "password": UrlToken::random(random) }))
            }
            None => self.credentials(None, role, random),
        }
    }

    fn verifier(&self, credentials: &Value) -> Result<Box<dyn Verify>, CredentialsError> {
        let given = read(Some(credentials), Role::Source)?;
        match (Login::given(&given)?, UrlToken::given(&given)?) {
            (Some(login), _) => Ok(Box::new(BasicVerifier::new(&login))),
            (None, Some(token)) => Ok(Box::new(UrlToken::new(token))),
            (None, None) => {
                Err(CredentialsError("`username` and `password`, or `token`, are missing".to_owned()))
            }
        }
    }

    fn signer(&self, credentials: &Value) -> Result<Box<dyn Sign>, CredentialsError> {
        let given = read(Some(credentials), Role::Endpoint)?;
        Ok(Box::new(BasicSigner::new(Login::given(&given)?.as_ref())))
    }

    fn parse(&self, body: &[u8]) -> Result<Reading, Unreadable> {
        reading::read(body)
    }

    fn render(&self, event: &Event, _to: &Recipient<'_>) -> Vec<Vec<u8>> {
        writing::write(event).into_iter().collect()
    }
}

fn read(given: Option<&Value>, role: Role) -> Result<Given<'_>, CredentialsError> {
    match role {
        Role::Source => Given::read(given, &["username", "password", "token"]),
        Role::Endpoint => Given::read(given, &["username", "password"]),
    }
}
