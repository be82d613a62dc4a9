//! A PostgreSQL of the bench's own, from the programs that are installed here: it listens on a socket in its own directory,
//! and nothing of it is left afterwards.

use std::fs::Permissions;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail, ensure};
use tokio_postgres::{Client, NoTls};

/// Who runs it, and may do anything in it: PostgreSQL does not run as root.
const USER: &str = "postgres";
/// Who the hubs are, and their database.
pub(crate) const HUBS: &str = "callboard";
/// As someone would set it who gives it a part of a machine, and nothing that is answered may be lost: `fsync`,
/// `full_page_writes` and `synchronous_commit` stay on.
pub(crate) const SETTINGS: [&str; 5] = [
    "shared_buffers=1GB",
    "max_wal_size=8GB",
    "checkpoint_timeout=15min",
    "shared_preload_libraries=pg_stat_statements",
    "listen_addresses=",
];

/// A server with an empty database for hubs.
pub(crate) struct Cluster {
    server: Child,
    place: PathBuf,
}

impl Cluster {
    /// Starts one in this directory, which is made for it.
    pub(crate) fn start(place: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir(place)?;
        if is_root()? {
            done(Command::new("chown").arg(USER).arg(place))?;
            if let Some(above) = place.parent() {
                std::fs::set_permissions(above, Permissions::from_mode(0o711))?;
            }
        }
        let data = place.join("data");
        let mut making = program("initdb")?;
        making.arg("-D").arg(&data).args(["-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        done(making.stdout(Stdio::null()))?;
        let cluster = Self { server: serve(&data, place)?, place: place.to_owned() };
        cluster.run("postgres", &format!("CREATE ROLE {HUBS} LOGIN"))?;
        cluster.run("postgres", &format!("CREATE DATABASE {HUBS} OWNER {HUBS}"))?;
        cluster.run(HUBS, "CREATE EXTENSION pg_stat_statements")?;
        Ok(cluster)
    }

    /// Where hubs reach it.
    pub(crate) fn address(&self) -> String {
        format!("postgres://{HUBS}@{}/{HUBS}", self.place.display().to_string().replace('/', "%2F"))
    }

    /// Its process, from which all of its others come.
    pub(crate) fn process(&self) -> u32 {
        self.server.id()
    }

    /// A connection of someone who may do anything in the hubs' database, for as long as the runtime lives.
    pub(crate) async fn connect(&self) -> anyhow::Result<Client> {
        let mut config = tokio_postgres::Config::new();
        config.host_path(&self.place).user(USER).dbname(HUBS);
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// What the hubs' database takes up on the disk, without the write-ahead log.
    pub(crate) fn bytes(&self) -> anyhow::Result<u64> {
        Ok(self.run(HUBS, "SELECT pg_database_size(current_database())")?.trim().parse()?)
    }

    fn run(&self, database: &str, sql: &str) -> anyhow::Result<String> {
        let mut psql = program("psql")?;
        psql.args(["-qAt", "-U", USER, "-d", database, "-h"]).arg(&self.place).args(["-c", sql]);
        let ran = psql.stderr(Stdio::inherit()).output()?;
        ensure!(ran.status.success(), "{sql}: {}", ran.status);
        Ok(String::from_utf8(ran.stdout)?)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // At once, with all of its processes.
        let _ = Command::new("kill").args(["-QUIT", &self.server.id().to_string()]).status();
        let _ = self.server.wait();
    }
}

fn serve(data: &Path, socket: &Path) -> anyhow::Result<Child> {
    let mut server = program("postgres")?;
    server.arg("-D").arg(data).arg("-k").arg(socket);
    for setting in SETTINGS {
        server.args(["-c", setting]);
    }
    let mut server = server.stderr(Stdio::piped()).stdin(Stdio::null()).spawn()?;
    let mut lines = BufReader::new(server.stderr.take().context("the output is piped")?).lines();
    let mut said = String::new();
    for line in lines.by_ref() {
        said = format!("{said}{}\n", line?);
        if said.contains("ready to accept connections") {
            std::thread::spawn(move || lines.for_each(drop));
            return Ok(server);
        }
    }
    bail!("PostgreSQL ended ({}): {said}", server.wait()?)
}

/// One of PostgreSQL's own programs, in the newest version that is here, as someone whom it runs for.
fn program(name: &str) -> anyhow::Result<Command> {
    let missing = "PostgreSQL's server is not installed: `apt-get install postgresql`";
    let versions = std::fs::read_dir("/usr/lib/postgresql").context(missing)?;
    let programs = versions.flatten().map(|version| version.path().join("bin").join(name));
    let newest = programs.filter(|program| program.is_file()).max().context(missing)?;
    let mut command = Command::new("setpriv");
    if is_root()? {
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]);
    }
    command.args(["--pdeathsig", "QUIT"]).arg(newest);
    Ok(command)
}

fn is_root() -> anyhow::Result<bool> {
    Ok(std::fs::metadata("/proc/self")?.uid() == 0)
}

fn done(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}
