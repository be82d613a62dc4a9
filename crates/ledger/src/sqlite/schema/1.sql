CREATE TABLE companies (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE keys (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE sources (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE endpoints (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;

CREATE TABLE receipts (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    received_at INTEGER NOT NULL, -- nanoseconds since 1970
    outcome INTEGER NOT NULL,     -- 0 understood, 1 duplicate, 2 quarantined
    detail TEXT NOT NULL,
    remarks TEXT,                 -- a JSON array
    headers TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX receipts_quarantined ON receipts (id) WHERE outcome = 2;
CREATE TABLE seen (
    source INTEGER NOT NULL,
    hash BLOB NOT NULL,
    receipt INTEGER NOT NULL,
    PRIMARY KEY (source, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE entities (
    id INTEGER PRIMARY KEY,
    company INTEGER NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    record TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE names (name TEXT PRIMARY KEY, entity INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    company INTEGER NOT NULL,
    source INTEGER,
    receipt INTEGER,
    subject INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    skipped BLOB                  -- eight bytes an endpoint
) STRICT;
CREATE INDEX events_of_subject ON events (subject, id);
-- What comes of something at once has ids right behind its own, and is looked for there: this has the rest. See `following`.
CREATE INDEX events_of_receipt ON events (receipt) WHERE id NOT BETWEEN receipt AND (receipt | 65535);

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    endpoint INTEGER NOT NULL,
    event INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    state INTEGER NOT NULL,       -- 0 pending, 1 delivered, 2 failed, 3 cancelled
    attempts INTEGER NOT NULL,
    next_at INTEGER,              -- nanoseconds since 1970
    overtook BLOB,                -- eight bytes a delivery
    body BLOB                     -- null: the event's own
) STRICT;
CREATE INDEX deliveries_owed ON deliveries (endpoint, id) WHERE state = 0;
CREATE INDEX deliveries_failed ON deliveries (id) WHERE state = 2;
CREATE INDEX deliveries_cancelled ON deliveries (id) WHERE state = 3;
CREATE INDEX deliveries_of_event ON deliveries (event) WHERE id NOT BETWEEN event AND (event | 65535); -- likewise

CREATE TABLE attempts (
    delivery INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,          -- nanoseconds since 1970
    took_us INTEGER NOT NULL,
    status INTEGER,
    error TEXT,
    response BLOB,
    PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;
