//! The members of a JSON object as .NET reads them: whatever the letter case of their names, null as if not there.

use serde_json::{Map, Value};

use crate::dialect::Unreadable;

/// An object, and where in the body it is.
pub(in crate::skype) struct Members<'a> {
    object: &'a Map<String, Value>,
    path: String,
}

impl<'a> Members<'a> {
    /// The object at this path; the body itself is at the empty one.
    pub fn of(value: &'a Value, path: &str) -> Result<Self, Unreadable> {
        let object = value.as_object().ok_or_else(|| {
            let what = if path.is_empty() { "the body".to_owned() } else { format!("`{path}`") };
            Unreadable(format!("{what} must be an object"))
        })?;
        Ok(Self { object, path: path.to_owned() })
    }

    /// A member: by its own name, else by one that differs in letter case only.
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        let of_any_case = || self.object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let value = self.object.get(name).or_else(|| of_any_case().map(|(_, value)| value));
        value.filter(|value| !value.is_null())
    }

    /// A text that is not empty. A number is taken for its digits.
    pub fn text(&self, name: &str) -> Result<Option<String>, Unreadable> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(self.must_be(name, "a text")),
        }
    }

    /// A whole number of minutes, as a number or as text.
    pub fn minutes(&self, name: &str) -> Result<Option<u32>, Unreadable> {
        let minutes = self.text(name)?.map(|text| text.parse::<u32>());
        minutes.transpose().map_err(|_| self.must_be(name, "a whole number of minutes"))
    }

    /// An object.
    pub fn object(&self, name: &str) -> Result<Option<Members<'a>>, Unreadable> {
        self.get(name).map(|value| Members::of(value, &self.path_of(name))).transpose()
    }

    /// A list of objects.
    pub fn objects(&self, name: &str) -> Result<Option<Vec<Members<'a>>>, Unreadable> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let list = value.as_array().ok_or_else(|| self.must_be(name, "a list"))?;
        let at = |index: usize| format!("{}[{index}]", self.path_of(name));
        list.iter()
            .enumerate()
            .map(|(index, value)| Members::of(value, &at(index)))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Every member with its own name.
    pub fn iter(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.object.iter()
    }

    /// That a member is not what it must be.
    pub fn must_be(&self, name: &str, what: &str) -> Unreadable {
        Unreadable(format!("`{}` must be {what}", self.path_of(name)))
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}
