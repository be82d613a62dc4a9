//! Answers that are given again to the same request.

use super::rows::{bytes, id_in, number, text, text_or_none};
use super::session::Session;
use crate::asking::{Answer, Kept, PRUNED_ROWS, RequestKey};
use crate::columns::{key, nanos, time};
use crate::engine::EngineError;

/// The answer that is kept for a key, of whatever request.
pub(super) fn kept(session: &mut Session, request: &RequestKey) -> Result<Option<Kept>, EngineError> {
    let found = session.maybe(
        "SELECT company, key, fingerprint, at, status, etag, body FROM answers WHERE company = $1 AND key = $2",
        &[&key(request.company), &request.key.as_bytes()],
    )?;
    let Some(row) = found else { return Ok(None) };
    let fingerprint = <[u8; 32]>::try_from(row.try_get::<_, &[u8]>(2)?);
    let key = RequestKey {
        company: id_in(&row, 0)?,
        key: text(&row, 1)?,
        fingerprint: fingerprint.map_err(|error| EngineError::Refused(format!("fingerprint: {error}")))?,
        at: time(row.try_get(3)?),
    };
    let answer = Answer { status: number(&row, 4)?, etag: text_or_none(&row, 5)?, body: bytes(&row, 6)? };
    Ok(Some(Kept { key, answer }))
}

/// Keeps answers, and lets some go that are too old. It is a conflict if one is kept for its key that is not.
pub(super) fn keep(session: &mut Session, answers: &[Kept]) -> Result<(), EngineError> {
    for Kept { key: request, answer } in answers {
        let written = session.execute(
            "INSERT INTO answers (company, key, fingerprint, at, status, etag, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (company, key) DO UPDATE SET fingerprint = excluded.fingerprint, at = excluded.at,
                status = excluded.status, etag = excluded.etag, body = excluded.body WHERE answers.at < $8",
            &[
                &key(request.company),
                &request.key.as_bytes(),
                &&request.fingerprint[..],
                &nanos(request.at),
                &i64::from(answer.status),
                &answer.etag.as_deref().map(str::as_bytes),
                &&answer.body[..],
                &nanos(request.outdated()),
            ],
        )?;
        if written == 0 {
            return Err(EngineError::Conflict);
        }
    }
    let Some(outdated) = answers.iter().map(|kept| nanos(kept.key.outdated())).min() else { return Ok(()) };
    session.execute(
        "DELETE FROM answers WHERE number IN (SELECT number FROM answers WHERE at < $1 ORDER BY at LIMIT $2)",
        &[&outdated, &PRUNED_ROWS],
    )?;
    Ok(())
}
