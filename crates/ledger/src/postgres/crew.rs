//! The hubs that share the store: who is there, and who holds which shards. Each says so in turn, in one short transaction.

use std::collections::VecDeque;
use std::time::Duration;

use callboard_core::EndpointId;
use tokio::time::Instant;

use super::ear::{CHANNEL, CREW};
use super::session::{Address, Session};
use super::write::column;
use crate::columns::key;
use crate::engine::EngineError;
use crate::sharing::{Beat, Crew, Holding, LEASE, LEASE_MARGIN, SHARDS, Shards, share};

/// Who holds this looks at the crew: a number that no other program is likely to take.
const LOCK: i64 = 0x0043_414c_4c42_4357;
/// For how long words are kept: others have looked by then, or are not heard of any more.
pub(super) const WORDS_KEPT: Duration = Duration::from_secs(60);

pub(super) struct PostgresCrew {
    session: Session,
    /// The number under which this hub is known, once it is.
    hub: Option<i64>,
    taken: [u64; SHARDS as usize],
    /// How often shards have been taken.
    times: u64,
    /// The last word that there was at a time, oldest first.
    words: VecDeque<(Instant, i64)>,
}

impl PostgresCrew {
    pub(super) fn open(address: &Address) -> Result<Self, EngineError> {
        let session = Session::open_for(address, LEASE)?;
        let (taken, words) = ([0; SHARDS as usize], VecDeque::new());
        Ok(Self { session, hub: None, taken, times: 0, words })
    }

    fn begin(&mut self) -> Result<(), EngineError> {
        self.session.revive()?;
        let sql = format!(
            "BEGIN; SET LOCAL lock_timeout = {}; SELECT pg_advisory_xact_lock({LOCK})",
            LEASE.as_millis()
        );
        self.session.begun(&sql, |_| Ok(()))
    }

    /// Does all of it, or nothing.
    fn within<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.begin()?;
        let done = work(self);
        match done {
            Ok(_) => self.session.run("COMMIT")?,
            Err(_) => self.session.roll_back(),
        }
        done
    }

    /// Is there, from now on for as long as a lease lasts. Answers the number under which it is known.
    fn stay(&mut self, stays: bool) -> Result<i64, EngineError> {
        let lease = LEASE.as_secs_f64();
        let known = match self.hub {
            Some(hub) => self.session.maybe(
                "UPDATE hubs SET until = CLOCK_TIMESTAMP() + $2 * INTERVAL '1 second', stays = $3 WHERE id = $1
                 RETURNING id",
                &[&hub, &lease, &stays],
            )?,
            None => None,
        };
        let row = match known {
            Some(row) => row,
            None => self.session.one(
                "INSERT INTO hubs (until, stays) VALUES (CLOCK_TIMESTAMP() + $1 * INTERVAL '1 second', $2)
                 RETURNING id",
                &[&lease, &stays],
            )?,
        };
        Ok(row.try_get(0)?)
    }

    /// Those that were not heard of in time are gone, and what they held is free. Answers how many they were.
    fn bury(&mut self) -> Result<u64, EngineError> {
        let gone = self.session.execute("DELETE FROM hubs WHERE until < CLOCK_TIMESTAMP()", &[])?;
        if gone > 0 {
            tracing::warn!(
                hubs = gone,
                "others have not been heard of in time; what they held is taken over"
            );
            self.free_what_nobody_holds()?;
        }
        Ok(gone)
    }

    fn free_what_nobody_holds(&mut self) -> Result<(), EngineError> {
        let sql = "UPDATE shards SET hub = NULL WHERE hub NOT IN (SELECT id FROM hubs)";
        self.session.execute(sql, &[]).map(drop)
    }

    /// Who holds each shard.
    fn held(&mut self) -> Result<Vec<Option<i64>>, EngineError> {
        let rows = self.session.rows("SELECT hub FROM shards ORDER BY shard", &[])?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    /// What this hub holds now, and which of it others are to have.
    fn take_and_leave(
        &mut self,
        me: i64,
        vacated: Shards,
    ) -> Result<(Vec<Option<i64>>, Shards), EngineError> {
        let rows = self.session.rows("SELECT id FROM hubs WHERE stays ORDER BY id", &[])?;
        let hubs: Vec<i64> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let mut held = self.held()?;
        let (take, leave) = share(&hubs, me, &held);
        let free = leave.and(vacated);
        for (shards, hub) in [(take, Some(me)), (free, None)] {
            if !shards.is_empty() {
                shards.iter().for_each(|shard| held[shard as usize] = hub);
                let numbers: Vec<i64> = shards.iter().map(i64::from).collect();
                self.session
                    .execute("UPDATE shards SET hub = $2 WHERE shard = ANY($1)", &[&numbers, &hub])?;
            }
        }
        Ok((held, leave.without(free)))
    }

    /// Words that everyone has heard go.
    fn clear_words(&mut self, now: Instant) -> Result<(), EngineError> {
        let row = self.session.one("SELECT COALESCE(MAX(id), 0) FROM words", &[])?;
        self.words.push_back((now, row.try_get(0)?));
        let mut heard = None;
        while let Some((at, word)) = self.words.front().copied()
            && at + WORDS_KEPT < now
        {
            heard = Some(word);
            self.words.pop_front();
        }
        if let Some(heard) = heard.filter(|word| *word > 0) {
            self.session.execute("DELETE FROM words WHERE id <= $1", &[&heard])?;
        }
        Ok(())
    }

    fn call(&mut self) -> Result<(), EngineError> {
        self.session.run(&format!("NOTIFY {CHANNEL}, '{CREW}'"))
    }

    /// Notes what is held: what was not held a moment ago has been taken anew.
    fn note(&mut self, me: i64, held: &[Option<i64>]) {
        if self.hub.replace(me) != Some(me) {
            // What it held under another number may have been held by others since.
            self.taken = [0; SHARDS as usize];
        }
        self.times += 1;
        for (taken, hub) in self.taken.iter_mut().zip(held) {
            *taken = match (*hub == Some(me), *taken) {
                (false, _) => 0,
                (true, 0) => self.times,
                (true, since) => since,
            };
        }
    }
}

impl Crew for PostgresCrew {
    fn beat(&mut self, Beat { vacated, stays }: Beat) -> Result<Holding, EngineError> {
        let began = Instant::now();
        let (me, held, leaving) = self.within(|crew| {
            let me = crew.stay(stays)?;
            let is_new = crew.hub != Some(me);
            let gone = crew.bury()?;
            let before = crew.held()?;
            let (held, leaving) = crew.take_and_leave(me, vacated)?;
            crew.clear_words(began)?;
            let has_let_go = before.iter().zip(&held).any(|(before, now)| before.is_some() && now.is_none());
            if is_new || gone > 0 || has_let_go {
                crew.call()?;
            }
            Ok((me, held, leaving))
        })?;
        self.note(me, &held);
        Ok(Holding { taken: self.taken, leaving, until: Some(began + LEASE - LEASE_MARGIN) })
    }

    fn report(&mut self, reports: &[(EndpointId, String)]) -> Result<(), EngineError> {
        self.session
            .execute(
                "INSERT INTO reports SELECT * FROM UNNEST($1::BIGINT[], $2::TEXT[])
                 ON CONFLICT (endpoint) DO UPDATE SET body = excluded.body",
                &[&column(reports, |it| key(it.0)), &column(reports, |it| it.1.as_str())],
            )
            .map(drop)
    }

    fn leave(&mut self) -> Result<(), EngineError> {
        let Some(me) = self.hub.take() else { return Ok(()) };
        self.within(|crew| {
            crew.session.execute("DELETE FROM hubs WHERE id = $1", &[&me])?;
            crew.free_what_nobody_holds()?;
            crew.call()
        })
    }
}
