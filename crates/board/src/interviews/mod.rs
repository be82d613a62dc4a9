//! Interviews: found by whatever is known of them, and each as what happened to it.

mod list;
mod one;
mod search;
mod track;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use callboard_core::Timestamp;
use serde::Deserialize;

use crate::Board;
use crate::api::{Api, Fault};
use crate::listing::encoded;

pub(crate) fn routes() -> Router<Arc<Board>> {
    Router::new()
        .route("/interviews", get(list::show).post(search::find))
        .route("/interviews/{id}", get(one::show))
}

/// An interview as the API shows it.
#[derive(Debug, Clone, Deserialize)]
struct Interview {
    id: String,
    #[serde(default)]
    external_ids: BTreeMap<String, String>,
    application_id: Option<String>,
    stage: Stage,
    #[serde(default)]
    meeting: Option<Meeting>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    location: Option<String>,
    #[serde(default)]
    start: Option<Timestamp>,
    #[serde(default)]
    end: Option<Timestamp>,
    #[serde(default)]
    attendees: Option<Vec<Attendee>>,
    created_at: Timestamp,
}

#[derive(Debug, Clone, Deserialize)]
struct Stage {
    value: String,
    #[serde(default)]
    text: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Meeting {
    #[serde(default)]
    join_url: Option<String>,
    #[serde(default)]
    start_url: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Attendee {
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

/// Whom an interview is with, and for what.
#[derive(Debug, Clone, Default)]
struct With {
    candidate: Option<String>,
    job: Option<String>,
}

#[derive(Deserialize)]
struct Application {
    candidate_id: Option<String>,
    job_id: Option<String>,
}

#[derive(Deserialize)]
struct Candidate {
    full_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
}

#[derive(Deserialize)]
struct Job {
    title: Option<String>,
}

impl Interview {
    async fn with(&self, api: &Api) -> Result<With, Fault> {
        let Some(application) =
            of::<Application>(api, "applications", self.application_id.as_deref()).await?
        else {
            return Ok(With::default());
        };
        let candidate: Option<Candidate> = of(api, "candidates", application.candidate_id.as_deref()).await?;
        let job: Option<Job> = of(api, "jobs", application.job_id.as_deref()).await?;
        Ok(With { candidate: candidate.and_then(Candidate::name), job: job.and_then(|job| job.title) })
    }

    /// What it is called at a platform, if nobody knows who it is with.
    fn code(&self) -> &str {
        self.external_ids.values().next().map_or(&self.id, String::as_str)
    }
}

impl Candidate {
    fn name(self) -> Option<String> {
        let parts = [self.first_name, self.last_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let parts = Some(parts).filter(|name| !name.is_empty());
        self.full_name.filter(|name| !name.is_empty()).or(parts).or(self.email)
    }
}

/// A thing, if it is known which, and still there.
async fn of<T: serde::de::DeserializeOwned>(
    api: &Api,
    kind: &str,
    id: Option<&str>,
) -> Result<Option<T>, Fault> {
    let Some(id) = id else { return Ok(None) };
    match api.get(&format!("/v1/{kind}/{}", encoded(id))).await {
        Ok(thing) => Ok(Some(thing)),
        Err(fault) if fault.is_not_found() => Ok(None),
        Err(fault) => Err(fault),
    }
}
