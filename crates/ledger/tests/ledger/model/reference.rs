//! A ledger in a few lines: no store, no batches that fail, nothing fast.

use std::collections::{BTreeSet, HashMap, HashSet};

use callboard_core::{DeliveryId, Stage};
use callboard_ledger::{DeliveryState, Outcome, Totals};

/// Stages that mean no more than themselves.
pub const STAGES: [Stage; 3] = [Stage::SchedulingTime, Stage::SchedulingCompleted, Stage::InterviewStarted];

/// What can be asked of a ledger. Deliveries are named by their place in the order in which they became owed.
#[derive(Debug, Clone)]
pub enum Ask {
    Record { interview: usize, message: u32, stage: usize },
    Settle { delivery: usize, state: DeliveryState },
    Retry(usize),
    Cancel(usize),
    Put(u64),
    Delete(u64),
}

/// A delivery as it must stand.
#[derive(Debug)]
pub struct Standing {
    /// What the ledger calls it, once it has said so.
    pub id: Option<DeliveryId>,
    pub endpoint: u64,
    pub state: DeliveryState,
    pub attempts: u32,
    /// It tells that another one was given up.
    pub tells_of_trouble: bool,
}

/// What must be.
#[derive(Debug, Default)]
pub struct Model {
    pub endpoints: BTreeSet<u64>,
    pub deliveries: Vec<Standing>,
    pub clock: i64,
    seen: HashSet<(usize, u32)>,
    /// Each interview's stage, and which message told it.
    interviews: HashMap<usize, (usize, u32)>,
    receipts: u64,
    events: u64,
}

impl Model {
    /// What comes of a batch: the outcome of each request, and how many events came of it.
    pub fn take(&mut self, asks: &[Ask]) -> Vec<(Outcome, usize)> {
        let known = self.deliveries.len();
        let endpoints_before = self.endpoints.clone();
        let mut given_up = HashSet::new();
        let mut recorded = Vec::new();
        for ask in asks {
            recorded.extend(self.record(ask));
            self.give_up(ask, known, &mut given_up);
        }
        // What people change comes after everything else; a change of an endpoint governs the requests behind it.
        self.endpoints = endpoints_before;
        for ask in asks {
            self.settle(ask, known);
        }
        for ask in asks {
            self.change(ask, known);
        }
        recorded
    }

    pub fn totals(&self) -> Totals {
        let count = |state| self.deliveries.iter().filter(|it| it.state == state).count() as u64;
        Totals {
            receipts: self.receipts,
            events: self.events,
            pending: count(DeliveryState::Pending),
            delivered: count(DeliveryState::Delivered),
            failed: count(DeliveryState::Failed),
            cancelled: count(DeliveryState::Cancelled),
        }
    }

    fn record(&mut self, ask: &Ask) -> Option<(Outcome, usize)> {
        let (interview, message, stage) = match ask {
            Ask::Record { interview, message, stage } => (*interview, *message, *stage),
            Ask::Put(id) => {
                self.endpoints.insert(*id);
                return None;
            }
            Ask::Delete(id) => {
                self.endpoints.remove(id);
                return None;
            }
            _ => return None,
        };
        self.receipts += 1;
        if !self.seen.insert((interview, message)) {
            return Some((Outcome::Duplicate, 0));
        }
        let events = match self.interviews.get(&interview) {
            Some((_, newest)) if message < *newest => return Some((Outcome::Understood, 0)),
            Some((known, _)) => usize::from(*known != stage),
            None => 1,
        };
        self.interviews.insert(interview, (stage, message));
        (0..events).for_each(|_| self.happened(None));
        Some((Outcome::Understood, events))
    }

    /// Everybody is owed an event; if one endpoint is in trouble, everybody else is.
    fn happened(&mut self, in_trouble: Option<u64>) {
        self.events += 1;
        let told = self.endpoints.iter().filter(|endpoint| Some(**endpoint) != in_trouble);
        self.deliveries.extend(told.map(|endpoint| Standing {
            id: None,
            endpoint: *endpoint,
            state: DeliveryState::Pending,
            attempts: 0,
            tells_of_trouble: in_trouble.is_some(),
        }));
    }

    /// A delivery that was owed and is given up is an event of its own.
    fn give_up(&mut self, ask: &Ask, known: usize, given_up: &mut HashSet<usize>) {
        let Ask::Settle { delivery, state: DeliveryState::Failed } = ask else { return };
        let Some(standing) = self.deliveries[..known].get(*delivery) else { return };
        let is_news = standing.state == DeliveryState::Pending && given_up.insert(*delivery);
        if is_news && !standing.tells_of_trouble && self.endpoints.contains(&standing.endpoint) {
            self.happened(Some(standing.endpoint));
        }
    }

    fn settle(&mut self, ask: &Ask, known: usize) {
        let Ask::Settle { delivery, state } = ask else { return };
        let Some(standing) = self.deliveries[..known].get_mut(*delivery) else { return };
        standing.attempts += 1;
        let is_open = matches!(standing.state, DeliveryState::Pending | DeliveryState::Failed);
        if is_open || *state == DeliveryState::Delivered {
            standing.state = *state;
        }
    }

    fn change(&mut self, ask: &Ask, known: usize) {
        match ask {
            Ask::Retry(place) => {
                let standing = self.deliveries[..known].get_mut(*place);
                if let Some(standing) = standing.filter(|it| self.endpoints.contains(&it.endpoint)) {
                    standing.state = DeliveryState::Pending;
                }
            }
            Ask::Cancel(place) => {
                let standing = self.deliveries[..known].get_mut(*place);
                if let Some(standing) = standing.filter(|it| it.state == DeliveryState::Pending) {
                    standing.state = DeliveryState::Cancelled;
                }
            }
            Ask::Put(id) => drop(self.endpoints.insert(*id)),
            Ask::Delete(id) => {
                self.endpoints.remove(id);
                let owed = self.deliveries.iter_mut().filter(|it| it.endpoint == *id);
                owed.filter(|it| it.state == DeliveryState::Pending)
                    .for_each(|it| it.state = DeliveryState::Cancelled);
            }
            Ask::Record { .. } | Ask::Settle { .. } => {}
        }
    }
}
