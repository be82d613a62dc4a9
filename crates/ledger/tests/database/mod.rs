//! A PostgreSQL of a test's own, from the programs that are installed here: it is empty, nobody else can reach it, and it is
//! gone with the test.

pub mod pair;
pub mod relay;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::Instant;

/// Who runs it: PostgreSQL does not run as root.
const USER: &str = "postgres";
/// How long it may take for something to hold before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A server that listens on a socket in a directory of its own. It ends with the thread that started it.
pub struct Database {
    server: Server,
    place: PathBuf,
    own: Option<TempDir>,
}

impl Database {
    /// Starts one, and waits until it is ready.
    pub fn start() -> Self {
        let own = tempfile::tempdir().unwrap();
        let mut database = Self::start_in(&own.path().join("database"));
        database.own = Some(own);
        database
    }

    /// The same in this directory. If one was there before, it goes on.
    pub fn start_in(place: &Path) -> Self {
        let data = place.join("data");
        if !data.exists() {
            std::fs::create_dir(place).unwrap();
            done(Command::new("cp").arg("-a").arg(template()).arg(&data));
        }
        belongs_to_user(place);
        Self { server: serve(&data, place), place: place.to_owned(), own: None }
    }

    /// Where it is reached.
    pub fn address(&self) -> String {
        address(&self.place)
    }

    /// Has it listen on this port of the machine as well, with TLS and no other way.
    pub fn secure(&mut self, port: u16, certificate: &str, key: &str) {
        let data = self.place.join("data");
        std::fs::write(data.join("server.crt"), certificate).unwrap();
        std::fs::write(data.join("server.key"), key).unwrap();
        done(Command::new("chmod").arg("600").arg(data.join("server.key")));
        if is_root() {
            done(Command::new("chown").arg(USER).arg(data.join("server.key")));
        }
        let settings = format!("ssl = on\nlisten_addresses = '127.0.0.1'\nport = {port}\n");
        std::fs::write(data.join("postgresql.auto.conf"), settings).unwrap();
        std::fs::write(data.join("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n").unwrap();
        self.kill();
        self.restart();
    }

    /// The directory of its socket.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Where one of its databases is reached.
    pub fn address_of(&self, name: &str) -> String {
        address_of(&self.place, name)
    }

    /// Carries out statements, all of them or none.
    pub fn run(&self, sql: &str) {
        self.run_in("postgres", sql);
    }

    /// The same in one of its databases.
    pub fn run_in(&self, name: &str, sql: &str) {
        self.ask_in(name, sql);
    }

    /// What it answers to a question.
    pub fn ask(&self, sql: &str) -> String {
        self.ask_in("postgres", sql)
    }

    fn ask_in(&self, name: &str, sql: &str) -> String {
        let mut psql = as_user("psql");
        psql.args(["-qAt", "-U", USER, "-d", name, "-h"]).arg(&self.place).args(["-c", sql]);
        let answered = psql.stderr(Stdio::inherit()).output().unwrap();
        assert!(answered.status.success(), "{sql}");
        String::from_utf8(answered.stdout).unwrap().trim().to_owned()
    }

    /// A connection on which this has been asked.
    pub fn connected(&self, sql: &str) -> Connected {
        let mut psql = as_user("psql");
        psql.args(["-qAt", "-U", USER, "-d", "postgres", "-h"]).arg(&self.place);
        let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        writeln!(psql.stdin.as_mut().unwrap(), "{sql}; \\echo asked").unwrap();
        let answers = BufReader::new(psql.stdout.as_mut().unwrap()).lines();
        assert!(answers.map(Result::unwrap).any(|line| line == "asked"), "{sql}");
        Connected(psql)
    }

    /// Waits until it says yes to a question. Polling is no synchronisation here: it only notices.
    pub fn until(&self, question: &str) {
        let asked = Instant::now();
        while self.ask(question) != "t" {
            assert!(asked.elapsed() < PATIENCE, "gave up waiting for: {question}");
        }
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.server.kill();
    }

    /// Starts it anew after its end.
    pub fn restart(&mut self) {
        self.server = serve(&self.place.join("data"), &self.place);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.server.kill();
    }
}

/// Stays connected until it is dropped.
pub struct Connected(Child);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.stdin.take();
        let _ = self.0.wait();
    }
}

struct Server {
    process: Child,
    /// Reads what it says until nobody is left who could say anything.
    reading: Option<JoinHandle<()>>,
}

impl Server {
    /// Its own processes see that it is gone, and follow. When this returns, they are gone as well: while one of them has the
    /// memory that they shared, no other server starts on the same data.
    fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        self.reading.take().map(JoinHandle::join);
    }
}

/// Where a database is reached that was started in this directory.
pub fn address(place: &Path) -> String {
    addresses(&[place])
}

/// Where a database of this name is reached, of those of a server that was started in this directory.
pub fn address_of(place: &Path, name: &str) -> String {
    format!("postgres://{USER}@{}/{name}", socket(place))
}

/// Where that one of these is reached that can be written.
pub fn addresses(places: &[&Path]) -> String {
    let sockets: Vec<String> = places.iter().map(|place| socket(place)).collect();
    format!("postgres://{USER}@{}/postgres?target_session_attrs=read-write", sockets.join(","))
}

/// A directory as the host in an address.
pub fn socket(place: &Path) -> String {
    place.to_str().unwrap().replace('/', "%2F")
}

/// Whoever runs it gets at this directory.
fn belongs_to_user(place: &Path) {
    if is_root() {
        done(Command::new("chown").args([USER, place.to_str().unwrap()]));
        done(Command::new("chmod").args(["a+x", place.parent().unwrap().to_str().unwrap()]));
    }
}

fn serve(data: &Path, socket: &Path) -> Server {
    let mut server = as_user("postgres");
    server.arg("-D").arg(data).arg("-k").arg(socket);
    // A test survives no power cut.
    server.args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=16MB"]);
    let mut server = server.stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut said = Vec::new();
    let is_ready = lines.by_ref().any(|line| {
        said.push(line);
        said.last().is_some_and(|line| line.contains("ready to accept"))
    });
    assert!(is_ready, "the database did not start: {said:#?}");
    let reading = Some(std::thread::spawn(move || lines.for_each(drop)));
    Server { process: server, reading }
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
        std::fs::write(making.join("postgresql.auto.conf"), "listen_addresses = ''\n").unwrap();
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
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]);
    }
    command.args(["--pdeathsig", "QUIT"]).arg(program);
    command
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata(Path::new("/proc/self")).unwrap()) == 0
}

fn done(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?} ended with {status}");
}
