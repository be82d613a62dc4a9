use bytes::Bytes;
use callboard_core::{EndpointId, EventId, Identifier};

use super::*;

const START_S: i64 = 1_772_355_600;
const LONGEST_WAIT_S: i64 = 24 * 3600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(START_S + second).unwrap()
}

fn id(raw: u64) -> DeliveryId {
    DeliveryId::from_raw(raw)
}

fn owed(raw: u64, lane: u64) -> Owed {
    Owed {
        delivery: id(raw),
        endpoint: EndpointId::from_raw(1),
        event: EventId::from_raw(raw),
        lane,
        body: Bytes::from_static(b"{}"),
        attempts: 0,
        first_attempt_at: None,
        next_at: None,
        again_after: 0,
    }
}

fn lanes_with(ordering: Ordering, hold_for_s: i64, rows: impl IntoIterator<Item = (u64, u64)>) -> Lanes {
    let [hold_for, longest_wait] = [hold_for_s, LONGEST_WAIT_S].map(SignedDuration::from_secs);
    let mut lanes = Lanes::new(Rule { ordering, hold_for, holds_from: None, longest_wait }, 2);
    rows.into_iter().for_each(|(raw, lane)| lanes.add(owed(raw, lane), at(0)));
    lanes
}

/// Takes everything that is ready, by the numbers of the ids.
fn take_all(lanes: &mut Lanes) -> Vec<u64> {
    std::iter::from_fn(|| lanes.take()).map(|taken| taken.owed.delivery.raw()).collect()
}

/// Whatever waits for its body gets it. Answers whose that was.
fn fetch(lanes: &mut Lanes, now_s: i64) -> Vec<u64> {
    let asked = lanes.ask_for_bodies(100, usize::MAX);
    let bodies = vec![Some(Bytes::from_static(b"{}")); asked.len()];
    lanes.bodies_came(&asked, bodies, at(now_s));
    asked.iter().map(|wanted| wanted.delivery.raw()).collect()
}

/// The attempt at this delivery of this lane ends without success; the next one is due then.
fn fail(lanes: &mut Lanes, (raw, lane): (u64, u64), now_s: i64, next_s: i64) {
    lanes.finish(&owed(raw, lane), at(now_s), Fate::Again { next_at: Some(at(next_s)) }, at(now_s));
}

fn succeed(lanes: &mut Lanes, (raw, lane): (u64, u64), now_s: i64) {
    lanes.finish(&owed(raw, lane), at(now_s), Fate::Over, at(now_s));
}

#[test]
fn one_of_a_lane_is_told_at_a_time_and_lanes_take_turns() {
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(1, 7), (2, 7), (3, 8), (4, 9)]);
    assert_eq!(take_all(&mut lanes), [1, 3, 4]);
    succeed(&mut lanes, (3, 8), 0);
    assert_eq!(take_all(&mut lanes), [] as [u64; 0]);
    succeed(&mut lanes, (1, 7), 0);
    assert_eq!(take_all(&mut lanes), [2]);
    assert_eq!((lanes.len(), lanes.in_flight()), (2, 2));
}

#[test]
fn followers_wait_for_a_failing_head_without_attempts_and_other_lanes_do_not() {
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(1, 7), (2, 7), (3, 8)]);
    take_all(&mut lanes);
    fail(&mut lanes, (1, 7), 0, 5);
    succeed(&mut lanes, (3, 8), 0);
    lanes.add(owed(4, 8), at(1));
    assert_eq!(take_all(&mut lanes), [4]);

    assert_eq!(lanes.next_wake(), Some(at(5)));
    lanes.wake(at(4));
    assert!(!lanes.has_ready());
    lanes.wake(at(5));
    assert!(!lanes.has_ready(), "what waits leaves its body to the store");
    assert_eq!(fetch(&mut lanes, 5), [1, 2]);
    let head = lanes.take().unwrap();
    assert_eq!((head.owed.delivery, head.owed.attempts), (id(1), 1));
    assert_eq!(head.owed.first_attempt_at, Some(at(0)));
    succeed(&mut lanes, (1, 7), 6);
    let follower = lanes.take().unwrap();
    assert_eq!((follower.owed.delivery, follower.owed.attempts), (id(2), 0));
    assert!(follower.overtook.is_empty());
}

#[test]
fn a_head_that_has_failed_for_hold_for_steps_aside_and_whoever_goes_ahead_says_so() {
    let mut lanes = lanes_with(Ordering::Interview, 60, [(1, 7), (2, 7), (3, 7)]);
    take_all(&mut lanes);
    fail(&mut lanes, (1, 7), 0, 300);
    assert_eq!(lanes.next_wake(), Some(at(60)), "the end of hold_for comes before the next attempt");
    lanes.wake(at(60));

    fetch(&mut lanes, 60);
    let ahead = lanes.take().unwrap();
    assert_eq!((ahead.owed.delivery, ahead.overtook), (id(2), vec![id(1)]));
    succeed(&mut lanes, (2, 7), 61);
    fetch(&mut lanes, 61);
    assert_eq!(lanes.take().unwrap().overtook, [id(1)]);
    succeed(&mut lanes, (3, 7), 62);

    lanes.wake(at(300));
    fetch(&mut lanes, 300);
    let late = lanes.take().unwrap();
    assert_eq!((late.owed.delivery, late.owed.attempts), (id(1), 1), "it is tried further on its own");
    succeed(&mut lanes, (1, 7), 301);
    lanes.add(owed(4, 7), at(302));
    fetch(&mut lanes, 302);
    assert!(lanes.take().unwrap().overtook.is_empty(), "it has been told by now");
    assert_eq!(lanes.len(), 1);
}

#[test]
fn one_that_held_back_others_for_long_enough_before_a_restart_does_not_do_so_again() {
    let mut lanes = lanes_with(Ordering::Interview, 60, []);
    let stuck = Owed { attempts: 3, first_attempt_at: Some(at(0)), next_at: Some(at(500)), ..owed(1, 7) };
    lanes.add(stuck, at(100));
    lanes.add(owed(2, 7), at(100));
    let ahead = lanes.take().unwrap();
    assert_eq!((ahead.owed.delivery, ahead.overtook), (id(2), vec![id(1)]));
}

#[test]
fn what_was_tried_before_the_endpoint_was_switched_on_holds_back_others_from_then_on() {
    let rule = Rule { holds_from: Some(at(90)), ..lanes_with(Ordering::Interview, 60, []).rule() };
    let mut lanes = Lanes::new(rule, 2);
    let stuck = Owed { attempts: 3, first_attempt_at: Some(at(0)), next_at: Some(at(500)), ..owed(1, 7) };
    lanes.add(stuck, at(100));
    lanes.add(owed(2, 7), at(100));
    assert!(lanes.take().is_none());
    assert_eq!(lanes.next_wake(), Some(at(150)));
    lanes.wake(at(150));
    fetch(&mut lanes, 150);
    assert_eq!(lanes.take().unwrap().overtook, [id(1)]);
}

#[test]
fn of_very_many_who_are_overtaken_the_oldest_are_named() {
    let mut lanes = lanes_with(Ordering::Interview, 60, []);
    let many = OVERTOOK_NAMED as u64 + 1;
    for raw in 1..=many {
        let first_attempt_at = Some(at(0));
        lanes.add(Owed { attempts: 3, first_attempt_at, next_at: Some(at(500)), ..owed(raw, 7) }, at(100));
    }
    lanes.add(owed(many + 1, 7), at(100));
    let ahead = lanes.take().unwrap();
    assert_eq!(ahead.owed.delivery, id(many + 1));
    assert_eq!(ahead.overtook, (1..many).map(id).collect::<Vec<_>>());
}

#[test]
fn without_an_order_everything_goes_at_once_and_nobody_is_overtaken() {
    let mut lanes = lanes_with(Ordering::None, 0, [(1, 7), (2, 7), (3, 7)]);
    assert_eq!(take_all(&mut lanes), [1, 2, 3]);
    fail(&mut lanes, (1, 7), 0, 5);
    lanes.add(owed(4, 7), at(1));
    assert!(lanes.take().unwrap().overtook.is_empty());
}

#[test]
fn a_head_that_is_called_off_makes_way() {
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(1, 7), (2, 7), (3, 7)]);
    take_all(&mut lanes);
    fail(&mut lanes, (1, 7), 0, 300);
    lanes.cancel(id(1), at(1));
    fetch(&mut lanes, 1);
    assert_eq!(take_all(&mut lanes), [2]);
    lanes.cancel(id(2), at(2));
    let was_called_off = lanes.finish(&owed(2, 7), at(1), Fate::Again { next_at: None }, at(3));
    assert!(was_called_off, "one under way is forgotten when its attempt ends");
    fetch(&mut lanes, 3);
    assert_eq!(take_all(&mut lanes), [3]);
    assert_eq!(lanes.next_wake(), None);
}

#[test]
fn one_that_is_called_off_and_wanted_again_during_its_attempt_is_owed_still() {
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(1, 7)]);
    assert_eq!(take_all(&mut lanes), [1]);
    lanes.cancel(id(1), at(1));
    lanes.retry(owed(1, 7), at(2));
    let was_called_off = lanes.finish(&owed(1, 7), at(0), Fate::Again { next_at: Some(at(4)) }, at(3));
    assert!(!was_called_off);
    lanes.wake(at(4));
    fetch(&mut lanes, 4);
    assert_eq!(take_all(&mut lanes), [1]);
}

#[test]
fn a_person_s_retry_goes_out_of_its_turn() {
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(1, 7), (2, 7), (3, 7)]);
    take_all(&mut lanes);
    lanes.retry(owed(3, 7), at(1));
    assert_eq!(take_all(&mut lanes), [3]);
    fail(&mut lanes, (3, 7), 2, 500);
    lanes.retry(owed(3, 7), at(3));
    assert_eq!(take_all(&mut lanes), [3], "also while it waits");
    lanes.retry(owed(3, 7), at(4));
    assert_eq!(take_all(&mut lanes), [] as [u64; 0], "but not while it is under way");
    assert_eq!(lanes.len(), 3);
}

#[test]
fn a_person_s_retry_of_one_whose_turn_it_is_lets_nobody_go_ahead() {
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(1, 7), (2, 7)]);
    assert_eq!(take_all(&mut lanes), [1]);
    fail(&mut lanes, (1, 7), 0, 500);
    lanes.retry(owed(1, 7), at(1));
    assert_eq!(take_all(&mut lanes), [1]);
    fail(&mut lanes, (1, 7), 1, 600);
    assert_eq!((take_all(&mut lanes), lanes.next_wake()), (vec![], Some(at(600))));
}

#[test]
fn clearing_keeps_what_is_under_way_and_what_is_to_be_kept() {
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(1, 7), (2, 7), (3, 8), (4, 9)]);
    assert_eq!(take_all(&mut lanes), [1, 3, 4]);
    fail(&mut lanes, (3, 8), 0, 5);
    fail(&mut lanes, (4, 9), 0, 6);
    lanes.clear(lanes.rule(), |delivery| delivery == id(3), at(1));
    assert_eq!(
        [owed(1, 7), owed(2, 7), owed(3, 8), owed(4, 9)].map(|it| lanes.holds(&it)),
        [true, false, true, false]
    );
    assert_eq!((lanes.len(), lanes.in_flight(), lanes.next_wake()), (2, 1, Some(at(5))));

    lanes.add(owed(2, 7), at(2));
    assert!(!lanes.has_ready(), "its head is still under way");
    succeed(&mut lanes, (1, 7), 3);
    assert_eq!(take_all(&mut lanes), [2]);
}

#[test]
fn one_that_is_found_late_goes_before_those_that_come_after_it() {
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(5, 7), (6, 7)]);
    lanes.add(owed(4, 7), at(0));
    assert_eq!(take_all(&mut lanes), [4]);
    lanes.add(owed(3, 7), at(0));
    fail(&mut lanes, (4, 7), 0, 5);
    assert_eq!(take_all(&mut lanes), [3], "not before the one under way, but before its next attempt");
    succeed(&mut lanes, (3, 7), 1);
    lanes.wake(at(5));
    fetch(&mut lanes, 5);
    assert_eq!(take_all(&mut lanes), [4]);
}

#[test]
fn what_waits_and_what_is_far_from_its_turn_takes_no_room_and_what_may_go_finds_its_body() {
    // Given a lane of five of which two may have their bodies in memory, and another one
    let mut lanes = lanes_with(Ordering::Interview, 3600, (1..=5).map(|raw| (raw, 7)).chain([(6, 8)]));
    assert_eq!((lanes.len(), lanes.bodies()), (6, 3));

    // When its head has to wait, then nothing of it is in memory but the names
    assert_eq!(take_all(&mut lanes), [1, 6]);
    fail(&mut lanes, (1, 7), 0, 5);
    lanes.add(owed(7, 7), at(1));
    assert_eq!((lanes.len(), lanes.bodies(), lanes.lays_down(7)), (7, 1, true));
    assert_eq!(fetch(&mut lanes, 1), [] as [u64; 0], "nothing is fetched before its time");

    // When its time has come, then it goes on in order, two bodies at a time
    lanes.wake(at(5));
    let mut fetched = Vec::new();
    for raw in [1, 2, 3, 4, 5, 7] {
        fetched.push(fetch(&mut lanes, 5));
        assert_eq!(take_all(&mut lanes), [raw]);
        assert!(lanes.bodies() <= 3);
        succeed(&mut lanes, (raw, 7), 5);
    }
    assert_eq!(fetched, [vec![1, 2], vec![], vec![3, 4], vec![], vec![5, 7], vec![]]);
    succeed(&mut lanes, (6, 8), 5);
    assert_eq!((lanes.len(), lanes.bodies(), lanes.bytes()), (0, 0, 0));
}

#[test]
fn at_rest_one_track_is_ready_and_all_others_leave_their_bodies_to_the_store() {
    // Given five interviews of two moves each
    let rows = (1..=10).map(|raw| (raw, raw % 5));
    let mut lanes = lanes_with(Ordering::Interview, 3600, rows);
    assert_eq!(lanes.bodies(), 10);

    // When the endpoint is only probed, then only the first has its bodies, also after more has come
    lanes.rest(true);
    lanes.add(owed(11, 11), at(1));
    lanes.add(owed(12, 1), at(1));
    assert_eq!((lanes.len(), lanes.bodies(), lanes.wants_bodies()), (12, 2, false));

    // And when that one has been tried and has to wait, the next gets its own
    assert_eq!(take_all(&mut lanes), [1]);
    fail(&mut lanes, (1, 1), 2, 60);
    assert_eq!((lanes.bodies(), lanes.wants_bodies()), (0, true));
    assert_eq!((fetch(&mut lanes, 2), lanes.wants_bodies()), (vec![2, 7], false));

    // And one that goes before it takes its place
    lanes.make_way();
    lanes.retry(owed(9, 4), at(3));
    assert_eq!((lanes.bodies(), take_all(&mut lanes)), (1, vec![9]));
    succeed(&mut lanes, (9, 4), 3);

    // And when the endpoint is well again, everything gets its body and goes out in order
    lanes.rest(false);
    assert_eq!(fetch(&mut lanes, 4), [2, 7, 3, 8, 4, 5, 10, 11]);
    assert_eq!(take_all(&mut lanes), [2, 3, 4, 5, 11]);
}

#[test]
fn at_rest_a_follower_of_what_is_ready_or_under_way_has_its_body_and_no_other_new_one_has() {
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(1, 7), (2, 8)]);
    lanes.rest(true);
    assert_eq!([7, 8, 9].map(|lane| lanes.lays_down(lane)), [false, true, true]);
    assert_eq!(take_all(&mut lanes), [1]);
    assert_eq!([7, 8, 9].map(|lane| lanes.lays_down(lane)), [false, true, false]);
}

#[test]
fn what_was_fetched_behind_one_that_has_come_before_it_meanwhile_is_fetched_again_with_that_one() {
    // Given an endpoint at rest, and bodies that are being fetched for one interview
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(4, 7), (5, 7)]);
    lanes.rest(true);
    lanes.make_way();
    let asked = lanes.ask_for_bodies(100, usize::MAX);

    // When another one is ready by then, and something older of this one is owed again
    lanes.add(owed(6, 8), at(1));
    lanes.anew(owed(3, 7), at(1));
    lanes.bodies_came(&asked, vec![Some(Bytes::from_static(b"{}")); asked.len()], at(1));

    // Then nothing is in memory behind what is not
    assert_eq!(lanes.bodies(), 1);
    assert_eq!(take_all(&mut lanes), [6]);
    assert_eq!(fetch(&mut lanes, 2), [3, 4]);
    assert_eq!(take_all(&mut lanes), [3]);
}

#[test]
fn of_what_is_wanted_no_more_is_asked_for_than_there_is_room_for_but_one_at_least() {
    let mut lanes = lanes_with(Ordering::Interview, 3600, [(1, 7), (2, 8), (3, 9)]);
    take_all(&mut lanes);
    for it in [(1, 7), (2, 8), (3, 9)] {
        fail(&mut lanes, it, 0, 5);
    }
    lanes.wake(at(5));
    let asked = lanes.ask_for_bodies(10, 1);
    assert_eq!(asked.iter().map(|wanted| wanted.delivery.raw()).collect::<Vec<_>>(), [1]);
    assert_eq!(lanes.ask_for_bodies(2, usize::MAX).len(), 2);

    // The store could not be read: the first is asked for again
    lanes.go_on(&asked, at(6));
    assert_eq!(lanes.ask_for_bodies(10, usize::MAX), asked);
}

#[test]
fn one_that_failed_while_the_clock_was_a_month_ahead_waits_and_holds_back_its_lane_for_as_long_as_ever() {
    let (month_s, holds_s) = (30 * 24 * 3600, LONGEST_WAIT_S + 3600);
    for is_read_after in [false, true] {
        // Given one that failed then, and was read from the store before the clock was set back or after it
        let mut lanes = lanes_with(Ordering::Interview, holds_s, []);
        let ahead = Some(at(month_s));
        let failed = Owed { attempts: 1, first_attempt_at: ahead, next_at: ahead, ..owed(1, 7) };
        if is_read_after {
            lanes.add(failed, at(0));
        } else {
            lanes.add(failed, at(month_s - 1));
            lanes.clock_went_back(at(0));
        }
        lanes.add(owed(2, 7), at(0));

        // Then it is tried after the longest wait that there is
        assert_eq!(lanes.next_wake(), Some(at(LONGEST_WAIT_S)));
        lanes.wake(at(LONGEST_WAIT_S));
        fetch(&mut lanes, LONGEST_WAIT_S);
        assert_eq!(take_all(&mut lanes), [1]);

        // And steps aside when it has failed for as long as one may hold back others
        fail(&mut lanes, (1, 7), LONGEST_WAIT_S, 2 * LONGEST_WAIT_S);
        assert_eq!(lanes.next_wake(), Some(at(holds_s)));
        lanes.wake(at(holds_s));
        fetch(&mut lanes, holds_s);
        assert_eq!(take_all(&mut lanes), [2]);
    }
}

#[test]
fn one_that_is_under_way_when_the_clock_is_set_back_was_first_tried_no_later_than_it_ends() {
    let mut lanes = lanes_with(Ordering::Interview, 60, [(1, 7), (2, 7)]);
    let taken = lanes.take().unwrap().owed;
    lanes.clock_went_back(at(0));
    lanes.finish(&taken, at(30 * 24 * 3600), Fate::Again { next_at: Some(at(100)) }, at(0));
    assert_eq!(lanes.next_wake(), Some(at(60)));
}
