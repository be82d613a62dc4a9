//! What the members of bodies may hold: a schema for each, and the check that goes with it.

mod names;
mod numbers;
mod texts;

use std::borrow::Cow;
use std::fmt::Display;

use callboard_core::{Identifier, RefusalCode};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

pub(super) use self::names::Names;
pub(super) use self::numbers::{Amount, Points, Whole};
pub(super) use self::texts::{Email, Line, Link, MediaType, Moment, Text, Zone};
use crate::problem::{Problem, codes};

/// What a member may hold.
pub(super) trait Member {
    /// What it is once it is checked.
    type Fact;
    fn checked(self, member: &str) -> Result<Self::Fact, Problem>;
}

/// Something that makes no sense was given.
pub(super) fn senseless(detail: impl Into<String>) -> Problem {
    Problem::new(RefusalCode::BAD_FACT.into(), detail)
}

impl<I: Identifier> Member for I {
    type Fact = Self;

    fn checked(self, _: &str) -> Result<Self, Problem> {
        Ok(self)
    }
}

/// A word of which some have a meaning. Which those are, is the rules' business.
#[derive(Debug)]
pub(super) struct Word<T>(T);

impl<'de, T: for<'a> From<&'a str>> Deserialize<'de> for Word<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(T::from(&String::deserialize(deserializer)?)))
    }
}

impl<T: JsonSchema> JsonSchema for Word<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    /// The words that an open enumeration gives as examples are all that there are, when it is us who are told.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        if let Some(words) = schema.remove("examples") {
            schema.insert("enum".to_owned(), words);
        }
        schema
    }
}

impl<T> Member for Word<T> {
    type Fact = T;

    fn checked(self, _: &str) -> Result<T, Problem> {
        Ok(self.0)
    }
}

/// A list of so many at the most.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Several<T, const MOST: usize>(Vec<T>);

impl<T: JsonSchema, const MOST: usize> JsonSchema for Several<T, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("UpTo{MOST}{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<T>(), "maxItems": MOST })
    }
}

impl<T: Member, const MOST: usize> Member for Several<T, MOST> {
    type Fact = Vec<T::Fact>;

    fn checked(self, member: &str) -> Result<Self::Fact, Problem> {
        if self.0.len() > MOST {
            return Err(Problem::new(codes::LIST_TOO_LONG, format!("`{member}` has at most {MOST} members")));
        }
        self.0.into_iter().enumerate().map(|(place, it)| it.checked(&format!("{member}[{place}]"))).collect()
    }
}

/// The id as it stands in facts that hold ids as texts.
pub(super) fn as_text(id: impl Display) -> String {
    id.to_string()
}

/// Something that a thing cannot be without was not given.
pub(super) fn missing(member: &str) -> Problem {
    Problem::new(RefusalCode::MISSING_FACT.into(), format!("`{member}` is needed"))
}
