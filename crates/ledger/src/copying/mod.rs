//! Copies a store from files into a database: all of it, as it is.
//!
//! Rows go in the order of their keys, in batches that are there as a whole or not at all, each with a note of how far it
//! reaches. A copy that broke off goes on where it was. It is only a store that a hub may work on when both have been
//! checked, and hold the same.

mod batch;
mod tables;

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

pub(crate) use batch::{Batch, Gathering, KeyPart, Value};
use serde::Serialize;
pub(crate) use tables::{TABLES, Table};

use crate::checking::{Check, Checked, check};
use crate::engine::EngineError;
use crate::postgres::{PostgresStore, Taker};
use crate::sqlite::{Giver, SqliteStore};

/// How many rows are copied in one transaction at the most.
pub const COPIED_ROWS: usize = 50_000;
/// How many bytes of them, but for a single one that has more.
pub const COPIED_BYTES: usize = 8 * 1024 * 1024;

/// What a copy is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The store that is copied is checked.
    Original,
    /// Rows are copied.
    Rows,
    /// The copy is checked.
    Copy,
}

/// How far a copy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copying<'c> {
    /// At what it is.
    pub phase: Phase,
    /// In more detail: a table, or what is checked.
    pub what: &'c str,
    /// How much of this phase is done.
    pub done: u64,
    /// Of how much, if that is known.
    pub total: Option<u64>,
}

/// What came of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// How much each table holds, here and there.
    pub tables: Vec<CopiedTable>,
    /// How many rows had been copied before, by a copy that broke off.
    pub resumed_at: u64,
    /// Is the store whole? Else neither of the two is, and the same was found in both.
    pub whole: bool,
}

/// How much was copied of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CopiedTable {
    /// Its name.
    pub name: &'static str,
    /// How many rows it has.
    pub rows: u64,
}

/// Copies a store into the database at an address, which holds none but an unfinished copy of this one.
///
/// [`EngineError::Unfit`] if it holds anything else, if there is nothing to copy, if the store was worked on since an
/// unfinished copy was begun, if the database does not take a row, and if the copy is not the same as the original.
pub fn copy_store(
    from: &SqliteStore,
    to: &str,
    progress: &mut dyn FnMut(Copying<'_>),
) -> Result<Copied, EngineError> {
    let giver = from.giver()?;
    let tables = TABLES
        .iter()
        .map(|table| Ok(CopiedTable { name: table.name, rows: giver.count(table)? }))
        .collect::<Result<Vec<_>, EngineError>>()?;
    if tables.iter().all(|table| table.rows == 0) {
        return Err(EngineError::Unfit("there is nothing in the store".to_owned()));
    }
    let mut taker = PostgresStore::taker(to, giver.state()?)?;
    let original = check(from.inspector()?.as_mut(), &mut checking(Phase::Original, progress));
    if let Some(damage) =
        original.iter().find(|it| it.check == Check::Files).and_then(|it| it.findings.first())
    {
        return Err(EngineError::Unfit(format!("the store's file is damaged: {}", damage.sentence)));
    }
    let total = tables.iter().map(|table| table.rows).sum();
    let resumed_at = rows(giver, &mut taker, total, progress)?;
    let giver = from.giver()?;
    for (table, counted) in TABLES.iter().zip(&tables) {
        if table.is_numbered {
            taker.number_after(table, giver.highest(table)?)?;
        }
        let copied = taker.count(table)?;
        if copied != counted.rows {
            return Err(differs(&format!("{} has {} rows, its copy {copied}", table.name, counted.rows)));
        }
        taker.learn(table)?;
    }
    let copy = check(taker.inspector()?.as_mut(), &mut checking(Phase::Copy, progress));
    same(&original, &copy)?;
    taker.end()?;
    Ok(Copied { tables, resumed_at, whole: original.iter().all(|it| it.found == 0) })
}

fn checking(phase: Phase, progress: &mut dyn FnMut(Copying<'_>)) -> impl FnMut(Check, u64) + use<'_> {
    move |check, done| progress(Copying { phase, what: check.sentence(), done, total: None })
}

/// Copies all rows that are not there yet. Answers how many were. One thread reads ahead while another one writes.
fn rows(
    giver: Giver,
    taker: &mut Taker,
    total: u64,
    progress: &mut dyn FnMut(Copying<'_>),
) -> Result<u64, EngineError> {
    let mut keys = Vec::with_capacity(TABLES.len());
    let mut done = 0;
    for table in &TABLES {
        let reached = taker.reached(table)?;
        done += reached.as_ref().map_or(0, |reached| reached.rows);
        keys.push(reached.map(|reached| reached.key));
    }
    let resumed_at = done;
    thread::scope(|scope| {
        let (to, batches) = sync_channel(1);
        scope.spawn(move || give(&giver, keys, &to));
        let batches: Receiver<Result<(&Table, Batch), EngineError>> = batches;
        for given in batches {
            let (table, batch) = given?;
            taker.take(table, &batch)?;
            done += batch.rows;
            progress(Copying { phase: Phase::Rows, what: table.name, done, total: Some(total) });
        }
        Ok(resumed_at)
    })
}

/// Reads everything after these keys, until nobody takes it any more.
fn give(
    giver: &Giver,
    keys: Vec<Option<Vec<KeyPart>>>,
    to: &SyncSender<Result<(&'static Table, Batch), EngineError>>,
) {
    for (table, mut after) in TABLES.iter().zip(keys) {
        loop {
            match giver.next(table, after.as_deref(), (COPIED_ROWS, COPIED_BYTES)) {
                Ok(None) => break,
                Ok(Some(batch)) => {
                    after = Some(batch.reached.clone());
                    if to.send(Ok((table, batch))).is_err() {
                        return;
                    }
                }
                Err(error) => {
                    // Whoever takes no more has a reason of their own.
                    let _ = to.send(Err(error));
                    return;
                }
            }
        }
    }
}

/// What is found in the copy was found in the original, and nothing else was. Each engine proves its files by itself, and finds the
/// rest in an order of its own.
fn same(original: &[Checked], copy: &[Checked]) -> Result<(), EngineError> {
    for (before, after) in original.iter().zip(copy) {
        if before.ended && !after.ended {
            let why = after.findings.last().map_or("", |it| &it.sentence);
            return Err(EngineError::Failed(format!("the copy is there, but {why}; run it again")));
        }
        let expected = if before.check == Check::Files { 0 } else { before.found };
        if after.found != expected || expected > 0 && before.about != after.about {
            let first = after.findings.first().map(|it| format!(": {} {}", it.id, it.sentence));
            let sentence = after.sentence;
            return Err(differs(&format!("it is not true that {sentence}{}", first.unwrap_or_default())));
        }
    }
    Ok(())
}

fn differs(how: &str) -> EngineError {
    EngineError::Unfit(format!("the copy is not the same as the original, and no hub will work on it: {how}"))
}
