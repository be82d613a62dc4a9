//! A carrier without a network, which notes what it was given and answers as a test wants.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use callboard_core::Timestamp;
use callboard_outbox::{Answer, Carrier, Clock, RetryAfter, SendError, Shipment};
use tokio::sync::{Notify, Semaphore};

use super::hub::{TestClock, read_move};

/// Something that was carried.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub at: Timestamp,
    pub url: String,
    pub interview: String,
    pub number: u32,
    /// How often this move of this interview has been sent to this URL, this time included.
    pub attempt: usize,
}

type Answering = dyn Fn(&Sent) -> u16 + Send + Sync;

/// Answers each shipment by a rule, at once.
#[derive(Clone)]
pub struct Courier {
    clock: Arc<TestClock>,
    answering: Arc<Answering>,
    retry_after: Option<RetryAfter>,
    sent: Arc<Mutex<Vec<Sent>>>,
    news: Arc<Notify>,
}

impl Courier {
    pub fn new(clock: &Arc<TestClock>, answering: impl Fn(&Sent) -> u16 + Send + Sync + 'static) -> Self {
        Self {
            clock: Arc::clone(clock),
            answering: Arc::new(answering),
            retry_after: None,
            sent: Arc::default(),
            news: Arc::default(),
        }
    }

    pub fn asking_for(mut self, retry_after: RetryAfter) -> Self {
        self.retry_after = Some(retry_after);
        self
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// What was sent to a URL: which interview, which move.
    pub fn told(&self, url: &str) -> Vec<(String, u32)> {
        let sent = self.sent().into_iter().filter(|sent| sent.url == url);
        sent.map(|sent| (sent.interview, sent.number)).collect()
    }

    /// The moves of one interview that were sent, in the order in which they were.
    pub fn moves(&self, interview: &str) -> Vec<u32> {
        let sent = self.sent().into_iter().filter(|sent| sent.interview == interview);
        sent.map(|sent| sent.number).collect()
    }

    /// Waits until this much has been sent.
    pub async fn until_sent(&self, count: usize) {
        loop {
            let news = self.news.notified();
            if self.sent.lock().unwrap().len() >= count {
                return;
            }
            news.await;
        }
    }

    fn note(&self, shipment: &Shipment) -> Sent {
        let (interview, number) = read_move(&shipment.body);
        let url = shipment.url.to_string();
        let mut sent = self.sent.lock().unwrap();
        let is_same =
            |other: &&Sent| (&other.url, &other.interview, other.number) == (&url, &interview, number);
        let attempt = sent.iter().filter(is_same).count() + 1;
        let this = Sent { at: self.clock.now(), url, interview, number, attempt };
        sent.push(this.clone());
        this
    }
}

impl Carrier for Courier {
    async fn carry(&self, shipment: Shipment) -> Result<Answer, SendError> {
        let sent = self.note(&shipment);
        self.news.notify_one();
        let status = (self.answering)(&sent);
        if status == 0 {
            return Err(SendError::Connect("connection refused".to_owned()));
        }
        let retry_after = self.retry_after.filter(|_| status == 503);
        Ok(Answer { status, retry_after, body: Bytes::new(), body_truncated: false, took: Duration::ZERO })
    }
}

/// One that comes back when a test lets it, but for the first move of `RENE2010`, with which it never does.
#[derive(Clone)]
pub struct Held(pub Arc<Semaphore>);

impl Carrier for Held {
    async fn carry(&self, shipment: Shipment) -> Result<Answer, SendError> {
        if read_move(&shipment.body) == ("RENE2010".to_owned(), 0) {
            std::future::pending::<()>().await;
        }
        self.0.acquire().await.unwrap().forget();
        let (retry_after, body_truncated, took) = (None, false, Duration::ZERO);
        Ok(Answer { status: 200, retry_after, body: Bytes::new(), body_truncated, took })
    }
}

/// One that never comes back.
pub struct Lost;

impl Carrier for Lost {
    async fn carry(&self, _: Shipment) -> Result<Answer, SendError> {
        std::future::pending().await
    }
}
