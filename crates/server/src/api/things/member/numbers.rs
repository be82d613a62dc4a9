//! Numbers within bounds.

use std::borrow::Cow;

use callboard_core::Score;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::{Member, senseless};
use crate::api::body::whole;
use crate::problem::Problem;

/// A whole number within bounds.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(in crate::api::things) struct Whole<const LEAST: i64, const MOST: i64>(
    #[serde(deserialize_with = "whole")] i64,
);

impl<const LEAST: i64, const MOST: i64> JsonSchema for Whole<LEAST, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Whole{LEAST}To{MOST}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": LEAST, "maximum": MOST })
    }
}

impl<const LEAST: i64, const MOST: i64> Member for Whole<LEAST, MOST> {
    type Fact = i64;

    fn checked(self, member: &str) -> Result<i64, Problem> {
        let fits = (LEAST..=MOST).contains(&self.0);
        fits.then_some(self.0).ok_or_else(|| senseless(format!("`{member}` goes from {LEAST} to {MOST}")))
    }
}

/// Points: within a billion either way.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(in crate::api::things) struct Points(f64);

impl JsonSchema for Points {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Score::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Score::json_schema(generator)
    }
}

impl Member for Points {
    type Fact = Score;

    fn checked(self, member: &str) -> Result<Score, Problem> {
        Score::from_f64(self.0)
            .ok_or_else(|| senseless(format!("`{member}` is a number within a billion either way")))
    }
}

/// A whole number of no particular size, such as an amount of seconds.
pub(in crate::api::things) type Amount = Whole<0, 1_000_000_000>;
