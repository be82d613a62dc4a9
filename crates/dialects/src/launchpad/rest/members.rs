//! The members of a request: texts all of them, or what can be read as one.

use serde_json::{Map, Value};

use crate::dialect::Unreadable;
use crate::launchpad::scalar::Scalar;

/// An object of a request, and what it is called there.
pub(super) struct Members<'a> {
    object: &'a Map<String, Value>,
    name: &'a str,
}

/// The body as JSON.
pub(super) fn read(body: &[u8]) -> Result<Value, Unreadable> {
    serde_json::from_slice(body).map_err(|error| Unreadable(format!("the body is no JSON: {error}")))
}

impl<'a> Members<'a> {
    /// An object that must be there.
    pub fn needed(body: &'a Value, name: &'a str) -> Result<Self, Unreadable> {
        Self::of(body.get(name), name)?.ok_or_else(|| Unreadable(format!("`{name}` is missing")))
    }

    /// An object, if it is there.
    pub fn of(value: Option<&'a Value>, name: &'a str) -> Result<Option<Self>, Unreadable> {
        match value {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(object)) => Ok(Some(Self { object, name })),
            Some(_) => Err(Unreadable(format!("`{name}` must be an object"))),
        }
    }

    /// A member, if it says something.
    pub fn scalar(&self, name: &str) -> Result<Option<Scalar<'a>>, Unreadable> {
        match self.object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let scalar = Scalar::of(value).ok_or_else(|| self.must_be(name, "a text"))?;
                Ok(Some(scalar).filter(|scalar| scalar.text().is_some()))
            }
        }
    }

    /// A text, if it says something.
    pub fn text(&self, name: &str) -> Result<Option<String>, Unreadable> {
        Ok(self.scalar(name)?.and_then(|scalar| scalar.text()))
    }

    /// A text that must be there.
    pub fn needed_text(&self, name: &str) -> Result<String, Unreadable> {
        self.text(name)?.ok_or_else(|| Unreadable(format!("`{}.{name}` is missing", self.name)))
    }

    /// An e-mail address that must be there.
    pub fn address(&self, name: &str) -> Result<String, Unreadable> {
        let address = self.needed_text(name)?;
        let is_plain = !address.chars().any(|it| it.is_whitespace() || it.is_control());
        match address.split_once('@') {
            Some((user, host)) if is_plain && !user.is_empty() && !host.is_empty() => Ok(address),
            _ => Err(self.must_be(name, "an e-mail address")),
        }
    }

    /// `"true"` or `"false"`; false if it is not there.
    pub fn flag(&self, name: &str) -> Result<bool, Unreadable> {
        match self.text(name)?.map(|text| text.to_ascii_lowercase()).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(self.must_be(name, "`\"true\"` or `\"false\"`")),
        }
    }

    /// That a member is not what it must be.
    pub fn must_be(&self, name: &str, what: &str) -> Unreadable {
        Unreadable(format!("`{}.{name}` must be {what}", self.name))
    }
}
