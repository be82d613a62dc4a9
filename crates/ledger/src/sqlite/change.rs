//! What people changed.

use rusqlite::params;

use super::erasing;
use super::ink::Ink;
use super::keeping;
use super::owing;
use super::pointers;
use super::replaying;
use super::rows::{key, nanos, state_number};
use crate::batch::{Change, DeliveryState};
use crate::engine::EngineError;

pub(super) fn change(ink: &Ink<'_>, change: &Change) -> Result<(), EngineError> {
    let put = |table, key: i64, body: serde_json::Result<String>| -> Result<usize, EngineError> {
        let body = body.map_err(|error| EngineError::Refused(error.to_string()))?;
        let sql = format!("INSERT OR REPLACE INTO {table} (id, body) VALUES (?1, ?2)");
        Ok(ink.execute(&sql, params![key, body])?)
    };
    let delete = |table, key: i64| ink.execute(&format!("DELETE FROM {table} WHERE id = ?1"), params![key]);
    match change {
        Change::PutCompany(it) => put("companies", key(it.id), serde_json::to_string(it))?,
        Change::PutKey(it) => put("keys", key(it.id), serde_json::to_string(it))?,
        Change::DeleteKey(id) => delete("keys", key(*id))?,
        Change::PutSource(it) => {
            put("sources", key(it.id), serde_json::to_string(it))?;
            if it.fetch.is_some() { 0 } else { pointers::drop_of(ink, it.id)? }
        }
        Change::DeleteSource(id) => {
            delete("sources", key(*id))?;
            pointers::drop_of(ink, *id)?
        }
        Change::PutEndpoint(it) => put("endpoints", key(it.id), serde_json::to_string(it))?,
        Change::DeleteEndpoint(id) => {
            delete("endpoints", key(*id))?;
            owing::call_off(ink, *id)?
        }
        Change::CallOff(id) => owing::call_off(ink, *id)?,
        Change::Retry(delivery) => ink.execute(
            "UPDATE deliveries SET state = 0, next_at = NULL, retried = 1
             WHERE id = ?1 AND endpoint IN (SELECT id FROM endpoints)
                AND event NOT IN (SELECT id FROM events WHERE id = deliveries.event AND erased)",
            params![key(*delivery)],
        )?,
        Change::EraseReceipts(_, receipts) => erasing::receipts(ink, receipts)?,
        Change::Searched(number) => erasing::searched(ink, *number)?,
        Change::PointerDone(number) => delete("pointers", number.cast_signed())?,
        Change::PointerLater { number, due_at, error } => ink.execute(
            "UPDATE pointers SET due_at = ?2, attempts = attempts + 1, error = ?3 WHERE id = ?1",
            params![number.cast_signed(), nanos(*due_at), error],
        )?,
        Change::LetGo(outdated) => keeping::let_go(ink, outdated)?,
        Change::StartReplay(replay) => replaying::start(ink, replay)?,
        Change::ReplayCame(replay) => replaying::note(ink, replay)?,
        Change::EndReplay { id, state, at, error } => {
            replaying::end(ink, *id, *state, *at, error.as_deref())?
        }
        Change::Cancel(delivery) => ink.execute(
            "UPDATE deliveries SET state = ?2, next_at = NULL WHERE id = ?1 AND state = 0",
            params![key(*delivery), state_number(DeliveryState::Cancelled)],
        )?,
    };
    Ok(())
}
