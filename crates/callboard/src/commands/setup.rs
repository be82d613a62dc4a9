//! A hub's set-up as one document: what a company's people have set, its sources and its endpoints. No secrets: the hub
//! tells none twice.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::Api;

/// What documents of this kind say they are.
const VERSION: u32 = 1;
/// What is set up of a source.
const OF_SOURCE: [&str; 4] = ["id", "platform", "name", "fetch"];
/// What is set up of an endpoint.
const OF_ENDPOINT: [&str; 11] = [
    "id",
    "url",
    "dialect",
    "events",
    "sources",
    "ordering",
    "hold_for",
    "retry",
    "rate_limit",
    "description",
    "state",
];

/// A hub's set-up.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setup {
    #[serde(rename = "callboard_setup")]
    version: u32,
    pub(crate) settings: Map<String, Value>,
    pub(crate) sources: Vec<Map<String, Value>>,
    pub(crate) endpoints: Vec<Map<String, Value>>,
}

impl Setup {
    /// That of a hub, as it is now; the oldest of everything first.
    pub(crate) fn of(api: &Api) -> anyhow::Result<Self> {
        let settings = api.get("settings")?.as_object().cloned().unwrap_or_default();
        Ok(Self {
            version: VERSION,
            settings,
            sources: all(api, "sources", &OF_SOURCE)?,
            endpoints: all(api, "endpoints", &OF_ENDPOINT)?,
        })
    }

    /// Reads a document. One that is something else is told apart.
    pub(crate) fn read(text: &str) -> anyhow::Result<Self> {
        let first = text.lines().next().unwrap_or_default();
        if serde_json::from_str::<Value>(first)
            .is_ok_and(|line| line["id"].as_str().is_some_and(|id| id.starts_with("evt_")))
        {
            bail!(
                "these are events: what happened at one hub is not made to have happened at another. \
                 To move a hub with its history, stop it and move its data directory"
            );
        }
        let setup: Self = serde_json::from_str(text)
            .context("this is no set-up as `callboard export --setup` writes it")?;
        if setup.version != VERSION {
            bail!("this is a set-up of version {}; this program knows version {VERSION}", setup.version);
        }
        Ok(setup)
    }

    /// How many things are in it.
    pub(crate) fn items(&self) -> u64 {
        1 + (self.sources.len() + self.endpoints.len()) as u64
    }
}

fn all(api: &Api, path: &str, members: &[&str]) -> anyhow::Result<Vec<Map<String, Value>>> {
    let mut found = Vec::new();
    for page in api.pages(path, &[]) {
        found.extend(page?["items"].as_array().into_iter().flatten().filter_map(Value::as_object).map(
            |thing| {
                let kept = thing.iter().filter(|(name, _)| members.contains(&name.as_str()));
                kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>()
            },
        ));
    }
    found.reverse();
    Ok(found)
}
