//! What people do to the hub: they call off, try again, replay, switch, make and remove.

use std::sync::Arc;
use std::time::Duration;

use callboard_core::{DeliveryId, Endpoint, EndpointId, EndpointState, Identifier, ReplayId, Timestamp};
use callboard_ledger::{
    Change, DeliveryFilter, DeliveryState, Ledger, LedgerError, Page, Reader, Replay, ReplayAsked, ReplayOf,
    What,
};

use super::acts::Act;
use super::scene::company;
use super::senders::Replayed;
use super::world::{State, World};

/// Deliveries that a person looks through.
const LOOKED_THROUGH: usize = 50;
/// The numbers of what is made while the hub runs begin with these.
const MADE_LATER: u64 = 2_100;
const REPLAYS: u64 = 4_000;
/// How long replays wait when the store did not answer.
const REPLAY_PAUSE: Duration = Duration::from_secs(3);

pub fn deed(world: &Arc<World>, ledger: Ledger, reader: &mut dyn Reader) {
    let kind = world.state().below(15);
    match kind {
        0..3 => wish(world, ledger, reader, Some(DeliveryState::Pending), Change::Cancel),
        3 => wish(world, ledger, reader, None, Change::Retry),
        4..6 => wish(world, ledger, reader, Some(DeliveryState::Failed), Change::Retry),
        6..9 => toggle(world, ledger),
        9..11 => make(world, ledger),
        11 => remove(world, ledger),
        _ => replay(world, ledger, reader),
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
    let found = reader.deliveries(&filter, Page::newest(LOOKED_THROUGH)).unwrap().items;
    if found.is_empty() {
        return;
    }
    let mut state = world.state();
    let chosen = &found[state.below(found.len())];
    let (id, told) = (chosen.id, (chosen.endpoint, chosen.event));
    let (moment, change) = (state.moment(), change(id));
    state.note(format_args!("someone wants {change:?}"));
    let is_cancel = matches!(change, Change::Cancel(_));
    if is_cancel {
        state.senders.people.cancelled.entry(id).or_insert(moment);
    } else {
        state.network.over.remove(&told);
        state.network.called_off.remove(&told);
        state.senders.people.retried.insert(id, moment);
    }
    drop(state);
    ask(world, async move { ledger.change(vec![change]).await }, move |state, is_made| {
        let people = &state.senders.people;
        let is_owed_again = people.retried.get(&id).is_some_and(|at| *at > moment)
            || people.replayed.iter().any(|replayed| replayed.endpoint == told.0);
        if is_made && is_cancel && !is_owed_again {
            let now = state.now();
            state.network.called_off.insert(told, now);
        }
    });
}

/// Someone has told again what was given up or called off, or what an endpoint was never told.
fn replay(world: &Arc<World>, ledger: Ledger, reader: &mut dyn Reader) {
    let Some(endpoint) = some_endpoint(world, &ledger).map(|endpoint| endpoint.id) else { return };
    let mut given_up = Vec::new();
    for ended in [DeliveryState::Failed, DeliveryState::Cancelled] {
        let filter = DeliveryFilter {
            endpoints: Some(vec![endpoint]),
            state: Some(ended),
            ..DeliveryFilter::default()
        };
        given_up.extend(reader.deliveries(&filter, Page::newest(10_000)).unwrap().items);
    }
    let before = reader.newest().unwrap() + 1;
    let mut state = world.state();
    let what = if state.chance(0.7) { What::Failed } else { What::Missed };
    let (moment, now) = (state.moment(), state.hub_time());
    state.note(format_args!("someone has told again what {endpoint} was not told: {what:?}"));
    if what == What::Failed {
        for delivery in &given_up {
            state.network.over.remove(&(endpoint, delivery.event));
        }
        state.network.called_off.retain(|told, _| told.0 != endpoint);
        let failed = given_up.iter().filter(|delivery| delivery.state == DeliveryState::Failed);
        let failed = failed.map(|delivery| (delivery.id, delivery.attempts)).collect();
        state.senders.people.replayed.push(Replayed { endpoint, failed, is_answered: false });
    }
    let place = state.senders.people.replayed.len();
    drop(state);
    let asked = ReplayAsked {
        of: ReplayOf::Endpoint(endpoint),
        what,
        since: Timestamp::UNIX_EPOCH,
        until: now,
        events: Vec::new(),
        sources: Vec::new(),
        interview: None,
        before,
    };
    let replay = Replay::new(ReplayId::from_raw(REPLAYS + moment), company(), asked, 0, now);
    let change = Change::StartReplay(Box::new(replay));
    let begun = Arc::clone(world);
    ask(world, async move { ledger.change(vec![change]).await }, move |state, is_made| {
        if what == What::Failed {
            state.senders.people.replayed[place - 1].is_answered = is_made;
        }
        begun.replays.notify_one();
    });
}

/// Works on replays as the server does, as long as the hub lives.
pub async fn work_on_replays(world: Arc<World>, ledger: Ledger) {
    loop {
        let Ok(running) = ledger.running_replays().await else {
            tokio::time::sleep(REPLAY_PAUSE).await;
            continue;
        };
        if running.is_empty() {
            world.replays.notified().await;
        }
        for replay in running {
            let now = world.state().hub_time();
            if ledger.replay_page(&replay, now).await.is_err() {
                tokio::time::sleep(REPLAY_PAUSE).await;
            }
        }
    }
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

pub fn switch(world: &Arc<World>, ledger: Ledger, id: EndpointId, to: EndpointState) {
    let enabled = to == EndpointState::Enabled;
    let mut state = world.state();
    if !state.network.unsure.insert(id) {
        return;
    }
    state.note(format_args!("someone sets {id} enabled: {enabled}"));
    let now = state.hub_time();
    drop(state);
    let asking = async move { ledger.switch_endpoint(id, to, now, None).await.map(drop) };
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
