//! The tables, and how an older store becomes one of today's. Several hubs may start at the same time: one of them does it.

use super::pen::PEN;
use super::session::Session;
use crate::engine::EngineError;

/// A step that has been released never changes; a change is a new step.
const STEPS: &[&str] = &[include_str!("1.sql")];
/// Who holds this brings a store up to date: a number that no other program is likely to take.
const LOCK: i64 = 0x0043_414c_4c42_4f41;

/// Brings a store up to the version that this program writes, which is the number of steps.
pub(super) fn migrate(session: &mut Session) -> Result<(), EngineError> {
    session.in_transaction(|session| {
        session.run(&format!("SELECT pg_advisory_xact_lock({LOCK})"))?;
        session.run(
            "CREATE TABLE IF NOT EXISTS callboard (version BIGINT NOT NULL, configured BIGINT NOT NULL)",
        )?;
        let found = version(session)?;
        if found as usize == STEPS.len() {
            return Ok(());
        }
        // A hub of the older version that is writing is not changed under.
        session.run(&format!("SELECT pg_advisory_xact_lock({PEN})"))?;
        for step in STEPS.iter().skip(found as usize) {
            session.run(step)?;
        }
        if found == 0 {
            session.run("INSERT INTO callboard VALUES (0, 0)")?;
        }
        session.run(&format!("UPDATE callboard SET version = {}", STEPS.len()))
    })
}

/// Which version a store has, unless a newer program wrote it.
fn version(session: &mut Session) -> Result<u32, EngineError> {
    let found = session.maybe("SELECT version FROM callboard", &[])?.map_or(0, |row| row.get::<_, i64>(0));
    let known = u32::try_from(STEPS.len()).expect("there are few steps");
    let found = u32::try_from(found).unwrap_or(u32::MAX);
    if found > known { Err(EngineError::TooNew { found, known }) } else { Ok(found) }
}
