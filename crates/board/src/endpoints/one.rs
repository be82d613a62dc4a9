//! One endpoint: how it is doing, how it is set up, and what can be done with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use futures_util::try_join;
use serde::Deserialize;

use super::Endpoint;
use super::causes::{self, Cause, LOOKED_AT};
use super::list::Plots;
use super::replays::{self, SPANS, Told, WHATS};
use crate::Board;
use crate::api::Fault;
use crate::in_address::InAddress;
use crate::listing::{self, Source, encoded};
use crate::page::{self, Page};
use crate::session::Visitor;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// What was just done.
    done: String,
    /// The delivery that came of it.
    delivery: String,
}

#[derive(Template)]
#[template(path = "endpoint.html")]
struct One {
    asked: Asked,
    endpoint: Endpoint,
    plots: Option<Plots>,
    /// What each of its sources is called.
    sources: Vec<String>,
    causes: Vec<Cause>,
    told: Told,
    /// What the form by which it is told again is known by.
    once: String,
}

impl One {
    const SECTION: &str = "Endpoints";

    fn done(&self) -> Option<&'static str> {
        match self.asked.done.as_str() {
            "test" => Some("A test is on its way."),
            "enable" => Some("It is switched on: what it is owed goes out from now on."),
            "disable" => Some("It is switched off: what it is owed waits."),
            "change" => Some("It is changed, from the next attempt on."),
            "make" => Some("It is made, and told from now on."),
            "replay" => Some("The replay has begun."),
            "cancel" => Some("The replay is called off: what is owed because of it is still told."),
            _ => None,
        }
    }
}

pub(super) async fn show(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    Path(id): Path<String>,
    InAddress(asked): InAddress<Asked>,
) -> Result<Page, Fault> {
    let api = visitor.api;
    let path = format!("/v1/endpoints/{}", encoded(&id));
    let endpoint: Endpoint = api.get(&path).await?;
    let (sources, causes, told) =
        try_join!(listing::sources(&api), causes::of(&api, &endpoint.id), replays::of(&api, &endpoint.id))?;
    let plots = Plots::of(&endpoint, (board.now)());
    let sources = endpoint.sources.iter().map(|id| name_of(&sources, id)).collect();
    let once = board.once();
    Ok(page::draw(&One { asked, endpoint, plots, sources, causes, told, once }))
}

fn name_of(sources: &[Source], id: &str) -> String {
    let known = sources.iter().find(|source| source.id == id);
    known.map_or("one that has been removed", Source::name).to_owned()
}
