//! Connections that want nothing, or take their time over it.

use std::iter::repeat_with;

use callboard_simulate::Platform;

use crate::ground::Ground;
use crate::support::until;
use crate::wire::{Wire, head};

const IDLE: usize = 400;

#[test]
fn slow_and_silent_senders_are_cut_off_and_hold_up_nobody() {
    let ground = Ground::of(Platform::Skype);
    let body = &ground.account.letters(100)[0].body[..];
    let mut headers = ground.account.sign("slow", body);
    headers.push(("content-length", "100000".to_owned()));

    let (silent, heads, bodies, between) = ground.nothing_comes_of(|| {
        let open = || Wire::to(&ground.hub.url);
        let silent: Vec<_> = (0..IDLE).map(|_| open()).collect();
        // The first is how HTTP/2 begins, the second how HTTP/1.1 does.
        let heads = [&b"PRI * HTTP"[..], b"POST /in/", b"POST /in/x HTTP/1.1\r\nx: "].map(|begun| {
            let mut wire = open();
            wire.send(begun);
            wire
        });
        let mut bodies = open();
        bodies.send(&head("POST", ground.path(), &headers)).send(&body[..10]);
        let mut between = open();
        between.send(&head("GET", "/healthz", &[]));
        assert_eq!(between.answer().unwrap().status, 200);
        (silent, heads, bodies, between)
    });

    // All of them are still there, and good requests have gone through. Now they are waited for.
    let cut_off = std::thread::scope(|scope| {
        let heads = heads.map(|mut wire| {
            scope.spawn(move || wire.drip(b' ').is_none_or(|it| it.status == 408 || it.status == 400))
        });
        let mut bodies = bodies;
        let bodies = scope.spawn(move || bodies.drip(b' ').map(|answer| answer.status));
        for mut wire in silent.into_iter().chain([between]) {
            assert!(
                wire.answer().is_none_or(|answer| answer.status == 408),
                "who says nothing is told nothing"
            );
        }
        (heads.map(|head| head.join().unwrap()), bodies.join().unwrap())
    });
    assert_eq!(cut_off, ([true; 3], Some(408)));
    ground.goes_on();
}

/// As large as a body may be, and as many of them as there is room for while they arrive.
const LARGE: usize = 1024 * 1024;
const LARGE_AT_ONCE: usize = 65;

#[test]
fn many_large_bodies_that_never_end_leave_room_for_webhooks_and_give_it_back() {
    let ground = Ground::of(Platform::Skype);
    let request = |bytes: usize| {
        let headers =
            [("content-type", "application/json".to_owned()), ("content-length", bytes.to_string())];
        head("POST", ground.path(), &headers)
    };
    let body = vec![b' '; LARGE - 1];
    let is_busy = || {
        let mut wire = Wire::to(&ground.hub.url);
        wire.send(&request(100_000)).send(&body[..100_000]);
        let answer = wire.answer().unwrap();
        assert!(answer.status != 503 || answer.head.contains("retry-after"), "{answer:?}");
        answer.status == 503 && answer.code() == "busy"
    };
    let open = || {
        let mut wire = Wire::to(&ground.hub.url);
        wire.send(&request(LARGE)).send(&body);
        wire
    };

    let large: Vec<Wire> = repeat_with(open).take(LARGE_AT_ONCE).collect();
    until("large bodies find no room", is_busy);
    ground.goes_on();
    drop(large);
    until("there is room again", || !is_busy());
}
