//! Changes of what people configure: sources, endpoints, keys, companies. They too happen once, however often they are
//! sent; what is shown only once is left out of a replay.

use bytes::Bytes;
use callboard_core::{EndpointId, EndpointState};
use callboard_ledger::{Answer, Change, Kept, LedgerError, RequestKey};
use serde::Serialize;
use serde_json::Value;

use super::asking::etag;
use crate::hub::{Configuring, Hub};
use crate::openapi::{Made, Now};
use crate::problem::Problem;

/// Something new: as it is shown to whoever made it, and as it is shown from then on.
pub(crate) struct New<T> {
    /// Where it will be, below `/v1`.
    pub(crate) collection: &'static str,
    pub(crate) shown: T,
    pub(crate) kept: T,
    pub(crate) version: Option<u64>,
}

/// Makes it, unless the same request has done so before.
pub(crate) async fn make<T: Serialize>(
    hub: &Hub,
    changes: Vec<Change>,
    once: Option<RequestKey>,
    new: New<T>,
) -> Result<Made<T>, Problem> {
    let etag = new.version.map(etag);
    let before = match once {
        None => hub.ledger.change(changes).await.map(|()| None)?,
        Some(key) => {
            let answer = Answer { status: 201, etag: etag.clone(), body: json(&new.kept) };
            hub.ledger.change_once(hub.ledger.directory(), changes, key, answer).await?
        }
    };
    let made = || made(new.collection, json(&new.shown), etag);
    Ok(before.map_or_else(made, |before| of_before(new.collection, before)))
}

/// What the same request has made before, if it has: then nothing of it is looked at again, as in [`done_before`].
pub(crate) async fn made_before<T>(
    hub: &Hub,
    collection: &str,
    once: Option<&RequestKey>,
) -> Result<Option<Made<T>>, Problem> {
    let before = answered_before(hub, once).await?;
    Ok(before.map(|before| of_before(collection, before)))
}

fn of_before<T>(collection: &str, before: Answer) -> Made<T> {
    made(collection, before.body, before.etag).replayed(true)
}

fn made<T>(collection: &str, body: Bytes, etag: Option<String>) -> Made<T> {
    let location = location(collection, &body);
    Made::new(body).tagged(etag).at(location)
}

/// Puts something in the place of what was there, unless the same request has done so before. It looks like the first of
/// the two to whoever asks for it, and like the second from then on.
pub(crate) async fn replace<T: Serialize>(
    configuring: &Configuring,
    changes: Vec<Change>,
    once: Option<RequestKey>,
    (shown, kept): (&T, &T),
    version: u64,
) -> Result<Now<T>, Problem> {
    let etag = Some(etag(version));
    if let Some(key) = once {
        let answer = Answer { status: 200, etag: etag.clone(), body: json(kept) };
        if let Some(before) = configuring.change_once(changes, key, answer).await? {
            return Ok(Now::of_before(before));
        }
    } else {
        configuring.change(changes).await?;
    }
    Ok(Now::of(shown).tagged(etag))
}

/// Has the same request been carried out before? Then nothing of it is looked at again: what it asks for may not be
/// possible any more.
pub(crate) async fn done_before(hub: &Hub, once: Option<&RequestKey>) -> Result<bool, Problem> {
    Ok(answered_before(hub, once).await?.is_some())
}

/// How the same request was answered when it was carried out.
pub(crate) async fn answered_before(hub: &Hub, once: Option<&RequestKey>) -> Result<Option<Answer>, Problem> {
    let Some(key) = once.cloned() else { return Ok(None) };
    let outdated = key.outdated();
    let fingerprint = key.fingerprint;
    let kept = hub.ledger.read(move |reader| reader.answer(&key)).await?;
    match kept.filter(|kept| kept.key.at >= outdated) {
        Some(kept) if kept.key.fingerprint != fingerprint => Err(LedgerError::KeyReused.into()),
        kept => Ok(kept.map(|kept| kept.answer)),
    }
}

/// Keeps an answer to what has been carried out already; answers whether another one was kept meanwhile.
pub(crate) async fn remember(
    hub: &Hub,
    once: Option<RequestKey>,
    shown: &impl Serialize,
) -> Result<bool, Problem> {
    let Some(key) = once else { return Ok(false) };
    let answer = Answer { status: 200, etag: None, body: json(shown) };
    Ok(hub.ledger.change_once(hub.ledger.directory(), Vec::new(), key, answer).await?.is_some())
}

/// Changes something, unless the same request has done so before; answers whether it has. What it looks like is read
/// afterwards, in either case.
pub(crate) async fn change(
    hub: &Hub,
    changes: Vec<Change>,
    once: Option<RequestKey>,
) -> Result<bool, Problem> {
    let Some(key) = once else { return Ok(hub.ledger.change(changes).await.map(|()| false)?) };
    let answer = Answer { status: 200, etag: None, body: Bytes::new() };
    Ok(hub.ledger.change_once(hub.ledger.directory(), changes, key, answer).await?.is_some())
}

/// Switches an endpoint on or off, unless the same request has done so before; answers whether it has.
pub(crate) async fn switch(
    hub: &Hub,
    id: EndpointId,
    state: EndpointState,
    once: Option<RequestKey>,
) -> Result<bool, Problem> {
    let answer = Answer { status: 200, etag: None, body: Bytes::new() };
    let once = once.map(|key| Kept { key, answer });
    Ok(hub.ledger.switch_endpoint(id, state, hub.now(), once).await?.is_some())
}

/// What is configured, as it is shown now.
pub(crate) fn now<T: Serialize>(shown: &T, version: u64) -> Now<T> {
    Now::of(shown).tagged(Some(etag(version)))
}

fn json(shown: &impl Serialize) -> Bytes {
    serde_json::to_vec(shown).expect("what is shown is JSON").into()
}

/// A replay tells of what was made the first time.
fn location(collection: &str, body: &Bytes) -> Option<String> {
    let shown: Value = serde_json::from_slice(body).ok()?;
    shown.get("id")?.as_str().map(|id| format!("/v1/{collection}/{id}"))
}
