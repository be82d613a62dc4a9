ALTER TABLE entities ADD COLUMN parent INTEGER;
CREATE INDEX entities_of_kind ON entities (company, kind);
CREATE INDEX entities_of_parent ON entities (parent, kind) WHERE parent IS NOT NULL;

ALTER TABLE receipts ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
CREATE TABLE erasures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    company INTEGER NOT NULL,
    words TEXT NOT NULL           -- a JSON array
) STRICT;

CREATE TABLE answers (
    company INTEGER NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    etag TEXT,
    body BLOB NOT NULL,
    at INTEGER NOT NULL,          -- nanoseconds since 1970
    UNIQUE (company, key)
) STRICT;
CREATE INDEX answers_by_age ON answers (at);

CREATE TABLE blobs (file INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;

CREATE TABLE pointers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source INTEGER NOT NULL,
    receipt INTEGER NOT NULL,
    resource TEXT NOT NULL,
    due_at INTEGER NOT NULL,      -- nanoseconds since 1970
    attempts INTEGER NOT NULL,
    error TEXT,
    UNIQUE (source, resource)
) STRICT;
CREATE INDEX pointers_due ON pointers (due_at);
