//! What has been kept for long enough goes: a few rows a step, each step a transaction of its own, with a pause in between,
//! so that nobody who waits for the writer notices. A step that was not made is found again by the next pass, after a
//! restart as well.
//!
//! What is still owed never goes, however old it is, nor do things, names, and what people configured.

use std::time::Duration;

use callboard_core::{EventId, Identifier, Timestamp, time_of};
use jiff::SignedDuration;

use crate::asking::ANSWERS_KEPT;
use crate::batch::Change;
use crate::ledger::{Ledger, LedgerError};
use crate::steadiness::Steadiness;

/// How long a message is known again at least by its platform's own id for it. Platforms give up on one after days, and what
/// it says is not news when it comes again later.
pub const SEEN_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The most rows of a table that go in one step, unless one event alone has more: about a millisecond of the writer's time.
pub const LET_GO_AT_ONCE: usize = 100;
/// How many rows one page of what may go looks at, however few of them do.
pub(crate) const SCAN_ROWS: usize = 1_000;
/// How long everyone else has the writer between two steps: it is busy with this for a few percent of its time at the most.
const BETWEEN_STEPS: Duration = Duration::from_millis(20);
/// How long after everything that was due has gone it is looked for again.
const BETWEEN_PASSES: Duration = Duration::from_secs(600);

/// How often a hub looks whether it is for it to do so.
const BETWEEN_LOOKS: Duration = Duration::from_secs(10);
/// It is for the one that holds the shard of this number.
const KEEPER: u64 = 0;

/// How long things are kept, from the last thing that happened to them on. `None`: for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keep {
    /// Requests that were understood, and those that repeat others.
    pub receipts: Option<SignedDuration>,
    /// Requests that are quarantined.
    pub quarantined: Option<SignedDuration>,
    /// Events with their deliveries and attempts, if all of them have ended; replays that have ended.
    pub events: Option<SignedDuration>,
}

/// What goes when its time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// Requests that are not quarantined.
    Receipts,
    /// Requests that are.
    Quarantined,
    /// Events, their deliveries, and the attempts at those.
    Events,
    /// What requests are known again by.
    Seen,
    /// Replays that have ended.
    Replays,
    /// Answers that are given again to the same request.
    Answers,
}

impl Stock {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Receipts, Self::Quarantined, Self::Events, Self::Seen, Self::Replays, Self::Answers];

    /// How long it is kept.
    fn kept(self, keep: &Keep) -> Option<SignedDuration> {
        match self {
            Self::Receipts => keep.receipts,
            Self::Quarantined => keep.quarantined,
            Self::Events | Self::Replays => keep.events,
            Self::Seen => Some(SEEN_KEPT),
            Self::Answers => Some(ANSWERS_KEPT),
        }
    }
}

/// A row that is looked at: its number, or for [`Stock::Seen`] its source's with the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// The number.
    pub number: u64,
    /// The hash, for [`Stock::Seen`] alone.
    pub hash: [u8; 16],
}

impl Place {
    /// The row with this number, as a database keeps it.
    pub(crate) fn at(number: i64) -> Self {
        Self { number: number.cast_unsigned(), hash: [0; 16] }
    }
}

/// Rows whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated {
    /// Of what.
    pub stock: Stock,
    /// What nothing has happened to since then goes.
    pub before: Timestamp,
    /// Which rows. One of them that is owed again by now stays.
    pub rows: Vec<Place>,
}

/// A page of rows whose time has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OutdatedPage {
    /// The rows.
    pub rows: Vec<Place>,
    /// The last row that was looked at, if there may be more beyond it.
    pub stopped_at: Option<Place>,
}

impl Ledger {
    /// Lets go of what has been kept for long enough, over and over, until the ledger is closed. `now` tells the time. Of
    /// several hubs on a store one does it. A clock that may be wrong is not followed (`steadiness.rs`).
    pub async fn keep(&self, keep: Keep, now: impl Fn() -> Timestamp + Send) {
        let mut clock = Steadiness::new(self.last_known_at(), now());
        loop {
            if !self.holds(KEEPER) {
                tokio::select! {
                    () = self.jobs.closed() => return,
                    () = tokio::time::sleep(BETWEEN_LOOKS) => continue,
                }
            }
            // What another hub began and did not end before it was gone.
            let resumed = match self.resume_erasures().await {
                Ok(()) => self.resume_calling_off().await,
                error => error,
            };
            if let Err(error) = resumed {
                tracing::warn!(%error, "what was left unfinished is taken up again later");
            }
            let at = now();
            if clock.is_trusted(at) {
                match self.let_go(&keep, at).await {
                    Ok(0) => {}
                    Ok(rows) => tracing::info!(rows, "what had been kept for long enough has gone"),
                    Err(LedgerError::Closed) => return,
                    Err(error) => {
                        tracing::warn!(%error, "what has been kept for long enough goes later");
                    }
                }
            }
            tokio::time::sleep(BETWEEN_PASSES).await;
        }
    }

    /// When the last thing was made that there was when the ledger was opened.
    fn last_known_at(&self) -> Option<Timestamp> {
        let last_id = self.last_id();
        (last_id > 0).then(|| time_of(EventId::from_raw(last_id)))
    }

    /// Lets go of everything that has been kept for long enough now, step by step. Answers how many rows that were, not
    /// counting what went with them.
    pub async fn let_go(&self, keep: &Keep, now: Timestamp) -> Result<usize, LedgerError> {
        let mut gone = 0;
        for stock in Stock::ALL {
            if let Some(before) = stock.kept(keep).and_then(|kept| now.checked_sub(kept).ok()) {
                gone += self.let_go_of(stock, before).await?;
            }
        }
        Ok(gone)
    }

    /// Proves that there is room for something new, by writing: a commit of nothing needs none. It has been written where
    /// it is read from, too, once a question has been answered.
    pub async fn prove_room(&self, now: Timestamp) -> Result<(), LedgerError> {
        let before = now.checked_sub(ANSWERS_KEPT).unwrap_or(Timestamp::MIN);
        let nothing = Outdated { stock: Stock::Answers, before, rows: Vec::new() };
        self.change(vec![Change::LetGo(Box::new(nothing))]).await?;
        self.read(|_| Ok(())).await
    }

    async fn let_go_of(&self, stock: Stock, before: Timestamp) -> Result<usize, LedgerError> {
        let (mut gone, mut after) = (0, None);
        loop {
            let page = self.read(move |reader| reader.outdated(stock, before, after, LET_GO_AT_ONCE)).await?;
            gone += page.rows.len();
            if !page.rows.is_empty() {
                let outdated = Outdated { stock, before, rows: page.rows };
                self.insist_on(vec![Change::LetGo(Box::new(outdated))]).await?;
            }
            match page.stopped_at {
                Some(stopped_at) => after = Some(stopped_at),
                None => return Ok(gone),
            }
            tokio::time::sleep(BETWEEN_STEPS).await;
        }
    }
}
