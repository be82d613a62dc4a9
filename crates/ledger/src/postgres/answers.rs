//! Answers that are given again to the same request.

use callboard_core::CompanyId;
use rustc_hash::FxHashMap;
use tokio_postgres::Row;

use super::rows::{bytes, id_in, number, text, text_or_none};
use super::session::Session;
use super::write::{all, column};
use crate::asking::{Answer, Kept, PRUNED_ROWS, RequestKey};
use crate::columns::{key, nanos, time};
use crate::engine::EngineError;

/// The answers that are kept for keys, of whatever request, in the order of the keys.
pub(super) fn kept(session: &mut Session, keys: &[RequestKey]) -> Result<Vec<Option<Kept>>, EngineError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    // One look-up for each: however many answers there are, none but these are read.
    let found = session.rows(
        "SELECT kept.* FROM UNNEST($1::BIGINT[], $2::BYTEA[]) AS asked (company, key), LATERAL (
            SELECT company, key, fingerprint, at, status, etag, body FROM answers
            WHERE answers.company = asked.company AND answers.key = asked.key LIMIT 1) AS kept",
        &[&column(keys, |it| key(it.company)), &column(keys, |it| it.key.as_bytes())],
    )?;
    let mut answers: FxHashMap<(CompanyId, String), Kept> = FxHashMap::default();
    for row in &found {
        let kept = of_row(row)?;
        answers.insert((kept.key.company, kept.key.key.clone()), kept);
    }
    Ok(column(keys, |it| answers.get(&(it.company, it.key.clone())).cloned()))
}

fn of_row(row: &Row) -> Result<Kept, EngineError> {
    let fingerprint = <[u8; 32]>::try_from(row.try_get::<_, &[u8]>(2)?);
    let key = RequestKey {
        company: id_in(row, 0)?,
        key: text(row, 1)?,
        fingerprint: fingerprint.map_err(|error| EngineError::Refused(format!("fingerprint: {error}")))?,
        at: time(row.try_get(3)?),
    };
    let answer = Answer { status: number(row, 4)?, etag: text_or_none(row, 5)?, body: bytes(row, 6)? };
    Ok(Kept { key, answer })
}

/// Keeps answers, and lets some go that are too old. It is a conflict if one is kept for its key that is not.
pub(super) fn keep(session: &mut Session, answers: &[Kept]) -> Result<(), EngineError> {
    if answers.is_empty() {
        return Ok(());
    }
    let companies = column(answers, |it| key(it.key.company));
    let keys = column(answers, |it| it.key.key.as_bytes());
    session.execute(
        "DELETE FROM answers USING UNNEST($1::BIGINT[], $2::BYTEA[], $3::BIGINT[]) AS new (company, key, outdated)
         WHERE answers.company = new.company AND answers.key = new.key AND answers.at < new.outdated",
        &[&companies, &keys, &column(answers, |it| nanos(it.key.outdated()))],
    )?;
    let written = session.execute(
        "INSERT INTO answers (company, key, fingerprint, at, status, etag, body)
         SELECT * FROM UNNEST($1::BIGINT[], $2::BYTEA[], $3::BYTEA[], $4::BIGINT[], $5::BIGINT[], $6::BYTEA[],
            $7::BYTEA[])
         ON CONFLICT DO NOTHING",
        &[
            &companies,
            &keys,
            &column(answers, |it| &it.key.fingerprint[..]),
            &column(answers, |it| nanos(it.key.at)),
            &column(answers, |it| i64::from(it.answer.status)),
            &column(answers, |it| it.answer.etag.as_deref().map(str::as_bytes)),
            &column(answers, |it| &it.answer.body[..]),
        ],
    )?;
    all(written, answers.len())?;
    let Some(outdated) = answers.iter().map(|kept| nanos(kept.key.outdated())).min() else { return Ok(()) };
    session.execute(
        "DELETE FROM answers WHERE number IN (SELECT number FROM answers WHERE at < $1 ORDER BY at LIMIT $2)",
        &[&outdated, &PRUNED_ROWS],
    )?;
    Ok(())
}
