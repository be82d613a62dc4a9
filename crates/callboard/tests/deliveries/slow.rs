//! An endpoint that takes its time holds up nobody.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use callboard_simulate::Answer;
use serde_json::json;

use crate::support::ear::{Ear, subscribe};
use crate::support::until;
use crate::telling::{Scene, moves, states};

#[test]
fn an_endpoint_whose_answers_drip_holds_up_nobody() {
    let scene = Scene::set();
    let dripping = subscribe(&scene.hub, &drip(), "standard", &moves(&json!({})));
    let well = Ear::open("standard");
    well.subscribe(&scene.hub, &moves(&json!({})));

    let told: usize = (0..6).map(|interview| scene.tell(interview, 3).len()).sum();
    until("the other one has heard everything", || well.counts().taken == told as u64);

    well.assert_sound();
    assert_eq!(states(&scene.deliveries(&dripping)), vec!["pending"; told]);
}

#[test]
fn an_interview_whose_answer_is_awaited_does_not_hold_up_the_next_at_the_same_endpoint() {
    let scene = Scene::set();
    let body = scene.account.letters(0).remove(0).body;
    let first: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let code = first["interviewCode"].as_str().unwrap().to_owned();
    let ear = Ear::answering("skype", move |heard| {
        let slow = String::from_utf8_lossy(&heard.body).contains(&code);
        Answer { after: if slow { Duration::from_secs(20) } else { Duration::ZERO }, ..Answer::now(200) }
    });
    ear.subscribe(&scene.hub, &moves(&json!({})));

    scene.tell(0, 3);
    let others = scene.tell(1, 4).len() + scene.tell(2, 4).len();

    until("the others are told", || ear.heard().len() >= others);
    assert!(ear.heard().iter().all(|it| it.body != body), "the slow one is still being awaited");
}

/// The URL of a server that begins to answer, and then sends a byte now and then without end.
fn drip() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
                while stream.write_all(b".").is_ok() {
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
        }
    });
    url
}
