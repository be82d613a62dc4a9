//! Replays: how they stand, and the rows that they have to see to.

use callboard_core::{DeliveryId, EventId, Identifier, ReplayId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::ink::Ink;
use super::rows::{self, bad_column, bound, id, key, nanos, time};
use crate::batch::{Batch, DeliveryState, EventRow};
use crate::columns::{replay_state, replay_state_number};
use crate::engine::EngineError;
use crate::following::deliveries_of;
use crate::pages::{Owed, Page};
use crate::replay::{
    COUNTED, ENDED_KEPT, PAGE_BYTES, Replay, ReplayOf, ReplayPage, ReplayState, SCAN_ROWS, Told, What,
};

const REPLAY: &str =
    "id, company, state, asked, reached, total, seen, replayed, skipped, created_at, finished_at, error";

fn replay(row: &Row<'_>) -> rusqlite::Result<Replay> {
    let asked = serde_json::from_str(row.get_ref(3)?.as_str()?).map_err(|error| bad_column(3, error))?;
    let count = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
    Ok(Replay {
        id: id(row.get(0)?),
        company: id(row.get(1)?),
        asked,
        state: replay_state(row.get(2)?),
        reached: count(4)?,
        total: row.get::<_, Option<i64>>(5)?.map(i64::cast_unsigned),
        seen: count(6)?,
        replayed: count(7)?,
        skipped: count(8)?,
        created_at: time(row.get(9)?),
        finished_at: row.get::<_, Option<i64>>(10)?.map(time),
        error: row.get(11)?,
    })
}

pub(super) fn one(connection: &Connection, replay_id: ReplayId) -> Result<Option<Replay>, EngineError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {REPLAY} FROM replays WHERE id = ?1"))?;
    Ok(statement.query_row([key(replay_id)], replay).optional()?)
}

pub(super) fn running(connection: &Connection) -> Result<Vec<Replay>, EngineError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {REPLAY} FROM replays WHERE state = 0 ORDER BY id"))?;
    let running = statement.query_map([], replay)?;
    Ok(running.collect::<Result<_, _>>()?)
}

pub(super) fn list(
    connection: &Connection,
    company: impl Identifier,
    page: Page,
) -> Result<Vec<Replay>, EngineError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {REPLAY} FROM replays WHERE company = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"
    ))?;
    let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
    let before = page.before.map_or(i64::MAX, bound);
    let listed = statement.query_map((key(company), before, limit), replay)?;
    Ok(listed.collect::<Result<_, _>>()?)
}

/// Writes a new replay down. The oldest of those that have ended make room for it.
pub(super) fn start(ink: &Ink<'_>, replay: &Replay) -> Result<usize, EngineError> {
    let asked =
        serde_json::to_string(&replay.asked).map_err(|error| EngineError::Refused(error.to_string()))?;
    ink.execute(
        "DELETE FROM replays WHERE company = ?1 AND state <> 0 AND id <= (
            SELECT id FROM replays WHERE company = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        params![key(replay.company), ENDED_KEPT],
    )?;
    Ok(ink.execute(
        "INSERT INTO replays (id, company, state, asked, reached, seen, replayed, skipped, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0, ?6)",
        params![
            key(replay.id),
            key(replay.company),
            replay_state_number(replay.state),
            asked,
            replay.reached.cast_signed(),
            nanos(replay.created_at)
        ],
    )?)
}

/// Writes down how far a replay has come, unless it has ended.
pub(super) fn note(ink: &Ink<'_>, replay: &Replay) -> Result<usize, EngineError> {
    let mut statement = ink.prepare(
        "UPDATE replays SET state = ?2, reached = ?3, total = ?4, seen = ?5, replayed = ?6, skipped = ?7,
            finished_at = ?8, error = ?9
         WHERE id = ?1 AND state = 0",
    )?;
    Ok(statement.execute(params![
        key(replay.id),
        replay_state_number(replay.state),
        bound(replay.reached),
        replay.total.map(u64::cast_signed),
        replay.seen.cast_signed(),
        replay.replayed.cast_signed(),
        replay.skipped.cast_signed(),
        replay.finished_at.map(nanos),
        replay.error,
    ])?)
}

/// Ends a replay, unless it has ended.
pub(super) fn end(
    ink: &Ink<'_>,
    replay: ReplayId,
    state: ReplayState,
    at: Timestamp,
    error: Option<&str>,
) -> Result<usize, EngineError> {
    Ok(ink.execute(
        "UPDATE replays SET state = ?2, finished_at = ?3, error = ?4 WHERE id = ?1 AND state = 0",
        params![key(replay), replay_state_number(state), nanos(at), error],
    )?)
}

/// The highest id of an event, a delivery or a request.
pub(super) fn newest(connection: &Connection) -> Result<u64, EngineError> {
    let newest: Option<i64> = connection.query_row(
        "SELECT MAX(id) FROM (SELECT MAX(id) AS id FROM events UNION ALL SELECT MAX(id) FROM deliveries
            UNION ALL SELECT MAX(id) FROM receipts)",
        [],
        |row| row.get(0),
    )?;
    Ok(newest.unwrap_or(0).cast_unsigned())
}

/// What a batch owes anew, and how far replays have come with it.
pub(super) fn write(ink: &Ink<'_>, batch: &Batch) -> Result<(), EngineError> {
    if !batch.owed_anew.is_empty() {
        let mut statement = ink.prepare(
            "UPDATE deliveries SET state = 0, next_at = NULL, again_after = attempts
             WHERE id = ?1 AND state IN (2, 3)",
        )?;
        for delivery in &batch.owed_anew {
            statement.execute(params![key(*delivery)])?;
        }
    }
    for replay in &batch.replays {
        note(ink, replay)?;
    }
    Ok(())
}

/// Which of these are given up or called off, said nothing that has been erased, and have an endpoint.
pub(super) fn given_up(connection: &Connection, deliveries: &[DeliveryId]) -> Result<Vec<bool>, EngineError> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM deliveries d JOIN events e ON e.id = d.event
         WHERE d.id = ?1 AND d.state IN (2, 3) AND NOT e.erased AND d.endpoint IN (SELECT id FROM endpoints)",
    )?;
    let found = deliveries.iter().map(|delivery| statement.exists([key(*delivery)]));
    Ok(found.collect::<Result<_, _>>()?)
}

/// Who was told of these events.
pub(super) fn told(connection: &Connection, events: &[EventId]) -> Result<Vec<Told>, EngineError> {
    let mut event = connection.prepare_cached("SELECT 1 FROM events WHERE id = ?1 AND NOT erased")?;
    let mut deliveries = connection.prepare_cached(&format!(
        "SELECT endpoint, state FROM deliveries WHERE id IN ({})",
        deliveries_of("?1")
    ))?;
    let mut all = Vec::with_capacity(events.len());
    for asked in events {
        let rows =
            deliveries.query_map([key(*asked)], |row| Ok((id(row.get(0)?), rows::state(row.get(1)?))))?;
        let deliveries = rows.collect::<Result<Vec<(_, DeliveryState)>, _>>()?;
        all.push(Told { gone: !event.exists([key(*asked)])?, deliveries });
    }
    Ok(all)
}

/// How much a replay has to look at, where an index says so, as far as that is counted.
pub(super) fn total(connection: &Connection, replay: &Replay) -> Result<Option<u64>, EngineError> {
    let filtered = !replay.asked.events.is_empty() || !replay.asked.sources.is_empty();
    let (ReplayOf::Endpoint(endpoint), What::Failed, false) = (replay.asked.of, replay.asked.what, filtered)
    else {
        return Ok(None);
    };
    let interview = replay.asked.interview.map(key);
    let mut statement = connection.prepare_cached(
        "SELECT COUNT(*) FROM (SELECT 1 FROM deliveries
         WHERE endpoint = ?1 AND state IN (2, 3) AND id > ?2 AND id < ?3 AND (?4 IS NULL OR lane = ?4) LIMIT ?5)",
    )?;
    let (after, before) = (bound(replay.reached), bound(replay.asked.before));
    let count: i64 =
        statement.query_row((key(endpoint), after, before, interview, COUNTED), |row| row.get(0))?;
    Ok((count < COUNTED).then_some(count.cast_unsigned()))
}

/// The next rows that a replay has to see to.
pub(super) fn page(
    connection: &Connection,
    replay: &Replay,
    limit: usize,
) -> Result<ReplayPage, EngineError> {
    match (replay.asked.of, replay.asked.what) {
        (ReplayOf::Endpoint(endpoint), What::Failed) => {
            given_up_page(connection, replay, key(endpoint), limit)
        }
        (_, What::Quarantined) => Ok(ReplayPage::default()),
        _ => events_page(connection, replay, limit),
    }
}

fn given_up_page(
    connection: &Connection,
    replay: &Replay,
    endpoint: i64,
    limit: usize,
) -> Result<ReplayPage, EngineError> {
    let mut statement = connection.prepare_cached(&format!(
        "{} WHERE d.endpoint = ?1 AND d.state IN (2, 3) AND d.id > ?2 AND d.id < ?3
         ORDER BY d.id",
        rows::OWED
    ))?;
    let mut rows = statement.query((endpoint, bound(replay.reached), bound(replay.asked.before)))?;
    let mut page = ReplayPage::default();
    let (mut looked_at, mut read) = (0, 0);
    while let Some(row) = rows.next()? {
        looked_at += 1;
        let raw_id = row.get::<_, i64>(0)?.cast_unsigned();
        let kind = row.get_ref(9)?.as_str().map_err(rusqlite::Error::from)?;
        let about = replay.asked.interview.is_none_or(|it| row.get(3).is_ok_and(|lane: i64| lane == key(it)));
        if about && replay.asked.covers(kind, row.get::<_, Option<i64>>(10)?.map(id)) {
            let owed: Owed = rows::owed(row)?;
            read += owed.body.len();
            page.given_up.push(owed);
        }
        if page.given_up.len() == limit || read >= PAGE_BYTES || looked_at == SCAN_ROWS {
            page.stopped_at = Some(raw_id);
            break;
        }
    }
    Ok(page)
}

fn events_page(connection: &Connection, replay: &Replay, limit: usize) -> Result<ReplayPage, EngineError> {
    let asked = &replay.asked;
    // Of one interview there are few events, and an index that leads to them.
    let about = asked.interview.map_or("?3 IS NULL", |_| "subject = ?3");
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {} FROM events WHERE id > ?1 AND id < ?2 AND {about} ORDER BY id",
        rows::EVENT
    ))?;
    let mut rows = statement.query((bound(replay.reached), bound(asked.before), asked.interview.map(key)))?;
    let mut page = ReplayPage::default();
    let (mut looked_at, mut read) = (0, 0);
    while let Some(row) = rows.next()? {
        looked_at += 1;
        let raw_id = row.get::<_, i64>(0)?.cast_unsigned();
        let source = row.get::<_, Option<i64>>(2)?.map(id);
        let kind = row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?;
        if replay.wants(id(row.get(1)?), kind, source) {
            let event: EventRow = rows::event(row)?;
            read += event.body.len();
            page.events.push(event);
        }
        if page.events.len() == limit || read >= PAGE_BYTES || looked_at == SCAN_ROWS {
            page.stopped_at = Some(raw_id);
            break;
        }
    }
    Ok(page)
}
