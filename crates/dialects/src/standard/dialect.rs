//! What the native form needs, tied together.

use callboard_core::Event;
use serde_json::Value;

use super::keys::Keys;
use super::reading;
use crate::dialect::{CredentialsError, Dialect, Reading, Recipient, Role, Sign, Unreadable, Verify};

/// The `standard` dialect: an event's own JSON, under Standard Webhooks headers.
///
/// Its credentials are `{"secret": "whsec_…"}`; `{"secrets": [new, old]}` while one takes over from the other. For
/// Ed25519 they are `{"private_key": "whsk_…"}` where we sign and `{"public_key": "whpk_…"}` where we verify;
/// `{"algorithm": "ed25519"}` asks for a pair to be made. A secret and a key may stand side by side.
pub struct Standard;

impl Dialect for Standard {
    fn name(&self) -> &'static str {
        "standard"
    }

    fn credentials(
        &self,
        given: Option<&Value>,
        role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        Keys::complete(given, role, random)
    }

    fn renewed(
        &self,
        replaced: &Value,
        role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        Keys::renewed(replaced, role, random)
    }

    fn verifier(&self, credentials: &Value) -> Result<Box<dyn Verify>, CredentialsError> {
        Keys::read(credentials)?.verifier()
    }

    fn signer(&self, credentials: &Value) -> Result<Box<dyn Sign>, CredentialsError> {
        Keys::read(credentials)?.signer("application/json")
    }

    fn signer_of_both(
        &self,
        newest: &Value,
        older: &Value,
    ) -> Result<Option<Box<dyn Sign>>, CredentialsError> {
        Ok(Some(Keys::read(newest)?.signer_before(Keys::read(older)?, "application/json")))
    }

    fn parse(&self, body: &[u8]) -> Result<Reading, Unreadable> {
        reading::read(body)
    }

    fn render(&self, event: &Event, _to: &Recipient<'_>) -> Vec<Vec<u8>> {
        vec![serde_json::to_vec(event).expect("events have text keys only, which is all that JSON asks for")]
    }
}
