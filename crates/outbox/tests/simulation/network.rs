//! The network and the receivers: what is sent, what arrives, what is answered, and what of that gets back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{EndpointId, EventId, Identifier, Timestamp};
use callboard_outbox::{Answer, Carrier, Phase, RetryAfter, SendError, Shipment};

use super::world::{State, World};

/// The sender's own limit.
const TIMEOUT: Duration = Duration::from_secs(30);

/// By when an outbox knows what was called off, also if it has to read it from a store that does not answer at first.
const KNOWS_WITHIN: Duration = Duration::from_secs(30);

/// What has gone over the wire, and what is known of it from outside of the hub.
#[derive(Default)]
pub struct Network {
    pub carried: Vec<Carried>,
    /// What each event looked like when an endpoint was first told of it (invariant I4).
    bodies: BTreeMap<(EndpointId, EventId), Bytes>,
    /// What is in the air.
    flying: BTreeSet<usize>,
    /// What the store had on record as over when a life of the hub began.
    pub over: BTreeSet<(EndpointId, EventId)>,
    /// What was called off and is not owed again: since when that is known.
    pub called_off: BTreeMap<(EndpointId, EventId), Duration>,
    /// Endpoints that are not to be called: since when.
    pub silent: BTreeMap<EndpointId, Duration>,
    /// Endpoints of which a change is under way, so that nobody can say whether they are to be called.
    pub unsure: BTreeSet<EndpointId>,
}

/// One attempt, as the network saw it.
#[derive(Debug, Clone)]
pub struct Carried {
    pub endpoint: EndpointId,
    pub event: EventId,
    pub life: u32,
    pub began: u64,
    /// After how much time that was, in truth.
    pub at: Duration,
    pub hub_time: Timestamp,
    /// The receiver took it.
    pub taken: bool,
    /// When the hub was told what came of it, and if that was a 2xx.
    pub ended: Option<(u64, bool)>,
}

/// What becomes of one attempt.
enum Course {
    Answered(u16, Option<RetryAfter>),
    LostAnswer(SendError),
    Lost(SendError),
    Broken,
}

/// Which endpoint a URL is.
pub fn url(endpoint: EndpointId) -> String {
    format!("https://receiver-{}.example/hooks", endpoint.raw())
}

pub struct Courier(pub Arc<World>);

impl Carrier for Courier {
    async fn carry(&self, shipment: Shipment) -> Result<Answer, SendError> {
        let world = &self.0;
        if !world.step() {
            return std::future::pending().await;
        }
        let (flight, course, there, back) = {
            let mut state = world.state();
            let flight = state.depart(&shipment);
            let endpoint = state.network.carried[flight].endpoint;
            let course = state.roll_course(endpoint);
            let (there, back) = state.roll_ways(endpoint);
            (flight, course, there, back)
        };
        tokio::time::sleep(there).await;
        world.state().arrive(flight, &course);
        tokio::time::sleep(back).await;
        if !world.step() {
            return std::future::pending().await;
        }
        let mut state = world.state();
        let answered_well = matches!(course, Course::Answered(status, _) if (200..300).contains(&status));
        state.land(flight, &course, answered_well);
        match course {
            Course::Answered(status, retry_after) => {
                let body = Bytes::from_static(b"noted");
                Ok(Answer { status, retry_after, body, body_truncated: false, took: there + back })
            }
            Course::LostAnswer(error) | Course::Lost(error) => Err(error),
            Course::Broken => {
                drop(state);
                std::panic::resume_unwind(Box::new("the attempt broke"))
            }
        }
    }
}

impl State {
    fn depart(&mut self, shipment: &Shipment) -> usize {
        let host = shipment.url.host().unwrap();
        let number = host.strip_prefix("receiver-").and_then(|rest| rest.strip_suffix(".example")).unwrap();
        let endpoint = EndpointId::from_raw(number.parse().unwrap());
        let id = shipment.headers.iter().find(|(name, _)| name == "webhook-id").unwrap();
        let event: EventId = id.1.to_str().unwrap().parse().unwrap();
        let (flight, life, hub_time) = (self.network.carried.len(), self.life, self.hub_time());
        self.note(format_args!("flight {flight}: {event} to {number}"));
        self.look_at(endpoint, event, &shipment.body);
        let (began, at) = (self.moment(), self.now());
        let carried = Carried { endpoint, event, life, began, at, hub_time, taken: false, ended: None };
        self.network.carried.push(carried);
        self.network.flying.insert(flight);
        flight
    }

    /// What must never be, as soon as it is.
    fn look_at(&mut self, endpoint: EndpointId, event: EventId, body: &Bytes) {
        let (now, life) = (self.now(), self.life);
        let first = self.network.bodies.entry((endpoint, event)).or_insert_with(|| body.clone()).clone();
        if first != *body {
            self.violation(format!("I4: another body for {event} at {endpoint}"));
        }
        let twice = self.network.flying.iter().any(|flight| {
            let other = &self.network.carried[*flight];
            (other.endpoint, other.event, other.life) == (endpoint, event, life)
        });
        if twice {
            self.violation(format!("{event} is on its way to {endpoint} twice at once"));
        }
        if self.network.over.contains(&(endpoint, event)) {
            self.violation(format!(
                "I3: {event} to {endpoint} was over before the hub started, and is told again"
            ));
        }
        let called_off = self.network.called_off.get(&(endpoint, event));
        if called_off.is_some_and(|since| now > *since + KNOWS_WITHIN) {
            self.violation(format!("{event} to {endpoint} was called off, and is told all the same"));
        }
        let silent = self.network.silent.get(&endpoint).is_some_and(|since| *since < now);
        if silent && !self.network.unsure.contains(&endpoint) {
            self.violation(format!("{endpoint} is called although it is disabled or removed"));
        }
    }

    fn arrive(&mut self, flight: usize, course: &Course) {
        if self.is_dead() || !self.network.flying.contains(&flight) {
            return;
        }
        let taken = match course {
            Course::Answered(status, _) => (200..300).contains(status),
            Course::LostAnswer(_) => true,
            Course::Lost(_) | Course::Broken => false,
        };
        self.network.carried[flight].taken = taken;
    }

    fn land(&mut self, flight: usize, course: &Course, well: bool) {
        let what = match course {
            Course::Answered(status, _) => format!("answered {status}"),
            Course::LostAnswer(error) => format!("taken, but {error}"),
            Course::Lost(error) => error.to_string(),
            Course::Broken => "broken".to_owned(),
        };
        self.note(format_args!("flight {flight} {what}"));
        let moment = self.moment();
        self.network.flying.remove(&flight);
        self.network.carried[flight].ended = Some((moment, well));
        let endpoint = self.network.carried[flight].endpoint;
        if matches!(course, Course::Answered(410, _)) {
            let now = self.now();
            self.network.silent.insert(endpoint, now);
        }
    }

    /// The hub has died: what was in the air may have arrived nevertheless.
    pub fn crash_the_air(&mut self) {
        for flight in std::mem::take(&mut self.network.flying) {
            if self.chance(0.5) {
                self.network.carried[flight].taken = true;
            }
        }
    }

    fn roll_course(&mut self, endpoint: EndpointId) -> Course {
        let trouble = self.scene.trouble_at(endpoint);
        if self.healed || !self.chance(trouble) {
            return Course::Answered(if self.chance(0.9) { 200 } else { 204 }, None);
        }
        let timeout = SendError::Timeout { phase: Phase::Answer, limit: TIMEOUT };
        match self.below(20) {
            0..4 => Course::Answered(500, None),
            4..6 => {
                let wait = self.up_to(Duration::from_secs(90));
                Course::Answered(503, Some(RetryAfter::In(wait)))
            }
            6 => Course::Answered(429, Some(RetryAfter::At(self.hub_time()))),
            7 => Course::Answered(302, None),
            8 => Course::Answered(404, None),
            9..12 => Course::LostAnswer(SendError::Closed),
            12 => Course::LostAnswer(timeout),
            13 => Course::Lost(timeout),
            14 if self.scene.goes_away => Course::Answered(410, None),
            15 => Course::Broken,
            _ => Course::Lost(SendError::Connect("connection refused".to_owned())),
        }
    }

    fn roll_ways(&mut self, endpoint: EndpointId) -> (Duration, Duration) {
        let most = if self.healed { Duration::from_millis(20) } else { self.scene.slowest_at(endpoint) };
        (self.up_to(most / 2), self.up_to(most / 2))
    }
}
