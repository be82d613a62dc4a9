//! What people do at one hub holds at all of them.

use callboard_simulate::{Answer, Platform};
use serde_json::{Value, json};

use crate::support::accounts::{Account, now};
use crate::support::ear::Ear;
use crate::support::reader::Reader;
use crate::support::{Hub, until};
use crate::{Crowd, ears};

#[test]
fn an_interview_is_told_at_whichever_hub_and_heard_in_order_and_known_again_by_all() {
    // Given three hubs, and receivers that were made known to one of them
    let crowd = Crowd::of(3);
    let ears = ears(&crowd.hubs[0], 6);
    let mut account = Account::open(&crowd.hubs[0], Platform::Skype);
    until("the shards are spread", || crowd.shares() == [20, 20, 21]);

    // When each letter about some interviews goes to another hub
    let path = account.url.strip_prefix(&crowd.hubs[0].url).unwrap().to_owned();
    let letters: Vec<_> = (0..4).flat_map(|interview| account.letters(interview)).collect();
    for (letter, hub) in letters.iter().zip(crowd.hubs.iter().cycle()) {
        account.url = format!("{}{path}", hub.url);
        until("the hub knows the account", || account.send(letter).0 == 200);
    }

    // Then each receiver hears of everything once, in order
    crowd.hubs[1].settle();
    let events = crowd.hubs[2].all("/v1/events");
    for ear in &ears {
        until("all of it was heard", || ear.heard().len() == events.len());
        ear.assert_sound();
    }

    // And a letter that comes again, wherever, is known
    for (letter, hub) in letters.iter().zip(crowd.hubs.iter().cycle().skip(1)) {
        account.url = format!("{}{path}", hub.url);
        assert_eq!(account.tell(letter)["outcome"], "duplicate");
    }
    assert_eq!(crowd.hubs[0].all("/v1/events").len(), events.len());
}

#[test]
fn a_delivery_is_called_off_and_tried_again_at_a_hub_that_does_not_tell_it() {
    // Given endpoints that refuse everything at first, so that some are told by either hub
    let crowd = Crowd::of(2);
    until("the shards are spread", || crowd.shares() == [30, 31]);
    let account = Account::open(&crowd.hubs[0], Platform::HireHive);
    let refusing: Vec<Ear> = (0..6)
        .map(|_| Ear::answering("standard", |heard| Answer::now(if heard.attempt == 1 { 500 } else { 200 })))
        .collect();
    for ear in &refusing {
        ear.subscribe(&crowd.hubs[0], &json!({"retry": {"schedule": ["1h"]}}));
    }
    account.tell(&account.letters(0)[0]);
    let owed = || crowd.hubs[1].all("/v1/deliveries?state=pending");
    until("each was tried", || {
        let owed = owed();
        owed.len() >= refusing.len() && owed.iter().all(|it| it["attempts"] == 1)
    });

    // When one half is called off and the other tried again, each at one hub
    for (place, delivery) in owed().iter().enumerate() {
        let id = delivery["id"].as_str().unwrap();
        let (hub, deed) = if place % 2 == 0 { (0, "retry") } else { (1, "cancel") };
        crowd.hubs[hub].post(&format!("/v1/deliveries/{id}/{deed}"), &json!({}));
    }

    // Then that is what comes of them, long before they would have been tried by themselves
    crowd.hubs[0].settle();
    let all = crowd.hubs[1].all("/v1/deliveries");
    let with = |state: &str| all.iter().filter(|it| it["state"] == state).count();
    assert_eq!((with("delivered"), with("cancelled")), (all.len().div_ceil(2), all.len() / 2));
}

#[test]
fn an_endpoint_that_is_switched_off_at_one_hub_is_not_told_by_another() {
    let crowd = Crowd::of(2);
    until("the shards are spread", || crowd.shares() == [30, 31]);
    let account = Account::open(&crowd.hubs[0], Platform::HireHive);
    let ear = Ear::open("standard");
    let endpoint = ear.subscribe(&crowd.hubs[0], &json!({}));
    let is_known = |hub: usize, state: &str| {
        let (status, shown) = crowd.hubs[hub].ask("GET", &format!("/v1/endpoints/{endpoint}"), None);
        status == 200 && shown["state"] == state
    };
    until("both hubs know it", || is_known(1, "enabled"));

    crowd.hubs[1].post(&format!("/v1/endpoints/{endpoint}/disable"), &json!({}));
    until("both hubs know it", || is_known(0, "disabled"));
    account.tell(&account.letters(0)[0]);

    let before = now();
    crowd.hubs[0].post(&format!("/v1/endpoints/{endpoint}/enable"), &json!({}));
    crowd.hubs[0].settle();
    let heard = ear.heard();
    assert!(
        !heard.is_empty() && heard.iter().all(|heard| heard.at >= before),
        "told while it was off: {heard:?}"
    );
}

#[test]
fn how_an_endpoint_is_doing_is_said_by_a_hub_that_does_not_tell_it_and_versions_are_the_same_at_all() {
    // Given endpoints that are told by either hub, and refuse everything
    let crowd = Crowd::of(2);
    until("the shards are spread", || crowd.shares() == [30, 31]);
    let account = Account::open(&crowd.hubs[0], Platform::HireHive);
    let refusing: Vec<Ear> = (0..6).map(|_| Ear::answering("standard", |_| Answer::now(500))).collect();
    let patient = json!({"retry": {"schedule": ["1h"]}});
    let endpoints: Vec<String> = refusing.iter().map(|ear| ear.subscribe(&crowd.hubs[0], &patient)).collect();
    account.tell(&account.letters(0)[0]);

    // Then both hubs say that there are two, and of each endpoint that it fails, and the second one takes the version that the first one shows
    for hub in &crowd.hubs {
        let itself = hub.get("/v1/hub");
        assert_eq!((&itself["store"], &itself["hubs"]), (&json!("postgres"), &json!(2)), "{itself}");
        assert!(!itself.to_string().contains("postgres:"), "it does not say where that is: {itself}");
    }
    for id in &endpoints {
        let path = format!("/v1/endpoints/{id}");
        for hub in &crowd.hubs {
            until("it is said to fail", || {
                let (status, shown) = hub.ask("GET", &path, None);
                let health = &shown["health"];
                let minutes = health["last_hour"].as_array().cloned().unwrap_or_default();
                let failed: u64 = minutes.iter().filter_map(|minute| minute["failed"].as_u64()).sum();
                status == 200 && health["last_failure"]["status"] == 500 && failed > 0
            });
        }
        let etag = |hub: usize| {
            let asked = ureq::get(format!("{}{path}", crowd.hubs[hub].url))
                .header("authorization", format!("Bearer {}", crowd.key));
            asked.call().unwrap().headers()["etag"].clone()
        };
        assert_eq!(etag(0), etag(1));
    }
}

#[test]
fn what_was_made_at_one_hub_is_found_at_another() {
    let crowd = Crowd::of(2);
    let made = |path: &str, body: Value| crowd.hubs[0].post(path, &body)["id"].clone();
    let candidates =
        [("Åsa Østby", "asa"), ("Romy Vale", "romy"), ("Mira Østby", "mira")].map(|(name, local)| {
            made("/v1/candidates", json!({"full_name": name, "email": format!("{local}@example.com")}))
        });
    let named = json!({"title": "With Østby", "external_ids": {"skype": "RENE2010"}});
    let interview = made("/v1/interviews", named);

    let find = |text: &str| {
        let (mut found, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let asked = json!({"text": text, "limit": 1, "cursor": cursor});
            let page = crowd.hubs[1].post("/v1/search", &asked);
            found.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
            cursor = page["next"].clone();
            if cursor.is_null() {
                return found;
            }
        }
    };
    assert_eq!(find("øst"), [interview.clone(), candidates[2].clone(), candidates[0].clone()]);
    assert_eq!(find("rene2010"), Vec::<Value>::new());
    assert_eq!(find("RENE2010"), [interview]);
    assert_eq!(find("romy@example.com"), [candidates[1].clone()]);
}

#[test]
fn a_replay_that_is_asked_for_at_one_hub_is_worked_on_once_and_told_by_all() {
    let crowd = Crowd::of(3);
    until("the shards are spread", || crowd.shares() == [20, 20, 21]);
    let ears = ears(&crowd.hubs[0], 4);
    let knows_all = |hub: &Hub| hub.all("/v1/endpoints").len() == ears.len();
    until("all hubs know them", || crowd.hubs.iter().all(knows_all));
    let account = Account::open(&crowd.hubs[0], Platform::HireHive);
    account.tell_all(&account.letters(0));
    crowd.hubs[0].settle();
    let heard = ears[0].heard().len();

    for (ear, hub) in ears.iter().zip(crowd.hubs.iter().cycle()) {
        let all = hub.all("/v1/endpoints");
        let id = all.iter().find(|it| it["url"] == ear.url()).unwrap()["id"].as_str().unwrap().to_owned();
        hub.post(
            &format!("/v1/endpoints/{id}/replay"),
            &json!({"what": "all", "since": "2020-01-01T00:00:00Z"}),
        );
    }
    for ear in &ears {
        until("each event was told once more", || ear.heard().len() == 2 * heard);
    }
    crowd.hubs[0].settle();
    assert!(ears.iter().all(|ear| ear.heard().len() == 2 * heard));
}

#[test]
fn two_hubs_that_are_asked_to_change_the_same_thing_at_once_do_not_undo_each_other_s_change() {
    let crowd = Crowd::of(2);
    let ear = Ear::open("standard");
    let endpoint = ear.subscribe(&crowd.hubs[0], &json!({}));
    let path = format!("/v1/endpoints/{endpoint}");
    until("both hubs know it", || crowd.hubs[1].ask("GET", &path, None).0 == 200);

    // Each round changes one thing at one hub and another at the other one, at the same time
    for round in 0..20 {
        let changes = [
            json!({"description": format!("round {round}")}),
            json!({"hold_for": format!("{}m", round + 1)}),
        ];
        std::thread::scope(|scope| {
            for (hub, change) in crowd.hubs.iter().zip(&changes) {
                let path = &path;
                scope.spawn(move || {
                    until("it is taken", || {
                        let (status, answer) = hub.ask("PATCH", path, Some(change));
                        assert!(status == 200 || answer["code"] == "changed_meanwhile", "{status} {answer}");
                        status == 200
                    });
                });
            }
        });
        let is_both = |hub: usize| {
            let shown = crowd.hubs[hub].get(&path);
            shown["description"] == changes[0]["description"] && shown["hold_for"] == changes[1]["hold_for"]
        };
        until("both changes are there", || is_both(0) && is_both(1));
    }
}

#[test]
fn whoever_listens_at_one_hub_hears_what_comes_in_at_another() {
    let crowd = Crowd::of(2);
    let account = Account::open(&crowd.hubs[0], Platform::HireHive);
    let reader = Reader::open(&crowd.hubs[1], None);
    account.tell_all(&account.letters(0));
    let events = crowd.hubs[0].all("/v1/events");
    let told: Vec<String> = reader.take(events.len()).into_iter().map(|it| it.id).collect();
    let all: Vec<&str> = events.iter().rev().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(told, all);
}
