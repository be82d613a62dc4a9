use std::sync::Arc;

use callboard_core::{Entity, Identifier, Job, JobId, JobStatus};
use callboard_server::limits::{FILTER_BYTES, FILTER_STATES};
use serde_json::{Value, json};

use super::hall::{Hall, newest_first};

#[tokio::test]
async fn a_job_is_made_shown_changed_and_removed() {
    let hall = Hall::open().await;
    let owner = hall.user("uma@example.com").await;

    let made = hall
        .post(
            "/jobs",
            json!({
                "title": "Lighting designer", "description": "Light.\nMore light.", "status": "published",
                "employment": "full_time", "city": "Bergen", "owner_id": owner, "code": "L-7",
                "url": "https://jobs.example.com/7", "category": { "id": "3", "name": "Stage" },
                "external_ids": { "ats": "4711" },
            }),
        )
        .await
        .is(201);
    let path = format!("/jobs/{}", made.id());
    assert_eq!(made.header("location"), format!("/v1{path}"));
    assert_eq!(made.header("etag"), "\"1\"");
    assert_eq!(made.body["category"], json!({ "id": "3", "name": "Stage" }));
    assert_eq!(made.body["created_at"], "2026-03-02T08:00:00Z");
    assert_eq!(hall.get(&path).await.is(200).body, made.body);

    let changed = hall
        .patch(
            &path,
            json!({ "title": "Head of light", "city": null, "external_ids": { "ats": null, "hr": "9" } }),
        )
        .await
        .is(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.body["title"], "Head of light");
    assert_eq!(changed.body["city"], Value::Null, "null takes a fact away");
    assert_eq!(changed.body["external_ids"], json!({ "hr": "9" }));
    assert_eq!(changed.body["code"], "L-7", "what is left out stays");

    let gone = hall.delete(&path).await.is(204);
    assert!(gone.bytes.is_empty());
    assert_eq!(hall.get(&path).await.is(200).body["deleted"], true, "an event may still name it");
    hall.patch(&path, json!({ "city": "Oslo" })).await.refused(404, "not_found");
    assert_eq!(hall.walk("/jobs").await, Vec::<String>::new());
    assert_eq!(hall.walk("/jobs?deleted=true").await, vec![made.id()]);
}

#[tokio::test]
async fn what_makes_no_job_is_refused_and_nothing_is_made() {
    let hall = Hall::open().await;
    let wrong = [
        (json!({}), 400, "bad_body"),
        (json!({ "title": null }), 400, "bad_body"),
        (json!({ "title": 7 }), 400, "bad_body"),
        (json!({ "title": "x", "salary": 7 }), 400, "bad_body"),
        (json!({ "title": "x", "owner_id": "uma" }), 400, "bad_body"),
        (json!({ "title": "" }), 422, "missing_fact"),
        (json!({ "title": "x".repeat(1_001) }), 400, "too_long"),
        (json!({ "title": "x", "description": "y".repeat(100_001) }), 400, "too_long"),
        (json!({ "title": "a\u{1b}[31m" }), 400, "bad_text"),
        (json!({ "title": "x", "status": "perhaps" }), 422, "unknown_word"),
        (json!({ "title": "x", "url": "javascript:alert(1)" }), 422, "bad_fact"),
        (json!({ "title": "x", "url": format!("https://a.example/{}", "y".repeat(4_096)) }), 400, "too_long"),
        (json!({ "title": "x", "owner_id": "usr_0000000000001" }), 404, "not_found"),
        (json!({ "title": "x", "external_ids": { "ATS": "1" } }), 422, "bad_fact"),
        (json!({ "title": "x", "external_ids": { "ats": "" } }), 422, "bad_fact"),
        (json!({ "title": "x", "external_ids": { "ats": "y".repeat(256) } }), 400, "too_long"),
        (json!([1]), 400, "bad_body"),
    ];
    for (body, status, code) in wrong {
        hall.post("/jobs", body).await.refused(status, code);
    }
    let names: serde_json::Map<String, Value> = (0..33).map(|it| (format!("p{it}"), json!("1"))).collect();
    hall.post("/jobs", json!({ "title": "x", "external_ids": names })).await.refused(400, "list_too_long");
    assert_eq!(hall.walk("/jobs?deleted=true").await, Vec::<String>::new());
}

#[tokio::test]
async fn the_detail_says_where_a_body_is_wrong() {
    let hall = Hall::open().await;
    let wrong = hall.post("/jobs", json!({ "title": "x", "category": { "name": 3 } })).await;
    let detail = wrong.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("category.name: "), "{detail}");
}

#[tokio::test]
async fn jobs_are_listed_by_state_external_id_and_time() {
    let hall = Hall::open().await;
    let open = json!({ "title": "x", "status": "published", "external_ids": { "ats": "1:a" } });
    let first = hall.made("/jobs", open).await;
    let second = hall.made("/jobs", json!({ "title": "y", "external_ids": { "skype": "RENE" } })).await;
    let third = hall.made("/jobs", json!({ "title": "z", "status": "closed" })).await;

    let all = newest_first(&[&first, &second, &third]);
    assert_eq!(hall.walk("/jobs").await, all);
    assert_eq!(hall.walk("/jobs?state=published").await, vec![first.clone()]);
    assert_eq!(hall.walk("/jobs?state=published,closed").await, newest_first(&[&first, &third]));
    assert_eq!(hall.walk("/jobs?state=published&state=drafted").await, newest_first(&[&first, &second]));
    assert_eq!(hall.walk("/jobs?external_id=ats:1:a").await, vec![first.clone()]);
    assert_eq!(hall.walk("/jobs?external_id=RENE").await, vec![second.clone()], "of any platform");
    assert_eq!(hall.walk("/jobs?external_id=ats:2").await, Vec::<String>::new());
    assert_eq!(hall.walk("/jobs?since=2026-03-02T08:00:00Z").await, all);
    assert_eq!(hall.walk("/jobs?since=2026-03-02T10:00:00%2B01:00").await, Vec::<String>::new());
    assert_eq!(hall.walk("/jobs?until=2026-03-02T08:00:00Z").await, Vec::<String>::new());
    assert_eq!(hall.walk("/jobs?until=2026-03-02T08:00:01Z").await, all);
}

#[tokio::test]
async fn a_list_that_is_asked_for_wrongly_says_so() {
    let hall = Hall::open().await;
    for (query, code) in [
        ("colour=red", "bad_query"),
        ("candidate=can_0000000000001", "bad_query"),
        ("since=yesterday", "bad_query"),
        ("limit=2&limit=3", "bad_query"),
        ("deleted=perhaps", "bad_query"),
        ("limit=0", "bad_limit"),
        ("limit=201", "bad_limit"),
        ("cursor=can_0000000000001", "bad_cursor"),
        ("external_id=", "bad_external_id"),
    ] {
        hall.get(&format!("/jobs?{query}")).await.refused(400, code);
    }
}

#[tokio::test]
async fn a_filter_s_texts_and_states_have_limits() {
    let hall = Hall::open().await;
    let x = |bytes: usize| "x".repeat(bytes);
    let states = |count: usize| vec!["published"; count].join(",");
    for (list, most, beyond, code) in [
        ("/jobs?state=", x(FILTER_BYTES), x(FILTER_BYTES + 1), "bad_query"),
        ("/jobs?state=", states(FILTER_STATES), states(FILTER_STATES + 1), "bad_query"),
        ("/jobs?external_id=", x(FILTER_BYTES), x(FILTER_BYTES + 1), "bad_external_id"),
        ("/candidates?email=", x(FILTER_BYTES), x(FILTER_BYTES + 1), "bad_query"),
    ] {
        hall.get(&format!("{list}{most}")).await.is(200);
        hall.get(&format!("{list}{beyond}")).await.refused(400, code);
    }
    let (most, one_more) = (states(FILTER_STATES), "published");
    hall.get(&format!("/jobs?state={most}&state={one_more}")).await.refused(400, "bad_query");
}

/// How many things one page looks at, at the most.
const LOOKED_AT: u64 = 20_000;

#[tokio::test]
async fn a_page_that_finds_nothing_among_many_says_where_to_go_on() {
    // Given a job that is open, and more younger ones than one page looks at, which are not
    let job = |raw| {
        let mut job = Job::new(JobId::from_raw(raw));
        job.status = Some(if raw == 1 { JobStatus::Published } else { JobStatus::Closed });
        Entity::Job(Arc::new(job))
    };
    let hall = Hall::holding((1..=LOOKED_AT + 2).map(job)).await;

    let first = hall.get("/jobs?state=published").await.is(200);
    assert_eq!(first.ids(), Vec::<String>::new());
    let next = first.body["next"].as_str().unwrap();
    let second = hall.get(&format!("/jobs?state=published&cursor={next}")).await.is(200);
    assert_eq!(second.ids(), [JobId::from_raw(1).to_string()]);
    assert_eq!(second.body["next"], Value::Null);
}

#[tokio::test]
async fn a_job_is_closed_to_others() {
    let hall = Hall::open().await;
    let job = hall.job().await;
    let changes = [("PATCH", "", json!({ "title": "Mine" })), ("DELETE", "", Value::Null)];
    hall.is_closed_to_others(&format!("/jobs/{job}"), &changes).await;
    let theirs = hall.ask(super::hall::OTHER, "GET", "/jobs", &Value::Null).await;
    assert_eq!(theirs.ids(), Vec::<String>::new());
}
