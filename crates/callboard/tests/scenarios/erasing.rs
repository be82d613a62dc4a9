//! A candidate is forgotten: what is personal leaves, the shape of what happened stays.

use std::path::Path;

use callboard_simulate::Platform;
use serde_json::{Value, json};

use crate::company::{Company, made};
use crate::support::accounts::Account;
use crate::support::ear::Ear;
use crate::support::until;

/// Words by which the person is known, each one of a kind.
const PERSONAL: [&str; 5] = [
    "hermione.granger@hogwarts.example",
    "Granger-Personal",
    "+44 7700 900123",
    "knows-too-much",
    "cv-of-hers",
];

/// Those of the words that are anywhere in the store's files.
fn left_in(store: &Path) -> Vec<&'static str> {
    let files = std::fs::read_dir(store).unwrap().map(|entry| entry.unwrap().path());
    let bytes: Vec<Vec<u8>> =
        files.filter(|path| path.is_file()).map(|path| std::fs::read(path).unwrap()).collect();
    let holds =
        |word: &str| bytes.iter().any(|it| it.windows(word.len()).any(|part| part == word.as_bytes()));
    PERSONAL.into_iter().filter(|word| holds(word)).collect()
}

#[test]
fn what_is_personal_leaves_the_store_s_files_and_the_shape_of_history_stays() {
    // Given a candidate of whom much was told: by the API, to someone who took it and to someone who does not answer
    let company = Company::open();
    let hub = &company.hub;
    let (taker, refuser) =
        (Ear::open("standard"), Ear::answering("hirehive", |_| callboard_simulate::Answer::now(500)));
    taker.subscribe(hub, &json!({}));
    refuser.subscribe(hub, &json!({"retry": {"schedule": ["1h"]}}));
    let candidate = json!({
        "first_name": "Hermione", "last_name": "Granger-Personal", "email": PERSONAL[0], "phone": PERSONAL[2],
    });
    let candidate = made(hub, "candidates", &candidate);
    let application = made(
        hub,
        "applications",
        &json!({"candidate_id": candidate, "cover_letter": "I am Granger-Personal"}),
    );
    let interview =
        made(hub, "interviews", &json!({"application_id": application, "start": "2028-01-24T14:45:00Z"}));
    // The answer to a request that may be sent again is kept: it does not say her name.
    let noted = ureq::post(format!("{}/v1/candidates/{candidate}/notes", hub.url))
        .header("authorization", format!("Bearer {}", hub.key))
        .header("idempotency-key", "note-on-her")
        .send_json(json!({"text": "she knows-too-much"}));
    assert_eq!(noted.unwrap().status().as_u16(), 201);
    let file = made(
        hub,
        "files",
        &json!({"candidate_id": candidate, "name": "cv-of-hers.txt", "content_type": "text/plain"}),
    );
    let content = format!("{}/v1/files/{file}/content", hub.url);
    let sent = ureq::put(&content)
        .header("authorization", format!("Bearer {}", hub.key))
        .header("content-type", "text/plain")
        .send("cv-of-hers: all of it");
    assert!(sent.unwrap().status().is_success());
    // And by a platform, once understood and once not
    let account = Account::open(hub, Platform::HireHive);
    let told = |id: &str, body: &Value| {
        let body = body.to_string();
        let mut request = ureq::post(&account.url).header("content-type", "application/json");
        for (name, value) in account.sign(id, body.as_bytes()) {
            request = request.header(name, value);
        }
        assert_eq!(request.send(body).unwrap().status().as_u16(), 200);
    };
    let object = json!({"id": "can_1", "email": PERSONAL[0], "last_name": "Granger-Personal", "first_name": "Hermione"});
    told(
        "msg_1",
        &json!({"type": "candidate.updated", "timestamp": "2026-01-01T00:00:00Z", "data": {"object": object}}),
    );
    told("msg_2", &json!({"type": "no.such.thing", "about": PERSONAL[0]}));
    until("the refuser was told", || refuser.heard().len() > 2);
    let before = hub.all("/v1/events");
    assert_eq!(left_in(hub.data.path()).len(), PERSONAL.len(), "the test would find what is there");

    // When she is to be forgotten
    hub.post(&format!("/v1/candidates/{candidate}/erase"), &json!({}));

    // Then nothing of her is left in any file of the store
    assert_eq!(left_in(hub.data.path()), Vec::<&str>::new());
    // And everything that happened is still there, by its id, its type and its time
    let shape = |event: &Value| {
        (event["id"].clone(), event["event"]["type"].clone(), event["event"]["timestamp"].clone())
    };
    let after = hub.all("/v1/events");
    let shapes: Vec<_> = after.iter().map(shape).collect();
    for event in &before {
        assert!(shapes.contains(&shape(event)), "{event}");
    }
    assert_eq!(hub.get(&format!("/v1/interviews/{interview}"))["stage"]["value"], "InterviewCanceled");
    // And that she is gone is told; what was still owed of her before is called off
    until("her removal was told", || {
        taker.heard().iter().any(|it| it.label.as_deref() == Some("candidate.deleted"))
    });
    let owed = hub.all("/v1/deliveries?state=pending");
    let old: Vec<&Value> =
        owed.iter().filter(|it| before.iter().any(|event| event["id"] == it["event"])).collect();
    assert!(old.iter().all(|it| !about(hub, it, &candidate)), "{old:?}");
}

/// Is what is owed about this candidate?
fn about(hub: &crate::support::Hub, delivery: &Value, candidate: &str) -> bool {
    let event = hub.get(&format!("/v1/events/{}", delivery["event"].as_str().unwrap()));
    event["event"]["data"]["candidate"]["id"] == candidate
}
