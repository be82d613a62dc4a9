//! `/hirehive/v1.0` (platforms.md 1.6).

use axum::body::Body;
use axum::http::{Request, StatusCode};
use callboard_core::{ApplicationCommand, Command, Facts, Identifier, UserCommand};
use serde_json::{Value, json};

use crate::hub::{ADMIN, Answer, Hub, OTHER, READER, URL};

const COMPANY: &str = "com_0000000000001";

fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

fn path(below: &str) -> String {
    format!("{URL}/hirehive/v1.0/{COMPANY}/{below}")
}

async fn get(hub: &Hub, below: &str) -> Answer {
    hub.ask("GET", &path(below), Some(&bearer(READER)), &Value::Null).await
}

async fn send(hub: &Hub, method: &str, below: &str, body: &Value) -> Answer {
    hub.ask(method, &path(below), Some(&bearer(ADMIN)), body).await
}

/// The object that is made by this, which must be.
async fn make(hub: &Hub, below: &str, body: &Value) -> Value {
    let answer = send(hub, "POST", below, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{below}: {}", answer.body);
    answer.body["data"].clone()
}

/// The code of the problem that this is refused with.
async fn refused(hub: &Hub, method: &str, below: &str, body: &Value) -> (u16, String) {
    let answer = send(hub, method, below, body).await;
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{below}: {}", answer.body);
    (answer.status.as_u16(), answer.body["code"].as_str().unwrap().to_owned())
}

/// How many things of this kind there are.
async fn count(hub: &Hub, kind: &str) -> u64 {
    get(hub, kind).await.body["meta"]["total_items"].as_u64().unwrap()
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let hub = Hub::start().await;
    let mut expected = Vec::new();
    for number in 0..7 {
        expected.push(hub.job(1, &format!("Job {number}")).await.to_string());
    }
    hub.job(2, "Another company's").await;

    let (mut ids, mut next) = (Vec::new(), Some(path("jobs?page_size=3")));
    while let Some(url) = next {
        let page = hub.ask("GET", &url, Some(&bearer(READER)), &Value::Null).await.body;
        ids.extend(page["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        next = page["links"]["next"].as_str().map(str::to_owned);
    }

    assert_eq!(ids, expected, "each once, oldest first");
    let page = get(&hub, "jobs?page=3&page_size=3").await.body;
    assert_eq!(
        page["meta"],
        json!({"page_size": 3, "page": 3, "total_items": 7, "total_pages": 3, "has_next_page": false,
            "has_previous_page": true})
    );
    let link = |number: u32| path(&format!("jobs?page={number}&page_size=3"));
    assert_eq!(page["links"], json!({"first": link(1), "last": link(3), "next": null, "previous": link(2)}));
    let page = get(&hub, "jobs").await.body;
    assert_eq!((&page["meta"]["page_size"], &page["meta"]["page"]), (&json!(30), &json!(1)));
    let beyond = get(&hub, "jobs?page=9").await.body;
    assert_eq!((&beyond["items"], &beyond["meta"]["has_next_page"]), (&json!([]), &json!(false)));
    for bad in ["page_size=0", "page_size=101", "page=0", "page=x", "page=99999999999999999999"] {
        assert_eq!(get(&hub, &format!("jobs?{bad}")).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn a_key_opens_its_own_company_as_far_as_its_scope_goes() {
    let hub = Hub::start().await;
    let job = hub.job(1, "Stage manager").await;
    let below = format!("jobs/{job}");
    for (auth, company, status) in [
        (None, COMPANY, 401),
        (Some(bearer("cbk_nobody")), COMPANY, 401),
        (Some(bearer(OTHER)), COMPANY, 404),
        (Some(bearer(OTHER)), "com_0000000000002", 404),
        (Some(bearer(READER)), "com_0000000000009", 404),
        (Some(bearer(READER)), "Stage%20Door", 200),
    ] {
        let url = format!("/hirehive/v1.0/{company}/{below}");
        let answer = hub.ask("GET", &url, auth.as_deref(), &Value::Null).await;
        assert_eq!(answer.status.as_u16(), status, "{auth:?} {company}");
    }
    let answer = hub.ask("POST", &path("jobs"), Some(&bearer(READER)), &json!({"title": "a"})).await;
    assert_eq!((answer.status, &answer.body["code"]), (StatusCode::FORBIDDEN, &json!("scope_too_small")));
    assert_eq!(count(&hub, "jobs").await, 1);
}

#[tokio::test]
async fn a_job_comes_back_with_every_member_that_was_posted() {
    let hub = Hub::start().await;
    let owner = hub.user(1, "grace@example.com").await.to_string();
    let posted = json!({
        "title": "Stage manager", "description": "<p>Calls the show.</p>",
        "location": {"city": "Cork", "state": {"id": "s", "name": "Munster", "code": "M"},
            "country": {"id": "c", "name": "Ireland", "code": "IE"}, "remote": "wfh_flexible"},
        "owner_id": owner, "status": "published", "type": "full_time", "experience": "senior", "salary": "€45,000",
        "job_code": "SM-7", "category": {"id": "cat_9", "name": "Backstage"},
        "language": {"id": "l", "name": "English", "code": "en"},
        "assigned_team": {"assigned_users": [owner], "recruiter_ids": []},
        "application_form": {"base_form": {"phone": "required"}, "additional_form_ids": ["form_1"]},
        "tags": ["backstage"], "deadline": {"closes_at": "2026-04-01T00:00:00Z", "auto_close": true},
    });

    let made = make(&hub, "jobs", &posted).await;

    for (member, value) in posted.as_object().unwrap() {
        assert_eq!(&made[member], value, "{member}");
    }
    assert_eq!(made["published_date"], "2026-03-02T08:00:00Z");
    let id = made["id"].as_str().unwrap();
    assert_eq!(get(&hub, &format!("jobs/{id}")).await.body["data"], made);
}

#[tokio::test]
async fn a_request_with_an_idempotency_key_is_carried_out_once() {
    let hub = Hub::start().await;
    let ask = async |body: &Value| {
        let request = Request::post(path("jobs").strip_prefix(URL).unwrap())
            .header("authorization", bearer(ADMIN))
            .header("idempotency-key", "once")
            .body(body.to_string().into())
            .unwrap();
        hub.send(request).await
    };
    let first = ask(&json!({"title": "Stage manager"})).await;
    let again = ask(&json!({"title": "Stage manager"})).await;
    assert_eq!((again.status, again.bytes), (first.status, first.bytes));
    assert_eq!(ask(&json!({"title": "Another"})).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    // And the same said elsewhere is another request, though the path ends alike
    let elsewhere = Request::post("/v1/jobs")
        .header("authorization", bearer(ADMIN))
        .header("content-type", "application/json")
        .header("idempotency-key", "once")
        .body(json!({"title": "Stage manager"}).to_string().into())
        .unwrap();
    assert_eq!(hub.send(elsewhere).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(count(&hub, "jobs").await, 1);
}

#[tokio::test]
async fn an_interview_is_arranged_by_ids_of_ours_or_of_hirehive_s() {
    let hub = Hub::start().await;
    let job = hub.job(1, "Stage manager").await;
    let application = hub.applicant(1, Some(job), "ada@example.com").await;
    let user = hub.user(1, "grace@example.com").await;
    let names = |name: &str| [("hirehive".to_owned(), Some(name.to_owned()))].into();
    let called = Facts { external_ids: names("app_1a2b3c"), ..Facts::default() };
    let user_called = Facts { external_ids: names("usr_1a2b3c"), ..Facts::default() };
    hub.carry_out(
        1,
        vec![
            Command::Application(application, ApplicationCommand::Change(called)),
            Command::User(user, UserCommand::Change(user_called)),
        ],
    )
    .await;
    let body = |application: &str, user: &str| {
        json!({
            "application_id": application,
            "event": {"title": "Call", "location": "", "type": "online", "start": "2026-03-05T10:00:00+01:00",
                "end": "2026-03-05T11:00:00+01:00", "time_zone": "W. Europe Standard Time", "organizer_id": user,
                "attendees": [{"application_id": application, "type": "candidate"}, {"user_id": user},
                    {"email": "guest@example.com"}]},
            "meta": {"note_for_candidate": "Bring a pen", "attach_resume_to_invite": true,
                "online_meeting_type": "teams_for_business", "meeting_url": "https://teams.example/1"},
        })
    };

    let made = make(&hub, "interviews", &body("app_1a2b3c", "usr_1a2b3c")).await;

    assert_eq!(made["application_id"], "app_1a2b3c");
    assert_eq!(made["job_id"], job.to_string());
    assert_eq!(made["event"]["status"], "active");
    assert_eq!(made["event"]["start"], "2026-03-05T09:00:00Z");
    assert_eq!(made["event"]["time_zone"], "Europe/Berlin");
    let attendees = made["event"]["attendees"].as_array().unwrap();
    let told: Vec<_> = attendees.iter().map(|it| (&it["type"], &it["status"], &it["email"])).collect();
    let pending = json!("pending");
    assert_eq!(
        told,
        [
            (&json!("candidate"), &pending, &json!("ada@example.com")),
            (&json!("user"), &pending, &json!("grace@example.com")),
            (&json!("guest"), &pending, &json!("guest@example.com")),
        ]
    );
    assert!(attendees.iter().all(|it| it["id"].as_str().unwrap().starts_with("attd_")));
    assert_eq!(made["meta"]["note_for_candidate"], "Bring a pen");
    assert_eq!(made["meta"]["online_meeting_type"], "teams_for_business");
    assert_eq!(made["meta"]["meeting_url"], "https://teams.example/1");
    let id = made["id"].as_str().unwrap();
    assert_eq!(get(&hub, &format!("interviews/{id}")).await.body["data"], made);
    make(&hub, "interviews", &body(&application.to_string(), &user.to_string())).await;
    let listed = get(&hub, "applications/app_1a2b3c").await.body;
    assert_eq!(listed["data"]["interviews"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn notes_are_written_on_a_candidate_and_kept_as_they_were_given() {
    let hub = Hub::start().await;
    let job = hub.job(1, "Stage manager").await;
    let application = hub.applicant(1, Some(job), "ada@example.com").await;
    let view = get(&hub, &format!("applications/{application}")).await.body;
    let candidate = view["data"]["candidate"]["id"].as_str().unwrap().to_owned();
    let notes = format!("candidates/{candidate}/notes");

    let body = json!({"text": "Call back\nsoon", "files": [{"name": "cv.pdf"}], "mentioned_users": ["usr_x"], "restricted": true});
    let made = make(&hub, &format!("{notes}?application_id={application}"), &body).await;
    make(&hub, &notes, &json!({"text": "On the person"})).await;

    for (member, value) in body.as_object().unwrap() {
        assert_eq!(&made[member], value, "{member}");
    }
    assert_eq!(made["application_id"], application.to_string());
    assert_eq!(get(&hub, &notes).await.body["items"].as_array().unwrap().len(), 2);
    let on_it = get(&hub, &format!("{notes}?application_id={application}")).await.body;
    assert_eq!(on_it["items"], json!([made]));
    let filtered = get(&hub, &format!("{notes}?application_id={application}&page_size=1")).await.body;
    assert_eq!(
        filtered["links"]["first"],
        path(&format!("{notes}?application_id={application}&page=1&page_size=1"))
    );
}

#[tokio::test]
async fn a_candidate_and_the_source_of_an_application_are_changed() {
    let hub = Hub::start().await;
    let job = hub.job(1, "Stage manager").await;
    let application = hub.applicant(1, Some(job), "ada@example.com").await;
    let view = get(&hub, &format!("applications/{application}")).await.body;
    let candidate = format!("candidates/{}", view["data"]["candidate"]["id"].as_str().unwrap());

    let body = json!({"first_name": "Ada", "location": {"address": "London", "country": {"name": "UK", "code": "GB"}},
        "tags": [{"name": "strong"}, {"name": "calm"}]});
    let changed = send(&hub, "PUT", &candidate, &body).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    let body = json!({"social_profiles": [{"type": "linked_in", "uri": "https://l.example"}], "tags": [{"name": "calm"}]});
    let changed = send(&hub, "PUT", &candidate, &body).await.body["data"].clone();
    assert_eq!((&changed["first_name"], &changed["email"]), (&json!("Ada"), &json!("ada@example.com")));
    assert_eq!(changed["location"]["country"]["code"], "GB", "what was kept before stays");
    assert_eq!(changed["social_profiles"][0]["type"], "linked_in");
    assert_eq!(changed["tags"].as_array().unwrap().len(), 1);
    assert_eq!(changed["tags"][0]["name"], "calm");
    assert_eq!(get(&hub, &candidate).await.body["data"], changed);

    let source = format!("{candidate}/applications/{application}/source");
    let first = json!({"origin": "referred", "source": "LinkedIn", "contact": {"id": "c", "name": "C"}});
    assert_eq!(
        send(&hub, "PUT", &source, &first).await.body["data"]["contact"],
        json!({"id": "c", "name": "C"})
    );
    let answer = send(&hub, "PUT", &source, &json!({"source": "Google"})).await;
    assert_eq!(
        answer.body["data"],
        json!({"origin": null, "source": "Google", "contact": null, "user": null, "recruiter": null})
    );
    let whole = get(&hub, &format!("{candidate}/applications/{application}")).await.body;
    assert_eq!(whole["data"]["source"], answer.body["data"]);
}

#[tokio::test]
async fn answers_complete_the_feedback_that_was_asked_for() {
    let hub = Hub::start().await;
    let job = hub.job(1, "Stage manager").await;
    let application = hub.applicant(1, Some(job), "ada@example.com").await;
    let (grace, alan) = (hub.user(1, "grace@example.com").await, hub.user(1, "alan@example.com").await);
    let asked = hub.wanted(1, application, grace, "form_1").await;
    let answers = |more: Value| {
        let mut body = json!({"application_id": application.to_string(), "form_id": "form_1",
            "answers": [{"question_id": "q1", "ratings": [{"option_id": "o1", "rating": 4}]}, {"question_id": "q2", "text": "calm"}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };

    let given = make(&hub, "feedback", &answers(json!({}))).await;

    assert_eq!((&given["id"], &given["status"]), (&json!(asked.to_string()), &json!("complete")));
    assert_eq!(given["questions"][0]["answer"]["ratings"][0]["rating"], 4);
    assert_eq!(given["questions"][1]["answer"]["text"], "calm");
    assert_eq!(
        refused(&hub, "POST", "feedback", &answers(json!({}))).await,
        (422, "missing_fact".to_owned()),
        "nobody is left"
    );
    let second = make(&hub, "feedback", &answers(json!({"reviewer_id": alan.to_string()}))).await;
    assert_eq!(second["reviewer"]["id"], alan.to_string(), "who was not asked is asked and answers");
    let pending = hub.wanted(1, application, hub.user(1, "third@example.com").await, "form_2").await;
    hub.wanted(1, application, hub.user(1, "fourth@example.com").await, "form_2").await;
    let either = answers(json!({"form_id": "form_2"}));
    assert_eq!(refused(&hub, "POST", "feedback", &either).await.0, 422, "two were asked");

    let found = async |query: &str| {
        let page = get(&hub, &format!("feedback?{query}")).await.body;
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("").await.len(), 4);
    let mut completed = found("status=complete").await;
    completed.sort_by_key(|id| *id != asked.to_string());
    assert_eq!(completed, [asked.to_string(), second["id"].as_str().unwrap().to_owned()]);
    assert_eq!(
        found(&format!("status=pending&form_id=form_2&application_id={application}")).await[0],
        pending.to_string()
    );
    assert_eq!(found(&format!("completer_id={alan}")).await, [second["id"].as_str().unwrap()]);
    assert_eq!(found("form_id=form_9").await, Vec::<String>::new());
    assert_eq!(get(&hub, "feedback?sort=name").await.status, StatusCode::BAD_REQUEST);
    let mut backwards = found("sort=-date_complete").await;
    backwards.reverse();
    assert_eq!(found("sort=date_complete").await, backwards);
}

#[tokio::test]
async fn what_is_sent_again_under_its_key_is_answered_as_before_though_it_is_not_possible_any_more() {
    let hub = Hub::start().await;
    let job = hub.job(1, "Stage manager").await;
    let application = hub.applicant(1, Some(job), "ada@example.com").await;
    let grace = hub.user(1, "grace@example.com").await;
    hub.wanted(1, application, grace, "form_1").await;
    let send = async |body: &Value| {
        let request = Request::post(path("feedback"))
            .header("authorization", bearer(ADMIN))
            .header("idempotency-key", "once")
            .header("content-type", "application/json");
        hub.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let answers = json!({"application_id": application.to_string(), "form_id": "form_1",
        "answers": [{"question_id": "q", "text": "calm"}]});

    let (first, again) = (send(&answers).await, send(&answers).await);

    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED), "{}", again.body);
    assert_eq!(first.body, again.body);
    let other = json!({"application_id": application.to_string(), "answers": []});
    assert_eq!(send(&other).await.body["code"], "idempotency_key_reused");

    // And so is a note on somebody who has gone since
    let candidate = get(&hub, "candidates").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let note = async || {
        let request = Request::post(path(&format!("candidates/{candidate}/notes")))
            .header("authorization", bearer(ADMIN))
            .header("idempotency-key", "note")
            .header("content-type", "application/json");
        hub.send(request.body(Body::from(json!({"text": "calm"}).to_string())).unwrap()).await
    };
    assert_eq!(note().await.status, StatusCode::CREATED);
    let path = format!("/v1/candidates/{candidate}");
    let gone = hub.ask("DELETE", &path, Some(&bearer(ADMIN)), &Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(note().await.status, StatusCode::CREATED, "it was made");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let hub = Hub::start().await;
    let job = hub.job(1, "Stage manager").await;
    let application = hub.applicant(1, Some(job), "ada@example.com").await.to_string();
    let theirs = hub.applicant(2, None, "ada@example.com").await.to_string();
    let interview =
        |event: Value, meta: Value| json!({"application_id": application, "event": event, "meta": meta});
    let long = "x".repeat(1_001);
    for (below, body, code) in [
        ("jobs", json!({}), "missing_fact"),
        ("jobs", json!([1]), "bad_body"),
        ("jobs", json!({"title": 7}), "bad_body"),
        ("jobs", json!({"title": long}), "too_long"),
        ("jobs", json!({"title": "a\u{0}b"}), "bad_text"),
        ("jobs", json!({"title": "a", "kept": "x".repeat(70_000)}), "too_long"),
        ("jobs", json!({"title": "a", "owner_id": "usr_nobody"}), "not_found"),
        ("interviews", json!({"application_id": theirs, "event": {}}), "not_found"),
        ("interviews", interview(json!({"time_zone": "Middle/Earth"}), json!({})), "bad_time_zone"),
        ("interviews", interview(json!({"attendees": [{"user_id": "usr_nobody"}]}), json!({})), "not_found"),
        (
            "interviews",
            interview(json!({"attendees": vec![json!({"email": "a"}); 101]}), json!({})),
            "too_many",
        ),
        ("interviews", interview(json!({"start": "tomorrow"}), json!({})), "bad_body"),
        ("interviews", interview(json!({}), json!({"meeting_url": "javascript:alert(1)"})), "bad_fact"),
        ("feedback", json!({"application_id": theirs, "answers": []}), "not_found"),
        ("feedback", json!({"application_id": application, "answers": [{"text": "x"}]}), "bad_body"),
        (
            "feedback",
            json!({"application_id": application, "answers": vec![json!({"question_id": "q"}); 201]}),
            "bad_body",
        ),
        ("feedback", json!({"answers": []}), "bad_body"),
        ("candidates/can_nobody/notes", json!({"text": "x"}), "not_found"),
    ] {
        assert_eq!(refused(&hub, "POST", below, &body).await.1, code, "{below} {body}");
    }
    for kind in ["interviews", "feedback"] {
        assert_eq!(count(&hub, kind).await, 0, "{kind}");
    }
    assert_eq!(count(&hub, "jobs").await, 1);
    let candidate = callboard_core::CandidateId::from_raw(5).to_string();
    let elsewhere = format!("candidates/{candidate}/applications/{application}");
    assert_eq!(get(&hub, &elsewhere).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&hub, &format!("jobs/{application}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&hub, &format!("applications/{theirs}")).await.status, StatusCode::NOT_FOUND);
}
