//! The tables, and how an older store becomes one of today's. Several hubs may start at the same time: one of them does it.

use std::time::Duration;

use super::pen::PEN;
use super::session::{Address, Session};
use super::taking;
use crate::engine::EngineError;

/// A step that has been released never changes; a change is a new step.
const STEPS: &[&str] = &[include_str!("1.sql"), include_str!("2.sql"), include_str!("3.sql")];
/// The oldest version of the program that can work on a store of this one: hubs of both may be there while one after the other
/// is brought up to date.
const OLDEST: i64 = 1;
/// Who holds this brings a store up to date: a number that no other program is likely to take.
const LOCK: i64 = 0x0043_414c_4c42_4f41;

/// How long the database may take for a step, which may have to read a whole table for an index, and how long a hub waits for
/// another one that is at it.
pub const BROUGHT_UP_WITHIN: Duration = Duration::from_secs(12 * 60 * 60);
/// Lifts limits that a database may be set up with, where it knows them: they are for what is done every day.
pub(super) const UNLIMITED: &str =
    "SELECT set_config(name, '0', FALSE) FROM pg_settings WHERE name IN ('statement_timeout',
    'lock_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')";

/// Brings a store up to the version that this program writes, which is the number of steps. Where nothing is to be done, a
/// database that says nothing is given up soon.
pub(super) fn migrate(address: &Address) -> Result<(), EngineError> {
    let mut session = Session::open(address)?;
    if is_there(&mut session)? && has_todays_tables(&mut session)? {
        return taking::refuse_half_a_copy(&mut session);
    }
    let mut session = Session::open_for(address, BROUGHT_UP_WITHIN)?;
    session.rows(UNLIMITED, &[])?;
    alone(&mut session, |session| {
        taking::refuse_half_a_copy(session)?;
        bring_up(session)
    })
}

/// Does something in a transaction in which nobody else makes or changes tables.
pub(super) fn alone(
    session: &mut Session,
    work: impl FnOnce(&mut Session) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    session.in_transaction(|session| {
        let is_free = session.one(&format!("SELECT pg_try_advisory_xact_lock({LOCK})"), &[])?;
        if !is_free.try_get(0)? {
            tracing::info!("somebody else makes or changes the tables of the store; it is waited for");
            session.run(&format!("SELECT pg_advisory_xact_lock({LOCK})"))?;
        }
        work(session)
    })
}

/// Makes the tables, or what is new in them.
pub(super) fn bring_up(session: &mut Session) -> Result<(), EngineError> {
    session.run(
        "SET LOCAL client_min_messages = warning;
        CREATE TABLE IF NOT EXISTS callboard (
            version BIGINT NOT NULL, oldest BIGINT NOT NULL, configured BIGINT NOT NULL, secret BYTEA NOT NULL)",
    )?;
    let (found, oldest) = versions(session)?;
    fits(oldest)?;
    if found >= known() {
        return Ok(());
    }
    if found > 0 {
        tracing::info!(from = found, to = known(), "the store is brought up to date, which may take a while");
    }
    // A hub of the older version that is writing is not changed under.
    session.run(&format!("SELECT pg_advisory_xact_lock({PEN})"))?;
    for step in STEPS.iter().skip(found.try_into().unwrap_or_default()) {
        session.run(step)?;
    }
    if found == 0 {
        // The two have 122 random bits each.
        session.run(
            "INSERT INTO callboard
             VALUES (0, 0, 0, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))",
        )?;
    }
    session
        .execute("UPDATE callboard SET version = $1, oldest = GREATEST(oldest, $2)", &[&known(), &OLDEST])
        .map(drop)
}

/// Is there a whole store that this program knows? Nothing is changed.
pub(super) fn is_of_today(session: &mut Session) -> Result<(), EngineError> {
    if !is_there(session)? {
        return Err(EngineError::Unfit("there is no store in the database".to_owned()));
    }
    taking::refuse_half_a_copy(session)?;
    if has_todays_tables(session)? {
        return Ok(());
    }
    Err(EngineError::Unfit(
        "the store is of an older version; a hub of this version brings it up to date when it starts"
            .to_owned(),
    ))
}

/// Is there a store of any version?
pub(super) fn is_there(session: &mut Session) -> Result<bool, EngineError> {
    Ok(session.one("SELECT to_regclass('callboard') IS NOT NULL", &[])?.try_get(0)?)
}

/// Has a store that this program may work on all that it knows?
pub(super) fn has_todays_tables(session: &mut Session) -> Result<bool, EngineError> {
    let (found, oldest) = versions(session)?;
    fits(oldest)?;
    Ok(found >= known())
}

/// May this program work on a store on which no program may that is older than this?
pub(super) fn fits(oldest: i64) -> Result<(), EngineError> {
    let number = |version: i64| u32::try_from(version).unwrap_or(u32::MAX);
    let error = EngineError::TooNew { found: number(oldest), known: number(known()) };
    if oldest > known() { Err(error) } else { Ok(()) }
}

fn known() -> i64 {
    i64::try_from(STEPS.len()).expect("there are few steps")
}

/// Which version a store has, and the oldest of a program that may work on it.
fn versions(session: &mut Session) -> Result<(i64, i64), EngineError> {
    let row = session.maybe("SELECT version, oldest FROM callboard", &[])?;
    row.map_or(Ok((0, 0)), |row| Ok((row.try_get(0)?, row.try_get(1)?)))
}
