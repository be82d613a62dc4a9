//! A store and everything between it and the dispatcher, with what is true of each delivery beside it.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use callboard_core::{CompanyId, EndpointState, EventId, Identifier, Ordering, Sealed};
use callboard_ledger::{Change, Notice, OwedPage, Standing};
use jiff::SignedDuration;
use rustc_hash::FxHashSet;

use super::super::*;
use super::Step;
use crate::limits::DELIVERY_BYTES;
use crate::sender::Answer;

pub(super) const ENDPOINTS: u64 = 3;
/// This one asks for no order.
const UNORDERED: u64 = 2;
pub(super) const LANES: u64 = 3;
const HOLD_FOR_S: u64 = 20;
/// What each delivery counts for in memory.
const COUNTS_FOR: usize = DELIVERY_BYTES + 8;
pub(super) const LIMITS: OutboxLimits = OutboxLimits {
    in_flight_total: 5,
    in_flight_per_endpoint: 3,
    owed_in_memory_per_endpoint: 6,
    bodies_in_memory_bytes: 10 * COUNTS_FOR,
    known_per_endpoint: 12,
    known_total: 20,
    lane_ahead: 2,
    page: 3,
    page_bytes: 2 * COUNTS_FOR,
    unsettled: 9,
    settled_meanwhile: 12,
    settle_batch: 4,
    store_pause: Duration::ZERO,
    clock_check: Duration::ZERO,
    landing: Duration::ZERO,
    last_words: Duration::ZERO,
};

/// What is true of a delivery, whoever knows it already.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about what has happened to it")]
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
    /// It had been given up or called off, and is owed again.
    was_anew: bool,
    /// That it is owed again is heard only when it has been told, and nothing is remembered of that any more.
    pub(super) may_be_told_twice: bool,
}

pub(super) struct World {
    pub(super) dispatch: Dispatch,
    pub(super) directory: Directory,
    pub(super) rows: BTreeMap<DeliveryId, Row>,
    pub(super) notices: VecDeque<Notice>,
    pub(super) flights: Vec<Flight>,
    pub(super) settlements: VecDeque<Settlement>,
    durable: VecDeque<DeliveryId>,
    page: Option<(PageWanted, OwedPage)>,
    bodies: Option<(BodiesWanted, Vec<Option<Bytes>>)>,
    pub(super) holding: Holding,
    /// How often the endpoints were taken.
    pub(super) times: u64,
    /// How often that was when it was last said.
    pub(super) times_said: u64,
    /// What attempts ended at after their endpoints had been lost.
    pub(super) strays: FxHashSet<DeliveryId>,
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
        told_since: None,
        formerly: Vec::new(),
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
            dispatch: Dispatch::new(LIMITS, 1, &Holding::alone(), &directory, now),
            directory,
            rows: BTreeMap::new(),
            notices: VecDeque::new(),
            flights: Vec::new(),
            settlements: VecDeque::new(),
            durable: VecDeque::new(),
            page: None,
            bodies: None,
            holding: Holding::alone(),
            times: 1,
            times_said: 1,
            strays: FxHashSet::default(),
            now,
        }
    }

    /// One in which everything that there is has been read: nothing.
    pub(super) fn caught_up() -> Self {
        let mut world = Self::new();
        while let Some(wanted) = world.dispatch.next_page(world.now) {
            world.dispatch.page(wanted, Some(OwedPage { rows: Vec::new(), is_last: true }), world.now);
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
            Step::CommitElsewhere { endpoint, lane } => self.commit_elsewhere(endpoint, lane),
            Step::Leave => self.leave(),
            Step::PassOn { told } => self.pass_on(told),
            Step::Lose { told } => self.lose(told),
            Step::TakeBack => self.take_back(),
            Step::HearNotice => self.hear_notice(),
            Step::LoseNotices => {
                self.notices = [Notice::Missed].into();
                self.times_said = 0;
            }
            Step::Begin => self.begin(),
            Step::Land { which, status } if !self.flights.is_empty() => {
                let flight = self.flights.swap_remove(which.index(self.flights.len()));
                self.land(flight, status);
            }
            Step::Settle => self.settle(),
            Step::NoteDurable => self.note_durable(),
            Step::AskForPage if self.page.is_none() => self.ask_for_page(),
            Step::PageComes => self.page_comes(),
            Step::AskForBodies if self.bodies.is_none() => self.ask_for_bodies(),
            Step::BodiesCome => self.bodies_come(),
            Step::ReadingFails => self.reading_fails(),
            Step::Wait { seconds } => self.now += SignedDuration::from_secs(seconds),
            Step::Cancel(which) if !self.rows.is_empty() => self.cancel(which.index(self.rows.len())),
            Step::Retry(which) if !self.rows.is_empty() => self.retry(which.index(self.rows.len())),
            Step::Anew(which) if !self.rows.is_empty() => self.anew(which.index(self.rows.len())),
            Step::Switch { endpoint } => {
                let is_enabled = self.is_enabled(endpoint);
                self.switch(endpoint, !is_enabled);
            }
            Step::Land { .. }
            | Step::AskForPage
            | Step::AskForBodies
            | Step::Cancel(_)
            | Step::Retry(_)
            | Step::Anew(_) => {}
        }
    }

    pub(super) fn commit(&mut self, endpoint: u64, lane: u64) {
        let owed = self.next_owed(endpoint, lane);
        self.say(Notice::Owed(vec![owed.clone()]));
        self.put(owed);
    }

    pub(super) fn next_owed(&self, endpoint: u64, lane: u64) -> Owed {
        let raw = self.rows.len() as u64 + 1;
        Owed {
            delivery: DeliveryId::from_raw(raw),
            endpoint: EndpointId::from_raw(endpoint),
            event: EventId::from_raw(raw),
            lane,
            body: Bytes::copy_from_slice(&raw.to_be_bytes()),
            attempts: 0,
            first_attempt_at: None,
            next_at: None,
            again_after: 0,
        }
    }

    pub(super) fn put(&mut self, owed: Owed) {
        let row = Row {
            owed,
            stored: DeliveryState::Pending,
            state: DeliveryState::Pending,
            first_attempt_at: None,
            is_known_cancelled: false,
            was_retried: false,
            was_anew: false,
            may_be_told_twice: false,
        };
        self.rows.insert(row.owed.delivery, row);
    }

    pub(super) fn hear_notice(&mut self) {
        let now = self.now;
        match self.notices.pop_front() {
            Some(Notice::Owed(owed)) => self.dispatch.owed(owed, now),
            Some(Notice::More(owed)) => self.dispatch.more(owed, now),
            Some(Notice::Retry(owed)) => self.dispatch.retry(owed, now),
            Some(Notice::Anew(owed)) => self.dispatch.anew(owed, now),
            Some(Notice::Cancelled(delivery, endpoint)) => {
                // It may have been owed again and called off again meanwhile: that is known when the last is heard.
                let is_about_it =
                    |it: &Notice| matches!(it, Notice::Cancelled(other, _) if *other == delivery);
                let is_last = !self.notices.iter().any(is_about_it);
                self.rows.get_mut(&delivery).unwrap().is_known_cancelled = is_last;
                self.dispatch.cancelled(delivery, endpoint, now);
            }
            Some(Notice::Endpoint(id)) => {
                self.dispatch.endpoint(id, self.directory.endpoint(id).map(Arc::as_ref), now);
            }
            Some(Notice::Taken(times)) => self.dispatch.written_when_taken(times),
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
            let is_at = |flight: &&Flight| flight.owed.endpoint.raw() == raw && self.is_held(flight);
            let at_endpoint = self.flights.iter().filter(is_at).count();
            assert!(at_endpoint <= LIMITS.in_flight_per_endpoint);
        }
        self.check_memory();
    }

    /// Invariant I7: whatever happens, memory's limits hold.
    fn check_memory(&self) {
        let stats = self.dispatch.stats();
        assert!(stats.held_bytes <= LIMITS.bodies_in_memory_bytes, "{stats:?}");
        assert_eq!(stats.held_bytes, stats.held * COUNTS_FOR);
        assert!(stats.known <= LIMITS.known_total, "{stats:?}");
        for tray in self.dispatch.trays.values() {
            assert!(tray.lanes.len() <= LIMITS.known_per_endpoint);
            assert!(tray.lanes.bodies() <= LIMITS.owed_in_memory_per_endpoint);
        }
    }

    fn check(&self, flight: &Flight) {
        let row = &self.rows[&flight.owed.delivery];
        assert_eq!(flight.owed.body, row.owed.body, "invariant I4");
        let is_owed = row.state == DeliveryState::Pending;
        let has_read_all = !self.dispatch.trays[&row.owed.endpoint].backlog.is_behind();
        let is_called_off = row.state == DeliveryState::Cancelled;
        assert!(
            !(is_called_off && row.is_known_cancelled && has_read_all),
            "called off, and told all the same: {row:?}"
        );
        // A person's wish, or a replay's, may be heard when its page has been read and it has been told already; then it
        // is told twice.
        let may_be_told = is_owed || is_called_off || row.was_retried || row.may_be_told_twice;
        assert!(may_be_told, "told again: {row:?}");
        // An attempt that was under way when the endpoint was lost to another hub may still be.
        let at_it =
            |other: &&Flight| other.owed.delivery == flight.owed.delivery && other.taken == flight.taken;
        assert!(!self.flights.iter().any(|other| at_it(&other)), "twice at once: {row:?}");
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
            let is_known = !earlier.was_anew || !self.is_yet_to_be_known(earlier, row);
            if earlier.state == DeliveryState::Pending && !is_overtaken && is_known {
                let aside = row.first_attempt_at.map(|first| self.now.duration_since(first).as_secs());
                let is_aside = |since: Option<i64>| since >= Some(HOLD_FOR_S.cast_signed());
                // One that stepped aside before an earlier one was owed anew goes on by itself.
                let is_free = is_aside(aside) && (is_aside(stuck_since) || earlier.was_anew);
                assert!(is_free, "{row:?}\nwent ahead of\n{earlier:?}");
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
        if !self.is_held(&flight) {
            self.strays.insert(flight.owed.delivery);
        }
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
                row.owed.next_at = settlement.next_at;
            }
            // The store counts every attempt that it is told of, also at one that was called off.
            row.owed.attempts = row.owed.attempts.max(settlement.attempt.number);
            self.durable.push_back(settlement.delivery);
        }
    }

    fn note_durable(&mut self) {
        let durable: Vec<_> = self.durable.drain(..).collect();
        for delivery in &durable {
            let is_unheard = self.notices.iter().any(|notice| says_anew(notice, *delivery));
            self.rows.get_mut(delivery).unwrap().may_be_told_twice |= is_unheard;
        }
        self.dispatch.written(&Written { durable, refused: Vec::new() });
        self.look_at_what_was_said();
    }

    fn look_at_what_was_said(&mut self) {
        for id in self.dispatch.said_on_record() {
            self.notices.push_back(Notice::Endpoint(id));
        }
    }

    pub(super) fn read_page(&mut self) {
        self.ask_for_page();
        self.page_comes();
    }

    fn ask_for_page(&mut self) {
        let Some(wanted) = self.dispatch.next_page(self.now) else { return };
        let rows = self.rows.values().filter(|row| {
            row.stored == DeliveryState::Pending
                && row.owed.endpoint == wanted.endpoint
                && wanted.after.is_none_or(|after| row.owed.delivery > after)
        });
        let most = wanted.size.rows.min((wanted.size.bytes / COUNTS_FOR).max(1));
        let mut rows = rows.map(|row| row.owed.clone());
        let page = OwedPage { rows: rows.by_ref().take(most).collect(), is_last: rows.next().is_none() };
        self.page = Some((wanted, page));
    }

    fn page_comes(&mut self) {
        if let Some((wanted, page)) = self.page.take() {
            self.dispatch.page(wanted, Some(page), self.now);
            self.look_at_what_was_said();
        }
    }

    fn ask_for_bodies(&mut self) {
        let Some(wanted) = self.dispatch.next_bodies(self.now) else { return };
        let body = |delivery: &DeliveryId| {
            let row = &self.rows[delivery];
            (row.stored != DeliveryState::Cancelled).then(|| row.owed.body.clone())
        };
        let bodies = wanted.deliveries().iter().map(body).collect();
        self.bodies = Some((wanted, bodies));
    }

    fn bodies_come(&mut self) {
        if let Some((wanted, bodies)) = self.bodies.take() {
            self.dispatch.bodies(&wanted, Some(bodies), self.now);
        }
    }

    fn reading_fails(&mut self) {
        if let Some((wanted, _)) = self.page.take() {
            self.dispatch.page(wanted, None, self.now);
        }
        if let Some((wanted, _)) = self.bodies.take() {
            self.dispatch.bodies(&wanted, None, self.now);
        }
    }

    pub(super) fn cancel(&mut self, place: usize) {
        let row = self.rows.values_mut().nth(place).unwrap();
        if row.stored == DeliveryState::Pending && row.state == DeliveryState::Pending {
            row.stored = DeliveryState::Cancelled;
            row.state = DeliveryState::Cancelled;
            // What was heard before, of an earlier time that it was called off, says nothing about this one.
            row.is_known_cancelled = false;
            self.notices.push_back(Notice::Cancelled(row.owed.delivery, row.owed.endpoint));
        }
    }

    fn retry(&mut self, place: usize) {
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
            let owed = row.owed.clone();
            self.say(Notice::Retry(owed));
        }
    }

    /// Something that had been given up or called off is owed again, as in a replay: also while an attempt at it is under
    /// way, or what came of one is not durable.
    pub(super) fn anew(&mut self, place: usize) {
        let row = self.rows.values_mut().nth(place).unwrap();
        if matches!(row.stored, DeliveryState::Failed | DeliveryState::Cancelled) {
            let unsettled = self.settlements.iter().filter(|it| it.delivery == row.owed.delivery);
            let over = unsettled.map(|it| it.state).find(|state| *state != DeliveryState::Pending);
            row.stored = DeliveryState::Pending;
            row.state = over.unwrap_or(DeliveryState::Pending);
            row.is_known_cancelled = false;
            row.first_attempt_at = None;
            row.was_anew = true;
            row.owed = Owed {
                next_at: None,
                first_attempt_at: None,
                again_after: row.owed.attempts,
                ..row.owed.clone()
            };
            let owed = row.owed.clone();
            self.say(Notice::Anew(vec![owed]));
        }
    }

    /// Is a delivery owed again without the dispatcher being able to know? Or is a younger one, which was tried before that,
    /// all that it kept when it began to read everything again?
    fn is_yet_to_be_known(&self, earlier: &Row, later: &Row) -> bool {
        let is_behind = self.dispatch.trays[&earlier.owed.endpoint].backlog.is_behind();
        let tells = |it: &Notice| matches!(it, Notice::Missed) || says_anew(it, earlier.owed.delivery);
        self.notices.iter().any(tells) || (is_behind && later.first_attempt_at.is_some())
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

    /// The next attempt, whenever it may begin; nothing if there is none to come.
    pub(super) fn next_try(&mut self) -> Option<Flight> {
        loop {
            self.settle();
            self.note_durable();
            self.ask_for_bodies();
            self.bodies_come();
            if let Some(flight) = self.dispatch.next_flight(self.now) {
                return Some(flight);
            }
            self.now = self.dispatch.next_wake()?;
            self.dispatch.wake(self.now);
        }
    }

    /// Lets everything come to its end.
    pub(super) fn finish(&mut self) {
        self.take_back();
        self.say_taken();
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
            self.bodies_come();
            self.ask_for_bodies();
            if let Some(wake) = self.dispatch.next_wake() {
                self.now = self.now.max(wake);
            }
        }
    }
}

/// Does a notice say that a delivery is owed again?
fn says_anew(notice: &Notice, delivery: DeliveryId) -> bool {
    matches!(notice, Notice::Anew(owed) if owed[0].delivery == delivery)
}
