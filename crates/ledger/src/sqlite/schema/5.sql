-- What comes of something at once has ids right behind its own, and is looked for there: these have the rest. See `following`.
DROP INDEX events_of_receipt;
CREATE INDEX events_of_receipt ON events (receipt) WHERE id NOT BETWEEN receipt AND (receipt | 65535);
DROP INDEX deliveries_of_event;
CREATE INDEX deliveries_of_event ON deliveries (event) WHERE id NOT BETWEEN event AND (event | 65535);
