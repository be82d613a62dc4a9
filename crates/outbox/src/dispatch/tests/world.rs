//! A store and everything between it and the dispatcher, with what is true of each delivery beside it.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use callboard_core::{CompanyId, EndpointState, EventId, Identifier, Ordering, Sealed};
use callboard_ledger::{Change, Notice, Standing};
use jiff::SignedDuration;
use proptest::sample::Index;

use super::super::*;
use super::Step;
use crate::sender::Answer;

pub(super) const ENDPOINTS: u64 = 3;
/// This one asks for no order.
const UNORDERED: u64 = 2;
pub(super) const LANES: u64 = 3;
const HOLD_FOR_S: u64 = 20;
const LIMITS: OutboxLimits = OutboxLimits {
    in_flight_total: 5,
    in_flight_per_endpoint: 3,
    owed_in_memory_per_endpoint: 6,
    page: 3,
    unsettled: 9,
    settle_batch: 4,
    store_pause: Duration::ZERO,
    clock_check: Duration::ZERO,
    landing: Duration::ZERO,
    last_words: Duration::ZERO,
};

/// What is true of a delivery, whoever knows it already.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// As the store has it.
    pub(super) owed: Owed,
    pub(super) stored: DeliveryState,
    /// As the dispatcher has made it, durable or not.
    pub(super) state: DeliveryState,
    first_attempt_at: Option<Timestamp>,
    /// The dispatcher has been told that it was called off, or that it missed something.
    is_known_cancelled: bool,
    /// A person had it tried again, so it has no place in its lane any more.
    was_retried: bool,
}

pub(super) struct World {
    pub(super) dispatch: Dispatch,
    directory: Directory,
    pub(super) rows: BTreeMap<DeliveryId, Row>,
    pub(super) notices: VecDeque<Notice>,
    flights: Vec<Flight>,
    settlements: VecDeque<Settlement>,
    durable: VecDeque<DeliveryId>,
    page: Option<(PageWanted, Vec<Owed>)>,
    pub(super) now: Timestamp,
}

pub(super) fn endpoint(raw: u64) -> Endpoint {
    Endpoint {
        id: EndpointId::from_raw(raw),
        company: CompanyId::from_raw(1),
        url: "https://ats.example/hooks".to_owned(),
        dialect: "standard".to_owned(),
        events: Vec::new(),
        sources: Vec::new(),
        rotated: None,
        failing_since: None,
        credentials: Sealed::default(),
        ordering: if raw == UNORDERED { Ordering::None } else { Ordering::Interview },
        hold_for: Duration::from_secs(HOLD_FOR_S),
        retry: vec!["5s".to_owned(), "10s".to_owned(), "10s".to_owned(), "10s".to_owned()],
        rate_limit: None,
        description: String::new(),
        state: EndpointState::Enabled,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

impl World {
    pub(super) fn new() -> Self {
        let mut directory = Directory::default();
        (0..ENDPOINTS).for_each(|raw| directory.apply(&Change::PutEndpoint(endpoint(raw))));
        let now: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        Self {
            dispatch: Dispatch::new(LIMITS, 1, &directory, now),
            directory,
            rows: BTreeMap::new(),
            notices: VecDeque::new(),
            flights: Vec::new(),
            settlements: VecDeque::new(),
            durable: VecDeque::new(),
            page: None,
            now,
        }
    }

    /// One in which everything that there is has been read: nothing.
    pub(super) fn caught_up() -> Self {
        let mut world = Self::new();
        while let Some(wanted) = world.dispatch.next_page() {
            world.dispatch.page(wanted, Vec::new(), world.now);
        }
        world
    }

    pub(super) fn hear_notices(&mut self) {
        while !self.notices.is_empty() {
            self.hear_notice();
        }
    }

    pub(super) fn take(&mut self, step: &Step) {
        match *step {
            Step::Commit { endpoint, lane } => self.commit(endpoint, lane),
            Step::HearNotice => self.hear_notice(),
            Step::LoseNotices => self.notices = [Notice::Missed].into(),
            Step::Begin => self.begin(),
            Step::Land { which, status } if !self.flights.is_empty() => {
                let flight = self.flights.swap_remove(which.index(self.flights.len()));
                self.land(flight, status);
            }
            Step::Settle => self.settle(),
            Step::NoteDurable => self.note_durable(),
            Step::AskForPage if self.page.is_none() => self.ask_for_page(),
            Step::PageComes => self.page_comes(),
            Step::Wait { seconds } => self.now += SignedDuration::from_secs(seconds),
            Step::Cancel(which) if !self.rows.is_empty() => self.cancel(which),
            Step::Retry(which) if !self.rows.is_empty() => self.retry(which),
            Step::Switch { endpoint } => {
                let is_enabled = self.is_enabled(endpoint);
                self.switch(endpoint, !is_enabled);
            }
            Step::Land { .. } | Step::AskForPage | Step::Cancel(_) | Step::Retry(_) => {}
        }
    }

    pub(super) fn commit(&mut self, endpoint: u64, lane: u64) {
        let raw = self.rows.len() as u64 + 1;
        let owed = Owed {
            delivery: DeliveryId::from_raw(raw),
            endpoint: EndpointId::from_raw(endpoint),
            event: EventId::from_raw(raw),
            lane,
            body: Bytes::new(),
            attempts: 0,
            first_attempt_at: None,
            next_at: None,
            again_after: 0,
        };
        self.notices.push_back(Notice::Owed(vec![owed.clone()]));
        let row = Row {
            owed: owed.clone(),
            stored: DeliveryState::Pending,
            state: DeliveryState::Pending,
            first_attempt_at: None,
            is_known_cancelled: false,
            was_retried: false,
        };
        self.rows.insert(owed.delivery, row);
    }

    pub(super) fn hear_notice(&mut self) {
        let now = self.now;
        match self.notices.pop_front() {
            Some(Notice::Owed(owed)) => self.dispatch.owed(owed, now),
            Some(Notice::Retry(owed)) => self.dispatch.retry(owed, now),
            Some(Notice::Anew(owed)) => self.dispatch.anew(owed, now),
            Some(Notice::Cancelled(delivery, endpoint)) => {
                self.rows.get_mut(&delivery).unwrap().is_known_cancelled = true;
                self.dispatch.cancelled(delivery, endpoint, now);
            }
            Some(Notice::Endpoint(id)) => {
                self.dispatch.endpoint(id, self.directory.endpoint(id).map(Arc::as_ref), now);
            }
            Some(Notice::Missed) => {
                for (id, row) in &mut self.rows {
                    let is_yet_to_hear =
                        |it: &Notice| matches!(it, Notice::Cancelled(delivery, _) if delivery == id);
                    row.is_known_cancelled |=
                        row.stored == DeliveryState::Cancelled && !self.notices.iter().any(is_yet_to_hear);
                }
                self.dispatch.missed(&self.directory, now);
            }
            None => {}
        }
    }

    fn begin(&mut self) {
        self.dispatch.wake(self.now);
        while let Some(flight) = self.dispatch.next_flight(self.now) {
            self.check(&flight);
            self.flights.push(flight);
        }
        let stats = self.dispatch.stats();
        assert_eq!(stats.in_flight, self.flights.len());
        assert!(self.flights.len() <= LIMITS.in_flight_total);
        for raw in 0..ENDPOINTS {
            let at_endpoint = self.flights.iter().filter(|flight| flight.owed.endpoint.raw() == raw).count();
            assert!(at_endpoint <= LIMITS.in_flight_per_endpoint);
        }
        let most = LIMITS.owed_in_memory_per_endpoint * usize::try_from(ENDPOINTS).unwrap();
        assert!(stats.held <= most, "{stats:?}");
    }

    fn check(&self, flight: &Flight) {
        let row = &self.rows[&flight.owed.delivery];
        let is_owed = row.state == DeliveryState::Pending;
        let has_read_all = !self.dispatch.trays[&row.owed.endpoint].backlog.is_behind();
        assert!(
            is_owed || !(row.is_known_cancelled && has_read_all),
            "called off, and told all the same: {row:?}"
        );
        // A person's wish may be heard when its page has been read and it has been told already; then it is told twice.
        let may_be_told = is_owed || row.state == DeliveryState::Cancelled || row.was_retried;
        assert!(may_be_told, "told again: {row:?}");
        assert!(
            self.flights.iter().all(|other| other.owed.delivery != flight.owed.delivery),
            "twice at once: {row:?}"
        );
        if row.owed.endpoint.raw() == UNORDERED {
            assert!(flight.overtook.is_empty());
            return;
        }
        for earlier in self.rows.values().take_while(|earlier| earlier.owed.delivery < flight.owed.delivery) {
            let is_in_lane = (earlier.owed.endpoint, earlier.owed.lane) == (row.owed.endpoint, row.owed.lane);
            if !is_in_lane || earlier.was_retried || row.was_retried {
                continue;
            }
            let is_overtaken = flight.overtook.contains(&earlier.owed.delivery);
            let stuck_since = earlier.first_attempt_at.map(|first| self.now.duration_since(first).as_secs());
            if earlier.state == DeliveryState::Pending && !is_overtaken {
                let aside = row.first_attempt_at.map(|first| self.now.duration_since(first).as_secs());
                let both_aside =
                    [stuck_since, aside].iter().all(|since| *since >= Some(HOLD_FOR_S.cast_signed()));
                assert!(both_aside, "{row:?}\nwent ahead of\n{earlier:?}");
            }
            if is_overtaken {
                assert!(stuck_since >= Some(HOLD_FOR_S.cast_signed()), "overtaken too soon: {earlier:?}");
            }
        }
    }

    pub(super) fn land(&mut self, flight: Flight, status: u16) {
        let outcome = Ok(Answer {
            status,
            retry_after: None,
            body: Bytes::new(),
            body_truncated: false,
            took: Duration::ZERO,
        });
        let (delivery, endpoint, began_at) = (flight.owed.delivery, flight.owed.endpoint, flight.began_at);
        let settlement = self.dispatch.landed(flight, outcome, Duration::ZERO, self.now);
        let row = self.rows.get_mut(&delivery).unwrap();
        row.first_attempt_at.get_or_insert(began_at);
        if row.state == DeliveryState::Pending || settlement.state == DeliveryState::Delivered {
            row.state = settlement.state;
        }
        let is_gone =
            settlement.news.as_ref().is_some_and(|news| matches!(news.standing, Standing::Disabled { .. }));
        self.settlements.push_back(settlement);
        if is_gone {
            self.switch(endpoint.raw(), false);
        }
    }

    fn settle(&mut self) {
        for _ in 0..LIMITS.settle_batch {
            let Some(settlement) = self.settlements.pop_front() else { return };
            let row = self.rows.get_mut(&settlement.delivery).unwrap();
            row.owed.first_attempt_at.get_or_insert(settlement.attempt.at);
            if row.stored == DeliveryState::Pending || settlement.state == DeliveryState::Delivered {
                row.stored = settlement.state;
                row.owed.attempts = settlement.attempt.number;
                row.owed.next_at = settlement.next_at;
            }
            self.durable.push_back(settlement.delivery);
        }
    }

    fn note_durable(&mut self) {
        let durable: Vec<_> = self.durable.drain(..).collect();
        self.dispatch.settled(&durable);
    }

    fn ask_for_page(&mut self) {
        let Some(wanted) = self.dispatch.next_page() else { return };
        let rows = self.rows.values().filter(|row| {
            row.stored == DeliveryState::Pending
                && row.owed.endpoint == wanted.endpoint
                && wanted.after.is_none_or(|after| row.owed.delivery > after)
        });
        let rows = rows.take(wanted.limit).map(|row| row.owed.clone()).collect();
        self.page = Some((wanted, rows));
    }

    fn page_comes(&mut self) {
        if let Some((wanted, rows)) = self.page.take() {
            self.dispatch.page(wanted, rows, self.now);
        }
    }

    fn cancel(&mut self, which: Index) {
        let place = which.index(self.rows.len());
        let row = self.rows.values_mut().nth(place).unwrap();
        if row.stored == DeliveryState::Pending && row.state == DeliveryState::Pending {
            row.stored = DeliveryState::Cancelled;
            row.state = DeliveryState::Cancelled;
            self.notices.push_back(Notice::Cancelled(row.owed.delivery, row.owed.endpoint));
        }
    }

    fn retry(&mut self, which: Index) {
        let place = which.index(self.rows.len());
        let row = self.rows.values_mut().nth(place).unwrap();
        let is_still_talked_about =
            self.settlements.iter().any(|settlement| settlement.delivery == row.owed.delivery)
                || self.flights.iter().any(|flight| flight.owed.delivery == row.owed.delivery)
                || (row.stored == DeliveryState::Cancelled && !row.is_known_cancelled);
        if row.stored != DeliveryState::Pending && !is_still_talked_about {
            row.stored = DeliveryState::Pending;
            row.state = DeliveryState::Pending;
            row.is_known_cancelled = false;
            row.was_retried = true;
            row.owed.next_at = None;
            self.notices.push_back(Notice::Retry(row.owed.clone()));
        }
    }

    fn is_enabled(&self, raw: u64) -> bool {
        self.directory.endpoint(EndpointId::from_raw(raw)).unwrap().state == EndpointState::Enabled
    }

    fn switch(&mut self, raw: u64, enabled: bool) {
        let state = if enabled {
            EndpointState::Enabled
        } else {
            EndpointState::Disabled { reason: "person".to_owned(), since: self.now }
        };
        self.directory.apply(&Change::PutEndpoint(Endpoint { state, ..endpoint(raw) }));
        self.notices.push_back(Notice::Endpoint(EndpointId::from_raw(raw)));
    }

    /// Lets everything come to its end.
    pub(super) fn finish(&mut self) {
        (0..ENDPOINTS).for_each(|raw| self.switch(raw, true));
        let enough = 20 * (self.rows.len() + self.notices.len() + 10);
        for _ in 0..enough {
            self.hear_notices();
            self.begin();
            while let Some(flight) = self.flights.pop() {
                self.land(flight, 200);
            }
            while !self.settlements.is_empty() {
                self.settle();
            }
            self.note_durable();
            self.page_comes();
            self.ask_for_page();
            if let Some(wake) = self.dispatch.next_wake() {
                self.now = self.now.max(wake);
            }
        }
    }
}
