//! What is sent again, because the answer never came, comes to one thing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;

use callboard_server::new_secret_bytes;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::support::{Hub, PATIENCE, agent};
use crate::wire::{Answer, Wire, exchange, request};

const CUTS: usize = 60;
const KILLS: usize = 8;
const SENDERS: usize = 4;
/// A power cut comes after so many more answers at most.
const MOST_BETWEEN_KILLS: usize = 12;

/// Asks for a candidate of this number, under a key of its own.
fn wish(hub: &Hub, number: usize) -> Vec<u8> {
    posted(&hub.key, &format!("key-{number}"), "/v1/candidates", &wanted(number))
}

fn wanted(number: usize) -> Value {
    json!({"full_name": "Ada", "external_ids": {"ats": format!("n{number}")}})
}

fn posted(bearer: &str, key: &str, path: &str, body: &Value) -> Vec<u8> {
    let headers = [
        ("authorization", format!("Bearer {bearer}")),
        ("content-type", "application/json".to_owned()),
        ("idempotency-key", key.to_owned()),
    ];
    request("POST", path, &headers, body.to_string().as_bytes())
}

fn is_replayed(answer: &Answer) -> bool {
    answer.head.to_ascii_lowercase().contains("idempotent-replayed: true")
}

/// The only candidate of this number.
#[track_caller]
fn the_one(hub: &Hub, number: usize) -> String {
    let found = hub.all(&format!("/v1/candidates?external_id=ats:n{number}"));
    assert_eq!(found.len(), 1, "{number}: {found:?}");
    found[0]["id"].as_str().unwrap().to_owned()
}

/// Each is asked for once more; it is one and the same then. How many were there before?
fn asked_again(hub: &Hub, numbers: usize) -> usize {
    let mut there_before = 0;
    for number in 0..numbers {
        let answer = exchange(&hub.url, &wish(hub, number)).unwrap();
        assert_eq!(answer.status, 201, "{}", answer.json());
        assert_eq!(answer.json()["id"], the_one(hub, number).as_str());
        there_before += usize::from(is_replayed(&answer));
    }
    assert_eq!(hub.all("/v1/candidates").len(), numbers);
    there_before
}

#[test]
fn a_request_whose_connection_is_cut_anywhere_and_which_is_sent_again_makes_one_thing() {
    let mut dice = dice();
    let hub = Hub::start_logging("warn");
    for number in 0..CUTS {
        let whole = wish(&hub, number);
        let cut = if dice.random() { whole.len() } else { dice.random_range(0..whole.len()) };
        let mut wire = Wire::to(&hub.url);
        wire.send(&whole[..cut]);
        drop(wire);
    }
    asked_again(&hub, CUTS);
    assert_eq!(asked_again(&hub, CUTS), CUTS, "each is there by now");
    assert_eq!(hub.log(), "");
}

#[test]
fn requests_that_a_power_cut_left_without_an_answer_make_one_thing_each_when_sent_again() {
    let mut dice = dice();
    let mut hub = Hub::start();
    let numbers = AtomicUsize::new(0);
    let mut answered = 0;
    for _ in 0..KILLS {
        let (said_yes, yes) = channel();
        let (url, key) = (format!("{}/v1/candidates", hub.url), hub.key.clone());
        let data = thread::scope(|scope| {
            for _ in 0..SENDERS {
                let (said_yes, url, key, numbers) = (said_yes.clone(), &url, &key, &numbers);
                scope.spawn(move || {
                    while is_answered(url, key, numbers.fetch_add(1, Ordering::Relaxed)) {
                        said_yes.send(()).unwrap();
                    }
                });
            }
            let enough = dice.random_range(0..MOST_BETWEEN_KILLS);
            (0..enough).for_each(|_| yes.recv_timeout(PATIENCE).unwrap());
            answered += enough;
            // Whoever waits for an answer now waits in vain, and stops.
            hub.kill()
        });
        drop(said_yes);
        answered += yes.iter().count();
        hub = Hub::start_on(data, &[]);
    }
    let sent = numbers.into_inner();
    assert!(sent >= KILLS * SENDERS);
    assert!(asked_again(&hub, sent) >= answered, "what was answered is there");
    assert_eq!(asked_again(&hub, sent), sent);
}

/// Asks for a candidate of this number, of a hub that may not be there any more.
fn is_answered(url: &str, key: &str, number: usize) -> bool {
    let request = agent()
        .post(url)
        .header("authorization", format!("Bearer {key}"))
        .header("idempotency-key", format!("key-{number}"))
        .content_type("application/json");
    let Ok(answer) = request.send(wanted(number).to_string()) else { return false };
    assert_eq!(answer.status(), 201);
    true
}

#[test]
fn the_same_request_at_the_same_time_makes_one_thing_and_tells_everyone_of_it() {
    let hub = Hub::start();
    let asked = wish(&hub, 0);
    let answers: Vec<Answer> = thread::scope(|scope| {
        let senders: Vec<_> = (0..8).map(|_| scope.spawn(|| exchange(&hub.url, &asked).unwrap())).collect();
        senders.into_iter().map(|sender| sender.join().unwrap()).collect()
    });
    let one = the_one(&hub, 0);
    assert!(answers.iter().all(|answer| answer.status == 201 && answer.json()["id"] == one.as_str()));
    assert_eq!(answers.iter().filter(|answer| !is_replayed(answer)).count(), 1);
}

#[test]
fn a_key_stands_for_one_request_of_one_company() {
    let hub = Hub::start();
    let company = hub.get("/v1/companies")["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(exchange(&hub.url, &wish(&hub, 0)).unwrap().status, 201);
    let jobs = format!("/hirehive/v1.0/{company}/jobs");
    for (path, body) in [
        ("/v1/candidates", wanted(1)),
        ("/v1/jobs", json!({"title": "x"})),
        ("/v1/candidates?x", wanted(0)),
        (jobs.as_str(), json!({"title": "x"})),
    ] {
        let answer = exchange(&hub.url, &posted(&hub.key, "key-0", path, &body)).unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (422, "idempotency_key_reused"), "{path}");
    }
    let twice = [(); 2].map(|()| {
        let answer = exchange(&hub.url, &posted(&hub.key, "job", &jobs, &json!({"title": "x"}))).unwrap();
        assert_eq!(answer.status, 201);
        answer.json()["data"]["id"].clone()
    });
    assert_eq!(twice[0], twice[1]);
    assert_eq!(hub.all("/v1/jobs").len(), 1);
    let other = hub.post("/v1/companies", &json!({"name": "Durmstrang"}));
    let key = other["key"]["key"].as_str().unwrap();
    let answer = exchange(&hub.url, &posted(key, "key-0", "/v1/candidates", &wanted(0))).unwrap();
    assert_eq!((answer.status, is_replayed(&answer)), (201, false), "it is another world");
    the_one(&hub, 0);
}

fn dice() -> StdRng {
    let mut random = [0; 8];
    new_secret_bytes(&mut random);
    let given = std::env::var("CUT_SEED").ok().map(|seed| seed.parse().unwrap());
    let seed = given.unwrap_or(u64::from_le_bytes(random));
    eprintln!("CUT_SEED={seed}");
    StdRng::seed_from_u64(seed)
}
