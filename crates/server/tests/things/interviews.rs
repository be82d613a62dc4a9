use callboard_core::{
    ApplicationId, Command, Facts, Identifier, InterviewCommand, InterviewId, MAX_INTERVIEWS,
};
use serde_json::{Value, json};

use super::hall::{Hall, OTHER, newest_first};

#[tokio::test]
async fn an_interview_is_made_with_its_links_its_candidate_and_its_reviewers_at_once() {
    let hall = Hall::open().await;
    let application = hall.application("romy@example.com").await;
    let (first, second) = (hall.user("uma@example.com").await, hall.user("jon@example.com").await);
    let made = hall
        .post("/interviews", json!({
            "application_id": application, "title": "First round", "format": "online", "organizer_id": first,
            "start": "2026-12-01T14:00:00", "duration_min": 45, "time_zone": "W. Europe Standard Time",
            "meeting": { "provider": "zoom", "join_url": "https://z.example/j", "start_url": "https://z.example/s" },
            "reviewers": [first, second], "external_ids": { "ats": "i-1" },
        }))
        .await
        .is(201);
    let path = format!("/interviews/{}", made.id());

    assert_eq!(made.body["start"], "2026-12-01T13:00:00Z");
    assert_eq!(made.body["end"], "2026-12-01T13:45:00Z");
    assert_eq!(made.body["time_zone"], "Europe/Berlin");
    assert_eq!(made.body["stage"]["value"], "SchedulingCompleted");
    assert_eq!(made.body["attendees"][0]["application_id"], json!(application));
    assert_eq!(made.body["attendees"][0]["type"], "candidate");
    assert_eq!(made.body["attendees"][0]["email"], "romy@example.com");
    assert_eq!(made.body["meeting"]["start_url"], "https://z.example/s", "shown to whoever has just set it");
    let shown = hall.get(&path).await.is(200).body;
    assert_eq!(shown["meeting"]["start_url"], "(hidden)");
    assert_eq!(hall.get("/interviews").await.body["items"][0]["meeting"]["start_url"], "(hidden)");

    let asked = hall.get(&format!("{path}/feedback")).await.is(200);
    assert_eq!(shown["feedback"].as_array().unwrap().len(), 2);
    assert_eq!(asked.ids().len(), 2);
    assert_eq!(asked.body["items"][0]["reviewer"]["user"], json!(second));
}

#[tokio::test]
async fn of_an_interview_that_cannot_be_made_as_a_whole_nothing_is_made() {
    let hall = Hall::open().await;
    let uma = hall.user("uma@example.com").await;
    let theirs = hall.ask(OTHER, "POST", "/users", &json!({ "email": "x@example.com" })).await.id();
    let time = "2026-12-01T14:00:00Z";
    for (body, status, code) in [
        (json!({ "reviewers": [uma, theirs] }), 404, "not_found"),
        (json!({ "reviewers": [uma, uma] }), 409, "already_assigned"),
        (json!({ "reviewers": vec![&uma; 51] }), 400, "list_too_long"),
        (json!({ "organizer_id": theirs }), 404, "not_found"),
        (json!({ "application_id": "app_0000000000001" }), 404, "not_found"),
        (json!({ "attendees": [{ "user_id": theirs }] }), 404, "not_found"),
        (json!({ "attendees": [{ "user_id": uma }, { "user_id": uma }] }), 409, "already_attending"),
        (json!({ "attendees": [{}] }), 422, "bad_fact"),
        (json!({ "attendees": vec![json!({ "display_name": "x" }); 101] }), 400, "list_too_long"),
        (json!({ "meeting": { "provider": "zoom" } }), 422, "missing_fact"),
        (json!({ "meeting": { "join_url": "ftp://z.example" } }), 422, "bad_fact"),
        (json!({ "format": "by owl" }), 422, "unknown_word"),
        (json!({ "start": time, "end": time }), 422, "bad_fact"),
        (json!({ "start": time, "end": time, "duration_min": 5 }), 422, "bad_fact"),
        (json!({ "duration_min": 5 }), 422, "bad_fact"),
        (json!({ "start": time, "duration_min": 1_441 }), 422, "bad_fact"),
        (json!({ "start": time, "duration_min": 0 }), 422, "bad_fact"),
        (json!({ "start": "tomorrow" }), 422, "bad_time"),
        (json!({ "start": time, "time_zone": "Mars/Olympus" }), 422, "bad_time_zone"),
        (json!({ "start": "2026-03-29T02:30:00", "time_zone": "Europe/Oslo" }), 422, "ambiguous_time"),
        (json!({ "start": "2026-10-25T02:30:00", "time_zone": "Europe/Oslo" }), 422, "ambiguous_time"),
        (json!({ "stage": "InterviewStarted" }), 400, "bad_body"),
    ] {
        hall.post("/interviews", body).await.refused(status, code);
    }
    assert_eq!(hall.walk("/interviews?deleted=true").await, Vec::<String>::new());
    assert_eq!(hall.walk("/feedback?deleted=true").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_time_without_an_offset_is_one_in_the_zone_that_is_named_else_in_the_company_s() {
    let hall = Hall::open().await;
    let clock = "2026-07-01T09:00:00";
    let here = hall.post("/interviews", json!({ "start": clock })).await.is(201);
    assert_eq!(here.body["start"], "2026-07-01T07:00:00Z");
    let there = hall.post("/interviews", json!({ "start": clock, "time_zone": "Asia/Tokyo" })).await.is(201);
    assert_eq!(there.body["start"], "2026-07-01T00:00:00Z");
    hall.ask(OTHER, "POST", "/interviews", &json!({ "start": clock })).await.refused(422, "bad_time");
}

#[tokio::test]
async fn an_interview_goes_from_a_time_that_is_asked_for_to_its_assessment() {
    let hall = Hall::open().await;
    let uma = hall.user("uma@example.com").await;
    let guests = json!([{ "user_id": uma }, { "display_name": "Romy", "email": "romy@example.com" }]);
    let made = hall.post("/interviews", json!({ "attendees": guests, "reviewers": [uma] })).await.is(201);
    let path = format!("/interviews/{}", made.id());
    let attendee = |place: usize| made.body["attendees"][place]["id"].as_str().unwrap().to_owned();
    let stage = async |deed: &str, body: Value| {
        let done = hall.post(&format!("{path}/{deed}"), body).await.is(200);
        (done.body["stage"]["value"].as_str().unwrap().to_owned(), done.body["stage"]["text"].clone())
    };

    assert_eq!(made.body["stage"]["value"], "SchedulingTime");
    let asked = stage("schedule", json!({ "ask": "candidate_proposes" })).await;
    assert_eq!(asked, ("SchedulingTime".to_owned(), json!("Pending candidate time proposal")));
    let set = json!({ "start": "2026-03-03T09:00:00Z", "duration_min": 30 });
    assert_eq!(stage("schedule", set).await.0, "SchedulingCompleted");
    assert_eq!(stage("join", json!({ "attendee_id": attendee(0) })).await.0, "SchedulingCompleted");
    assert_eq!(stage("join", json!({ "attendee_id": attendee(1) })).await.0, "InterviewStarted");
    assert_eq!(stage("end", Value::Null).await.0, "FeedbackCollecting");
    assert_eq!(hall.get(&format!("{path}/assessment")).await.is(200).body["status"], "open");

    let feedback = hall.get(&format!("{path}/feedback")).await.ids().remove(0);
    hall.put(&format!("/feedback/{feedback}"), json!({ "score": 42.5 })).await.is(200);
    let assessed = hall.get(&format!("{path}/assessment")).await.is(200).body;
    assert_eq!((&assessed["status"], &assessed["average"]), (&json!("assessed"), &json!(42.5)));
    assert_eq!(assessed["reviewers"][0]["feedback_id"], json!(feedback));
    assert_eq!(hall.get(&path).await.body["stage"]["value"], "FeedbackCompleted");
    assert_eq!(stage("archive", json!({})).await.0, "InterviewArchived");
    hall.post(&format!("{path}/archive"), json!({})).await.refused(409, "already_archived");
}

#[tokio::test]
async fn an_interview_fails_is_taken_up_again_and_is_cancelled_with_a_reason() {
    let hall = Hall::open().await;
    let path = format!("/interviews/{}", hall.interview().await);
    let failed = hall.post(&format!("{path}/fail"), json!({ "reason": "No room" })).await.is(200);
    assert_eq!(failed.body["stage"], json!({ "value": "SchedulingFailed", "text": "No room" }));
    hall.post(&format!("{path}/end"), json!({})).await.refused(409, "not_started");
    hall.post(&format!("{path}/start"), json!({})).await.is(200);
    hall.post(&format!("{path}/cancel"), json!({ "reason": 7 })).await.refused(400, "bad_body");
    hall.post(&format!("{path}/cancel"), json!({ "why": "x" })).await.refused(400, "bad_body");
    let cancelled = hall.post(&format!("{path}/cancel"), json!({ "reason": "Ill" })).await.is(200);
    assert_eq!(cancelled.body["stage"]["text"], "Ill");
}

#[tokio::test]
async fn what_makes_no_time_is_refused() {
    let hall = Hall::open().await;
    let path = format!("/interviews/{}/schedule", hall.interview().await);
    hall.refuses(
        "POST",
        &path,
        vec![
            (json!({}), 422, "missing_fact"),
            (json!({ "end": "2026-12-01T14:00:00Z" }), 422, "missing_fact"),
            (json!({ "ask": "everyone" }), 400, "bad_body"),
            (json!({ "ask": "candidate_selects", "start": "2026-12-01T14:00:00Z" }), 422, "bad_fact"),
            (json!({ "start": "2026-12-01" }), 422, "bad_time"),
            (json!({ "start": "2026-12-01T14:00:00+99:00" }), 422, "bad_time"),
            (json!({ "start": "9999-12-31T23:59:59-10:00" }), 422, "bad_time"),
            (json!({ "start": "2026-12-01T14:00:00[Asia/Tokyo]" }), 422, "bad_time"),
            (json!({ "start": "2026-12-01T14:00:00Z", "end": "2026-12-01T13:00:00Z" }), 422, "bad_fact"),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_has_a_call_of_its_own_is_not_changed_by_patch_and_the_answer_says_which() {
    let hall = Hall::open().await;
    let path = format!("/interviews/{}", hall.interview().await);
    let changed =
        hall.patch(&path, json!({ "title": null, "location": "Room 7", "time_zone": "UTC" })).await.is(200);
    assert_eq!((&changed.body["title"], &changed.body["location"]), (&Value::Null, &json!("Room 7")));
    for (member, call) in [
        ("start", "/schedule"),
        ("end", "/schedule"),
        ("duration_min", "/schedule"),
        ("attendees", "/attendees"),
        ("meeting", "/meeting"),
        ("reviewers", "/feedback"),
        ("stage", "/cancel"),
        ("mode", "another interview"),
        ("application_id", "another interview"),
    ] {
        let refused = hall.patch(&path, json!({ member: null, "title": "x" })).await;
        assert!(refused.body["detail"].as_str().unwrap().contains(call), "{}", refused.body);
        refused.refused(400, "bad_body");
    }
    assert_eq!(hall.get(&path).await.body, changed.body);
}

#[tokio::test]
async fn attendees_come_answer_and_go() {
    let hall = Hall::open().await;
    let path = format!("/interviews/{}", hall.interview().await);
    let added = hall.post(&format!("{path}/attendees"), json!({ "display_name": "Guest" })).await.is(201);
    let attendee = added.body["attendees"][0].clone();
    assert_eq!((&attendee["type"], &attendee["status"]), (&json!("guest"), &json!("pending")));
    let theirs = format!("{path}/attendees/{}", attendee["id"].as_str().unwrap());

    let answered = hall.patch(&theirs, json!({ "status": "declined" })).await.is(200);
    assert_eq!(answered.body["attendees"][0]["status"], "declined");
    hall.patch(&theirs, json!({ "status": "gladly" })).await.refused(422, "unknown_word");
    hall.patch(&theirs, json!({})).await.refused(400, "bad_body");
    let nobody = format!("{path}/attendees/attd_0000000000001");
    hall.patch(&nobody, json!({ "status": "accepted" })).await.refused(404, "no_such_attendee");
    hall.post(&format!("{path}/join"), json!({ "attendee_id": "x" })).await.refused(404, "no_such_attendee");
    hall.delete(&theirs).await.is(204);
    hall.delete(&theirs).await.refused(404, "no_such_attendee");
}

#[tokio::test]
async fn the_links_to_join_are_set_shown_once_and_taken_away() {
    let hall = Hall::open().await;
    let path = format!("/interviews/{}", hall.interview().await);
    let links = format!("{path}/meeting");
    let set = json!({ "provider": "a word of ours", "join_url": "https://m.example/j", "start_url": "https://m.example/s" });
    assert_eq!(hall.put(&links, set.clone()).await.is(200).body["meeting"], set);
    assert_eq!(hall.get(&path).await.body["meeting"]["start_url"], "(hidden)");
    let timeline = hall.get(&format!("{path}/timeline")).await.is(200);
    assert!(!String::from_utf8_lossy(&timeline.bytes).contains("https://m.example/s"));
    hall.put(&links, json!({ "join_url": "https://" })).await.refused(422, "bad_fact");
    hall.delete(&links).await.is(204);
    hall.delete(&links).await.refused(404, "no_meeting");
}

#[tokio::test]
async fn the_timeline_tells_what_happened_oldest_first_and_who_was_told() {
    let hall = Hall::open().await;
    let endpoint = json!({ "url": "https://hooks.example.com/in", "dialect": "standard" });
    let endpoint = hall.ask(super::hall::ADMIN, "POST", "/endpoints", &endpoint).await.is(201).id();
    let path = format!("/interviews/{}", hall.interview().await);
    hall.interview().await;
    hall.post(&format!("{path}/cancel"), json!({})).await.is(200);

    let mut told = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = hall.get(&format!("{path}/timeline?limit=2{cursor}")).await.is(200).body;
        let items = page["items"].as_array().unwrap().clone();
        assert!(items.iter().all(|it| it["deliveries"][0]["endpoint"] == json!(endpoint)), "{items:?}");
        assert!(items.iter().all(|it| it["deliveries"][0]["state"] == "pending"), "{items:?}");
        told.extend(items.iter().map(|it| it["event"]["type"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(told[..2], ["interview.created", "interview.stage.updated"]);
    assert!(told[2..].contains(&"interview.cancelled".to_owned()), "{told:?}");
}

#[tokio::test]
async fn an_application_has_no_more_interviews_than_it_can() {
    let hall = Hall::open().await;
    let application = hall.application("romy@example.com").await;
    let id: ApplicationId = application.parse().unwrap();
    let create = |number: usize| {
        let create = InterviewCommand::Create { application: Some(id), facts: Facts::default() };
        Command::Interview(InterviewId::from_raw(number as u64), create)
    };
    hall.carry_out((1..MAX_INTERVIEWS).map(create).collect()).await;

    let another = json!({ "application_id": application });
    hall.made("/interviews", another.clone()).await;
    hall.post("/interviews", another).await.refused(409, "too_many");
}

#[tokio::test]
async fn interviews_are_listed_by_candidate_job_application_and_state() {
    let hall = Hall::open().await;
    let application = hall.application("a@example.com").await;
    let of = hall.get(&format!("/applications/{application}")).await.body;
    let (candidate, job) = (of["candidate_id"].as_str().unwrap(), of["job_id"].as_str().unwrap());
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(hall.made("/interviews", json!({ "application_id": application })).await);
    }
    let other = hall.application("b@example.com").await;
    hall.made("/interviews", json!({ "application_id": other })).await;
    let alone = hall.made("/interviews", json!({ "external_ids": { "skype": "RENE2010" } })).await;
    hall.post(&format!("/interviews/{}/cancel", made[0]), json!({})).await.is(200);

    let theirs = newest_first(&made.iter().collect::<Vec<_>>());
    for filter in
        [format!("candidate={candidate}"), format!("job={job}"), format!("application={application}")]
    {
        assert_eq!(hall.walk(&format!("/interviews?{filter}")).await, theirs, "{filter}");
        let path = format!("/interviews?{filter}");
        hall.ask(OTHER, "GET", &path, &Value::Null).await.refused(404, "not_found");
    }
    assert_eq!(hall.walk("/interviews").await.len(), 5);
    assert_eq!(hall.walk("/interviews?external_id=skype:RENE2010").await, vec![alone]);
    let nobody = hall.candidate("c@example.com").await;
    assert_eq!(hall.walk(&format!("/interviews?candidate={nobody}")).await, Vec::<String>::new());
    let cancelled = format!("/interviews?state=InterviewCanceled&job={job}");
    assert_eq!(hall.walk(&cancelled).await, vec![made[0].clone()]);
}

#[tokio::test]
async fn an_interview_is_closed_to_others() {
    let hall = Hall::open().await;
    let interview = hall.interview().await;
    let uma = hall.user("uma@example.com").await;
    let changes = [
        ("PATCH", "", json!({ "title": "Mine" })),
        ("POST", "/schedule", json!({ "ask": "candidate_selects" })),
        ("POST", "/join", json!({ "attendee_id": "x" })),
        ("POST", "/start", json!({})),
        ("POST", "/end", json!({})),
        ("POST", "/fail", json!({})),
        ("POST", "/cancel", json!({})),
        ("POST", "/archive", json!({})),
        ("PUT", "/meeting", json!({ "join_url": "https://m.example/j" })),
        ("DELETE", "/meeting", Value::Null),
        ("POST", "/attendees", json!({ "display_name": "x" })),
        ("PATCH", "/attendees/x", json!({ "status": "accepted" })),
        ("DELETE", "/attendees/x", Value::Null),
        ("POST", "/feedback", json!({ "reviewer_id": uma })),
    ];
    let path = format!("/interviews/{interview}");
    hall.is_closed_to_others(&path, &changes).await;
    for below in ["/feedback", "/assessment", "/timeline"] {
        hall.ask(OTHER, "GET", &format!("{path}{below}"), &Value::Null).await.refused(404, "not_found");
    }
}
