//! The API of Skype Interviews, from the side of whoever asks it (platforms.md 2.2, 2.5): where an interview is, and the
//! token to show.

use std::fmt::Write;
use std::time::Duration;

use callboard_core::Timestamp;
use serde_json::Value;

use super::dialect::Account;
use super::signing::token_for_get;
use super::wire::StateIn;
use super::{fetched, reading};
use crate::dialect::{CredentialsError, Unreadable};
use crate::fetching::{Fetched, Fetching, Pass};

/// Where interviews are, by their codes.
const INTERVIEWS: &str = "/api/interviews/";
/// How long what an interview shows may lag behind its webhooks (platforms.md 2.1).
const LAG: Duration = Duration::from_secs(30);
/// The longest code that is asked for, in bytes.
const MAX_CODE_BYTES: usize = 256;

/// The interviews of one company. Its credentials are those of the webhooks, unless others are given.
pub(super) struct Api;

impl Fetching for Api {
    fn credentials(&self, given: Option<&Value>, of_webhooks: &Value) -> Result<Value, CredentialsError> {
        let credentials = given.filter(|it| !it.is_null()).unwrap_or(of_webhooks);
        Account::read(credentials)?;
        Ok(credentials.clone())
    }

    fn points_at(&self, webhook: &[u8]) -> Vec<String> {
        let code = state(webhook).and_then(|state| state.interview_code).map(|code| code.0.into_owned());
        code.filter(|code| self.path(code).is_some()).into_iter().collect()
    }

    fn path(&self, resource: &str) -> Option<String> {
        let is_name = !matches!(resource, "" | "." | "..") && resource.len() <= MAX_CODE_BYTES;
        is_name.then(|| format!("{INTERVIEWS}{}", escaped(resource)))
    }

    fn pass(&self, credentials: &Value, now: Timestamp, random: [u8; 16]) -> Result<Pass, CredentialsError> {
        let token = token_for_get(&Account::read(credentials)?, now, random);
        Ok(Pass::Once(format!("Bearer {token}")))
    }

    fn ticket(&self, _: &[u8]) -> Result<String, Unreadable> {
        Err(Unreadable("Skype Interviews has no login".to_owned()))
    }

    fn read(&self, resource: &str, answer: &[u8]) -> Result<Fetched, Unreadable> {
        fetched::read(resource, answer)
    }

    fn lag(&self) -> Option<Duration> {
        Some(LAG)
    }

    fn is_behind(&self, webhook: &[u8], answer: &[u8]) -> bool {
        let told = state(webhook).and_then(|state| state.current_stage).and_then(|stage| stage.value);
        let shown = fetched::stage(answer);
        told.zip(shown).is_some_and(|(told, shown)| *told != shown)
    }
}

fn state(webhook: &[u8]) -> Option<StateIn<'_>> {
    reading::read(webhook).ok()?;
    StateIn::read(webhook).ok()
}

/// A partner may choose any code; as part of a path it is written so that it can mean nothing else.
fn escaped(code: &str) -> String {
    let mut path = String::with_capacity(code.len());
    for byte in code.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            path.push(char::from(byte));
        } else {
            write!(path, "%{byte:02X}").expect("a text takes whatever is written to it");
        }
    }
    path
}
