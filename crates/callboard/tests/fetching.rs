//! Two hubs: one is the platform, whose webhooks only point at things; the other takes them in, and fetches the rest.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod support;

use serde_json::{Value, json};
use support::{Hub, ask, until};

const PAIR: [&str; 2] = ["7c9e6679-7425-40de-944b-e07fc1f90ae7", "a secret that is long enough for everyone"];

/// The receiving hub with a source, and the platform that sends its webhooks there.
struct Pair {
    platform: Hub,
    hub: Hub,
    source: String,
}

impl Pair {
    fn viasto(fetches: bool) -> Self {
        Self::viasto_to(Hub::start(), fetches)
    }

    fn viasto_to(hub: Hub, fetches: bool) -> Self {
        let platform = Hub::start();
        let fetch = json!({
            "base_url": format!("{}/viasto", platform.url),
            "credentials": {"username": "callboard", "password": platform.key, "company": "default"},
        });
        let source =
            hub.post("/v1/sources", &json!({"platform": "viasto", "fetch": fetches.then_some(fetch)}));
        platform.endpoint(source["url"].as_str().unwrap(), "viasto", &json!({}));
        Self { platform, hub, source: id(&source) }
    }

    fn skype(fetches: bool) -> Self {
        let (platform, hub) = (Hub::start(), Hub::start());
        let credentials = json!({"api_key": PAIR[0], "api_secret": PAIR[1]});
        let key = platform.post("/v1/keys", &json!({"name": "a", "scope": "read", "kind": "skype"}));
        let fetch = json!({
            "base_url": format!("{}/skype/", platform.url),
            "credentials": {"api_key": key["api_key"], "api_secret": key["api_secret"]},
        });
        let source =
            json!({"platform": "skype", "credentials": credentials, "fetch": fetches.then_some(fetch)});
        let source = hub.post("/v1/sources", &source);
        platform.endpoint(source["url"].as_str().unwrap(), "skype", &json!({"credentials": credentials}));
        Self { platform, hub, source: id(&source) }
    }

    /// The newest event of this type at the receiving hub of which this holds, once there is one.
    fn event(&self, kind: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let mut found = None;
        until(&format!("there is a {kind} as it should be"), || {
            let events = self.hub.all(&format!("/v1/events?type={kind}"));
            found = events.into_iter().map(|event| event["event"]["data"].clone()).find(|data| holds(data));
            found.is_some()
        });
        found.unwrap()
    }

    fn receipts(&self) -> Vec<String> {
        let receipts = self.hub.all(&format!("/v1/receipts?source={}", self.source));
        receipts.iter().map(|it| it["detail"].as_str().unwrap().to_owned()).collect()
    }
}

fn id(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}

/// An interview on the platform, from the job to the last note.
fn live_through(platform: &Hub) {
    let made = |path: &str, body: Value| platform.post(path, &body);
    let user = id(&made("/v1/users", json!({"name": "Grace Hopper", "email": "grace@example.com"})));
    let job = id(&made("/v1/jobs", json!({"title": "Stage manager", "code": "SM-1", "status": "published"})));
    let question = id(&made("/v1/questions", json!({"job_id": job, "text": "Who are you?"})));
    let ada = json!({"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"});
    let candidate = id(&made("/v1/candidates", ada));
    let application = id(&made("/v1/applications", json!({"candidate_id": candidate, "job_id": job})));
    let interview = id(&made(
        "/v1/interviews",
        json!({"application_id": application, "title": "Call", "start": "2031-03-02T09:00:00Z", "duration_min": 30,
            "reviewers": [user]}),
    ));
    let at = |deed: &str| format!("/v1/interviews/{interview}/{deed}");
    made(&at("start"), json!({}));
    let video = json!({"interview_id": interview, "question_id": question, "url": "https://video.example/1"});
    made("/v1/answer-videos", video);
    made(&at("end"), json!({}));
    let feedback = id(&platform.get(&at("feedback"))["items"][0]);
    for score in [3, 4] {
        let score = json!({"score": score, "comment": "Well spoken"});
        let (status, said) = platform.ask("PUT", &format!("/v1/feedback/{feedback}"), Some(&score));
        assert_eq!(status, 200, "{said}");
    }
    made(&format!("/v1/candidates/{candidate}/notes"), json!({"text": "Call back", "author_id": user}));
}

#[test]
fn what_viasto_s_webhooks_point_at_is_told_with_names_texts_and_scores() {
    let pair = Pair::viasto(true);

    live_through(&pair.platform);

    let job = pair.event("job.updated", |data| data["job"]["title"] == "Stage manager");
    assert_eq!((&job["job"]["code"], &job["job"]["status"]), (&json!("SM-1"), &json!("published")));
    let answer = pair.event("answer_video.updated", |data| data["answer_video"]["url"].is_string());
    assert_eq!(answer["answer_video"]["url"], "https://video.example/1");
    assert_eq!(answer["question"]["text"], "Who are you?");
    let rating = pair.event("feedback.updated", |data| data["feedback"]["score"] == 4);
    assert_eq!(rating["feedback"]["comment"], "Well spoken");
    assert_eq!(rating["feedback"]["reviewer"]["name"], "Grace Hopper");
    assert_eq!(rating["candidate"]["last_name"], "Lovelace");
    assert_eq!(rating["thin"], Value::Null);
    let note = pair.event("candidate.note.updated", |data| data["note"]["text"] == "Call back");
    assert_eq!(note["note"]["author"]["email"], "grace@example.com");
    assert_eq!(note["candidate"]["email"], "ada@example.com");
    assert_eq!(pair.hub.all("/v1/candidates?email=ada@example.com").len(), 1);
    let outcomes = pair.hub.all(&format!("/v1/receipts?source={}&outcome=quarantined", pair.source));
    assert_eq!(outcomes, [] as [Value; 0]);
}

#[test]
fn what_skype_s_webhooks_point_at_is_told_with_the_time_the_people_and_the_links() {
    let pair = Pair::skype(true);
    let user = id(&pair.platform.post("/v1/users", &json!({"name": "Grace", "email": "grace@example.com"})));
    let job = id(&pair.platform.post("/v1/jobs", &json!({"title": "Stage manager", "code": "SM-1"})));
    let ada = json!({"full_name": "Ada Lovelace", "email": "ada@example.com"});
    let candidate = id(&pair.platform.post("/v1/candidates", &ada));
    let application = json!({"candidate_id": candidate, "job_id": job});
    let application = id(&pair.platform.post("/v1/applications", &application));

    let interview = json!({
        "application_id": application, "title": "Call", "start": "2031-03-02T09:00:00+01:00", "duration_min": 30,
        "time_zone": "Europe/Berlin", "attendees": [{"application_id": application}, {"user_id": user}],
        "meeting": {"provider": "skype", "join_url": "https://join.example/1"}, "external_ids": {"skype": "RENE 2010/1"},
    });
    pair.platform.post("/v1/interviews", &interview);

    let told = pair.event("interview.updated", |data| data["interview"]["start"].is_string());
    let interview = &told["interview"];
    assert_eq!(interview["external_ids"]["skype"], "RENE 2010/1");
    assert_eq!((&interview["title"], &interview["time_zone"]), (&json!("Call"), &json!("Europe/Berlin")));
    assert_eq!(interview["start"], "2031-03-02T08:00:00Z");
    assert_eq!(interview["end"], "2031-03-02T08:30:00Z");
    assert_eq!(interview["attendees"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&told["candidate"]["email"], &told["job"]["title"]),
        (&json!("ada@example.com"), &json!("Stage manager"))
    );
    let ready = pair.event("interview.meeting.ready", |_| true);
    assert_eq!(ready["interview"]["meeting"]["join_url"], "https://join.example/1");
}

#[test]
fn without_fetch_the_thin_event_goes_out_marked_so_and_nobody_is_asked() {
    let pair = Pair::viasto(false);

    live_through(&pair.platform);
    pair.platform.settle();

    let rating = pair.event("feedback.updated", |_| true);
    assert_eq!((&rating["thin"], &rating["feedback"]["score"]), (&json!(true), &Value::Null));
    assert!(!pair.receipts().iter().any(|label| label.starts_with("fetched")), "{:?}", pair.receipts());
}

#[test]
fn neither_the_password_nor_the_token_is_written_to_the_log() {
    let pair = Pair::viasto_to(Hub::start_logging("trace"), true);

    pair.platform.post("/v1/jobs", &json!({"title": "Stage manager"}));

    pair.event("job.updated", |data| data["job"]["title"] == "Stage manager");
    let login = json!({"username": "a", "password": pair.platform.key, "company": "default"});
    let login = ask(&format!("{}/viasto/api-token-auth/", pair.platform.url), "POST", None, Some(&login));
    let log = pair.hub.log();
    assert!(!log.is_empty());
    assert!(!log.contains(&pair.platform.key) && !log.contains(login.1["token"].as_str().unwrap()));
}

#[test]
fn a_source_s_fetch_is_checked_and_its_credentials_are_never_shown() {
    let hub = Hub::start();
    let login = json!({"username": "u", "password": "hunter2", "company": "acme"});
    let fetch = json!({"base_url": "http://127.0.0.1:9/", "credentials": login});
    let made = hub.post("/v1/sources", &json!({"platform": "viasto", "fetch": fetch}));
    let path = format!("/v1/sources/{}", id(&made));

    assert_eq!(made["fetch"], json!({"base_url": "http://127.0.0.1:9"}));
    assert!(!hub.get(&path).to_string().contains("hunter2"));
    let (status, changed) = hub.ask("PATCH", &path, Some(&json!({"name": "x"})));
    assert_eq!((status, &changed["fetch"]), (200, &made["fetch"]), "what is left out stays");
    let (_, changed) = hub.ask("PATCH", &path, Some(&json!({"fetch": null})));
    assert_eq!(changed["fetch"], Value::Null);
    for (platform, fetch, expected) in [
        ("hirehive", fetch.clone(), (422, "nothing_to_fetch")),
        ("viasto", json!({"base_url": "http://127.0.0.1:9"}), (400, "bad_credentials")),
        ("viasto", json!({"base_url": "http://10.0.0.1", "credentials": login}), (400, "bad_url")),
        ("viasto", json!({"base_url": "ftp://127.0.0.1", "credentials": login}), (400, "bad_url")),
        ("viasto", json!({"base_url": "http://a:b@127.0.0.1", "credentials": login}), (400, "bad_url")),
        ("viasto", json!({"base_url": "http://127.0.0.1?x", "credentials": login}), (400, "bad_url")),
        ("viasto", json!({"base_url": "http://127.0.0.1", "token": "x"}), (400, "bad_body")),
    ] {
        let (status, problem) =
            hub.ask("POST", "/v1/sources", Some(&json!({"platform": platform, "fetch": fetch})));
        assert_eq!((status, problem["code"].as_str().unwrap()), expected, "{fetch}");
    }
}
