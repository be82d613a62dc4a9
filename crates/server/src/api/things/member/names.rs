//! External ids: what platforms and other programs call a thing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use callboard_core::{MAX_EXTERNAL_ID_CHARS, MAX_EXTERNAL_IDS};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::texts::{within, without_controls};
use super::{Member, senseless};
use crate::problem::{Problem, codes};

/// The longest name of a platform, in characters.
const PLATFORM_CHARS: usize = 64;

/// What platforms and other programs call a thing; null takes a name away.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(in crate::api::things) struct Names(BTreeMap<String, Option<String>>);

impl JsonSchema for Names {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ExternalIdChanges".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "What platforms and other programs call it, by platform. Null takes a name away.",
            "maxProperties": MAX_EXTERNAL_IDS,
            "propertyNames": { "pattern": "^[a-z0-9_.-]{1,64}$" },
            "additionalProperties": {
                "type": ["string", "null"], "minLength": 1, "maxLength": MAX_EXTERNAL_ID_CHARS,
                "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]$",
            },
            "examples": [{ "ats": "4711" }],
        })
    }
}

impl Member for Names {
    type Fact = BTreeMap<String, Option<String>>;

    /// A name that only one of several accounts at a platform uses stands under `platform/source`; it can be taken away,
    /// not given.
    fn checked(self, member: &str) -> Result<Self::Fact, Problem> {
        if self.0.len() > MAX_EXTERNAL_IDS {
            let detail = format!("`{member}` has at most {MAX_EXTERNAL_IDS} members");
            return Err(Problem::new(codes::LIST_TOO_LONG, detail));
        }
        let is_platform = |name: &str| {
            (1..=PLATFORM_CHARS).contains(&name.len())
                && name.bytes().all(|it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-'))
        };
        for (platform, value) in &self.0 {
            let name =
                if value.is_none() { platform.split('/').next().unwrap_or_default() } else { platform };
            if !is_platform(name) {
                let shown: String = platform.chars().take(PLATFORM_CHARS).collect();
                return Err(senseless(format!(
                    "`{member}` has the member `{shown}`; a platform is named by 1 to {PLATFORM_CHARS} of \
                     a-z, 0-9, `_`, `.` and `-`"
                )));
            }
            if let Some(value) = value {
                let name = format!("{member}.{platform}");
                within(&name, value, MAX_EXTERNAL_ID_CHARS)?;
                without_controls(&name, value, &[])?;
                if value.trim().is_empty() {
                    return Err(senseless(format!("`{name}` is empty; null takes it away")));
                }
            }
        }
        Ok(self.0)
    }
}
