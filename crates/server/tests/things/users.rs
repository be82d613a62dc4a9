use serde_json::{Value, json};

use super::hall::{Hall, newest_first};

#[tokio::test]
async fn a_user_is_made_changed_and_removed() {
    let hall = Hall::open().await;
    let body = json!({ "email": "uma@example.com", "name": "Uma", "role": "reviewer", "time_zone": "Tokyo Standard Time" });
    let made = hall.post("/users", body).await.is(201);
    let path = format!("/users/{}", made.id());
    assert_eq!(made.body["time_zone"], "Asia/Tokyo");
    let changed = hall.patch(&path, json!({ "role": null, "email": "uma@example.org" })).await.is(200);
    assert_eq!((&changed.body["role"], &changed.body["email"]), (&Value::Null, &json!("uma@example.org")));
    hall.refuses(
        "PATCH",
        &path,
        vec![
            (json!({ "email": null }), 422, "missing_fact"),
            (json!({ "email": "uma" }), 422, "bad_fact"),
            (json!({ "name": "x".repeat(1_001) }), 400, "too_long"),
            (json!({ "scope": "admin" }), 400, "bad_body"),
        ],
    )
    .await;
    hall.post("/users", json!({ "name": "Nobody" })).await.refused(400, "bad_body");
    hall.post("/users", json!({ "email": "UMA@example.org" })).await.refused(409, "email_taken");
    hall.made("/users", json!({ "email": "uma@example.com" })).await;
    hall.delete(&path).await.is(204);
    assert_eq!(hall.walk("/users").await.len(), 1);
}

#[tokio::test]
async fn no_assessment_waits_for_a_user_who_is_gone() {
    let hall = Hall::open().await;
    let (here, gone) = (hall.user("here@example.com").await, hall.user("gone@example.com").await);
    let interview = hall.made("/interviews", json!({ "reviewers": [here, gone] })).await;
    let path = format!("/interviews/{interview}");
    for deed in ["start", "end"] {
        hall.post(&format!("{path}/{deed}"), Value::Null).await.is(200);
    }
    hall.delete(&format!("/users/{gone}")).await.is(204);
    let assessment = hall.get(&format!("{path}/assessment")).await.is(200).body;
    let reviewers = assessment["reviewers"].as_array().unwrap();
    assert_eq!(reviewers.iter().map(|it| &it["reviewer"]["user"]).collect::<Vec<_>>(), [&json!(here)]);
}

#[tokio::test]
async fn users_are_listed_by_address_and_closed_to_others() {
    let hall = Hall::open().await;
    let (first, second) = (hall.user("a@example.com").await, hall.user("b@example.com").await);
    let third = hall.user("c@example.com").await;
    assert_eq!(hall.walk("/users").await, newest_first(&[&first, &second, &third]));
    assert_eq!(hall.walk("/users?email=B@EXAMPLE.com").await, vec![second.clone()]);
    assert_eq!(hall.walk("/users?email=d@example.com").await, Vec::<String>::new());
    let changes = [("PATCH", "", json!({ "name": "Mine" })), ("DELETE", "", Value::Null)];
    hall.is_closed_to_others(&format!("/users/{second}"), &changes).await;
}
