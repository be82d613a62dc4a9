//! The members of a resource as viasto's API shows it: any may be missing or null, and a reference may be a URL or, with
//! nested loading, the thing itself (platforms.md 3.2).

use callboard_core::{About, Extra, Score, Timestamp};
use serde_json::{Map, Value};

use super::resource;
use crate::dialect::Unreadable;

/// What a reference that was loaded along holds: its own URL.
const OWN_URL: &str = "resource_uri";

/// The members of one resource.
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// Takes the answer to a GET.
    pub fn read(answer: &[u8]) -> Result<Self, Unreadable> {
        match serde_json::from_slice(answer) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Unreadable("the answer is no object".to_owned())),
            Err(error) => Err(Unreadable(format!("the answer is no JSON: {error}"))),
        }
    }

    /// The member as it came; null where there is none.
    pub fn value(&self, name: &str) -> Value {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// A text, if there is one that is not empty. A number is taken for its digits.
    pub fn text(&self, name: &str) -> Result<Option<String>, Unreadable> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(Unreadable(format!("`{name}` is no text"))),
        }
    }

    /// A score: a number, or a text that is one.
    pub fn score(&self, name: &str) -> Result<Option<Score>, Unreadable> {
        let score = self.text(name)?.map(|text| text.parse());
        score.transpose().map_err(|error| Unreadable(format!("`{name}`: {error}")))
    }

    /// A whole number; what is none is not worth losing the rest for.
    #[expect(clippy::cast_possible_truncation, reason = "what lies beyond the range is cut off at its end")]
    pub fn whole(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        value.as_i64().or_else(|| value.as_f64().map(|it| it.round() as i64))
    }

    /// A time; what is none is not worth losing the rest for.
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        self.0.get(name)?.as_str()?.parse().ok()
    }

    /// The name of the resource that a member refers to.
    pub fn link(&self, name: &str) -> Result<Option<String>, Unreadable> {
        let member = self.0.get(name);
        let url = match member.and_then(|it| it.get(OWN_URL)).or(member) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(url)) => url,
            Some(_) => return Err(Unreadable(format!("`{name}` is no resource URL"))),
        };
        if url.is_empty() {
            return Ok(None);
        }
        let path = resource::path(url).map(str::to_owned);
        path.map(Some).ok_or_else(|| {
            let url: String = url.chars().take(80).collect();
            Unreadable(format!("`{name}` is no resource URL: `{url}`"))
        })
    }
}

/// A thing of which nothing is told but its name.
pub(super) fn named<T: Default>(resource: String) -> About<T> {
    About { external_id: Some(resource), told: T::default() }
}

/// What has no word here, as it came; what is null is not there.
pub(super) fn said<const N: usize>(members: [(&str, Value); N]) -> Extra {
    let there = members.into_iter().filter(|(_, value)| !value.is_null());
    let there: Map<String, Value> = there.map(|(name, value)| (name.to_owned(), value)).collect();
    if there.is_empty() { Extra::new() } else { Extra::from([("viasto".to_owned(), Value::Object(there))]) }
}
