//! Many who write to one interview at once.

use std::thread;

use serde_json::{Value, json};

use crate::company::{Company, made};
use crate::support::{Hub, agent};

/// Asks with `If-Match`: the status.
fn patch_if(hub: &Hub, path: &str, version: &Value, body: &Value) -> u16 {
    let request = agent()
        .patch(format!("{}{path}", hub.url))
        .header("authorization", format!("Bearer {}", hub.key))
        .header("content-type", "application/json")
        .header("if-match", format!("\"{version}\""));
    request.send(body.to_string()).unwrap().status().as_u16()
}

#[test]
fn of_those_who_change_the_same_version_one_wins_and_the_others_are_told_412() {
    // Given an interview that several people look at
    let company = Company::open();
    let interview = company.interview(&json!({}));
    let path = format!("/v1/interviews/{interview}");

    for round in 0..10 {
        let version = company.hub.get(&path)["version"].clone();
        // When all of them change what they see at once
        let statuses: Vec<u16> = thread::scope(|scope| {
            let writers: Vec<_> = (0..6)
                .map(|writer| {
                    let (hub, path, version) = (&company.hub, &path, &version);
                    let body = json!({"title": format!("round {round}, writer {writer}")});
                    scope.spawn(move || patch_if(hub, path, version, &body))
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        // Then one change is made, and nobody else's is lost without a word
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 412).count(), 5, "{statuses:?}");
        assert_eq!(company.hub.get(&path)["version"], version.as_u64().unwrap() + 1);
    }
}

#[test]
fn concurrent_deeds_lose_no_update_and_leave_no_gap_in_the_stages() {
    // Given an interview with attendees
    let company = Company::open();
    let interview = made(&company.hub, "interviews", &json!({"application_id": company.application}));
    let path = format!("/v1/interviews/{interview}");

    // When many schedule it, fail it, cancel it and add people to it at once
    let answers: Vec<Vec<(&str, u16, Value)>> = thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (hub, path) = (&company.hub, &path);
                scope.spawn(move || {
                    let start = format!("2028-03-{:02}T10:00:00Z", writer + 1);
                    let guest = json!({"type": "guest", "display_name": format!("guest {writer}")});
                    let mut deeds = [
                        ("attendees", guest),
                        ("schedule", json!({"start": start, "duration_min": 30})),
                        ("fail", json!({"reason": format!("by writer {writer}")})),
                        ("cancel", json!({})),
                        ("schedule", json!({"ask": "candidate_proposes"})),
                    ];
                    deeds.rotate_left(writer % 5);
                    let deeds = deeds.iter();
                    deeds
                        .map(|(deed, body)| {
                            let (status, answer) = hub.ask("POST", &format!("{path}/{deed}"), Some(body));
                            (*deed, status, answer)
                        })
                        .collect()
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });

    // Then each was carried out or refused
    for (_, status, answer) in answers.iter().flatten() {
        assert!([200, 201, 409].contains(status), "{status} {answer}");
    }
    // And everyone who was added is there, nobody else is
    let is_added = |(deed, status, _): &&(&str, u16, Value)| *deed == "attendees" && *status != 409;
    let added = answers.iter().flatten().filter(is_added).count();
    let attendees = company.hub.get(&path)["attendees"].clone();
    let guests = attendees.as_array().unwrap().iter().filter(|it| it["type"] == "guest").count();
    assert_eq!(guests, added, "{attendees}");
    assert!(added > 0);
    // And each stage begins where the one before it ended
    let mut moves =
        company.hub.all(&format!("/v1/events?type=interview.stage.updated&interview={interview}"));
    moves.reverse();
    let stages = |it: &Value| {
        let data = &it["event"]["data"];
        (data["previous"]["stage"].clone(), data["interview"]["stage"].clone())
    };
    for (before, after) in moves.iter().zip(&moves[1..]) {
        assert_eq!(stages(before).1, stages(after).0);
    }
    assert!(moves.len() > 4, "{}", moves.len());
}
