//! The program as HireHive: its lists page by page, and its nineteen webhooks from one story that both APIs drive
//! (seed 002, platforms.md 1).
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::Hub;
use support::ear::Ear;

const EVENTS: [&str; 19] = [
    "job.created",
    "job.updated",
    "job.status.updated",
    "job.deleted",
    "application.created",
    "application.stage.updated",
    "application.deleted",
    "candidate.updated",
    "candidate.note.created",
    "candidate.note.updated",
    "candidate.note.deleted",
    "candidate.tag.added",
    "candidate.tag.removed",
    "feedback.requested",
    "feedback.submitted",
    "feedback.updated",
    "interview.created",
    "interview.updated",
    "interview.cancelled",
];

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// A hub, as a client of HireHive's API and as one of Callboard's own.
struct Both {
    hub: Hub,
    company: String,
}

impl Both {
    fn start() -> Self {
        let hub = Hub::start();
        let company = hub.get("/v1/companies")["items"][0]["id"].as_str().unwrap().to_owned();
        Self { hub, company }
    }

    fn path(&self, below: &str) -> String {
        format!("/hirehive/v1.0/{}/{below}", self.company)
    }

    fn hirehive(&self, method: &str, below: &str, body: &Value) -> Value {
        let (status, answer) = self.hub.ask(method, &self.path(below), Some(body));
        assert!((200..300).contains(&status), "{method} {below}: {status} {answer}");
        answer["data"].clone()
    }

    fn ours(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.hub.ask(method, path, Some(body));
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    fn show(&self, below: &str) -> Value {
        self.hub.get(&self.path(below))["data"].clone()
    }
}

/// What an ear was told: the type of each webhook, and its object.
fn told(ear: &Ear) -> Vec<(String, Value)> {
    let read = |body: &[u8]| -> Value { serde_json::from_slice(body).unwrap() };
    let bodies = ear.heard().into_iter().map(|heard| read(&heard.body));
    bodies.map(|body| (body["type"].as_str().unwrap().to_owned(), body["data"]["object"].clone())).collect()
}

#[test]
fn each_of_the_nineteen_events_arrives_from_one_story() {
    // given
    let both = Both::start();
    let ear = Ear::open("hirehive");
    ear.subscribe(&both.hub, &json!({}));

    // when
    let user = both.ours("POST", "/v1/users", &json!({"name": "Grace", "email": "grace@example.com"}));
    let job = both.hirehive("POST", "jobs", &json!({"title": "Stage manager", "salary": "fair"}));
    let job_path = format!("/v1/jobs/{}", id(&job));
    both.ours("PATCH", &job_path, &json!({"title": "Stage manager, nights"}));
    both.ours("PATCH", &job_path, &json!({"status": "published"}));
    let candidate = both.ours("POST", "/v1/candidates", &json!({"email": "ada@example.com"}));
    let candidate = id(&candidate).to_owned();
    let application =
        both.ours("POST", "/v1/applications", &json!({"candidate_id": candidate, "job_id": id(&job)}));
    let application = id(&application).to_owned();
    both.ours("PATCH", &format!("/v1/applications/{application}"), &json!({"stage": "screening"}));
    both.hirehive(
        "PUT",
        &format!("candidates/{candidate}"),
        &json!({"first_name": "Ada", "tags": [{"name": "calm"}]}),
    );
    both.hirehive("PUT", &format!("candidates/{candidate}"), &json!({"tags": []}));
    let note = both.hirehive("POST", &format!("candidates/{candidate}/notes"), &json!({"text": "Call back"}));
    both.ours("PATCH", &format!("/v1/notes/{}", id(&note)), &json!({"text": "Call back soon"}));
    both.ours("DELETE", &format!("/v1/notes/{}", id(&note)), &Value::Null);
    let interview = both.hirehive(
        "POST",
        "interviews",
        &json!({"application_id": application, "event": {"title": "Call", "start": "2031-03-02T09:00:00Z",
            "attendees": [{"application_id": application}, {"user_id": id(&user)}]}}),
    );
    let interview_path = format!("/v1/interviews/{}", id(&interview));
    both.ours("POST", &format!("{interview_path}/schedule"), &json!({"start": "2031-03-03T09:00:00Z"}));
    let wanted = json!({"application_id": application, "reviewer_id": id(&user), "form": {"id": "form_1"}});
    both.ours("POST", "/v1/feedback", &wanted);
    let answers = json!({"application_id": application, "form_id": "form_1",
        "answers": [{"question_id": "q1", "ratings": [{"option_id": "o1", "rating": 4}]}]});
    let feedback = both.hirehive("POST", "feedback", &answers);
    both.ours("PUT", &format!("/v1/feedback/{}", id(&feedback)), &json!({"score": 5}));
    both.ours("POST", &format!("{interview_path}/cancel"), &json!({}));
    both.ours("DELETE", &format!("/v1/applications/{application}"), &Value::Null);
    both.ours("DELETE", &job_path, &Value::Null);
    both.hub.settle();

    // then
    ear.assert_sound();
    let told: BTreeSet<String> = told(&ear).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(told, EVENTS.map(str::to_owned).into());
}

#[test]
fn what_is_posted_is_told_as_it_is_shown() {
    let both = Both::start();
    let ear = Ear::open("hirehive");
    ear.subscribe(&both.hub, &json!({"events": ["job.*", "interview.*"]}));
    let user = both.ours("POST", "/v1/users", &json!({"name": "Grace", "email": "grace@example.com"}));
    let job = both.hirehive("POST", "jobs", &json!({"title": "Stage manager", "tags": ["backstage"]}));
    let candidate = both.ours("POST", "/v1/candidates", &json!({"email": "ada@example.com"}));
    let application =
        both.ours("POST", "/v1/applications", &json!({"candidate_id": id(&candidate), "job_id": id(&job)}));

    let interview = both.hirehive(
        "POST",
        "interviews",
        &json!({"application_id": id(&application),
            "event": {"title": "Call", "type": "online", "start": "2031-03-02T10:00:00+01:00",
                "end": "2031-03-02T11:00:00+01:00", "time_zone": "Europe/Berlin", "organizer_id": id(&user),
                "attendees": [{"application_id": id(&application)}, {"user_id": id(&user)}]},
            "meta": {"note_for_candidate": "Bring a pen", "online_meeting_type": "hangouts_meet",
                "meeting_url": "https://meet.example/1"}}),
    );
    both.hub.settle();

    let told = told(&ear);
    let object = |kind: &str| {
        let found: Vec<&Value> =
            told.iter().filter(|(told, _)| told == kind).map(|(_, object)| object).collect();
        assert_eq!(found.len(), 1, "{kind}: {told:?}");
        found[0].clone()
    };
    assert_eq!(object("job.created"), both.show(&format!("jobs/{}", id(&job))));
    assert_eq!(interview, both.show(&format!("interviews/{}", id(&interview))));
    assert_eq!(object("interview.updated"), interview, "with its links");
    let mut without_links = interview;
    without_links["meta"]["online_meeting_type"] = Value::Null;
    without_links["meta"]["meeting_url"] = Value::Null;
    assert_eq!(object("interview.created"), without_links);
}

#[test]
fn lists_are_read_page_by_page() {
    let both = Both::start();
    let made: Vec<Value> = (0..5)
        .map(|number| both.hirehive("POST", "jobs", &json!({"title": format!("Job {number}")})))
        .collect();

    let (mut found, mut next) = (Vec::new(), Some(both.path("jobs?page_size=2")));
    while let Some(url) = next {
        let page = both.hub.get(url.strip_prefix(both.hub.url.as_str()).unwrap_or(&url));
        assert_eq!(page["meta"]["total_items"], 5);
        found.extend(page["items"].as_array().unwrap().iter().cloned());
        next = page["links"]["next"].as_str().map(str::to_owned);
    }

    assert_eq!(found, made, "each once, as it was shown when it was made");
}
