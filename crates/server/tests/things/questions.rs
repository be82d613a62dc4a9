use serde_json::{Value, json};

use super::hall::{Hall, newest_first};

#[tokio::test]
async fn a_question_is_made_changed_and_removed() {
    let hall = Hall::open().await;
    let job = hall.job().await;
    let made = hall
        .post(
            "/questions",
            json!({
                "job_id": job, "text": "Why us?", "description": "In a minute.", "answered_by": "video",
                "limit_s": 60, "position": 1,
            }),
        )
        .await
        .is(201);
    let path = format!("/questions/{}", made.id());
    assert_eq!((&made.body["job_id"], &made.body["limit_s"]), (&json!(job), &json!(60)));
    let changed = hall.patch(&path, json!({ "limit_s": null, "position": 2 })).await.is(200);
    assert_eq!((&changed.body["limit_s"], &changed.body["position"]), (&Value::Null, &json!(2)));
    hall.refuses(
        "PATCH",
        &path,
        vec![
            (json!({ "limit_s": 0 }), 422, "bad_fact"),
            (json!({ "position": -1 }), 422, "bad_fact"),
            (json!({ "text": null }), 422, "missing_fact"),
            (json!({ "job_id": job }), 400, "bad_body"),
        ],
    )
    .await;
    hall.delete(&path).await.is(204);
    hall.post("/questions", json!({ "text": "x" })).await.refused(400, "bad_body");
    hall.post("/questions", json!({ "text": "x", "job_id": "job_0000000000001" }))
        .await
        .refused(404, "not_found");
    assert_eq!(hall.walk("/questions").await, Vec::<String>::new());
}

#[tokio::test]
async fn questions_are_listed_by_job_and_closed_to_others() {
    let hall = Hall::open().await;
    let (job, other) = (hall.job().await, hall.job().await);
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(hall.made("/questions", json!({ "job_id": job, "text": "x" })).await);
    }
    hall.made("/questions", json!({ "job_id": other, "text": "x" })).await;
    let theirs = newest_first(&made.iter().collect::<Vec<_>>());
    assert_eq!(hall.walk(&format!("/questions?job={job}")).await, theirs);
    let changes = [("PATCH", "", json!({ "text": "Mine" })), ("DELETE", "", Value::Null)];
    hall.is_closed_to_others(&format!("/questions/{}", made[0]), &changes).await;
}
