//! Tags on candidates: `/v1/candidates/{id}/tags/{tag}`.

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::State;
use callboard_core::{Candidate, CandidateCommand, CandidateId, Command, Named};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::member::{Line, Member, missing};
use crate::api::asking::IfMatch;
use crate::api::body::Within;
use crate::api::order::Order;
use crate::auth::Writer;
use crate::hub::Hub;
use crate::openapi::{Gone, Now, Part, View};
use crate::problem::Problem;

/// A tag in an address: by its name, or the id that a platform gave it.
pub(super) struct Tag(Line);

impl FromStr for Tag {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(Line(text.to_owned())))
    }
}

impl JsonSchema for Tag {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TagPart".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Line::json_schema(generator);
        schema.insert("minLength".to_owned(), 1.into());
        schema
    }
}

impl Part for Tag {
    const NAME: &'static str = "tag";
    const MEANING: &'static str = "The tag's name, or its id.";
}

impl Tag {
    fn name(self) -> Result<String, Problem> {
        let name = self.0.checked("tag")?;
        if name.trim().is_empty() { Err(missing("tag")) } else { Ok(name) }
    }
}

pub(super) async fn put(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Within(id, tag): Within<CandidateId, Tag>,
    if_match: IfMatch,
) -> Result<Now<View<Candidate>>, Problem> {
    let tag = Named { id: None, name: Some(tag.name()?) };
    let command = Command::Candidate(id, CandidateCommand::AddTag(tag));
    Order::of(caller, vec![command]).only_if(id, if_match).now(&hub, id).await
}

pub(super) async fn remove(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Within(id, tag): Within<CandidateId, Tag>,
    if_match: IfMatch,
) -> Result<Gone, Problem> {
    let command = Command::Candidate(id, CandidateCommand::RemoveTag(tag.name()?));
    Order::of(caller, vec![command]).only_if(id, if_match).gone(&hub).await
}
