//! What people changed.

use super::session::Session;
use super::{erasing, keeping, owing, pointers, replaying};
use crate::batch::{Change, DeliveryState};
use crate::columns::{key, nanos, state_number};
use crate::engine::EngineError;

pub(super) fn change(session: &mut Session, change: &Change) -> Result<(), EngineError> {
    match change {
        Change::PutCompany(it) => put(session, "companies", key(it.id), serde_json::to_string(it)),
        Change::PutKey(it) => put(session, "keys", key(it.id), serde_json::to_string(it)),
        Change::DeleteKey(id) => delete(session, "keys", key(*id)),
        Change::PutSource(it) => {
            put(session, "sources", key(it.id), serde_json::to_string(it))?;
            if it.fetch.is_some() { Ok(()) } else { pointers::drop_of(session, it.id) }
        }
        Change::DeleteSource(id) => {
            delete(session, "sources", key(*id))?;
            pointers::drop_of(session, *id)
        }
        Change::PutEndpoint(it) => put(session, "endpoints", key(it.id), serde_json::to_string(it)),
        Change::DeleteEndpoint(id) => {
            delete(session, "endpoints", key(*id))?;
            session.execute("DELETE FROM reports WHERE endpoint = $1", &[&key(*id)])?;
            owing::call_off(session, *id)
        }
        Change::CallOff(id) => owing::call_off(session, *id),
        Change::Retry(delivery) => session
            .execute(
                "UPDATE deliveries SET state = 0, next_at = NULL, retried = TRUE
                 WHERE id = $1 AND endpoint IN (SELECT id FROM endpoints)
                    AND NOT EXISTS (SELECT 1 FROM events e WHERE e.id = deliveries.event AND e.erased)",
                &[&key(*delivery)],
            )
            .map(drop),
        Change::Cancel(delivery) => session
            .execute(
                "UPDATE deliveries SET state = $2, next_at = NULL WHERE id = $1 AND state = 0",
                &[&key(*delivery), &state_number(DeliveryState::Cancelled)],
            )
            .map(drop),
        Change::EraseReceipts(_, receipts) => erasing::receipts(session, receipts),
        Change::Searched(number) => delete(session, "erasures", number.cast_signed()),
        Change::PointerDone(number) => delete(session, "pointers", number.cast_signed()),
        Change::PointerLater { number, due_at, error } => session
            .execute(
                "UPDATE pointers SET due_at = $2, attempts = attempts + 1, error = $3 WHERE id = $1",
                &[&number.cast_signed(), &nanos(*due_at), &error.as_bytes()],
            )
            .map(drop),
        Change::LetGo(outdated) => keeping::let_go(session, outdated),
        Change::StartReplay(replay) => replaying::start(session, replay),
        Change::ReplayCame(replay) => replaying::note(session, replay),
        Change::EndReplay { id, state, at, error } => {
            replaying::end(session, *id, *state, *at, error.as_deref())
        }
    }
}

fn put(
    session: &mut Session,
    table: &str,
    key: i64,
    body: serde_json::Result<String>,
) -> Result<(), EngineError> {
    let body = body.map_err(|error| EngineError::Refused(error.to_string()))?;
    let sql = format!(
        "INSERT INTO {table} (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    );
    session.execute(&sql, &[&key, &body]).map(drop)
}

fn delete(session: &mut Session, table: &str, key: i64) -> Result<(), EngineError> {
    session.execute(&format!("DELETE FROM {table} WHERE id = $1"), &[&key]).map(drop)
}
