//! The tables, and how an older store becomes one of today's.
//!
//! Ids are integer keys (see `callboard_core::IdMint`): rows are appended in the order of time, and an id tells when.

use rusqlite::{Connection, Transaction, params};

use super::rows;
use crate::engine::EngineError;

/// Brings a store up by one version: tables first, then what is in them. A step that has been released never changes; a
/// change is a new step.
struct Step {
    tables: &'static str,
    rows: fn(&Transaction<'_>) -> Result<(), EngineError>,
}

const STEPS: &[Step] = &[
    Step { tables: include_str!("1.sql"), rows: |_| Ok(()) },
    Step { tables: include_str!("2.sql"), rows: |transaction| note_parents(transaction, "TRUE") },
    Step { tables: include_str!("3.sql"), rows: |_| Ok(()) },
    Step { tables: include_str!("4.sql"), rows: |_| Ok(()) },
    // A note that names an application alone belongs to that.
    Step { tables: "", rows: |transaction| note_parents(transaction, "kind = 'note' AND parent IS NULL") },
];

/// Brings a store up to the version that this program writes, which is the number of steps.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), EngineError> {
    let found = check(connection)?;
    for (version, step) in (1_u32..).zip(STEPS).skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step.tables)?;
        (step.rows)(&transaction)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Which version a store has, unless a newer program wrote it.
pub(super) fn check(connection: &Connection) -> Result<u32, EngineError> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known() { Err(EngineError::TooNew { found, known: known() }) } else { Ok(found) }
}

/// The version that this program writes.
pub(super) fn known() -> u32 {
    u32::try_from(STEPS.len()).expect("there are few steps")
}

/// What each of these things belongs to is worked out by the rules, not by SQL.
fn note_parents(transaction: &Transaction<'_>, these: &str) -> Result<(), EngineError> {
    let mut things = transaction.prepare(&format!("SELECT {} FROM entities WHERE {these}", rows::THING))?;
    let mut note = transaction.prepare("UPDATE entities SET parent = ?2 WHERE id = ?1")?;
    let mut rows = things.query([])?;
    while let Some(row) = rows.next()? {
        let held = rows::thing(row)?;
        if let Some(parent) = held.entity.parent() {
            note.execute(params![held.entity.raw_id().cast_signed(), parent.cast_signed()])?;
        }
    }
    Ok(())
}
