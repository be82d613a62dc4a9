//! Rows into tables: all of them or none.

use crate::batch::{Batch, NewDelivery, Outcome, Receipt};
use crate::columns::{key, lines, nanos, outcome_number, pack};
use crate::engine::EngineError;

use super::change::change;
use super::session::Session;
use super::{answers, erasing, pointers, replaying, settle, settling, things};

/// Writes what has to wait for the rest of a batch.
pub(super) fn afterwards(session: &mut Session, batch: &Batch) -> Result<(), EngineError> {
    reread(session, batch)?;
    blobs(session, batch)?;
    erasing::erase(session, &batch.erased)?;
    replaying::write(session, batch)?;
    // The answer to an erasure itself stays.
    answers::keep(session, &batch.answers)?;
    batch.changes.iter().try_for_each(|changed| change(session, changed))
}

/// Writes all of a batch that does not depend on each other, within the transaction that the session is in.
pub(super) async fn at_once(session: &Session, batch: &Batch) -> Result<(), EngineError> {
    let written = tokio::join!(
        biased;
        settling::alone(session, batch),
        receipts(session, &batch.receipts),
        seen(session, batch),
        things::write(session, &batch.entities),
        things::write_names(session, batch),
        events(session, batch),
        deliveries(session, &batch.deliveries),
        pointers::write(session, &batch.pointers),
        settle::settle(session, &batch.settlements),
    );
    let written =
        [written.0, written.1, written.2, written.3, written.4, written.5, written.6, written.7, written.8];
    // After the first that fails, the database does nothing more: what others say then is not why.
    let mut failed: Vec<EngineError> = written.into_iter().filter_map(Result::err).collect();
    let why = failed.iter().position(|error| !matches!(error, EngineError::Failed(_))).unwrap_or(0);
    if failed.is_empty() { Ok(()) } else { Err(failed.swap_remove(why)) }
}

/// It is a conflict if not all of them were written.
pub(super) fn all(written: u64, expected: usize) -> Result<(), EngineError> {
    if written == expected as u64 { Ok(()) } else { Err(EngineError::Conflict) }
}

async fn receipts(session: &Session, receipts: &[Receipt]) -> Result<(), EngineError> {
    if receipts.is_empty() {
        return Ok(());
    }
    let remarks: Vec<Option<String>> =
        receipts.iter().map(|it| lines(&it.remarks)).collect::<Result<_, _>>()?;
    session
        .carry_out(
            "INSERT INTO receipts (id, source, received_at, outcome, detail, remarks, headers, body)
         SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BYTEA[], $6::TEXT[],
            $7::BYTEA[], $8::BYTEA[])",
            &[
                &column(receipts, |it| key(it.id)),
                &column(receipts, |it| key(it.source)),
                &column(receipts, |it| nanos(it.received_at)),
                &column(receipts, |it| outcome_number(it.outcome)),
                &column(receipts, |it| it.detail.as_bytes()),
                &remarks,
                &column(receipts, |it| it.headers.as_bytes()),
                &column(receipts, |it| &it.body[..]),
            ],
        )
        .await?;
    Ok(())
}

/// What is known by a receipt that no longer counts makes room first.
async fn seen(session: &Session, batch: &Batch) -> Result<(), EngineError> {
    if batch.seen.is_empty() {
        return Ok(());
    }
    let mut seen: Vec<_> = batch.seen.iter().collect();
    seen.sort_unstable_by_key(|(dedup, _)| (key(dedup.source), dedup.hash));
    let sources = column(&seen, |(dedup, _)| key(dedup.source));
    let hashes = column(&seen, |(dedup, _)| &dedup.hash[..]);
    let outdated = column(&seen, |(dedup, _)| callboard_core::first_raw_at(dedup.not_before).cast_signed());
    if outdated.iter().any(|below| *below > 0) {
        session.carry_out(
            "DELETE FROM seen USING UNNEST($1::BIGINT[], $2::BYTEA[], $3::BIGINT[]) AS new (source, hash, outdated)
             WHERE seen.source = new.source AND seen.hash = new.hash AND seen.receipt < new.outdated",
            &[&sources, &hashes, &outdated],
        ).await?;
    }
    let written = session
        .carry_out(
            "INSERT INTO seen (source, hash, receipt)
         SELECT * FROM UNNEST($1::BIGINT[], $2::BYTEA[], $3::BIGINT[]) ON CONFLICT DO NOTHING",
            &[&sources, &hashes, &column(&seen, |(_, receipt)| key(*receipt))],
        )
        .await?;
    all(written, seen.len())
}

async fn events(session: &Session, batch: &Batch) -> Result<(), EngineError> {
    let events = &batch.events;
    if events.is_empty() {
        return Ok(());
    }
    session.carry_out(
        "INSERT INTO events (id, company, source, receipt, subject, kind, body, skipped, owed)
         SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BIGINT[], $6::BYTEA[],
            $7::BYTEA[], $8::BYTEA[], $9::BIGINT[])",
        &[
            &column(events, |it| key(it.id)),
            &column(events, |it| key(it.company)),
            &column(events, |it| it.source.map(key)),
            &column(events, |it| it.receipt.map(key)),
            &column(events, |it| it.subject.cast_signed()),
            &column(events, |it| it.kind.as_str().as_bytes()),
            &column(events, |it| &it.body[..]),
            &column(events, |it| pack(&it.skipped)),
            &column(events, |it| i64::from(it.owed)),
        ],
    ).await?;
    Ok(())
}

async fn deliveries(session: &Session, deliveries: &[NewDelivery]) -> Result<(), EngineError> {
    if deliveries.is_empty() {
        return Ok(());
    }
    session
        .carry_out(
            "INSERT INTO deliveries (id, endpoint, event, lane, body, state)
         SELECT *, 0 FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BYTEA[])",
            &[
                &column(deliveries, |it| key(it.id)),
                &column(deliveries, |it| key(it.endpoint)),
                &column(deliveries, |it| key(it.event)),
                &column(deliveries, |it| it.lane.cast_signed()),
                &column(deliveries, |it| it.body.as_deref()),
            ],
        )
        .await?;
    Ok(())
}

/// Requests that have been understood after all.
fn reread(session: &mut Session, batch: &Batch) -> Result<(), EngineError> {
    for reread in &batch.reread {
        session.execute(
            "UPDATE receipts SET outcome = $2, detail = $3, remarks = $4 WHERE id = $1",
            &[
                &key(reread.receipt),
                &outcome_number(Outcome::Understood),
                &reread.detail.as_bytes(),
                &lines(&reread.remarks)?,
            ],
        )?;
    }
    Ok(())
}

/// The bytes of files, those that go last.
fn blobs(session: &mut Session, batch: &Batch) -> Result<(), EngineError> {
    for (file, bytes) in &batch.blobs {
        session.execute(
            "INSERT INTO blobs (file, body) VALUES ($1, $2) ON CONFLICT (file) DO UPDATE SET body = excluded.body",
            &[&key(*file), &&bytes[..]],
        )?;
    }
    if !batch.dropped_blobs.is_empty() {
        let dropped = column(&batch.dropped_blobs, |file| key(*file));
        session.execute("DELETE FROM blobs WHERE file = ANY($1)", &[&dropped])?;
    }
    Ok(())
}

/// One column of what is written together.
pub(super) fn column<'r, R, T>(rows: &'r [R], value: impl Fn(&'r R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}
