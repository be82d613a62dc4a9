//! A dispatcher and two endpoints over days that pass in no time: attempts take none, and every outcome is durable at once.

use bytes::Bytes;
use callboard_core::{EventId, Identifier};
use callboard_ledger::{Change, OwedPage, Standing};
use jiff::SignedDuration;

use super::super::*;
use super::world;
use crate::retry::RetryAfter;
use crate::sender::Answer;

/// The status of an endpoint that cannot be reached.
pub(super) const DOWN: u16 = 0;
pub(super) const BROKEN: u64 = 0;
pub(super) const WELL: u64 = 1;
pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// What an attempt came to: in its second, of its endpoint and delivery.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tried {
    pub(super) second: i64,
    pub(super) delivery: u64,
    pub(super) state: DeliveryState,
    pub(super) next_s: Option<i64>,
}

/// A dispatcher whose endpoints answer as a test says.
pub(super) struct Days {
    pub(super) dispatch: Dispatch,
    pub(super) now: Timestamp,
    pub(super) tried: Vec<Tried>,
    pub(super) news: Vec<(i64, Standing)>,
    /// Does the store take what came of attempts?
    pub(super) is_taken: bool,
    /// The endpoints of which something was said that is on record.
    pub(super) looked_at: Vec<EndpointId>,
    answers: Box<dyn FnMut(i64, u64) -> Outcome>,
}

pub(super) fn start() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().unwrap()
}

pub(super) fn at(second: i64) -> Timestamp {
    start() + SignedDuration::from_secs(second)
}

pub(super) fn answer(status: u16, retry_after_s: Option<u64>) -> Outcome {
    let retry_after = retry_after_s.map(|seconds| RetryAfter::In(Duration::from_secs(seconds)));
    let answer =
        Answer { status, retry_after, body: Bytes::new(), body_truncated: false, took: Duration::ZERO };
    if status == DOWN { Err("no connection could be made".to_owned()) } else { Ok(answer) }
}

pub(super) fn last_page(rows: Vec<Owed>) -> OwedPage {
    OwedPage { rows, is_last: true }
}

pub(super) fn down() -> Outcome {
    answer(DOWN, None)
}

pub(super) fn endpoint(raw: u64, retry: &[&str]) -> Endpoint {
    let retry = retry.iter().map(|wait| (*wait).to_owned()).collect();
    Endpoint { retry, hold_for: Duration::from_secs(30 * 24 * 60 * 60), ..world::endpoint(raw) }
}

impl Days {
    /// Two endpoints that are owed nothing so far. The broken one answers like this, by the second and the delivery.
    pub(super) fn begin(broken: &Endpoint, answers: impl FnMut(i64, u64) -> Outcome + 'static) -> Self {
        let mut directory = Directory::default();
        directory.apply(&Change::PutEndpoint(broken.clone()));
        directory.apply(&Change::PutEndpoint(endpoint(WELL, &[])));
        let mut dispatch = Dispatch::new(OutboxLimits::default(), 1, &Holding::alone(), &directory, start());
        while let Some(wanted) = dispatch.next_page(start()) {
            dispatch.page(wanted, Some(last_page(Vec::new())), start());
        }
        let (tried, news) = (Vec::new(), Vec::new());
        let (is_taken, looked_at) = (true, Vec::new());
        Self { dispatch, now: start(), tried, news, is_taken, looked_at, answers: Box::new(answers) }
    }

    fn second(&self) -> i64 {
        self.now.duration_since(start()).as_secs()
    }

    pub(super) fn owed(raw: u64, to: u64, lane: u64) -> Owed {
        Owed {
            delivery: DeliveryId::from_raw(raw),
            endpoint: EndpointId::from_raw(to),
            event: EventId::from_raw(raw),
            lane,
            body: Bytes::new(),
            attempts: 0,
            first_attempt_at: None,
            next_at: None,
            again_after: 0,
        }
    }

    pub(super) fn owe(&mut self, raw: u64, to: u64, lane: u64) {
        self.dispatch.owed(vec![Self::owed(raw, to, lane)], self.now);
    }

    /// Lets everything happen until then.
    pub(super) fn until(&mut self, second: i64) {
        loop {
            self.dispatch.wake(self.now);
            loop {
                if let Some(flight) = self.dispatch.next_flight(self.now) {
                    self.land(flight);
                } else if let Some(wanted) = self.dispatch.next_bodies(self.now) {
                    let bodies = vec![Some(Bytes::new()); wanted.deliveries().len()];
                    self.dispatch.bodies(&wanted, Some(bodies), self.now);
                } else {
                    break;
                }
            }
            match self.dispatch.next_wake().filter(|wake| *wake <= at(second)) {
                Some(wake) => self.now = wake,
                None => break,
            }
        }
        self.now = at(second);
    }

    fn land(&mut self, flight: Flight) {
        let (second, delivery) = (self.second(), flight.owed.delivery);
        let is_broken = flight.owed.endpoint.raw() == BROKEN;
        let outcome = if is_broken { (self.answers)(second, delivery.raw()) } else { answer(200, None) };
        let settlement = self.dispatch.landed(flight, outcome, Duration::ZERO, self.now);
        let written = vec![delivery];
        let (durable, refused) = if self.is_taken { (written, Vec::new()) } else { (Vec::new(), written) };
        self.dispatch.written(&Written { durable, refused });
        self.looked_at.extend(self.dispatch.said_on_record());
        let next_s = settlement.next_at.map(|next| next.duration_since(start()).as_secs());
        self.tried.push(Tried { second, delivery: delivery.raw(), state: settlement.state, next_s });
        self.news.extend(settlement.news.map(|news| (second, news.standing)));
    }

    pub(super) fn tried(&self, delivery: u64) -> Vec<i64> {
        self.tried.iter().filter(|it| it.delivery == delivery).map(|it| it.second).collect()
    }

    pub(super) fn delivered(&self) -> Vec<u64> {
        let delivered = self.tried.iter().filter(|it| it.state == DeliveryState::Delivered);
        delivered.map(|it| it.delivery).collect()
    }

    pub(super) fn health(&self) -> Health {
        self.dispatch.health(EndpointId::from_raw(BROKEN)).unwrap()
    }
}
