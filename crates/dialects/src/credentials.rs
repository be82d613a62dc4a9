//! Credentials as people give them: one JSON object, checked member by member, and never repeated in an error.

use serde_json::{Map, Value};

use crate::dialect::CredentialsError;

/// The members of credentials that were given.
pub(crate) struct Given<'a> {
    members: Option<&'a Map<String, Value>>,
}

impl<'a> Given<'a> {
    /// Takes an object with members of these names only, or nothing at all.
    pub fn read(given: Option<&'a Value>, known: &[&str]) -> Result<Self, CredentialsError> {
        let members = match given {
            None | Some(Value::Null) => None,
            Some(Value::Object(members)) => Some(members),
            Some(_) => return Err(CredentialsError("credentials must be a JSON object".to_owned())),
        };
        if let Some(unknown) = members.and_then(|it| it.keys().find(|key| !known.contains(&key.as_str()))) {
            let unknown: String = unknown.chars().take(64).collect();
            let known = known.join("`, `");
            return Err(CredentialsError(format!("`{unknown}` is none of the credentials: `{known}`")));
        }
        Ok(Self { members })
    }

    /// A copy of what was given, to be completed.
    pub fn to_members(&self) -> Map<String, Value> {
        let members = self.members.into_iter().flatten().filter(|(_, value)| !value.is_null());
        members.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// A text member, if it was given. An empty one counts as a mistake.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, CredentialsError> {
        match self.member(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(CredentialsError(format!("`{name}` must be a text that is not empty"))),
        }
    }

    /// A text member that must have been given.
    pub fn needed_text(&self, name: &str) -> Result<&'a str, CredentialsError> {
        self.text(name)?.ok_or_else(|| CredentialsError(format!("`{name}` is missing")))
    }

    /// A member that is a list of texts, if it was given.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>, CredentialsError> {
        let Some(value) = self.member(name) else { return Ok(None) };
        value
            .as_array()
            .filter(|list| !list.is_empty())
            .and_then(|list| list.iter().map(|it| it.as_str().filter(|text| !text.is_empty())).collect())
            .map(Some)
            .ok_or_else(|| CredentialsError(format!("`{name}` must be a list of texts that are not empty")))
    }

    fn member(&self, name: &str) -> Option<&'a Value> {
        self.members.and_then(|members| members.get(name)).filter(|value| !value.is_null())
    }
}
