use serde_json::{Value, json};

use super::hall::{Hall, newest_first};

#[tokio::test]
async fn a_recorded_answer_is_noted_changed_and_removed() {
    let hall = Hall::open().await;
    let application = hall.application("romy@example.com").await;
    let interview =
        hall.made("/interviews", json!({ "application_id": application, "mode": "on_demand" })).await;
    let job = hall.get(&format!("/applications/{application}")).await.body["job_id"].clone();
    let question = hall.made("/questions", json!({ "job_id": job, "text": "Why us?" })).await;
    let made = hall
        .post("/answer-videos", json!({
            "interview_id": interview, "question_id": question, "url": "https://v.example/1",
            "recorded_at": "2026-03-01T12:00:00Z", "duration_s": 59, "thumbnail_url": "https://v.example/1.png",
        }))
        .await
        .is(201);
    let path = format!("/answer-videos/{}", made.id());
    assert_eq!(made.header("location"), format!("/v1{path}"));
    assert_eq!(made.body["application_id"], json!(application), "that of the interview goes without saying");
    let changed = hall.patch(&path, json!({ "thumbnail_url": null, "duration_s": 60 })).await.is(200);
    assert_eq!((&changed.body["thumbnail_url"], &changed.body["duration_s"]), (&Value::Null, &json!(60)));
    hall.refuses(
        "PATCH",
        &path,
        vec![
            (json!({ "duration_s": -1 }), 422, "bad_fact"),
            (json!({ "url": "//v.example" }), 422, "bad_fact"),
            (json!({ "recorded_at": "2026-13-01T12:00:00Z" }), 422, "bad_time"),
            (json!({ "interview_id": interview }), 400, "bad_body"),
        ],
    )
    .await;
    hall.delete(&path).await.is(204);
    hall.post("/answer-videos", json!({ "url": "https://v.example/1" })).await.refused(422, "missing_fact");
    let foreign = json!({ "application_id": application, "question_id": "qustn_0000000000001" });
    hall.post("/answer-videos", foreign).await.refused(404, "not_found");
}

#[tokio::test]
async fn recorded_answers_are_listed_by_candidate_application_and_interview_and_closed_to_others() {
    let hall = Hall::open().await;
    let application = hall.application("romy@example.com").await;
    let candidate = hall.get(&format!("/applications/{application}")).await.body["candidate_id"].clone();
    let interview = hall.made("/interviews", json!({ "application_id": application })).await;
    let mut made = Vec::new();
    for place in 0..4 {
        let body = if place % 2 == 0 {
            json!({ "interview_id": interview })
        } else {
            json!({ "application_id": application })
        };
        made.push(hall.made("/answer-videos", body).await);
    }
    let other = hall.application("other@example.com").await;
    hall.made("/answer-videos", json!({ "application_id": other })).await;

    let theirs = newest_first(&made.iter().collect::<Vec<_>>());
    assert_eq!(hall.walk(&format!("/answer-videos?application={application}")).await, theirs);
    let candidate = candidate.as_str().unwrap();
    assert_eq!(hall.walk(&format!("/answer-videos?candidate={candidate}")).await, theirs);
    let of_interview = newest_first(&[&made[0], &made[2]]);
    assert_eq!(hall.walk(&format!("/answer-videos?interview={interview}")).await, of_interview);
    let changes = [("PATCH", "", json!({ "duration_s": 1 })), ("DELETE", "", Value::Null)];
    hall.is_closed_to_others(&format!("/answer-videos/{}", made[0]), &changes).await;
}
