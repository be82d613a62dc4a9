//! Who writes: one hub at a time, who knows of each commit whether it came to pass.
//!
//! A connection may be lost between a commit and its answer. Then nobody is answered until the database has said what
//! became of it. And a hub that was away for so long that another one has written does not go on: what it remembers is not
//! what is stored.

use std::time::Duration;

use tokio::time::Instant;

use super::session::{Address, Session};
use super::write::write;
use crate::batch::Batch;
use crate::engine::EngineError;

/// How long the outcome of a commit is asked for.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);
/// How long between two tries.
const BETWEEN_TRIES: Duration = Duration::from_millis(500);

/// The one connection that may write.
pub(super) struct Pen {
    session: Session,
    /// It holds the lock.
    is_claimed: bool,
    /// Goes up with each hub that begins to write.
    epoch: i64,
    /// Why this hub writes nothing any more.
    ended: Option<&'static str>,
}

impl Pen {
    pub(super) fn take(address: &Address) -> Result<Self, EngineError> {
        let mut session = Session::open(address)?;
        session.claim()?;
        let row = session.one("UPDATE callboard SET epoch = epoch + 1 RETURNING epoch", &[])?;
        Ok(Self { session, is_claimed: true, epoch: row.try_get(0)?, ended: None })
    }

    /// The connection, which is there and has the lock.
    pub(super) fn session(&mut self) -> Result<&mut Session, EngineError> {
        if let Some(why) = self.ended {
            return Err(EngineError::Failed(why.to_owned()));
        }
        if !self.session.is_well() || !self.is_claimed {
            self.is_claimed = false;
            self.session.revive()?;
            self.session.claim()?;
            let row = self.session.one("SELECT epoch FROM callboard", &[])?;
            if row.try_get::<_, i64>(0)? != self.epoch {
                return self.end("another hub has worked on the store in the meantime; start this one again");
            }
            self.is_claimed = true;
        }
        Ok(&mut self.session)
    }

    fn end<T>(&mut self, why: &'static str) -> Result<T, EngineError> {
        tracing::error!("{why}");
        self.ended = Some(why);
        Err(EngineError::Failed(why.to_owned()))
    }

    /// Makes all of a batch durable, or nothing of it.
    pub(super) fn commit(&mut self, batch: &Batch) -> Result<(), EngineError> {
        let number = self.session()?.begun("BEGIN", |session| {
            write(session, batch)?;
            Ok(session.one("SELECT pg_current_xact_id()::TEXT", &[])?.try_get::<_, String>(0)?)
        })?;
        match self.session.run("COMMIT") {
            Err(error @ EngineError::Failed(_)) => self.what_became_of(&number, error),
            answered => answered,
        }
    }

    /// The connection was lost before it was known whether a commit came to pass: asks on another one.
    fn what_became_of(&mut self, number: &str, lost: EngineError) -> Result<(), EngineError> {
        tracing::warn!(error = %lost, "a commit is in doubt until the database can be asked about it");
        let until = Instant::now() + SETTLED_WITHIN;
        while Instant::now() < until {
            let outcome = self.session().and_then(|session| {
                let row = session.one("SELECT pg_xact_status(($1::TEXT)::xid8)", &[&number])?;
                Ok(row.try_get::<_, Option<String>>(0)?)
            });
            match outcome.as_ref().map(Option::as_deref) {
                Ok(Some("committed")) => return Ok(()),
                Ok(Some("aborted")) => return Err(lost),
                _ if self.ended.is_some() => return Err(lost),
                _ => std::thread::sleep(BETWEEN_TRIES),
            }
        }
        self.end("it is not known whether a commit came to pass; start the hub again")
    }
}
