//! What is done to the hub: webhooks and commands sent, people's wishes, trouble with clock and store.

use std::sync::Arc;
use std::time::Duration;

use callboard_core::{DeliveryId, Endpoint, EndpointId, EndpointState};
use callboard_ledger::{
    Carried, Change, DeliveryFilter, DeliveryState, Ledger, LedgerError, Page, Reader, Recorded,
};
use jiff::SignedDuration;

use super::senders::events_of;
use super::world::{State, World};

/// How long a sender waits at the most before it sends again what was not answered.
const SENDS_AGAIN: Duration = Duration::from_secs(20);
/// How long a sender waits at the most before it tells what is next.
const TELLS_NEXT: Duration = Duration::from_secs(30);
/// Requests that are sent twice though they were answered, or while they are under way.
const TWICE: f64 = 0.08;
/// Deliveries that a person looks through.
const LOOKED_THROUGH: usize = 50;
const MADE_LATER: u64 = 2_100;

/// Something that is going to happen.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// A platform sends this message.
    Tell(usize),
    /// A program asks for this.
    Order(usize),
    /// Someone does something, they do not know yet what.
    Deed,
    /// Someone switches an endpoint on again.
    Enable(EndpointId),
    /// The clock is set.
    Jump,
    /// The store is full for a while.
    Fill,
    /// The hub is told to stop.
    Stop,
}

/// Does it, or sets it going.
pub fn perform(world: &Arc<World>, ledger: &Ledger, reader: &mut dyn Reader, act: Act) {
    let (world, ledger) = (Arc::clone(world), ledger.clone());
    match act {
        Act::Tell(index) => drop(tokio::spawn(async move { tell(&world, &ledger, index).await })),
        Act::Order(index) => drop(tokio::spawn(async move { order(&world, &ledger, index).await })),
        Act::Deed => deed(&world, ledger, reader),
        Act::Enable(id) => {
            if ledger.directory().endpoint(id).is_some() {
                switch(&world, ledger, id, EndpointState::Enabled);
            }
        }
        Act::Jump => jump(&mut world.state()),
        Act::Fill => {
            let mut state = world.state();
            let lasts = state.up_to(Duration::from_secs(60));
            state.store_full_until = state.now() + lasts;
            state.note(format_args!("the store is full for {lasts:?}"));
        }
        Act::Stop => unreachable!("a stop is not for the hub's senders"),
    }
}

async fn tell(world: &World, ledger: &Ledger, index: usize) {
    let intake = {
        let mut state = world.state();
        let (moment, now) = (state.moment(), state.hub_time());
        let patient = !state.scene.impatient;
        let message = &mut state.senders.messages[index];
        message.under_way += 1;
        let first = message.sent_at.is_none();
        message.sent_at.get_or_insert(moment);
        state.note(format_args!("message {index} is sent"));
        if first && !patient {
            state.tell_next(index);
        }
        if !state.healed && state.chance(TWICE) {
            let wait = state.up_to(Duration::from_millis(30));
            state.plan(wait, Act::Tell(index));
        }
        state.senders.messages[index].intake(&state.senders.source, now)
    };
    let answered = ledger.record(intake).await;
    let mut state = world.state();
    if state.is_dead() {
        return;
    }
    state.senders.messages[index].under_way -= 1;
    state.told(index, answered);
    drop(state);
    world.news.notify_one();
}

impl State {
    fn tell_next(&mut self, index: usize) {
        if let Some(next) = self.senders.next_message(index) {
            let wait = self.up_to(TELLS_NEXT);
            self.plan(wait, Act::Tell(next));
        }
    }

    fn told(&mut self, index: usize, answered: Result<Recorded, LedgerError>) {
        let lost = !self.healed && {
            let lost = self.scene.lost_inside;
            self.chance(lost)
        };
        self.note(format_args!("message {index} is answered {answered:?}, lost {lost}"));
        let recorded = match answered {
            Ok(recorded) if !lost => recorded,
            _ => {
                let wait = self.up_to(SENDS_AGAIN);
                return self.plan(wait, Act::Tell(index));
            }
        };
        let moment = self.moment();
        let message = &mut self.senders.messages[index];
        message.answers.push(recorded);
        if message.answered_at.is_none() {
            message.answered_at = Some(moment);
            if !self.scene.impatient {
                self.tell_next(index);
            }
        }
        if !self.healed && self.chance(TWICE) {
            let wait = self.up_to(TELLS_NEXT);
            self.plan(wait, Act::Tell(index));
        }
    }

    fn ordered(&mut self, index: usize, carried: Result<Carried, LedgerError>) {
        let lost = !self.healed && {
            let lost = self.scene.lost_inside;
            self.chance(lost)
        };
        self.note(format_args!("order {index} is answered {}, lost {lost}", carried.is_ok()));
        let events = match carried {
            Ok(Carried::Out(done)) if !lost => done.events,
            Ok(Carried::Before(answer)) if !lost => events_of(&answer),
            Err(LedgerError::Refused(refusal)) => {
                return self.violation(format!("order {index} is refused: {refusal}"));
            }
            _ => {
                let wait = self.up_to(SENDS_AGAIN);
                return self.plan(wait, Act::Order(index));
            }
        };
        let before = self.senders.orders[index].answer.replace(events.clone());
        match before {
            Some(before) if before != events => {
                self.violation(format!(
                    "I1: order {index} was answered {before:?}, and is now answered {events:?}"
                ));
            }
            Some(_) => {}
            None => {
                if let Some(next) = self.senders.next_order(index) {
                    let wait = self.up_to(TELLS_NEXT);
                    self.plan(wait, Act::Order(next));
                }
            }
        }
    }
}

async fn order(world: &World, ledger: &Ledger, index: usize) {
    let asking = {
        let mut state = world.state();
        let (moment, now) = (state.moment(), state.hub_time());
        let order = &mut state.senders.orders[index];
        order.under_way += 1;
        order.sent_at.get_or_insert(moment);
        if !state.healed && state.chance(TWICE) {
            let wait = state.up_to(Duration::from_millis(30));
            state.plan(wait, Act::Order(index));
        }
        state.senders.orders[index].asking(now)
    };
    let carried = ledger.command(asking).await;
    let mut state = world.state();
    if state.is_dead() {
        return;
    }
    state.senders.orders[index].under_way -= 1;
    state.ordered(index, carried);
    drop(state);
    world.news.notify_one();
}

/// A clock is set right, or wrong: mostly a little, sometimes by hours. Answers are kept for a day, which it does not add
/// up to.
fn jump(state: &mut State) {
    let most_s = [2, 90, 3_600, 4 * 3_600][state.below(4)];
    let by = SignedDuration::try_from(state.up_to(Duration::from_secs(most_s))).unwrap();
    let by = if state.chance(0.5) { by } else { -by };
    state.jump(by);
}

fn deed(world: &Arc<World>, ledger: Ledger, reader: &mut dyn Reader) {
    let kind = world.state().below(12);
    match kind {
        0..3 => wish(world, ledger, reader, Some(DeliveryState::Pending), Change::Cancel),
        3 => wish(world, ledger, reader, None, Change::Retry),
        4..6 => wish(world, ledger, reader, Some(DeliveryState::Failed), Change::Retry),
        6..9 => toggle(world, ledger),
        9..11 => make(world, ledger),
        _ => remove(world, ledger),
    }
}

fn wish(
    world: &Arc<World>,
    ledger: Ledger,
    reader: &mut dyn Reader,
    of: Option<DeliveryState>,
    change: fn(DeliveryId) -> Change,
) {
    let filter = DeliveryFilter { state: of, ..DeliveryFilter::default() };
    let found = reader.deliveries(&filter, Page::newest(LOOKED_THROUGH)).unwrap();
    if found.is_empty() {
        return;
    }
    let mut state = world.state();
    let chosen = &found[state.below(found.len())];
    let (id, told) = (chosen.id, (chosen.endpoint, chosen.event));
    let (moment, change) = (state.moment(), change(id));
    state.note(format_args!("someone wants {change:?}"));
    if matches!(change, Change::Cancel(_)) {
        state.senders.people.cancelled.entry(id).or_insert(moment);
    } else {
        state.network.over.remove(&told);
        state.senders.people.retried.insert(id, moment);
    }
    drop(state);
    ask(world, async move { ledger.change(vec![change]).await }, |_, _| {});
}

/// Asks for a change. What comes of it is noted, unless the hub dies first.
fn ask(
    world: &Arc<World>,
    asking: impl Future<Output = Result<(), LedgerError>> + Send + 'static,
    answered: impl FnOnce(&mut State, bool) + Send + 'static,
) {
    world.state().senders.people.under_way += 1;
    let world = Arc::clone(world);
    tokio::spawn(async move {
        let is_made = asking.await.is_ok();
        let mut state = world.state();
        if !state.is_dead() {
            state.senders.people.under_way -= 1;
            answered(&mut state, is_made);
        }
        drop(state);
        world.news.notify_one();
    });
}

/// One of the endpoints that nobody is changing.
fn some_endpoint(world: &World, ledger: &Ledger) -> Option<Endpoint> {
    let directory = ledger.directory();
    let mut endpoints: Vec<&Arc<Endpoint>> = directory.endpoints().collect();
    endpoints.sort_unstable_by_key(|endpoint| endpoint.id);
    let mut state = world.state();
    endpoints.retain(|endpoint| !state.network.unsure.contains(&endpoint.id));
    if endpoints.is_empty() {
        return None;
    }
    Some(endpoints[state.below(endpoints.len())].as_ref().clone())
}

fn toggle(world: &Arc<World>, ledger: Ledger) {
    let Some(endpoint) = some_endpoint(world, &ledger) else { return };
    let mut state = world.state();
    let since = state.hub_time();
    let toggled = match endpoint.state {
        EndpointState::Enabled => EndpointState::Disabled { reason: "person".to_owned(), since },
        EndpointState::Disabled { .. } => EndpointState::Enabled,
    };
    if toggled != EndpointState::Enabled && state.chance(0.8) {
        let wait = state.up_to(Duration::from_secs(300));
        state.plan(wait, Act::Enable(endpoint.id));
    }
    drop(state);
    switch(world, ledger, endpoint.id, toggled);
}

fn switch(world: &Arc<World>, ledger: Ledger, id: EndpointId, to: EndpointState) {
    let enabled = to == EndpointState::Enabled;
    let mut state = world.state();
    if !state.network.unsure.insert(id) {
        return;
    }
    state.note(format_args!("someone sets {id} enabled: {enabled}"));
    drop(state);
    let asking = async move { ledger.switch_endpoint(id, to, None).await.map(drop) };
    ask(world, asking, move |state, is_made| {
        state.network.unsure.remove(&id);
        let now = state.now();
        match (is_made, enabled) {
            (true, true) => drop(state.network.silent.remove(&id)),
            (true, false) => drop(state.network.silent.insert(id, now)),
            (false, _) => {}
        }
    });
}

fn make(world: &Arc<World>, ledger: Ledger) {
    let mut state = world.state();
    let endpoint = state.another_endpoint(MADE_LATER);
    state.note(format_args!("someone makes {}", endpoint.id));
    drop(state);
    let change = Change::PutEndpoint(endpoint.clone());
    ask(world, async move { ledger.change(vec![change]).await }, move |state, is_made| {
        if is_made {
            let moment = state.moment();
            state.senders.people.made.insert(endpoint.id, (moment, endpoint));
        }
    });
}

fn remove(world: &Arc<World>, ledger: Ledger) {
    let Some(Endpoint { id, .. }) = some_endpoint(world, &ledger) else { return };
    let mut state = world.state();
    state.note(format_args!("someone removes {id}"));
    let moment = state.moment();
    state.senders.people.removed.entry(id).or_insert(moment);
    state.network.unsure.insert(id);
    drop(state);
    let asking = async move { ledger.change(vec![Change::DeleteEndpoint(id)]).await };
    ask(world, asking, move |state, is_made| {
        state.network.unsure.remove(&id);
        if is_made {
            let now = state.now();
            state.network.silent.insert(id, now);
        }
    });
}
