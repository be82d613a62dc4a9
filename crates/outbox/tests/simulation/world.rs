//! Everything that outlives a crash of the hub: the dice, the time, what senders and receivers saw, and what is to come.

use std::collections::BTreeMap;
use std::fmt::Arguments;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use callboard_core::Timestamp;
use callboard_outbox::Clock;
use jiff::SignedDuration;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::acts::Act;
use super::home::Home;
use super::network::Network;
use super::scene::Scene;
use super::senders::Senders;
use super::trace::Trace;

const START: &str = "2026-03-01T09:00:00Z";

/// What unwinds a hub that dies in the middle of a commit.
pub struct Death;

/// The world around the hub, shared with everything that the hub touches.
pub struct World {
    state: Mutex<State>,
    /// The hub has died.
    pub died: Notify,
    /// A replay has begun.
    pub replays: Notify,
    /// Something has been put on the agenda.
    pub news: Notify,
}

/// The hub's clock was set, at this moment: what it showed before that, and after it.
pub struct Jump {
    pub moment: u64,
    pub before: Timestamp,
    pub after: Timestamp,
}

pub struct State {
    dice: StdRng,
    pub trace: Trace,
    pub scene: Scene,
    /// How much time had passed when this life of the hub began, and tokio's clock then.
    passed: Duration,
    began: Option<Instant>,
    /// How far the hub's clock is off.
    skew: SignedDuration,
    pub jumps: Vec<Jump>,
    /// Which life of the hub this is.
    pub life: u32,
    dead: bool,
    /// The hub dies after so many steps more.
    steps_to_live: Option<u64>,
    /// From here on nothing goes wrong any more.
    pub healed: bool,
    /// Until when the store is full.
    pub store_full_until: Duration,
    pub home: Box<dyn Home>,
    /// Everything that anyone saw has a number, in the order of time.
    moments: u64,
    agenda: BTreeMap<(Duration, u64), Act>,
    pub network: Network,
    pub senders: Senders,
    /// How often the hub itself has switched an endpoint off that had failed for days.
    pub switched_off: usize,
    pub violations: Vec<String>,
}

impl World {
    pub fn new(seed: u64, home: Box<dyn Home>, kept_trace: bool) -> Arc<Self> {
        let mut dice = StdRng::seed_from_u64(seed);
        let scene = Scene::roll(&mut dice);
        let state = State {
            network: Network::default(),
            senders: Senders::new(&scene),
            dice,
            trace: Trace::new(kept_trace),
            scene,
            passed: Duration::ZERO,
            began: None,
            skew: SignedDuration::ZERO,
            jumps: Vec::new(),
            life: 0,
            dead: false,
            steps_to_live: None,
            healed: false,
            store_full_until: Duration::ZERO,
            home,
            moments: 0,
            agenda: BTreeMap::new(),
            switched_off: 0,
            violations: Vec::new(),
        };
        Arc::new(Self {
            state: Mutex::new(state),
            died: Notify::new(),
            replays: Notify::new(),
            news: Notify::new(),
        })
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        // A hub that died in a commit may have held it; what is in there is whole.
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// One step of the hub. It may be its last: then nothing comes of whatever would have followed.
    pub fn step(&self) -> bool {
        let mut state = self.state();
        if state.dead {
            return false;
        }
        if let Some(left) = &mut state.steps_to_live {
            *left = left.saturating_sub(1);
            if *left == 0 {
                state.dead = true;
                let may_find = state.chance(0.5);
                let finds = state.home.freeze(may_find);
                state.note(format_args!("the hub dies; a commit that failed is found: {finds}"));
                self.died.notify_one();
            }
        }
        !state.dead
    }

    /// A step that can be waited at.
    pub async fn pause(&self) {
        if !self.step() {
            return std::future::pending().await;
        }
        let wait = self.state().roll_pause();
        match wait {
            None => {}
            Some(Duration::ZERO) => tokio::task::yield_now().await,
            Some(wait) => tokio::time::sleep(wait).await,
        }
        if self.state().dead {
            std::future::pending::<()>().await;
        }
    }

    /// A step in the middle of something that cannot wait.
    pub fn step_or_die(&self) {
        if !self.step() {
            std::panic::resume_unwind(Box::new(Death));
        }
    }
}

impl State {
    /// A new life of the hub begins, on a runtime of its own.
    pub fn begin_life(&mut self, steps_to_live: Option<u64>) {
        self.life += 1;
        self.dead = false;
        self.steps_to_live = steps_to_live;
        self.began = Some(Instant::now());
        let life = self.life;
        self.note(format_args!("life {life} begins, {steps_to_live:?} steps"));
    }

    /// The hub is gone, one way or another, for so long.
    pub fn end_life(&mut self, down: Duration) {
        self.passed = self.now() + down;
        self.began = None;
        self.dead = true;
    }

    pub fn spare_the_hub(&mut self) {
        self.steps_to_live = None;
    }

    pub fn is_dead(&self) -> bool {
        self.dead
    }

    /// How much time has passed in truth.
    pub fn now(&self) -> Duration {
        self.passed + self.began.map_or(Duration::ZERO, |began| began.elapsed())
    }

    /// What the hub's clock shows.
    pub fn hub_time(&self) -> Timestamp {
        let start: Timestamp = START.parse().unwrap();
        start + SignedDuration::try_from(self.now()).unwrap() + self.skew
    }

    pub fn jump(&mut self, by: SignedDuration) {
        let (moment, before) = (self.moment(), self.hub_time());
        self.skew += by;
        self.jumps.push(Jump { moment, before, after: self.hub_time() });
        self.note(format_args!("the clock jumps by {by}"));
    }

    pub fn note(&mut self, line: Arguments<'_>) {
        let now = self.now();
        self.trace.note(format_args!("{:>9.3} {line}", now.as_secs_f64()));
    }

    /// The number of a moment that someone saw.
    pub fn moment(&mut self) -> u64 {
        self.moments += 1;
        self.moments
    }

    pub fn violation(&mut self, what: String) {
        self.note(format_args!("VIOLATION {what}"));
        self.violations.push(what);
    }

    pub fn scene_and_dice(&mut self) -> (&mut Scene, &mut StdRng) {
        (&mut self.scene, &mut self.dice)
    }

    pub fn violations(&mut self, all: Vec<String>) {
        for what in all {
            self.violation(what);
        }
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.dice.random_bool(probability)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.dice.random_range(0..bound)
    }

    pub fn up_to(&mut self, most: Duration) -> Duration {
        let most_ms = u64::try_from(most.as_millis()).unwrap();
        Duration::from_millis(self.dice.random_range(0..=most_ms))
    }

    pub fn plan(&mut self, wait: Duration, act: Act) {
        let key = (self.now() + wait, self.moment());
        self.agenda.insert(key, act);
    }

    /// What is next on the agenda, and when.
    pub fn next_act(&self) -> Option<Duration> {
        self.agenda.first_key_value().map(|((at, _), _)| *at)
    }

    pub fn take_act(&mut self) -> Option<Act> {
        let now = self.now();
        let entry = self.agenda.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(entry.remove())
    }

    pub fn store_is_full(&self) -> bool {
        self.now() < self.store_full_until
    }

    fn roll_pause(&mut self) -> Option<Duration> {
        if self.healed {
            return None;
        }
        let longest = self.scene.longest_pause;
        match self.below(20) {
            0..12 => None,
            12..16 => Some(Duration::ZERO),
            16..19 => Some(self.up_to(Duration::from_millis(5))),
            _ => Some(self.up_to(longest)),
        }
    }
}

/// The clock that the hub reads.
pub struct HubClock(pub Arc<World>);

impl Clock for HubClock {
    fn now(&self) -> Timestamp {
        self.0.state().hub_time()
    }
}
