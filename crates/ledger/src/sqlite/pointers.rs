//! What is still to be fetched.

use callboard_core::{SourceId, Timestamp};
use rusqlite::{Connection, Row, params};

use super::entry::PointerRow;
use super::ink::Ink;
use super::rows::{id, key, nanos, time};
use crate::batch::Pointer;
use crate::engine::EngineError;

/// A new pointer takes the place of an earlier one to the same thing, under a number of its own: whoever is fetching for
/// the earlier one does not settle this one with it.
pub(super) fn write(ink: &Ink<'_>, pointers: &[PointerRow<'_>]) -> Result<(), EngineError> {
    for pointer in pointers {
        ink.execute(
            "INSERT OR REPLACE INTO pointers (source, receipt, resource, due_at, attempts)
                 VALUES (?1, ?2, ?3, ?4, 0)",
            params![pointer.source, pointer.receipt, pointer.resource, pointer.due_at],
        )?;
    }
    Ok(())
}

/// What a source pointed at is not to be fetched any more. Answers how many pointers go.
pub(super) fn drop_of(ink: &Ink<'_>, source: SourceId) -> Result<usize, EngineError> {
    Ok(ink.execute("DELETE FROM pointers WHERE source = ?1", params![key(source)])?)
}

pub(super) fn due(
    connection: &Connection,
    before: Timestamp,
    latest: Timestamp,
    not_of: &[SourceId],
    limit: usize,
) -> Result<Vec<Pointer>, EngineError> {
    let not_of: Vec<i64> = not_of.iter().map(|source| key(*source)).collect();
    let not_of = serde_json::to_string(&not_of).expect("numbers are JSON");
    let mut due = Vec::new();
    // Each by itself, so that an index leads to it.
    for (when, time) in [("due_at > ?1", latest), ("due_at < ?1", before)] {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT id, source, receipt, resource, due_at, attempts, error FROM pointers
             WHERE {when} AND source NOT IN (SELECT value FROM json_each(?2)) ORDER BY due_at LIMIT ?3"
        ))?;
        let left = i64::try_from(limit - due.len()).unwrap_or(i64::MAX);
        let pointers = statement.query_map(params![nanos(time), not_of, left], read)?;
        due.extend(pointers.collect::<Result<Vec<_>, _>>()?);
    }
    Ok(due)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Pointer> {
    Ok(Pointer {
        number: row.get::<_, i64>(0)?.cast_unsigned(),
        source: id(row.get(1)?),
        receipt: id(row.get(2)?),
        resource: row.get(3)?,
        due_at: time(row.get(4)?),
        attempts: row.get(5)?,
        error: row.get(6)?,
    })
}
