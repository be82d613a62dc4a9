//! Answers that are given again to the same request.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::entry::AnswerRow;
use super::ink::Ink;
use super::rows::{id, key, time};
use crate::asking::{Answer, Kept, PRUNED_ROWS, RequestKey};
use crate::engine::EngineError;

/// The answer that is kept for a key, of whatever request.
pub(super) fn kept(connection: &Connection, request: &RequestKey) -> Result<Option<Kept>, EngineError> {
    let mut statement = connection.prepare_cached(
        "SELECT company, key, fingerprint, at, status, etag, body FROM answers WHERE company = ?1 AND key = ?2",
    )?;
    Ok(statement.query_row(params![key(request.company), request.key], read).optional()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let key = RequestKey {
        company: id(row.get(0)?),
        key: row.get(1)?,
        fingerprint: row.get(2)?,
        at: time(row.get(3)?),
    };
    let body = Bytes::from(row.get::<_, Vec<u8>>(6)?);
    Ok(Kept { key, answer: Answer { status: row.get(4)?, etag: row.get(5)?, body } })
}

/// Keeps answers, and lets some go that are too old. It is a conflict if one is kept for its key that is not.
pub(super) fn keep(ink: &Ink<'_>, answers: &[AnswerRow<'_>]) -> Result<(), EngineError> {
    for answer in answers {
        let AnswerRow { company, key, fingerprint, at, outdated, status, etag, body } = answer;
        let written = ink.execute(
            "INSERT INTO answers (company, key, fingerprint, at, status, etag, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint, at = excluded.at,
                    status = excluded.status, etag = excluded.etag, body = excluded.body WHERE at < ?8",
            params![company, key, fingerprint, at, status, etag, body, outdated],
        )?;
        if written == 0 {
            return Err(EngineError::Conflict);
        }
    }
    let Some(outdated) = answers.iter().map(|answer| answer.outdated).min() else { return Ok(()) };
    ink.execute(
        "DELETE FROM answers WHERE rowid IN
                (SELECT rowid FROM answers WHERE at < ?1 ORDER BY at LIMIT ?2)",
        params![outdated, PRUNED_ROWS],
    )?;
    Ok(())
}
