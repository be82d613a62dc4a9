//! `GET /v1/live`: events as they happen, as server-sent events. `Last-Event-ID` resumes where a reader broke off.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as Described, StatusCode};
use aide::{OperationInput, OperationOutput};
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, KeepAliveStream, Sse};
use axum::response::{IntoResponse, Response};
use callboard_core::{EventId, Identifier};
use callboard_ledger::{EventFilter, Live as News, Page};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{interval, timeout};
use tokio_stream::wrappers::ReceiverStream;

use crate::auth::Caller;
use crate::host_links;
use crate::hub::Hub;
use crate::limits::{LIVE_KEY_CHECKED_EVERY, LIVE_LISTENERS, PAGE_ITEMS};
use crate::listeners::Listening;
use crate::openapi::{header, refusals, refused_with, says};
use crate::problem::{Problem, codes};

/// Events that may wait for a slow reader before the stream waits too; it then catches up from the store.
const AHEAD: usize = 1;
/// The bytes of events that are read from the store at once for one reader, who may be slow to take them.
const CAUGHT_UP_BYTES: usize = 256 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(15);

type Told = Result<Event, Infallible>;

pub(crate) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/live",
            get_with(live, |it| {
                refused_with(says("live", "Listen to events as they happen", LISTENING)(it), &[429])
            }),
        )
        .with_path_items(|item| item.tag("Events"))
}

const LISTENING: &str = "Server-sent events, one for each event: its id, its type, and its native form with host links \
    hidden. The stream does not end by itself, but soon after its key is deleted. A company has so many of them at once.";

/// The last event that a reader has seen.
struct LastSeen(Option<EventId>);

impl<S: Send + Sync> FromRequestParts<S> for LastSeen {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(given) = parts.headers.get("last-event-id") else { return Ok(Self(None)) };
        let id = given.to_str().unwrap_or_default().parse();
        id.map(|id| Self(Some(id)))
            .map_err(|error: callboard_core::IdError| Problem::new(codes::BAD_EVENT_ID, error.to_string()))
    }
}

impl OperationInput for LastSeen {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        let schema = context.schema.subschema_for::<EventId>();
        let meaning = "The last event that was read: what has happened since is told first.";
        header(context, operation, "Last-Event-ID", meaning, schema);
        refusals(operation, &[400]);
    }
}

/// A stream of events.
struct Live(Sse<KeepAliveStream<ReceiverStream<Told>>>);

impl IntoResponse for Live {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl OperationOutput for Live {
    type Inner = String;

    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<StatusCode>, Described)> {
        let stream = ("text/event-stream".to_owned(), MediaType::default());
        let content = [stream].into_iter().collect();
        let described =
            Described { description: "What happens.".to_owned(), content, ..Described::default() };
        vec![(Some(StatusCode::Code(200)), described)]
    }
}

async fn live(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    LastSeen(seen): LastSeen,
) -> Result<Live, Problem> {
    let Some(place) = hub.listeners.admit(caller.company) else {
        let detail = format!("{LIVE_LISTENERS} listen already");
        return Err(Problem::new(codes::TOO_MANY_LISTENERS, detail));
    };
    let (tell, told) = mpsc::channel(AHEAD);
    // Who has seen nothing yet is told what happens from now on, also if they fall behind before the first of it.
    let last = match seen {
        Some(seen) => seen,
        None => newest(&hub).await?,
    };
    // Listening begins before the past is read, so that nothing falls in between.
    let news = hub.ledger.live();
    let mut closing = hub.closing.subscribe();
    tokio::spawn(async move {
        let reader = Stream { hub, caller, last, tell, _place: place };
        tokio::select! {
            _ = closing.wait_for(|is_closing| *is_closing) => {}
            _ = reader.read(seen.is_some(), news) => {}
        }
    });
    Ok(Live(Sse::new(ReceiverStream::new(told)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))))
}

/// The last event that there is; an id before all others if there is none.
async fn newest(hub: &Hub) -> Result<EventId, Problem> {
    let newest = hub.ledger.read(|reader| reader.events(&EventFilter::default(), Page::newest(1))).await?;
    Ok(newest.items.first().map_or_else(|| EventId::from_raw(0), |event| event.id))
}

struct Stream {
    hub: Arc<Hub>,
    caller: Caller,
    last: EventId,
    tell: mpsc::Sender<Told>,
    _place: Listening,
}

impl Stream {
    async fn read(mut self, catches_up: bool, news: broadcast::Receiver<News>) -> Option<()> {
        if catches_up {
            self.catch_up().await?;
        }
        self.follow(news).await
    }

    /// Tells what has happened since `last`. `None` when the reader has gone, may not read any more, or the store fails.
    async fn catch_up(&mut self) -> Option<()> {
        loop {
            let filter = EventFilter { company: Some(self.caller.company), ..EventFilter::default() };
            let after = Some(self.last.raw());
            let page = Page { after, bytes: CAUGHT_UP_BYTES, ..Page::newest(PAGE_ITEMS) };
            let listed = self.hub.ledger.read(move |reader| reader.events(&filter, page)).await.ok()?;
            for event in listed.items {
                self.tell(event.id, event.kind.as_str(), &event.body).await?;
            }
            // Behind what is theirs, there may be others' events only, as far as that page has looked.
            let Some(next) = listed.next else { return Some(()) };
            self.last = EventId::from_raw(next);
        }
    }

    async fn follow(mut self, mut news: broadcast::Receiver<News>) -> Option<()> {
        let mut checking = interval(LIVE_KEY_CHECKED_EVERY);
        loop {
            let next = tokio::select! {
                next = news.recv() => next,
                () = self.tell.closed() => return None,
                _ = checking.tick() => {
                    self.may_read()?;
                    continue;
                }
            };
            match next {
                Ok(News::Event(event)) if event.company != self.caller.company || event.id <= self.last => {}
                Ok(News::Event(event)) => self.tell(event.id, event.kind.as_str(), &event.body).await?,
                Ok(News::InStore) | Err(RecvError::Lagged(_)) => {
                    // Whatever has been said by now is in the store.
                    while news.try_recv().is_ok() {}
                    self.catch_up().await?;
                }
                Err(RecvError::Closed) => return None,
            }
        }
    }

    async fn tell(&mut self, id: EventId, kind: &str, body: &[u8]) -> Option<()> {
        let text = String::from_utf8_lossy(body);
        let event = Event::default().id(id.to_string()).event(kind).data(host_links::hide(&text));
        // The key may go while a slow reader is waited for.
        let place = loop {
            let place = timeout(LIVE_KEY_CHECKED_EVERY, self.tell.reserve()).await;
            self.may_read()?;
            if let Ok(place) = place {
                break place.ok()?;
            }
        };
        place.send(Ok(event));
        self.last = id;
        Some(())
    }

    /// Is the key still there with which the stream was opened?
    fn may_read(&self) -> Option<()> {
        self.hub.ledger.directory().key(self.caller.key).map(drop)
    }
}
