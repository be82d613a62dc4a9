//! Core, ledger and outbox as they ship, under a simulated clock, network, store and death, thousands of times: one seed is
//! one run, and the same seed is the same run. See CONTRIBUTING.md, "When a seed fails".
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod acts;
mod agenda;
mod books;
mod check;
#[path = "../../../ledger/tests/database/mod.rs"]
#[expect(dead_code, reason = "a part of it is used")]
mod database;
mod deeds;
mod elsewhere;
mod files;
mod home;
mod in_database;
mod network;
mod run;
mod scene;
mod senders;
mod store;
mod trace;
mod world;

use std::env;
use std::ops::Range;

use files::Files;
use home::Home;
use in_database::Cluster;
use run::{Report, run};

/// Seeds of a usual run; `CALLBOARD_SEEDS` sets another number.
const SEEDS: u64 = 2_000;
/// Of so many seeds, some bring whatever is rare.
const MANY: usize = 400;
/// Tests that share them, so that they run side by side.
const PARTS: usize = 4;
/// One in so many of them on PostgreSQL as well, where each takes far longer.
const ON_POSTGRESQL: usize = 40;

fn seeds() -> u64 {
    env::var("CALLBOARD_SEEDS").map_or(SEEDS, |count| count.parse().expect("CALLBOARD_SEEDS is a number"))
}

/// Seeds that break something, after which no more are tried.
const ENOUGH: usize = 5;

/// One seed that someone wants to look at, if there is one.
fn chosen() -> Option<u64> {
    let seed = env::var("CALLBOARD_SEED").ok()?;
    Some(seed.parse().expect("CALLBOARD_SEED is a number"))
}

fn run_part(part: usize) {
    if chosen().is_none() {
        run_all((0..seeds()).skip(part).step_by(PARTS), in_files, "one_seed_goes");
    }
}

fn in_files() -> Box<dyn Home> {
    Box::new(Files::new())
}

/// Runs these seeds, each on a store of its own; `test` shows all of one.
fn run_all(these: impl Iterator<Item = u64>, home: impl Fn() -> Box<dyn Home>, test: &str) {
    let (mut broken, mut lives, mut seen, mut switched_off, mut replays) = (Vec::new(), 0, 0, 0, 0);
    let mut count = 0;
    for seed in these {
        let report = run(seed, home(), false);
        count += 1;
        lives += report.lives - 1;
        switched_off += report.switched_off;
        replays += report.replays;
        seen += report.flights - report.deliveries.min(report.flights);
        if !report.violations.is_empty() {
            broken.push(explained(&report, test));
        }
        if broken.len() == ENOUGH {
            break;
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(lives > 0 && seen > 0, "no hub ever died, or nothing was ever tried twice");
    let rare = switched_off > 0 && replays > 0;
    assert!(rare || count < MANY, "nothing failed for days, or nothing was ever replayed");
}

fn explained(report: &Report, test: &str) -> String {
    let Report { seed, violations, .. } = report;
    format!(
        "seed {seed} broke something:\n  {}\nTo see all of it:\n  CALLBOARD_SEED={seed} cargo nextest run \
         -p callboard-outbox --test simulation {test} --no-capture",
        violations.join("\n  ")
    )
}

#[test]
fn whatever_happens_nothing_is_lost_doubled_or_out_of_order_part_1() {
    run_part(0);
}

#[test]
fn whatever_happens_nothing_is_lost_doubled_or_out_of_order_part_2() {
    run_part(1);
}

#[test]
fn whatever_happens_nothing_is_lost_doubled_or_out_of_order_part_3() {
    run_part(2);
}

#[test]
fn whatever_happens_nothing_is_lost_doubled_or_out_of_order_part_4() {
    run_part(3);
}

#[test]
fn one_seed_goes_the_same_way_each_time() {
    go_the_same_way(0..10, in_files, "one_seed_goes");
}

#[test]
fn whatever_happens_nothing_is_lost_doubled_or_out_of_order_on_postgresql() {
    if chosen().is_none() {
        let cluster = Cluster::start();
        run_all((0..seeds()).step_by(ON_POSTGRESQL), || cluster.home(), "one_seed_on_postgresql");
        assert!(cluster.answers_lost() > 0 || seeds() < SEEDS, "no answer to a commit was ever lost");
    }
}

#[test]
fn one_seed_on_postgresql_goes_the_same_way_each_time() {
    let cluster = Cluster::start();
    go_the_same_way(0..2, || cluster.home(), "one_seed_on_postgresql");
}

fn go_the_same_way(seeds: Range<u64>, home: impl Fn() -> Box<dyn Home>, test: &str) {
    let seeds = chosen().map_or(seeds, |seed| seed..seed + 1);
    for seed in seeds {
        let report = run(seed, home(), chosen().is_some());
        print!("{}", report.lines);
        let again = run(seed, home(), false);
        assert_eq!(report.hash, again.hash, "seed {seed} went another way the second time");
        assert!(report.violations.is_empty(), "{}", explained(&report, test));
    }
}
