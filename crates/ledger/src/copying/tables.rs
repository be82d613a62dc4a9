//! What both stores hold, table by table, in the columns that both have.

/// A table.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// Its columns; those of its key come first.
    pub(crate) columns: &'static [(&'static str, Form)],
    /// How many columns its key has.
    pub(crate) key: usize,
    /// Its rows are numbered by the store, in the column of the key.
    pub(crate) is_numbered: bool,
}

/// What is in a column, as PostgreSQL keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Number,
    Flag,
    /// Of our own writing: it holds no NUL.
    Text,
    /// Also texts that come from outside.
    Bytes,
}

use Form::{Bytes, Flag, Number, Text};

impl Table {
    /// The names of its columns.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }

    /// The names of those of its key.
    pub(crate) fn key_names(&self) -> Vec<&'static str> {
        self.names()[..self.key].to_vec()
    }
}

const fn table(name: &'static str, key: usize, columns: &'static [(&'static str, Form)]) -> Table {
    Table { name, columns, key, is_numbered: false }
}

const DOCUMENT: &[(&str, Form)] = &[("id", Number), ("body", Text)];

/// All of them, in the order in which they are copied. What only one of the stores has is about its own files, or is made by
/// the other one itself: the number of an answer.
pub(crate) const TABLES: [Table; 17] = [
    table("companies", 1, DOCUMENT),
    table("keys", 1, DOCUMENT),
    table("sources", 1, DOCUMENT),
    table("endpoints", 1, DOCUMENT),
    table("horizons", 1, &[("stock", Number), ("below", Number)]),
    table(
        "entities",
        1,
        &[
            ("id", Number),
            ("company", Number),
            ("kind", Text),
            ("version", Number),
            ("record", Text),
            ("body", Text),
            ("parent", Number),
        ],
    ),
    table("names", 1, &[("name", Bytes), ("entity", Number)]),
    table("blobs", 1, &[("file", Number), ("body", Bytes)]),
    table(
        "receipts",
        1,
        &[
            ("id", Number),
            ("source", Number),
            ("received_at", Number),
            ("outcome", Number),
            ("detail", Bytes),
            ("remarks", Text),
            ("headers", Bytes),
            ("body", Bytes),
            ("erased", Flag),
        ],
    ),
    table("seen", 2, &[("source", Number), ("hash", Bytes), ("receipt", Number)]),
    table(
        "events",
        1,
        &[
            ("id", Number),
            ("company", Number),
            ("source", Number),
            ("receipt", Number),
            ("subject", Number),
            ("kind", Bytes),
            ("body", Bytes),
            ("skipped", Bytes),
            ("owed", Number),
            ("erased", Flag),
        ],
    ),
    table(
        "deliveries",
        1,
        &[
            ("id", Number),
            ("endpoint", Number),
            ("event", Number),
            ("lane", Number),
            ("state", Number),
            ("attempts", Number),
            ("next_at", Number),
            ("overtook", Bytes),
            ("body", Bytes),
            ("again_after", Number),
            ("retried", Flag),
        ],
    ),
    table(
        "attempts",
        2,
        &[
            ("delivery", Number),
            ("number", Number),
            ("at", Number),
            ("took_us", Number),
            ("status", Number),
            ("error", Bytes),
            ("response", Bytes),
        ],
    ),
    table(
        "answers",
        2,
        &[
            ("company", Number),
            ("key", Bytes),
            ("fingerprint", Bytes),
            ("status", Number),
            ("etag", Bytes),
            ("body", Bytes),
            ("at", Number),
        ],
    ),
    Table {
        is_numbered: true,
        ..table(
            "pointers",
            1,
            &[
                ("id", Number),
                ("source", Number),
                ("receipt", Number),
                ("resource", Bytes),
                ("due_at", Number),
                ("attempts", Number),
                ("error", Bytes),
            ],
        )
    },
    table(
        "replays",
        1,
        &[
            ("id", Number),
            ("company", Number),
            ("state", Number),
            ("asked", Text),
            ("reached", Number),
            ("total", Number),
            ("seen", Number),
            ("replayed", Number),
            ("skipped", Number),
            ("created_at", Number),
            ("finished_at", Number),
            ("error", Bytes),
        ],
    ),
    Table {
        is_numbered: true,
        ..table("erasures", 1, &[("id", Number), ("company", Number), ("words", Text)])
    },
];
