//! What SQLite's errors mean to whoever wanted something written.

use rusqlite::{ErrorCode, ffi};

use crate::engine::EngineError;

impl From<rusqlite::Error> for EngineError {
    fn from(error: rusqlite::Error) -> Self {
        let sentence = error.to_string();
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) => match (failure.code, failure.extended_code) {
                // SQLite says `full` only where the system says that no space is left. A quota, a limit on a file's size
                // and a log that cannot be made longer come as failed writes.
                (ErrorCode::DiskFull, _)
                | (_, ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_TRUNCATE) => {
                    Self::Full(sentence)
                }
                (ErrorCode::ConstraintViolation | ErrorCode::TooBig | ErrorCode::TypeMismatch, _) => {
                    Self::Refused(sentence)
                }
                _ => Self::Failed(sentence),
            },
            _ => Self::Refused(sentence),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: i32) -> EngineError {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into()
    }

    #[test]
    fn a_disk_that_takes_no_more_is_told_from_one_that_fails_and_from_what_is_not_acceptable() {
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_IOERR_SHMSIZE] {
            assert!(matches!(error(code), EngineError::Full(_)), "{code}");
        }
        for code in [ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_CORRUPT, ffi::SQLITE_BUSY] {
            assert!(matches!(error(code), EngineError::Failed(_)), "{code}");
        }
        for code in [ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_TOOBIG] {
            assert!(matches!(error(code), EngineError::Refused(_)), "{code}");
        }
    }
}
