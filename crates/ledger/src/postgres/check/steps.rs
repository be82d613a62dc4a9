//! Reads tables step by step: each goes on after the last row of the one before.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::engine::EngineError;
use crate::postgres::session::Session;

/// Where a step goes on: the columns of a key.
pub(super) trait Place {
    /// Values for `$1` and, if there are two of them, `$2`.
    fn values(&self) -> Vec<&(dyn ToSql + Sync)>;
}

impl Place for i64 {
    fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![self]
    }
}

impl Place for Vec<u8> {
    fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![self]
    }
}

impl<A: ToSql + Sync, B: ToSql + Sync> Place for (A, B) {
    fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![&self.0, &self.1]
    }
}

/// Shows every row after a place, so many at once. `sql` takes the place first and then `more`; `see` answers the place of
/// a row.
pub(super) fn walk<P: Place>(
    session: &mut Session,
    sql: &str,
    more: &[&(dyn ToSql + Sync)],
    mut place: P,
    at_once: usize,
    mut see: impl FnMut(&Row) -> Result<P, EngineError>,
) -> Result<(), EngineError> {
    let sql = format!("{sql} LIMIT {at_once}");
    loop {
        let found = session.rows(&sql, &[&place.values()[..], more].concat())?;
        for row in &found {
            place = see(row)?;
        }
        if found.len() < at_once {
            return Ok(());
        }
    }
}

/// The same by a number in the first column, from the lowest one on.
pub(super) fn each(
    session: &mut Session,
    sql: &str,
    at_once: usize,
    mut see: impl FnMut(&Row) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    walk(session, sql, &[], i64::MIN, at_once, |row| {
        see(row)?;
        Ok(row.try_get(0)?)
    })
}
