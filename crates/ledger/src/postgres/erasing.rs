//! What goes of someone who is to be forgotten. What it was lies in pages and in the write-ahead log until PostgreSQL has
//! cleaned them up, in its own time.

use callboard_core::{ReceiptId, SourceId};
use tokio_postgres::Row;

use super::conditions::Conditions;
use super::rows::{self, id_in, json};
use super::session::Session;
use super::write::column;
use crate::batch::{DeliveryState, Erased, Search};
use crate::columns::{id, key, state_number};
use crate::engine::EngineError;
use crate::erasing::{NOTHING_SAID, SCAN_ROWS};
use crate::following::deliveries_of;
use crate::mentions::Mentions;
use crate::pages::{Listed, Page};

/// How many bytes of requests one page of a search looks at.
const SCAN_BYTES: usize = 16 * 1024 * 1024;

/// Takes what is erased out of the tables.
pub(super) fn erase(session: &mut Session, erased: &Erased) -> Result<(), EngineError> {
    let called_off = state_number(DeliveryState::Cancelled);
    let deliveries = deliveries_of("$1");
    for (event, native) in &erased.events {
        let event = key(*event);
        session
            .execute("UPDATE events SET body = $2, erased = TRUE WHERE id = $1", &[&event, &&native[..]])?;
        session.execute(
            &format!(
                "UPDATE deliveries SET body = CASE WHEN body IS NULL THEN NULL ELSE $2::BYTEA END,
                    next_at = CASE WHEN state = 0 THEN NULL ELSE next_at END,
                    state = CASE WHEN state = 0 THEN $3 ELSE state END
                 WHERE id IN ({deliveries})"
            ),
            &[&event, &NOTHING_SAID.as_bytes(), &called_off],
        )?;
        session.execute(
            &format!("UPDATE attempts SET response = NULL WHERE delivery IN ({deliveries})"),
            &[&event],
        )?;
    }
    receipts(session, &erased.receipts)?;
    for search in &erased.answers {
        answers(session, search)?;
    }
    erased.searches.iter().try_for_each(|search| note(session, search))
}

/// Leaves nothing of requests but that they came in: what they point at is not fetched any more, either.
pub(super) fn receipts(session: &mut Session, receipts: &[ReceiptId]) -> Result<(), EngineError> {
    if receipts.is_empty() {
        return Ok(());
    }
    let receipts = column(receipts, |receipt| key(*receipt));
    // What was understood says so in the platform's word for it, a duplicate which one it repeats.
    session.execute(
        "UPDATE receipts SET headers = '{}', body = '', remarks = NULL, erased = TRUE,
            detail = CASE WHEN outcome = 2 THEN '' ELSE detail END
         WHERE id = ANY($1)",
        &[&receipts],
    )?;
    session.execute("DELETE FROM pointers WHERE receipt = ANY($1)", &[&receipts]).map(drop)
}

/// Notes what is still to be looked for.
fn note(session: &mut Session, search: &Search) -> Result<(), EngineError> {
    let words =
        serde_json::to_string(&search.words).map_err(|error| EngineError::Refused(error.to_string()))?;
    let sql = "INSERT INTO erasures (company, words) VALUES ($1, $2)";
    session.execute(sql, &[&key(search.company), &words]).map(drop)
}

/// Answers go at once: none is older than a day. So many are looked at together.
fn answers(session: &mut Session, search: &Search) -> Result<(), EngineError> {
    let mentions = Mentions::of(&search.words);
    let sql = format!(
        "SELECT number, body FROM answers WHERE company = $1 AND number > $2 ORDER BY number LIMIT {SCAN_ROWS}"
    );
    let (mut gone, mut last) = (Vec::<i64>::new(), 0_i64);
    loop {
        let kept = session.rows(&sql, &[&key(search.company), &last])?;
        for row in &kept {
            last = row.try_get(0)?;
            gone.extend(mentions.are_in(row.try_get(1)?).then_some(last));
        }
        if kept.len() < SCAN_ROWS {
            break;
        }
    }
    session.execute("DELETE FROM answers WHERE number = ANY($1)", &[&gone]).map(drop)
}

/// What is still to be looked for.
pub(super) fn searches(session: &mut Session) -> Result<Vec<(u64, Search)>, EngineError> {
    let found = session.rows("SELECT id, company, words FROM erasures ORDER BY id", &[])?;
    let search = |row| Ok((rows::number(row, 0)?, Search { company: id_in(row, 1)?, words: json(row, 2)? }));
    found.iter().map(search).collect()
}

/// Requests that mention someone.
pub(super) fn mentioning(
    session: &mut Session,
    mentions: &Mentions,
    not_from: &[SourceId],
    page: Page,
) -> Result<Listed<ReceiptId>, EngineError> {
    let mut conditions = Conditions::default();
    let order = conditions.add_page(page);
    // Whatever a row is: a page that looks for what few rows are would not come to its end in time.
    let sql = format!(
        "SELECT id, OCTET_LENGTH(body)::BIGINT FROM receipts WHERE {} ORDER BY id {order} LIMIT {SCAN_ROWS}",
        conditions.indexed()
    );
    let near = session.rows(&sql, &conditions.values())?;
    let (some, is_all) = fitting(&near, SCAN_BYTES)?;
    let sql = format!(
        "SELECT id, body, headers, detail, remarks FROM receipts
         WHERE id = ANY($1) AND source <> ALL($2) AND NOT erased ORDER BY id {order}"
    );
    let not_from = column(not_from, |source| key(*source));
    let mut found = Listed::default();
    for row in &session.rows(&sql, &[&some, &not_from])? {
        let receipt: i64 = row.try_get(0)?;
        let said = [row.try_get::<_, &[u8]>(1)?, row.try_get(2)?, row.try_get(3)?];
        let remarks: Option<&str> = row.try_get(4)?;
        let mut said = said.into_iter().chain(remarks.map(str::as_bytes));
        if said.any(|said| mentions.are_in(said)) {
            found.items.push(id(receipt));
            if found.items.len() == page.limit {
                found.next = Some(receipt.cast_unsigned());
                return Ok(found);
            }
        }
    }
    if !is_all || near.len() == SCAN_ROWS {
        found.next = some.last().map(|receipt| receipt.cast_unsigned());
    }
    Ok(found)
}

/// Of rows with an id and a size, the ids of the first that come to so many bytes, but of one at least; and whether that is all
/// of them.
fn fitting(near: &[Row], bytes: usize) -> Result<(Vec<i64>, bool), EngineError> {
    let (mut ids, mut read) = (Vec::new(), 0);
    for row in near {
        if !ids.is_empty() && read >= bytes {
            return Ok((ids, false));
        }
        ids.push(row.try_get(0)?);
        read += rows::number::<usize>(row, 1)?;
    }
    Ok((ids, true))
}
