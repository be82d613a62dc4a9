//! One request's commands, carried out together, and the thing that is shown for an answer.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{Asker, Command, Expected, FileId, Held, Identifier};
use callboard_ledger::{Answer, Asking, Carried, Done, Remember, RequestKey};
use serde_json::Value;

use super::asking::{IfMatch, etag};
use super::view::{view, view_with_host_links};
use crate::auth::Caller;
use crate::hub::Hub;
use crate::openapi::{Gone, Made, Now, Told, View};
use crate::problem::Problem;

/// What is asked for, all of it or nothing.
pub(crate) struct Order {
    caller: Caller,
    commands: Vec<Command>,
    expected: Option<Expected>,
    blobs: Vec<(FileId, Bytes)>,
    once: Option<RequestKey>,
    with_host_links: bool,
}

impl Order {
    pub(crate) fn of(caller: Caller, commands: Vec<Command>) -> Self {
        let (expected, blobs, once) = (None, Vec::new(), None);
        Self { caller, commands, expected, blobs, once, with_host_links: false }
    }

    /// Only if the thing with this id has one of these versions.
    pub(crate) fn only_if(self, id: impl Identifier, if_match: IfMatch) -> Self {
        Self { expected: if_match.of(id.raw()), ..self }
    }

    /// Once, however often it is sent.
    pub(crate) fn once(self, once: Option<RequestKey>) -> Self {
        Self { once, ..self }
    }

    /// Keeps the bytes of a file with it.
    pub(crate) fn keeping(mut self, file: FileId, bytes: Bytes) -> Self {
        self.blobs.push((file, bytes));
        self
    }

    /// The answer shows the host links that the request has set; a replay does not.
    pub(crate) fn showing_host_links(self) -> Self {
        Self { with_host_links: true, ..self }
    }

    /// Carries it out and shows the thing that was made, which is found at `/v1/{collection}/{id}`.
    pub(crate) async fn made<T>(
        self,
        hub: &Hub,
        id: impl Identifier,
        collection: &str,
    ) -> Result<Made<View<T>>, Problem> {
        let (shown, told) = self.shown::<T, 201>(hub, id).await?;
        let made = shown.get("id").and_then(Value::as_str).map(|id| format!("/v1/{collection}/{id}"));
        Ok(told.at(made))
    }

    /// Carries it out and shows the thing with this id as it stands then.
    pub(crate) async fn now<T>(self, hub: &Hub, id: impl Identifier) -> Result<Now<View<T>>, Problem> {
        Ok(self.shown::<T, 200>(hub, id).await?.1)
    }

    /// Carries it out; there is nothing to show.
    pub(crate) async fn gone(self, hub: &Hub) -> Result<Gone, Problem> {
        let carried = self.carry_out(hub, 204, None).await?;
        Ok(Gone::new(Bytes::new()).replayed(matches!(carried, Carried::Before(_))))
    }

    async fn shown<T, const STATUS: u16>(
        self,
        hub: &Hub,
        id: impl Identifier,
    ) -> Result<(Value, Told<View<T>, STATUS>), Problem> {
        let with_host_links = self.with_host_links;
        let (shown, etag, replayed) = match self.carry_out(hub, STATUS, Some(id.raw())).await? {
            Carried::Out(done) => {
                let held = match find(&done, id.raw()) {
                    Some(held) => held.clone(),
                    None => stored(hub, id.raw()).await?,
                };
                let shown = if with_host_links { view_with_host_links(&held) } else { view(&held) };
                (shown, Some(etag(held.record.version)), false)
            }
            Carried::Before(answer) if answer.body.is_empty() => {
                let held = stored(hub, id.raw()).await?;
                (view(&held), Some(etag(held.record.version)), true)
            }
            Carried::Before(answer) => {
                (serde_json::from_slice(&answer.body).unwrap_or_default(), answer.etag, true)
            }
        };
        let told = Told::new(shown.to_string().into()).tagged(etag).replayed(replayed);
        Ok((shown, told))
    }

    async fn carry_out(self, hub: &Hub, status: u16, about: Option<u64>) -> Result<Carried, Problem> {
        let remember = self.once.map(|key| Remember {
            key,
            answer: Arc::new(move |done| kept(status, about.and_then(|id| find(done, id)))),
        });
        let asker = Asker { company: self.caller.company, at: hub.now(), expected: self.expected };
        let asking = Asking { asker, commands: self.commands, blobs: self.blobs, remember };
        Ok(hub.ledger.command(asking).await?)
    }
}

fn find(done: &Done, raw_id: u64) -> Option<&Held> {
    done.things.iter().find(|held| held.entity.raw_id() == raw_id)
}

/// A thing that the request left as it was.
async fn stored(hub: &Hub, raw_id: u64) -> Result<Held, Problem> {
    let held = hub.ledger.read(move |reader| reader.entity(raw_id)).await?;
    held.ok_or_else(|| Problem::not_found("thing"))
}

/// The answer that is kept for a replay. One about a thing that was left as it was has no body: the thing is read then.
fn kept(status: u16, held: Option<&Held>) -> Answer {
    Answer {
        status,
        etag: held.map(|held| etag(held.record.version)),
        body: held.map(|held| view(held).to_string().into()).unwrap_or_default(),
    }
}
