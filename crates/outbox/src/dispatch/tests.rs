//! The dispatcher against a store that loses notices, lags behind and answers late: whatever the interleaving, nothing
//! is lost, nothing told is told again, and nobody goes ahead of an earlier one of its lane without saying so.

use callboard_core::Identifier;
use proptest::prelude::*;
use proptest::sample::Index;

use self::world::{ENDPOINTS, LANES, LIMITS, World};
use super::*;

mod days;
mod failing;
mod sharing;
mod world;

#[derive(Debug, Clone)]
enum Step {
    Commit {
        endpoint: u64,
        lane: u64,
    },
    HearNotice,
    LoseNotices,
    Begin,
    Land {
        which: Index,
        status: u16,
    },
    Settle,
    NoteDurable,
    AskForPage,
    PageComes,
    AskForBodies,
    BodiesCome,
    ReadingFails,
    Wait {
        seconds: i64,
    },
    Cancel(Index),
    Retry(Index),
    Anew(Index),
    Switch {
        endpoint: u64,
    },
    /// Another hub on the same store writes something that is owed.
    CommitElsewhere {
        endpoint: u64,
        lane: u64,
    },
    /// Another hub is to have the endpoints.
    Leave,
    /// It has them, once nothing is under way here; and tells so many of each lane.
    PassOn {
        told: usize,
    },
    /// It has them because this hub was not heard of in time.
    Lose {
        told: usize,
    },
    /// It has gone.
    TakeBack,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let status = prop_oneof![6 => Just(200), 5 => Just(500), 1 => Just(410)];
    let step = prop_oneof![
        8 => (0..ENDPOINTS, 0..LANES).prop_map(|(endpoint, lane)| Step::Commit { endpoint, lane }),
        8 => Just(Step::HearNotice),
        1 => Just(Step::LoseNotices),
        6 => Just(Step::Begin),
        8 => (any::<Index>(), status).prop_map(|(which, status)| Step::Land { which, status }),
        4 => Just(Step::Settle),
        4 => Just(Step::NoteDurable),
        5 => Just(Step::AskForPage),
        5 => Just(Step::PageComes),
        5 => Just(Step::AskForBodies),
        5 => Just(Step::BodiesCome),
        1 => Just(Step::ReadingFails),
        3 => (1..15_i64).prop_map(|seconds| Step::Wait { seconds }),
        1 => any::<Index>().prop_map(Step::Cancel),
        1 => any::<Index>().prop_map(Step::Retry),
        3 => any::<Index>().prop_map(Step::Anew),
        1 => (0..ENDPOINTS).prop_map(|endpoint| Step::Switch { endpoint }),
        4 => (0..ENDPOINTS, 0..LANES).prop_map(|(endpoint, lane)| Step::CommitElsewhere { endpoint, lane }),
        1 => Just(Step::Leave),
        2 => (0..3_usize).prop_map(|told| Step::PassOn { told }),
        1 => (0..3_usize).prop_map(|told| Step::Lose { told }),
        3 => Just(Step::TakeBack),
    ];
    prop::collection::vec(step, 0..250)
}

proptest! {
    #[test]
    fn i2_i3_nothing_is_lost_told_twice_or_told_out_of_order(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
        world.finish();
        for row in world.rows.values() {
            prop_assert_ne!(row.state, DeliveryState::Pending, "lost: {:?}", row);
            prop_assert_eq!(row.state, row.stored);
        }
        let stats = world.dispatch.stats();
        prop_assert_eq!((stats.held, stats.known, stats.held_bytes), (0, 0, 0));
        prop_assert_eq!((stats.in_flight, stats.unsettled, stats.behind), (0, 0, 0));
    }
}

#[test]
fn an_endpoint_that_is_owed_much_does_not_starve_another() {
    let mut world = World::caught_up();
    (0..6).for_each(|lane| world.commit(0, lane));
    world.commit(1, 0);
    world.hear_notices();
    let second =
        world.dispatch.next_flight(world.now).and_then(|_| world.dispatch.next_flight(world.now)).unwrap();
    assert_eq!(second.owed.endpoint, EndpointId::from_raw(1));
}

#[test]
fn endpoints_that_never_answer_leave_slots_for_one_that_does() {
    // Given two that never answer, and could use more slots than there are
    let mut world = World::caught_up();
    (0..6).for_each(|lane| [1, 2].iter().for_each(|raw| world.commit(*raw, lane)));
    world.hear_notices();
    let unanswered = std::iter::from_fn(|| world.dispatch.next_flight(world.now)).count();
    assert_eq!(unanswered, 2);

    // When another is owed much, then it is told all of it
    (0..6).for_each(|lane| world.commit(0, lane));
    world.hear_notices();
    for _ in 0..6 {
        world.read_page();
        let flight = world.dispatch.next_flight(world.now).unwrap();
        assert_eq!(flight.owed.endpoint, EndpointId::from_raw(0));
        world.land(flight, 200);
    }
}

#[test]
fn when_too_many_attempts_are_not_durable_no_more_is_begun_until_some_are() {
    // Given more that is owed than attempts that may wait to be written down
    let mut world = World::caught_up();
    (0..6).for_each(|lane| [0, 1].iter().for_each(|raw| world.commit(*raw, lane)));
    world.hear_notices();
    let tell = |world: &mut World| {
        let mut told = 0;
        for _ in 0..2 * LIMITS.unsettled {
            world.read_page();
            let Some(flight) = world.dispatch.next_flight(world.now) else { continue };
            world.land(flight, 200);
            told += 1;
        }
        told
    };

    // When none of them is written down, then so many are told and no more
    assert_eq!(tell(&mut world), LIMITS.unsettled);

    // And when some are, it goes on
    world.take(&Step::Settle);
    world.take(&Step::NoteDurable);
    assert_eq!(tell(&mut world), 12 - LIMITS.unsettled);
}

#[test]
fn while_a_page_is_read_attempts_that_are_durable_hold_up_nobody_until_there_are_very_many() {
    // Given an endpoint that is owed more than it may have in memory, and a page of that being read
    let mut world = World::caught_up();
    (0..20).for_each(|lane| world.commit(0, lane));
    world.hear_notices();
    while let Some(flight) = world.dispatch.next_flight(world.now) {
        world.land(flight, 200);
        world.take(&Step::Settle);
        world.take(&Step::NoteDurable);
    }
    world.take(&Step::AskForPage);

    // When another one is told of this and that meanwhile, all of which is written down
    let tell = |world: &mut World| {
        world.commit(1, 0);
        world.hear_notices();
        let flight = world.dispatch.next_flight(world.now)?;
        world.land(flight, 200);
        world.take(&Step::Settle);
        world.take(&Step::NoteDurable);
        Some(())
    };
    let told = std::iter::from_fn(|| tell(&mut world)).count();

    // Then that goes on beyond what may be waiting to be written, up to what may be remembered, and then with the page
    assert_eq!(told, LIMITS.settled_meanwhile);
    world.take(&Step::PageComes);
    assert!(tell(&mut world).is_some());
}

#[test]
fn one_that_is_owed_again_while_its_last_attempt_is_under_way_has_its_whole_schedule_before_it() {
    // Given one at which the last attempt is under way
    let mut world = World::caught_up();
    world.commit(0, 0);
    world.hear_notices();
    let last = loop {
        let flight = world.next_try().unwrap();
        if flight.owed.attempts as usize == world::endpoint(0).retry.len() {
            break flight;
        }
        world.land(flight, 500);
    };
    let attempts = last.owed.attempts;

    // When it is called off, and owed again, before that attempt fails
    world.cancel(0);
    world.anew(0);
    world.hear_notices();
    world.land(last, 500);

    // Then it is not given up by that, and is tried for as long as any other from then on
    let row = world.rows.values().next().unwrap();
    assert_eq!((row.state, row.owed.again_after), (DeliveryState::Pending, attempts));
    let mut more = 0;
    while let Some(flight) = world.next_try() {
        world.land(flight, 500);
        more += 1;
    }
    assert_eq!(more, attempts);
}
