//! What goes of someone who is to be forgotten: from the tables, and from the files.

use callboard_core::{CompanyId, ReceiptId, SourceId};
use rusqlite::{Connection, Row, params, params_from_iter};

use super::conditions::{Conditions, list};
use super::ink::Ink;
use super::log::{self, LOG_WAIT};
use super::rows::{id, key, state_number};
use crate::batch::{DeliveryState, Erased, Search};
use crate::engine::EngineError;
use crate::erasing::{NOTHING_SAID, SCAN_ROWS};
use crate::following::deliveries_of;
use crate::mentions::Mentions;
use crate::pages::{Listed, Page};

/// Up to this size, in bytes, a store is written anew while the hub is busy: about a second's work.
const COMPACT_BYTES: i64 = 128 * 1024 * 1024;

/// Takes what is erased out of the tables.
pub(super) fn erase(ink: &Ink<'_>, erased: &Erased) -> Result<(), EngineError> {
    if *erased == Erased::default() {
        return Ok(());
    }
    let mut event = ink.prepare("UPDATE events SET body = ?2, erased = 1 WHERE id = ?1")?;
    let deliveries = deliveries_of("?1");
    let mut delivery = ink.prepare(&format!(
        "UPDATE deliveries SET body = CASE WHEN body IS NULL THEN NULL ELSE ?2 END,
            next_at = CASE WHEN state = 0 THEN NULL ELSE next_at END,
            state = CASE WHEN state = 0 THEN ?3 ELSE state END
         WHERE id IN ({deliveries})"
    ))?;
    let mut attempt =
        ink.prepare(&format!("UPDATE attempts SET response = NULL WHERE delivery IN ({deliveries})"))?;
    let called_off = state_number(DeliveryState::Cancelled);
    for (id, native) in &erased.events {
        event.execute(params![key(*id), &native[..]])?;
        delivery.execute(params![key(*id), NOTHING_SAID.as_bytes(), called_off])?;
        attempt.execute(params![key(*id)])?;
    }
    receipts(ink, &erased.receipts)?;
    for search in &erased.answers {
        answers(ink, search.company, &Mentions::of(&search.words))?;
    }
    erased.searches.iter().try_for_each(|search| note(ink, search))
}

/// Leaves nothing of requests but that they came in: what they point at is not fetched any more, either. Answers how many
/// that were.
pub(super) fn receipts(ink: &Ink<'_>, receipts: &[ReceiptId]) -> Result<usize, EngineError> {
    // What was understood says so in the platform's word for it, a duplicate which one it repeats.
    let mut receipt = ink.prepare(
        "UPDATE receipts SET headers = '{}', body = x'', remarks = NULL, erased = 1,
            detail = CASE WHEN outcome = 2 THEN '' ELSE detail END
         WHERE id = ?1",
    )?;
    let mut pointers = ink.prepare("DELETE FROM pointers WHERE receipt = ?1")?;
    let mut count = 0;
    for id in receipts {
        count += receipt.execute(params![key(*id)])?;
        pointers.execute(params![key(*id)])?;
    }
    Ok(count)
}

/// Notes what is still to be looked for.
fn note(ink: &Ink<'_>, search: &Search) -> Result<(), EngineError> {
    let words =
        serde_json::to_string(&search.words).map_err(|error| EngineError::Refused(error.to_string()))?;
    ink.execute(
        "INSERT INTO erasures (company, words) VALUES (?1, ?2)",
        params![key(search.company), words],
    )?;
    Ok(())
}

/// A search is over: its words go, and what is left says that the store is to be compacted. One such note does for all.
pub(super) fn searched(ink: &Ink<'_>, number: u64) -> Result<usize, EngineError> {
    ink.execute("UPDATE erasures SET words = '[]' WHERE id = ?1", params![number.cast_signed()])?;
    Ok(ink.execute(
        "DELETE FROM erasures WHERE words = '[]'
            AND id < (SELECT MAX(id) FROM erasures WHERE words = '[]')",
        &[],
    )?)
}

/// Answers go at once: none is older than a day.
fn answers(ink: &Ink<'_>, company: CompanyId, mentions: &Mentions) -> Result<(), EngineError> {
    let mut gone = Vec::new();
    let mut kept = ink.stored().prepare_cached("SELECT rowid, body FROM answers WHERE company = ?1")?;
    let mut rows = kept.query([key(company)])?;
    while let Some(row) = rows.next()? {
        if mentions.are_in(row.get_ref(1)?.as_bytes().map_err(rusqlite::Error::from)?) {
            gone.push(row.get::<_, i64>(0)?);
        }
    }
    let mut delete = ink.prepare("DELETE FROM answers WHERE rowid = ?1")?;
    for row in gone {
        delete.execute(params![row])?;
    }
    Ok(())
}

/// What is still to be looked for.
pub(super) fn searches(connection: &Connection) -> Result<Vec<(u64, Search)>, EngineError> {
    let mut statement = connection.prepare_cached("SELECT id, company, words FROM erasures ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut searches = Vec::new();
    while let Some(row) = rows.next()? {
        let words: String = row.get(2)?;
        let words = serde_json::from_str(&words).map_err(|error| EngineError::Refused(error.to_string()))?;
        searches.push((row.get::<_, i64>(0)?.cast_unsigned(), Search { company: id(row.get(1)?), words }));
    }
    Ok(searches)
}

/// Requests that mention someone.
pub(super) fn mentioning(
    connection: &Connection,
    mentions: &Mentions,
    not_from: &[SourceId],
    page: Page,
) -> Result<Listed<ReceiptId>, EngineError> {
    let mut conditions = Conditions::default();
    let order = conditions.add_page(page);
    let not_from = conditions.place(list(not_from.iter().map(|source| key(*source))));
    // Whatever a row is: a page that looks for what few rows are would not come to its end in time.
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, body, headers, detail, remarks,
            erased = 0 AND source NOT IN (SELECT value FROM json_each({not_from})) FROM receipts
         WHERE {} ORDER BY id {order} LIMIT {SCAN_ROWS}",
        conditions.indexed()
    ))?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let (mut found, mut looked_at) = (Listed::default(), 0);
    while found.items.len() < page.limit
        && let Some(row) = rows.next()?
    {
        let receipt: i64 = row.get(0)?;
        if row.get(5)? && says(row, mentions)? {
            found.items.push(id(receipt));
        }
        looked_at += 1;
        if looked_at == SCAN_ROWS || found.items.len() == page.limit {
            found.next = Some(receipt.cast_unsigned());
        }
    }
    Ok(found)
}

/// Does anything that a request said mention someone?
fn says(row: &Row<'_>, mentions: &Mentions) -> rusqlite::Result<bool> {
    for column in 1..=4 {
        if mentions.are_in(row.get_ref(column)?.as_bytes_or_null()?.unwrap_or_default()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Leaves nothing of what was erased in the files: what SQLite moved from page to page is still in pages' free space. A
/// store that is larger than what a busy hub can wait for is written anew when it is next opened.
pub(super) fn compact(connection: &Connection) -> Result<(), EngineError> {
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    let page_bytes: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    if pages * page_bytes > COMPACT_BYTES {
        tracing::warn!("what was erased leaves the free space of the store's file at the next start");
        return empty_log(connection).map(drop);
    }
    write_anew(connection)
}

/// Makes up for what [`compact`] put off. If there is no room for that, the store is opened all the same, and it is put
/// off again.
pub(super) fn make_up(connection: &Connection) -> Result<(), EngineError> {
    let put_off =
        connection
            .query_row("SELECT EXISTS (SELECT 1 FROM erasures WHERE words = '[]')", [], |row| row.get(0))?;
    if put_off && let Err(error) = write_anew(connection) {
        tracing::warn!(%error, "what was erased is still in the free space of the store's file");
    }
    Ok(())
}

/// What SQLite needs for that lies in a temporary file meanwhile: memory may be too small for a whole store.
fn write_anew(connection: &Connection) -> Result<(), EngineError> {
    connection.pragma_update(None, "temp_store", "FILE")?;
    let written = connection.execute_batch("VACUUM");
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    written?;
    // As long as the log has it, the note stays: it is tried again then.
    if empty_log(connection)? {
        connection.execute("DELETE FROM erasures WHERE words = '[]'", [])?;
    }
    Ok(())
}

/// Answers false if somebody still reads from the log.
fn empty_log(connection: &Connection) -> Result<bool, EngineError> {
    let is_empty = log::empty(connection, LOG_WAIT)?;
    if !is_empty {
        tracing::warn!("what was erased leaves the store's log when nobody reads from it any more");
    }
    Ok(is_empty)
}
