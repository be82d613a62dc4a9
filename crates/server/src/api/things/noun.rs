//! What the doors to all nouns have in common: list, make, show, change, remove.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use callboard_core::{Command, Held, Identifier, Kind};
use callboard_ledger::Directory;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;

use super::form::{Change, Form, New};
use super::listing::{Filter, listed};
use crate::api::asking::{IfMatch, Posted, etag};
use crate::api::body::{Asked, Body, Id};
use crate::api::order::Order;
use crate::api::view::view;
use crate::auth::{Caller, Writer};
use crate::hub::Hub;
use crate::listing::List;
use crate::openapi::{Gone, Made, Now, View};
use crate::problem::Problem;

/// A kind of thing that the API speaks of.
pub(super) trait Noun: JsonSchema + 'static {
    type Id: Identifier + JsonSchema + Send + Sync + 'static;
    /// What may be said of one.
    type Form: Form;
    const KIND: Kind;
    /// Where they are found, below `/v1`.
    const COLLECTION: &'static str;
    /// What a list of them can be asked by, beside `limit`, `cursor`, `external_id`, `since`, `until` and `deleted`.
    const FILTERS: &'static [&'static str];

    /// What is asked for by a body that changes one.
    fn change(id: Self::Id, form: Self::Form, desk: &Desk<'_>) -> Result<Vec<Command>, Problem>;
}

/// A noun of which one can be removed.
pub(super) trait Removable: Noun {
    /// What is asked for by removing one.
    fn remove(id: Self::Id) -> Command;
}

/// A noun of which one can be made by a form alone.
pub(super) trait Makeable: Noun {
    /// What is asked for by a body that makes one.
    fn make(id: Self::Id, form: Self::Form, desk: &Desk<'_>) -> Result<Command, Problem>;
}

/// What is at hand when a body is read.
pub(super) struct Desk<'a> {
    pub(super) directory: &'a Directory,
    pub(super) caller: Caller,
}

/// A thing as it is shown in a list.
pub(super) struct Shown<N>(Value, PhantomData<fn() -> N>);

impl<N> Shown<N> {
    pub(super) fn of(held: &Held) -> Self {
        Self(view(held), PhantomData)
    }
}

impl<N> Serialize for Shown<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<N: JsonSchema> JsonSchema for Shown<N> {
    fn schema_name() -> Cow<'static, str> {
        View::<N>::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        View::<N>::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        View::<N>::json_schema(generator)
    }
}

/// A thing of the caller's company, also one that was removed: an event may still name it.
pub(super) async fn held<N: Noun>(hub: &Hub, caller: Caller, id: N::Id) -> Result<Held, Problem> {
    let found = hub.ledger.read(move |reader| reader.entity(id.raw())).await?;
    found
        .filter(|held| held.company == caller.company && held.entity.kind() == N::KIND)
        .ok_or_else(|| Problem::not_found(&id.to_string()))
}

pub(super) async fn list<N: Noun>(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(filter): Asked<Filter<N>>,
) -> Result<Json<List<Shown<N>>>, Problem> {
    listed(&hub, caller, filter).await
}

pub(super) async fn show<N: Noun>(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<N::Id>,
) -> Result<Now<View<N>>, Problem> {
    let held = held::<N>(&hub, caller, id).await?;
    Ok(Now::new(view(&held).to_string().into()).tagged(Some(etag(held.record.version))))
}

pub(super) async fn make<N: Makeable>(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Posted { body: New(form), once }: Posted<New<N::Form>>,
) -> Result<Made<View<N>>, Problem> {
    let id = hub.mint::<N::Id>();
    let command = N::make(id, form, &Desk { directory: &hub.ledger.directory(), caller })?;
    Order::of(caller, vec![command]).once(once).made(&hub, id, N::COLLECTION).await
}

pub(super) async fn change<N: Noun>(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(id): Id<N::Id>,
    if_match: IfMatch,
    Body(Change(form)): Body<Change<N::Form>>,
) -> Result<Now<View<N>>, Problem> {
    let commands = N::change(id, form, &Desk { directory: &hub.ledger.directory(), caller })?;
    Order::of(caller, commands).only_if(id, if_match).now(&hub, id).await
}

pub(super) async fn remove<N: Removable>(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(id): Id<N::Id>,
    if_match: IfMatch,
) -> Result<Gone, Problem> {
    Order::of(caller, vec![N::remove(id)]).only_if(id, if_match).gone(&hub).await
}
