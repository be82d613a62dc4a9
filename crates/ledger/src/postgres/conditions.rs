//! What rows have to fulfil.

use tokio_postgres::types::ToSql;

use crate::columns::bound;
use crate::pages::Page;

/// Conditions with the values that go with them.
#[derive(Default)]
pub(super) struct Conditions {
    parts: Vec<String>,
    values: Vec<Box<dyn ToSql + Sync>>,
}

impl Conditions {
    /// A condition with one place for a value in it, a question mark.
    pub(super) fn add(&mut self, part: &str, value: impl ToSql + Sync + 'static) {
        let place = self.place(value);
        self.parts.push(part.replace('?', &place));
    }

    /// The row is one of those that follow from the one with this key: see [`crate::following`].
    pub(super) fn add_following(&mut self, ids: fn(&str) -> String, key: i64) {
        self.add(&format!("id IN ({})", ids("?")), key);
    }

    /// The place of a value that stands elsewhere than in a condition.
    pub(super) fn place(&mut self, value: impl ToSql + Sync + 'static) -> String {
        self.values.push(Box::new(value));
        format!("${}", self.values.len())
    }

    /// A condition without a value in it. An index of only some rows is used where a condition says the same as it.
    pub(super) fn add_fixed(&mut self, part: String) {
        self.parts.push(part);
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

    /// The whole of it.
    pub(super) fn sql(&self) -> String {
        if self.parts.is_empty() { "TRUE".to_owned() } else { self.parts.join(" AND ") }
    }

    /// Its values, in order.
    pub(super) fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(AsRef::as_ref).collect()
    }
}
