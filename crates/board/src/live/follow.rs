//! What one visitor sees: what happens, as far as a person can follow it, and what becomes of the deliveries that are shown.
//! Hearing, showing and looking go on beside each other. Hearing waits for nothing: neither for looks nor for a slow browser.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::body::Body;
use axum::http::Response;
use axum::response::sse::Event as Told;
use callboard_core::{Event, Timestamp};
use futures_util::StreamExt;
use sse_stream::SseStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::feed::Feed;
use super::heard::Heard;
use super::row::Row;
use super::wanted::is_trouble;
use super::watched::{LOOK, Watched};

const SECOND: Duration = Duration::from_secs(1);

pub(super) struct Follow {
    feed: Feed,
    now: fn() -> Timestamp,
    tell: mpsc::Sender<Result<Told, Infallible>>,
    heard: Heard,
    watched: Watched,
}

impl Follow {
    pub(super) fn new(
        feed: Feed,
        now: fn() -> Timestamp,
        tell: mpsc::Sender<Result<Told, Infallible>>,
    ) -> Self {
        Self { feed, now, tell, heard: Heard::default(), watched: Watched::default() }
    }

    /// Tells what happens, from the newest on, until the visitor has gone, the session is over, or the hub ends.
    pub(super) async fn follow(self, live: Response<Body>, newest: Vec<Row>, session: Duration) {
        let last = newest.first().map(|row| row.line.id.clone()).unwrap_or_default();
        tokio::select! {
            _ = self.listen(live, last) => {}
            _ = self.show(newest) => {}
            _ = self.look() => {}
            _ = self.say_rate() => {}
            () = self.tell.closed() => {}
            () = tokio::time::sleep(session) => {}
        }
    }

    /// Hears everything at once, so that the hub need never hold anything back for this visitor.
    async fn listen(&self, live: Response<Body>, mut last: String) -> Option<()> {
        let mut live = SseStream::new(live.into_body());
        loop {
            let next = live.next().await?.ok()?;
            let (Some(id), Some(kind), Some(data)) = (next.id, next.event, next.data) else { continue };
            if id > last && self.feed.wanted.kind(&kind) && self.feed.wanted.is_from_there(&data) {
                last = id;
                self.heard.hear(data, is_trouble(&kind));
            }
        }
    }

    async fn show(&self, newest: Vec<Row>) -> Option<()> {
        for row in newest.into_iter().rev() {
            self.tell(row).await?;
        }
        loop {
            let Ok(event) = serde_json::from_str::<Event>(&self.heard.next().await) else { continue };
            let row = self.feed.row(&event, callboard_core::time_of(event.id)).await.ok()?;
            if let Some(row) = row {
                self.tell(row).await?;
            }
        }
    }

    async fn tell(&self, row: Row) -> Option<()> {
        self.send(&row).await?;
        let age = (self.now)().duration_since(row.line.at);
        self.watched.watch(row, Duration::try_from(age).unwrap_or_default(), Instant::now());
        Some(())
    }

    /// Looks what became of what is still owed, and shows those lines anew of which something has.
    async fn look(&self) -> Option<()> {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            let before = self.watched.due(Instant::now());
            let now = self.feed.again(&before).await.ok()?;
            for (before, now) in before.into_iter().zip(now) {
                match now {
                    None => self.watched.forget(&before.line.id),
                    Some(now) if now == before => {}
                    Some(now) => {
                        self.send(&now).await?;
                        self.watched.saw(&now);
                    }
                }
            }
        }
    }

    async fn say_rate(&self) -> Option<()> {
        let mut second = interval(SECOND);
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            second.tick().await;
            let says = Told::default().event("rate").data(self.heard.tick().says());
            // A browser that is behind is told the next one.
            if let Err(mpsc::error::TrySendError::Closed(_)) = self.tell.try_send(Ok(says)) {
                return None;
            }
        }
    }

    async fn send(&self, row: &Row) -> Option<()> {
        let html = row.render().ok()?;
        self.tell.send(Ok(Told::default().event("row").data(html))).await.ok()
    }
}
