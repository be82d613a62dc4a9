//! The real program on a disk that fills up: it refuses what it cannot keep, keeps what it took, goes on telling, and
//! recovers by itself when there is room again.
//!
//! The disk is a small file system in memory, which only root can mount: for anyone else this fails, and says why.

#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

#[path = "support/mod.rs"]
mod support;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use callboard_simulate::{Letter, Platform};
use serde_json::{Value, json};
use tempfile::TempDir;

use support::accounts::Account;
use support::ear::Ear;
use support::{Hub, assert_whole, until};

/// Room for a store with its logs, and for little more.
const DISK: &str = "size=192m";
/// How many messages are tried on a full disk: what was set aside for a log may still take some.
const MOST_TAKEN: usize = 60_000;

/// A small file system, which goes with its directory.
struct SmallDisk {
    data: Option<TempDir>,
    path: std::path::PathBuf,
}

impl SmallDisk {
    fn mount() -> Self {
        let data = tempfile::tempdir().unwrap();
        let path = data.path().to_owned();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(&path).output();
        let mounted = mounted.unwrap();
        assert!(
            mounted.status.success(),
            "this test mounts a tmpfs, for which it has to be root: {}",
            String::from_utf8_lossy(&mounted.stderr)
        );
        Self { data: Some(data), path }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.path).status();
        let _ = std::fs::remove_dir(&self.path);
    }
}

/// Takes all the room that is left.
fn fill(disk: &Path) {
    let mut ballast = File::options().append(true).create(true).open(disk.join("ballast")).unwrap();
    for bytes in [1 << 20, 4_096, 1] {
        let piece = vec![0; bytes];
        while ballast.write_all(&piece).is_ok() {}
    }
}

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

#[test]
fn a_full_disk_refuses_keeps_goes_on_and_recovers() {
    let mut disk = SmallDisk::mount();
    let hub = Hub::start_on(disk.data.take().unwrap(), &[]);
    let account = Account::open(&hub, Platform::Skype);
    let ear = Ear::open("standard");
    ear.subscribe(&hub, &json!({"retry": {"schedule": ["1s", "1s", "1s"]}}));
    let mut letters = (0..).flat_map(|interview| account.letters(interview));
    let mut taken: Vec<String> = Vec::new();
    let mut tell = |letter: &Letter| {
        let answer = account.send(letter);
        if answer.0 == 200 {
            taken.push(answer.1["receipt"].as_str().unwrap().to_owned());
        }
        answer
    };
    (0..20).for_each(|_| assert_eq!(tell(&letters.next().unwrap()).0, 200));

    // When the disk is full
    let refused = (0..MOST_TAKEN).find_map(|_| {
        fill(hub.data.path());
        let letter = letters.next().unwrap();
        let answer = tell(&letter);
        (answer.0 != 200).then_some((letter, answer))
    });

    // Then it says so to whoever wants something kept, and to whoever asks whether it is ready
    let (letter, answer) = refused.expect("a full disk takes no more");
    assert_eq!(code(&answer), (503, "store_full"), "{}", answer.1);
    until("the hub is not ready", || code(&hub.ask("GET", "/readyz", None)) == (503, "store_full"));
    assert_eq!(hub.ask("GET", "/healthz", None).0, 200);

    // When there is room again, then it goes on by itself, with nothing lost and nothing told out of order
    std::fs::remove_file(hub.data.path().join("ballast")).unwrap();
    until("the hub is ready", || hub.ask("GET", "/readyz", None).0 == 200);
    assert_eq!(tell(&letter).0, 200, "who was refused comes again");
    (0..20).for_each(|_| assert_eq!(tell(&letters.next().unwrap()).0, 200));
    hub.settle();
    let kept: std::collections::BTreeSet<_> =
        hub.all("/v1/receipts").iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    assert!(taken.iter().all(|receipt| kept.contains(receipt)), "what was acknowledged is there");
    let deliveries = hub.all("/v1/deliveries");
    assert!(deliveries.iter().all(|it| it["state"] == "delivered"));
    assert_eq!(ear.counts().out_of_order, 0);
    let (data, status) = hub.terminate();
    assert!(status.success());
    assert_whole(data.path());
}
