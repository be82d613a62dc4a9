//! The dispatcher: one task that owns the truth, and units that only message it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{DeliveryId, EventId, Timestamp};
use callboard_ledger::{Holding, Ledger, Notice, Settlement};
use jiff::SignedDuration;
use rustc_hash::FxHashMap;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{Id, JoinError, JoinHandle, JoinSet};
use tokio::time::Instant;

use crate::carrier::Carrier;
use crate::clock::Clock;
use crate::dispatch::{Dispatch, Flight};
use crate::errands::{self, Errand};
use crate::health::{HealthDesk, Question};
use crate::limits::OutboxLimits;
use crate::route::Route;
use crate::scribe::{Scribe, Written};
use crate::stats::Stats;
use crate::verdict::Outcome;

/// Notices taken in before attempts are begun again.
const NOTICES_AT_ONCE: usize = 64;
/// Batches of attempts that have been written down, which has not been noted yet.
const WRITTEN_QUEUE: usize = 16;

/// What an outbox is started with.
#[derive(Debug, Clone, Copy, Default)]
pub struct OutboxOptions {
    /// How much of anything there may be at once.
    pub limits: OutboxLimits,
    /// What the jitter of retries comes from: the same seed, the same jitter.
    pub seed: u64,
}

/// Tells everyone what they are owed.
pub struct Outbox<C> {
    ledger: Ledger,
    notices: mpsc::Receiver<Notice>,
    clock: Arc<dyn Clock>,
    carrier: Arc<C>,
    limits: OutboxLimits,
    dispatch: Dispatch,
    units: JoinSet<(Outcome, Duration)>,
    flights: FxHashMap<Id, Flight>,
    errands: JoinSet<Errand>,
    settlements: mpsc::Sender<Settlement>,
    written: mpsc::Receiver<Written>,
    questions: mpsc::Receiver<Question>,
    stats: watch::Sender<Stats>,
    holding: watch::Receiver<Holding>,
    /// Until when what is held counts, by the clock that goes on while the machine sleeps.
    holds_until: Option<Timestamp>,
    /// When it is next reported to other hubs how endpoints are doing.
    reports_at: Instant,
}

/// A running outbox. It stops when this is dropped, but only [`OutboxHandle::stop`] waits for it.
pub struct OutboxHandle {
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
    ended: watch::Receiver<()>,
    desk: HealthDesk,
    stats: watch::Receiver<Stats>,
}

impl OutboxHandle {
    /// Begins no more attempts, waits for those under way and until everything is durable. Both waits have a limit: what
    /// they cut off is owed still, and is tried again after the next start.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        if let Err(error) = self.running.await {
            tracing::error!(%error, "the outbox ended badly");
        }
    }

    /// Waits until it has ended, whyever: one that was not told to stop is broken, or the ledger is closed.
    pub async fn ended(&self) {
        // Nothing is ever sent: the other side goes with the outbox.
        let _ = self.ended.clone().changed().await;
    }

    /// How it is doing.
    pub fn stats(&self) -> Stats {
        *self.stats.borrow()
    }

    /// Where to ask how endpoints are doing.
    pub fn desk(&self) -> HealthDesk {
        self.desk.clone()
    }

    /// How it is doing, told with each change.
    pub fn watch(&self) -> watch::Receiver<Stats> {
        self.stats.clone()
    }
}

impl<C: Carrier> Outbox<C> {
    /// Starts an outbox on the current runtime. It reads from the store what is owed, then hears of news in `notices`.
    pub fn start(
        ledger: Ledger,
        notices: mpsc::Receiver<Notice>,
        clock: Arc<dyn Clock>,
        carrier: C,
        options: OutboxOptions,
    ) -> OutboxHandle {
        let OutboxOptions { limits, seed } = options;
        let (settlements, queue) = mpsc::channel(limits.unsettled.max(1));
        let (write, written) = mpsc::channel(WRITTEN_QUEUE);
        let scribe = tokio::spawn(Scribe::new(ledger.clone(), queue, write, &limits).run());
        let (stop, stopped) = oneshot::channel();
        let (desk, questions) = HealthDesk::open();
        let (stats, watched) = watch::channel(Stats::default());
        let holding = ledger.holding();
        let held = holding.borrow().clone();
        let outbox = Self {
            dispatch: Dispatch::new(limits, seed, &held, &ledger.directory(), clock.now()),
            ledger,
            notices,
            clock,
            carrier: Arc::new(carrier),
            limits,
            units: JoinSet::new(),
            flights: FxHashMap::default(),
            errands: JoinSet::new(),
            settlements,
            written,
            questions,
            stats,
            holding,
            holds_until: None,
            reports_at: Instant::now(),
        };
        let (runs, ended) = watch::channel(());
        let running = tokio::spawn(async move {
            let _runs = runs;
            outbox.run(stopped, scribe).await;
        });
        OutboxHandle { stop, running, ended, desk, stats: watched }
    }

    async fn run(mut self, mut stopped: oneshot::Receiver<()>, scribe: JoinHandle<()>) {
        while !self.settlements.is_closed() {
            self.begin();
            self.stats.send_replace(self.dispatch.stats());
            tokio::select! {
                biased;
                _ = &mut stopped => break,
                () = self.next_news() => {}
            }
        }
        self.land().await;
        self.stats.send_replace(self.dispatch.stats());
        let last_words = self.limits.last_words;
        drop(self);
        if tokio::time::timeout(last_words, scribe).await.is_err() {
            tracing::error!("the store did not take the last attempts in time; they may be made again");
        }
    }

    /// Begins whatever may be begun.
    fn begin(&mut self) {
        if self.holding.has_changed().is_ok_and(|has_changed| has_changed) {
            self.hold();
        }
        let now = self.clock.now();
        self.dispatch.wake(now);
        while self.may_begin()
            && let Some(flight) = self.dispatch.next_flight(now)
        {
            let unit = attempt(
                Arc::clone(&self.carrier),
                Arc::clone(&flight.route),
                (flight.owed.delivery, flight.owed.event),
                flight.owed.body.clone(),
                now,
            );
            // In a box: it is large, and a task moves what it runs several times.
            let id = self.units.spawn(Box::pin(unit)).id();
            self.flights.insert(id, flight);
        }
        if let Some(wanted) = self.dispatch.next_bodies(now) {
            self.errands.spawn(errands::fetch_bodies(self.ledger.clone(), wanted));
        }
        if let Some(wanted) = self.dispatch.next_page(now) {
            self.errands.spawn(errands::read_page(self.ledger.clone(), wanted));
        }
    }

    /// Does what this hub holds, as far as it has been taken in, still count? It may have stood still since that was said, or its
    /// machine may have slept.
    fn may_begin(&self) -> bool {
        if self.holds_until.is_none() && self.holding.borrow().until.is_none() {
            return true;
        }
        let is_newest = self.holding.has_changed().is_ok_and(|has_changed| !has_changed);
        is_newest
            && self.holding.borrow().counts_at(Instant::now())
            && self.holds_until.is_none_or(|until| self.clock.now() < until)
    }

    /// Waits until there is news of any kind, then takes in all that there is, of each kind its share.
    async fn next_news(&mut self) {
        let patience = self.patience();
        tokio::select! {
            biased;
            Some(landed) = self.units.join_next_with_id() => self.landed(landed),
            Some(notice) = self.notices.recv() => self.notice(notice),
            Some(written) = self.written.recv() => self.dispatch.written(&written),
            Some(errand) = self.errands.join_next() => self.came_back(errand),
            Some(question) = self.questions.recv() => self.answer(question),
            Ok(()) = self.holding.changed() => self.hold(),
            () = tokio::time::sleep(patience) => {}
        }
        self.take_in_landed();
        for _ in 0..NOTICES_AT_ONCE {
            let Ok(notice) = self.notices.try_recv() else { break };
            self.notice(notice);
        }
        while let Ok(written) = self.written.try_recv() {
            self.dispatch.written(&written);
        }
        while let Some(errand) = self.errands.try_join_next() {
            self.came_back(errand);
        }
        while let Ok(question) = self.questions.try_recv() {
            self.answer(question);
        }
        self.look_at_what_was_said();
        self.tell_other_hubs();
    }

    /// Says which endpoints may be told by another hub now, and how the others are doing.
    fn tell_other_hubs(&mut self) {
        if self.holding.borrow().until.is_none() {
            return;
        }
        let vacated = self.dispatch.vacated();
        if !vacated.is_empty() {
            self.ledger.vacated(vacated);
        }
        let now = Instant::now();
        if self.reports_at <= now {
            self.reports_at = now + self.limits.clock_check;
            let reports = self.dispatch.reports().into_iter();
            let written = reports.filter_map(|(id, health)| Some((id, serde_json::to_string(&health).ok()?)));
            self.ledger.report(written.collect());
        }
    }

    fn hold(&mut self) {
        let holding = self.holding.borrow_and_update().clone();
        let now = self.clock.now();
        let lasts = |until: Instant| SignedDuration::try_from(until - Instant::now()).unwrap_or_default();
        self.holds_until = holding.until.map(|until| now.saturating_add(lasts(until)).unwrap_or(now));
        self.dispatch.hold(&holding, &self.ledger.directory(), now);
    }

    fn answer(&self, (endpoint, reply): Question) {
        // Whoever no longer waits for an answer does not mind.
        let _ = reply.send(self.dispatch.health(endpoint));
    }

    /// How long to wait if nothing happens.
    fn patience(&self) -> Duration {
        let wait = self.dispatch.next_wake().map(|at| at.duration_since(self.clock.now()));
        wait.map_or(self.limits.clock_check, |wait| Duration::try_from(wait).unwrap_or_default())
            .min(self.limits.clock_check)
    }

    /// Looks at endpoints of which attempts said something, now that this is on record.
    fn look_at_what_was_said(&mut self) {
        for id in self.dispatch.said_on_record() {
            self.notice(Notice::Endpoint(id));
        }
    }

    fn notice(&mut self, notice: Notice) {
        let now = self.clock.now();
        match notice {
            Notice::Owed(owed) => self.dispatch.owed(owed, now),
            Notice::More(owed) => self.dispatch.more(owed, now),
            Notice::Anew(owed) => self.dispatch.anew(owed, now),
            Notice::Retry(owed) => self.dispatch.retry(owed, now),
            Notice::Cancelled(delivery, endpoint) => self.dispatch.cancelled(delivery, endpoint, now),
            Notice::Endpoint(id) => {
                self.dispatch.endpoint(id, self.ledger.directory().endpoint(id).map(Arc::as_ref), now);
            }
            Notice::Taken(times) => self.dispatch.written_when_taken(times),
            Notice::Missed => self.dispatch.missed(&self.ledger.directory(), now),
        }
    }

    fn landed(&mut self, landed: Result<(Id, (Outcome, Duration)), JoinError>) {
        let (id, outcome, took) = match landed {
            Ok((id, (outcome, took))) => (id, outcome, took),
            Err(error) => {
                (error.id(), Err("the attempt broke off inside the hub".to_owned()), Duration::ZERO)
            }
        };
        let flight = self.flights.remove(&id).expect("each unit has its flight noted as it is spawned");
        let settlement = self.dispatch.landed(flight, outcome, took, self.clock.now());
        // There is room for as many as may be unsettled; a queue that is closed ends the dispatcher's loop.
        let _ = self.settlements.try_send(settlement);
    }

    fn take_in_landed(&mut self) {
        while let Some(landed) = self.units.try_join_next_with_id() {
            self.landed(landed);
        }
    }

    fn came_back(&mut self, errand: Result<Errand, JoinError>) {
        let now = self.clock.now();
        match errand {
            Ok(Errand::Page(wanted, page)) => self.dispatch.page(wanted, page, now),
            Ok(Errand::Bodies(wanted, bodies)) => self.dispatch.bodies(&wanted, bodies, now),
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// Waits for the attempts under way, for as long as they may take; what is cut off then is owed still.
    async fn land(&mut self) {
        // Nobody asks any more what has been written: the scribe is not to wait until somebody has heard of it.
        self.written.close();
        let deadline = Instant::now() + self.limits.landing;
        while let Ok(Some(landed)) = tokio::time::timeout_at(deadline, self.units.join_next_with_id()).await {
            self.landed(landed);
        }
        if !self.units.is_empty() {
            tracing::warn!(
                cut_off = self.units.len(),
                "attempts under way were cut off; they will be made again"
            );
        }
    }
}

/// One attempt: signed, sent, timed.
async fn attempt<C: Carrier>(
    carrier: Arc<C>,
    route: Arc<Route>,
    (delivery, event): (DeliveryId, EventId),
    body: Bytes,
    at: Timestamp,
) -> (Outcome, Duration) {
    let began = Instant::now();
    let outcome = match route.shipment(delivery, event, body, at) {
        Ok(shipment) => carrier.carry(shipment).await.map_err(|error| error.to_string()),
        Err(error) => Err(error),
    };
    (outcome, began.elapsed())
}
