//! What one visitor sees: what happens, as far as a person can follow it, and what becomes of the deliveries that are shown.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::body::Body;
use axum::http::Response;
use axum::response::sse::Event as Told;
use callboard_core::{Event, Timestamp};
use futures_util::StreamExt;
use serde::Deserialize;
use sse_stream::SseStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval};

use super::row::{Columns, Row, Telling};
use super::wanted::Wanted;
use crate::api::{Api, Fault, List};
use crate::listing::Source;
use crate::words::{Line, Listed};

/// How often it is looked what became of deliveries.
const LOOK: Duration = Duration::from_millis(150);
/// The same of those that have been owed for longer than [`FRESH`]: they wait for another try.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
const FRESH: Duration = Duration::from_secs(5);
/// How many events are shown in a second, at the most: more of them nobody can read.
const A_SECOND: u32 = 12;
/// Of so many events it is looked what became of their deliveries.
const WATCHED: usize = 50;
/// How many are looked through for those that are wanted.
const LOOKED_THROUGH: usize = 200;
const SECOND: Duration = Duration::from_secs(1);

pub(super) struct Feed {
    api: Api,
    wanted: Wanted,
    columns: Columns,
    /// The platform of each source.
    platforms: Vec<(String, String)>,
    watched: VecDeque<Watched>,
    /// How many have happened within this second, and how many of them are shown.
    happened: u32,
    shown: u32,
}

struct Watched {
    row: Row,
    since: Instant,
    looked: Instant,
}

/// As much of an event as says whether it is wanted.
#[derive(Deserialize)]
struct FromWhere {
    data: HasSource,
}

#[derive(Deserialize)]
struct HasSource {
    source: Option<String>,
}

impl Feed {
    pub(super) fn new(api: Api, wanted: Wanted, columns: Columns, sources: &[Source]) -> Self {
        let platforms = sources.iter().map(|it| (it.id.clone(), it.platform.clone())).collect();
        Self { api, wanted, columns, platforms, watched: VecDeque::new(), happened: 0, shown: 0 }
    }

    /// The newest of those that are wanted, newest first.
    pub(super) async fn newest(&mut self, limit: usize) -> Result<Vec<Row>, Fault> {
        let source = match self.wanted.source.as_str() {
            "" => String::new(),
            source => format!("&source={}", crate::listing::encoded(source)),
        };
        let looked_through = if self.wanted.group.is_empty() { limit } else { LOOKED_THROUGH };
        let list: List<Listed> = self.api.get(&format!("/v1/events?limit={looked_through}{source}")).await?;
        let wanted = list.items.into_iter().filter(|it| self.wanted.kind(it.event.kind.as_str()));
        let mut rows = Vec::new();
        for listed in wanted.take(limit).collect::<Vec<_>>() {
            rows.push(self.row(&listed.event, listed.recorded_at).await?);
        }
        Ok(rows)
    }

    async fn row(&mut self, event: &Event, at: Timestamp) -> Result<Row, Fault> {
        let told = self.told(&event.id.to_string()).await?;
        let source = event.data.source.map(|source| source.to_string());
        let platform = self.platforms.iter().find(|(id, _)| Some(id) == source.as_ref());
        let line = Line::of(event, platform.map(|(_, platform)| platform.as_str()), at);
        Ok(self.columns.row(line, &told))
    }

    async fn told(&self, event: &str) -> Result<Vec<Telling>, Fault> {
        let list: List<Telling> = self.api.get(&format!("/v1/events/{event}/deliveries")).await?;
        Ok(list.items)
    }

    /// Tells what happens, from the newest on, until the visitor has gone or the hub ends.
    pub(super) async fn follow(
        mut self,
        heard: Response<Body>,
        newest: Vec<Row>,
        tell: mpsc::Sender<Result<Told, Infallible>>,
    ) -> Option<()> {
        let mut last = newest.first().map(|row| row.line.id.clone()).unwrap_or_default();
        for row in newest.into_iter().rev() {
            self.tell(&tell, row).await?;
        }
        let mut heard = SseStream::new(heard.into_body());
        let (mut look, mut second) = (interval(LOOK), interval(SECOND));
        loop {
            tokio::select! {
                next = heard.next() => {
                    let next = next?.ok()?;
                    let (Some(id), Some(kind), Some(data)) = (next.id, next.event, next.data) else { continue };
                    if id > last && self.wanted.kind(&kind) && self.is_from_there(&data) {
                        self.happened += 1;
                        last = id;
                        if self.shown < A_SECOND {
                            self.shown += 1;
                            let event: Event = serde_json::from_str(&data).ok()?;
                            let at = callboard_core::time_of(event.id);
                            let row = self.row(&event, at).await.ok()?;
                            self.tell(&tell, row).await?;
                        }
                    }
                }
                _ = look.tick() => self.look(&tell).await?,
                _ = second.tick() => self.say_rate(&tell).await?,
                () = tell.closed() => return None,
            }
        }
    }

    fn is_from_there(&self, data: &str) -> bool {
        if self.wanted.source.is_empty() {
            return true;
        }
        let from: Option<FromWhere> = serde_json::from_str(data).ok();
        from.is_some_and(|it| self.wanted.source(it.data.source.as_deref()))
    }

    /// Shows a line, and remembers it until nobody is owed it any more.
    async fn tell(&mut self, tell: &mpsc::Sender<Result<Told, Infallible>>, row: Row) -> Option<()> {
        send(tell, &row).await?;
        if !row.is_settled() {
            let now = Instant::now();
            self.watched.push_back(Watched { row, since: now, looked: now });
            if self.watched.len() > WATCHED {
                self.watched.pop_front();
            }
        }
        Some(())
    }

    /// Looks what became of what is still owed, and shows those lines anew of which something has.
    async fn look(&mut self, tell: &mpsc::Sender<Result<Told, Infallible>>) -> Option<()> {
        let now = Instant::now();
        for mut watched in std::mem::take(&mut self.watched) {
            let is_due = now - watched.since < FRESH || now - watched.looked >= LOOK_AGAIN;
            if is_due {
                watched.looked = now;
                let told = self.told(&watched.row.line.id).await.ok()?;
                let row = self.columns.row(watched.row.line.clone(), &told);
                if row != watched.row {
                    send(tell, &row).await?;
                    watched.row = row;
                }
            }
            if !watched.row.is_settled() {
                self.watched.push_back(watched);
            }
        }
        Some(())
    }

    async fn say_rate(&mut self, tell: &mpsc::Sender<Result<Told, Infallible>>) -> Option<()> {
        let says = match (std::mem::take(&mut self.happened), std::mem::take(&mut self.shown)) {
            (0, _) => "quiet".to_owned(),
            (1, _) => "1 event a second".to_owned(),
            (happened, shown) if happened > shown => {
                format!("{happened} events a second, {shown} of them shown")
            }
            (happened, _) => format!("{happened} events a second"),
        };
        tell.send(Ok(Told::default().event("rate").data(says))).await.ok()
    }
}

async fn send(tell: &mpsc::Sender<Result<Told, Infallible>>, row: &Row) -> Option<()> {
    let html = row.render().ok()?;
    tell.send(Ok(Told::default().event("row").data(html))).await.ok()
}
