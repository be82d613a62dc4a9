-- A note that names an application alone belongs to that. The number of an id is in the thirteen digits behind its prefix.
UPDATE entities AS note SET parent = (
    SELECT SUM((strpos('0123456789abcdefghjkmnpqrstvwxyz', substr(split_part(note.body::jsonb ->> 'application_id', '_', 2), place, 1)) - 1)
        * POWER(32::NUMERIC, 13 - place))::BIGINT
    FROM generate_series(1, 13) AS place)
WHERE kind = 'note' AND parent IS NULL AND note.body::jsonb ->> 'application_id' IS NOT NULL;
