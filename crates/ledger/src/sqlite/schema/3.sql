-- How many attempts had been made when a delivery was last owed anew; null: it never was.
ALTER TABLE deliveries ADD COLUMN again_after INTEGER;
-- Did a person have it tried once more, out of its turn?
ALTER TABLE deliveries ADD COLUMN retried INTEGER NOT NULL DEFAULT 0;
CREATE INDEX deliveries_given_up ON deliveries (endpoint, id) WHERE state IN (2, 3);

CREATE TABLE replays (
    id INTEGER PRIMARY KEY,
    company INTEGER NOT NULL,
    state INTEGER NOT NULL,       -- 0 running, 1 done, 2 cancelled, 3 failed
    asked TEXT NOT NULL,          -- JSON
    reached INTEGER NOT NULL,     -- what has an id up to this one has been seen to
    total INTEGER,
    seen INTEGER NOT NULL,
    replayed INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    created_at INTEGER NOT NULL,  -- nanoseconds since 1970
    finished_at INTEGER,
    error TEXT
) STRICT;
CREATE INDEX replays_running ON replays (id) WHERE state = 0;
CREATE INDEX replays_of_company ON replays (company, id);

-- Up to where old rows may have gone: what has a lower id than this.
CREATE TABLE horizons (stock INTEGER PRIMARY KEY, below INTEGER NOT NULL) STRICT;

-- How far the journal has been folded into this file: see `book`. One row.
CREATE TABLE journal (
    folded INTEGER NOT NULL,      -- records up to this number are here
    epoch INTEGER NOT NULL        -- records with a sum of another epoch do not count
) STRICT;
INSERT INTO journal VALUES (0, random());

CREATE INDEX pointers_of_receipt ON pointers (receipt);
