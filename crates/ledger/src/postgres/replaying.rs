//! Replays: how they stand, and the rows that they have to see to.

use callboard_core::{DeliveryId, EventId, Identifier, ReplayId, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};
use tokio_postgres::Row;

use super::owing::{most, owed};
use super::rows::{self, id_in, json, number, text, text_or_none};
use super::session::Session;
use super::write::column;
use crate::batch::Batch;
use crate::columns::{self, bound, id, key, nanos, replay_state, replay_state_number, time};
use crate::engine::EngineError;
use crate::following::deliveries_of;
use crate::pages::Page;
use crate::replay::{
    COUNTED, ENDED_KEPT, PAGE_BYTES, Replay, ReplayOf, ReplayPage, ReplayState, SCAN_ROWS, Told, What,
};

const REPLAY: &str =
    "id, company, state, asked, reached, total, seen, replayed, skipped, created_at, finished_at, error";

fn replay(row: &Row) -> Result<Replay, EngineError> {
    let count = |column| row.try_get::<_, i64>(column).map(i64::cast_unsigned);
    Ok(Replay {
        id: id_in(row, 0)?,
        company: id_in(row, 1)?,
        state: replay_state(row.try_get(2)?),
        asked: json(row, 3)?,
        reached: count(4)?,
        total: row.try_get::<_, Option<i64>>(5)?.map(i64::cast_unsigned),
        seen: count(6)?,
        replayed: count(7)?,
        skipped: count(8)?,
        created_at: time(row.try_get(9)?),
        finished_at: row.try_get::<_, Option<i64>>(10)?.map(time),
        error: text_or_none(row, 11)?,
    })
}

pub(super) fn one(session: &mut Session, replay_id: ReplayId) -> Result<Option<Replay>, EngineError> {
    let sql = format!("SELECT {REPLAY} FROM replays WHERE id = $1");
    session.maybe(&sql, &[&key(replay_id)])?.as_ref().map(replay).transpose()
}

pub(super) fn running(session: &mut Session) -> Result<Vec<Replay>, EngineError> {
    let sql = format!("SELECT {REPLAY} FROM replays WHERE state = 0 ORDER BY id");
    session.rows(&sql, &[])?.iter().map(replay).collect()
}

pub(super) fn list(
    session: &mut Session,
    company: impl Identifier,
    page: Page,
) -> Result<Vec<Replay>, EngineError> {
    let sql =
        format!("SELECT {REPLAY} FROM replays WHERE company = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
    let before = page.before.map_or(i64::MAX, bound);
    session.rows(&sql, &[&key(company), &before, &most(page.limit)])?.iter().map(replay).collect()
}

/// Writes a new replay down. The oldest of those that have ended make room for it.
pub(super) fn start(session: &mut Session, replay: &Replay) -> Result<(), EngineError> {
    let asked =
        serde_json::to_string(&replay.asked).map_err(|error| EngineError::Refused(error.to_string()))?;
    session.execute(
        "DELETE FROM replays WHERE company = $1 AND state <> 0 AND id <= (
            SELECT id FROM replays WHERE company = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
        &[&key(replay.company), &ENDED_KEPT],
    )?;
    session.execute(
        "INSERT INTO replays (id, company, state, asked, reached, seen, replayed, skipped, created_at)
         VALUES ($1, $2, $3, $4, $5, 0, 0, 0, $6)",
        &[
            &key(replay.id),
            &key(replay.company),
            &replay_state_number(replay.state),
            &asked,
            &replay.reached.cast_signed(),
            &nanos(replay.created_at),
        ],
    )?;
    Ok(())
}

/// Writes down how far a replay has come, unless it has ended.
pub(super) fn note(session: &mut Session, replay: &Replay) -> Result<(), EngineError> {
    session.execute(
        "UPDATE replays SET state = $2, reached = $3, total = $4, seen = $5, replayed = $6, skipped = $7,
            finished_at = $8, error = $9
         WHERE id = $1 AND state = 0",
        &[
            &key(replay.id),
            &replay_state_number(replay.state),
            &bound(replay.reached),
            &replay.total.map(u64::cast_signed),
            &replay.seen.cast_signed(),
            &replay.replayed.cast_signed(),
            &replay.skipped.cast_signed(),
            &replay.finished_at.map(nanos),
            &replay.error.as_deref().map(str::as_bytes),
        ],
    )?;
    Ok(())
}

/// Ends a replay, unless it has ended.
pub(super) fn end(
    session: &mut Session,
    replay: ReplayId,
    state: ReplayState,
    at: Timestamp,
    error: Option<&str>,
) -> Result<(), EngineError> {
    session.execute(
        "UPDATE replays SET state = $2, finished_at = $3, error = $4 WHERE id = $1 AND state = 0",
        &[&key(replay), &replay_state_number(state), &nanos(at), &error.map(str::as_bytes)],
    )?;
    Ok(())
}

/// The highest id of an event, a delivery or a request.
pub(super) fn newest(session: &mut Session) -> Result<u64, EngineError> {
    let row = session.one(
        "SELECT GREATEST((SELECT MAX(id) FROM events), (SELECT MAX(id) FROM deliveries),
            (SELECT MAX(id) FROM receipts))",
        &[],
    )?;
    Ok(row.try_get::<_, Option<i64>>(0)?.unwrap_or(0).cast_unsigned())
}

/// What a batch owes anew, and how far replays have come with it.
pub(super) fn write(session: &mut Session, batch: &Batch) -> Result<(), EngineError> {
    if !batch.owed_anew.is_empty() {
        session.execute(
            "UPDATE deliveries SET state = 0, next_at = NULL, again_after = attempts
             WHERE id = ANY($1) AND state IN (2, 3)",
            &[&column(&batch.owed_anew, |delivery| key(*delivery))],
        )?;
    }
    batch.replays.iter().try_for_each(|replay| note(session, replay))
}

/// Which of these are given up or called off, said nothing that has been erased, and have an endpoint.
pub(super) fn given_up(session: &mut Session, deliveries: &[DeliveryId]) -> Result<Vec<bool>, EngineError> {
    let ids = column(deliveries, |delivery| key(*delivery));
    let found = session.rows(
        "SELECT d.id FROM deliveries d JOIN events e ON e.id = d.event
         WHERE d.id = ANY($1) AND d.state IN (2, 3) AND NOT e.erased AND d.endpoint IN (SELECT id FROM endpoints)",
        &[&ids],
    )?;
    let found: FxHashSet<i64> = found.iter().map(|row| row.get(0)).collect();
    Ok(column(&ids, |id| found.contains(id)))
}

/// Who was told of these events.
pub(super) fn told(session: &mut Session, events: &[EventId]) -> Result<Vec<Told>, EngineError> {
    let ids = column(events, |event| key(*event));
    let there = session.rows("SELECT id FROM events WHERE id = ANY($1) AND NOT erased", &[&ids])?;
    let there: FxHashSet<i64> = there.iter().map(|row| row.get(0)).collect();
    let mut deliveries: FxHashMap<i64, Vec<_>> = FxHashMap::default();
    let sql = format!(
        "SELECT d.event, d.endpoint, d.state FROM UNNEST($1::BIGINT[]) AS asked (id)
            CROSS JOIN LATERAL ({}) AS following JOIN deliveries d ON d.id = following.id
         ORDER BY d.id",
        deliveries_of("asked.id")
    );
    for row in &session.rows(&sql, &[&ids])? {
        let told = (id(row.try_get(1)?), columns::state(row.try_get(2)?));
        deliveries.entry(row.try_get(0)?).or_default().push(told);
    }
    Ok(column(&ids, |id| Told {
        gone: !there.contains(id),
        deliveries: deliveries.get(id).cloned().unwrap_or_default(),
    }))
}

/// How much a replay has to look at, where an index says so, as far as that is counted.
pub(super) fn total(session: &mut Session, replay: &Replay) -> Result<Option<u64>, EngineError> {
    let filtered = !replay.asked.events.is_empty() || !replay.asked.sources.is_empty();
    let (ReplayOf::Endpoint(endpoint), What::Failed, false) = (replay.asked.of, replay.asked.what, filtered)
    else {
        return Ok(None);
    };
    let row = session.one(
        "SELECT COUNT(*) FROM (SELECT 1 FROM deliveries
         WHERE endpoint = $1 AND state IN (2, 3) AND id > $2 AND id < $3 AND ($4::BIGINT IS NULL OR lane = $4)
         LIMIT $5) AS counted",
        &[
            &key(endpoint),
            &bound(replay.reached),
            &bound(replay.asked.before),
            &replay.asked.interview.map(key),
            &COUNTED,
        ],
    )?;
    let count: i64 = row.try_get(0)?;
    Ok((count < COUNTED).then_some(count.cast_unsigned()))
}

/// The next rows that a replay has to see to.
pub(super) fn page(session: &mut Session, replay: &Replay, limit: usize) -> Result<ReplayPage, EngineError> {
    match (replay.asked.of, replay.asked.what) {
        (_, What::Quarantined) => Ok(ReplayPage::default()),
        (of, what) => session.in_snapshot(|session| {
            let near = match (of, what) {
                (ReplayOf::Endpoint(endpoint), What::Failed) => {
                    given_up_near(session, replay, key(endpoint))?
                }
                _ => events_near(session, replay)?,
            };
            let (ids, stopped_at) = wanted(&near, replay, limit)?;
            let mut page = ReplayPage { stopped_at, ..ReplayPage::default() };
            if matches!((of, what), (ReplayOf::Endpoint(_), What::Failed)) {
                page.given_up = owed(session, &ids)?;
            } else {
                let sql = format!("SELECT {} FROM events WHERE id = ANY($1) ORDER BY id", rows::EVENT);
                page.events =
                    session.rows(&sql, &[&ids])?.iter().map(rows::event).collect::<Result<_, _>>()?;
            }
            Ok(page)
        }),
    }
}

/// Rows without their bodies: id, size, type, source, company.
fn given_up_near(session: &mut Session, replay: &Replay, endpoint: i64) -> Result<Vec<Row>, EngineError> {
    session.rows(
        "SELECT d.id, OCTET_LENGTH(COALESCE(d.body, e.body))::BIGINT, e.kind, e.source, e.company
         FROM deliveries d JOIN events e ON e.id = d.event
         WHERE d.endpoint = $1 AND d.state IN (2, 3) AND d.id > $2 AND d.id < $3
            AND ($4::BIGINT IS NULL OR d.lane = $4)
         ORDER BY d.id LIMIT $5",
        &[
            &endpoint,
            &bound(replay.reached),
            &bound(replay.asked.before),
            &replay.asked.interview.map(key),
            &SCAN_ROWS,
        ],
    )
}

fn events_near(session: &mut Session, replay: &Replay) -> Result<Vec<Row>, EngineError> {
    // Of one interview there are few events, and an index that leads to them.
    let about = replay.asked.interview.map_or("$3::BIGINT IS NULL", |_| "subject = $3");
    session.rows(
        &format!(
            "SELECT id, OCTET_LENGTH(body)::BIGINT, kind, source, company FROM events
             WHERE id > $1 AND id < $2 AND {about} ORDER BY id LIMIT $4"
        ),
        &[&bound(replay.reached), &bound(replay.asked.before), &replay.asked.interview.map(key), &SCAN_ROWS],
    )
}

/// The ids of those that are asked for, and where the page ends if there may be more.
fn wanted(near: &[Row], replay: &Replay, limit: usize) -> Result<(Vec<i64>, Option<u64>), EngineError> {
    let (mut ids, mut read) = (Vec::new(), 0);
    for (looked_at, row) in (1_i64..).zip(near) {
        let raw_id: i64 = row.try_get(0)?;
        let source = row.try_get::<_, Option<i64>>(3)?.map(id);
        if replay.wants(id_in(row, 4)?, &text(row, 2)?, source) {
            read += number::<usize>(row, 1)?;
            ids.push(raw_id);
        }
        if ids.len() == limit || read >= PAGE_BYTES || looked_at == SCAN_ROWS {
            return Ok((ids, Some(raw_id.cast_unsigned())));
        }
    }
    Ok((ids, None))
}
