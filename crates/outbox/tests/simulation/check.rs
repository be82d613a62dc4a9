//! What must hold, checked by id against what senders and receivers saw for themselves.

use std::collections::{BTreeMap, BTreeSet};

use callboard_core::{Endpoint, EndpointId, EndpointState, EventId, Identifier, Ordering, matches_pattern};
use callboard_ledger::{Batch, Change, Delivery, DeliveryState, EventRow, Outcome, Reader, ReplayOf};
use jiff::SignedDuration;

use super::books::{Books, attempts};
use super::network::Carried;
use super::world::State;

/// Attempts whose turns fall so close together may go together.
const RATE_GRAIN: SignedDuration = SignedDuration::from_millis(6);

/// How long an endpoint fails before the hub itself switches it off.
const FAILS_FOR: SignedDuration = SignedDuration::from_hours(5 * 24);

/// Before a hub starts, again or for the first time: nothing that was answered is missing. What is over stays over.
pub fn after_a_start(state: &mut State, books: &Books) {
    state.network.over.clear();
    for delivery in books.deliveries.values().filter(|it| it.state != DeliveryState::Pending) {
        let of = ReplayOf::Endpoint(delivery.endpoint);
        let is_replayed = delivery.state != DeliveryState::Delivered;
        if is_replayed && books.running.iter().any(|replay| replay.asked.of == of) {
            continue;
        }
        state.network.over.insert((delivery.endpoint, delivery.event));
    }
    let (now, made) = (state.now(), state.senders.people.made.keys().copied().collect::<Vec<_>>());
    state.network.silent.clear();
    for endpoint in made {
        let is_enabled = books
            .directory
            .endpoint(endpoint)
            .is_some_and(|endpoint| endpoint.state == EndpointState::Enabled);
        if !is_enabled {
            state.network.silent.insert(endpoint, now);
        }
    }
    kept(state, books);
}

impl State {
    /// What a commit makes of endpoints: the hub switches off only what has failed for days, and calls it no more.
    pub fn look_at_switched(&mut self, batch: &Batch) {
        for change in &batch.changes {
            let Change::PutEndpoint(Endpoint { id, state, .. }) = change else { continue };
            let EndpointState::Disabled { reason, since } = state else {
                self.network.silent.remove(id);
                continue;
            };
            if reason == "failing" && !self.network.silent.contains_key(id) {
                self.switched_off += 1;
                let now = self.now();
                self.network.silent.insert(*id, now);
                let went_well = |flight: &&Carried| matches!(flight.ended, Some((_, true)));
                let last =
                    self.network.carried.iter().filter(|flight| flight.endpoint == *id).rfind(went_well);
                if last.is_some_and(|last| last.hub_time + FAILS_FOR > *since) {
                    self.violation(format!("{id} is switched off at {since}, and was told not long before"));
                }
            }
        }
    }
}

/// After the world has healed and everything has come to rest.
pub fn in_the_end(state: &mut State, books: &Books, reader: &mut dyn Reader) {
    kept(state, books);
    once(state, books);
    owed(state, books);
    let carried = carried(state);
    told(state, books, reader, &carried);
    in_order(state, books, &carried);
    no_more_often(state, books, &carried);
    paced(state, books);
    replayed(state, books);
}

/// I1: every webhook that was answered is in the store, with what came of it.
fn kept(state: &mut State, books: &Books) {
    let mut missing = Vec::new();
    for (index, message) in state.senders.messages.iter().enumerate() {
        for answer in &message.answers {
            let receipt = books.receipts.get(&answer.receipt);
            if receipt.is_none_or(|receipt| receipt.outcome != answer.outcome) {
                missing.push(format!(
                    "I1: message {index} was answered {answer:?}, and the store has {receipt:?}"
                ));
            }
            let events = books.events_of(answer.receipt);
            if events != answer.events {
                missing
                    .push(format!("I1: message {index}: {} events answered, {events} kept", answer.events));
            }
        }
    }
    for (index, order) in state.senders.orders.iter().enumerate() {
        for event in order.answer.iter().flatten().filter(|event| !books.events.contains_key(event)) {
            missing.push(format!("I1: order {index}: {event} was answered and is not kept"));
        }
    }
    state.violations(missing);
}

/// I1: however often it was sent, it was taken in once.
fn once(state: &mut State, books: &Books) {
    let mut wrong = Vec::new();
    for (index, message) in state.senders.messages.iter().enumerate() {
        let body = message.body();
        let firsts =
            books.receipts.values().filter(|it| it.outcome == Outcome::Understood && it.body == body);
        let firsts: Vec<_> = firsts.map(|receipt| receipt.id).collect();
        if firsts.len() != 1 {
            wrong.push(format!("I1: message {index} is kept as {firsts:?}"));
        }
        if !state.scene.impatient && firsts.iter().any(|first| books.events_of(*first) == 0) {
            wrong.push(format!("I1: nothing came of message {index}"));
        }
    }
    let answered: BTreeSet<EventId> =
        state.senders.orders.iter().flat_map(|order| order.answer.iter().flatten().copied()).collect();
    let jobs: BTreeSet<u64> = state.senders.orders.iter().map(|order| order.job_id().raw()).collect();
    let kept = books.events.values().filter(|event| jobs.contains(&event.subject)).map(|event| event.id);
    let kept: BTreeSet<EventId> = kept.collect();
    if answered != kept {
        wrong.push(format!("I1: orders were answered with {answered:?}, and {kept:?} are kept"));
    }
    state.violations(wrong);
}

/// I2: whoever was there and asked for it is owed it.
fn owed(state: &mut State, books: &Books) {
    let people = &state.senders.people;
    let mut missing = Vec::new();
    for event in books.events.values() {
        let Some((sent, answered)) = asked_between(state, books, event) else { continue };
        for (made, endpoint) in people.made.values() {
            let wants = endpoint.events.is_empty()
                || endpoint.events.iter().any(|pattern| matches_pattern(pattern, event.kind.as_str()));
            let was_there = *made <= sent && people.removed.get(&endpoint.id).is_none_or(|at| *at > answered);
            let is_owed = books.told.contains_key(&(endpoint.id, event.id));
            if wants && was_there && !is_owed && !event.skipped.contains(&endpoint.id) {
                missing.push(format!("I2: {} ({}) is not owed to {}", event.id, event.kind, endpoint.id));
            }
        }
    }
    state.violations(missing);
}

/// Between which moments an event was decided: when its request was first sent, and first answered.
fn asked_between(state: &State, books: &Books, event: &EventRow) -> Option<(u64, u64)> {
    let Some(receipt) = event.receipt else {
        let orders = &state.senders.orders;
        let order = orders.iter().find(|order| order.answer.iter().flatten().any(|it| *it == event.id))?;
        return Some((order.sent_at?, u64::MAX));
    };
    let body = &books.receipts.get(&receipt)?.body;
    let message = state.senders.messages.iter().find(|message| message.body() == *body)?;
    Some((message.sent_at?, message.answered_at?))
}

type Flights = BTreeMap<(EndpointId, EventId), Vec<Carried>>;

fn carried(state: &State) -> Flights {
    let mut flights = Flights::new();
    for flight in &state.network.carried {
        flights.entry((flight.endpoint, flight.event)).or_default().push(flight.clone());
    }
    flights
}

/// I2: everything owed has come to an end that someone can account for.
fn told(state: &mut State, books: &Books, reader: &mut dyn Reader, carried: &Flights) {
    for delivery in books.deliveries.values() {
        let id = delivery.id;
        let flights = carried.get(&(delivery.endpoint, delivery.event)).map_or(&[][..], Vec::as_slice);
        let accounted = match delivery.state {
            DeliveryState::Delivered => flights.iter().any(|flight| matches!(flight.ended, Some((_, true)))),
            DeliveryState::Failed => has_failed(state, books, reader, delivery, flights.len()),
            DeliveryState::Cancelled => {
                let people = &state.senders.people;
                people.cancelled.contains_key(&id) || people.removed.contains_key(&delivery.endpoint)
            }
            DeliveryState::Pending => {
                let endpoint = books.directory.endpoint(delivery.endpoint);
                endpoint.is_some_and(|endpoint| endpoint.state != EndpointState::Enabled)
            }
        };
        if !accounted {
            let count = flights.len();
            state.violation(format!("I2: nobody can account for {delivery:?} after {count} flights"));
        }
        if flights.len() > 1 {
            on_record(state, reader, delivery, flights);
        }
    }
}

fn has_failed(
    state: &State,
    books: &Books,
    reader: &mut dyn Reader,
    delivery: &Delivery,
    flights: usize,
) -> bool {
    let made = state.senders.people.made.get(&delivery.endpoint).map(|(_, endpoint)| endpoint);
    let Some(endpoint) = made.or_else(|| books.directory.endpoint(delivery.endpoint).map(AsRef::as_ref))
    else {
        return true;
    };
    let attempts = attempts(reader, delivery.id);
    let retried = state.senders.people.retried.contains_key(&delivery.id);
    let told = attempts.iter().any(|attempt| attempt.status.is_some_and(|it| (200..300).contains(&it)));
    (retried || !told) && attempts.len() > endpoint.retry.len() && attempts.len() <= flights
}

/// What is on record is what the network saw; all of it, if the hub never died.
fn on_record(state: &mut State, reader: &mut dyn Reader, delivery: &Delivery, flights: &[Carried]) {
    let attempts = attempts(reader, delivery.id);
    let numbers: Vec<u32> = attempts.iter().map(|attempt| attempt.number).collect();
    let contiguous = numbers.iter().zip(1..).all(|(number, place)| *number == place);
    let died = flights.iter().any(|flight| flight.life != flights[0].life || flight.ended.is_none());
    if !contiguous
        || attempts.len() > flights.len()
        || (!died && state.life == 1 && attempts.len() != flights.len())
    {
        let count = flights.len();
        state.violation(format!("I2: {} has {numbers:?} on record of {count} flights", delivery.id));
    }
}

/// I3: within an interview, nobody is told anything before what comes before it is over.
fn in_order(state: &mut State, books: &Books, carried: &Flights) {
    let mut lanes: BTreeMap<(EndpointId, u64), Vec<&Delivery>> = BTreeMap::new();
    for delivery in books.deliveries.values() {
        let Some(event) = books.events.get(&delivery.event) else { continue };
        lanes.entry((delivery.endpoint, event.subject)).or_default().push(delivery);
    }
    let mut wrong = Vec::new();
    for ((endpoint, _), lane) in lanes {
        let ordered = books.directory.endpoint(endpoint).is_some_and(|it| it.ordering == Ordering::Interview);
        for (place, later) in lane.iter().enumerate().filter(|_| ordered) {
            let earlier =
                lane[..place].iter().filter(|earlier| !may_overtake(state, books, carried, earlier, later));
            wrong.extend(
                earlier.map(|earlier| format!("I3: {} went before {} at {endpoint}", later.id, earlier.id)),
            );
        }
    }
    state.violations(wrong);
}

fn may_overtake(
    state: &State,
    books: &Books,
    carried: &Flights,
    earlier: &Delivery,
    later: &Delivery,
) -> bool {
    let flights = |of: &Delivery| carried.get(&(of.endpoint, of.event)).map_or(&[][..], Vec::as_slice);
    let (before, after) = (flights(earlier), flights(later));
    let Some(first) = after.first() else { return true };
    let people = &state.senders.people;
    if [earlier, later].iter().any(|it| people.retried.contains_key(&it.id)) {
        return true;
    }
    let endpoint = &books.directory.endpoint(earlier.endpoint).unwrap();
    let answered = before.iter().filter_map(|flight| flight.ended);
    let well = answered.clone().find(|(_, well)| *well).map(|(moment, _)| moment);
    let exhausted = answered.map(|(moment, _)| moment).nth(endpoint.retry.len());
    let cancelled = people.cancelled.get(&earlier.id).copied();
    if [well, exhausted, cancelled].into_iter().flatten().any(|over| over < first.began) {
        return true;
    }
    let hold_for = SignedDuration::try_from(endpoint.hold_for).unwrap();
    // What was tried before it was switched on has not held back anyone since. A clock that was set back may say otherwise.
    let told_since = endpoint.told_since.filter(|since| state.jumps.is_empty() && *since <= first.hub_time);
    let held = before.iter().filter(|tried| tried.began < first.began).any(|tried| {
        let between = || state.jumps.iter().filter(|jump| (tried.began..first.began).contains(&jump.moment));
        // What was tried in the future, by a clock that was set back since, counts as tried then.
        let since = between().map(|jump| jump.after).fold(tried.hub_time, Ord::min);
        let until = since.max(told_since.unwrap_or(since)) + hold_for;
        first.hub_time >= until || between().any(|jump| jump.before >= until)
    });
    let on_record = later.overtook.contains(&earlier.id) || (later.attempts as usize) < after.len();
    held && on_record
}

/// I3: nobody is told twice, unless a lost answer, a crash or a person explains it.
fn no_more_often(state: &mut State, books: &Books, carried: &Flights) {
    for (told, flights) in carried {
        let retried = books.told.get(told).and_then(|it| state.senders.people.retried.get(it)).copied();
        let people = &state.senders.people;
        // One that is told while it is called off, and owed again before that is known.
        let replayed = people.replayed.iter().any(|it| it.endpoint == told.0)
            && books.told.get(told).is_some_and(|it| people.cancelled.contains_key(it));
        let taken: Vec<&Carried> = flights.iter().filter(|flight| flight.taken).collect();
        for pair in taken.windows(2) {
            let [first, second] = pair else { unreachable!("a window of two") };
            let lost = !matches!(first.ended, Some((_, true)));
            let explained = lost || first.life != second.life || retried.is_some() || replayed;
            if !explained {
                state.violation(format!("I3: {} was told twice to {}", told.1, told.0));
            }
        }
    }
}

/// An endpoint's rate is kept to: by the hub's clock, or in truth where that was set back.
fn paced(state: &mut State, books: &Books) {
    let mut last: BTreeMap<EndpointId, Carried> = BTreeMap::new();
    for flight in state.network.carried.clone() {
        let rate = books.directory.endpoint(flight.endpoint).and_then(|endpoint| endpoint.rate_limit);
        if let (Some(before), Some(rate)) = (last.get(&flight.endpoint), rate)
            && before.life == flight.life
        {
            let in_truth = SignedDuration::try_from(flight.at.saturating_sub(before.at)).unwrap();
            let apart = flight.hub_time.duration_since(before.hub_time).max(in_truth) + RATE_GRAIN;
            if apart < SignedDuration::from_secs_f64(1.0 / rate.per_second) {
                state.violation(format!("{} is called faster than it wants to be", flight.endpoint));
            }
        }
        last.insert(flight.endpoint, flight);
    }
}

/// What was given up is tried again once someone has it replayed, unless they call it off or remove its endpoint.
fn replayed(state: &mut State, books: &Books) {
    let people = &state.senders.people;
    let mut wrong = Vec::new();
    for replayed in people.replayed.iter().filter(|replayed| replayed.is_answered) {
        if people.removed.contains_key(&replayed.endpoint) {
            continue;
        }
        for (id, attempts) in &replayed.failed {
            let delivery = &books.deliveries[id];
            let is_tried = delivery.attempts > *attempts || delivery.state == DeliveryState::Pending;
            if !is_tried && !people.cancelled.contains_key(id) {
                wrong.push(format!("I2: {id} was replayed, and not tried again: {delivery:?}"));
            }
        }
    }
    state.violations(wrong);
}
