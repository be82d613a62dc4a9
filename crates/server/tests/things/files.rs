use axum::body::Body;
use serde_json::{Value, json};

use super::hall::{Hall, OTHER, READER, WRITER, newest_first};

#[tokio::test]
async fn a_file_is_a_link_first_and_bytes_later() {
    let hall = Hall::open().await;
    let candidate = hall.candidate("romy@example.com").await;
    let body = json!({ "candidate_id": candidate, "name": "Vita — Rømy.pdf", "purpose": "resume", "url": "https://f.example/1" });
    let path = format!("/files/{}", hall.made("/files", body).await);
    hall.get(&format!("{path}/content")).await.refused(404, "not_found");

    let headers = [("content-type", "application/pdf"), ("if-match", "\"1\"")];
    let bytes = b"%PDF \x00\xff".to_vec();
    let kept = hall
        .send(WRITER, "PUT", &format!("{path}/content"), &headers, Body::from(bytes.clone()))
        .await
        .is(200);
    assert_eq!((&kept.body["stored"], &kept.body["size_bytes"]), (&json!(true), &json!(7)));
    let sha256 = kept.body["sha256"].as_str().unwrap();
    assert_eq!(sha256.len(), 64);

    let read = hall.get(&format!("{path}/content")).await.is(200);
    assert_eq!(read.bytes, bytes);
    assert_eq!(read.header("content-type"), "application/pdf");
    assert_eq!(
        read.header("content-disposition"),
        "attachment; filename*=UTF-8''Vita%20%E2%80%94%20R%C3%B8my.pdf"
    );
    assert_eq!(read.header("x-content-type-options"), "nosniff");
    assert_eq!(read.header("etag"), format!("\"{sha256}\""));

    let stale = hall.send(WRITER, "PUT", &format!("{path}/content"), &headers, Body::from("other")).await;
    stale.refused(412, "outdated");
    assert_eq!(hall.get(&format!("{path}/content")).await.bytes, bytes);

    hall.delete(&path).await.is(204);
    hall.get(&format!("{path}/content")).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_file_that_is_too_large_or_of_no_type_is_refused() {
    let hall = Hall::open().await;
    let candidate = hall.candidate("romy@example.com").await;
    let path =
        format!("/files/{}", hall.made("/files", json!({ "candidate_id": candidate, "name": "x" })).await);
    let content = format!("{path}/content");
    let before = hall.get(&path).await.body;
    let put = async |bytes: usize, kind: &str| {
        hall.send(WRITER, "PUT", &content, &[("content-type", kind)], Body::from(vec![7; bytes])).await
    };
    let most = 8 * 1024 * 1024;
    put(most + 1, "image/png").await.refused(413, "too_large");
    put(1, "no type").await.refused(422, "bad_fact");
    assert_eq!(hall.get(&path).await.body, before);
    put(most, "image/png").await.is(200);
    assert_eq!(hall.get(&content).await.bytes.len(), most);
}

#[tokio::test]
async fn a_file_is_about_someone_and_what_is_said_of_it_changes() {
    let hall = Hall::open().await;
    let application = hall.application("romy@example.com").await;
    let body =
        json!({ "application_id": application, "name": "x", "content_type": "text/plain; charset=utf-8" });
    let made = hall.post("/files", body).await.is(201);
    assert!(made.body["candidate_id"].is_string(), "the application's candidate goes without saying");
    let path = format!("/files/{}", made.id());
    let changed = hall.patch(&path, json!({ "content_type": null, "name": "y" })).await.is(200);
    assert_eq!((&changed.body["content_type"], &changed.body["name"]), (&Value::Null, &json!("y")));
    hall.refuses(
        "PATCH",
        &path,
        vec![
            (json!({ "name": null }), 422, "missing_fact"),
            (json!({ "content_type": "text/html\r\nx: y" }), 422, "bad_fact"),
            (json!({ "url": "file:///etc/passwd" }), 422, "bad_fact"),
            (json!({ "size_bytes": 1 }), 400, "bad_body"),
            (json!({ "application_id": application }), 400, "bad_body"),
        ],
    )
    .await;
    hall.post("/files", json!({ "name": "x" })).await.refused(422, "missing_fact");
    hall.post("/files", json!({ "candidate_id": "can_0000000000001", "name": "x" }))
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn files_are_listed_by_candidate_and_closed_to_others() {
    let hall = Hall::open().await;
    let (candidate, other) = (hall.candidate("a@example.com").await, hall.candidate("b@example.com").await);
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(hall.made("/files", json!({ "candidate_id": candidate, "name": "x" })).await);
    }
    hall.made("/files", json!({ "candidate_id": other, "name": "x" })).await;
    let theirs = newest_first(&made.iter().collect::<Vec<_>>());
    assert_eq!(hall.walk(&format!("/files?candidate={candidate}")).await, theirs);

    let path = format!("/files/{}", made[0]);
    let content = format!("{path}/content");
    let changes = [("PATCH", "", json!({ "name": "Mine" })), ("DELETE", "", Value::Null)];
    hall.is_closed_to_others(&path, &changes).await;
    hall.send(READER, "PUT", &content, &[], Body::from("x")).await.refused(403, "scope_too_small");
    hall.send(OTHER, "PUT", &content, &[], Body::from("x")).await.refused(404, "not_found");
    hall.send(WRITER, "PUT", &content, &[], Body::from("x")).await.is(200);
    hall.ask(OTHER, "GET", &content, &Value::Null).await.refused(404, "not_found");
    assert_eq!(hall.get(&content).await.header("content-type"), "application/octet-stream");
}
