//! Platforms that send until they are told 200, as the real ones do, wherever the hub happens to be, or whichever of several
//! answers.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use callboard_simulate::Letter;
use serde_json::Value;
use tokio::time::Instant;

use super::accounts::Account;
use super::{Hub, PATIENCE};

/// Interviews that are told at once.
const SENDERS: u64 = 6;

/// A letter that was answered 200, with the answer.
#[derive(Clone)]
pub struct Acknowledged {
    pub letter: Letter,
    pub receipt: String,
    pub outcome: String,
    pub events: u64,
    /// Requests it took.
    pub tries: u32,
}

/// Ends the sending with what goes on meanwhile, however that ends.
struct Ending<'p>(&'p Platforms);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let mut scene = self.0.scene();
        scene.over = true;
        scene.failed = thread::panicking();
    }
}

/// Senders of one account.
pub struct Platforms {
    path: String,
    /// How long an answer is waited for.
    patience: Duration,
    scene: Mutex<Scene>,
    changed: Condvar,
}

struct Scene {
    hubs: Vec<String>,
    /// How often they have moved.
    moves: u32,
    over: bool,
    /// What went on meanwhile has failed: nobody insists any longer.
    failed: bool,
    acknowledged: Vec<Acknowledged>,
}

impl Platforms {
    pub fn telling(account: &Account, hub: &Hub) -> Self {
        let path = account.url.strip_prefix(&hub.url).unwrap().to_owned();
        let scene = Scene {
            hubs: vec![hub.url.clone()],
            moves: 0,
            over: false,
            failed: false,
            acknowledged: Vec::new(),
        };
        Self { path, patience: PATIENCE, scene: Mutex::new(scene), changed: Condvar::new() }
    }

    /// Platforms that turn to another hub when one does not answer in this time.
    pub fn impatient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sends while `ordeal` goes on, and until each interview that was begun is told to its end.
    pub fn through(
        &self,
        hub: Hub,
        account: &Account,
        ordeal: impl FnOnce(Hub) -> Hub,
    ) -> (Hub, Vec<Acknowledged>) {
        let hub = thread::scope(|scope| {
            for first in 0..SENDERS {
                scope.spawn(move || self.send(account, first));
            }
            let ending = Ending(self);
            let hub = ordeal(hub);
            drop(ending);
            hub
        });
        (hub, self.scene().acknowledged.clone())
    }

    /// Waits for so many more acknowledgements.
    pub fn heard_yes(&self, more: usize) {
        let enough = self.count() + more;
        self.wait("acknowledgements", |scene| scene.acknowledged.len() >= enough);
    }

    /// How many acknowledgements there are.
    pub fn count(&self) -> usize {
        self.scene().acknowledged.len()
    }

    /// Says where the hub is now.
    pub fn moved_to(&self, hub: &str) {
        self.spread_over(vec![hub.to_owned()]);
    }

    /// Says where hubs are now, of which any may be asked.
    pub fn spread_over(&self, hubs: Vec<String>) {
        let mut scene = self.scene();
        scene.hubs = hubs;
        scene.moves += 1;
        self.changed.notify_all();
    }

    /// Sends what was acknowledged last once more: it is known.
    pub fn repeat_the_last_one(&self, account: &Account) {
        let scene = self.scene();
        let (url, last) = (format!("{}{}", scene.hubs[0], self.path), scene.acknowledged.last().cloned());
        drop(scene);
        let Some(last) = last else { return };
        let (status, answer) = self.post(&url, account, &last.letter).unwrap();
        assert_eq!((status, &answer["outcome"]), (200, &Value::from("duplicate")), "{answer}");
    }

    fn send(&self, account: &Account, first: u64) {
        let interviews = (first..).step_by(usize::try_from(SENDERS).unwrap());
        for interview in interviews.take_while(|_| !self.scene().over) {
            for letter in account.letters(interview) {
                let acknowledged = self.insist(account, letter);
                self.scene().acknowledged.push(acknowledged);
                self.changed.notify_all();
            }
        }
    }

    fn insist(&self, account: &Account, letter: Letter) -> Acknowledged {
        let (mut tries, begun) = (0, Instant::now());
        loop {
            let scene = self.scene();
            assert!(!scene.failed, "what went on meanwhile has failed");
            let (hubs, moves) = (scene.hubs.len(), scene.moves);
            // Each letter goes to another one, and so does each try.
            let hub = &scene.hubs[(scene.acknowledged.len() + tries as usize) % hubs];
            let url = format!("{hub}{}", self.path);
            drop(scene);
            tries += 1;
            match self.post(&url, account, &letter) {
                Ok((200, answer)) => {
                    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
                    let (receipt, outcome) = (text("receipt"), text("outcome"));
                    return Acknowledged {
                        letter,
                        receipt,
                        outcome,
                        events: answer["events"].as_u64().unwrap(),
                        tries,
                    };
                }
                Ok((503, _)) | Err(_) if hubs > 1 => {
                    assert!(begun.elapsed() < PATIENCE, "gave up waiting until a hub takes it");
                }
                Ok((503, _)) | Err(_) => self.wait("the hub comes up again", |scene| scene.moves > moves),
                Ok((status, answer)) => panic!("{status} {answer}"),
            }
        }
    }

    fn scene(&self) -> MutexGuard<'_, Scene> {
        self.scene.lock().unwrap()
    }

    fn wait(&self, what: &str, until: impl Fn(&Scene) -> bool) {
        let (_scene, waited) =
            self.changed.wait_timeout_while(self.scene(), PATIENCE, |scene| !until(scene)).unwrap();
        assert!(!waited.timed_out(), "gave up waiting until {what}");
    }

    /// Posts a letter once: no answer, or its status and JSON.
    fn post(&self, url: &str, account: &Account, letter: &Letter) -> Result<(u16, Value), ureq::Error> {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let config = config.timeout_global(Some(self.patience));
        let mut request = ureq::Agent::from(config.build()).post(url);
        for (name, value) in account.sign(&letter.id, &letter.body) {
            request = request.header(name, value);
        }
        let mut response = request.send(&letter.body[..])?;
        let text = response.body_mut().read_to_string()?;
        Ok((response.status().as_u16(), serde_json::from_str(&text).unwrap_or_default()))
    }
}
