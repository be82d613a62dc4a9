//! A PostgreSQL of a test's own, from the programs that are installed here: it is empty, nobody else can reach it, and it is
//! gone with the test.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Who runs it: PostgreSQL does not run as root.
const USER: &str = "postgres";

/// A server that listens on a socket in a directory of its own.
pub struct Database {
    server: Child,
    place: TempDir,
}

impl Database {
    /// Starts one, and waits until it is ready.
    pub fn start() -> Self {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        done(Command::new("cp").arg("-a").arg(template()).arg(&data));
        if is_root() {
            done(Command::new("chown").args([USER, place.path().to_str().unwrap()]));
        }
        let mut server = as_user("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(place.path()).args(["-c", "listen_addresses="]);
        // A test survives no power cut.
        server.args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=16MB"]);
        let mut server = server.stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
        let ready = lines.find(|line| line.contains("ready to accept connections"));
        assert!(ready.is_some(), "the database did not start");
        std::thread::spawn(move || lines.for_each(drop));
        Self { server, place }
    }

    /// Where it is reached.
    pub fn address(&self) -> String {
        let socket = self.place.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://{USER}@{socket}/postgres")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// An empty database cluster, made once and copied by each test.
fn template() -> PathBuf {
    let user = if is_root() { "root" } else { "own" };
    let place = std::env::temp_dir().join(format!("callboard-tests-{user}"));
    std::fs::create_dir_all(&place).unwrap();
    let lock = File::create(place.join("lock")).unwrap();
    lock.lock().unwrap();
    let (made, making) = (place.join("cluster"), place.join("making"));
    if !made.exists() {
        let _ = std::fs::remove_dir_all(&making);
        std::fs::create_dir(&making).unwrap();
        if is_root() {
            done(Command::new("chown").args([USER, making.to_str().unwrap()]));
        }
        done(
            as_user("initdb")
                .arg("-D")
                .arg(&making)
                .args(["-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
                .stdout(Stdio::null()),
        );
        std::fs::rename(&making, &made).unwrap();
    }
    made
}

/// One of PostgreSQL's own programs, in the newest version that is here, as someone whom it runs for.
fn as_user(program: &str) -> Command {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL is installed: ./ci/setup does that")
        .map(|version| version.unwrap().path().join("bin").join(program))
        .filter(|program| program.is_file())
        .collect();
    versions.sort();
    let program = versions.pop().expect("PostgreSQL's server is installed: ./ci/setup does that");
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]).arg(program);
    command
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(Path::new("/proc/self")).unwrap()) == 0
}

fn done(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?} ended with {status}");
}
