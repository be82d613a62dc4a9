use callboard_core::{
    ApplicationCommand, ApplicationId, CandidateId, Command, Facts, Identifier, MAX_APPLICATIONS,
};
use serde_json::{Value, json};

use super::hall::{Hall, OTHER, newest_first};

#[tokio::test]
async fn an_application_is_made_moved_changed_and_removed() {
    let hall = Hall::open().await;
    let (candidate, job) = (hall.candidate("romy@example.com").await, hall.job().await);
    let made = hall
        .post(
            "/applications",
            json!({
                "candidate_id": candidate, "job_id": job, "applied_at": "2026-02-01T10:00:00+01:00",
                "cover_letter": "Dear all,\r\n\thello.", "origin": "referred", "custom_invite_id": "i-1",
                "external_ids": { "ats": "a-1" },
            }),
        )
        .await
        .is(201);
    let path = format!("/applications/{}", made.id());
    assert_eq!(made.body["stage"], json!({ "parent": "new" }));
    assert_eq!(made.body["applied_at"], "2026-02-01T09:00:00Z");
    assert_eq!(hall.get(&format!("/candidates/{candidate}")).await.body["applications"], json!([made.id()]));

    let moved = hall.patch(&path, json!({ "stage": "interviewing", "origin": null })).await.is(200);
    assert_eq!(
        (&moved.body["stage"], &moved.body["origin"]),
        (&json!({ "parent": "interviewing" }), &Value::Null)
    );
    assert_eq!(hall.get(&path).await.body, moved.body);

    hall.delete(&path).await.is(204);
    assert_eq!(hall.get(&path).await.body["deleted"], true);
}

#[tokio::test]
async fn a_stage_is_one_of_six_or_one_of_the_company_s_own() {
    let hall = Hall::open().await;
    let path = format!("/applications/{}", hall.application("romy@example.com").await);
    let own = json!({ "parent": "screening", "custom": { "id": "st_7", "name": "Phone screen" } });
    for (given, meant) in [
        (json!("st_7"), own.clone()),
        (json!("offered"), json!({ "parent": "offered" })),
        (json!("Phone screen"), own),
        (
            json!({ "parent": "interviewing", "custom": { "name": "Panel" } }),
            json!({ "parent": "interviewing", "custom": { "name": "Panel" } }),
        ),
    ] {
        assert_eq!(hall.patch(&path, json!({ "stage": given })).await.is(200).body["stage"], meant);
    }
    hall.refuses(
        "PATCH",
        &path,
        vec![
            (json!({ "stage": "Panel" }), 422, "unknown_word"),
            (json!({ "stage": { "parent": "Panel" } }), 422, "unknown_word"),
            (json!({ "stage": { "custom": { "name": "Panel" } } }), 400, "bad_body"),
            (json!({ "stage": 7 }), 400, "bad_body"),
            (json!({ "stage": null }), 422, "missing_fact"),
            (json!({ "applied_at": "yesterday" }), 422, "bad_time"),
            (json!({ "job_id": "job_0000000000001" }), 400, "bad_body"),
            (json!({ "origin": "x", "stage": "Panel" }), 422, "unknown_word"),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_applied_for_is_refused() {
    let hall = Hall::open().await;
    let (candidate, job) = (hall.candidate("romy@example.com").await, hall.job().await);
    let theirs = hall.ask(OTHER, "POST", "/jobs", &json!({ "title": "x" })).await.id();
    for (body, status, code) in [
        (json!({ "job_id": job }), 400, "bad_body"),
        (json!({ "candidate_id": "can_0000000000001", "job_id": job }), 404, "not_found"),
        (json!({ "candidate_id": job, "job_id": job }), 400, "bad_body"),
        (json!({ "candidate_id": candidate, "job_id": theirs }), 404, "not_found"),
    ] {
        hall.post("/applications", body).await.refused(status, code);
    }
    let apply = json!({ "candidate_id": candidate, "job_id": job });
    hall.made("/applications", apply.clone()).await;
    hall.post("/applications", apply).await.refused(409, "already_applied");
    assert_eq!(hall.walk("/applications").await.len(), 1);
}

#[tokio::test]
async fn nobody_applies_more_often_than_one_can() {
    let hall = Hall::open().await;
    let (candidate, job) = (hall.candidate("romy@example.com").await, hall.job().await);
    let id: CandidateId = candidate.parse().unwrap();
    let apply = |number: usize| {
        let create = ApplicationCommand::Create { candidate: id, job: None, facts: Facts::default() };
        Command::Application(ApplicationId::from_raw(number as u64), create)
    };
    hall.carry_out((1..MAX_APPLICATIONS).map(apply).collect()).await;

    let another = json!({ "candidate_id": candidate, "job_id": job });
    hall.made("/applications", another.clone()).await;
    hall.post("/applications", another).await.refused(409, "too_many");
}

#[tokio::test]
async fn applications_are_listed_by_candidate_job_and_state() {
    let hall = Hall::open().await;
    let first = hall.application("a@example.com").await;
    let second = hall.application("b@example.com").await;
    let of_first = hall.get(&format!("/applications/{first}")).await.body;
    let (candidate, job) = (of_first["candidate_id"].as_str().unwrap(), of_first["job_id"].as_str().unwrap());
    let other_job = hall.job().await;
    let third = hall.made("/applications", json!({ "candidate_id": candidate, "job_id": other_job })).await;
    hall.patch(&format!("/applications/{third}"), json!({ "stage": "hired" })).await.is(200);

    assert_eq!(hall.walk("/applications").await, newest_first(&[&first, &second, &third]));
    assert_eq!(
        hall.walk(&format!("/applications?candidate={candidate}")).await,
        newest_first(&[&first, &third])
    );
    assert_eq!(hall.walk(&format!("/applications?job={job}")).await, vec![first.clone()]);
    assert_eq!(hall.walk("/applications?state=hired").await, vec![third.clone()]);
    assert_eq!(hall.walk(&format!("/applications?candidate={candidate}&state=new")).await, vec![first]);
    let path = format!("/applications?candidate={candidate}");
    hall.ask(OTHER, "GET", &path, &Value::Null).await.refused(404, "not_found");
}

#[tokio::test]
async fn an_application_is_closed_to_others() {
    let hall = Hall::open().await;
    let application = hall.application("romy@example.com").await;
    let changes = [("PATCH", "", json!({ "stage": "hired" })), ("DELETE", "", Value::Null)];
    hall.is_closed_to_others(&format!("/applications/{application}"), &changes).await;
}
