//! What is still to be fetched.

use callboard_core::{SourceId, Timestamp};
use rustc_hash::FxHashMap;
use tokio_postgres::Row;

use super::owing::most;
use super::rows::{id_in, number, text, text_or_none};
use super::script::{Script, each};
use super::session::Session;
use super::write::column;
use crate::batch::{NewPointer, Pointer};
use crate::columns::{key, nanos, time};
use crate::engine::EngineError;

/// A new pointer takes the place of an earlier one to the same thing, under a number of its own: whoever is fetching for
/// the earlier one does not settle this one with it.
pub(super) fn write<'b>(script: &mut Script<'b>, pointers: &'b [NewPointer]) {
    if pointers.is_empty() {
        return;
    }
    let mut last: FxHashMap<(SourceId, &str), usize> = FxHashMap::default();
    for (index, pointer) in pointers.iter().enumerate() {
        last.insert((pointer.source, &pointer.resource), index);
    }
    let mut last: Vec<usize> = last.into_values().collect();
    last.sort_unstable();
    let new = column(&last, |index| &pointers[*index]);
    let sources = || each(&new, |it| key(it.source));
    let resources = || each(&new, |it| it.resource.as_bytes());
    script.add(
        "DELETE FROM pointers USING UNNEST($1::BIGINT[], $2::BYTEA[]) AS new (source, resource)
         WHERE pointers.source = new.source AND sha256(pointers.resource) = sha256(new.resource)",
        [sources(), resources()],
    );
    script.add(
        "INSERT INTO pointers (source, receipt, resource, due_at, attempts)
         SELECT *, 0 FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BYTEA[], $4::BIGINT[])",
        [sources(), each(&new, |it| key(it.receipt)), resources(), each(&new, |it| nanos(it.due_at))],
    );
}

/// What a source pointed at is not to be fetched any more.
pub(super) fn drop_of(session: &mut Session, source: SourceId) -> Result<(), EngineError> {
    session.execute("DELETE FROM pointers WHERE source = $1", &[&key(source)]).map(drop)
}

pub(super) fn due(
    session: &mut Session,
    before: Timestamp,
    latest: Timestamp,
    not_of: &[SourceId],
    limit: usize,
) -> Result<Vec<Pointer>, EngineError> {
    let not_of = column(not_of, |source| key(*source));
    let mut due = Vec::new();
    // Each by itself, so that an index leads to it.
    for (when, time) in [("due_at > $1", latest), ("due_at < $1", before)] {
        let sql = format!(
            "SELECT id, source, receipt, resource, due_at, attempts, error FROM pointers
             WHERE {when} AND source <> ALL($2) ORDER BY due_at LIMIT $3"
        );
        let found = session.rows(&sql, &[&nanos(time), &not_of, &most(limit - due.len())])?;
        for row in &found {
            due.push(read(row)?);
        }
    }
    Ok(due)
}

fn read(row: &Row) -> Result<Pointer, EngineError> {
    Ok(Pointer {
        number: number(row, 0)?,
        source: id_in(row, 1)?,
        receipt: id_in(row, 2)?,
        resource: text(row, 3)?,
        due_at: time(row.try_get(4)?),
        attempts: number(row, 5)?,
        error: text_or_none(row, 6)?,
    })
}
