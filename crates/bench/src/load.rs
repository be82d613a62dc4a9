//! Signed Skype webhooks over connections that are kept open, each connection walking interviews of its own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, anyhow};
use bytes::Bytes;
use callboard_dialects::{Message, Sign};
use http::header::HOST;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{Connection, SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::clock::{Stopwatch, date};
use crate::interviews::{LAST_STEP, Walk};
use crate::latency::Latencies;
use crate::mark::Mark;
use crate::pace::Pace;
use crate::window::Window;

/// Who is sent webhooks, and by whom they are signed.
pub(crate) struct Load {
    /// In turns, connection by connection.
    pub(crate) to: Vec<SocketAddr>,
    pub(crate) path: String,
    pub(crate) signer: Box<dyn Sign>,
    pub(crate) stopwatch: Stopwatch,
    pub(crate) window: Window,
    pub(crate) taken: Arc<Taken>,
    /// How many interviews each connection has under way. Which goes on next is left to chance.
    pub(crate) interviews_per_connection: usize,
    pub(crate) interviews_begun: AtomicU64,
}

/// What was answered 200 so far.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    webhooks: AtomicU64,
    /// Events that come of them: one each, one more for an interview's creation, one more for its archiving.
    events: AtomicU64,
}

impl Taken {
    pub(crate) fn webhooks(&self) -> u64 {
        self.webhooks.load(Ordering::Relaxed)
    }

    pub(crate) fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    fn count(&self, mark: Mark) {
        let events = if mark.step == 1 || mark.step == LAST_STEP { 2 } else { 1 };
        self.webhooks.fetch_add(1, Ordering::Relaxed);
        self.events.fetch_add(events, Ordering::Relaxed);
    }
}

/// What the senders saw.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Webhooks answered 200 within the window.
    pub(crate) taken_in_window: u64,
    /// From when a webhook was due to its answer, for those that were due within the window.
    pub(crate) ack: Latencies,
    /// Other answers, by status.
    pub(crate) refused: BTreeMap<u16, u64>,
    /// Bytes of bodies and of the headers that sign them, over all requests.
    pub(crate) bytes: u64,
    /// All requests.
    pub(crate) requests: u64,
}

impl Tally {
    fn new() -> Self {
        Self { taken_in_window: 0, ack: Latencies::new(), refused: BTreeMap::new(), bytes: 0, requests: 0 }
    }

    fn add(&mut self, other: &Self) {
        self.taken_in_window += other.taken_in_window;
        self.ack.add(&other.ack);
        for (status, count) in &other.refused {
            *self.refused.entry(*status).or_default() += count;
        }
        self.bytes += other.bytes;
        self.requests += other.requests;
    }
}

impl Load {
    /// Sends over one connection for each pace until the window closes, and hears the last answers.
    pub(crate) async fn run(self, paces: Vec<Pace>) -> anyhow::Result<Tally> {
        let load = Arc::new(self);
        let mut senders = JoinSet::new();
        for (number, pace) in paces.into_iter().enumerate() {
            let (sender, connection) = Sender::connect(Arc::clone(&load), pace, number).await?;
            // In one task: what goes over the connection wakes nobody else.
            senders.spawn(async move {
                tokio::select! {
                    sent = sender.send() => sent,
                    closed = connection => Err(anyhow!("the connection was closed: {closed:?}")),
                }
            });
        }
        let mut tally = Tally::new();
        while let Some(sent) = senders.join_next().await {
            tally.add(&sent.context("a sender broke")??);
        }
        Ok(tally)
    }

    fn new_walk(&self) -> Walk {
        Walk::new(self.interviews_begun.fetch_add(1, Ordering::Relaxed))
    }
}

struct Sender {
    load: Arc<Load>,
    pace: Pace,
    requests: SendRequest<Full<Bytes>>,
    walks: Vec<Walk>,
    dice: StdRng,
    tally: Tally,
}

impl Sender {
    /// A sender, and its connection, which is to be polled beside it.
    async fn connect(
        load: Arc<Load>,
        pace: Pace,
        number: usize,
    ) -> anyhow::Result<(Self, Connection<TokioIo<TcpStream>, Full<Bytes>>)> {
        let to = load.to[number % load.to.len()];
        let stream = TcpStream::connect(to).await.context("the load cannot connect")?;
        stream.set_nodelay(true)?;
        let (requests, connection) = handshake(TokioIo::new(stream)).await?;
        let walks = (0..load.interviews_per_connection).map(|_| load.new_walk()).collect();
        let dice = StdRng::seed_from_u64(number as u64);
        Ok((Self { load, pace, requests, walks, dice, tally: Tally::new() }, connection))
    }

    async fn send(mut self) -> anyhow::Result<Tally> {
        let end = self.load.window.to;
        while let Some(due) = self.pace.turn(end).await {
            let next = self.dice.random_range(0..self.walks.len());
            let mark = self.walks[next].next(self.load.stopwatch.nanos_at(due));
            let status = self.post(next, mark).await?;
            let now = Instant::now();
            if status != StatusCode::OK {
                *self.tally.refused.entry(status.as_u16()).or_default() += 1;
                self.pace.give_back();
                continue;
            }
            self.load.taken.count(mark);
            self.tally.taken_in_window += u64::from(self.load.window.holds(now));
            if self.load.window.holds(due) {
                self.tally.ack.record(now - due);
            }
            if !self.walks[next].take(mark) {
                self.walks[next] = self.load.new_walk();
            }
        }
        Ok(self.tally)
    }

    async fn post(&mut self, walk: usize, mark: Mark) -> anyhow::Result<StatusCode> {
        let at = date();
        let body = self.walks[walk].body(mark, at);
        let id = format!("{}.{}", mark.interview, mark.step);
        let mut request = Request::post(&self.load.path).header(HOST, "callboard");
        self.tally.bytes += body.len() as u64;
        for (name, value) in self.load.signer.sign(&Message { id: &id, body: &body, at }) {
            self.tally.bytes += (name.len() + value.len() + ": \r\n".len()) as u64;
            request = request.header(name, value);
        }
        self.tally.requests += 1;
        self.requests.ready().await.context("the connection was closed")?;
        let response = self.requests.send_request(request.body(Full::new(body))?).await?;
        let status = response.status();
        response.into_body().collect().await?;
        Ok(status)
    }
}
