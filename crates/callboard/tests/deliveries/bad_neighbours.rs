//! Endpoints that are down, drip, answer garbage, break off or never answer do not change what others get.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use serde_json::json;

use crate::support::deserted::Deserted;
use crate::support::ear::{Ear, subscribe};
use crate::support::until;
use crate::telling::{Scene, moves, once, states};

const INTERVIEWS: usize = 6;
const MOVES: usize = 3;

#[test]
fn endpoints_that_misbehave_in_every_way_change_nothing_for_others_and_try_no_follower() {
    // Given one endpoint for each way to misbehave, and two that are well
    let scene = Scene::set();
    let settings = moves(&once());
    let refusing = Deserted::keep();
    let bad = [
        refusing.url(),
        misbehaving(drip),
        misbehaving(garbage),
        misbehaving(break_off),
        misbehaving(silence),
    ]
    .map(|url| subscribe(&scene.hub, &url, "standard", &settings));
    let well = [Ear::open("standard"), Ear::open("skype")];
    for ear in &well {
        ear.subscribe(&scene.hub, &moves(&json!({})));
    }

    // When interviews move on
    let told: usize = (0..INTERVIEWS as u64).map(|interview| scene.tell(interview, MOVES).len()).sum();
    assert_eq!(told, INTERVIEWS * MOVES);

    // Then those that are well hear everything once, in order
    for ear in &well {
        until("the others have heard everything", || ear.counts().taken == told as u64);
        ear.assert_sound();
    }
    // And the others are still owed all of it; of each interview only the first is tried
    for endpoint in &bad {
        let deliveries = scene.deliveries(endpoint);
        assert_eq!(states(&deliveries), vec!["pending"; told]);
        let followers = deliveries.iter().enumerate().filter(|(place, _)| place % MOVES > 0);
        assert!(followers.into_iter().all(|(_, it)| it["attempts"] == 0), "{deliveries:?}");
    }
    // And what each did is on record
    for endpoint in [&bad[0], &bad[2], &bad[3]] {
        let error = &scene.attempts(&scene.tried(endpoint, 1))[0]["error"];
        assert!(error.as_str().is_some_and(|error| !error.is_empty()), "{error}");
    }
}

#[test]
fn many_endpoints_that_never_answer_leave_room_for_one_that_does() {
    // Given so many that never answer that they could take every attempt that may be under way
    let scene = Scene::set();
    let silent = misbehaving(silence);
    for _ in 0..40 {
        subscribe(&scene.hub, &silent, "standard", &moves(&once()));
    }
    let well = Ear::open("standard");
    well.subscribe(&scene.hub, &moves(&json!({})));

    // When more interviews move on than each may be told of at once, divided by nobody
    let told: usize = (0..30).map(|interview| scene.tell(interview, MOVES).len()).sum();

    // Then the one that answers hears everything
    until("it has heard everything", || well.counts().taken == told as u64);
    well.assert_sound();
}

/// The URL of a server that does this with each connection.
fn misbehaving(how: fn(TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || how(stream));
        }
    });
    url
}

fn drip(mut stream: TcpStream) {
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
    while stream.write_all(b".").is_ok() {
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn garbage(mut stream: TcpStream) {
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(b"\x16\x03\x01 no HTTP at all\r\n\r\n");
}

fn break_off(stream: TcpStream) {
    let _ = stream.shutdown(Shutdown::Both);
    drop(stream);
}

fn silence(mut stream: TcpStream) {
    while stream.read(&mut [0; 4096]).is_ok_and(|read| read > 0) {}
}
