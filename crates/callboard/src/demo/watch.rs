//! Keeps the board up to date: listens to what the hub commits, and looks up who was told.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use callboard_core::{Event, SourceId};
use callboard_ledger::{DeliveryFilter, EngineError, Ledger, Live, Page, Reader};
use callboard_outbox::{Clock, SystemClock};
use callboard_simulate::{Forgery, Platform};
use tokio::sync::broadcast;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::board::{Board, EventLine, Mark, ROWS, ReceiverLine, SentCounter};
use super::cast::{Cast, platforms, player};

/// This part of all requests is forged.
const FORGED: f64 = 0.1;
/// The platforms' shares of the rate. They differ, so that no one marches in step.
const SHARES: [f64; 4] = [0.31, 0.27, 0.23, 0.19];

/// A play that goes on, and what is seen of it.
pub(super) struct Watch<'a> {
    cast: &'a Cast,
    sent: Vec<Arc<SentCounter>>,
    sources: BTreeMap<SourceId, Platform>,
    news: broadcast::Receiver<Live>,
    lines: VecDeque<EventLine>,
    events: u64,
    started: Instant,
    /// The platforms play for as long as this is there.
    _playing: JoinSet<()>,
}

impl<'a> Watch<'a> {
    /// Lets every platform begin: `rate` webhooks a second in all, forgeries among them.
    pub(super) fn begin(cast: &'a Cast, rate: f64, seed: u64) -> anyhow::Result<Self> {
        let news = cast.hub.ledger.live();
        let mut playing = JoinSet::new();
        let mut sent = Vec::new();
        for (actor, share) in cast.actors.iter().zip(SHARES) {
            let counter = Arc::new(SentCounter::default());
            let honest = actor.playing(seed)?;
            let forged = !Forgery::of(actor.platform, &honest.credentials).is_empty();
            let each = rate * share;
            let parts = [(false, each * (1.0 - FORGED)), (true, each * FORGED)];
            for (forge, per_second) in parts.into_iter().filter(|(forge, _)| forged || !forge) {
                let counter = Arc::clone(&counter);
                let play = player(callboard_simulate::Playing {
                    forge,
                    per_second: Some(per_second),
                    at_once: 3,
                    ..actor.playing(seed + u64::from(forge))?
                })?;
                playing.spawn(async move {
                    play.play(move |delivered| counter.note(delivered)).await;
                });
            }
            sent.push(counter);
        }
        Ok(Self {
            cast,
            sent,
            sources: platforms(cast),
            news,
            lines: VecDeque::new(),
            events: 0,
            started: Instant::now(),
            _playing: playing,
        })
    }

    /// Looks again.
    pub(super) async fn look(&mut self) -> anyhow::Result<Board> {
        self.take_news();
        self.look_up_marks().await?;
        let receivers: Vec<ReceiverLine> = self
            .cast
            .listeners
            .iter()
            .map(|listener| ReceiverLine {
                dialect: listener.dialect.name(),
                counts: listener.receiver.counts(),
            })
            .collect();
        let stats = self.cast.hub.outbox.stats();
        let platforms = self.cast.actors.iter().zip(&self.sent);
        Ok(Board {
            url: self.cast.hub.url.clone(),
            key: self.cast.key.clone(),
            seconds: self.started.elapsed().as_secs(),
            platforms: platforms.map(|(actor, sent)| sent.line(actor.platform)).collect(),
            receivers,
            events: self.events,
            owed: stats.held as u64,
            lines: self.lines.clone(),
        })
    }

    fn take_news(&mut self) {
        let now = SystemClock.now();
        loop {
            match self.news.try_recv() {
                Ok(Live::Event(committed)) => {
                    self.events += 1;
                    if let Ok(event) = serde_json::from_slice::<Event>(&committed.body) {
                        let platform =
                            event.data.source.and_then(|source| self.sources.get(&source)).copied();
                        self.lines.push_front(EventLine::of(&event, platform, now));
                    }
                }
                // One that is large, as there is no other hub on the demo's store. It has no line.
                Ok(Live::InStore) => self.events += 1,
                Err(broadcast::error::TryRecvError::Lagged(missed)) => self.events += missed,
                Err(_) => break,
            }
        }
        self.lines.truncate(ROWS);
    }

    async fn look_up_marks(&mut self) -> anyhow::Result<()> {
        let wanted: Vec<_> =
            self.lines.iter().filter(|line| !line.is_settled()).map(|line| line.id).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let endpoints: Vec<_> = self.cast.listeners.iter().map(|listener| listener.endpoint).collect();
        let ledger: &Ledger = &self.cast.hub.ledger;
        let marks = ledger
            .read(move |reader| {
                wanted
                    .into_iter()
                    .map(|id| Ok((id, marks(reader, id, &endpoints)?)))
                    .collect::<Result<BTreeMap<_, _>, EngineError>>()
            })
            .await?;
        for line in &mut self.lines {
            if let Some(marks) = marks.get(&line.id) {
                line.marks = Some(marks.clone());
            }
        }
        Ok(())
    }
}

/// How far each endpoint is with an event. Of several deliveries to one endpoint, the one that is furthest behind counts.
fn marks(
    reader: &mut dyn Reader,
    event: callboard_core::EventId,
    endpoints: &[callboard_core::EndpointId],
) -> Result<Vec<Mark>, EngineError> {
    let filter = DeliveryFilter { event: Some(event), ..DeliveryFilter::default() };
    let deliveries = reader.deliveries(&filter, Page::newest(200))?.items;
    let behind = |mark: &Mark| match mark {
        Mark::Failed => 3,
        Mark::Owed => 2,
        Mark::Told => 1,
        Mark::NoWord => 0,
    };
    Ok(endpoints
        .iter()
        .map(|endpoint| {
            let theirs = deliveries.iter().filter(|delivery| delivery.endpoint == *endpoint);
            theirs.map(|delivery| Mark::from(delivery.state)).max_by_key(behind).unwrap_or(Mark::NoWord)
        })
        .collect())
}
