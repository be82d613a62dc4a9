//! What PostgreSQL's errors mean to whoever wanted something written.

use std::error::Error;

use tokio_postgres::error::SqlState;

use crate::engine::EngineError;

impl From<tokio_postgres::Error> for EngineError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(code) = error.code() else { return failed(&error) };
        if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code) {
            return Self::Conflict;
        }
        if *code == SqlState::LOCK_NOT_AVAILABLE {
            return Self::InUse("the database".to_owned());
        }
        if *code == SqlState::DISK_FULL {
            return Self::Full(sentence(&error));
        }
        // The first two characters are the class of an error.
        match code.code().get(..2) {
            // Data that the database cannot hold, and rows that are there already.
            Some("22" | "23" | "54") => Self::Refused(sentence(&error)),
            _ => failed(&error),
        }
    }
}

/// It does not work, for whatever reason.
pub(super) fn failed(error: &tokio_postgres::Error) -> EngineError {
    EngineError::Failed(sentence(error))
}

/// An error in a sentence. What the database adds to its own may be what was in a row, and is left out.
pub(super) fn sentence(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(said), _) => format!("{} ({})", said.message(), said.code().code()),
        (None, Some(reason)) => format!("{error}: {reason}"),
        (None, None) => error.to_string(),
    }
}
