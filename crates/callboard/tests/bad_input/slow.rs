//! Connections that want nothing, or take their time over it.

use callboard_simulate::Platform;

use crate::ground::Ground;
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
