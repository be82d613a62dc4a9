//! The hubs that are measured, one unless more are asked for: the release binary as anyone would start it, on an empty
//! store, set up through its API.

use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use callboard_core::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::child::Server;
use crate::place::{Place, own_directory};
use crate::usage::{cpu_time, memory_bytes, peak_memory_bytes};

/// The admin key that all of them have.
const KEY: &str = "cbk_4a0Jq2mV9xWn4bRt6yLc8zQ1";
/// How long a hub may take to know of what another one was told.
const PATIENCE: Duration = Duration::from_secs(20);

/// Running `callboard serve`s that share a store.
pub(crate) struct Hubs(Vec<Server>);

impl Hubs {
    /// Starts them in this place.
    pub(crate) fn start(place: &Place) -> anyhow::Result<Self> {
        let address = place.database().map(crate::cluster::Cluster::address);
        place.data().map(|data| serve(&data, address.as_deref())).collect::<anyhow::Result<_>>().map(Self)
    }

    /// Where they take requests.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.0.iter().map(|server| server.address).collect()
    }

    /// The processor time that they have used so far.
    pub(crate) fn cpu_time(&self) -> anyhow::Result<Duration> {
        self.0.iter().map(|server| cpu_time(server.id())).sum()
    }

    /// The memory that they have in use, in bytes.
    pub(crate) fn memory_bytes(&self) -> anyhow::Result<u64> {
        self.0.iter().map(|server| memory_bytes(server.id())).sum()
    }

    /// The most memory that each has had so far, taken together.
    pub(crate) fn peak_memory_bytes(&self) -> anyhow::Result<u64> {
        self.0.iter().map(|server| peak_memory_bytes(server.id())).sum()
    }

    /// Makes a Skype source. Answers the path that its webhooks go to.
    pub(crate) fn add_source(&self, credentials: &Value) -> anyhow::Result<String> {
        let source = json!({"platform": "skype", "name": "bench", "credentials": credentials});
        let made = self.create("sources", &source)?;
        let id = made["id"].as_str().context("the hub's answer has no `id`")?;
        self.until_all_know(&format!("sources/{id}"))?;
        Ok(format!("/in/{id}"))
    }

    /// Makes an endpoint that is told everything in the native form: its id.
    pub(crate) fn add_endpoint(&self, url: &str, secret: &str) -> anyhow::Result<String> {
        let endpoint = json!({"url": url, "dialect": "standard", "credentials": {"secret": secret}});
        let made = self.create("endpoints", &endpoint)?;
        let id = made["id"].as_str().context("the hub's answer has no `id`")?.to_owned();
        self.until_all_know(&format!("endpoints/{id}"))?;
        Ok(id)
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

    /// Makes a candidate of this name.
    pub(crate) fn add_candidate(&self, name: &str) -> anyhow::Result<()> {
        self.create("candidates", &json!({"full_name": name})).map(drop)
    }

    /// A page of what the API lists.
    pub(crate) fn list(&self, path: &str) -> anyhow::Result<Value> {
        let url = format!("http://{}/v1/{path}", self.first()?.address);
        let mut answer = ureq::get(url).header("authorization", format!("Bearer {KEY}")).call()?;
        Ok(answer.body_mut().read_json()?)
    }

    /// Signs in on the board. Answers the cookie.
    pub(crate) fn sign_in(&self) -> anyhow::Result<String> {
        let origin = format!("http://{}", self.first()?.address);
        let agent: ureq::Agent = ureq::Agent::config_builder().max_redirects(0).build().into();
        let form = [("key", KEY), ("to", "/board")];
        let answer =
            agent.post(format!("{origin}/board/sign-in")).header("origin", &origin).send_form(form)?;
        let cookie = answer.headers().get("set-cookie").context("who signs in gets a cookie")?.to_str()?;
        Ok(cookie.split(';').next().unwrap_or_default().to_owned())
    }

    /// A page of the board.
    pub(crate) fn page(&self, path: &str, cookie: &str) -> anyhow::Result<String> {
        let url = format!("http://{}{path}", self.first()?.address);
        Ok(ureq::get(url).header("cookie", cookie).call()?.body_mut().read_to_string()?)
    }

    /// What the live board is told.
    pub(crate) fn live(&self, cookie: &str) -> anyhow::Result<impl Read> {
        let url = format!("http://{}/board/live", self.first()?.address);
        Ok(ureq::get(url).header("cookie", cookie).call()?.into_body().into_reader())
    }

    fn first(&self) -> anyhow::Result<&Server> {
        self.0.first().context("there is a hub")
    }

    /// Stops them, and insists on a clean end.
    pub(crate) fn stop(self) -> anyhow::Result<()> {
        for mut server in self.0 {
            let ended = server.stop()?;
            if !ended.success() {
                bail!("a hub did not end well: {ended}");
            }
        }
        Ok(())
    }

    fn create(&self, kind: &str, thing: &Value) -> anyhow::Result<Value> {
        let first = self.first()?;
        let mut answer = ureq::post(format!("http://{}/v1/{kind}", first.address))
            .header("authorization", format!("Bearer {KEY}"))
            .send_json(thing)
            .with_context(|| format!("the hub did not take what was posted to {kind}"))?;
        Ok(answer.body_mut().read_json()?)
    }

    /// Waits until each hub knows of what the first one was told.
    fn until_all_know(&self, path: &str) -> anyhow::Result<()> {
        let until = Instant::now() + PATIENCE;
        for server in &self.0 {
            let ask = || {
                ureq::get(format!("http://{}/v1/{path}", server.address))
                    .header("authorization", format!("Bearer {KEY}"))
                    .call()
            };
            while let Err(error) = ask() {
                if Instant::now() > until {
                    return Err(error).with_context(|| format!("a hub does not know of {path}"));
                }
            }
        }
        Ok(())
    }
}

/// Starts one with its data in this directory, on this database if there is one.
fn serve(data: &Path, database: Option<&str>) -> anyhow::Result<Server> {
    let mut command = Command::new(binary()?);
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"CALLBOARD_"))
    {
        command.env_remove(name);
    }
    command.args(["serve", "--listen", "127.0.0.1:0", "--allow-http", "--allow-network", "127.0.0.0/8"]);
    command.args(["--log", "warn", "--data"]).arg(data).env("CALLBOARD_ADMIN_KEY", KEY);
    command.args(database.map(|address| ["--store", address]).into_iter().flatten());
    Server::start(&mut command)
}

/// The `callboard` that was built beside this program.
fn binary() -> anyhow::Result<PathBuf> {
    let path = own_directory()?.join(format!("callboard{}", std::env::consts::EXE_SUFFIX));
    if !path.is_file() {
        bail!("there is no {}; build it with `cargo build --release -p callboard`", path.display());
    }
    Ok(path)
}
