//! What has been kept for long enough: which rows that are, and how they go. The space that they leave is used again by
//! what comes in.

use callboard_core::{Timestamp, first_raw_at};

use super::rows;
use super::session::{Session, Values};
use super::write::column;
use crate::columns::{nanos, stock_number};
use crate::engine::EngineError;
use crate::following::deliveries_of;
use crate::keeping::{Outdated, OutdatedPage, Place, SCAN_ROWS, Stock};

/// What a request points at is fetched with that request: until then it stays.
const NOTHING_TO_FETCH: &str = "NOT EXISTS (SELECT 1 FROM pointers WHERE pointers.receipt = receipts.id)";

/// Rows whose time has come, after this one.
pub(super) fn outdated(
    session: &mut Session,
    stock: Stock,
    before: Timestamp,
    after: Option<Place>,
    limit: usize,
) -> Result<OutdatedPage, EngineError> {
    let after = after.unwrap_or_default();
    let below = first_raw_at(before).cast_signed();
    let by_id: Values<'_> = &[&after.number.cast_signed(), &below];
    match stock {
        Stock::Receipts => scan(
            session,
            &format!(
                "SELECT id, outcome <> 2 AND {NOTHING_TO_FETCH} FROM receipts WHERE id > $1 AND id < $2 ORDER BY id"
            ),
            by_id,
            limit,
        ),
        Stock::Quarantined => {
            let sql = "SELECT id, TRUE FROM receipts WHERE outcome = 2 AND id > $1 AND id < $2 ORDER BY id";
            scan(session, sql, by_id, limit)
        }
        Stock::Replays => {
            let sql = "SELECT id, state <> 0 FROM replays WHERE id > $1 AND id < $2 ORDER BY id";
            scan(session, sql, by_id, limit)
        }
        Stock::Answers => {
            let sql = "SELECT number, TRUE FROM answers WHERE number > $1 AND at < $2 ORDER BY number";
            scan(session, sql, &[&after.number.cast_signed(), &nanos(before)], limit)
        }
        Stock::Events => events(session, below, nanos(before), after, limit),
        Stock::Seen => seen(session, below, after, limit),
    }
}

/// Looks at rows, by number and whether they go.
fn scan(
    session: &mut Session,
    sql: &str,
    values: Values<'_>,
    limit: usize,
) -> Result<OutdatedPage, EngineError> {
    let mut page = OutdatedPage::default();
    for (looked_at, row) in (1..).zip(&session.rows(&format!("{sql} LIMIT {SCAN_ROWS}"), values)?) {
        let place = Place::at(row.try_get(0)?);
        if row.try_get(1)? {
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
    session: &mut Session,
    below: i64,
    before: i64,
    after: Place,
    limit: usize,
) -> Result<OutdatedPage, EngineError> {
    let limit = limit.max(1);
    let old = session.rows(
        &format!(
            "SELECT e.id, COUNT(d.id) + COALESCE(SUM(d.attempts), 0)::BIGINT,
                COALESCE(BOOL_OR(d.state = 0 OR d.id >= $2 OR EXISTS (
                    SELECT 1 FROM attempts a WHERE a.delivery = d.id AND a.at >= $3)), FALSE)
             FROM (SELECT id FROM events WHERE id > $1 AND id < $2 ORDER BY id LIMIT {limit}) e
                LEFT JOIN LATERAL ({}) AS following ON TRUE LEFT JOIN deliveries d ON d.id = following.id
             GROUP BY e.id ORDER BY e.id",
            deliveries_of("e.id")
        ),
        &[&after.number.cast_signed(), &below, &before],
    )?;
    let (mut page, mut weight) = (OutdatedPage::default(), 0);
    for row in &old {
        let (more, stays) = (rows::number::<usize>(row, 1)?, row.try_get::<_, bool>(2)?);
        if !stays && !page.rows.is_empty() && weight + more >= limit {
            return Ok(page);
        }
        let event = Place::at(row.try_get(0)?);
        page.stopped_at = Some(event);
        if !stays {
            weight += 1 + more;
            page.rows.push(event);
        }
        if weight >= limit {
            return Ok(page);
        }
    }
    if old.len() < limit {
        page.stopped_at = None;
    }
    Ok(page)
}

/// What requests are known again by is not in the order of time: all of it is looked at, page by page.
fn seen(session: &mut Session, below: i64, after: Place, limit: usize) -> Result<OutdatedPage, EngineError> {
    let found = session.rows(
        &format!(
            "SELECT source, hash, receipt < $3 FROM seen WHERE (source, hash) > ($1, $2)
             ORDER BY source, hash LIMIT {SCAN_ROWS}"
        ),
        &[&after.number.cast_signed(), &&after.hash[..], &below],
    )?;
    let mut page = OutdatedPage::default();
    for (looked_at, row) in (1..).zip(&found) {
        let hash = <[u8; 16]>::try_from(row.try_get::<_, &[u8]>(1)?);
        let hash = hash.map_err(|error| EngineError::Refused(format!("hash: {error}")))?;
        let place = Place { hash, ..Place::at(row.try_get(0)?) };
        if row.try_get(2)? {
            page.rows.push(place);
        }
        if page.rows.len() == limit || looked_at == SCAN_ROWS {
            page.stopped_at = Some(place);
            break;
        }
    }
    Ok(page)
}

/// Lets go of rows, but not of what is owed again by now.
pub(super) fn let_go(session: &mut Session, outdated: &Outdated) -> Result<(), EngineError> {
    let Outdated { stock, before, rows } = outdated;
    let below = first_raw_at(*before).cast_signed();
    session.execute(
        "INSERT INTO horizons (stock, below) VALUES ($1, $2)
         ON CONFLICT (stock) DO UPDATE SET below = GREATEST(horizons.below, excluded.below)",
        &[&stock_number(*stock), &below],
    )?;
    let numbers = column(rows, |place| place.number.cast_signed());
    match stock {
        Stock::Receipts | Stock::Quarantined => session.execute(
            &format!("DELETE FROM receipts WHERE id = ANY($1) AND (outcome = 2) = $2 AND {NOTHING_TO_FETCH}"),
            &[&numbers, &(*stock == Stock::Quarantined)],
        ),
        Stock::Replays => {
            session.execute("DELETE FROM replays WHERE id = ANY($1) AND state <> 0", &[&numbers])
        }
        Stock::Answers => session
            .execute("DELETE FROM answers WHERE number = ANY($1) AND at < $2", &[&numbers, &nanos(*before)]),
        Stock::Seen => session.execute(
            "DELETE FROM seen USING UNNEST($1::BIGINT[], $2::BYTEA[]) AS old (source, hash)
             WHERE seen.source = old.source AND seen.hash = old.hash AND seen.receipt < $3",
            &[&numbers, &column(rows, |place| &place.hash[..]), &below],
        ),
        Stock::Events => events_go(session, &numbers),
    }
    .map(drop)
}

fn events_go(session: &mut Session, events: &[i64]) -> Result<u64, EngineError> {
    let deliveries = format!(
        "SELECT following.id FROM UNNEST($1::BIGINT[]) AS gone (id) CROSS JOIN LATERAL ({}) AS following",
        deliveries_of("gone.id")
    );
    let owed = session.rows(
        &format!("SELECT DISTINCT event FROM deliveries WHERE id IN ({deliveries}) AND state = 0"),
        &[&events],
    )?;
    let owed: Vec<i64> = owed.iter().map(|row| row.get(0)).collect();
    let gone: Vec<i64> = events.iter().copied().filter(|event| !owed.contains(event)).collect();
    session.execute(&format!("DELETE FROM attempts WHERE delivery IN ({deliveries})"), &[&gone])?;
    session.execute(&format!("DELETE FROM deliveries WHERE id IN ({deliveries})"), &[&gone])?;
    session.execute("DELETE FROM events WHERE id = ANY($1)", &[&gone])
}

/// What has a lower id than this may have gone.
pub(super) fn horizon(session: &mut Session, stock: Stock) -> Result<u64, EngineError> {
    let below = session.maybe("SELECT below FROM horizons WHERE stock = $1", &[&stock_number(stock)])?;
    Ok(below.map_or(0, |row| row.get::<_, i64>(0)).cast_unsigned())
}
