//! A company with interviews of its own.

use callboard_simulate::Heard;
use serde_json::{Value, json};

use crate::support::Hub;

/// A hub whose company has a job, a candidate, and users to review.
pub struct Company {
    pub hub: Hub,
    pub application: String,
}

impl Company {
    pub fn open() -> Self {
        let hub = Hub::start();
        let job = made(&hub, "jobs", &json!({"title": "Keeper of Keys", "status": "published"}));
        let candidate = json!({
            "first_name": "harry", "last_name": "potter", "email": "hpotter@hogwarts.com",
            "external_ids": {"launchpad": "cnd_chuvacheness123"},
        });
        let candidate = made(&hub, "candidates", &candidate);
        let application = json!({"candidate_id": candidate, "job_id": job, "custom_invite_id": "123test"});
        let application = made(&hub, "applications", &application);
        Self { hub, application }
    }

    /// A user by this name.
    pub fn user(&self, name: &str) -> String {
        let email = format!("{name}@hogwarts.com");
        made(&self.hub, "users", &json!({"name": name, "email": email, "role": "reviewer"}))
    }

    /// An interview of the candidate at a set time; `more` is merged into the request.
    pub fn interview(&self, more: &Value) -> String {
        let mut body = json!({
            "application_id": self.application,
            "title": "First talk",
            "start": "2028-01-24T14:45:00Z",
            "duration_min": 30,
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        made(&self.hub, "interviews", &body)
    }

    /// Does something with an interview, which must go.
    pub fn act(&self, interview: &str, deed: &str, body: &Value) -> Value {
        self.hub.post(&format!("/v1/interviews/{interview}/{deed}"), body)
    }

    /// Assigns a reviewer: the feedback that is wanted of them.
    pub fn assign(&self, interview: &str, reviewer: &str) -> String {
        id(&self.act(interview, "feedback", &json!({"reviewer_id": reviewer})))
    }

    /// Gives feedback, or changes it.
    pub fn score(&self, feedback: &str, score: f64, comment: &str) {
        let body = json!({"score": score, "comment": comment});
        let (status, answer) = self.hub.ask("PUT", &format!("/v1/feedback/{feedback}"), Some(&body));
        assert_eq!(status, 200, "{answer}");
    }

    /// The links to join are these.
    pub fn meet(&self, interview: &str, meeting: &Value) {
        let path = format!("/v1/interviews/{interview}/meeting");
        let (status, answer) = self.hub.ask("PUT", &path, Some(meeting));
        assert_eq!(status, 200, "{answer}");
    }
}

/// Makes something: its id.
pub fn made(hub: &Hub, what: &str, body: &Value) -> String {
    id(&hub.post(&format!("/v1/{what}"), body))
}

/// What a request that was heard says.
pub fn body(heard: &Heard) -> Value {
    serde_json::from_slice(&heard.body).unwrap()
}

fn id(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}
