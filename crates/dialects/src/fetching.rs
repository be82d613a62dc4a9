//! What a thin webhook only points at, fetched from the platform's own API: where that is, what one has to show there, and
//! what its answers say. Whoever uses this does the calls; nothing here does IO.

use std::fmt;
use std::time::Duration;

use callboard_core::{Observation, Timestamp};
use serde_json::Value;

use crate::dialect::{CredentialsError, Unreadable};

/// The member of a receipt's headers that names the resource whose answer the body is, where it is one. It is no name
/// that a header can have.
pub const FETCHED_RESOURCE: &str = "fetched resource";

/// A platform whose webhooks point at things rather than telling them.
pub trait Fetching: Send + Sync {
    /// Completes and checks credentials for the platform's API. What is not given may be that of the webhooks.
    fn credentials(&self, given: Option<&Value>, of_webhooks: &Value) -> Result<Value, CredentialsError>;

    /// The resources that a webhook names, each by the one name that it has however its URL is written: what the webhook
    /// is about comes last, what that refers to before. None for a body that names none, or that cannot be read.
    fn points_at(&self, webhook: &[u8]) -> Vec<String>;

    /// Where a resource is below the API's own address, with a slash at its start. It holds nothing by which a URL could
    /// come to mean another host or another path. `None` for what is no resource.
    fn path(&self, resource: &str) -> Option<String>;

    /// How a call at this time is authorised. `random` makes it unlike any other.
    fn pass(&self, credentials: &Value, now: Timestamp, random: [u8; 16]) -> Result<Pass, CredentialsError>;

    /// The `Authorization` that the answer to a login stands for.
    fn ticket(&self, answer: &[u8]) -> Result<String, Unreadable>;

    /// Says in our words what an answer tells of a resource.
    fn read(&self, resource: &str, answer: &[u8]) -> Result<Fetched, Unreadable>;

    /// How long the platform's data may lag behind its webhooks, if it does.
    fn lag(&self) -> Option<Duration> {
        None
    }

    /// Does the answer show the thing as it was before this webhook told of it?
    fn is_behind(&self, webhook: &[u8], answer: &[u8]) -> bool {
        let _ = (webhook, answer);
        false
    }
}

/// What authorises a call. It is a secret: `Debug` tells nothing.
pub enum Pass {
    /// This `Authorization`, for this call only.
    Once(String),
    /// The `Authorization` that comes of a login, until it is refused.
    Login {
        /// Where to log in, below the API's own address.
        path: &'static str,
        /// What is posted there, as JSON.
        body: Vec<u8>,
    },
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass(…)")
    }
}

/// What an answer tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// A word for it, such as `fetched candidate`.
    pub label: String,
    /// What it tells, in our words. When it happened is when it was fetched.
    pub observations: Vec<Observation>,
    /// Other resources that it refers to and says nothing of; they are to be read first.
    pub refers_to: Vec<String>,
}
