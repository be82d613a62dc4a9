//! A hub that is told of interviews at Skype, and what it owes to whom.

use callboard_simulate::{Letter, Platform};
use serde_json::{Value, json};

use crate::support::accounts::Account;
use crate::support::{Hub, until};

/// A hub with an account at Skype.
pub struct Scene {
    pub hub: Hub,
    pub account: Account,
}

impl Scene {
    pub fn set() -> Self {
        let hub = Hub::start();
        let account = Account::open(&hub, Platform::Skype);
        Self { hub, account }
    }

    /// Tells the first so many moves of an interview.
    pub fn tell(&self, interview: u64, moves: usize) -> Vec<Letter> {
        let letters: Vec<_> = self.account.letters(interview).into_iter().take(moves).collect();
        self.account.tell_all(&letters);
        letters
    }

    /// What an endpoint is owed or was, in the order in which it happened.
    pub fn deliveries(&self, endpoint: &str) -> Vec<Value> {
        let mut deliveries = self.hub.all(&format!("/v1/deliveries?endpoint={endpoint}"));
        deliveries.reverse();
        deliveries
    }

    /// Every attempt at a delivery, the first one first.
    pub fn attempts(&self, delivery: &Value) -> Vec<Value> {
        let path = format!("/v1/deliveries/{}/attempts", id(delivery));
        self.hub.get(&path)["items"].as_array().unwrap().clone()
    }

    /// The delivery as it stands now.
    pub fn again(&self, delivery: &Value) -> Value {
        self.hub.get(&format!("/v1/deliveries/{}", id(delivery)))
    }

    /// Waits until the first delivery to this endpoint was tried so often, and answers it.
    pub fn tried(&self, endpoint: &str, attempts: u64) -> Value {
        let first = || self.deliveries(endpoint).first().cloned().unwrap_or_default();
        until("it was tried", || first()["attempts"].as_u64() >= Some(attempts));
        first()
    }
}

/// Moves alone, so that one letter is one event.
pub fn moves(more: &Value) -> Value {
    let mut fields = json!({"events": ["interview.stage.updated"]});
    for (name, value) in more.as_object().unwrap() {
        fields[name] = value.clone();
    }
    fields
}

/// Waits so long that no second attempt is seen in a test.
pub fn once() -> Value {
    json!({"retry": {"schedule": ["1h"]}})
}

pub fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

pub fn states(deliveries: &[Value]) -> Vec<&str> {
    deliveries.iter().map(|it| it["state"].as_str().unwrap()).collect()
}
