//! Forms: what is said of a thing when it is made, and when it is changed by a JSON merge patch (RFC 7396).

use std::borrow::Cow;

use callboard_core::Facts;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::member::{Member, Names};
use crate::api::strict::Strict;
use crate::problem::Problem;

/// The members that one noun's bodies have.
pub(super) trait Form: DeserializeOwned + JsonSchema + Send + 'static {
    /// Those that have to be there when it is made, and cannot be taken away.
    const NEEDED: &'static [&'static str] = &[];
    /// Those that are said once, when it is made, with what to do instead of changing them.
    const ONCE: &'static [(&'static str, &'static str)] = &[];
}

/// One member of a form.
#[derive(Debug, Default)]
pub(super) enum Fact<T> {
    /// It was not there.
    #[default]
    Untold,
    /// It was null: the fact is taken away.
    Cleared,
    /// It was there.
    Told(T),
}

impl<T> Fact<T> {
    /// What was told, where null means the same as nothing.
    pub(super) fn told(self) -> Option<T> {
        match self {
            Self::Told(told) => Some(told),
            Self::Untold | Self::Cleared => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Fact<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Cleared, Self::Told))
    }
}

impl<T: JsonSchema> JsonSchema for Fact<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}

/// Reads the members of a form one by one, and notes which facts are to be taken away.
#[derive(Default)]
pub(super) struct Reading {
    clear: Vec<String>,
}

impl Reading {
    pub(super) fn read<M: Member>(
        &mut self,
        member: &'static str,
        fact: Fact<M>,
    ) -> Result<Option<M::Fact>, Problem> {
        match fact {
            Fact::Untold => Ok(None),
            Fact::Cleared => {
                self.clear.push(member.to_owned());
                Ok(None)
            }
            Fact::Told(told) => told.checked(member).map(Some),
        }
    }

    pub(super) fn into_facts<T>(self, external_ids: Names, told: T) -> Result<Facts<T>, Problem> {
        Ok(Facts { external_ids: external_ids.checked("external_ids")?, told, clear: self.clear })
    }
}

/// A body that makes a thing: a member that is null is one that is left out.
pub(super) struct New<F>(pub(super) F);

impl<'de, F: Form> Deserialize<'de> for New<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut given = Map::deserialize(deserializer)?;
        given.retain(|_, value| !value.is_null());
        if let Some(Value::Object(names)) = given.get_mut("external_ids") {
            names.retain(|_, value| !value.is_null());
        }
        match F::NEEDED.iter().find(|member| !given.contains_key(**member)) {
            Some(missing) => Err(D::Error::missing_field(missing)),
            None => read(given).map(Self),
        }
    }
}

/// A body that changes a thing: a JSON merge patch.
pub(super) struct Change<F>(pub(super) F);

impl<'de, F: Form> Deserialize<'de> for Change<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Map::deserialize(deserializer)?;
        match F::ONCE.iter().find(|(member, _)| given.contains_key(*member)) {
            Some((member, instead)) => {
                Err(D::Error::custom(format!("`{member}` does not change like this: {instead}")))
            }
            None => read(given).map(Self),
        }
    }
}

/// What went wrong is told with where it is.
fn read<T: DeserializeOwned, E: Error>(given: Map<String, Value>) -> Result<T, E> {
    serde_path_to_error::deserialize(Strict(Value::Object(given))).map_err(|error| {
        let path = error.path().to_string();
        let reason = error.into_inner();
        if path == "." { E::custom(reason) } else { E::custom(format!("{path}: {reason}")) }
    })
}

impl<F: Form> JsonSchema for New<F> {
    fn schema_name() -> Cow<'static, str> {
        format!("New{}", F::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = F::json_schema(generator);
        if !F::NEEDED.is_empty() {
            schema.insert("required".to_owned(), F::NEEDED.into());
        }
        never_null::<F>(&mut schema);
        schema
    }
}

impl<F: Form> JsonSchema for Change<F> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Change", F::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = F::json_schema(generator);
        schema.remove("required");
        if let Some(properties) = properties(&mut schema) {
            properties.retain(|name, _| F::ONCE.iter().all(|(member, _)| member != name));
        }
        never_null::<F>(&mut schema);
        schema
    }
}

fn properties(schema: &mut Schema) -> Option<&mut Map<String, Value>> {
    schema.get_mut("properties")?.as_object_mut()
}

/// What cannot be taken away is never null.
fn never_null<F: Form>(schema: &mut Schema) {
    let Some(properties) = properties(schema) else { return };
    for member in F::NEEDED {
        let Some(property) = properties.get_mut(*member) else { continue };
        for words in ["type", "anyOf"] {
            if let Some(Value::Array(kinds)) = property.get_mut(words) {
                kinds.retain(|kind| kind != "null" && kind.get("type").is_none_or(|it| it != "null"));
            }
        }
    }
}
