//! Core, ledger and outbox as they ship, under a simulated clock, network, store and death, thousands of times: one seed is
//! one run, and the same seed is the same run. See CONTRIBUTING.md, "When a seed fails".
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod acts;
mod agenda;
mod books;
mod check;
mod deeds;
mod home;
mod network;
mod run;
mod scene;
mod senders;
mod store;
mod trace;
mod world;

use std::env;

use run::{Report, run};

/// Seeds of a usual run; `CALLBOARD_SEEDS` sets another number.
const SEEDS: u64 = 2_000;
/// Tests that share them, so that they run side by side.
const PARTS: usize = 4;

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
    if chosen().is_some() {
        return;
    }
    let (mut broken, mut lives, mut seen, mut switched_off, mut replays) = (Vec::new(), 0, 0, 0, 0);
    for seed in (0..seeds()).skip(part).step_by(PARTS) {
        let report = run(seed, false);
        lives += report.lives - 1;
        switched_off += report.switched_off;
        replays += report.replays;
        seen += report.flights - report.deliveries.min(report.flights);
        if !report.violations.is_empty() {
            broken.push(explained(&report));
        }
        if broken.len() == ENOUGH {
            break;
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(lives > 0 && seen > 0, "no hub ever died, or nothing was ever tried twice");
    let rare = switched_off > 0 && replays > 0;
    assert!(rare || seeds() < SEEDS, "nothing failed for days, or nothing was ever replayed");
}

fn explained(report: &Report) -> String {
    let Report { seed, violations, .. } = report;
    format!(
        "seed {seed} broke something:\n  {}\nTo see all of it:\n  CALLBOARD_SEED={seed} cargo nextest run \
         -p callboard-outbox --test simulation one_seed --no-capture",
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
    let seeds = chosen().map_or(0..10, |seed| seed..seed + 1);
    for seed in seeds {
        let report = run(seed, chosen().is_some());
        print!("{}", report.lines);
        let again = run(seed, false);
        assert_eq!(report.hash, again.hash, "seed {seed} went another way the second time");
        assert!(report.violations.is_empty(), "{}", explained(&report));
    }
}
