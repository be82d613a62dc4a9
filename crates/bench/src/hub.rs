//! The hub that is measured: the release binary as anyone would start it, on an empty store, set up through its API.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use callboard_core::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::child::Server;

/// A running `callboard serve`.
pub(crate) struct Hub {
    server: Server,
    key: String,
}

impl Hub {
    /// Starts it with its data in this directory.
    pub(crate) fn start(data: &Path) -> anyhow::Result<Self> {
        let mut command = Command::new(binary()?);
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"CALLBOARD_"))
        {
            command.env_remove(name);
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--allow-http", "--allow-network", "127.0.0.0/8"]);
        command.args(["--log", "warn", "--data"]).arg(data);
        let server = Server::start(&mut command)?;
        let key = std::fs::read_to_string(data.join("admin.key")).context("the hub left no admin key")?;
        Ok(Self { server, key: key.trim().to_owned() })
    }

    /// Where it takes requests.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Its process id.
    pub(crate) fn process(&self) -> u32 {
        self.server.id()
    }

    /// Makes a Skype source. Answers the path that its webhooks go to.
    pub(crate) fn add_source(&self, credentials: &Value) -> anyhow::Result<String> {
        let source = json!({"platform": "skype", "name": "bench", "credentials": credentials});
        let made = self.create("sources", &source)?;
        let id = made["id"].as_str().context("the hub's answer has no `id`")?;
        Ok(format!("/in/{id}"))
    }

    /// Makes an endpoint that is told everything in the native form: its id.
    pub(crate) fn add_endpoint(&self, url: &str, secret: &str) -> anyhow::Result<String> {
        let endpoint = json!({"url": url, "dialect": "standard", "credentials": {"secret": secret}});
        let made = self.create("endpoints", &endpoint)?;
        Ok(made["id"].as_str().context("the hub's answer has no `id`")?.to_owned())
    }

    /// Has an endpoint told nothing until it is enabled; what it is owed waits.
    pub(crate) fn disable(&self, endpoint: &str) -> anyhow::Result<()> {
        self.create(&format!("endpoints/{endpoint}/disable"), &json!({})).map(drop)
    }

    /// Has an endpoint told again.
    pub(crate) fn enable(&self, endpoint: &str) -> anyhow::Result<()> {
        self.create(&format!("endpoints/{endpoint}/enable"), &json!({})).map(drop)
    }

    /// Has an endpoint told of everything since then that it was not told of.
    pub(crate) fn replay_missed(&self, endpoint: &str, since: Timestamp) -> anyhow::Result<()> {
        let wish = json!({"what": "missed", "since": since});
        self.create(&format!("endpoints/{endpoint}/replay"), &wish).map(drop)
    }

    /// Stops it, and insists on a clean end.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let ended = self.server.stop()?;
        if !ended.success() {
            bail!("the hub did not end well: {ended}");
        }
        Ok(())
    }

    fn create(&self, kind: &str, thing: &Value) -> anyhow::Result<Value> {
        let mut answer = ureq::post(format!("http://{}/v1/{kind}", self.address()))
            .header("authorization", format!("Bearer {}", self.key))
            .send_json(thing)
            .with_context(|| format!("the hub did not take what was posted to {kind}"))?;
        Ok(answer.body_mut().read_json()?)
    }
}

/// A directory for a hub's data, gone when this goes out of scope.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    /// An empty one where this program was built.
    pub(crate) fn make() -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new().prefix("bench-").tempdir_in(own_directory()?);
        Ok(Self(directory.context("cannot make a directory for the store")?))
    }

    /// Where the hub keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }
}

/// The `callboard` that was built beside this program.
fn binary() -> anyhow::Result<PathBuf> {
    let path = own_directory()?.join(format!("callboard{}", std::env::consts::EXE_SUFFIX));
    if !path.is_file() {
        bail!("there is no {}; build it with `cargo build --release -p callboard`", path.display());
    }
    Ok(path)
}

/// The directory that this program was built into: on a disk, and on the same one as the project.
pub(crate) fn own_directory() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot find this program's own path")?;
    own.parent().map(Path::to_owned).context("this program is in no directory")
}
