use serde_json::{Value, json};

use super::hall::{Hall, newest_first};

#[tokio::test]
async fn a_note_is_written_changed_and_removed() {
    let hall = Hall::open().await;
    let (candidate, uma) = (hall.candidate("romy@example.com").await, hall.user("uma@example.com").await);
    let below = format!("/candidates/{candidate}/notes");
    let written = hall.post(&below, json!({ "text": "Calm.\nVery.", "author_id": uma })).await.is(201);
    let path = format!("/notes/{}", written.id());
    assert_eq!(written.header("location"), format!("/v1{path}"));
    assert_eq!(written.body["candidate_id"], json!(candidate));
    assert_eq!(written.body["author"]["email"], "uma@example.com");

    assert_eq!(hall.patch(&path, json!({ "text": "Calmer." })).await.is(200).body["text"], "Calmer.");
    hall.refuses(
        "PATCH",
        &path,
        vec![
            (json!({ "text": null }), 422, "missing_fact"),
            (json!({ "text": " " }), 422, "missing_fact"),
            (json!({ "text": "x".repeat(100_001) }), 400, "too_long"),
            (json!({ "author_id": uma }), 400, "bad_body"),
            (json!({ "candidate_id": candidate }), 400, "bad_body"),
        ],
    )
    .await;
    hall.delete(&path).await.is(204);
    assert_eq!(hall.walk(&below).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_note_is_on_a_candidate_an_application_or_an_answer_of_theirs() {
    let hall = Hall::open().await;
    let application = hall.application("romy@example.com").await;
    let other = hall.candidate("other@example.com").await;
    let on = hall.post("/notes", json!({ "text": "x", "application_id": application })).await.is(201);
    let candidate = on.body["candidate_id"].as_str().unwrap();
    for (body, status, code) in [
        (json!({ "text": "x" }), 422, "missing_fact"),
        (json!({ "candidate_id": candidate }), 400, "bad_body"),
        (json!({ "text": "x", "candidate_id": "can_0000000000001" }), 404, "not_found"),
        (
            json!({ "text": "x", "candidate_id": other, "application_id": application }),
            422,
            "belongs_elsewhere",
        ),
        (json!({ "text": "x", "candidate_id": other, "author_id": "usr_0000000000001" }), 404, "not_found"),
    ] {
        hall.post("/notes", body).await.refused(status, code);
    }
    let elsewhere = json!({ "text": "x", "candidate_id": other });
    hall.post(&format!("/candidates/{candidate}/notes"), elsewhere).await.refused(422, "bad_fact");
    assert_eq!(hall.walk("/notes").await, vec![on.id()]);
}

#[tokio::test]
async fn notes_are_listed_by_candidate() {
    let hall = Hall::open().await;
    let (first, second) = (hall.candidate("a@example.com").await, hall.candidate("b@example.com").await);
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(hall.made(&format!("/candidates/{first}/notes"), json!({ "text": "x" })).await);
    }
    hall.made("/notes", json!({ "text": "x", "candidate_id": second })).await;
    let theirs = newest_first(&made.iter().collect::<Vec<_>>());
    assert_eq!(hall.walk(&format!("/candidates/{first}/notes")).await, theirs);
    assert_eq!(hall.walk(&format!("/notes?candidate={first}")).await, theirs);
    assert_eq!(hall.walk("/notes").await.len(), 4);
}

#[tokio::test]
async fn a_note_is_closed_to_others() {
    let hall = Hall::open().await;
    let candidate = hall.candidate("romy@example.com").await;
    let note = hall.made("/notes", json!({ "text": "x", "candidate_id": candidate })).await;
    let changes = [("PATCH", "", json!({ "text": "Mine" })), ("DELETE", "", Value::Null)];
    hall.is_closed_to_others(&format!("/notes/{note}"), &changes).await;
}
