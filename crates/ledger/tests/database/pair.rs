//! Two of them: one is written, and the other one follows it and has each commit before it is answered.

use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;

use super::{Database, USER, as_user, done};

/// A primary with a synchronous standby, each with a socket in a directory of its own.
pub struct Pair {
    pub primary: Database,
    pub standby: Database,
    _own: TempDir,
}

impl Pair {
    /// Starts both, and waits until the standby follows.
    pub fn start() -> Self {
        let own = tempfile::tempdir().unwrap();
        let primary = Database::start_in(&own.path().join("one"));
        let copy = own.path().join("other");
        copy_of(&primary, &copy);
        let standby = Database::start_in(&copy);
        primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'");
        primary.run("SELECT pg_reload_conf()");
        primary.until("SELECT EXISTS (SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync')");
        Self { primary, standby, _own: own }
    }

    /// Where whichever of them can be written is reached.
    pub fn address(&self) -> String {
        super::addresses(&[self.primary.place(), self.standby.place()])
    }

    /// Makes the standby the one that is written.
    pub fn promote(&self) {
        self.standby.run("SELECT pg_promote()");
    }
}

/// What becomes a standby of this one when it is started.
fn copy_of(primary: &Database, place: &Path) {
    std::fs::create_dir(place).unwrap();
    super::belongs_to_user(place);
    let mut copying = as_user("pg_basebackup");
    copying.args(["--checkpoint=fast", "--no-sync", "-R", "-U", USER, "-h"]).arg(primary.place());
    done(copying.arg("-D").arg(place.join("data")).stdout(Stdio::null()));
}
