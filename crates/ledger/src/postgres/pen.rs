//! Who writes: one hub at a time, for as long as one transaction lasts, who then knows whether it came to pass.
//!
//! The pen passes from hub to hub: a lock that goes with the transaction. So ids are given out in the order in which batches
//! become durable, and whoever takes the pen up sees everything that was written before. A hub that stops while it has
//! the pen loses it after a moment: the database ends its transaction.
//!
//! A connection may be lost between a commit and its answer. Then nobody is answered until the database has said what
//! became of it: each batch leaves its number there. If that takes too long, they are asked to come again; what did come to
//! pass is known by then, as if another hub had written it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use callboard_core::{DeliveryId, EndpointId};
use rustc_hash::FxHashMap;
use tokio::time::Instant;
use tokio_postgres::Row;

use super::ear::CHANNEL;
use super::script::{Script, Value};
use super::session::{Address, Session};
use super::trail::{Left, Trail};
use super::{news, schema, settle, write};
use crate::batch::Batch;
use crate::engine::EngineError;
use crate::sharing::Word;

/// Who holds this writes: a number that no other program is likely to take.
pub(super) const PEN: i64 = 0x0043_414c_4c42_5752;
/// How long the database waits for a hub that has the pen and says nothing.
pub const SILENT_WITHIN: Duration = Duration::from_secs(3);
/// How long a hub waits for the pen.
pub const TAKEN_UP_WITHIN: Duration = Duration::from_secs(20);
/// How long the outcome of a commit is asked for.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);
/// How long between two tries.
const BETWEEN_TRIES: Duration = Duration::from_millis(500);

/// How far the store has come.
pub(super) struct Reached {
    /// Goes up with each change of what is configured.
    pub(super) configured: i64,
    /// The last delivery.
    pub(super) deliveries: i64,
    /// The last event.
    pub(super) events: i64,
    /// The last word.
    pub(super) words: i64,
    /// The highest id that anyone has given out.
    pub(super) last_id: i64,
    /// How many hubs there are.
    pub(super) hubs: i64,
    /// What each writer has left.
    pub(super) writers: FxHashMap<i64, Left>,
    /// Who is owed more since then, each with the last of it.
    pub(super) owed: Vec<(EndpointId, DeliveryId)>,
    /// What others have said since then.
    pub(super) said: Vec<Word>,
}

/// From where on a hub asks what is new.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Since {
    /// The last delivery that it has heard of.
    pub(super) deliveries: i64,
    /// The last word.
    pub(super) words: i64,
}

impl Since {
    /// It does not ask.
    pub(super) const NEVER: Self = Self { deliveries: i64::MAX, words: i64::MAX };
}

/// The one connection that writes.
pub(super) struct Pen {
    session: Session,
    /// It is within a transaction, and nobody else is.
    in_hand: bool,
    /// This hub's number as a writer, and that of its last batch.
    pub(super) writer: i64,
    batch: i64,
    /// What it leaves for the others with each.
    trail: Trail,
    /// It is not known what became of the last batch.
    is_in_doubt: Arc<AtomicBool>,
}

impl Pen {
    /// One for a hub that begins to write. Answers how far the store has come.
    pub(super) fn open(
        address: &Address,
        is_in_doubt: Arc<AtomicBool>,
    ) -> Result<(Self, Reached), EngineError> {
        let session = Session::open(address)?;
        let mut pen =
            Self { session, in_hand: false, writer: 0, batch: 0, trail: Trail::default(), is_in_doubt };
        let reached = pen.take_up(Since::NEVER)?;
        let enrolled = pen.session.one(
            "INSERT INTO writers (batch, last_id) SELECT 0, COALESCE(MAX(last_id), 0) FROM writers RETURNING id",
            &[],
        )?;
        pen.writer = enrolled.try_get(0)?;
        // Those that have not written for so long say nothing that this one does not. Each hub reads all of them each time.
        pen.session.run("DELETE FROM writers WHERE wrote_at < CURRENT_TIMESTAMP - INTERVAL '1 hour'")?;
        pen.in_hand = false;
        pen.session.commit()?;
        Ok((pen, reached))
    }

    /// Waits for the pen. What is read from here on is what there is until this hub puts it down. Answers how far the store
    /// has come, and what is new since.
    pub(super) fn take_up(&mut self, since: Since) -> Result<Reached, EngineError> {
        self.put_down();
        self.session.revive()?;
        let waits = begin(PEN, SILENT_WITHIN, TAKEN_UP_WITHIN);
        self.in_hand = true;
        let writer = self.writer;
        let taken_up = self.session.together(async |session| {
            let (begun, reached, left, owed, said) = tokio::join!(
                biased;
                session.say(&waits),
                reached(session),
                left(session, writer),
                news::owed_beyond(session, since.deliveries),
                news::words(session, writer, since.words),
            );
            begun
                .and(reached)
                .and_then(|reached| Ok(Reached { writers: left?, owed: owed?, said: said?, ..reached }))
        });
        taken_up.inspect_err(|_| self.put_down())
    }

    /// Lets others have the pen.
    pub(super) fn put_down(&mut self) {
        if std::mem::take(&mut self.in_hand) {
            self.session.roll_back();
        }
    }

    /// The connection: within the transaction, if this hub has the pen.
    pub(super) fn session(&mut self) -> Result<&mut Session, EngineError> {
        if !self.in_hand {
            self.session.revive()?;
        }
        Ok(&mut self.session)
    }

    /// Makes all of a batch durable, or nothing of it, and puts the pen down.
    pub(super) fn commit(&mut self, batch: &Batch, is_alone: bool) -> Result<(), EngineError> {
        if !self.in_hand {
            self.take_up(Since::NEVER)?;
        }
        self.batch += 1;
        let calls = !is_alone && news::calls(batch);
        if is_alone {
            // Whoever comes later has read nothing yet.
            self.trail.begin_after(self.batch);
        } else {
            self.trail.note(self.batch, batch);
        }
        let (changed, after) = self.trail.left();
        let last_id = batch.last_id.cast_signed();
        let mark = Mark { writer: self.writer, batch: self.batch, last_id, changed, after, calls };
        let committed = match self.write(batch, mark) {
            Ok(None) => self.session.commit(),
            Ok(Some(script)) => self.session.perform_and_commit(&script),
            Err(error) => {
                self.put_down();
                return Err(error);
            }
        };
        match committed {
            Ok(()) => {
                self.in_hand = false;
                Ok(())
            }
            Err(error @ EngineError::Failed(_)) => self.what_became_of(error),
            Err(error) => {
                self.put_down();
                Err(error)
            }
        }
    }

    /// Writes a batch down; or answers what is still to be carried out, if the commit may follow right behind it.
    fn write<'b>(&mut self, batch: &'b Batch, mark: Mark) -> Result<Option<Script<'b>>, EngineError> {
        let mut script = write::script(batch)?;
        mark.leave(&mut script);
        if write::is_in_script(batch) {
            return Ok(Some(script));
        }
        self.session.perform(&script)?;
        self.session.together(async |session| settle::settle(session, &batch.settlements).await)?;
        write::afterwards(&mut self.session, batch)?;
        news::tell(&mut self.session, self.writer, batch)?;
        Ok(None)
    }

    /// The connection was lost before it was known whether a commit came to pass: asks on another one.
    fn what_became_of(&mut self, lost: EngineError) -> Result<(), EngineError> {
        tracing::warn!(error = %lost, "a commit is in doubt until the database can be asked about it");
        self.is_in_doubt.store(true, Ordering::Relaxed);
        let outcome = self.ask_what_became(lost);
        self.is_in_doubt.store(false, Ordering::Relaxed);
        outcome
    }

    fn ask_what_became(&mut self, lost: EngineError) -> Result<(), EngineError> {
        let until = Instant::now() + SETTLED_WITHIN;
        while Instant::now() < until {
            match self.take_up(Since::NEVER).and_then(|_| self.last_batch()) {
                Ok(number) => return if number == Some(self.batch) { Ok(()) } else { Err(lost) },
                Err(error) => {
                    tracing::warn!(%error, "a commit is still in doubt");
                    std::thread::sleep(BETWEEN_TRIES);
                }
            }
        }
        Err(EngineError::Failed("it is not known yet whether a commit came to pass".to_owned()))
    }

    /// The number of the last batch that came to pass. Whoever has the pen knows that none is still on its way. This writes, so
    /// that it is answered when a synchronous standby has all that it speaks of, even where the primary went on without one.
    fn last_batch(&mut self) -> Result<Option<i64>, EngineError> {
        let sql = "UPDATE writers SET batch = batch WHERE id = $1 RETURNING batch";
        let row = self.session.maybe(sql, &[&self.writer])?;
        self.in_hand = false;
        self.session.commit()?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}

/// What a writer leaves with each batch.
struct Mark {
    writer: i64,
    /// The batch's number.
    batch: i64,
    /// The last id that was given out.
    last_id: i64,
    /// The things that it, and those after a batch with that number, have changed.
    changed: Vec<i64>,
    after: i64,
    /// Are the others to be called when it is durable?
    calls: bool,
}

impl Mark {
    fn leave(self, script: &mut Script<'_>) {
        let Self { writer, batch, last_id, changed, after, calls } = self;
        script.add(
            "WITH marked AS (
                INSERT INTO writers AS w (id, batch, last_id, changed, changed_after) OVERRIDING SYSTEM VALUE
                VALUES ($1, $2, $3, $6, $7)
                ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, wrote_at = excluded.wrote_at,
                    last_id = GREATEST(w.last_id, excluded.last_id),
                    changed = excluded.changed, changed_after = excluded.changed_after)
             SELECT CASE WHEN $4 THEN pg_notify($5, $1::TEXT)::TEXT END",
            [
                Box::new(writer) as Value<'_>,
                Box::new(batch),
                Box::new(last_id),
                Box::new(calls),
                Box::new(CHANNEL),
                Box::new(changed),
                Box::new(after),
            ],
        );
    }
}

/// Begins a transaction that waits for a lock for so long, and then sees what was written before it had it. The database
/// notices soon if the hub stops while it has it, or if its machine is gone, and lets go of the lock; and nobody's settings make
/// a commit less than durable.
pub(super) fn begin(lock: i64, silent_within: Duration, taken_within: Duration) -> String {
    begin_with(&format!("pg_advisory_xact_lock({lock})"), silent_within, taken_within)
}

/// The same with a lock of another kind.
pub(super) fn begin_with(lock: &str, silent_within: Duration, taken_within: Duration) -> String {
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
         SET LOCAL idle_in_transaction_session_timeout = {}; SET LOCAL lock_timeout = {};
         SELECT set_config('synchronous_commit', 'on', TRUE) WHERE current_setting('synchronous_commit') = 'off';
         SELECT {lock}",
        silent_within.as_millis(),
        taken_within.as_millis(),
    )
}

/// How far the store has come, while this hub has the pen.
async fn reached(session: &Session) -> Result<Reached, EngineError> {
    let sql = "SELECT configured, (SELECT COALESCE(MAX(id), 0) FROM deliveries),
            (SELECT COALESCE(MAX(id), 0) FROM events), (SELECT COALESCE(MAX(id), 0) FROM words),
            (SELECT COALESCE(MAX(last_id), 0) FROM writers), (SELECT COUNT(*) FROM hubs),
            oldest
        FROM callboard";
    let rows = session.ask(sql, &[]).await?;
    let row = rows.first().ok_or_else(|| EngineError::Failed("the store has no version".to_owned()))?;
    // A newer program may have been started on it.
    schema::fits(row.try_get(6)?)?;
    Ok(Reached {
        configured: row.try_get(0)?,
        deliveries: row.try_get(1)?,
        events: row.try_get(2)?,
        words: row.try_get(3)?,
        last_id: row.try_get(4)?,
        hubs: row.try_get(5)?,
        writers: FxHashMap::default(),
        owed: Vec::new(),
        said: Vec::new(),
    })
}

/// What each writer has left, while this hub has the pen. Which things have changed is of interest for those who have written
/// lately, beside this one: a hub that has not looked since then reads everything anew.
async fn left(session: &Session, writer: i64) -> Result<FxHashMap<i64, Left>, EngineError> {
    let sql = "SELECT id, batch, changed_after,
            CASE WHEN id <> $1 AND wrote_at > CURRENT_TIMESTAMP - INTERVAL '1 minute' THEN changed END
        FROM writers";
    let rows = session.ask(sql, &[&writer]).await?;
    let left = |row: &Row| {
        let (after, changed): (Option<i64>, Option<Vec<i64>>) = (row.try_get(2)?, row.try_get(3)?);
        Ok((row.try_get(0)?, Left { batch: row.try_get(1)?, changed: changed.zip(after) }))
    };
    rows.iter().map(left).collect()
}
