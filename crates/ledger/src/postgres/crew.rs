//! The hubs that share the store: who is there, and who holds which shards.
//!
//! Each goes on counting in a row of its own. Whoever has seen a count stand still for as long as a lease lasts, by its own
//! clock, finds that hub gone. Only where something is to change do hubs wait for each other.

use std::collections::VecDeque;
use std::time::Duration;

use callboard_core::EndpointId;
use rustc_hash::FxHashMap;
use tokio::time::Instant;

use super::ear::{CHANNEL, CREW};
use super::pen::begin;
use super::session::{Address, Session};
use super::write::column;
use crate::columns::key;
use crate::engine::EngineError;
use crate::sharing::{Beat, Crew, Holding, LEASE, LEASE_MARGIN, SHARDS, Shards, share};

/// Who holds this changes who holds what: a number that no other program is likely to take.
const CHANGING: i64 = 0x0043_414c_4c42_4357;
/// How long the database waits for a hub that does so and says nothing.
const SILENT_WITHIN: Duration = Duration::from_secs(1);
/// For how long words are kept: others have looked by then, or are not heard of any more.
pub(super) const WORDS_KEPT: Duration = Duration::from_secs(60);

pub(super) struct PostgresCrew {
    session: Session,
    /// The number under which this hub is known, once it is.
    hub: Option<i64>,
    /// The others have not seen it under that number yet.
    is_new: bool,
    taken: [u64; SHARDS as usize],
    /// How often shards have been taken.
    times: u64,
    /// How far each hub has counted, and since when that stands.
    counts: FxHashMap<i64, (i64, Instant)>,
    /// The last word that there was at a time, oldest first.
    words: VecDeque<(Instant, i64)>,
}

/// How things stand.
struct Standing {
    /// Each hub, how far it has counted, and whether it wants to hold anything; in order.
    hubs: Vec<(i64, i64, bool)>,
    /// Who holds each shard.
    held: Vec<Option<i64>>,
    last_word: i64,
}

impl Standing {
    /// What this hub is to take, and what it is to leave.
    fn share(&self, me: i64) -> (Shards, Shards) {
        let staying: Vec<i64> =
            self.hubs.iter().filter(|(_, _, stays)| *stays).map(|(id, _, _)| *id).collect();
        share(&staying, me, &self.held)
    }

    /// Is something held under a number that no hub has any more?
    fn has_orphans(&self) -> bool {
        self.held.iter().flatten().any(|holder| self.hubs.iter().all(|(hub, _, _)| hub != holder))
    }
}

impl PostgresCrew {
    pub(super) fn open(address: &Address) -> Result<Self, EngineError> {
        Ok(Self {
            session: Session::open_for(address, LEASE)?,
            hub: None,
            is_new: true,
            taken: [0; SHARDS as usize],
            times: 0,
            counts: FxHashMap::default(),
            words: VecDeque::new(),
        })
    }

    /// Counts on. Answers the number under which this hub is known: another one if it had been found gone.
    fn count(&mut self, stays: bool) -> Result<i64, EngineError> {
        let counted = match self.hub {
            Some(hub) => self.session.maybe(
                "UPDATE hubs SET beat = beat + 1, stays = $2 WHERE id = $1 RETURNING id",
                &[&hub, &stays],
            )?,
            None => None,
        };
        let row = match counted {
            Some(row) => row,
            None => {
                self.session.one("INSERT INTO hubs (beat, stays) VALUES (0, $1) RETURNING id", &[&stays])?
            }
        };
        let me = row.try_get(0)?;
        if self.hub.replace(me) != Some(me) {
            // What it held under another number may have been held by others since.
            (self.is_new, self.taken) = (true, [0; SHARDS as usize]);
        }
        Ok(me)
    }

    fn look(&mut self) -> Result<Standing, EngineError> {
        let row = self.session.one(
            "SELECT ARRAY(SELECT id FROM hubs ORDER BY id), ARRAY(SELECT beat FROM hubs ORDER BY id),
                ARRAY(SELECT stays FROM hubs ORDER BY id), ARRAY(SELECT hub FROM shards ORDER BY shard),
                (SELECT COALESCE(MAX(id), 0) FROM words)",
            &[],
        )?;
        let (ids, beats): (Vec<i64>, Vec<i64>) = (row.try_get(0)?, row.try_get(1)?);
        let stays: Vec<bool> = row.try_get(2)?;
        let hubs = ids.into_iter().zip(beats).zip(stays).map(|((id, beat), stays)| (id, beat, stays));
        Ok(Standing { hubs: hubs.collect(), held: row.try_get(3)?, last_word: row.try_get(4)? })
    }

    /// Those that have not counted on for as long as a lease lasts, with how far they had come.
    fn gone(&mut self, standing: &Standing, me: i64, began: Instant) -> Vec<(i64, i64)> {
        // A count that was not known is no older than this.
        let looked = Instant::now();
        let before = std::mem::take(&mut self.counts);
        let mut gone = Vec::new();
        for (hub, beat, _) in standing.hubs.iter().filter(|(hub, _, _)| *hub != me) {
            let since =
                before.get(hub).filter(|(known, _)| known == beat).map_or(looked, |(_, since)| *since);
            self.counts.insert(*hub, (*beat, since));
            if since + LEASE <= began {
                gone.push((*hub, *beat));
            }
        }
        gone
    }

    /// Finds hubs gone, takes what is free and lets go of what is vacated, while nobody else does. Answers who held what
    /// before anything was taken, and how things stand now.
    fn change(
        &mut self,
        me: i64,
        vacated: Shards,
        gone: &[(i64, i64)],
    ) -> Result<(Vec<Option<i64>>, Standing), EngineError> {
        self.changing(|crew| {
            crew.bury(gone)?;
            let before = crew.look()?;
            let (take, leave) = before.share(me);
            crew.give(take, Some(me))?;
            crew.give(leave.and(vacated), None)?;
            Ok((before.held, crew.look()?))
        })
    }

    /// Changes who holds what, all of it or nothing, while nobody else does, and tells the others.
    fn changing<T>(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let begin = begin(CHANGING, SILENT_WITHIN, LEASE);
        let changed = self.session.run(&begin).and_then(|()| {
            let changed = change(self)?;
            self.session.run(&format!("NOTIFY {CHANNEL}, '{CREW}'"))?;
            Ok(changed)
        });
        match changed {
            Ok(_) => self.session.commit()?,
            Err(_) => self.session.roll_back(),
        }
        changed
    }

    fn bury(&mut self, gone: &[(i64, i64)]) -> Result<(), EngineError> {
        let buried = self.session.execute(
            "DELETE FROM hubs USING UNNEST($1::BIGINT[], $2::BIGINT[]) AS gone (id, beat)
             WHERE hubs.id = gone.id AND hubs.beat = gone.beat",
            &[&column(gone, |it| it.0), &column(gone, |it| it.1)],
        )?;
        if buried > 0 {
            tracing::warn!(
                hubs = buried,
                "others have not been heard of in time; what they held is taken over"
            );
        }
        self.free_what_nobody_holds()
    }

    fn free_what_nobody_holds(&mut self) -> Result<(), EngineError> {
        let sql = "UPDATE shards SET hub = NULL WHERE hub NOT IN (SELECT id FROM hubs)";
        self.session.execute(sql, &[]).map(drop)
    }

    fn give(&mut self, shards: Shards, hub: Option<i64>) -> Result<(), EngineError> {
        if shards.is_empty() {
            return Ok(());
        }
        let numbers: Vec<i64> = shards.iter().map(i64::from).collect();
        self.session.execute("UPDATE shards SET hub = $2 WHERE shard = ANY($1)", &[&numbers, &hub]).map(drop)
    }

    /// Words that everyone has heard go.
    fn clear_words(&mut self, last: i64, now: Instant) -> Result<(), EngineError> {
        self.words.push_back((now, last));
        let mut heard = 0;
        while let Some((at, word)) = self.words.front().copied()
            && at + WORDS_KEPT < now
        {
            heard = word;
            self.words.pop_front();
        }
        if heard == 0 {
            return Ok(());
        }
        self.session.execute("DELETE FROM words WHERE id <= $1", &[&heard]).map(drop)
    }

    /// Notes what is held: what was not held all the time has been taken anew, and others may have held it since.
    fn note(&mut self, me: i64, before: &[Option<i64>], now: &[Option<i64>]) {
        self.times += 1;
        for ((taken, before), now) in self.taken.iter_mut().zip(before).zip(now) {
            *taken = match (*now == Some(me), *before == Some(me) && *taken > 0) {
                (false, _) => 0,
                (true, true) => *taken,
                (true, false) => self.times,
            };
        }
    }
}

impl Crew for PostgresCrew {
    fn beat(&mut self, Beat { vacated, stays }: Beat) -> Result<Holding, EngineError> {
        self.session.revive()?;
        let began = Instant::now();
        let me = self.count(stays)?;
        let standing = self.look()?;
        let gone = self.gone(&standing, me, began);
        let (take, leave) = standing.share(me);
        let changes = !gone.is_empty() || !take.is_empty() || !leave.and(vacated).is_empty();
        let (before, now) = if changes || self.is_new || standing.has_orphans() {
            // Whatever comes of one that fails: nobody else gives this hub anything, and nobody takes anything from it without
            // ending its number. But what it was to let go of may have been held by others.
            self.change(me, vacated, &gone)
                .inspect_err(|_| vacated.iter().for_each(|shard| self.taken[shard as usize] = 0))?
        } else {
            (standing.held.clone(), standing)
        };
        self.is_new = false;
        self.note(me, &before, &now.held);
        self.clear_words(now.last_word, began)?;
        let (_, leaving) = now.share(me);
        Ok(Holding { taken: self.taken, leaving, until: Some(began + LEASE - LEASE_MARGIN) })
    }

    fn report(&mut self, reports: &[(EndpointId, String)]) -> Result<(), EngineError> {
        self.session
            .execute(
                "INSERT INTO reports SELECT * FROM UNNEST($1::BIGINT[], $2::TEXT[]) AS said (endpoint, body)
                 WHERE endpoint IN (SELECT id FROM endpoints)
                 ON CONFLICT (endpoint) DO UPDATE SET body = excluded.body",
                &[&column(reports, |it| key(it.0)), &column(reports, |it| it.1.as_str())],
            )
            .map(drop)
    }

    fn leave(&mut self) -> Result<(), EngineError> {
        let Some(me) = self.hub.take() else { return Ok(()) };
        self.session.revive()?;
        self.changing(|crew| {
            crew.session.execute("DELETE FROM hubs WHERE id = $1", &[&me])?;
            crew.free_what_nobody_holds()
        })
    }
}
