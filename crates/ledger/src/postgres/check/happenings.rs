//! What the store says of what came in and what happened.

use callboard_core::EventType;
use rustc_hash::FxHashMap;

use super::steps::{each, walk};
use super::{LARGE_ROWS, SMALL_ROWS, gone};
use crate::checking::{self, Filed, Gone, Known, Look, Received, StageOrder, first_to_be_seen};
use crate::columns::{id, key, outcome};
use crate::engine::EngineError;
use crate::following::events_of;
use crate::postgres::rows::{self, text};
use crate::postgres::session::Session;

/// Requests of the last days of which is looked at once whether anything is known by them: 16 MB of their ids. What is known
/// has no index by request, so all of it is read for so many.
const SOUGHT_AT_ONCE: usize = 1_000_000;

pub(super) fn events(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    let gone = gone(session)?;
    let sql = format!(
        "SELECT {}, (SELECT outcome FROM receipts r WHERE r.id = events.receipt),
            COALESCE(LENGTH(skipped) % 8, 0) = 0
         FROM events WHERE id > $1 ORDER BY id",
        rows::EVENT
    );
    each(session, &sql, LARGE_ROWS, |row| {
        let outcome = row.try_get::<_, Option<i64>>(10)?.map(outcome);
        let filed = Filed { event: rows::event(row)?, outcome, skipped_is_whole: row.try_get(11)? };
        filed.judge(look, gone);
        Ok(())
    })
}

pub(super) fn stages(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    let gone = gone(session)?;
    let sql = "SELECT id, subject, CASE WHEN kind = $3 THEN body END FROM events
        WHERE (subject, id) > ($1, $2) ORDER BY subject, id";
    let kind = StageOrder::KIND;
    let mut order = StageOrder::default();
    let lowest = (i64::MIN, i64::MIN);
    walk(session, sql, &[&kind.as_str().as_bytes()], lowest, LARGE_ROWS, |row| {
        let (event, subject) = (row.try_get(0)?, row.try_get(1)?);
        if let Some(body) = row.try_get::<_, Option<&[u8]>>(2)? {
            order.next(look, gone, (event, subject), body);
        }
        Ok((subject, event))
    })
}

pub(super) fn receipts(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    let gone = gone(session)?;
    let sql = format!(
        "SELECT id, source, outcome, detail,
            outcome <> 2 OR (SELECT 1 FROM events e WHERE e.id IN ({}) AND e.kind = $2 LIMIT 1) IS NOT NULL
         FROM receipts WHERE id > $1 ORDER BY id LIMIT {SMALL_ROWS}",
        events_of("receipts.id")
    );
    let kind = EventType::ReceiptQuarantined;
    let mut last = i64::MIN;
    loop {
        let found = session.rows(&sql, &[&last, &kind.as_str().as_bytes()])?;
        let mut repeating = Vec::new();
        for row in &found {
            last = row.try_get(0)?;
            let (source, outcome, detail) = (row.try_get(1)?, outcome(row.try_get(2)?), text(row, 3)?);
            let received =
                Received { receipt: id(last), source, outcome, detail: &detail, is_told: row.try_get(4)? };
            if let Some(repeated) = received.judge(look, gone) {
                repeating.push((Received { detail: "", ..received }, repeated));
            }
        }
        let firsts: Vec<i64> = repeating.iter().map(|(_, repeated)| key(*repeated)).collect();
        let firsts =
            session.rows("SELECT id, source, outcome FROM receipts WHERE id = ANY($1)", &[&firsts])?;
        let mut known: FxHashMap<i64, _> = FxHashMap::default();
        for row in &firsts {
            known.insert(row.try_get(0)?, (row.try_get(1)?, outcome(row.try_get(2)?)));
        }
        for (received, repeated) in repeating {
            received.judge_repeated(look, gone, repeated, known.get(&key(repeated)).copied());
        }
        if found.len() < SMALL_ROWS {
            return Ok(());
        }
    }
}

pub(super) fn seen(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    let gone = gone(session)?;
    let sql = "SELECT s.source, s.hash, s.receipt, r.outcome, COALESCE(r.source = s.source, FALSE)
        FROM seen s LEFT JOIN receipts r ON r.id = s.receipt
        WHERE (s.source, s.hash) > ($1, $2) ORDER BY s.source, s.hash";
    walk(session, sql, &[], (i64::MIN, Vec::new()), SMALL_ROWS, |row| {
        let outcome = row.try_get::<_, Option<i64>>(3)?.map(outcome);
        Known { receipt: row.try_get(2)?, outcome, is_own: row.try_get(4)? }.judge(look, gone);
        Ok((row.try_get::<_, i64>(0)?, row.try_get::<_, Vec<u8>>(1)?))
    })?;
    unseen(session, look, gone)
}

fn unseen(session: &mut Session, look: &mut Look<'_>, gone: Gone) -> Result<(), EngineError> {
    let Some(newest) = session.one("SELECT MAX(id) FROM receipts", &[])?.try_get(0)? else { return Ok(()) };
    let mut after = first_to_be_seen(newest, gone) - 1;
    loop {
        let sought = sought(session, after)?;
        let mut found = vec![false; sought.len()];
        after = sought.last().copied().unwrap_or(after);
        let sql = "SELECT source, hash, receipt FROM seen
            WHERE (source, hash) > ($1, $2) ORDER BY source, hash";
        walk(session, sql, &[], (i64::MIN, Vec::new()), SMALL_ROWS, |row| {
            if let Ok(index) = sought.binary_search(&row.try_get(2)?) {
                found[index] = true;
            }
            Ok((row.try_get::<_, i64>(0)?, row.try_get::<_, Vec<u8>>(1)?))
        })?;
        let missing = sought.iter().zip(&found).filter(|(_, found)| !**found);
        missing.for_each(|(receipt, _)| checking::unseen(look, *receipt));
        if sought.len() < SOUGHT_AT_ONCE {
            return Ok(());
        }
    }
}

/// Requests after this one that something has to be known by, oldest first.
fn sought(session: &mut Session, mut after: i64) -> Result<Vec<i64>, EngineError> {
    let sql =
        format!("SELECT id FROM receipts WHERE id > $1 AND outcome <> 1 ORDER BY id LIMIT {SMALL_ROWS}");
    let mut sought = Vec::new();
    while sought.len() < SOUGHT_AT_ONCE {
        let found = session.rows(&sql, &[&after])?;
        for row in &found {
            after = row.try_get(0)?;
            sought.push(after);
        }
        if found.len() < SMALL_ROWS {
            break;
        }
    }
    Ok(sought)
}
