-- How many were owed it when it happened; 0 of what happened before this was kept.
ALTER TABLE events ADD COLUMN owed INTEGER NOT NULL DEFAULT 0;
