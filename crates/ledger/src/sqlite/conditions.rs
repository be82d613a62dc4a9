//! What rows have to fulfil.

use callboard_core::Identifier;
use rusqlite::types::Value;

use super::rows::{bound, key};
use crate::pages::Page;

/// Conditions with the values that go with them.
#[derive(Default)]
pub(super) struct Conditions {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// A condition with one place for a value in it.
    pub(super) fn add(&mut self, part: &str, value: impl Into<Value>) {
        self.parts.push(part.to_owned());
        self.values.push(value.into());
    }

    /// A condition without a value in it. An index of only some rows is used where a condition says the same as it.
    pub(super) fn add_fixed(&mut self, part: String) {
        self.parts.push(part);
    }

    /// The column holds one of these ids.
    pub(super) fn add_any<I: Identifier>(&mut self, column: &str, ids: &[I]) {
        let places = vec!["?"; ids.len()].join(", ");
        self.parts.push(format!("{column} IN ({places})"));
        self.values.extend(ids.iter().map(|id| Value::from(key(*id))));
    }

    /// The row is one of those that follow from the one with this key: see [`crate::following`].
    pub(super) fn add_following(&mut self, ids: fn(&str) -> String, key: i64) {
        let part = format!("id IN ({})", ids("?"));
        self.values.extend(part.matches('?').map(|_| Value::from(key)));
        self.parts.push(part);
    }

    /// A condition with one place for a list of ids in it, as a JSON array: however many they are, it is one statement.
    pub(super) fn add_list(&mut self, part: &str, raw_ids: &[u64]) {
        let list: Vec<String> = raw_ids.iter().map(|raw_id| bound(*raw_id).to_string()).collect();
        self.add(part, format!("[{}]", list.join(",")));
    }

    /// The bounds of a page. Answers the order in which it is read.
    pub(super) fn add_page(&mut self, page: Page) -> &'static str {
        if let Some(before) = page.before {
            self.add("id < ?", bound(before));
        }
        if let Some(after) = page.after {
            self.add("id > ?", bound(after));
        }
        if let Some(from) = page.from {
            self.add("id >= ?", bound(from));
        }
        if page.after.is_some() { "ASC" } else { "DESC" }
    }

    /// Is there nothing to fulfil?
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The whole of it, and its values in order.
    pub(super) fn into_sql(self) -> (String, Vec<Value>) {
        let sql = if self.parts.is_empty() { "TRUE".to_owned() } else { self.parts.join(" AND ") };
        (sql, self.values)
    }
}
