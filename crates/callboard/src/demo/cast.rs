//! Who takes part: the hub on a temporary store, a source for each platform, an endpoint and a receiver for each dialect.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Context;
use callboard_core::{EndpointId, SourceId};
use callboard_dialects::{DIALECTS, Dialect, Role};
use callboard_ledger::Keep;
use callboard_outbox::{AddressGuard, Clock, SystemClock};
use callboard_server::new_secret_bytes;
use callboard_simulate::{Listening, Platform, Player, Playing, Receiver};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::Api;
use crate::hub::{HubOptions, RunningHub};

/// A platform with an account at the hub.
pub(super) struct Actor {
    pub(super) platform: Platform,
    pub(super) source: SourceId,
    url: String,
    credentials: Value,
}

/// A receiver that is told in one dialect.
pub(super) struct Listener {
    pub(super) dialect: &'static dyn Dialect,
    pub(super) endpoint: EndpointId,
    pub(super) receiver: Receiver,
}

/// Everyone who takes part.
pub(super) struct Cast {
    pub(super) hub: RunningHub,
    /// What one signs in with on the board.
    pub(super) key: String,
    pub(super) actors: Vec<Actor>,
    pub(super) listeners: Vec<Listener>,
    _store: TempDir,
}

impl Cast {
    /// Starts the hub and the receivers, and makes them known to each other through the hub's own API.
    pub(super) async fn assemble(listen: SocketAddr) -> anyhow::Result<Self> {
        let store = tempfile::tempdir().context("no place for a temporary store")?;
        let hub = RunningHub::start(HubOptions {
            listen,
            data: store.path(),
            store: None,
            public_url: None,
            certificates: None,
            guard: AddressGuard { allow_http: true, allow_networks: vec!["127.0.0.0/8".parse()?] },
            keep: Keep::default(),
            admin_key: None,
        })
        .await?;
        let key = hub.new_admin_key.as_ref().context("a new store has a new key")?.key.clone();
        let api = Arc::new(Api::at(&hub.url, &key));
        let mut listeners = Vec::new();
        for dialect in DIALECTS {
            listeners.push(Listener::introduce(dialect, &api).await?);
        }
        let mut actors = Vec::new();
        for platform in Platform::ALL {
            actors.push(Actor::introduce(platform, &api).await?);
        }
        Ok(Self { hub, key, actors, listeners, _store: store })
    }

    /// Everyone goes home, the hub first: it still has to tell what is under way.
    pub(super) async fn leave(self) {
        self.hub.stop().await;
        for listener in self.listeners {
            listener.receiver.stop().await;
        }
    }
}

impl Actor {
    async fn introduce(platform: Platform, api: &Arc<Api>) -> anyhow::Result<Self> {
        let given = match platform {
            Platform::Skype => json!({"api_key": random_hex(16), "api_secret": random_hex(32)}),
            Platform::LaunchPad => json!({"username": "launchpad", "password": random_hex(16)}),
            Platform::HireHive | Platform::Viasto => Value::Null,
        };
        let body = json!({"platform": platform.name(), "name": "demo", "credentials": given});
        let made = call(api, "sources", body).await?;
        Ok(Self {
            platform,
            source: made["id"].as_str().context("a source has an id")?.parse()?,
            url: made["url"].as_str().context("a source has a URL")?.to_owned(),
            credentials: made["credentials"].clone(),
        })
    }

    /// How this platform is played when nothing else is said.
    pub(super) fn playing(&self, seed: u64) -> anyhow::Result<Playing> {
        let to = self.url.parse().context("the source's URL is a URL")?;
        Ok(Playing { seed, ..Playing::new(self.platform, to, self.credentials.clone(), SystemClock.now()) })
    }
}

/// Gets ready to play.
pub(super) fn player(playing: Playing) -> anyhow::Result<Player> {
    Ok(Player::new(playing, Arc::new(|| SystemClock.now()))?)
}

impl Listener {
    async fn introduce(dialect: &'static dyn Dialect, api: &Arc<Api>) -> anyhow::Result<Self> {
        let given =
            (dialect.name() == "launchpad").then(|| json!({"username": "hub", "password": random_hex(16)}));
        let signing = dialect.credentials(given.as_ref(), Role::Endpoint, &mut new_secret_bytes)?;
        // viasto signs nothing: all that its receivers can go by is a secret in the URL.
        let token = random_hex(16);
        let verifying = if dialect.name() == "viasto" { json!({"token": token}) } else { signing.clone() };
        let listening = Listening::to(dialect).verifying(verifying);
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (receiver, heard) = Receiver::listen(anywhere, listening, Arc::new(|| SystemClock.now())).await?;
        // The counts are all that is looked at.
        drop(heard);
        let url = format!("http://{}/hook/{token}", receiver.address());
        let body = json!({"url": url, "dialect": dialect.name(), "credentials": signing});
        let made = call(api, "endpoints", body).await?;
        let endpoint = made["id"].as_str().context("an endpoint has an id")?.parse()?;
        Ok(Self { dialect, endpoint, receiver })
    }
}

async fn call(api: &Arc<Api>, path: &'static str, body: Value) -> anyhow::Result<Value> {
    let api = Arc::clone(api);
    tokio::task::spawn_blocking(move || api.post(path, &body)).await?
}

fn random_hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    new_secret_bytes(&mut random);
    random.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The platform behind each source.
pub(super) fn platforms(cast: &Cast) -> BTreeMap<SourceId, Platform> {
    cast.actors.iter().map(|actor| (actor.source, actor.platform)).collect()
}
