//! `/v1/live`: events as they happen, resumed where a reader broke off; and host links, shown to nobody but to those
//! who are owed them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use callboard_server::limits::LIVE_LISTENERS;
use callboard_simulate::Platform;
use serde_json::{Value, json};
use support::accounts::Account;
use support::ear::{Ear, subscribe};
use support::reader::{Reader, Told};
use support::{Hub, ask, until};

/// What every host link of the simulated LaunchPad has in it.
const SECRET: &str = "zak=";

/// The ids of all events, the first one first.
fn ids(hub: &Hub) -> Vec<String> {
    let mut ids: Vec<_> =
        hub.all("/v1/events").iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    ids.reverse();
    ids
}

fn ids_of(told: &[Told]) -> Vec<&String> {
    told.iter().map(|it| &it.id).collect()
}

#[test]
fn what_happens_is_told_as_it_happens_in_the_native_form() {
    // given a reader who comes when something has happened already
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::HireHive);
    let letters = account.letters(0);
    account.tell_all(&letters[..2]);
    let before = ids(&hub).len();
    let reader = Reader::open(&hub, None);

    for letter in &letters[2..] {
        // when
        let events = account.tell(letter)["events"].as_u64().unwrap();

        // then
        for told in reader.take(usize::try_from(events).unwrap()) {
            let event = hub.get(&format!("/v1/events/{}", told.id));
            assert_eq!(told.data, event["event"]);
            assert_eq!(told.kind, event["event"]["type"].as_str().unwrap());
        }
    }
    assert!(ids(&hub).len() > before, "something has happened");
}

#[test]
fn a_reader_who_breaks_off_again_and_again_misses_nothing_and_hears_nothing_twice() {
    // given
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::HireHive);
    account.tell(&account.letters(0)[0]);
    let first = ids(&hub).remove(0);

    // when a reader comes and goes while much is happening
    let mut heard = vec![first];
    std::thread::scope(|scope| {
        let playing = scope.spawn(|| account.simulate(&["--count", "24", "--seed", "9"]));
        while !playing.is_finished() {
            let told = Reader::open(&hub, heard.last().map(String::as_str)).take(7);
            heard.extend(told.into_iter().map(|it| it.id));
            if heard.len() > 200 {
                break;
            }
        }
    });
    let all = ids(&hub);
    let rest = Reader::open(&hub, heard.last().map(String::as_str)).take(all.len() - heard.len());
    heard.extend(rest.into_iter().map(|it| it.id));

    // then
    assert_eq!(heard, all);
}

#[test]
fn a_reader_who_was_away_for_long_catches_up_and_stays() {
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Viasto);
    account.simulate(&["--count", "30"]);
    let all = ids(&hub);
    assert!(all.len() > 250, "more than a page: {}", all.len());

    let reader = Reader::open(&hub, Some(&all[0]));
    let caught_up = reader.take(all.len() - 1);
    assert_eq!(ids_of(&caught_up), all[1..].iter().collect::<Vec<_>>());

    account.simulate(&["--count", "1", "--seed", "77"]);
    let more = ids(&hub).split_off(all.len());
    assert_eq!(ids_of(&reader.take(more.len())), more.iter().collect::<Vec<_>>());
}

#[test]
fn large_events_are_told_in_their_order_among_small_ones() {
    let hub = Hub::start();
    let reader = Reader::open(&hub, None);
    let jobs: Vec<Value> = (0..12)
        .map(|number| {
            let words = "x".repeat(if number % 3 == 0 { 90_000 } else { 10 });
            hub.post("/v1/jobs", &json!({"title": format!("Seeker {number}"), "description": words}))
        })
        .collect();

    let told = reader.take(jobs.len());
    assert_eq!(ids_of(&told), ids(&hub).iter().collect::<Vec<_>>());
    for (told, job) in told.iter().zip(&jobs) {
        assert_eq!(told.data["data"]["job"]["description"], job["description"]);
    }
}

#[test]
fn a_stream_after_a_restart_goes_on_where_the_reader_was() {
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    account.tell_all(&account.letters(0));
    let all = ids(&hub);

    let (data, _) = hub.terminate();
    let hub = Hub::start_on(data, &[]);

    let told = Reader::open(&hub, Some(&all[2])).take(all.len() - 3);
    assert_eq!(ids_of(&told), all[3..].iter().collect::<Vec<_>>());
}

#[test]
fn a_reader_needs_a_key_and_an_id_that_is_one() {
    let hub = Hub::start();
    let live = format!("{}/v1/live", hub.url);
    assert_eq!(ask(&live, "GET", None, None).0, 401);
    let refused = ureq::get(&live)
        .header("authorization", format!("Bearer {}", hub.key))
        .header("last-event-id", "yesterday")
        .call();
    assert!(matches!(refused, Err(ureq::Error::StatusCode(400))), "{refused:?}");
}

#[test]
fn a_company_that_listens_very_often_leaves_room_for_others() {
    // given as many listeners of one company as there may be
    let hub = Hub::start();
    let other = hub.post("/v1/companies", &json!({"name": "Durmstrang"}))["key"]["key"].clone();
    let listen = |key: &str| {
        let address = format!("{}/v1/live", hub.url);
        let asked = ureq::get(address).header("authorization", format!("Bearer {key}"));
        asked.config().http_status_as_error(false).build().call().unwrap()
    };
    let mut listening: Vec<_> = (0..LIVE_LISTENERS).map(|_| listen(&hub.key)).collect();
    assert!(listening.iter().all(|it| it.status() == 200));

    // when there is one more
    let mut refused = listen(&hub.key);

    // then it is asked to come again, and others are not
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"1".parse().unwrap()));
    let why: Value = refused.body_mut().read_json().unwrap();
    assert_eq!(why["code"], "too_many_listeners");
    assert_eq!(listen(other.as_str().unwrap()).status(), 200);

    // and when one leaves, which is found when there is something to tell, there is room again
    listening.pop();
    until("somebody else may listen", || {
        hub.post("/v1/jobs", &json!({"title": "Seeker"}));
        listen(&hub.key).status() == 200
    });
}

#[test]
fn a_host_link_reaches_those_who_are_owed_it_and_is_shown_nowhere_else() {
    // given all of LaunchPad's spellings, a receiver in its words, and one that repeats in its answer what it was told
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::LaunchPad);
    let ear = Ear::open("launchpad");
    ear.subscribe(&hub, &json!({}));
    subscribe(&hub, &echo(), "launchpad", &json!({}));
    let reader = Reader::open(&hub, None);

    // when
    account.simulate(&["--count", "4"]);
    let crooked = br#"{"interview": {"start_url": "https://zoom.example/s/1?zak=crooked", "id": ["#;
    let headers = account.sign("msg_crooked", crooked);
    let mut request = ureq::post(&account.url);
    for (name, value) in &headers {
        request = request.header(*name, value);
    }
    request.send(&crooked[..]).unwrap();
    hub.settle();

    // then
    let links = ear.heard().iter().filter(|it| String::from_utf8_lossy(&it.body).contains(SECRET)).count();
    assert!(links >= 4, "each interview has a link for its host");
    let events = hub.all("/v1/events");
    let mut shown: Vec<Value> = reader.take(events.len()).into_iter().map(|it| it.data).collect();
    shown.extend(events.iter().map(|it| hub.get(&format!("/v1/events/{}", id(it)))));
    shown.extend(events);
    let receipts = hub.all("/v1/receipts");
    assert!(receipts.iter().any(|it| it["outcome"] == "quarantined"));
    shown.extend(receipts.iter().map(|it| hub.get(&format!("/v1/receipts/{}", id(it)))));
    shown.extend(receipts);
    let deliveries = hub.all("/v1/deliveries");
    shown.extend(deliveries.iter().map(|it| hub.get(&format!("/v1/deliveries/{}/attempts", id(it)))));
    shown.extend(deliveries);
    assert!(shown.iter().any(|it| it.to_string().contains("(hidden)")));
    for thing in shown {
        assert!(!thing.to_string().contains(SECRET), "{thing:#}");
    }
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// The URL of a server that answers each request with its own body.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut head = BufReader::new(stream.try_clone().unwrap());
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    head.read_line(&mut line).unwrap();
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    if line.trim().is_empty() {
                        break;
                    }
                }
                let mut body = vec![0; length];
                head.read_exact(&mut body).unwrap();
                write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n")
                    .unwrap();
                stream.write_all(&body).unwrap();
            });
        }
    });
    url
}
