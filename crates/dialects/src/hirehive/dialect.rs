//! What HireHive needs, tied together.

use callboard_core::{Event, Timestamp};
use serde_json::Value;

use super::{reading, writing};
use crate::dialect::{
    Authentic, CredentialsError, Dialect, Message, Reading, Recipient, Rejection, Request, Role, Sign,
    Unreadable, Verify,
};
use crate::standard_webhooks::{Secrets, headers};

/// The `hirehive` dialect. Its credentials are `{"secret": "whsec_…"}`, or `{"secrets": ["whsec_…", …]}` during a
/// rotation.
///
/// Where the platform's documentation is silent (platforms.md 1.4), this is what goes out, and more is taken in:
///
/// - Every documented member is there: `null` where the fact is not known, an empty list where a list is not known.
///   `null` coming in tells nothing; an answer that is there and empty tells that there is none, once feedback is complete.
/// - `candidate.tag.*` is `{"candidate": {…}, "tag": {"id", "name"}}`; `{"id", "name", "candidate_id"}` is read too.
/// - `candidate.note.*` is the note of the REST API with `candidate_id` and `application_id` after it.
/// - A score without a scorecard goes out as one of a single line; a comment without a form, as one text answer.
/// - A reviewer whose name is not known is named by e-mail address.
pub struct HireHive;

impl Dialect for HireHive {
    fn name(&self) -> &'static str {
        "hirehive"
    }

    fn credentials(
        &self,
        given: Option<&Value>,
        _role: Role,
        random: &mut dyn FnMut(&mut [u8]),
    ) -> Result<Value, CredentialsError> {
        Secrets::complete(given, random)
    }

    fn verifier(&self, credentials: &Value) -> Result<Box<dyn Verify>, CredentialsError> {
        Ok(Box::new(Signed(Secrets::from_credentials(credentials)?)))
    }

    fn signer(&self, credentials: &Value) -> Result<Box<dyn Sign>, CredentialsError> {
        Ok(Box::new(Signed(Secrets::from_credentials(credentials)?)))
    }

    fn signer_of_both(
        &self,
        newest: &Value,
        older: &Value,
    ) -> Result<Option<Box<dyn Sign>>, CredentialsError> {
        let both = Secrets::from_credentials(newest)?.before(Secrets::from_credentials(older)?);
        Ok(Some(Box::new(Signed(both))))
    }

    fn parse(&self, body: &[u8]) -> Result<Reading, Unreadable> {
        reading::read(body)
    }

    fn render(&self, event: &Event, _to: &Recipient<'_>) -> Vec<Vec<u8>> {
        writing::write(event).into_iter().collect()
    }
}

/// By Standard Webhooks (platforms.md 1.2).
struct Signed(Secrets);

impl Verify for Signed {
    fn verify(&self, request: &Request<'_>, now: Timestamp) -> Result<Authentic, Rejection> {
        self.0.verify(request.headers, request.body, now)
    }
}

impl Sign for Signed {
    fn sign(&self, message: &Message<'_>) -> Vec<(&'static str, String)> {
        headers(message, "application/json", |timestamp, signatures| {
            self.0.sign(message, timestamp, signatures);
        })
    }
}
