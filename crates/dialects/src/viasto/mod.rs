//! Viasto.

use callboard_core::Event;
use serde_json::Value;

use crate::dialect::{CredentialsError, Dialect, Reading, Recipient, Role, Sign, Unreadable, Verify};

/// The `viasto` dialect.
pub struct Viasto;

impl Dialect for Viasto {
    fn name(&self) -> &'static str {
        "viasto"
    }

    fn credentials(
        &self,
        _given: Option<&Value>,
        _role: Role,
        _random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        Err(CredentialsError("not written yet".to_owned()))
    }

    fn verifier(&self, _credentials: &Value) -> Result<Box<dyn Verify>, CredentialsError> {
        Err(CredentialsError("not written yet".to_owned()))
    }

    fn signer(&self, _credentials: &Value) -> Result<Box<dyn Sign>, CredentialsError> {
        Err(CredentialsError("not written yet".to_owned()))
    }

    fn parse(&self, _body: &[u8]) -> Result<Reading, Unreadable> {
        Err(Unreadable("not written yet".to_owned()))
    }

    fn render(&self, _event: &Event, _to: &Recipient<'_>) -> Vec<Vec<u8>> {
        Vec::new()
    }
}
