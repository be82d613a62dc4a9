//! What has been kept for long enough: which rows that are, and how they go.
//!
//! Pages that become free are used again by what comes in; the file itself does not shrink.

use callboard_core::{Timestamp, first_raw_at};
use rusqlite::{Connection, OptionalExtension, params};

use super::ink::Ink;
use super::rows::nanos;
use crate::columns::stock_number;
use crate::engine::EngineError;
use crate::following::deliveries_of;
use crate::keeping::{Outdated, OutdatedPage, Place, SCAN_ROWS, Stock};

/// What a request points at is fetched with that request: until then it stays.
const NOTHING_TO_FETCH: &str = "NOT EXISTS (SELECT 1 FROM pointers WHERE pointers.receipt = receipts.id)";

/// Rows whose time has come, after this one.
pub(super) fn outdated(
    connection: &Connection,
    stock: Stock,
    before: Timestamp,
    after: Option<Place>,
    limit: usize,
) -> Result<OutdatedPage, EngineError> {
    let after = after.unwrap_or_default();
    let below = first_raw_at(before).cast_signed();
    let by_id = |sql: &str| scan(connection, sql, params![after.number.cast_signed(), below], limit);
    match stock {
        Stock::Receipts => by_id(&format!(
            "SELECT id, outcome != 2 AND {NOTHING_TO_FETCH} FROM receipts WHERE id > ?1 AND id < ?2 ORDER BY id"
        )),
        Stock::Quarantined => {
            by_id("SELECT id, TRUE FROM receipts WHERE outcome = 2 AND id > ?1 AND id < ?2 ORDER BY id")
        }
        Stock::Replays => by_id("SELECT id, state != 0 FROM replays WHERE id > ?1 AND id < ?2 ORDER BY id"),
        Stock::Answers => {
            let sql = "SELECT rowid, TRUE FROM answers WHERE at < ?1 ORDER BY at";
            scan(connection, sql, params![nanos(before)], limit)
        }
        Stock::Events => events(connection, below, nanos(before), after, limit),
        Stock::Seen => seen(connection, below, after, limit),
    }
}

/// Looks at rows, by number and whether they go.
fn scan(
    connection: &Connection,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
    limit: usize,
) -> Result<OutdatedPage, EngineError> {
    let mut page = OutdatedPage::default();
    let mut statement = connection.prepare_cached(&format!("{sql} LIMIT {SCAN_ROWS}"))?;
    let mut rows = statement.query(values)?;
    let mut looked_at = 0;
    while let Some(row) = rows.next()? {
        let place = Place::at(row.get(0)?);
        looked_at += 1;
        if row.get(1)? {
            page.rows.push(place);
        }
        if page.rows.len() == limit || looked_at == SCAN_ROWS {
            page.stopped_at = Some(place);
            break;
        }
    }
    Ok(page)
}

/// Events of which every delivery has ended, and that nobody has tried to tell since. A page has so many rows of deliveries
/// and attempts at the most, unless the first event alone has more.
fn events(
    connection: &Connection,
    below: i64,
    before: i64,
    after: Place,
    limit: usize,
) -> Result<OutdatedPage, EngineError> {
    let mut page = OutdatedPage::default();
    let mut old = connection.prepare_cached(&format!(
        "SELECT id FROM events WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT {SCAN_ROWS}"
    ))?;
    let mut owed = connection.prepare_cached(&format!(
        "SELECT COUNT(*) + COALESCE(SUM(attempts), 0), COALESCE(MAX(state = 0 OR id >= ?2 OR EXISTS (
            SELECT 1 FROM attempts a WHERE a.delivery = deliveries.id AND a.at >= ?3)), FALSE)
         FROM deliveries WHERE id IN ({})",
        deliveries_of("?1")
    ))?;
    let mut rows = old.query(params![after.number.cast_signed(), below])?;
    let (mut looked_at, mut weight) = (0, 0);
    loop {
        let Some(row) = rows.next()? else {
            page.stopped_at = None;
            return Ok(page);
        };
        let event: i64 = row.get(0)?;
        let (more, stays): (u32, bool) =
            owed.query_row(params![event, below, before], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let more = more as usize;
        if !stays && !page.rows.is_empty() && weight + more >= limit {
            return Ok(page);
        }
        (looked_at, page.stopped_at) = (looked_at + 1, Some(Place::at(event)));
        if !stays {
            weight += 1 + more;
            page.rows.push(Place::at(event));
        }
        if looked_at == SCAN_ROWS || weight >= limit {
            return Ok(page);
        }
    }
}

/// What requests are known again by is not in the order of time: all of it is looked at, page by page.
fn seen(
    connection: &Connection,
    below: i64,
    after: Place,
    limit: usize,
) -> Result<OutdatedPage, EngineError> {
    let mut page = OutdatedPage::default();
    let mut statement = connection.prepare_cached(&format!(
        "SELECT source, hash, receipt < ?3 FROM seen WHERE (source, hash) > (?1, ?2)
         ORDER BY source, hash LIMIT {SCAN_ROWS}"
    ))?;
    let mut rows = statement.query(params![after.number.cast_signed(), after.hash, below])?;
    let mut looked_at = 0;
    while let Some(row) = rows.next()? {
        let place = Place { hash: row.get(1)?, ..Place::at(row.get(0)?) };
        looked_at += 1;
        if row.get(2)? {
            page.rows.push(place);
        }
        if page.rows.len() == limit || looked_at == SCAN_ROWS {
            page.stopped_at = Some(place);
            break;
        }
    }
    Ok(page)
}

/// Lets go of rows, but not of what is owed again by now. Answers how many went.
pub(super) fn let_go(ink: &Ink<'_>, outdated: &Outdated) -> Result<usize, EngineError> {
    let Outdated { stock, before, rows } = outdated;
    let below = first_raw_at(*before).cast_signed();
    ink.execute(
        "INSERT INTO horizons (stock, below) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET below = MAX(below, excluded.below)",
        params![stock_number(*stock), below],
    )?;
    let mut gone = 0;
    for Place { number, hash } in rows {
        let number = number.cast_signed();
        gone += match stock {
            Stock::Receipts | Stock::Quarantined => ink.execute(
                &format!("DELETE FROM receipts WHERE id = ?1 AND (outcome = 2) = ?2 AND {NOTHING_TO_FETCH}"),
                params![number, *stock == Stock::Quarantined],
            )?,
            Stock::Replays => {
                ink.execute("DELETE FROM replays WHERE id = ?1 AND state != 0", params![number])?
            }
            Stock::Answers => ink.execute(
                "DELETE FROM answers WHERE rowid = ?1 AND at < ?2",
                params![number, nanos(*before)],
            )?,
            Stock::Seen => ink.execute(
                "DELETE FROM seen WHERE source = ?1 AND hash = ?2 AND receipt < ?3",
                params![number, hash, below],
            )?,
            Stock::Events => event(ink, number)?,
        };
    }
    Ok(gone)
}

fn event(ink: &Ink<'_>, event: i64) -> Result<usize, EngineError> {
    let deliveries = deliveries_of("?1");
    let owed = ink
        .stored()
        .prepare_cached(&format!(
            "SELECT 1 FROM deliveries WHERE id IN ({deliveries}) AND state = 0 LIMIT 1"
        ))?
        .query_row([event], |_| Ok(()))
        .optional()?;
    if owed.is_some() {
        return Ok(0);
    }
    ink.execute(&format!("DELETE FROM attempts WHERE delivery IN ({deliveries})"), params![event])?;
    ink.execute(&format!("DELETE FROM deliveries WHERE id IN ({deliveries})"), params![event])?;
    Ok(ink.execute("DELETE FROM events WHERE id = ?1", params![event])?)
}

/// What has a lower id than this may have gone.
pub(super) fn horizon(connection: &Connection, stock: Stock) -> Result<u64, EngineError> {
    let mut statement = connection.prepare_cached("SELECT below FROM horizons WHERE stock = ?1")?;
    let below: Option<i64> = statement.query_row([stock_number(stock)], |row| row.get(0)).optional()?;
    Ok(below.unwrap_or_default().cast_unsigned())
}
