//! What is answered 200 is on the disk, as the kernel saw it: each record of the journal is synced between its write and the answer.
//! Killing a program shows nothing of that, as what it has written is the kernel's by then.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod support;

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use callboard_simulate::Platform;
use tempfile::TempDir;

use crate::support::accounts::Account;
use crate::support::{Hub, signal};

/// What is traced: everything that writes, everything that syncs, everything that answers.
const CALLS: &str = "trace=write,pwrite64,writev,sendto,sendmsg,fsync,fdatasync";

/// `strace`, which looks at all threads of a hub.
struct Trace {
    child: Child,
    log: PathBuf,
    _own: TempDir,
}

impl Trace {
    fn of(hub: &Hub) -> Self {
        let own = tempfile::tempdir().unwrap();
        let log = own.path().join("calls");
        let mut child = Command::new("strace")
            .args(["--follow-forks", "--decode-fds=path", "--string-limit=400", "-e", CALLS, "--output"])
            .arg(&log)
            .args(["--attach", &hub.pid().to_string()])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let attached = said.into_iter().find(|line| line.contains("attached"));
        assert!(attached.is_some(), "strace did not get hold of the hub");
        Self { child, log, _own: own }
    }

    /// Lets go of the hub. Every call, whole: what another thread did in between is put behind.
    fn end(mut self) -> Vec<String> {
        signal(self.child.id(), "INT");
        self.child.wait().unwrap();
        whole_calls(&self.log)
    }
}

/// The calls in the order in which they ended.
fn whole_calls(log: &Path) -> Vec<String> {
    let (mut begun, mut calls) = (HashMap::new(), Vec::new());
    for line in std::fs::read_to_string(log).unwrap().lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        if let Some(start) = call.strip_suffix("<unfinished ...>") {
            begun.insert(thread.to_owned(), start.to_owned());
        } else if let Some((_, end)) = call.split_once(" resumed>") {
            calls.push(begun.remove(thread).unwrap_or_default() + end);
        } else {
            calls.push(call.to_owned());
        }
    }
    calls
}

fn is_sync_of(call: &str, file: &str) -> bool {
    call.starts_with('f') && call.contains(&format!("{file}>")) && call.ends_with("= 0")
}

#[test]
fn each_webhook_is_synced_to_the_journal_before_it_is_answered_and_to_the_database_in_the_end() {
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let letters = account.letters(1);
    let trace = Trace::of(&hub);
    account.tell_all(&letters);
    hub.settle();
    let calls = trace.end();

    let (mut answered, mut is_written, mut is_synced) = (0, false, false);
    for call in &calls {
        if call.contains("callboard.journal>") && !call.starts_with('f') {
            (is_written, is_synced) = (true, false);
        } else if is_sync_of(call, "callboard.journal") {
            is_synced = true;
        } else if call.contains("HTTP/1.1 200") && call.contains(r#"\"outcome\""#) {
            assert!(is_written && is_synced, "answered before it was durable: {call}");
            (answered, is_written) = (answered + 1, false);
        }
    }
    assert_eq!(answered, letters.len());
    assert!(
        calls.iter().any(|call| is_sync_of(call, "callboard.db-wal")),
        "what is folded is synced as well"
    );
}
