//! Several of the real program on one database: any of them takes requests, each endpoint is told by one at a time, and
//! whichever goes, comes, or stands still, nothing is lost, and nobody is told out of order.

#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod chaos;
mod settings;
#[path = "../support/mod.rs"]
mod support;

use serde_json::json;

use support::Hub;
use support::database::Database;
use support::ear::Ear;

/// Hubs on one database, and receivers that are told by them.
struct Crowd {
    // Ends with its hubs.
    hubs: Vec<Hub>,
    database: Database,
    key: String,
}

impl Crowd {
    /// So many hubs.
    fn of(many: usize) -> Self {
        let database = Database::start();
        let first = Hub::start_on(tempfile::tempdir().unwrap(), &["--store", &database.address()]);
        let key = first.key.clone();
        let mut crowd = Self { hubs: vec![first], database, key };
        (1..many).for_each(|_| crowd.add());
        crowd
    }

    /// One more hub.
    fn add(&mut self) {
        self.hubs.push(Hub::joining(&self.database.address(), &self.key));
    }

    fn urls(&self) -> Vec<String> {
        self.hubs.iter().map(|hub| hub.url.clone()).collect()
    }

    /// Who tells how many shards.
    fn shares(&self) -> Vec<usize> {
        let held = self.database.ask("SELECT COUNT(*) FROM shards GROUP BY hub ORDER BY 1");
        held.lines().map(|many| many.parse().unwrap()).collect()
    }
}

/// Receivers that take everything, made known to a hub one after the other.
fn ears(hub: &Hub, many: usize) -> Vec<Ear> {
    let ears: Vec<Ear> = (0..many).map(|_| Ear::open("standard")).collect();
    // Patient: an attempt that is cut off with its hub is made again soon.
    let patient = json!({"retry": {"schedule": vec!["1s"; 20]}});
    for ear in &ears {
        ear.subscribe(hub, &patient);
    }
    ears
}
