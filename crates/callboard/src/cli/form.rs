//! From what was said on the command line to the JSON that the API takes.

use serde::Serialize;
use serde_json::{Map, Value};

/// A wrong use that only shows when several options are looked at together. The program ends with 2.
#[derive(Debug)]
pub(crate) struct Usage(String);

impl Usage {
    pub(crate) fn error(what: impl Into<String>) -> anyhow::Error {
        Self(what.into()).into()
    }
}

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Options that make up a request's body.
pub(crate) trait Form {
    /// The body. Fails where options do not go together.
    fn form(&self) -> anyhow::Result<Body>;
}

/// A JSON object with what was given, and nothing else.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Body(Map<String, Value>);

impl Body {
    /// The members that were given: what is absent, empty or false was not.
    pub(crate) fn given(options: &impl Serialize) -> Self {
        let members = match serde_json::to_value(options) {
            Ok(Value::Object(members)) => members,
            // Options are structs of texts, numbers and switches: nothing else comes of them.
            _ => Map::new(),
        };
        Self(members.into_iter().filter(|(_, value)| is_given(value)).collect())
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Both together.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Itself as a member's value; `None` if nothing was given.
    pub(crate) fn some(self) -> Option<Value> {
        (!self.0.is_empty()).then_some(Value::Object(self.0))
    }

    /// The members as parameters of a query.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.0.iter().map(|(name, value)| (name.clone(), text(value))).collect()
    }
}

impl From<Map<String, Value>> for Body {
    fn from(members: Map<String, Value>) -> Self {
        Self(members)
    }
}

impl From<Body> for Value {
    fn from(body: Body) -> Self {
        Self::Object(body.0)
    }
}

fn is_given(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}
