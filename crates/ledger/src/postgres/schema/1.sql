-- Texts that come from outside may hold any character, and TEXT takes no NUL: they are kept as bytes, in UTF-8. JSON of our
-- own writing holds none.
CREATE TABLE companies (id BIGINT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE keys (id BIGINT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE sources (id BIGINT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE endpoints (id BIGINT PRIMARY KEY, body TEXT NOT NULL);

CREATE TABLE receipts (
    id BIGINT PRIMARY KEY,
    source BIGINT NOT NULL,
    received_at BIGINT NOT NULL,  -- nanoseconds since 1970
    outcome BIGINT NOT NULL,      -- 0 understood, 1 duplicate, 2 quarantined
    detail BYTEA NOT NULL,
    remarks TEXT,                 -- a JSON array
    headers BYTEA NOT NULL,
    body BYTEA NOT NULL,
    erased BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX receipts_of_source ON receipts (source, id);
CREATE INDEX receipts_quarantined ON receipts (id) WHERE outcome = 2;
CREATE TABLE seen (
    source BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    receipt BIGINT NOT NULL,
    PRIMARY KEY (source, hash)
);

CREATE TABLE entities (
    id BIGINT PRIMARY KEY,
    company BIGINT NOT NULL,
    kind TEXT NOT NULL,
    version BIGINT NOT NULL,
    record TEXT NOT NULL,         -- JSON
    body TEXT NOT NULL,           -- JSON
    parent BIGINT
) WITH (fillfactor = 70);         -- a thing changes with each message about it: room for that on its own page
CREATE INDEX entities_of_kind ON entities (company, kind, id);
CREATE INDEX entities_of_parent ON entities (parent, kind) WHERE parent IS NOT NULL;
-- A name may be longer than what an index takes.
CREATE TABLE names (name BYTEA NOT NULL, entity BIGINT NOT NULL);
CREATE UNIQUE INDEX names_by_hash ON names (sha256(name));

CREATE TABLE events (
    id BIGINT PRIMARY KEY,
    company BIGINT NOT NULL,
    source BIGINT,
    receipt BIGINT,
    subject BIGINT NOT NULL,
    kind BYTEA NOT NULL,
    body BYTEA NOT NULL,
    skipped BYTEA,                -- eight bytes an endpoint
    owed BIGINT NOT NULL,         -- how many were owed it when it happened
    erased BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX events_of_company ON events (company, id);
CREATE INDEX events_of_subject ON events (subject, id);
-- What comes of something at once has ids right behind its own, and is looked for there: this has the rest. See `following`.
CREATE INDEX events_of_receipt ON events (receipt) WHERE id NOT BETWEEN receipt AND (receipt | 65535);

CREATE TABLE deliveries (
    id BIGINT PRIMARY KEY,
    endpoint BIGINT NOT NULL,
    event BIGINT NOT NULL,
    lane BIGINT NOT NULL,
    state BIGINT NOT NULL,        -- 0 pending, 1 delivered, 2 failed, 3 cancelled
    attempts BIGINT NOT NULL DEFAULT 0,
    next_at BIGINT,               -- nanoseconds since 1970
    overtook BYTEA,               -- eight bytes a delivery
    body BYTEA,                   -- null: the event's own
    again_after BIGINT,           -- attempts made when it was last owed anew; null: it never was
    retried BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX deliveries_of_endpoint ON deliveries (endpoint, id);
CREATE INDEX deliveries_owed ON deliveries (endpoint, id) WHERE state = 0;
CREATE INDEX deliveries_given_up ON deliveries (endpoint, id) WHERE state IN (2, 3);
CREATE INDEX deliveries_of_event ON deliveries (event) WHERE id NOT BETWEEN event AND (event | 65535); -- likewise

CREATE TABLE attempts (
    delivery BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,           -- nanoseconds since 1970
    took_us BIGINT NOT NULL,
    status BIGINT,
    error BYTEA,
    response BYTEA,
    PRIMARY KEY (delivery, number)
);

CREATE TABLE erasures (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company BIGINT NOT NULL,
    words TEXT NOT NULL           -- a JSON array
);
CREATE TABLE answers (
    company BIGINT NOT NULL,
    key BYTEA NOT NULL,
    fingerprint BYTEA NOT NULL,
    status BIGINT NOT NULL,
    etag BYTEA,
    body BYTEA NOT NULL,
    at BIGINT NOT NULL,           -- nanoseconds since 1970
    number BIGINT GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (company, key)
);
CREATE INDEX answers_by_age ON answers (at);
CREATE INDEX answers_by_number ON answers (number);
CREATE TABLE blobs (file BIGINT PRIMARY KEY, body BYTEA NOT NULL);
CREATE TABLE pointers (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source BIGINT NOT NULL,
    receipt BIGINT NOT NULL,
    resource BYTEA NOT NULL,
    due_at BIGINT NOT NULL,       -- nanoseconds since 1970
    attempts BIGINT NOT NULL,
    error BYTEA
);
CREATE UNIQUE INDEX pointers_by_hash ON pointers (source, sha256(resource));
CREATE INDEX pointers_due ON pointers (due_at);
CREATE INDEX pointers_of_receipt ON pointers (receipt);

CREATE TABLE replays (
    id BIGINT PRIMARY KEY,
    company BIGINT NOT NULL,
    state BIGINT NOT NULL,        -- 0 running, 1 done, 2 cancelled, 3 failed
    asked TEXT NOT NULL,          -- JSON
    reached BIGINT NOT NULL,      -- what has an id up to this one has been seen to
    total BIGINT,
    seen BIGINT NOT NULL,
    replayed BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    created_at BIGINT NOT NULL,   -- nanoseconds since 1970
    finished_at BIGINT,
    error BYTEA
);
CREATE INDEX replays_running ON replays (id) WHERE state = 0;
CREATE INDEX replays_of_company ON replays (company, id);

-- Up to where old rows may have gone: what has a lower id than this.
CREATE TABLE horizons (stock BIGINT PRIMARY KEY, below BIGINT NOT NULL);

-- Who has written: the number of the last batch, so that a commit whose answer was lost can be asked about, and the last id.
CREATE TABLE writers (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch BIGINT NOT NULL,
    last_id BIGINT NOT NULL,
    wrote_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);
-- The hubs that are there. Each goes on counting: one that has stopped is gone, by the clocks of those who look.
CREATE TABLE hubs (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    beat BIGINT NOT NULL,
    stays BOOLEAN NOT NULL
);
-- Which of them tells which endpoints.
CREATE TABLE shards (shard BIGINT PRIMARY KEY, hub BIGINT);
INSERT INTO shards SELECT * FROM GENERATE_SERIES(0, 60);
-- What the outboxes of other hubs have to hear, for as long as a hub may take to do so.
CREATE TABLE words (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    writer BIGINT NOT NULL,
    kind BIGINT NOT NULL,         -- 0 retry, 1 cancelled, 2 anew
    delivery BIGINT NOT NULL,
    endpoint BIGINT
);
-- How endpoints are doing, as the hubs say that tell them. It says nothing once they have gone.
CREATE UNLOGGED TABLE reports (endpoint BIGINT PRIMARY KEY, body TEXT NOT NULL);
