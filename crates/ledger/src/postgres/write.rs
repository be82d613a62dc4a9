//! Rows into tables: all of them or none.

use crate::batch::{Batch, Erased, EventRow, NewDelivery, Outcome, Receipt};
use crate::columns::{key, lines, nanos, outcome_number, pack};
use crate::engine::EngineError;

use super::change::change;
use super::script::{Script, each};
use super::session::Session;
use super::{answers, erasing, pointers, replaying, settling, things};

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

/// What a batch writes whose rows do not depend on what others say, within the transaction that a session is in.
pub(super) fn script(batch: &Batch) -> Result<Script<'_>, EngineError> {
    let mut script = Script::default();
    settling::alone(&mut script, batch);
    receipts(&mut script, &batch.receipts)?;
    seen(&mut script, batch);
    things::write(&mut script, &batch.entities)?;
    things::write_names(&mut script, batch);
    events(&mut script, &batch.events);
    deliveries(&mut script, &batch.deliveries);
    pointers::write(&mut script, &batch.pointers);
    Ok(script)
}

/// Is the script all that there is to a batch?
pub(super) fn is_in_script(batch: &Batch) -> bool {
    let Batch {
        receipts: _,
        seen: _,
        entities: _,
        dropped_names: _,
        names: _,
        events: _,
        deliveries: _,
        settlements,
        pointers: _,
        answers,
        reread,
        blobs,
        dropped_blobs,
        erased,
        owed_anew,
        replays,
        changes,
        last_id: _,
        words,
    } = batch;
    settlements.is_empty()
        && answers.is_empty()
        && reread.is_empty()
        && blobs.is_empty()
        && dropped_blobs.is_empty()
        && *erased == Erased::default()
        && owed_anew.is_empty()
        && replays.is_empty()
        && changes.is_empty()
        && words.is_empty()
}

/// It is a conflict if not all of them were written.
pub(super) fn all(written: u64, expected: usize) -> Result<(), EngineError> {
    if written == expected as u64 { Ok(()) } else { Err(EngineError::Conflict) }
}

fn receipts<'b>(script: &mut Script<'b>, receipts: &'b [Receipt]) -> Result<(), EngineError> {
    if receipts.is_empty() {
        return Ok(());
    }
    let remarks: Vec<Option<String>> =
        receipts.iter().map(|it| lines(&it.remarks)).collect::<Result<_, _>>()?;
    script.add(
        "INSERT INTO receipts (id, source, received_at, outcome, detail, remarks, headers, body)
         SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BYTEA[], $6::TEXT[],
            $7::BYTEA[], $8::BYTEA[])",
        [
            each(receipts, |it| key(it.id)),
            each(receipts, |it| key(it.source)),
            each(receipts, |it| nanos(it.received_at)),
            each(receipts, |it| outcome_number(it.outcome)),
            each(receipts, |it| it.detail.as_bytes()),
            Box::new(remarks),
            each(receipts, |it| it.headers.as_bytes()),
            each(receipts, |it| &it.body[..]),
        ],
    );
    Ok(())
}

/// What is known by a receipt that no longer counts makes room first.
fn seen<'b>(script: &mut Script<'b>, batch: &'b Batch) {
    if batch.seen.is_empty() {
        return;
    }
    let mut seen: Vec<_> = batch.seen.iter().collect();
    seen.sort_unstable_by_key(|(dedup, _)| (key(dedup.source), dedup.hash));
    let sources = || each(&seen, |(dedup, _)| key(dedup.source));
    let hashes = || each(seen.iter().copied(), |(dedup, _)| &dedup.hash[..]);
    let outdated = column(&seen, |(dedup, _)| callboard_core::first_raw_at(dedup.not_before).cast_signed());
    if outdated.iter().any(|below| *below > 0) {
        script.add(
            "DELETE FROM seen USING UNNEST($1::BIGINT[], $2::BYTEA[], $3::BIGINT[]) AS new (source, hash, outdated)
             WHERE seen.source = new.source AND seen.hash = new.hash AND seen.receipt < new.outdated",
            [sources(), hashes(), Box::new(outdated)],
        );
    }
    script.add(
        "INSERT INTO seen (source, hash, receipt) SELECT * FROM UNNEST($1::BIGINT[], $2::BYTEA[], $3::BIGINT[])",
        [sources(), hashes(), each(&seen, |(_, receipt)| key(*receipt))],
    );
}

fn events<'b>(script: &mut Script<'b>, events: &'b [EventRow]) {
    if events.is_empty() {
        return;
    }
    script.add(
        "INSERT INTO events (id, company, source, receipt, subject, kind, body, skipped, owed)
         SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BIGINT[], $6::BYTEA[],
            $7::BYTEA[], $8::BYTEA[], $9::BIGINT[])",
        [
            each(events, |it| key(it.id)),
            each(events, |it| key(it.company)),
            each(events, |it| it.source.map(key)),
            each(events, |it| it.receipt.map(key)),
            each(events, |it| it.subject.cast_signed()),
            each(events, |it| it.kind.as_str().as_bytes()),
            each(events, |it| &it.body[..]),
            each(events, |it| pack(&it.skipped)),
            each(events, |it| i64::from(it.owed)),
        ],
    );
}

fn deliveries<'b>(script: &mut Script<'b>, deliveries: &'b [NewDelivery]) {
    if deliveries.is_empty() {
        return;
    }
    script.add(
        "INSERT INTO deliveries (id, endpoint, event, lane, body, state)
         SELECT *, 0 FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[], $5::BYTEA[])",
        [
            each(deliveries, |it| key(it.id)),
            each(deliveries, |it| key(it.endpoint)),
            each(deliveries, |it| key(it.event)),
            each(deliveries, |it| it.lane.cast_signed()),
            each(deliveries, |it| it.body.as_deref()),
        ],
    );
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
