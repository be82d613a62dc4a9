//! What one seed sets up: the hub's limits, who is told and how badly that goes, who tells, and when the hub dies.

use std::collections::BTreeMap;
use std::time::Duration;

use callboard_core::{
    CompanyId, Endpoint, EndpointId, EndpointState, Identifier, Ordering, RateLimit, Sealed, Source,
    SourceId, Timestamp,
};
use callboard_outbox::OutboxLimits;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;

use super::network::url;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// How long a sender waits at the most before it tells what is next.
const TELLS_NEXT: Duration = Duration::from_secs(30);
/// Runs that last for days.
const LASTS_FOR_DAYS: f64 = 0.05;
/// Most lives of the hub, the last included.
const LIVES: usize = 5;
/// What endpoints ask for.
const EVENTS: [&[&str]; 5] = [&[], &["interview.*"], &["interview.stage.updated"], &["job.*"], &[]];
/// When they are tried again.
const SCHEDULES: [&[&str]; 4] =
    [&["1s"], &["2s", "10s"], &["5s", "30s", "2m"], &["1s", "1s", "1s", "1s", "1s", "1m"]];

pub struct Scene {
    pub limits: OutboxLimits,
    pub notice_queue: usize,
    /// The endpoints that are there from the start.
    pub endpoints: Vec<Endpoint>,
    weather: BTreeMap<EndpointId, Weather>,
    /// Moves of each interview.
    pub interviews: Vec<usize>,
    /// Changes of each job.
    pub jobs: Vec<usize>,
    /// Senders do not wait for an answer before they tell what is next.
    pub impatient: bool,
    /// Answers to senders that get lost.
    pub lost_inside: f64,
    /// After how many steps each life of the hub ends; the last one goes on.
    pub lives: Vec<u64>,
    pub longest_pause: Duration,
    pub store_fails: bool,
    pub goes_away: bool,
    /// What people do, and when.
    pub deeds: usize,
    /// From here on nothing goes wrong any more.
    pub heals_after: Duration,
    /// How often the clock moves on by hours: together it is days, in which something fails all the time.
    pub leaps: usize,
    /// How long a sender waits at the most before it tells what is next.
    pub tells_next: Duration,
    pub dice_of_outbox: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Weather {
    trouble: f64,
    slowest: Duration,
}

impl Scene {
    pub fn roll(dice: &mut StdRng) -> Self {
        let mut scene = Self {
            limits: limits(dice),
            notice_queue: *pick(dice, &[1, 2, 4, 64]),
            endpoints: Vec::new(),
            weather: BTreeMap::new(),
            interviews: (0..dice.random_range(1..6)).map(|_| dice.random_range(1..8)).collect(),
            jobs: (0..dice.random_range(0..3)).map(|_| dice.random_range(0..4)).collect(),
            impatient: dice.random_bool(0.3),
            lost_inside: *pick(dice, &[0.0, 0.1, 0.3]),
            lives: Vec::new(),
            longest_pause: *pick(dice, &[Duration::from_millis(20), Duration::from_secs(2)]),
            store_fails: dice.random_bool(0.5),
            goes_away: dice.random_bool(0.3),
            deeds: dice.random_range(0..14),
            heals_after: Duration::from_secs(dice.random_range(60..3_600)),
            leaps: 0,
            tells_next: TELLS_NEXT,
            dice_of_outbox: dice.random(),
        };
        for _ in 0..dice.random_range(0..LIVES) {
            let longest = *pick(dice, &[30_u64, 200, 800]);
            scene.lives.push(dice.random_range(1..longest));
        }
        for number in 0..dice.random_range(1..5) {
            let endpoint = scene.endpoint(2_000 + number, dice);
            scene.endpoints.push(endpoint);
        }
        if dice.random_bool(LASTS_FOR_DAYS) {
            scene.last_for_days(dice);
        }
        scene
    }

    /// Days go by, with something new all the time, and one endpoint never answers well. Programs tell nothing: the answers
    /// that they are given again are kept for a day.
    fn last_for_days(&mut self, dice: &mut StdRng) {
        self.jobs.clear();
        self.lives.truncate(1);
        self.interviews = vec![30; dice.random_range(1..3)];
        self.heals_after = Duration::from_secs(3_600);
        self.tells_next = self.heals_after / 15;
        self.leaps = dice.random_range(18..26);
        let broken = self.endpoints[0].id;
        self.weather.entry(broken).or_default().trouble = 1.0;
    }

    /// One more endpoint, and how what is sent to it fares.
    pub fn endpoint(&mut self, number: u64, dice: &mut StdRng) -> Endpoint {
        let endpoint = endpoint(number, dice);
        let weather = Weather {
            trouble: *pick(dice, &[0.0, 0.1, 0.3, 0.6, 0.9, 1.0]),
            slowest: Duration::from_millis(*pick(dice, &[2, 50, 1_000, 30_000])),
        };
        self.weather.insert(endpoint.id, weather);
        endpoint
    }

    pub fn trouble_at(&self, endpoint: EndpointId) -> f64 {
        self.weather.get(&endpoint).map_or(0.0, |weather| weather.trouble)
    }

    pub fn slowest_at(&self, endpoint: EndpointId) -> Duration {
        self.weather.get(&endpoint).map_or(Duration::ZERO, |weather| weather.slowest)
    }
}

fn pick<'a, T>(dice: &mut StdRng, from: &'a [T]) -> &'a T {
    &from[dice.random_range(0..from.len())]
}

fn limits(dice: &mut StdRng) -> OutboxLimits {
    OutboxLimits {
        in_flight_total: dice.random_range(1..10),
        in_flight_per_endpoint: dice.random_range(1..5),
        owed_in_memory_per_endpoint: dice.random_range(1..16),
        page: dice.random_range(1..10),
        known_per_endpoint: dice.random_range(1..60),
        known_total: dice.random_range(8..120),
        lane_ahead: dice.random_range(1..5),
        bodies_in_memory_bytes: *pick(dice, &[2_000, 20_000, 1_000_000]),
        page_bytes: *pick(dice, &[1, 2_000, 1_000_000]),
        unsettled: dice.random_range(1..24),
        settle_batch: dice.random_range(1..8),
        store_pause: Duration::from_millis(dice.random_range(300..3_000)),
        clock_check: Duration::from_secs(dice.random_range(5..300)),
        ..OutboxLimits::default()
    }
}

fn endpoint(number: u64, dice: &mut StdRng) -> Endpoint {
    let id = EndpointId::from_raw(number);
    let events = pick(dice, &EVENTS);
    let retry = pick(dice, &SCHEDULES);
    let rate_limit = *pick(dice, &[None, None, None, Some(0.2), Some(20.0)]);
    Endpoint {
        id,
        company: company(),
        url: url(id),
        dialect: (*pick(dice, &["standard", "standard", "cloudevents", "hirehive"])).to_owned(),
        events: events.iter().map(|&pattern| pattern.to_owned()).collect(),
        sources: Vec::new(),
        rotated: None,
        failing_since: None,
        told_since: None,
        formerly: Vec::new(),
        credentials: Sealed(json!({ "secret": SECRET })),
        ordering: *pick(
            dice,
            &[Ordering::Interview, Ordering::Interview, Ordering::Interview, Ordering::None],
        ),
        hold_for: Duration::from_secs(*pick(dice, &[3_600, 120, 10, 1])),
        retry: retry.iter().map(|&delay| delay.to_owned()).collect(),
        rate_limit: rate_limit.map(|per_second| RateLimit { per_second }),
        description: String::new(),
        state: EndpointState::Enabled,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

pub fn company() -> CompanyId {
    CompanyId::from_raw(1_000)
}

pub fn source() -> Source {
    Source {
        id: SourceId::from_raw(1_001),
        company: company(),
        platform: "skype".to_owned(),
        name: "Skype".to_owned(),
        rotated: None,
        credentials: Sealed::default(),
        created_at: Timestamp::UNIX_EPOCH,
        fetch: None,
    }
}
