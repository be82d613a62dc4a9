//! Rows into a table by `COPY`.

use bytes::Bytes;
use futures_util::SinkExt;

use super::Session;
use crate::engine::EngineError;

/// So much is sent at once, in bytes.
const PIECE_BYTES: usize = 256 * 1024;

/// Why rows were not copied.
pub(in crate::postgres) struct NotCopied {
    pub(in crate::postgres) error: EngineError,
    /// The row that it is about, counted from 1, if the database says so.
    pub(in crate::postgres) row: Option<usize>,
}

impl Session {
    /// Carries out a `COPY … FROM STDIN` with these bytes.
    pub(in crate::postgres) fn copy_in(&mut self, sql: &str, mut stream: Bytes) -> Result<(), NotCopied> {
        let unnamed = |error| NotCopied { error, row: None };
        let statement = self.wait(self.statement(sql)).map_err(unnamed)?;
        let mut why = None;
        let copied = self.wait(async {
            let sink = self.client.copy_in(&statement).await?;
            let mut sink = std::pin::pin!(sink);
            while !stream.is_empty() {
                let piece = stream.split_to(PIECE_BYTES.min(stream.len()));
                // What the database has to say to that is the answer at the end.
                if sink.send(piece).await.is_err() {
                    break;
                }
            }
            let ended = sink.finish().await;
            why = ended.as_ref().err().and_then(|error| error.as_db_error()?.where_().and_then(row_in));
            ended
        });
        copied.map(drop).map_err(|error| NotCopied { error, row: why })
    }
}

/// The row that an error of a `COPY` is about: its context says `COPY table, line 3`.
fn row_in(context: &str) -> Option<usize> {
    let (_, rest) = context.split_once(", line ")?;
    let digits = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}
