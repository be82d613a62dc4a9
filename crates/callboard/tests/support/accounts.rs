//! Accounts at the platforms: sources of the hub, and the letters that their platforms send.

use callboard_core::Timestamp;
use callboard_dialects::Message;
use callboard_outbox::{Clock, SystemClock};
use callboard_simulate::{Letter, Platform, Stories};
use serde_json::{Value, json};

use super::{Hub, agent, callboard};

/// An account at a platform, whose webhooks a hub takes in.
pub struct Account {
    pub platform: Platform,
    pub id: String,
    pub url: String,
    pub credentials: Value,
}

impl Account {
    /// Makes it known to the hub.
    pub fn open(hub: &Hub, platform: Platform) -> Self {
        let given = match platform {
            Platform::Skype => json!({
                "api_key": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
                "api_secret": "a secret that is long enough for everyone",
            }),
            Platform::LaunchPad => json!({"username": "launchpad", "password": "correct horse battery"}),
            Platform::HireHive | Platform::Viasto => Value::Null,
        };
        Self::open_with(hub, platform, &given)
    }

    /// The same with credentials of one's own.
    pub fn open_with(hub: &Hub, platform: Platform, credentials: &Value) -> Self {
        let made = hub.source(platform.name(), credentials);
        Self {
            platform,
            id: made["id"].as_str().unwrap().to_owned(),
            url: made["url"].as_str().unwrap().to_owned(),
            credentials: made["credentials"].clone(),
        }
    }

    /// What the platform tells about its interview of this number, in order.
    pub fn letters(&self, interview: u64) -> Vec<Letter> {
        Stories::new(self.platform, 1, now()).calling(&self.url).story(interview).into_letters()
    }

    /// Sends a letter, signed the platform's way: the status and the answer.
    pub fn send(&self, letter: &Letter) -> (u16, Value) {
        self.try_to_send(letter).unwrap()
    }

    /// The same to a hub that may not be there.
    pub fn try_to_send(&self, letter: &Letter) -> Result<(u16, Value), ureq::Error> {
        let headers = self.sign(&letter.id, &letter.body);
        let mut request = agent().post(&self.url);
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let mut response = request.send(&letter.body[..])?;
        let text = response.body_mut().read_to_string()?;
        Ok((response.status().as_u16(), serde_json::from_str(&text).unwrap_or_default()))
    }

    /// Sends a letter that must be taken.
    pub fn tell(&self, letter: &Letter) -> Value {
        let (status, answer) = self.send(letter);
        assert_eq!(status, 200, "{} {}: {answer}", self.platform, letter.summary);
        answer
    }

    /// Sends letters that must be taken, one after the other.
    pub fn tell_all(&self, letters: &[Letter]) {
        for letter in letters {
            self.tell(letter);
        }
    }

    /// The headers under which the platform sends this body now.
    pub fn sign(&self, id: &str, body: &[u8]) -> Vec<(&'static str, String)> {
        // A token stands in the URL and signs nothing.
        let mut credentials = self.credentials.clone();
        credentials.as_object_mut().unwrap().remove("token");
        let signer = self.platform.dialect().signer(&credentials).unwrap();
        signer.sign(&Message { id, body, at: now() })
    }

    /// Runs `callboard simulate` as this account; it must say that all went as it should.
    pub fn simulate(&self, more: &[&str]) -> Value {
        let credentials = self.credentials.to_string();
        let mut args = vec!["simulate", self.platform.name(), "--to", &self.url, "--json"];
        args.extend(["--credentials", &credentials]);
        args.extend(more);
        let output = callboard(&args, &[]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_str(&said).unwrap()
    }
}

/// The machine's time, which the program goes by as well.
pub fn now() -> Timestamp {
    SystemClock.now()
}
