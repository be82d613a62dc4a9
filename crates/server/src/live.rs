//! `GET /v1/live`: events as they happen, as server-sent events. `Last-Event-ID` resumes where a reader broke off.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use aide::axum::ApiRouter;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, KeepAliveStream, Sse};
use axum::routing::get;
use callboard_core::{CompanyId, EventId, Identifier};
use callboard_ledger::{Committed, EventFilter, Page};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;

use crate::auth::Caller;
use crate::host_links;
use crate::hub::Hub;
use crate::limits::PAGE_ITEMS;
use crate::problem::{Problem, codes};

/// Events that may wait for a slow reader before the stream waits too; it then catches up from the store.
const AHEAD: usize = 256;
const KEEP_ALIVE: Duration = Duration::from_secs(15);

type Told = Result<Event, Infallible>;

pub(crate) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new().route("/live", get(live))
}

async fn live(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Sse<KeepAliveStream<ReceiverStream<Told>>>, Problem> {
    let seen = match headers.get("last-event-id").map(|value| value.to_str().unwrap_or_default()) {
        Some(id) => Some(
            id.parse::<EventId>().map_err(|error| Problem::new(codes::BAD_EVENT_ID, error.to_string()))?,
        ),
        None => None,
    };
    let (tell, told) = mpsc::channel(AHEAD);
    // Listening begins before the past is read, so that nothing falls in between.
    let news = hub.ledger.live();
    tokio::spawn(async move {
        let mut reader = Stream { hub, company: caller.company, last: seen, tell };
        if seen.is_some() && reader.catch_up().await.is_none() {
            return;
        }
        reader.follow(news).await;
    });
    Ok(Sse::new(ReceiverStream::new(told)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

struct Stream {
    hub: Arc<Hub>,
    company: CompanyId,
    last: Option<EventId>,
    tell: mpsc::Sender<Told>,
}

impl Stream {
    /// Tells what has happened since `last`. `None` when the reader has gone or the store fails.
    async fn catch_up(&mut self) -> Option<()> {
        loop {
            let filter = EventFilter { company: Some(self.company), ..EventFilter::default() };
            let after = Some(self.last.map_or(0, EventId::raw));
            let page = Page { after, ..Page::newest(PAGE_ITEMS) };
            let events = self.hub.ledger.read(move |reader| reader.events(&filter, page)).await.ok()?;
            if events.is_empty() {
                return Some(());
            }
            for event in events {
                self.tell(event.id, event.kind.as_str(), &event.body).await?;
            }
        }
    }

    async fn follow(mut self, mut news: broadcast::Receiver<Arc<Committed>>) -> Option<()> {
        loop {
            let next = tokio::select! {
                next = news.recv() => next,
                () = self.tell.closed() => return None,
            };
            match next {
                Ok(event)
                    if event.company != self.company || self.last.is_some_and(|last| event.id <= last) => {}
                Ok(event) => self.tell(event.id, event.kind.as_str(), &event.body).await?,
                Err(RecvError::Lagged(_)) if self.last.is_some() => self.catch_up().await?,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn tell(&mut self, id: EventId, kind: &str, body: &[u8]) -> Option<()> {
        let text = String::from_utf8_lossy(body);
        let event = Event::default().id(id.to_string()).event(kind).data(host_links::hide(&text));
        self.tell.send(Ok(event)).await.ok()?;
        self.last = Some(id);
        Some(())
    }
}
