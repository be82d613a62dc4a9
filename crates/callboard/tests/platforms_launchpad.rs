//! LaunchPad's API of the real program, called by curl as its documentation does (platforms.md 4.1, 4.2), and the two callbacks
//! that follow, each only where it was asked for (seeds 000 and 001).
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod support;

use std::process::Command;

use serde_json::{Value, json};
use support::ear::Ear;
use support::{Hub, ask};

/// `curl -u KEY:`; must be answered with a 200.
fn curl(hub: &Hub, path: &str, body: &Value) -> Value {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--fail-with-body", "-u", &format!("{}:", hub.key)])
        .args(["-d", &body.to_string(), &format!("{}/launchpad/1/{path}", hub.url)])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said} {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&said).unwrap()
}

fn bodies(ear: &Ear) -> Vec<Value> {
    ear.heard().iter().map(|it| serde_json::from_slice(&it.body).unwrap()).collect()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}: {value}"))
}

#[test]
fn an_invitation_is_followed_by_callbacks_with_its_ids_each_where_it_was_asked_for() {
    let hub = Hub::start();
    let (links, results) = (Ear::open("launchpad"), Ear::open("launchpad"));
    links.subscribe(&hub, &json!({"events": ["interview.meeting.ready"]}));
    results.subscribe(&hub, &json!({"events": ["interview.assessed"]}));
    for email in ["adumbledore@hogwarts.com", "ssnape@hogwarts.com"] {
        hub.post("/v1/users", &json!({"email": email}));
    }
    let assessment =
        json!({"interview": {"title": "Magic", "description": "Wands", "email": "hr@hogwarts.com"}});
    let assessment = curl(&hub, "live", &assessment);
    let id = text(&assessment, "/interview/id");
    let invitation = curl(
        &hub,
        &format!("live/{id}/invite"),
        &json!({
            "candidate": {"first_name": "harry", "last_name": "potter", "email": "hpotter@hogwarts.com",
                "custom_invite_id": "123test"},
            "schedule": {"start_time": "", "duration": "30"},
            "reviewers": [{"email": "adumbledore@hogwarts.com"}, {"email": "ssnape@hogwarts.com"}],
        }),
    );
    assert_eq!(text(&invitation, "/interview/id"), id);
    let interview = text(&invitation, "/interview/live_meeting_id");

    let meeting = json!({"provider": "zoom", "join_url": "https://zoom.us/j/1", "start_url": "https://zoom.us/s/1?zak=a"});
    let (status, answer) = hub.ask("PUT", &format!("/v1/interviews/{interview}/meeting"), Some(&meeting));
    assert_eq!(status, 200, "{answer}");
    for step in ["start", "end"] {
        hub.post(&format!("/v1/interviews/{interview}/{step}"), &json!({}));
    }
    hub.settle();
    assert_eq!(bodies(&results), [] as [Value; 0], "nobody has scored yet");
    let asked = hub.all(&format!("/v1/interviews/{interview}/feedback"));
    assert_eq!(asked.len(), 2);
    for (feedback, score) in asked.iter().zip([40, 60]) {
        let path = format!("/v1/feedback/{}", text(feedback, "/id"));
        let (status, answer) = hub.ask("PUT", &path, Some(&json!({"score": score})));
        assert_eq!(status, 200, "{answer}");
    }
    hub.settle();

    let [link] = &bodies(&links)[..] else { panic!("{:?}", bodies(&links)) };
    assert_eq!(link["candidate"], invitation["candidate"]);
    assert_eq!((text(link, "/interview/id"), text(link, "/interview/live_meeting_id")), (id, interview));
    assert_eq!(text(link, "/interview/start_time"), text(&invitation, "/interview/start_time"));
    assert_eq!(text(link, "/interview/candidate_url"), "https://zoom.us/j/1");
    assert_eq!(text(link, "/interview/start_url"), "https://zoom.us/s/1?zak=a");
    let [result] = &bodies(&results)[..] else { panic!("{:?}", bodies(&results)) };
    assert_eq!(text(result, "/interview/id"), id);
    assert_eq!(text(result, "/candidate/id"), text(&invitation, "/candidate/id"));
    assert_eq!(text(result, "/candidate/custom_invite_id"), "123test");
    assert_eq!(
        (text(result, "/result_details/average_score"), text(result, "/result_details/total_score")),
        ("50", "100")
    );
    assert_eq!(text(result, "/overall_status/status"), "Completed");
    links.assert_sound();
    results.assert_sound();
}

/// What happened to one candidate's part of an assessment, oldest first: each event with the stage it leaves it in.
fn history(hub: &Hub, invite: &str) -> Vec<String> {
    let name = format!("13917/{invite}");
    let events = hub.all("/v1/events").into_iter().rev().map(|it| it["event"].clone());
    let about = events.filter(|it| it["data"]["interview"]["external_ids"]["launchpad"] == name.as_str());
    let word = |event: &Value| {
        let stage = event["data"]["interview"]["stage"]["value"].as_str().unwrap_or("InterviewCreated");
        format!("{} {stage}", text(event, "/type"))
    };
    about.map(|event| word(&event)).collect()
}

#[test]
fn the_older_progress_callbacks_of_two_candidates_make_two_interviews_each_with_its_own_end() {
    let hub = Hub::start();
    let ear = Ear::open("launchpad");
    ear.subscribe(&hub, &json!({}));
    let source = hub.source("launchpad", &Value::Null);
    let tell = |invite: &str, status: &str, more: Value| {
        let mut body = json!({"candidate_id": format!("cnd_{invite}"), "custom_candidate_id": null, "interview_id": 13917,
            "custom_interview_id": null, "custom_invite_id": invite, "status": status, "deadline": "2039-10-28"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, answer) = ask(text(&source, "/url"), "POST", None, Some(&body));
        assert_eq!((status, &answer["outcome"]), (200, &json!("understood")), "{answer}");
    };
    let review = json!({"reviews": {"reviewers": {"reviewer_1": {"name": "A", "email": "a@gov.uk",
        "question_1": {"review_criteria_1": {"type": "numeric", "score": "3.5"}}}}}});

    for invite in ["FSINV1", "FSINV2"] {
        tell(invite, "setup_process", json!({}));
        tell(invite, "question", json!({"question_number": "1"}));
    }
    tell("FSINV1", "final", json!({}));
    tell("FSINV1", "reviewed", review);
    tell("FSINV2", "filtered_out", json!({}));

    let first = history(&hub, "FSINV1");
    assert_eq!(first[0], "interview.created InterviewCreated");
    let stages: Vec<&str> =
        first.iter().filter_map(|it| it.strip_prefix("interview.stage.updated ")).collect();
    assert!(stages.ends_with(&["InterviewCompleted", "FeedbackCompleted"]), "{stages:?}");
    assert!(first.contains(&"interview.assessed FeedbackCompleted".to_owned()), "{first:?}");
    let second = history(&hub, "FSINV2");
    assert!(second.iter().all(|it| !it.contains("Completed") || it.contains("Scheduling")), "{second:?}");
    hub.settle();
    let [told] = &bodies(&ear)[..] else { panic!("{:?}", bodies(&ear)) };
    assert_eq!((text(told, "/interview/id"), text(told, "/candidate/custom_invite_id")), ("13917", "FSINV1"));
    assert_eq!(text(told, "/result_details/total_score"), "3.5");
}
