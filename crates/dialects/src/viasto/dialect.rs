//! What viasto needs, tied together.

use callboard_core::Event;
use serde_json::{Value, json};

use super::api::Api;
use super::{reading, writing};
use crate::credentials::Given;
use crate::dialect::{
    CredentialsError, Dialect, Message, Reading, Recipient, Role, Sign, Unreadable, Verify,
};
use crate::fetching::Fetching;
use crate::url_token::UrlToken;

/// The `viasto` dialect. A source's credentials are `{"token"}`, which stands in the URL; an endpoint has none.
///
/// Where the platform's documentation is silent, this is what goes out:
///
/// - Questions, answer videos, ratings and notes lie under their project: `…/projects/{p}/ratings/{r}/`.
/// - An application whose job is not known stands in for its project, and an interview that belongs to no application,
///   for both project and candidate.
/// - A member whose resource is not known is `null`. A note on a candidate who never applied has no place, and is not
///   told.
pub struct Viasto;

impl Dialect for Viasto {
    fn name(&self) -> &'static str {
        "viasto"
    }

    fn credentials(
        &self,
        given: Option<&Value>,
        role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        match role {
            Role::Source => {
                let token = UrlToken::given(&Given::read(given, &["token"])?)?
                    .map_or_else(|| UrlToken::random(random), str::to_owned);
                Ok(json!({ "token": token }))
            }
            Role::Endpoint => unsigned(given).map(|()| json!({})),
        }
    }

    fn verifier(&self, credentials: &Value) -> Result<Box<dyn Verify>, CredentialsError> {
        let token = UrlToken::given(&Given::read(Some(credentials), &["token"])?)?
            .ok_or_else(|| CredentialsError("`token` is missing".to_owned()))?;
        Ok(Box::new(UrlToken::new(token)))
    }

    fn signer(&self, credentials: &Value) -> Result<Box<dyn Sign>, CredentialsError> {
        unsigned(Some(credentials))?;
        Ok(Box::new(Unsigned))
    }

    fn parse(&self, body: &[u8]) -> Result<Reading, Unreadable> {
        reading::read(body)
    }

    fn render(&self, event: &Event, to: &Recipient<'_>) -> Vec<Vec<u8>> {
        writing::write(event, to)
    }

    fn fetching(&self) -> Option<&'static dyn Fetching> {
        Some(&Api)
    }
}

fn unsigned(given: Option<&Value>) -> Result<(), CredentialsError> {
    match given {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Object(members)) if members.is_empty() => Ok(()),
        Some(_) => {
            Err(CredentialsError("viasto's webhooks are not signed: they take no credentials".to_owned()))
        }
    }
}

/// The two headers of seed 003, and no signature.
struct Unsigned;

impl Sign for Unsigned {
    fn sign(&self, _message: &Message<'_>) -> Vec<(&'static str, String)> {
        vec![
            ("content-type", "application/json".to_owned()),
            ("user-agent", "interview suite webhook".to_owned()),
        ]
    }
}
