//! What came of attempts.

use callboard_core::{DeliveryId, Identifier};
use rustc_hash::{FxHashMap, FxHashSet};

use super::session::Session;
use super::write::column;
use crate::batch::Settlement;
use crate::columns::{key, nanos, pack, state_number, unpack};
use crate::engine::EngineError;

/// The same attempt written twice is one. Another one under its number is not written over.
const ATTEMPTS: &str = "
    INSERT INTO attempts (delivery, number, at, took_us, status, error, response)
    SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BIGINT[], $6::BYTEA[], $7::BYTEA[])
    ON CONFLICT (delivery, number) DO UPDATE SET
        took_us = excluded.took_us, status = excluded.status, error = excluded.error, response = excluded.response
    WHERE attempts.at = excluded.at
    RETURNING delivery";

/// For attempts whose numbers others have: those under which they are on record already, or else the next.
const NUMBERS: &str = "
    SELECT a.delivery, COALESCE(MAX(a.number) FILTER (WHERE a.at = now.at), MAX(a.number) + 1)
    FROM UNNEST($1::BIGINT[], $2::BIGINT[]) AS now (delivery, at) JOIN attempts a ON a.delivery = now.delivery
    GROUP BY a.delivery";

/// What was told stays told, and what a person called off stays called off, unless it arrived after all. One that was
/// given up may be owed again: a person had it tried once more while its last attempt was under way. An attempt of a hub
/// that had lost it by then to another one says nothing if that one has given it up after more attempts, or if it was owed
/// again after as many.
const DELIVERIES: &str = "
    UPDATE deliveries d SET
        attempts = GREATEST(d.attempts, now.number),
        overtook = COALESCE(now.overtook, d.overtook),
        next_at = CASE WHEN now.state = 1 OR d.state = 0 AND now.tried > COALESCE(d.again_after, 0)
            OR d.state = 2 AND now.tried > d.attempts THEN now.next_at ELSE d.next_at END,
        state = CASE WHEN now.state = 1 OR d.state = 0 AND now.tried > COALESCE(d.again_after, 0)
            OR d.state = 2 AND now.tried > d.attempts THEN now.state ELSE d.state END
    FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BYTEA[], $6::BIGINT[])
        AS now (delivery, state, number, next_at, overtook, tried)
    WHERE d.id = now.delivery
    RETURNING d.id";

/// Takes what came of attempts into what is stored: of one delivery, one after the other.
pub(super) async fn settle(session: &Session, settlements: &[Settlement]) -> Result<(), EngineError> {
    let mut rounds: Vec<Vec<&Settlement>> = Vec::new();
    let mut rounds_of: FxHashMap<DeliveryId, usize> = FxHashMap::default();
    for settlement in settlements {
        let round = rounds_of.entry(settlement.delivery).or_default();
        if *round == rounds.len() {
            rounds.push(Vec::new());
        }
        rounds[*round].push(settlement);
        *round += 1;
    }
    for round in &rounds {
        settle_each(session, round).await?;
    }
    Ok(())
}

/// The same for deliveries that are there once.
async fn settle_each(session: &Session, settlements: &[&Settlement]) -> Result<(), EngineError> {
    let numbers = write_down(session, settlements).await?;
    let overtaken = overtaken(session, settlements).await?;
    let ids = column(settlements, |it| key(it.delivery));
    let known = session
        .ask(
            DELIVERIES,
            &[
                &ids,
                &column(settlements, |it| state_number(it.state)),
                &numbers,
                &column(settlements, |it| it.next_at.map(nanos)),
                &overtaken,
                &column(settlements, |it| i64::from(it.attempt.number)),
            ],
        )
        .await?;
    if known.len() < ids.len() {
        // Those that were called off, and have been kept for long enough.
        session.carry_out(
            "DELETE FROM attempts WHERE delivery = ANY($1) AND delivery NOT IN (SELECT id FROM deliveries WHERE id = ANY($1))",
            &[&ids],
        ).await?;
    }
    Ok(())
}

/// Puts attempts on record. Answers the numbers that they have there.
async fn write_down(session: &Session, settlements: &[&Settlement]) -> Result<Vec<i64>, EngineError> {
    let erased = erased(session, settlements).await?;
    let mut numbers = column(settlements, |it| i64::from(it.attempt.number));
    let mut left: Vec<usize> = (0..settlements.len()).collect();
    while !left.is_empty() {
        let attempts = column(&left, |index| settlements[*index]);
        let written = session
            .ask(
                ATTEMPTS,
                &[
                    &column(&attempts, |it| key(it.delivery)),
                    &column(&left, |index| numbers[*index]),
                    &column(&attempts, |it| nanos(it.attempt.at)),
                    &column(&attempts, |it| it.attempt.took_us.cast_signed()),
                    &column(&attempts, |it| it.attempt.status.map(i64::from)),
                    &column(&attempts, |it| it.attempt.error.as_deref().map(str::as_bytes)),
                    &column(&attempts, |it| {
                        let is_kept = !it.attempt.response.is_empty() && !erased.contains(&key(it.delivery));
                        is_kept.then_some(&it.attempt.response[..])
                    }),
                ],
            )
            .await?;
        let written: FxHashSet<i64> = written.iter().map(|row| row.get(0)).collect();
        left.retain(|index| !written.contains(&key(settlements[*index].delivery)));
        if !left.is_empty() {
            let ids = column(&left, |index| key(settlements[*index].delivery));
            let times = column(&left, |index| nanos(settlements[*index].attempt.at));
            let free = session.ask(NUMBERS, &[&ids, &times]).await?;
            let free: FxHashMap<i64, i64> = free.iter().map(|row| (row.get(0), row.get(1))).collect();
            for index in &left {
                numbers[*index] = free.get(&key(settlements[*index].delivery)).copied().unwrap_or(1);
            }
        }
    }
    Ok(numbers)
}

/// What was answered to something that has been erased in the meantime is not kept.
async fn erased(session: &Session, settlements: &[&Settlement]) -> Result<FxHashSet<i64>, EngineError> {
    let answered = settlements.iter().filter(|it| !it.attempt.response.is_empty());
    let answered: Vec<i64> = answered.map(|it| key(it.delivery)).collect();
    if answered.is_empty() {
        return Ok(FxHashSet::default());
    }
    let sql =
        "SELECT d.id FROM deliveries d JOIN events e ON e.id = d.event WHERE d.id = ANY($1) AND e.erased";
    Ok(session.ask(sql, &[&answered]).await?.iter().map(|row| row.get(0)).collect())
}

/// Everyone that each delivery has overtaken by now; nothing where nobody has been added to that.
async fn overtaken(
    session: &Session,
    settlements: &[&Settlement],
) -> Result<Vec<Option<Vec<u8>>>, EngineError> {
    let more = settlements.iter().filter(|it| !it.overtook.is_empty());
    let more: Vec<i64> = more.map(|it| key(it.delivery)).collect();
    if more.is_empty() {
        return Ok(vec![None; settlements.len()]);
    }
    let before = session.ask("SELECT id, overtook FROM deliveries WHERE id = ANY($1)", &[&more]).await?;
    let before: FxHashMap<i64, Vec<DeliveryId>> =
        before.iter().map(|row| (row.get(0), unpack(row.get(1)))).collect();
    Ok(column(settlements, |it| {
        let mut all = it.overtook.clone();
        if all.is_empty() {
            return None;
        }
        all.extend(before.get(&key(it.delivery)).into_iter().flatten());
        all.sort_unstable_by_key(|delivery| delivery.raw());
        all.dedup();
        pack(&all)
    }))
}
