//! Open connections to endpoints. Whoever sends over one also moves its bytes, so that an attempt is one task from its
//! first byte to its last; between attempts it lies here, and nothing runs for it.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, Connection, SendRequest};
use rustc_hash::FxHashMap;
use tokio::time::{Instant, sleep};

use crate::tls::Wire;

/// Where a connection leads: the scheme and the authority of a URL, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place(Arc<str>);

impl Place {
    /// Where requests to this URL go; nowhere if it is not absolute.
    pub(crate) fn of(url: &Uri) -> Option<Self> {
        let place = format!("{}://{}", url.scheme()?, url.authority()?);
        Some(Self(place.to_ascii_lowercase().into()))
    }
}

/// A connection over which one request at a time is sent.
pub(crate) struct Line {
    requests: SendRequest<Full<Bytes>>,
    /// In a box, as a line goes from hand to hand. Gone as soon as the connection has ended: whoever asks over it is told so
    /// then, also if it was found closed with a request waiting to be written.
    driver: Option<Box<Connection<Wire, Full<Bytes>>>>,
    /// It has answered before: if it is found closed now, it was worn out, not the endpoint at fault.
    pub(crate) has_answered: bool,
}

impl Line {
    /// Begins to speak HTTP over an open wire. An answer's head may have so many bytes.
    pub(crate) async fn begin(wire: Wire, answer_head_bytes: usize) -> hyper::Result<Self> {
        // In one piece a request costs less than written in two, head and body.
        let builder = &mut Builder::new();
        let begun = builder.max_buf_size(answer_head_bytes).writev(false).handshake(wire).await;
        let (requests, driver) = begun?;
        Ok(Self { requests, driver: Some(Box::new(driver)), has_answered: false })
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn ask(&mut self, request: Request<Full<Bytes>>) -> hyper::Result<Response<Incoming>> {
        let answer = self.requests.send_request(request);
        let answer = self.moving_bytes_until(answer).await?;
        self.has_answered = true;
        Ok(answer)
    }

    /// Waits for something that comes over this connection.
    pub(crate) async fn moving_bytes_until<T>(&mut self, awaited: impl Future<Output = T>) -> T {
        let mut awaited = pin!(awaited);
        poll_fn(|context| {
            self.drive(context);
            awaited.as_mut().poll(context)
        })
        .await
    }

    /// Takes notice of what has happened to the connection by now. Nobody is woken when more happens: whoever asks over it
    /// next waits for that anew.
    fn look(&mut self) {
        self.drive(&mut Context::from_waker(Waker::noop()));
    }

    fn drive(&mut self, context: &mut Context<'_>) {
        if self.driver.as_mut().is_some_and(|driver| Pin::new(driver).poll(context).is_ready()) {
            self.driver = None;
        }
    }

    /// Can the next request be sent over it? Not after it was closed, nor while something of the last answer is to come.
    fn is_free(&self) -> bool {
        self.driver.is_some() && self.requests.is_ready()
    }
}

/// The connections that nobody sends over at the moment. Clones share them.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Shelf>);

struct Shelf {
    limits: IdleLimits,
    idle: Mutex<Idle>,
}

/// Of how many parts that are kept one is hung up where there is no more room.
const MANY_FEWS: usize = 16;

/// How many unused connections are kept, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdleLimits {
    pub(crate) time: Duration,
    pub(crate) per_place: usize,
    pub(crate) total: usize,
}

#[derive(Default)]
struct Idle {
    /// At each place the longest unused ones first.
    by_place: FxHashMap<Place, VecDeque<Unused>>,
    count: usize,
    /// Someone comes by and hangs up what has been unused for too long.
    is_swept: bool,
}

struct Unused {
    line: Line,
    since: Instant,
}

impl Lines {
    pub(crate) fn new(limits: IdleLimits) -> Self {
        Self(Arc::new(Shelf { limits, idle: Mutex::default() }))
    }

    /// A connection to this place that is open still, if there is one. The latest used is the likeliest to be.
    pub(crate) fn take(&self, place: &Place) -> Option<Line> {
        loop {
            let Unused { mut line, since } = self.0.lock().take(place)?;
            line.look();
            if since.elapsed() < self.0.limits.time && line.is_free() {
                return Some(line);
            }
        }
    }

    /// Keeps a connection for the next request, if it may have one.
    pub(crate) fn put(&self, place: &Place, mut line: Line) {
        if !line.is_free() {
            // It may not have noticed yet that the answer has been read to its end.
            line.look();
        }
        if !line.is_free() {
            return;
        }
        let limits = &self.0.limits;
        let mut idle = self.0.lock();
        idle.put(place, line, limits);
        if !std::mem::replace(&mut idle.is_swept, true) {
            tokio::spawn(sweep(Arc::downgrade(&self.0), limits.time));
        }
    }
}

impl Shelf {
    /// Whoever panicked while holding this left whole connections behind.
    fn lock(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Idle {
    fn take(&mut self, place: &Place) -> Option<Unused> {
        let taken = self.by_place.get_mut(place)?.pop_back();
        self.count -= usize::from(taken.is_some());
        taken
    }

    /// Keeps one more. Where there are too many, the longest unused makes way.
    fn put(&mut self, place: &Place, line: Line, limits: &IdleLimits) {
        let there = self.by_place.entry(place.clone()).or_default();
        there.push_back(Unused { line, since: Instant::now() });
        if there.len() > limits.per_place {
            there.pop_front();
        } else {
            self.count += 1;
        }
        if self.count > limits.total {
            self.hang_up_oldest();
        }
    }

    /// A few at once, so that they need not be looked for each time.
    fn hang_up_oldest(&mut self) {
        let mut since: Vec<_> = self.by_place.values().flatten().map(|unused| unused.since).collect();
        let few = self.count / MANY_FEWS;
        let (_, last, _) = since.select_nth_unstable(few);
        let last = *last;
        self.hang_up(|unused| unused.since <= last);
    }

    /// Hangs up what has been unused for so long. Answers whether anything is left.
    fn sweep(&mut self, time: Duration) -> bool {
        self.hang_up(|unused| unused.since.elapsed() >= time);
        self.is_swept = self.count > 0;
        self.is_swept
    }

    fn hang_up(&mut self, is_worn: impl Fn(&Unused) -> bool) {
        self.by_place.retain(|_, there| {
            there.drain(..there.partition_point(&is_worn));
            !there.is_empty()
        });
        self.count = self.by_place.values().map(VecDeque::len).sum();
    }
}

/// Comes by now and then for as long as there is something unused.
async fn sweep(shelf: Weak<Shelf>, time: Duration) {
    loop {
        sleep(time).await;
        let Some(shelf) = shelf.upgrade() else { return };
        if !shelf.lock().sweep(time) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{advance, timeout};

    use super::*;

    fn request() -> Request<Full<Bytes>> {
        Request::post("/hook")
            .header("host", "partner.example")
            .body(Full::new(Bytes::from_static(b"{}")))
            .unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn where_there_are_too_many_the_longest_unused_makes_way() {
        // Given room for three connections, two of them at one place
        let lines = Lines::new(IdleLimits { time: Duration::from_secs(60), per_place: 2, total: 3 });
        let [a, b, c] = ["http://a", "http://b", "http://c"].map(|place| Place(place.into()));
        let mut theirs = Vec::new();

        // When four are kept, and another at one of the places
        for place in [&a, &b, &b, &c, &b] {
            let (ours, other_end) = duplex(4_096);
            let line = Line::begin(Box::new(TokioIo::new(ours)), 65_536).await.unwrap();
            lines.put(place, line);
            theirs.push(other_end);
            advance(Duration::from_secs(1)).await;
        }

        // Then those that have been unused the longest are gone, and were hung up
        let kept = [&a, &b, &c].map(|place| std::iter::from_fn(|| lines.take(place)).collect::<Vec<_>>());
        assert_eq!(kept.each_ref().map(Vec::len), [0, 2, 1]);
        for gone in [0, 1] {
            assert_eq!(theirs[gone].read(&mut [0; 1]).await.unwrap(), 0);
        }
    }

    #[tokio::test]
    async fn a_request_that_meets_a_connection_just_closed_is_told_so_at_once() {
        // Given a connection that has answered, and was closed since
        let (ours, mut theirs) = duplex(4_096);
        let mut line = Line::begin(Box::new(TokioIo::new(ours)), 65_536).await.unwrap();
        let answering = async {
            assert!(theirs.read(&mut [0; 4_096]).await.unwrap() > 0);
            theirs.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        };
        let (answer, ()) = tokio::join!(line.ask(request()), answering);
        assert_eq!(answer.unwrap().status(), 204);
        drop(theirs);

        // When another request is to go over it before anyone has looked
        let asked = timeout(Duration::from_secs(10), line.ask(request())).await;

        // Then it is not waited for: it was never sent, and may go another way
        assert!(asked.expect("nobody answers, and that is known").unwrap_err().is_canceled());
        assert!(!line.is_free());
    }
}
