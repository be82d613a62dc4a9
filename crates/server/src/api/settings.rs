//! `/v1/settings`: the caller's own company, as its people set it up.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::extract::State;
use callboard_core::ParentStage;
use callboard_ledger::{Change, Company, PipelineStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asking::IfMatch;
use super::body::{Body, as_usual, taken_away};
use super::configuring;
use super::text::{NAME, check_name};
use crate::auth::{Admin, Caller};
use crate::hub::Hub;
use crate::limits::PIPELINE_STAGES;
use crate::openapi::{Now, says};
use crate::problem::{Problem, codes};
use crate::time_zone;

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/settings",
            get_with(show, says("getSettings", "Show the company's settings", ""))
                .patch_with(update, says("updateSettings", "Change the company's settings", CHANGING)),
        )
        .with_path_items(|item| item.tag("Settings"))
}

const CHANGING: &str = "What is left out stays as it is. `stages` replaces the whole pipeline; applications keep the stage that \
    they are in.";

/// What a company's people have set.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Settings {
    name: String,
    /// The zone that its people live in, by its IANA name.
    time_zone: Option<String>,
    /// Its own stages of applications, in the order of the pipeline.
    stages: Vec<PipelineStage>,
}

impl From<&Company> for Settings {
    fn from(company: &Company) -> Self {
        let Company { name, time_zone, stages, .. } = company.clone();
        Self { name, time_zone, stages }
    }
}

/// What is to be another.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsChange {
    #[serde(default, deserialize_with = "as_usual")]
    #[schemars(with = "String", length(min = 1, max = 1000), regex(pattern = NAME))]
    name: Option<String>,
    /// An IANA name, or one of Windows; null for none.
    #[serde(default, deserialize_with = "taken_away")]
    #[schemars(with = "Option<String>")]
    #[expect(clippy::option_option, reason = "left out, null and given are three things")]
    time_zone: Option<Option<String>>,
    /// Each with an id of its own, within one of the stages that every company has.
    #[serde(default, deserialize_with = "as_usual")]
    #[schemars(length(max = 100))]
    stages: Option<Vec<StageForm>>,
}

/// A stage of a company's own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StageForm {
    /// The company's id for it.
    #[schemars(length(min = 1, max = 1000), regex(pattern = NAME))]
    id: String,
    /// What people call it.
    #[schemars(length(min = 1, max = 1000), regex(pattern = NAME))]
    name: String,
    /// The stage that it is a part of.
    parent: ParentStage,
}

fn company(hub: &Hub, caller: Caller) -> Result<Arc<Company>, Problem> {
    hub.ledger.directory().company(caller.company).cloned().ok_or_else(|| Problem::not_found("company"))
}

async fn show(State(hub): State<Arc<Hub>>, caller: Caller) -> Result<Now<Settings>, Problem> {
    let company = company(&hub, caller)?;
    Ok(configuring::now(&Settings::from(&*company), hub.version_of(&company)))
}

async fn update(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    if_match: IfMatch,
    Body(change): Body<SettingsChange>,
) -> Result<Now<Settings>, Problem> {
    let configuring = hub.configuring(caller.company).await?;
    let mut company = Company::clone(&*company(&hub, caller)?);
    if_match.check(hub.version_of(&company))?;
    if let Some(name) = change.name {
        check_name("name", &name)?;
        company.name = name;
    }
    if let Some(zone) = change.time_zone {
        company.time_zone = zone.as_deref().map(time_zone::iana_name).transpose()?;
    }
    if let Some(stages) = change.stages {
        company.stages = pipeline(stages)?;
    }
    let now = configuring::now(&Settings::from(&company), hub.version_of(&company));
    configuring.change(vec![Change::PutCompany(company)]).await?;
    Ok(now)
}

fn pipeline(forms: Vec<StageForm>) -> Result<Vec<PipelineStage>, Problem> {
    if forms.len() > PIPELINE_STAGES {
        return Err(Problem::new(codes::LIST_TOO_LONG, format!("`stages` has at most {PIPELINE_STAGES}")));
    }
    let mut stages: Vec<PipelineStage> = Vec::with_capacity(forms.len());
    for StageForm { id, name, parent } in forms {
        check_name("stages.id", &id)?;
        check_name("stages.name", &name)?;
        if let ParentStage::Other(word) = &parent {
            let known: Vec<&str> = ParentStage::KNOWN.iter().map(ParentStage::as_str).collect();
            let detail = format!(
                "`{word}` is no stage that every company has; `parent` is one of {}",
                known.join(", ")
            );
            return Err(Problem::new(codes::BAD_STAGES, detail));
        }
        if stages.iter().any(|stage| stage.id == id) {
            return Err(Problem::new(codes::BAD_STAGES, format!("two stages have the id `{id}`")));
        }
        stages.push(PipelineStage { id, name, parent });
    }
    Ok(stages)
}
