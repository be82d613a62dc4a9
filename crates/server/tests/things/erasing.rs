use axum::body::Body;
use serde_json::{Value, json};

use super::hall::{ADMIN, Hall, NOW, WRITER};

#[tokio::test]
async fn nothing_personal_is_left_of_a_candidate_who_is_erased() {
    let hall = Hall::open().await;
    let application = hall.application("romy.vale@example.com").await;
    let of = hall.get(&format!("/applications/{application}")).await.body;
    let candidate = of["candidate_id"].as_str().unwrap();
    let path = format!("/candidates/{candidate}");
    let interview =
        hall.made("/interviews", json!({ "application_id": application, "title": "Romy Vale, first" })).await;
    let video = hall
        .made("/answer-videos", json!({ "interview_id": interview, "url": "https://v.example/vale" }))
        .await;
    let note = hall.made("/notes", json!({ "candidate_id": candidate, "text": "Vale is calm" })).await;
    let uma = hall.user("uma@example.com").await;
    let feedback = hall.made("/feedback", json!({ "interview_id": interview, "reviewer_id": uma })).await;
    hall.put(&format!("/feedback/{feedback}"), json!({ "score": 3, "comment": "Vale is fine" }))
        .await
        .is(200);
    let file = hall.made("/files", json!({ "candidate_id": candidate, "name": "Vale.pdf" })).await;
    let content = format!("/files/{file}/content");
    hall.send(WRITER, "PUT", &content, &[], Body::from("Romy Vale")).await.is(200);

    hall.post(&format!("{path}/erase"), json!({})).await.refused(403, "scope_too_small");
    hall.send(ADMIN, "POST", &format!("{path}/erase"), &[("if-match", "\"99\"")], Body::empty())
        .await
        .refused(412, "outdated");
    hall.get(&content).await.is(200);
    let left = hall.ask(ADMIN, "POST", &format!("{path}/erase"), &Value::Null).await.is(200);
    assert_eq!((&left.body["deleted"], &left.body["erased_at"]), (&json!(true), &json!(NOW)));

    hall.get(&content).await.refused(404, "not_found");
    for path in [
        path.clone(),
        format!("/applications/{application}"),
        format!("/interviews/{interview}"),
        format!("/interviews/{interview}/timeline"),
        format!("/interviews/{interview}/assessment"),
        format!("/answer-videos/{video}"),
        format!("/notes/{note}"),
        format!("/feedback/{feedback}"),
        format!("/files/{file}"),
        "/events?limit=200".to_owned(),
    ] {
        let shown = hall.get(&path).await.is(200);
        let text = String::from_utf8_lossy(&shown.bytes).to_lowercase();
        assert!(!text.contains("vale"), "{path}: {text}");
    }
    assert_eq!(
        hall.get(&format!("/feedback/{feedback}")).await.body["score"],
        3,
        "the shape of history stays"
    );
    hall.ask(ADMIN, "POST", &format!("{path}/erase"), &Value::Null).await.refused(409, "already_erased");
    assert_eq!(hall.walk("/candidates?email=romy.vale@example.com&deleted=true").await, Vec::<String>::new());
}
