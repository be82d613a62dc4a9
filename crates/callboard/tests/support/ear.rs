//! Receivers in this process, for tests that look at every request or decide how it is answered.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Poll, ready};

use callboard_dialects::{Headers, dialect};
use callboard_simulate::{Answer, Counts, Heard, Listening, Receiver, Verdict};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use super::Hub;
use super::accounts::now;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// Where dialects that do not sign carry their secret.
const TOKEN: &str = "tok_7Jq2mV9xWn4bRt6yLc8z";

/// What a receiver tells is in the channel before it answers, so whoever knows of the answer finds it here.
struct Notes {
    told: mpsc::Receiver<Heard>,
    heard: Vec<Heard>,
}

/// Empties the channel as it fills, however seldom somebody looks.
async fn take_down(notes: Arc<Mutex<Notes>>) {
    poll_fn(|context| {
        let mut notes = notes.lock().unwrap();
        while let Some(one) = ready!(notes.told.poll_recv(context)) {
            notes.heard.push(one);
        }
        Poll::Ready(())
    })
    .await;
}

/// A verifying receiver in one dialect.
pub struct Ear {
    pub dialect: &'static str,
    receiver: Receiver,
    notes: Arc<Mutex<Notes>>,
}

impl Ear {
    /// Takes whatever is authentic.
    pub fn open(dialect: &'static str) -> Self {
        Self::answering(dialect, Answer::honest)
    }

    /// Answers as it is told to.
    pub fn answering(
        dialect: &'static str,
        answer: impl Fn(&Heard) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::listening_at(([127, 0, 0, 1], 0).into(), dialect, answer)
    }

    /// The same at this address.
    pub fn listening_at(
        address: SocketAddr,
        name: &'static str,
        answer: impl Fn(&Heard) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listening = Listening::to(dialect(name).unwrap()).verifying(verifying(name)).answering(answer);
        let (receiver, told) = RUNTIME.block_on(Receiver::listen(address, listening, Arc::new(now))).unwrap();
        let notes = Arc::new(Mutex::new(Notes { told, heard: Vec::new() }));
        RUNTIME.spawn(take_down(Arc::clone(&notes)));
        Self { dialect: name, receiver, notes }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.receiver.address()
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://{}/hook/{TOKEN}", self.receiver.address())
    }

    /// Makes it known to the hub: the endpoint's id. `more` is merged into the request.
    pub fn subscribe(&self, hub: &Hub, more: &Value) -> String {
        subscribe(hub, &self.url(), self.dialect, more)
    }

    /// What it has heard so far, in the order in which it was answered.
    pub fn heard(&self) -> Vec<Heard> {
        let mut notes = self.notes.lock().unwrap();
        while let Ok(one) = notes.told.try_recv() {
            notes.heard.push(one);
        }
        notes.heard.clone()
    }

    /// How many requests were what so far.
    pub fn counts(&self) -> Counts {
        self.receiver.counts()
    }

    /// Every request was authentic and readable, none was taken twice, and none came too early or too late.
    pub fn assert_sound(&self) {
        let counts = self.counts();
        let sound =
            Counts { verified: counts.heard, heard: counts.heard, taken: counts.taken, ..Counts::default() };
        assert_eq!(counts, sound, "{}: {:?}", self.dialect, self.unsound());
    }

    fn unsound(&self) -> Vec<String> {
        let heard = self.heard();
        let unsound = heard.iter().filter(|it| {
            it.verdict != Verdict::Verified || it.label.is_none() || it.duplicate || it.out_of_order
        });
        unsound.map(|it| format!("{:?} {} at {}", it.label, it.summary, it.at)).collect()
    }
}

/// An endpoint that is signed to as the receivers of this dialect verify: its id.
pub fn subscribe(hub: &Hub, url: &str, dialect: &str, more: &Value) -> String {
    let mut body = more.clone();
    if dialect != "viasto" {
        body["credentials"] = verifying(dialect);
    }
    hub.endpoint(url, dialect, &body)["id"].as_str().unwrap().to_owned()
}

/// What a receiver of this dialect verifies with.
pub fn verifying(dialect: &str) -> Value {
    match dialect {
        "skype" => json!({
            "api_key": "0f8fad5b-d9cb-469f-a165-70867728950e",
            "api_secret": "another secret that is long enough for all",
        }),
        "launchpad" => json!({"username": "hub", "password": "staple battery horse"}),
        "viasto" => json!({"token": TOKEN}),
        _ => json!({"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}),
    }
}

/// The first value of a header that must be there.
pub fn header<'a>(heard: &'a Heard, name: &str) -> &'a str {
    heard.headers.header(name).unwrap_or_else(|| panic!("no {name}: {:?}", heard.headers))
}
