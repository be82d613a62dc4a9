//! One errand: what a pointer points at is fetched, with what that refers to, and written down.
//!
//! Nothing of the store is held while a platform is asked. What an answer says is durable before the pointer goes, so that
//! a stop in between fetches it once more, and the core finds nothing new in it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{Identifier, ReceiptId, SourceId, Timestamp};
use callboard_dialects::{FETCHED_RESOURCE, Fetched};
use callboard_ledger::{Change, Intake, Ledger, LedgerError, Pointer, Recorded, shard_of};
use callboard_outbox::{Answer, Clock};
use jiff::SignedDuration;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::access::{Access, Account};
use crate::limits::REFERENCES;
use crate::memory::Memory;
use crate::slots::Pace;
use crate::verdict::{Trouble, next_try};

/// What every errand needs.
pub(crate) struct Errands {
    pub ledger: Ledger,
    pub clock: Arc<dyn Clock>,
    pub access: Access,
    pub memory: Memory,
    pub store_pause: Duration,
}

/// How often the store is asked for one thing before the errand is left for later.
const STORE_TRIES: u32 = 10;
/// How long a hub may take to hear what another one on the same store has configured, and a little.
const HEARD_WITHIN: SignedDuration = SignedDuration::from_secs(5);

/// The message that pointed at something.
struct Webhook {
    body: Bytes,
    received_at: Timestamp,
}

/// An answer that was read.
struct Look {
    url: String,
    answer: Answer,
    read: Result<Fetched, String>,
    at: Timestamp,
}

/// Why an errand ends early: the ledger is closed, or does not get on, or another hub fetches from the source by now. The
/// pointer stands, and is taken up again.
struct Closed;

impl Errands {
    /// Runs an errand until what came of it is durable, unless the ledger is closed first.
    pub async fn run(self: Arc<Self>, pointer: Pointer) {
        let settled = match self.go(&pointer).await {
            Ok(change) => self.insist(|| self.ledger.change(vec![change.clone()])).await,
            Err(Closed) => return,
        };
        if settled.is_err() {
            tracing::debug!(source = %pointer.source, "the ledger closed first; it will be fetched once more");
        }
    }

    async fn go(&self, pointer: &Pointer) -> Result<Change, Closed> {
        let done = Change::PointerDone(pointer.number);
        let directory = self.ledger.directory();
        let Some(account) = directory.source(pointer.source).and_then(Account::of) else {
            return Ok(if pointer.attempts == 0 { self.look_again(pointer) } else { done });
        };
        drop(directory);
        // What was erased is not fetched anew.
        let Some(webhook) = self.webhook(pointer.receipt).await? else { return Ok(done) };
        match self.look(&account, &pointer.resource).await {
            Ok(look) => self.learn(&account, pointer, &webhook, look).await,
            Err(Trouble::Never { error, answer }) => {
                // What is not there may not be there yet.
                if let Some(due_at) = lags_until(&account, pointer, &webhook, self.clock.now()) {
                    return Ok(Change::PointerLater { number: pointer.number, due_at, error });
                }
                self.give_up(&account, pointer, &error, answer).await?;
                Ok(done)
            }
            Err(Trouble::Later { error, wait }) => {
                let now = self.clock.now();
                match next_try(pointer.attempts + 1, wait, self.access.jitter(), now) {
                    Some(due_at) => Ok(Change::PointerLater { number: pointer.number, due_at, error }),
                    None => {
                        self.give_up(&account, pointer, &error, Bytes::new()).await?;
                        Ok(done)
                    }
                }
            }
        }
    }

    /// Another hub on the same store may just have made the account, and this one is yet to hear of it.
    fn look_again(&self, pointer: &Pointer) -> Change {
        let due_at = self.clock.now().checked_add(HEARD_WITHIN).unwrap_or(Timestamp::MAX);
        let error = "the account is not known, or is not to be fetched from".to_owned();
        Change::PointerLater { number: pointer.number, due_at, error }
    }

    /// Writes down what an answer says, after what it refers to. Looks again later where the data may lag behind.
    async fn learn(
        &self,
        account: &Account,
        pointer: &Pointer,
        webhook: &Webhook,
        look: Look,
    ) -> Result<Change, Closed> {
        let missing = self.references(account, pointer, webhook, &look).await?;
        let is_behind = account.fetching.is_behind(&webhook.body, &look.answer.body);
        let at = look.at;
        let recorded = self.record(account, pointer, &pointer.resource, look, missing).await?;
        let is_news = recorded.is_some_and(|recorded| recorded.events > 0);
        match lags_until(account, pointer, webhook, at).filter(|_| is_behind || !is_news) {
            Some(due_at) => {
                let error = "nothing new yet; the platform's data may lag behind".to_owned();
                Ok(Change::PointerLater { number: pointer.number, due_at, error })
            }
            None => Ok(Change::PointerDone(pointer.number)),
        }
    }

    /// Fetches what something refers to, unless that was done lately. Answers what is to be tried again: the rest of it, too, when
    /// the platform hangs, which would take its time for each.
    async fn references(
        &self,
        account: &Account,
        pointer: &Pointer,
        webhook: &Webhook,
        look: &Look,
    ) -> Result<Vec<String>, Closed> {
        let source = account.source.id;
        let mut missing = Vec::new();
        for reference in referred_to(account, pointer, webhook, look) {
            if self.memory.is_fresh(source, self.held(source), &reference, self.clock.now()) {
                continue;
            }
            if !missing.is_empty() && self.access.pace(source) == Pace::Silent {
                missing.push(reference);
                continue;
            }
            match self.look(account, &reference).await {
                Ok(look) => {
                    self.record(account, pointer, &reference, look, Vec::new()).await?;
                }
                Err(Trouble::Later { .. }) => missing.push(reference),
                Err(Trouble::Never { error, .. }) => {
                    tracing::info!(%source, %reference, error, "something referred to could not be fetched");
                }
            }
        }
        Ok(missing)
    }

    async fn look(&self, account: &Account, resource: &str) -> Result<Look, Trouble> {
        let url = account
            .url(resource)
            .ok_or_else(|| Trouble::never("it is nothing that lies below `base_url`"))?;
        // What is answered is as old as the question, however long the answer was on its way.
        let at = self.clock.now();
        let answer = self.access.get(account, &url).await?;
        let read = account.fetching.read(resource, &answer.body).map_err(|unreadable| unreadable.0);
        Ok(Look { url: url.to_string(), answer, read, at })
    }

    /// Writes down what an answer says, like a webhook of the same source; unless it is what was answered last, or whom it
    /// is about has been erased while the platform was asked.
    async fn record(
        &self,
        account: &Account,
        pointer: &Pointer,
        resource: &str,
        look: Look,
        missing: Vec<String>,
    ) -> Result<Option<Recorded>, Closed> {
        let Look { url, answer, read, at } = look;
        let source = account.source.id;
        if !self.is_wanted(pointer).await?
            || !self.memory.claim(source, self.held(source), resource, &answer.body, at)
        {
            return Ok(None);
        }
        let (label, told) = match read {
            Ok(fetched) => (fetched.label, Ok(fetched.observations)),
            Err(reason) => (String::new(), Err(reason)),
        };
        let intake = Intake {
            source: Arc::clone(&account.source),
            received_at: at,
            unique: Some(unique(pointer, resource, &answer.body)),
            told_of: None,
            headers: origin(&url, resource, Some(answer.status)),
            body: answer.body,
            label,
            told,
            points_at: missing,
            fetch_at: next_try(1, None, self.access.jitter(), at),
        };
        let recorded = self.insist(|| self.ledger.record(intake.clone())).await;
        if recorded.is_err() {
            self.memory.forget(source, resource);
        }
        recorded.map(Some)
    }

    /// Notes what could not be fetched where people look for what could not be understood.
    async fn give_up(
        &self,
        account: &Account,
        pointer: &Pointer,
        error: &str,
        answer: Bytes,
    ) -> Result<(), Closed> {
        if !self.is_wanted(pointer).await? {
            return Ok(());
        }
        let resource = &pointer.resource;
        tracing::warn!(source = %pointer.source, resource, error, "what a webhook points at is given up");
        let url = account.url(resource).map(|url| url.to_string()).unwrap_or_default();
        let intake = Intake {
            source: Arc::clone(&account.source),
            received_at: self.clock.now(),
            unique: Some(unique(pointer, resource, &answer)),
            told_of: None,
            headers: origin(&url, resource, None),
            body: answer,
            label: String::new(),
            told: Err(format!("what a webhook points at could not be fetched: {error}")),
            points_at: Vec::new(),
            fetch_at: None,
        };
        self.insist(|| self.ledger.record(intake.clone())).await.map(drop)
    }

    /// Is what was fetched to be written down? Not if whom it is about has been erased meanwhile; and not by this hub, if another
    /// one fetches from the source by now, which may have been told something newer.
    async fn is_wanted(&self, pointer: &Pointer) -> Result<bool, Closed> {
        if !self.ledger.holds(pointer.source.raw()) {
            return Err(Closed);
        }
        Ok(self.webhook(pointer.receipt).await?.is_some())
    }

    /// Which time it is that this hub holds a source: 0 if it does not.
    fn held(&self, source: SourceId) -> u64 {
        self.ledger.holding().borrow().taken[shard_of(source.raw()) as usize]
    }

    async fn webhook(&self, receipt: ReceiptId) -> Result<Option<Webhook>, Closed> {
        let receipt = self.insist(|| self.ledger.read(move |store| store.receipt(receipt))).await?;
        let receipt = receipt.filter(|receipt| !receipt.erased);
        Ok(receipt.map(|receipt| Webhook { body: receipt.body, received_at: receipt.received_at }))
    }

    /// Asks the ledger until it does what it is asked, so often and no more.
    async fn insist<T, F>(&self, ask: impl Fn() -> F) -> Result<T, Closed>
    where
        F: Future<Output = Result<T, LedgerError>>,
    {
        for _ in 0..STORE_TRIES {
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(LedgerError::Closed) => return Err(Closed),
                Err(error) => tracing::warn!(%error, "what was fetched could not be written down yet"),
            }
            tokio::time::sleep(self.store_pause).await;
        }
        Err(Closed)
    }
}

/// Until when what was answered may lag behind its webhook, if it may. One that came later than now did so before the clock
/// was set back, nobody knows how long ago: it is taken to have come just now, once.
fn lags_until(account: &Account, pointer: &Pointer, webhook: &Webhook, at: Timestamp) -> Option<Timestamp> {
    let lag = SignedDuration::try_from(account.fetching.lag()?).ok()?;
    let heard_at = if webhook.received_at <= at {
        webhook.received_at
    } else if pointer.attempts == 0 {
        at
    } else {
        return None;
    };
    heard_at.checked_add(lag).ok().filter(|until| at < *until)
}

/// What something refers to, each once: as its webhook says, and as its answer says.
fn referred_to(account: &Account, pointer: &Pointer, webhook: &Webhook, look: &Look) -> Vec<String> {
    let mut named = account.fetching.points_at(&webhook.body);
    if named.last() != Some(&pointer.resource) {
        named.clear();
    }
    named.extend(look.read.iter().flat_map(|fetched| fetched.refers_to.iter().cloned()));
    others(named, &pointer.resource)
}

/// Each of these once, but for the thing itself; the first [`REFERENCES`].
fn others(named: Vec<String>, itself: &str) -> Vec<String> {
    let mut references: Vec<String> = Vec::new();
    for reference in named {
        if reference != itself && !references.contains(&reference) {
            references.push(reference);
        }
    }
    references.truncate(REFERENCES);
    references
}

/// What an answer is known by: the same one, fetched once more on the same occasion, is no other. What changes and changes
/// back is told on two occasions, and is two answers.
fn unique(pointer: &Pointer, resource: &str, answer: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(pointer.number.to_be_bytes());
    hasher.update(resource);
    hasher.update([0]);
    hasher.update(answer);
    let digest: [u8; 32] = hasher.finalize().into();
    digest.iter().fold("fetched ".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// Where an answer is from, in the place of a webhook's headers. No header has such a name, so no webhook can pass for one.
fn origin(url: &str, resource: &str, status: Option<u16>) -> String {
    json!({ "fetched from": url, FETCHED_RESOURCE: resource, "fetched status": status }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_something_refers_to_each_is_fetched_once_and_no_more_than_so_many() {
        let customers = |numbers: std::ops::Range<usize>| {
            numbers.map(|number| format!("customers/{number}/")).collect::<Vec<_>>()
        };
        let named = [customers(0..2), customers(0..3), customers(2..20)].concat();
        assert_eq!(others(named, "customers/1/"), [customers(0..1), customers(2..REFERENCES + 1)].concat());
    }
}
