//! Endpoints that fail, over simulated days: when they are called, when they are given up, and that nobody loses by it.

use std::collections::BTreeMap;

use callboard_core::{EndpointState, Identifier, RateLimit};
use callboard_ledger::{OwedPage, Standing};
use proptest::prelude::*;

use super::super::*;
use super::days::{
    BROKEN, DAY, DOWN, Days, HOUR, MINUTE, WELL, answer, at, down, endpoint, last_page, start,
};
use crate::health::BreakerState;
use crate::limits::{FAILURES_IN_A_ROW, LONGEST_HOLD, OWED_IN_MEMORY_PER_ENDPOINT};

#[test]
fn a_single_delivery_is_tried_at_the_times_of_the_default_schedule_as_if_there_were_no_breaker() {
    let mut days = Days::begin(&endpoint(BROKEN, &[]), |_, _| down());
    days.owe(1, BROKEN, 1);
    days.until(5 * DAY);
    assert_eq!(days.tried.len(), 10);
    for pair in days.tried.windows(2) {
        assert_eq!(pair[0].next_s, Some(pair[1].second), "{pair:?}");
    }
    assert_eq!(days.tried.last().unwrap().state, DeliveryState::Failed);
}

#[test]
fn an_endpoint_that_is_down_for_a_day_sees_few_attempts_and_then_everything_at_once_in_order() {
    // Given five hundred interviews of two moves each
    let mut days = Days::begin(
        &endpoint(BROKEN, &[]),
        |second, _| if second < DAY { down() } else { answer(200, None) },
    );
    for raw in 0..1_000 {
        days.owe(raw, BROKEN, raw % 500);
    }

    // When it is down for a day, and one beside it is well
    days.until(DAY - 1);
    for raw in 1_000..1_100 {
        days.owe(raw, WELL, raw);
    }
    days.until(DAY - 1);

    // Then it was probed, and nobody else was held up
    let probes = days.tried.len() - 100;
    assert!((200..400).contains(&probes), "{probes}");
    assert_eq!(days.delivered(), (1_000..1_100).collect::<Vec<_>>());
    assert_eq!(days.health().breaker, BreakerState::Open);
    assert!(days.dispatch.stats().open_breakers == 1 && days.health().next_probe_at.is_some());

    // And with the first probe that goes well, whatever is due goes out in that moment; the rest at its own time
    days.until(DAY + 6 * MINUTE);
    assert!(days.delivered().len() > 900, "{}", days.delivered().len());
    assert_eq!((days.health().breaker, days.health().failing_since), (BreakerState::Closed, None));
    days.until(3 * DAY);
    let told = days.delivered();
    assert_eq!(told.len(), 1_100);
    let moves = |lane: u64| told.iter().filter(|raw| **raw < 1_000 && *raw % 500 == lane).collect::<Vec<_>>();
    assert!((0..500).all(|lane| moves(lane) == [&lane, &(lane + 500)]));
}

#[test]
fn a_burst_of_failures_costs_each_delivery_one_attempt_at_the_most_and_waiting_costs_none() {
    let mut days = Days::begin(&endpoint(BROKEN, &["1h"]), |second, _| {
        if second < 30 * MINUTE { down() } else { answer(200, None) }
    });
    (0..100).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(DAY);
    assert_eq!(days.delivered().len(), 100, "with two attempts each, all of them get through");
    let at_first = days.tried.iter().filter(|it| it.second < 1).count();
    assert!(at_first <= FAILURES_IN_A_ROW as usize + 1, "the others wait: {at_first}");
}

#[test]
fn retry_after_holds_the_whole_endpoint_and_its_waiting_is_no_attempt() {
    let mut days = Days::begin(&endpoint(BROKEN, &["5s"]), |second, _| {
        if second < 10 * MINUTE { answer(429, Some(600)) } else { answer(200, None) }
    });
    (0..20).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(HOUR);
    assert_eq!(days.tried.iter().filter(|it| it.second < 10 * MINUTE).count(), 1);
    let told: Vec<_> = days.tried[1..].iter().map(|it| (it.second, it.state)).collect();
    assert_eq!(told, [(10 * MINUTE, DeliveryState::Delivered); 20]);
}

#[test]
fn nobody_holds_an_endpoint_for_longer_than_an_hour_with_one_word() {
    let mut days = Days::begin(&endpoint(BROKEN, &[]), |second, _| {
        if second == 0 { answer(503, Some(DAY.unsigned_abs())) } else { answer(200, None) }
    });
    (0..2).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(DAY);
    assert_eq!(days.tried(1), [LONGEST_HOLD.as_secs().cast_signed()]);
    assert_eq!(days.tried(0), [0, DAY], "the delivery that was answered so waits for as long as was asked");
}

#[test]
fn what_is_refused_one_by_one_holds_up_nobody_while_others_go_well() {
    let mut days = Days::begin(&endpoint(BROKEN, &[]), |_, delivery| {
        answer(if delivery % 2 == 0 { 422 } else { 200 }, None)
    });
    (0..1_000).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(0);
    assert_eq!(days.delivered().len(), 500);
    assert_eq!(days.health().breaker, BreakerState::Closed);
}

#[test]
fn what_a_person_wants_tried_goes_through_an_open_breaker_before_all_others_and_if_it_goes_well_so_does_the_rest()
 {
    let mut days =
        Days::begin(
            &endpoint(BROKEN, &[]),
            |second, _| {
                if second < 3 * HOUR { down() } else { answer(200, None) }
            },
        );
    (0..50).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(3 * HOUR + 1);
    let Some(probe_at) = days.health().next_probe_at else { panic!("the next probe is to come") };
    assert!(probe_at > days.now);
    let before = days.tried.len();

    days.dispatch.retry(Days::owed(33, BROKEN, 33), days.now);
    days.until(3 * HOUR + 1);

    let after: Vec<_> = days.tried[before..].iter().map(|it| (it.second, it.delivery)).collect();
    assert_eq!(after[0], (3 * HOUR + 1, 33));
    assert!(after.len() > 1, "what was due went with it");
    assert_eq!(days.health().breaker, BreakerState::Closed);
}

#[test]
fn one_that_is_down_keeps_no_bodies_in_memory_but_those_it_is_probed_with() {
    // Given an endpoint that is owed about a thousand interviews, and is down for an hour
    let mut days =
        Days::begin(
            &endpoint(BROKEN, &[]),
            |second, _| if second < HOUR { down() } else { answer(200, None) },
        );
    (0..1_000).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(MINUTE);

    // Then it knows of them all, and has one of them to probe it with, also while more comes
    (1_000..1_100).for_each(|raw| days.owe(raw, BROKEN, raw));
    let stats = days.dispatch.stats();
    assert_eq!((stats.known, stats.held, stats.open_breakers), (1_100, 1, 1));

    // And everything is told when it is there again
    days.until(2 * DAY);
    assert_eq!(days.delivered().len(), 1_100);
}

#[test]
fn one_that_is_down_is_read_from_the_store_only_if_nothing_known_could_be_tried() {
    // Given an endpoint that is down, and is owed more than is in memory
    let mut days = Days::begin(&endpoint(BROKEN, &[]), |_, _| down());
    (0..20).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(MINUTE);
    let broken = EndpointId::from_raw(BROKEN);
    days.dispatch.more(vec![(broken, DeliveryId::from_raw(100))], days.now);
    assert!(days.health().is_behind);
    assert_eq!(days.dispatch.next_page(days.now), None);

    // When everything is called off that it could be probed with
    (0..20).for_each(|raw| days.dispatch.cancelled(DeliveryId::from_raw(raw), broken, days.now));

    // Then a page is read
    assert_eq!(days.dispatch.next_bodies(days.now), None, "what was wanted has gone");
    assert!(days.dispatch.next_page(days.now).is_some());
}

#[test]
fn one_that_wants_a_moment_keeps_what_is_in_memory() {
    let mut days = Days::begin(&endpoint(BROKEN, &["5s"]), |second, _| {
        if second == 0 { answer(429, Some(2)) } else { answer(200, None) }
    });
    (0..1_000).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(1);
    assert_eq!((days.dispatch.stats().held, days.health().breaker), (999, BreakerState::Open));
}

#[test]
fn what_a_person_wants_tried_goes_through_an_open_breaker_at_a_rate_limit_too() {
    // Given an endpoint that is called once a minute at the most, and has come up again while it is only probed
    let rate_limit = Some(RateLimit { per_second: 1.0 / 60.0 });
    let mut days = Days::begin(&Endpoint { rate_limit, ..endpoint(BROKEN, &[]) }, |second, _| {
        if second < 3 * HOUR { down() } else { answer(200, None) }
    });
    (0..50).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(3 * HOUR + 1);
    let Some(probe_at) = days.health().next_probe_at else { panic!("the next probe is to come") };
    let last = days.tried.last().unwrap().second;
    assert!(probe_at > at(last + MINUTE));
    let before = days.tried.len();

    // When a person wants one tried, then it is the next as soon as the rate allows it, without waiting for the probe
    days.dispatch.retry(Days::owed(33, BROKEN, 33), days.now);
    days.until(3 * HOUR + 10 * MINUTE);
    let next = &days.tried[before];
    assert_eq!((next.delivery, next.second), (33, (3 * HOUR + 1).max(last + MINUTE)));
}

#[test]
fn what_a_person_wants_tried_shows_whether_the_endpoint_is_there_again_even_if_there_is_no_room_for_it() {
    let mut days = Days::begin(&endpoint(BROKEN, &[]), |_, _| down());
    let more_than_fit = u64::try_from(OWED_IN_MEMORY_PER_ENDPOINT + 100).unwrap();
    (0..more_than_fit).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(3 * HOUR + 1);
    assert!(days.health().next_probe_at.is_some_and(|at| at > days.now));
    let before = days.tried.len();

    days.dispatch.retry(Days::owed(more_than_fit, BROKEN, more_than_fit), days.now);
    days.until(3 * HOUR + 1);
    assert_eq!(days.tried.len(), before + 1);
}

#[test]
fn what_a_person_wants_tried_goes_before_all_others_of_an_endpoint_that_is_called_once_a_minute() {
    let rate_limit = Some(RateLimit { per_second: 1.0 / 60.0 });
    let mut days = Days::begin(&Endpoint { rate_limit, ..endpoint(BROKEN, &[]) }, |_, _| answer(200, None));
    (0..50).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(MINUTE + 1);

    days.dispatch.retry(Days::owed(33, BROKEN, 33), days.now);
    days.until(3 * MINUTE + 1);
    assert_eq!(days.tried.iter().map(|it| it.delivery).collect::<Vec<_>>(), [0, 1, 33, 2]);
}

#[test]
fn after_the_clock_was_set_back_the_next_probe_is_no_further_away_than_it_ever_is() {
    for (answers, most) in [(down(), 6 * MINUTE), (answer(503, Some(30 * 60)), 70 * MINUTE)] {
        let mut days = Days::begin(&endpoint(BROKEN, &[]), move |_, _| answers.clone());
        (0..20).for_each(|raw| days.owe(raw, BROKEN, raw));
        let is_held = |days: &Days| days.health().next_probe_at.is_some_and(|at| at > days.now);
        let held = (0..HOUR).find(|second| {
            days.until(*second);
            is_held(&days)
        });
        assert!(held.is_some(), "it waits for its next probe");

        let back = at(-8 * HOUR);
        days.now = back;
        days.dispatch.wake(days.now);
        let next = days.health().next_probe_at.unwrap();
        assert!(back < next && next <= at(most - 8 * HOUR), "{next}");
        assert!(days.dispatch.next_wake().is_some_and(|wake| wake <= next));
    }
}

#[test]
fn after_the_clock_was_set_back_what_failed_before_is_tried_after_the_longest_wait_there_is_also_after_a_restart()
 {
    // Given one that failed while the clock was a month ahead
    let failing = endpoint(BROKEN, &["1h", "2h"]);
    let mut days =
        Days::begin(&failing, |second, _| if second < 30 * DAY { answer(200, None) } else { down() });
    days.until(30 * DAY);
    days.owe(1, BROKEN, 1);
    days.until(30 * DAY);

    // When it is set right, then that is tried within a day, the most that anyone may ask for
    days.now = start();
    days.until(2 * DAY);
    assert_eq!((days.tried(1), days.delivered()), (vec![30 * DAY, DAY], vec![1]));

    // And so it is if it was read from the store after that
    let mut days = Days::begin(&failing, |_, _| answer(200, None));
    days.dispatch.more(vec![(failing.id, DeliveryId::from_raw(1))], days.now);
    let wanted = days.dispatch.next_page(days.now).unwrap();
    let (first_attempt_at, next_at) = (Some(at(30 * DAY)), Some(at(30 * DAY + HOUR)));
    let read = Owed { attempts: 1, first_attempt_at, next_at, ..Days::owed(1, BROKEN, 1) };
    days.dispatch.page(wanted, Some(last_page(vec![read])), days.now);
    days.until(2 * DAY);
    assert_eq!((days.tried(1), days.delivered()), (vec![DAY], vec![1]));
}

#[test]
fn after_five_days_it_is_disabled_and_what_it_is_owed_waits_until_it_is_enabled_again() {
    let broken = endpoint(BROKEN, &[]);
    let mut days =
        Days::begin(&broken, |second, _| if second < 7 * DAY { down() } else { answer(200, None) });
    // given something new every hour
    for hour in 0..6 * 24 {
        days.owe(hour, BROKEN, hour);
        days.until(i64::try_from(hour).unwrap() * HOUR);
    }

    // then it is written down that it fails, and then that it is disabled, each once
    let [(noted_s, Standing::Failing(since)), (disabled_s, Standing::Disabled { reason, .. })] =
        &days.news[..]
    else {
        panic!("{:?}", days.news)
    };
    assert_eq!((*since, *reason), (start(), "failing"));
    assert!((10 * MINUTE..2 * HOUR).contains(noted_s), "{noted_s}");
    assert!((5 * DAY..5 * DAY + HOUR).contains(disabled_s), "{disabled_s}");
    assert_eq!(days.tried.last().unwrap().second, *disabled_s, "and nothing is tried any more");
    assert_eq!(days.dispatch.stats().disabled, 1);

    // and when it is enabled again, with what is owed read from the store, it is told at once
    days.until(7 * DAY);
    let told_before = days.tried.len();
    days.dispatch.endpoint(broken.id, Some(&broken), days.now);
    let wanted = days.dispatch.next_page(days.now).unwrap();
    let page = last_page((100..144).map(|raw| Days::owed(raw, BROKEN, raw)).collect());
    days.dispatch.page(wanted, Some(page), days.now);
    days.until(7 * DAY);
    assert_eq!(
        days.tried[told_before..].iter().map(|it| it.delivery).collect::<Vec<_>>(),
        (100..144).collect::<Vec<_>>()
    );
    assert_eq!(days.health().failing_since, None);
}

#[test]
fn an_endpoint_that_recovers_once_in_five_days_is_not_disabled() {
    let mut days = Days::begin(&endpoint(BROKEN, &[]), |second, _| {
        if (3 * DAY..3 * DAY + 10 * MINUTE).contains(&second) { answer(200, None) } else { down() }
    });
    for hour in 0..7 * 24 {
        days.owe(hour, BROKEN, hour);
        days.until(i64::try_from(hour).unwrap() * HOUR);
    }
    let standings: Vec<_> = days.news.iter().map(|(_, standing)| standing.clone()).collect();
    assert!(
        matches!(standings[..], [Standing::Failing(_), Standing::Well, Standing::Failing(_)]),
        "{standings:?}"
    );
}

#[test]
fn a_hub_that_comes_up_after_six_days_gives_the_endpoint_its_chance_first() {
    let broken = Endpoint { failing_since: Some(at(-6 * DAY)), ..endpoint(BROKEN, &[]) };
    let mut days =
        Days::begin(&broken, |second, _| if second < 20 * HOUR { down() } else { answer(200, None) });
    (0..200).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(4 * DAY);
    assert_eq!(days.news.iter().map(|(_, it)| it.clone()).collect::<Vec<_>>(), [Standing::Well]);
    assert_eq!(days.delivered().len(), 200);
}

#[test]
fn gone_switches_it_off_at_once() {
    let mut days = Days::begin(&endpoint(BROKEN, &[]), |_, _| answer(410, None));
    days.owe(1, BROKEN, 1);
    days.owe(2, BROKEN, 1);
    days.until(DAY);
    assert_eq!(days.tried(1), [0]);
    assert!(days.tried(2).is_empty());
    assert_eq!(days.news, [(0, Standing::Disabled { reason: "gone", since: start() })]);
}

#[test]
fn one_whose_switching_off_the_store_does_not_take_stays_off_until_a_person_enables_it() {
    // Given an endpoint that was gone, which the store did not take
    let gone = endpoint(BROKEN, &[]);
    let mut days = Days::begin(&gone, |second, _| answer(if second < HOUR { 410 } else { 200 }, None));
    days.owe(1, BROKEN, 1);
    days.owe(2, BROKEN, 2);
    days.is_taken = false;
    days.until(0);
    days.is_taken = true;

    // Then it is told nothing by itself
    days.until(2 * HOUR);
    assert_eq!((days.tried(1), days.tried(2)), (vec![0], vec![]));

    // But everything when a person enables it, although all of its settings are as they were
    days.dispatch.endpoint(gone.id, Some(&gone), days.now);
    let wanted = days.dispatch.next_page(days.now).unwrap();
    let page = last_page(vec![Days::owed(1, BROKEN, 1), Days::owed(2, BROKEN, 2)]);
    days.dispatch.page(wanted, Some(page), days.now);
    days.until(2 * HOUR);
    assert_eq!(days.delivered(), [1, 2]);
}

#[test]
fn what_was_said_of_an_endpoint_and_is_not_what_stands_in_the_store_is_said_again() {
    // Given an endpoint that has been failing, as is on record, and is well again
    let failing = Endpoint { failing_since: Some(start()), ..endpoint(BROKEN, &[]) };
    let mut days = Days::begin(&failing, |_, _| answer(200, None));
    days.owe(1, BROKEN, 1);
    days.until(MINUTE);
    assert_eq!((days.news.len(), &days.looked_at), (1, &vec![failing.id]));

    // When that was not taken, and still is not on record when the endpoint is looked at
    days.dispatch.endpoint(failing.id, Some(&failing), days.now);
    days.owe(2, BROKEN, 2);
    days.until(2 * MINUTE);

    // Then it is said again, and no more once it is on record
    assert_eq!(days.news, [(0, Standing::Well), (MINUTE, Standing::Well)]);
    let well = Endpoint { failing_since: None, ..failing };
    days.dispatch.endpoint(well.id, Some(&well), days.now);
    days.owe(3, BROKEN, 3);
    days.until(3 * MINUTE);
    assert_eq!((days.news.len(), days.delivered()), (2, vec![1, 2, 3]));
}

#[test]
fn one_that_is_enabled_or_is_elsewhere_is_told_at_once_what_waits_for_another_try_and_then_by_its_schedule() {
    let broken = endpoint(BROKEN, &["10h", "10h", "10h"]);
    let disabled = EndpointState::Disabled { reason: "person".to_owned(), since: start() };
    let off = Endpoint { state: disabled, ..broken.clone() };
    let elsewhere = Endpoint { url: "https://ats.example/new".to_owned(), ..broken.clone() };
    for changes in [vec![off, broken.clone()], vec![elsewhere]] {
        // Given two deliveries that failed, and wait for hours
        let mut days =
            Days::begin(&broken, |second, _| if second < HOUR { down() } else { answer(200, None) });
        (1..=2).for_each(|raw| days.owe(raw, BROKEN, raw));
        days.until(MINUTE);

        // When the endpoint is switched off and on again, or moves, and what it is owed is read in two pages
        for endpoint in changes {
            days.dispatch.endpoint(broken.id, Some(&endpoint), days.now);
        }
        let waits = |raw| Owed {
            attempts: 1,
            first_attempt_at: Some(start()),
            next_at: Some(at(10 * HOUR)),
            ..Days::owed(raw, BROKEN, raw)
        };
        for raw in 1..=2 {
            let wanted = days.dispatch.next_page(days.now).unwrap();
            let page = OwedPage { rows: vec![waits(raw)], is_last: raw == 2 };
            days.dispatch.page(wanted, Some(page), days.now);
        }
        days.until(8 * HOUR);

        // Then each of them is tried at once, and if that fails, when its schedule says so
        assert_eq!((days.tried(1), days.tried(2)), (vec![0, MINUTE], vec![0, MINUTE]));
        days.until(12 * HOUR);
        let mut delivered = days.delivered();
        delivered.sort_unstable();
        assert_eq!((delivered, days.tried.len()), (vec![1, 2], 6));
    }
}

#[test]
fn a_rate_limit_holds_behind_a_breaker_too_and_waiting_for_either_is_no_attempt() {
    let broken = Endpoint { rate_limit: Some(RateLimit { per_second: 0.5 }), ..endpoint(BROKEN, &["5m"]) };
    let mut days = Days::begin(&broken, |second, _| if second < MINUTE { down() } else { answer(200, None) });
    (0..60).for_each(|raw| days.owe(raw, BROKEN, raw));
    days.until(HOUR);
    assert_eq!(days.delivered().len(), 60);
    assert!(days.tried.windows(2).all(|pair| pair[1].second - pair[0].second >= 2));
}

/// What is delivered of these without any breaker, if every wait is as short as its jitter may make it: by lane, when
/// each became owed, and the waits.
fn delivered_without(lanes: &BTreeMap<u64, Vec<(u64, i64)>>, waits: &[i64], up_at: i64) -> Vec<u64> {
    let mut delivered = Vec::new();
    for lane in lanes.values() {
        let mut free_ms = 0;
        for (raw, owed_at) in lane {
            let mut now_ms = free_ms.max(owed_at * 1_000);
            let mut attempts = 1;
            while now_ms < up_at * 1_000 && attempts <= waits.len() {
                now_ms += waits[attempts - 1] * 900;
                attempts += 1;
            }
            if now_ms >= up_at * 1_000 {
                delivered.push(*raw);
            }
            free_ms = now_ms;
        }
    }
    delivered.sort_unstable();
    delivered
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn i2_i3_a_breaker_takes_nothing_away_from_anybody_and_changes_no_order(
        waits in prop::collection::vec(1_i64..3_000, 0..6),
        up_at in 0_i64..10_000,
        owed in prop::collection::vec((0_u64..12, 0_i64..12_000), 1..120),
        statuses in prop::collection::vec(prop::sample::select(vec![DOWN, 400, 429, 500, 503]), 1..20),
    ) {
        // given what becomes owed over time
        let mut times: Vec<(u64, i64)> = owed;
        times.sort_by_key(|(_, second)| *second);
        let mut lanes: BTreeMap<u64, Vec<(u64, i64)>> = BTreeMap::new();
        for (raw, (lane, second)) in times.iter().enumerate() {
            lanes.entry(*lane).or_default().push((raw as u64, *second));
        }
        let written: Vec<String> = waits.iter().map(|wait| format!("{wait}s")).collect();
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        let broken = if written.is_empty() { endpoint(BROKEN, &["1s"]) } else { endpoint(BROKEN, &written) };
        let waits = if waits.is_empty() { vec![1] } else { waits };
        let mut count = 0;
        let mut days = Days::begin(&broken, move |second, _| {
            count += 1;
            match statuses[count % statuses.len()] {
                _ if second >= up_at => answer(204, None),
                status => answer(status, None),
            }
        });

        // when it is down until it comes up
        for (raw, (lane, second)) in times.iter().enumerate() {
            days.until(*second);
            days.owe(raw as u64, BROKEN, *lane);
        }
        days.until(DAY);

        // then everything has come to its end, each in its lane's order, and whoever had been told is told
        let mut ended: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for tried in days.tried.iter().filter(|tried| tried.state != DeliveryState::Pending) {
            ended.entry(times[usize::try_from(tried.delivery).unwrap()].0).or_default().push(tried.delivery);
        }
        for (lane, deliveries) in &lanes {
            let in_order: Vec<u64> = deliveries.iter().map(|(raw, _)| *raw).collect();
            prop_assert_eq!(&ended[lane], &in_order);
        }
        let delivered = days.delivered();
        for raw in delivered_without(&lanes, &waits, up_at) {
            prop_assert!(delivered.contains(&raw), "{raw} was not told");
        }
        for raw in 0..times.len() as u64 {
            prop_assert!(days.tried(raw).len() <= waits.len() + 1);
        }
    }
}
