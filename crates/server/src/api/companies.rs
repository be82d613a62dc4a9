//! `/v1/companies`: worlds that nothing crosses. Who operates the hub makes them.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Json;
use axum::extract::State;
use callboard_core::{CompanyId, Timestamp, time_of};
use callboard_ledger::{Change, Company, PipelineStage, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asking::Posted;
use super::body::{Asked, Id};
use super::configuring::{self, New};
use super::keys::{self, KeyKind, KeyView};
use super::text::{NAME, check_name};
use crate::auth::{Admin, Caller};
use crate::hub::Hub;
use crate::listing::{List, Paging};
use crate::openapi::{Made, says};
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/companies",
            get_with(list, says("listCompanies", "List companies", SEEING))
                .post_with(create, says("createCompany", "Make a company", MAKING)),
        )
        .api_route("/companies/{id}", get_with(show, says("getCompany", "Show a company", SEEING)))
        .with_path_items(|item| item.tag("Companies"))
}

const SEEING: &str = "Admins of the company that operates the hub see all of them, everyone else their own.";
const MAKING: &str = "For admins of the company that operates the hub. The answer shows the new company's first admin key, \
    this once.";

/// A company, as it is shown.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(rename = "Company")]
pub(crate) struct CompanyView {
    id: CompanyId,
    name: String,
    /// The zone that its people live in, by its IANA name.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    /// Its own stages of applications, in the order of the pipeline.
    stages: Vec<PipelineStage>,
    created_at: Timestamp,
    /// Its first admin key: told once, when the company is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<KeyView>,
}

impl From<&Company> for CompanyView {
    fn from(company: &Company) -> Self {
        Self {
            id: company.id,
            name: company.name.clone(),
            time_zone: company.time_zone.clone(),
            stages: company.stages.clone(),
            created_at: time_of(company.id),
            key: None,
        }
    }
}

/// A company to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCompany {
    /// What people call it.
    #[schemars(length(min = 1, max = 1000), regex(pattern = NAME))]
    name: String,
}

/// May the caller see every company, and make new ones?
fn operates(hub: &Hub, caller: Caller) -> bool {
    let operator = hub.ledger.directory().operator().map(|company| company.id);
    operator == Some(caller.company) && caller.require(Scope::Admin).is_ok()
}

async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<CompanyView>>, Problem> {
    let page = paging.page::<CompanyId>()?;
    let all = operates(&hub, caller);
    let directory = hub.ledger.directory();
    let seen = directory.companies().filter(|company| all || company.id == caller.company);
    let views = seen.map(|company| CompanyView::from(&**company)).collect();
    Ok(List::cut(views, page, |company: &CompanyView| company.id))
}

async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<CompanyId>,
) -> Result<Json<CompanyView>, Problem> {
    let seen = id == caller.company || operates(&hub, caller);
    let directory = hub.ledger.directory();
    let company = directory.company(id).filter(|_| seen).ok_or_else(|| Problem::not_found("company"))?;
    Ok(Json(CompanyView::from(&**company)))
}

async fn create(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Posted { body, once }: Posted<NewCompany>,
) -> Result<Made<CompanyView>, Problem> {
    if !operates(&hub, caller) {
        let detail = "only admins of the company that operates the hub make companies";
        return Err(Problem::new(codes::OPERATOR_ONLY, detail));
    }
    check_name("name", &body.name)?;
    let company = Company { id: hub.mint_company(), name: body.name, time_zone: None, stages: Vec::new() };
    let (key, key_shown) = keys::new(&hub, company.id, "admin".to_owned(), Scope::Admin, KeyKind::Bearer);
    let kept = CompanyView::from(&company);
    let shown = CompanyView { key: Some(key_shown), ..kept.clone() };
    let new = New { collection: "companies", shown, kept, version: None };
    configuring::make(&hub, vec![Change::PutCompany(company), Change::PutKey(key)], once, new).await
}
