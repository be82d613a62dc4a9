//! What CloudEvents need, tied together.

use callboard_core::Event;
use serde_json::Value;

use super::envelope;
use crate::dialect::{CredentialsError, Dialect, Reading, Recipient, Role, Sign, Unreadable, Verify};
use crate::standard::Keys;

const CONTENT_TYPE: &str = "application/cloudevents+json; charset=UTF-8";

/// The `cloudevents` dialect: structured JSON mode, with the native form's `data`.
///
/// The specification leaves signatures open, so the whole body is under Standard Webhooks headers, with the credentials of
/// the `standard` dialect: a receiver that does not care ignores three headers.
pub struct CloudEvents;

impl Dialect for CloudEvents {
    fn name(&self) -> &'static str {
        "cloudevents"
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
        Keys::read(credentials)?.signer(CONTENT_TYPE)
    }

    fn signer_of_both(
        &self,
        newest: &Value,
        older: &Value,
    ) -> Result<Option<Box<dyn Sign>>, CredentialsError> {
        Ok(Some(Keys::read(newest)?.signer_before(Keys::read(older)?, CONTENT_TYPE)))
    }

    fn parse(&self, body: &[u8]) -> Result<Reading, Unreadable> {
        envelope::read(body)
    }

    fn render(&self, event: &Event, to: &Recipient<'_>) -> Vec<Vec<u8>> {
        vec![envelope::write(event, to.public_url)]
    }
}
