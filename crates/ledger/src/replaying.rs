//! Telling again, page by page. Each page is one transaction of the writer's with how far the replay has come in it, so
//! that a crash neither repeats nor forgets one; between two pages, everything else has its turn.

use callboard_core::{DeliveryId, EventId, Identifier, ReceiptId, ReplayId, Timestamp};
use tokio::sync::oneshot;

use crate::batch::{Change, DeliveryState, EventRow};
use crate::deciding::Deciding;
use crate::engine::{Engine, EngineError};
use crate::job::{Intake, Job, Recorded, Request};
use crate::ledger::{Ledger, LedgerError};
use crate::pages::Owed;
use crate::publish::Notice;
use crate::replay::{Candidate, Replay, ReplayOf, ReplayState, What};
use crate::room::Room;

/// The most that one page sees to: a few milliseconds of the writer's time.
pub const REPLAYED_AT_ONCE: usize = 500;

/// A page that was read, to be seen to by the writer.
pub(crate) struct Page {
    id: ReplayId,
    /// How far the replay had come when it was read: if that is not so any more, it says nothing.
    after: u64,
    /// How far it comes with this page; `None`: to its end.
    up_to: Option<u64>,
    total: Option<u64>,
    given_up: Vec<Owed>,
    events: Vec<Candidate>,
    at: Timestamp,
}

impl Ledger {
    /// Sees to one more page of a replay of deliveries or events, and answers how it stands then. The first page of
    /// deliveries counts how many there are. One that has ended meanwhile stays as it is.
    pub async fn replay_page(&self, replay: &Replay, now: Timestamp) -> Result<Replay, LedgerError> {
        let replay = replay.clone();
        let page = self.read(move |reader| {
            let is_first = replay.seen == 0 && replay.total.is_none();
            let total = if is_first { reader.replay_total(&replay)? } else { replay.total };
            let read = reader.replay_page(&replay, REPLAYED_AT_ONCE)?;
            let candidate = |row: EventRow| Candidate { event: serde_json::from_slice(&row.body).ok(), row };
            Ok(Page {
                id: replay.id,
                after: replay.reached,
                up_to: read.stopped_at,
                total,
                given_up: read.given_up,
                events: read.events.into_iter().map(candidate).collect(),
                at: now,
            })
        });
        let page = Box::new(page.await?);
        self.insist(|reply| Job::Replay(page, reply)).await
    }

    /// Notes how far a replay has come that is worked on elsewhere: the requests of a source. Waits for its turn.
    pub async fn note_replay(&self, replay: Replay) -> Result<(), LedgerError> {
        self.insist_on(vec![Change::ReplayCame(Box::new(replay))]).await
    }

    /// Takes what kept requests say into account, in their order, now that they can be understood; see
    /// [`Ledger::reprocess`]. Waits for its turn rather than being turned away.
    pub async fn reprocess_all(
        &self,
        requests: Vec<(ReceiptId, Intake)>,
    ) -> Result<Vec<Recorded>, LedgerError> {
        let mut answers = Vec::with_capacity(requests.len());
        for (receipt, intake) in requests {
            let (reply, answer) = oneshot::channel();
            let job = Job::Reprocess(receipt, Request::new(intake, Room::none()), reply);
            self.jobs.send(job).await.map_err(|_| LedgerError::Closed)?;
            answers.push(answer);
        }
        let mut recorded = Vec::with_capacity(answers.len());
        for answer in answers {
            match answer.await.unwrap_or(Err(LedgerError::Closed)) {
                Err(LedgerError::Erased) => {}
                answered => recorded.push(answered?),
            }
        }
        Ok(recorded)
    }

    /// Replays that are not at their end, oldest first.
    pub async fn running_replays(&self) -> Result<Vec<Replay>, LedgerError> {
        self.read(|reader| reader.running_replays()).await
    }
}

impl Deciding<'_> {
    /// Sees to a page: it stands alone in its batch, so the store says how the replay stands.
    pub(crate) fn replay(&mut self, engine: &mut dyn Engine, page: &Page) -> Result<Replay, EngineError> {
        let known = engine.replay(page.id)?;
        let mut replay = known.ok_or_else(|| EngineError::Refused(format!("there is no {}", page.id)))?;
        if replay.state != ReplayState::Running || replay.reached != page.after {
            return Ok(replay);
        }
        if let ReplayOf::Endpoint(id) = replay.asked.of
            && self.directory.endpoint(id).is_none()
        {
            replay.error = Some("the endpoint has been removed".to_owned());
            replay.end(ReplayState::Failed, page.at);
        } else {
            replay.total = page.total;
            self.owe_anew(engine, &page.given_up, &mut replay)?;
            let stopped_at = self.tell_anew(engine, &page.events, &mut replay)?;
            match stopped_at.or(page.up_to) {
                Some(up_to) => replay.reached = up_to,
                None => {
                    replay.reached = replay.asked.before;
                    replay.end(ReplayState::Done, page.at);
                }
            }
        }
        self.decided.batch.replays.push(replay.clone());
        Ok(replay)
    }

    /// What was given up or called off is owed again, as it was: the same delivery, at its place in its lane, with its
    /// whole schedule before it.
    fn owe_anew(
        &mut self,
        engine: &mut dyn Engine,
        given_up: &[Owed],
        replay: &mut Replay,
    ) -> Result<(), EngineError> {
        let ids: Vec<DeliveryId> = given_up.iter().map(|owed| owed.delivery).collect();
        let still = engine.given_up(&ids)?;
        let owed = given_up.iter().zip(still).filter(|(_, still)| *still);
        let owed: Vec<Owed> = owed.map(|(owed, _)| anew(owed)).collect();
        replay.seen += given_up.len() as u64;
        replay.replayed += owed.len() as u64;
        replay.skipped += (given_up.len() - owed.len()) as u64;
        self.decided.batch.owed_anew.extend(owed.iter().map(|owed| owed.delivery));
        if !owed.is_empty() {
            self.decided.notices.push(Notice::Anew(owed));
        }
        Ok(())
    }

    /// Events are owed in new deliveries, behind everything that is owed already: told as they would be told now. Answers with which
    /// of them it stopped, if they come to more than one transaction takes.
    fn tell_anew(
        &mut self,
        engine: &mut dyn Engine,
        events: &[Candidate],
        replay: &mut Replay,
    ) -> Result<Option<u64>, EngineError> {
        let ids: Vec<EventId> = events.iter().map(Candidate::id).collect();
        for (candidate, told) in events.iter().zip(engine.told(&ids)?) {
            let Candidate { row, event } = candidate;
            let only = match replay.asked.of {
                ReplayOf::Endpoint(id) => Some(id),
                ReplayOf::Source(_) => None,
            };
            let mut planned = Vec::new();
            if let Some(event) = event.as_ref().filter(|_| !told.gone) {
                planned = self.planner.again(event, &row.body, only, &self.directory);
            }
            // One that is still owed is told anyway.
            planned.retain(|it| {
                !told.deliveries.iter().any(|(endpoint, state)| {
                    *endpoint == it.endpoint
                        && (replay.asked.what == What::Missed || *state == DeliveryState::Pending)
                })
            });
            replay.seen += 1;
            replay.skipped += u64::from(planned.is_empty());
            replay.replayed += planned.len() as u64;
            for planned in planned {
                self.owe(row.id, row.subject, &row.body, planned);
            }
            if self.decided.is_full() {
                return Ok(Some(row.id.raw()));
            }
        }
        Ok(None)
    }
}

fn anew(owed: &Owed) -> Owed {
    Owed { first_attempt_at: None, next_at: None, again_after: owed.attempts, ..owed.clone() }
}
