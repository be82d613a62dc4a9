-- The things that a writer's last batches have changed, those after the batch with that number: others read them anew. Null:
-- it does not say, and may have changed anything.
ALTER TABLE writers ADD COLUMN changed BIGINT[], ADD COLUMN changed_after BIGINT;
