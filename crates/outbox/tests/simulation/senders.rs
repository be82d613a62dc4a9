//! Who tells the hub: platforms with webhooks, programs with commands, and people. They note what they were answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{
    About, Asker, Belonging, Command, DeliveryId, Endpoint, EndpointId, EventId, Facts, Identifier,
    InterviewTold, JobCommand, JobId, JobStatus, JobTold, News, Observation, Source, Stage, Timestamp,
};
use callboard_ledger::{Answer, Asking, Done, Intake, Recorded, Remember, RequestKey};
use jiff::SignedDuration;

use super::scene::{Scene, company, source};

const TOLD_FROM: &str = "2026-02-26T12:00:00Z";

pub struct Senders {
    pub source: Arc<Source>,
    pub messages: Vec<Message>,
    pub orders: Vec<Order>,
    pub people: People,
}

/// A webhook that a platform wants the hub to know of.
pub struct Message {
    pub interview: usize,
    pub number: usize,
    /// What was answered, each time.
    pub answers: Vec<Recorded>,
    /// The moment at which it was sent first.
    pub sent_at: Option<u64>,
    pub answered_at: Option<u64>,
    /// Requests that have been sent and have not been answered.
    pub under_way: u32,
}

/// Commands that a program wants carried out.
pub struct Order {
    pub job: usize,
    pub number: usize,
    /// The events that came of it, as answered.
    pub answer: Option<Vec<EventId>>,
    pub sent_at: Option<u64>,
    pub under_way: u32,
}

/// What people asked for, by the moment at which they asked.
#[derive(Default)]
pub struct People {
    /// The first wish of its kind.
    pub cancelled: BTreeMap<DeliveryId, u64>,
    /// The last wish of its kind.
    pub retried: BTreeMap<DeliveryId, u64>,
    /// Replays of what was given up or called off.
    pub replayed: Vec<Replayed>,
    /// Endpoints, by when they were known to be there.
    pub made: BTreeMap<EndpointId, (u64, Endpoint)>,
    /// Endpoints, by when someone first wanted them removed.
    pub removed: BTreeMap<EndpointId, u64>,
    /// What they asked for and have not been answered yet.
    pub under_way: u32,
}

/// Someone wants an endpoint told again what was given up or called off.
pub struct Replayed {
    pub endpoint: EndpointId,
    /// What had been given up by then, after how many attempts.
    pub failed: Vec<(DeliveryId, u32)>,
    /// It is known to have begun.
    pub is_answered: bool,
}

impl Senders {
    pub fn new(scene: &Scene) -> Self {
        let moves = scene.interviews.iter().enumerate();
        let messages = moves.flat_map(|(interview, moves)| {
            (0..*moves).map(move |number| Message {
                interview,
                number,
                answers: Vec::new(),
                sent_at: None,
                answered_at: None,
                under_way: 0,
            })
        });
        let changes = scene.jobs.iter().enumerate();
        let orders = changes.flat_map(|(job, changes)| {
            (0..=*changes).map(move |number| Order { job, number, answer: None, sent_at: None, under_way: 0 })
        });
        Self {
            source: Arc::new(source()),
            messages: messages.collect(),
            orders: orders.collect(),
            people: People::default(),
        }
    }

    /// The message that comes after this one in the same interview.
    pub fn next_message(&self, index: usize) -> Option<usize> {
        let next = self.messages.get(index + 1)?;
        (next.interview == self.messages[index].interview).then_some(index + 1)
    }

    /// The order that comes after this one for the same job.
    pub fn next_order(&self, index: usize) -> Option<usize> {
        let next = self.orders.get(index + 1)?;
        (next.job == self.orders[index].job).then_some(index + 1)
    }

    /// Has everyone been answered?
    pub fn are_content(&self) -> bool {
        self.messages.iter().all(|message| message.answered_at.is_some())
            && self.orders.iter().all(|order| order.answer.is_some())
            && self.people.under_way == 0
    }
}

impl Message {
    /// No two messages have the same.
    pub fn body(&self) -> Bytes {
        Bytes::from(format!(r#"{{"interviewCode":"CODE{}","move":{}}}"#, self.interview, self.number))
    }

    pub fn intake(&self, source: &Arc<Source>, received_at: Timestamp) -> Intake {
        let stages = [Stage::SchedulingTime, Stage::SchedulingCompleted];
        let stage = |number: usize| stages[number % 2].clone().into();
        let from: Timestamp = TOLD_FROM.parse().unwrap();
        let external_id = Some(format!("CODE{}", self.interview));
        let told = Observation {
            at: Some(from + SignedDuration::from_secs(self.number.try_into().unwrap())),
            news: News::Stage {
                interview: About { external_id, told: InterviewTold::default() },
                of: Belonging::default(),
                previous: Some(stage(self.number + 1)),
                current: stage(self.number),
            },
        };
        Intake {
            source: Arc::clone(source),
            received_at,
            unique: Some(format!("{} {}", self.interview, self.number)),
            told_of: None,
            headers: "{}".to_owned(),
            body: self.body(),
            label: "State".to_owned(),
            points_at: Vec::new(),
            fetch_at: None,
            told: Ok(vec![told]),
        }
    }
}

impl Order {
    pub fn job_id(&self) -> JobId {
        JobId::from_raw(3_000 + self.job as u64)
    }

    pub fn asking(&self, at: Timestamp) -> Asking {
        let title = Some(format!("Engineer, {} years", self.number));
        let status = Some(JobStatus::Published);
        let facts = Facts { told: JobTold { title, status, ..JobTold::default() }, ..Facts::default() };
        let command = if self.number == 0 { JobCommand::Create(facts) } else { JobCommand::Change(facts) };
        let key = RequestKey {
            company: company(),
            key: format!("{} {}", self.job, self.number),
            fingerprint: [7; 32],
            at,
        };
        Asking {
            asker: Asker { company: company(), at, expected: None },
            commands: vec![Command::Job(self.job_id(), command)],
            blobs: Vec::new(),
            remember: Some(Remember { key, answer: Arc::new(answer) }),
        }
    }
}

/// What is answered to an order: the events that came of it.
fn answer(done: &Done) -> Answer {
    let events: Vec<String> = done.events.iter().map(ToString::to_string).collect();
    Answer { status: 200, etag: None, body: Bytes::from(events.join(" ")) }
}

/// The events that an answer names.
pub fn events_of(answer: &Answer) -> Vec<EventId> {
    let text = std::str::from_utf8(&answer.body).unwrap();
    text.split_whitespace().map(|event| event.parse().unwrap()).collect()
}
