//! The program as a viasto interview suite: a client that knows only viasto's documentation logs in, follows `next`, and
//! fetches what webhooks point at (seed 003, platforms.md 3).
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::ear::Ear;
use support::{Hub, agent};

/// A client of viasto's API.
struct Client {
    agent: ureq::Agent,
    authorization: String,
}

impl Client {
    fn log_in(hub: &Hub) -> Self {
        Self::log_in_with(hub, &hub.key)
    }

    fn log_in_with(hub: &Hub, key: &str) -> Self {
        let agent = agent();
        let login = json!({"username": "ats", "password": key, "company": "default"});
        let mut answer = agent.post(format!("{}/viasto/api-token-auth/", hub.url)).send_json(&login).unwrap();
        let answer: Value = answer.body_mut().read_json().unwrap();
        let authorization = format!("Token {}", answer["token"].as_str().unwrap());
        Self { agent, authorization }
    }

    fn get(&self, url: &str) -> (u16, Value) {
        let mut answer = self.agent.get(url).header("authorization", &self.authorization).call().unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or_default())
    }

    /// Every object of a list, as its resource URL.
    fn walk(&self, url: &str) -> Vec<String> {
        let (mut found, mut next) = (Vec::new(), Some(url.to_owned()));
        while let Some(url) = next {
            let (status, page) = self.get(&url);
            assert_eq!(status, 200, "{url}: {page}");
            let objects = page["objects"].as_array().unwrap();
            found.extend(objects.iter().map(|it| it["resource_uri"].as_str().unwrap().to_owned()));
            next = page["meta"]["next"].as_str().map(str::to_owned);
        }
        found
    }
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// An interview from the job to the last note, as a company lives through it.
fn live_through(hub: &Hub) {
    let made = |path: &str, body: Value| hub.post(path, &body);
    let user = made("/v1/users", json!({"name": "Grace", "email": "grace@example.com"}));
    let job = made("/v1/jobs", json!({"title": "Stage manager", "owner_id": id(&user)}));
    hub.ask("PATCH", &format!("/v1/jobs/{}", id(&job)), Some(&json!({"status": "published"})));
    let question = made("/v1/questions", json!({"job_id": id(&job), "text": "Who are you?"}));
    let candidate = made("/v1/candidates", json!({"first_name": "Ada", "email": "ada@example.com"}));
    let application = made("/v1/applications", json!({"candidate_id": id(&candidate), "job_id": id(&job)}));
    let interview = made(
        "/v1/interviews",
        json!({"application_id": id(&application), "title": "Call", "start": "2031-03-02T09:00:00Z",
            "duration_min": 30, "attendees": [{"application_id": id(&application)}, {"user_id": id(&user)}],
            "reviewers": [id(&user)]}),
    );
    let at = |deed: &str| format!("/v1/interviews/{}/{deed}", id(&interview));
    for attendee in interview["attendees"].as_array().unwrap() {
        made(&at("join"), json!({"attendee_id": id(attendee)}));
    }
    let video = made(
        "/v1/answer-videos",
        json!({"interview_id": id(&interview), "question_id": id(&question), "url": "https://video.example/1"}),
    );
    made(&at("end"), json!({}));
    let feedback = hub.get(&at("feedback"))["items"][0].clone();
    for score in [3, 4] {
        let (status, said) =
            hub.ask("PUT", &format!("/v1/feedback/{}", id(&feedback)), Some(&json!({"score": score})));
        assert_eq!(status, 200, "{said}");
    }
    let note = json!({"text": "Call back", "author_id": id(&user), "answer_video_id": id(&video)});
    made(&format!("/v1/candidates/{}/notes", id(&candidate)), note);
    made(&format!("/v1/candidates/{}/notes", id(&candidate)), json!({"text": "On the person"}));
    hub.ask("PATCH", &format!("/v1/candidates/{}", id(&candidate)), Some(&json!({"last_name": "Lovelace"})));
    // An interview of nobody's, and a candidate for no job: viasto has no word for either, so others stand in.
    let alone = made("/v1/interviews", json!({"title": "Rehearsal", "start": "2031-03-03T09:00:00Z"}));
    made(&format!("/v1/interviews/{}/cancel", id(&alone)), json!({}));
    made("/v1/applications", json!({"candidate_id": id(&candidate)}));
}

#[test]
fn every_url_that_a_webhook_names_is_fetched_with_a_token() {
    // given
    let hub = Hub::start();
    let ear = Ear::open("viasto");
    ear.subscribe(&hub, &json!({}));

    // when
    live_through(&hub);
    hub.settle();

    // then
    let counts = ear.counts();
    assert_eq!((counts.verified, counts.unreadable), (counts.heard, 0));
    let client = Client::log_in(&hub);
    let (mut words, mut fetched) = (BTreeSet::new(), BTreeSet::new());
    for heard in ear.heard() {
        let body: Value = serde_json::from_slice(&heard.body).unwrap();
        words.insert(body["event"].as_str().unwrap().to_owned());
        for (member, url) in body["data"].as_object().unwrap() {
            let Some(url) = url.as_str().filter(|_| member != "action") else { continue };
            if fetched.insert(url.to_owned()) {
                let (status, resource) = client.get(url);
                assert_eq!(
                    (status, resource["resource_uri"].as_str()),
                    (200, Some(url)),
                    "{member}: {resource}"
                );
            }
        }
    }
    let all =
        ["answervideo_changed", "candidate_changed", "note_changed", "project_changed", "rating_changed"];
    assert_eq!(words, all.map(str::to_owned).into());
    let rating = fetched.iter().find(|url| url.contains("/ratings/")).unwrap();
    assert_eq!(client.get(rating).1["value"], 4.0, "as it stands by now");
    let candidate =
        fetched.iter().find(|url| url.contains("/projects/job_") && url.contains("/candidates/app_"));
    let candidate = client.get(candidate.unwrap()).1;
    assert_eq!(
        (&candidate["status"], &candidate["evaluation_status"]),
        (&json!("interviewed"), &json!("completed"))
    );
    assert_eq!(candidate["last_name"], "Lovelace");
}

#[test]
fn a_client_finds_everything_from_the_company_on() {
    let hub = Hub::start();
    live_through(&hub);
    let client = Client::log_in(&hub);
    let company = hub.get("/v1/companies")["items"][0]["id"].as_str().unwrap().to_owned();

    let (_, company) = client.get(&format!("{}/viasto/api/v3/companies/{company}/", hub.url));
    let projects = client.walk(&format!("{}?page_size=1", company["projects"].as_str().unwrap()));

    assert_eq!(projects.len(), 1);
    let (_, project) = client.get(&projects[0]);
    for (list, expected) in
        [("candidates", 1), ("questions", 1), ("answervideos", 1), ("ratings", 1), ("notes", 2)]
    {
        let found = client.walk(project[list].as_str().unwrap());
        assert_eq!(found.len(), expected, "{list}");
        for url in found {
            assert_eq!(client.get(&url).1["resource_uri"], url.as_str());
        }
    }
    let (_, results) = client.get(project["results"].as_str().unwrap());
    assert_eq!(results["objects"][0]["overall_rating"], 4.0);
    assert_eq!(results["objects"][0]["notes"].as_array().unwrap().len(), 2);
    assert_eq!(client.walk(company["customers"].as_str().unwrap()).len(), 1);
}

#[test]
fn a_token_lives_as_long_as_its_key_and_outlives_a_crash() {
    // given
    let hub = Hub::start();
    let made = hub.post("/v1/keys", &json!({"name": "ats", "scope": "read"}));
    let key = made["key"].as_str().unwrap();
    let client = Client::log_in_with(&hub, key);

    // when
    let hub = Hub::start_on(hub.kill(), &[]);

    // then
    let customers = format!("{}/viasto/api/v3/customers/", hub.url);
    assert_eq!(client.get(&customers).0, 200);
    let (status, _) = hub.ask("DELETE", &format!("/v1/keys/{}", id(&made)), None);
    assert_eq!(status, 204);
    assert_eq!(client.get(&customers).0, 401);
}
