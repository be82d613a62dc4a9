//! A hub with a hiring company on it, to be asked what makes no sense.

use serde_json::{Value, json};

use crate::support::Hub;
use crate::wire::{Answer, exchange, request};

/// A company with one of each kind of thing, next to another company with one.
pub struct Scene {
    pub hub: Hub,
    pub company: String,
    /// The key of the other company.
    pub stranger: String,
    /// What stands in for what in paths and bodies.
    words: Vec<(&'static str, String)>,
}

impl Scene {
    pub fn set() -> Self {
        let hub = Hub::start_logging("warn");
        let company = id(&hub.get("/v1/companies")["items"][0]);
        let other = hub.post("/v1/companies", &json!({"name": "Durmstrang"}));
        let mut scene = Self {
            hub,
            company,
            stranger: other["key"]["key"].as_str().unwrap().to_owned(),
            words: Vec::new(),
        };
        let theirs = scene.ask_as(&scene.stranger, "POST", "/v1/jobs", br#"{"title":"Theirs"}"#).json();
        scene.words.push(("{theirs}", id(&theirs)));
        for (word, path, body) in [
            ("{usr}", "/v1/users", r#"{"email":"grace@example.com"}"#),
            ("{job}", "/v1/jobs", r#"{"title":"Keeper"}"#),
            ("{can}", "/v1/candidates", r#"{"email":"ada@example.com"}"#),
            ("{app}", "/v1/applications", r#"{"candidate_id":"{can}","job_id":"{job}"}"#),
            (
                "{int}",
                "/v1/interviews",
                r#"{"application_id":"{app}","start":"2039-01-01T09:00:00Z","duration_min":30,
                "attendees":[{"application_id":"{app}"}]}"#,
            ),
            ("{fdbk}", "/v1/interviews/{int}/feedback", r#"{"reviewer_id":"{usr}"}"#),
            ("{qustn}", "/v1/questions", r#"{"job_id":"{job}","text":"Why?"}"#),
            ("{ansv}", "/v1/answer-videos", r#"{"interview_id":"{int}","question_id":"{qustn}"}"#),
            ("{note}", "/v1/notes", r#"{"candidate_id":"{can}","text":"Calm"}"#),
            ("{file}", "/v1/files", r#"{"candidate_id":"{can}","name":"cv.html"}"#),
        ] {
            let made = scene.ask("POST", path, scene.said(body).as_bytes());
            assert_eq!(made.status, 201, "{path} {}", made.json());
            scene.words.push((word, id(&made.json())));
        }
        let attendee = id(&scene.hub.get(&scene.said("/v1/interviews/{int}"))["attendees"][0]);
        scene.words.push(("{attd}", attendee));
        scene
    }

    /// A text with the ids of the scene in it.
    pub fn said(&self, text: &str) -> String {
        self.words.iter().fold(text.to_owned(), |text, (word, id)| text.replace(word, id))
    }

    pub fn ask(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        self.ask_as(&self.hub.key, method, path, body)
    }

    /// The same with another key.
    pub fn ask_as(&self, key: &str, method: &str, path: &str, body: &[u8]) -> Answer {
        self.ask_with(&[("authorization", format!("Bearer {key}"))], method, path, body)
    }

    /// The body is said to be JSON, unless a header says something else.
    pub fn ask_with(&self, headers: &[(&str, String)], method: &str, path: &str, body: &[u8]) -> Answer {
        let mut headers = headers.to_vec();
        if headers.iter().all(|(name, _)| *name != "content-type") {
            headers.push(("content-type", "application/json".to_owned()));
        }
        exchange(&self.hub.url, &request(method, &self.said(path), &headers, body)).unwrap()
    }

    /// Does something that must change nothing, and sees that the hub has nothing to complain of and goes on.
    pub fn nothing_comes_of(&self, deed: impl FnOnce()) {
        let before = self.everything();
        deed();
        assert_eq!(self.everything(), before);
        assert_eq!(self.hub.log(), "", "nobody panicked, and nothing was the hub's own fault");
        let note =
            self.ask("POST", "/v1/notes", self.said(r#"{"candidate_id":"{can}","text":"On"}"#).as_bytes());
        assert_eq!(note.status, 201);
    }

    fn everything(&self) -> Vec<Value> {
        let lists = "jobs candidates applications interviews feedback questions answer-videos users notes files \
            companies keys sources endpoints events deliveries";
        let mut all: Vec<Value> =
            lists.split_whitespace().map(|list| self.hub.all(&format!("/v1/{list}")).into()).collect();
        all.push(self.hub.get("/v1/settings"));
        all
    }

    #[track_caller]
    pub fn refused(&self, status: u16, method: &str, path: &str, body: &str) {
        assert_refused(
            &self.ask(method, path, self.said(body).as_bytes()),
            status,
            &format!("{method} {path} {body}"),
        );
    }
}

/// A problem with a code came, of this status; 400 stands for anything that is wrong with what was said.
#[track_caller]
pub fn assert_refused(answer: &Answer, status: u16, asked: &str) {
    let asked: String = asked.chars().take(300).collect();
    let fits = if status == 400 { matches!(answer.status, 400 | 422) } else { answer.status == status };
    assert!(fits, "{status} was expected, {} came: {asked} {}", answer.status, answer.json());
    assert!(!answer.code().is_empty() && answer.json()["status"] == answer.status, "{asked}");
    assert!(answer.body.len() < 2048, "an answer is not as long as what was asked: {asked}");
}

fn id(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}
