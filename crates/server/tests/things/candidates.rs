use std::sync::Arc;

use callboard_core::{Application, ApplicationId, Candidate, CandidateId, Entity, Identifier, Job, JobId};
use callboard_server::limits::LISTED_THINGS;
use serde_json::{Value, json};

use super::hall::{Hall, newest_first};

#[tokio::test]
async fn a_candidate_is_made_shown_changed_and_removed() {
    let hall = Hall::open().await;
    let made = hall
        .post(
            "/candidates",
            json!({
                "first_name": "Romy", "last_name": "Vale", "email": " Romy@Example.com ", "phone": "+47 1",
                "title": "Prompter", "employer": "Stage Door", "address": "1 Quay\nBergen",
                "image_url": "https://img.example.com/r.png", "tags": ["blue", { "id": "9", "name": "red" }],
                "rating": 4, "time_zone": "W. Europe Standard Time", "external_ids": { "ats": "c-1" },
            }),
        )
        .await
        .is(201);
    let path = format!("/candidates/{}", made.id());
    assert_eq!(made.body["email"], "Romy@Example.com");
    assert_eq!(made.body["time_zone"], "Europe/Berlin", "a Windows name is translated");
    assert_eq!(made.body["tags"], json!([{ "name": "blue" }, { "id": "9", "name": "red" }]));
    assert_eq!(hall.get(&path).await.is(200).body, made.body);

    let changed =
        hall.patch(&path, json!({ "rating": null, "tags": ["green"], "phone": "+47 2" })).await.is(200);
    assert_eq!(changed.body["rating"], Value::Null);
    assert_eq!(changed.body["tags"], json!([{ "name": "green" }]));
    assert_eq!(changed.body["first_name"], "Romy");
    hall.refuses(
        "PATCH",
        &path,
        vec![
            (json!({ "rating": 6 }), 422, "bad_fact"),
            (json!({ "rating": 4.5 }), 400, "bad_body"),
            (json!({ "email": "no address" }), 422, "bad_fact"),
            (json!({ "email": "a@b@c" }), 422, "bad_fact"),
            (json!({ "email": format!("{}@b", "a".repeat(320)) }), 422, "bad_fact"),
            (json!({ "time_zone": "Mars/Olympus" }), 422, "bad_time_zone"),
            (json!({ "tags": vec!["x"; 101] }), 400, "list_too_long"),
            (json!({ "tags": [""] }), 422, "missing_fact"),
            (json!({ "first_name": null, "last_name": null, "email": null }), 422, "missing_fact"),
            (json!({ "applications": [] }), 400, "bad_body"),
            (json!({ "external_ids": null }), 400, "bad_body"),
        ],
    )
    .await;

    hall.delete(&path).await.is(204);
    assert_eq!(hall.get(&path).await.body["deleted"], true);
    hall.delete(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_tag_is_put_on_by_its_name_and_taken_off() {
    let hall = Hall::open().await;
    let path = format!("/candidates/{}", hall.candidate("romy@example.com").await);
    let tagged = hall.put(&format!("{path}/tags/night%20shift"), Value::Null).await.is(200);
    assert_eq!(tagged.body["tags"][0]["name"], "night shift");
    let again = hall.put(&format!("{path}/tags/night%20shift"), Value::Null).await.is(200);
    assert_eq!(again.body, tagged.body, "one that is on stays as it is");

    hall.put(&format!("{path}/tags/{}", "x".repeat(1_001)), Value::Null).await.refused(400, "too_long");
    hall.put(&format!("{path}/tags/%1b"), Value::Null).await.refused(400, "bad_text");
    hall.delete(&format!("{path}/tags/day")).await.refused(404, "no_such_tag");
    hall.delete(&format!("{path}/tags/night%20shift")).await.is(204);
    assert_eq!(hall.get(&path).await.body["tags"], json!([]));
}

#[tokio::test]
async fn two_candidates_do_not_have_the_same_address_or_external_id() {
    let hall = Hall::open().await;
    let romy = json!({ "email": "romy@example.com", "external_ids": { "ats": "1" } });
    hall.made("/candidates", romy).await;
    hall.post("/candidates", json!({ "email": "ROMY@example.com" })).await.refused(409, "email_taken");
    let other = json!({ "full_name": "x", "external_ids": { "ats": "1" } });
    hall.post("/candidates", other).await.refused(409, "external_id_taken");
    assert_eq!(hall.walk("/candidates").await.len(), 1);
    let elsewhere = json!({ "email": "romy@example.com", "external_ids": { "ats": "1" } });
    hall.ask(super::hall::OTHER, "POST", "/candidates", &elsewhere).await.is(201);
}

#[tokio::test]
async fn candidates_are_listed_by_address_external_id_and_job() {
    let hall = Hall::open().await;
    let job = hall.job().await;
    let mut made = Vec::new();
    for name in ["a", "b", "c"] {
        let body = json!({ "email": format!("{name}@example.com"), "external_ids": { "ats": name } });
        made.push(hall.made("/candidates", body).await);
        let apply = json!({ "candidate_id": made.last(), "job_id": job });
        hall.made("/applications", apply).await;
    }
    let fourth = hall.candidate("d@example.com").await;

    assert_eq!(hall.walk("/candidates").await.first(), Some(&fourth));
    assert_eq!(hall.walk("/candidates?email=B@example.com").await, vec![made[1].clone()]);
    assert_eq!(hall.walk("/candidates?external_id=ats:c").await, vec![made[2].clone()]);
    assert_eq!(hall.walk("/candidates?external_id=ats:c&email=b@example.com").await, Vec::<String>::new());
    let applied = newest_first(&made.iter().collect::<Vec<_>>());
    assert_eq!(hall.walk(&format!("/candidates?job={job}")).await, applied);
    hall.get("/candidates?job=job_0000000000001").await.refused(404, "not_found");
    hall.ask(super::hall::OTHER, "GET", &format!("/candidates?job={job}"), &Value::Null)
        .await
        .refused(404, "not_found");
}

#[tokio::test]
async fn of_a_job_with_very_many_applications_the_latest_are_looked_through_for_its_candidates() {
    // Given one more than are looked through, each of somebody else
    let (job, person) = (JobId::from_raw(1), |number: usize| CandidateId::from_raw(100_000 + number as u64));
    let candidate = |number| Entity::Candidate(Arc::new(Candidate::new(person(number))));
    let application = |number: usize| {
        let mut application = Application::new(ApplicationId::from_raw(200_000 + number as u64));
        (application.job_id, application.candidate_id) = (Some(job), Some(person(number)));
        Entity::Application(Arc::new(application))
    };
    let applicants = (0..=LISTED_THINGS).flat_map(|number| [candidate(number), application(number)]);
    let hall = Hall::holding(applicants.chain([Entity::Job(Arc::new(Job::new(job)))])).await;

    // Then whoever applied before all others is left out, and nobody else
    let oldest = hall.get(&format!("/candidates?job={job}&cursor={}", person(2))).await.is(200);
    assert_eq!(oldest.ids(), [person(1).to_string()]);
    let newest = hall.get(&format!("/candidates?job={job}&limit=1")).await.is(200);
    assert_eq!(newest.ids(), [person(LISTED_THINGS).to_string()]);
}

#[tokio::test]
async fn a_candidate_is_closed_to_others() {
    let hall = Hall::open().await;
    let candidate = hall.candidate("romy@example.com").await;
    let changes = [
        ("PATCH", "", json!({ "full_name": "Mine" })),
        ("DELETE", "", Value::Null),
        ("PUT", "/tags/mine", Value::Null),
        ("DELETE", "/tags/mine", Value::Null),
        ("POST", "/notes", json!({ "text": "Mine" })),
        ("POST", "/erase", json!({})),
    ];
    hall.is_closed_to_others(&format!("/candidates/{candidate}"), &changes).await;
}
