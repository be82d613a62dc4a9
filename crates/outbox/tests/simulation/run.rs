//! One seed: life after life of the hub, until the world heals and everyone has been told.

use std::sync::Arc;
use std::time::Duration;

use callboard_core::{EndpointId, EndpointState};
use callboard_ledger::{Batch, Change, Company, DeliveryFilter, DeliveryState, Ledger, Page, Reader, Store};
use callboard_outbox::{Outbox, OutboxHandle, OutboxOptions, Planning, Stats};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::acts::{Act, perform};
use super::books::Books;
use super::check;
use super::deeds::work_on_replays;
use super::home::Home;
use super::network::Courier;
use super::scene::{company, source};
use super::store::{Troubled, Turns};
use super::world::{HubClock, World};

/// When everyone must have been told after the world has healed.
const PATIENCE: Duration = Duration::from_secs(2 * 24 * 3_600);
/// How long nobody starts a hub that has died.
const DOWN: Duration = Duration::from_secs(120);

/// How long whoever waits for the outbox to come to rest waits before they look again.
const LOOKS_AGAIN: Duration = Duration::from_secs(3_600);
/// How long everything that can be done at once may take.
const MOMENT: Duration = Duration::from_secs(1);

/// What came of a seed.
pub struct Report {
    pub seed: u64,
    pub hash: u64,
    pub violations: Vec<String>,
    pub lines: String,
    pub lives: u32,
    pub deliveries: usize,
    pub flights: usize,
    /// Endpoints that the hub itself switched off because they had failed for days.
    pub switched_off: usize,
    pub replays: usize,
}

/// How a life of the hub ends.
enum End {
    Died,
    Stopped,
    Over,
}

/// One seed, on the store that is at this home.
pub fn run(seed: u64, home: Box<dyn Home>, kept_trace: bool) -> Report {
    let world = World::new(seed, home, kept_trace);
    set_up(&world);
    let mut deliveries = 0;
    loop {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let end = runtime.block_on(live(&world, &mut deliveries));
        if !matches!(end, End::Over) {
            let _time = runtime.enter();
            bury(&world);
        }
        drop(runtime);
        world.state().home.thaw();
        if matches!(end, End::Over) || !world.state().violations.is_empty() {
            break;
        }
    }
    let state = world.state();
    Report {
        seed,
        hash: state.trace.hash(),
        violations: state.violations.clone(),
        lines: state.trace.lines().to_owned(),
        lives: state.life,
        deliveries,
        flights: state.network.carried.len(),
        switched_off: state.switched_off,
        replays: state.senders.people.replayed.len(),
    }
}

fn set_up(world: &Arc<World>) {
    let mut state = world.state();
    let company =
        Company { id: company(), name: "Backstage".to_owned(), stages: Vec::new(), time_zone: None };
    let mut changes = vec![Change::PutCompany(company), Change::PutSource(source())];
    for endpoint in state.scene.endpoints.clone() {
        changes.push(Change::PutEndpoint(endpoint.clone()));
        state.senders.people.made.insert(endpoint.id, (0, endpoint));
    }
    let store = state.home.open().unwrap();
    store.engine().unwrap().commit(&Batch { changes, ..Batch::default() }).unwrap();
    state.plan_everything();
}

/// What is left of a life: what was in the air, and senders who were not answered.
fn bury(world: &World) {
    let mut state = world.state();
    state.crash_the_air();
    state.network.unsure.clear();
    state.senders.people.under_way = 0;
    let down = state.up_to(DOWN);
    state.end_life(down);
    state.send_again_what_was_under_way();
}

async fn live(world: &Arc<World>, deliveries: &mut usize) -> End {
    let died = world.died.notified();
    {
        let mut state = world.state();
        let life = state.life as usize;
        let steps = state.scene.lives.get(life).copied();
        state.begin_life(steps);
    }
    tokio::select! {
        biased;
        () = died => End::Died,
        end = go_on(world, deliveries) => end,
    }
}

/// The hub as the program starts it.
async fn go_on(world: &Arc<World>, deliveries: &mut usize) -> End {
    let store = Troubled::open(world).unwrap();
    let mut reader = store.reader().unwrap();
    check::after_a_start(&mut world.state(), &Books::read(reader.as_mut()));
    let (queue, seed, limits) = {
        let state = world.state();
        (state.scene.notice_queue, state.scene.dice_of_outbox, state.scene.limits)
    };
    let planning = Box::new(Planning::new("https://hub.example"));
    let turns = Arc::new(Turns(Arc::clone(world)));
    let (ledger, notices, writer) = Ledger::open_in_steps(store, 0, planning, turns, queue).unwrap();
    let writing = tokio::spawn(writer);
    let forgetting = ledger.clone();
    tokio::spawn(async move { forgetting.resume_erasures().await });
    tokio::spawn(work_on_replays(Arc::clone(world), ledger.clone()));
    let clock = Arc::new(HubClock(Arc::clone(world)));
    let options = OutboxOptions { limits, seed };
    let outbox = Outbox::start(ledger.clone(), notices, clock, Courier(Arc::clone(world)), options);

    if !everyone_sends(world, &ledger, reader.as_mut(), &outbox, &writing).await {
        stop(ledger, outbox, writing).await;
        return End::Stopped;
    }
    enable_most(world, &ledger).await;
    let quiet = tokio::time::timeout(PATIENCE, quiet(&ledger, reader.as_mut(), &outbox)).await;
    if !matches!(quiet, Ok(true)) {
        let stats = outbox.stats();
        world.state().violation(format!("I2: it never comes to rest: {stats:?}"));
    }
    stop(ledger, outbox, writing).await;
    let books = Books::read(reader.as_mut());
    *deliveries = books.deliveries.len();
    check::in_the_end(&mut world.state(), &books, reader.as_mut());
    End::Over
}

async fn stop(ledger: Ledger, outbox: OutboxHandle, writing: JoinHandle<()>) {
    outbox.stop().await;
    ledger.close().await;
    let _ = writing.await;
}

/// Until everybody has said what they had to say, and the world has healed. Answers whether that was so before the hub was
/// told to stop.
async fn everyone_sends(
    world: &Arc<World>,
    ledger: &Ledger,
    reader: &mut dyn Reader,
    outbox: &OutboxHandle,
    writing: &JoinHandle<()>,
) -> bool {
    let started = Instant::now();
    let passed = world.state().now();
    let mut watch = outbox.watch();
    loop {
        loop {
            let act = world.state().take_act();
            match act {
                None => break,
                Some(Act::Stop) if world.state().healed => {}
                Some(Act::Stop) => {
                    world.state().note(format_args!("the hub is told to stop"));
                    return false;
                }
                Some(act) => perform(world, ledger, reader, act),
            }
        }
        let wake = {
            let mut state = world.state();
            state.heal_if_it_is_time();
            if state.healed && state.next_act().is_none() && state.senders.are_content() {
                return true;
            }
            if state.now() > state.scene.heals_after + PATIENCE {
                state.violation("I1: senders are not answered".to_owned());
                return true;
            }
            let heals = (!state.healed).then_some(state.scene.heals_after);
            [state.next_act(), heals].into_iter().flatten().min()
        };
        if writing.is_finished() {
            world.state().violation("the writer has ended by itself".to_owned());
            return true;
        }
        let wake = wake.map_or(PATIENCE, |at| at.saturating_sub(passed));
        tokio::select! {
            biased;
            () = world.news.notified() => {}
            () = tokio::time::sleep_until(started + wake) => {}
            ended = watch.wait_for(|_| false) => {
                assert!(ended.is_err());
                world.state().violation("the outbox has ended by itself".to_owned());
                return true;
            }
        }
    }
}

/// People see to it that most of what was switched off is switched on again.
async fn enable_most(world: &World, ledger: &Ledger) {
    let directory = ledger.directory();
    let mut endpoints: Vec<_> = directory.endpoints().collect();
    endpoints.sort_unstable_by_key(|endpoint| endpoint.id);
    for endpoint in endpoints {
        let id = endpoint.id;
        if endpoint.state != EndpointState::Enabled && world.state().chance(0.7) {
            world.state().network.unsure.insert(id);
            let now = world.state().hub_time();
            if ledger.switch_endpoint(id, EndpointState::Enabled, now, None).await.is_err() {
                world.state().violation(format!("{id} cannot be enabled"));
            }
        }
    }
}

/// Waits until nothing is left to be done: in memory as in the store. Answers no if the outbox ends before.
async fn quiet(ledger: &Ledger, reader: &mut dyn Reader, outbox: &OutboxHandle) -> bool {
    let mut watch = outbox.watch();
    loop {
        // Whoever has just been told something takes it in first.
        tokio::time::sleep(MOMENT).await;
        let directory = ledger.directory();
        let disabled: Vec<EndpointId> = directory
            .endpoints()
            .filter(|endpoint| endpoint.state != EndpointState::Enabled)
            .map(|endpoint| endpoint.id)
            .collect();
        let filter = DeliveryFilter { state: Some(DeliveryState::Pending), ..DeliveryFilter::default() };
        let pending = reader.deliveries(&filter, Page::newest(10_000)).unwrap().items;
        let waiting = pending.iter().filter(|delivery| disabled.contains(&delivery.endpoint)).count();
        let at_rest = |stats: &Stats| {
            stats.endpoints == directory.endpoints().count()
                && (stats.in_flight, stats.unsettled) == (0, 0)
                && stats.behind <= disabled.len()
                && stats.held <= waiting
        };
        let is_replaying = !reader.running_replays().unwrap().is_empty();
        if waiting == pending.len() && !is_replaying && at_rest(&watch.borrow()) {
            return true;
        }
        if let Ok(Err(_)) = tokio::time::timeout(LOOKS_AGAIN, watch.changed()).await {
            return false;
        }
    }
}
