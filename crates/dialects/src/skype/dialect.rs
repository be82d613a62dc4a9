//! What Skype Interviews needs, tied together.

use callboard_core::Event;
use serde_json::Value;

use super::api::Api;
use super::reading;
use super::signing::Signer;
use super::verifying::Verifier;
use super::wire::State;
use crate::credentials::Given;
use crate::dialect::{CredentialsError, Dialect, Reading, Recipient, Role, Sign, Unreadable, Verify};
use crate::fetching::Fetching;

/// The `skype` dialect. Its credentials are `{"api_key": "<GUID>", "api_secret": "<text>"}`.
pub struct Skype;

const MEMBERS: [&str; 2] = ["api_key", "api_secret"];

/// The key and the secret of one company.
pub(super) struct Account<'a> {
    pub api_key: &'a str,
    pub api_secret: &'a str,
}

impl<'a> Account<'a> {
    pub fn read(credentials: &'a Value) -> Result<Self, CredentialsError> {
        let given = Given::read(Some(credentials), &MEMBERS)?;
        Ok(Self { api_key: given.needed_text("api_key")?, api_secret: given.needed_text("api_secret")? })
    }
}

impl Dialect for Skype {
    fn name(&self) -> &'static str {
        "skype"
    }

    /// A source's key and secret are Microsoft's to give, so both are needed there; an endpoint's are made.
    fn credentials(
        &self,
        given: Option<&Value>,
        role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        let mut members = Given::read(given, &MEMBERS)?.to_members();
        if role == Role::Endpoint {
            members.entry("api_key").or_insert_with(|| guid(fill(random)).into());
            members.entry("api_secret").or_insert_with(|| hex(&fill::<32>(random)).into());
        }
        let credentials = Value::Object(members);
        Account::read(&credentials)?;
        Ok(credentials)
    }

    fn verifier(&self, credentials: &Value) -> Result<Box<dyn Verify>, CredentialsError> {
        Ok(Box::new(Verifier::new(&Account::read(credentials)?)))
    }

    fn signer(&self, credentials: &Value) -> Result<Box<dyn Sign>, CredentialsError> {
        Ok(Box::new(Signer::new(&Account::read(credentials)?)))
    }

    fn parse(&self, body: &[u8]) -> Result<Reading, Unreadable> {
        reading::read(body)
    }

    fn render(&self, event: &Event, _to: &Recipient<'_>) -> Vec<Vec<u8>> {
        State::telling(event).map(|state| state.to_body()).into_iter().collect()
    }

    fn fetching(&self) -> Option<&'static dyn Fetching> {
        Some(&Api)
    }
}

fn fill<const N: usize>(random: &mut dyn FnMut(&mut [u8])) -> [u8; N] {
    let mut bytes = [0; N];
    random(&mut bytes);
    bytes
}

/// Sixteen bytes in the form of a GUID, marked as one of the writer's own making (RFC 9562, version 8).
pub(super) fn guid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = hex(&bytes);
    for hyphen in [20, 16, 12, 8] {
        text.insert(hyphen, '-');
    }
    text
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
