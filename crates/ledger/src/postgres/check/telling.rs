//! What the store says of deliveries: that each event has those that it is owed, that they agree with their attempts, and that
//! each lane is in order.

use callboard_core::Ordering;
use rustc_hash::{FxHashMap, FxHashSet};
use tokio_postgres::Row;

use super::steps::{each, walk};
use super::{LARGE_ROWS, SMALL_ROWS};
use crate::checking::{self, LaneOrder, Look, Numbered, Promised, Stands, Tried};
use crate::columns::{id, state, time, unpack};
use crate::engine::EngineError;
use crate::following::deliveries_of;
use crate::postgres::rows::number;
use crate::postgres::session::Session;

/// Events whose deliveries are read at once: each may be owed to many endpoints.
const EVENTS_AT_ONCE: usize = 100;

pub(super) fn deliveries(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    let sql = "SELECT d.id, d.event, d.state, d.attempts, d.next_at IS NOT NULL,
            d.retried OR d.again_after IS NOT NULL, a.on_record, a.told,
            (SELECT 1 FROM events e WHERE e.id = d.event) IS NOT NULL
        FROM deliveries d LEFT JOIN LATERAL (
            SELECT COUNT(*) AS on_record, COUNT(*) FILTER (WHERE status BETWEEN 200 AND 299) AS told
            FROM attempts WHERE delivery = d.id) a ON TRUE
        WHERE d.id > $1 ORDER BY d.id";
    each(session, sql, SMALL_ROWS, |row| {
        let stands = Stands {
            state: state(row.try_get(2)?),
            attempts: row.try_get::<_, i64>(3)?.cast_unsigned(),
            is_due: row.try_get(4)?,
            again: row.try_get(5)?,
            on_record: number(row, 6)?,
            told: number(row, 7)?,
        };
        let (delivery, event) = (id(row.try_get(0)?), id(row.try_get(1)?));
        Promised { delivery, event, stands, has_event: row.try_get(8)? }.judge(look);
        Ok(())
    })?;
    let sql = format!(
        "SELECT e.id, e.owed, (SELECT COUNT(*) FROM ({}) AS following) FROM events e WHERE e.id > $1 ORDER BY e.id",
        deliveries_of("e.id")
    );
    each(session, &sql, SMALL_ROWS, |row| {
        checking::owed(look, id(row.try_get(0)?), row.try_get(1)?, row.try_get(2)?);
        Ok(())
    })
}

pub(super) fn attempts(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    let sql = "SELECT a.delivery, COUNT(*), MIN(a.number), MAX(a.number),
            (SELECT 1 FROM deliveries d WHERE d.id = a.delivery) IS NOT NULL
        FROM attempts a WHERE a.delivery > $1 GROUP BY a.delivery ORDER BY a.delivery";
    each(session, sql, SMALL_ROWS, |row| {
        let numbered = Numbered {
            delivery: id(row.try_get(0)?),
            count: row.try_get(1)?,
            first: row.try_get(2)?,
            last: row.try_get(3)?,
            is_there: row.try_get(4)?,
        };
        numbered.judge(look);
        Ok(())
    })
}

/// A delivery, and its place: what its event is about, its endpoint, and its lane.
type OfLane = ((i64, i64, i64), Tried);

/// Lanes are read by what their events are about, which has an index. Memory holds what was told about one thing, and what a
/// step reads.
pub(super) fn lanes(session: &mut Session, look: &mut Look<'_>) -> Result<(), EngineError> {
    let ordered = ordered(session)?;
    let sql = format!(
        "SELECT subject, id FROM events WHERE (subject, id) > ($1, $2) ORDER BY subject, id LIMIT {EVENTS_AT_ONCE}"
    );
    let (mut subject, mut last, mut told) = (i64::MIN, i64::MIN, Vec::new());
    loop {
        let found = session.rows(&sql, &[&subject, &last])?;
        let mut subjects = FxHashMap::default();
        for row in &found {
            (subject, last) = (row.try_get(0)?, row.try_get(1)?);
            subjects.insert(last, subject);
        }
        tell(session, &subjects, &ordered, &mut told)?;
        if found.len() < EVENTS_AT_ONCE {
            judge(look, told);
            return Ok(());
        }
        // There may be more about the last one. While there is nothing else, nothing is over.
        if found[0].try_get::<_, i64>(0)? != subject {
            let (over, goes_on) = told.into_iter().partition(|((about, ..), _)| *about != subject);
            judge(look, over);
            told = goes_on;
        }
    }
}

/// Adds the deliveries of these events.
fn tell(
    session: &mut Session,
    subjects: &FxHashMap<i64, i64>,
    ordered: &FxHashSet<i64>,
    told: &mut Vec<OfLane>,
) -> Result<(), EngineError> {
    let sql = format!(
        "SELECT d.endpoint, d.lane, d.id, d.state, d.overtook,
            d.retried OR d.again_after IS NOT NULL, a.first_at, a.last_at, d.event
        FROM UNNEST($1::BIGINT[]) AS asked (id) CROSS JOIN LATERAL ({}) AS following JOIN deliveries d ON d.id = following.id
            LEFT JOIN LATERAL (
                SELECT MIN(at) AS first_at, MAX(at) AS last_at FROM attempts WHERE delivery = d.id) a ON TRUE",
        deliveries_of("asked.id")
    );
    let events: Vec<i64> = subjects.keys().copied().collect();
    for row in session.rows(&sql, &[&events])? {
        let endpoint = row.try_get(0)?;
        if ordered.contains(&endpoint) {
            let event: i64 = row.try_get(8)?;
            told.push(((subjects[&event], endpoint, row.try_get(1)?), tried(&row)?));
        }
    }
    Ok(())
}

fn judge(look: &mut Look<'_>, mut told: Vec<OfLane>) {
    told.sort_unstable_by_key(|(place, tried)| (*place, tried.delivery));
    for lane in told.chunk_by(|one, next| one.0 == next.0) {
        let mut order = LaneOrder::default();
        for ((_, endpoint, _), tried) in lane {
            order.judge(look, id(*endpoint), tried);
        }
    }
}

fn tried(row: &Row) -> Result<Tried, EngineError> {
    Ok(Tried {
        delivery: id(row.try_get(2)?),
        state: state(row.try_get(3)?),
        overtook: unpack(row.try_get(4)?),
        again: row.try_get(5)?,
        first_at: row.try_get::<_, Option<i64>>(6)?.map(time),
        last_at: row.try_get::<_, Option<i64>>(7)?.map(time),
    })
}

/// Endpoints that are told in order. One that cannot be read is another check's finding.
fn ordered(session: &mut Session) -> Result<FxHashSet<i64>, EngineError> {
    #[derive(serde::Deserialize)]
    struct Told {
        #[serde(default)]
        ordering: Ordering,
    }
    let mut ordered = FxHashSet::default();
    walk(
        session,
        "SELECT id, body FROM endpoints WHERE id > $1 ORDER BY id",
        &[],
        i64::MIN,
        LARGE_ROWS,
        |row| {
            let endpoint = row.try_get(0)?;
            let told = serde_json::from_str::<Told>(row.try_get(1)?);
            if told.is_ok_and(|told| told.ordering == Ordering::Interview) {
                ordered.insert(endpoint);
            }
            Ok(endpoint)
        },
    )?;
    Ok(ordered)
}
