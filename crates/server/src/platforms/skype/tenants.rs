//! `POST /skype/api/tenants`: a company of its own, with the key to its API and, if wanted, its webhooks.

use axum::Json;
use callboard_core::{
    Command, CompanyId, Endpoint, EndpointState, Facts, Ordering, Sealed, UserCommand, UserTold,
};
use callboard_dialects::Role;
use callboard_dialects::dialect;
use callboard_dialects::rest::skype::{Tenant, tenant_answer};
use callboard_ledger::{Change, Company, Key, Scope, SigningPair};
use serde_json::{Value, json};

use super::PLATFORM;
use super::calls::Call;
use super::checking::check_tenant;
use crate::api::endpoint_form::HOLD_FOR;
use crate::api::endpoints::vet;
use crate::hub::Hub;
use crate::keys::{new_guid, new_secret_text};
use crate::platforms::error_object::ErrorObject;
use crate::platforms::partner::Partner;
use crate::problem::codes;

pub(super) async fn create(call: Call) -> Result<Json<Value>, ErrorObject> {
    let Call { partner, body, .. } = call.require(Scope::Admin)?;
    let hub = &partner.hub;
    if hub.ledger.directory().operator().map(|company| company.id) != Some(partner.company) {
        let message = "only admins of the company that operates the hub make tenants";
        return Err(ErrorObject::new(codes::OPERATOR_ONLY, message));
    }
    let tenant = Tenant::read(&body)?;
    check_tenant(&tenant)?;
    let company =
        Company { id: hub.mint_company(), name: tenant.name.clone(), time_zone: None, stages: Vec::new() };
    let (api_key, api_secret) = (new_guid(), new_secret_text());
    let id = company.id;
    let mut changes = vec![Change::PutKey(key(hub, id, &api_key, &api_secret)), Change::PutCompany(company)];
    if let Some(url) = &tenant.endpoint {
        changes.push(Change::PutEndpoint(endpoint(hub, id, url, &api_key, &api_secret).await?));
    }
    hub.ledger.change(changes).await?;
    introduce(&Partner { company: id, ..partner.clone() }, &tenant).await;
    Ok(Json(tenant_answer(&tenant, &hub.public_url, &api_key, &api_secret)))
}

fn key(hub: &Hub, company: CompanyId, api_key: &str, api_secret: &str) -> Key {
    Key {
        id: hub.mint(),
        company,
        name: "admin".to_owned(),
        scope: Scope::Admin,
        hash: String::new(),
        token_hash: None,
        signing: Some(SigningPair { api_key: api_key.to_owned(), api_secret: Sealed(api_secret.into()) }),
        created_at: hub.now(),
    }
}

/// Its webhooks are signed with the pair that its calls are signed with, and go where an endpoint may be.
async fn endpoint(
    hub: &Hub,
    company: CompanyId,
    url: &str,
    api_key: &str,
    api_secret: &str,
) -> Result<Endpoint, ErrorObject> {
    let refused = |refusal: String| ErrorObject::new(codes::BAD_URL, refusal);
    let url = hub.guard.check_url(url).map_err(|refusal| refused(refusal.to_string()))?.to_string();
    vet(hub, &url).await?;
    let given = json!({"api_key": api_key, "api_secret": api_secret});
    let skype = dialect(PLATFORM).expect("the dialect is in the table");
    let credentials = skype
        .credentials(Some(&given), Role::Endpoint, &mut crate::keys::new_secret_bytes)
        .map_err(|error| ErrorObject::new(codes::BAD_CREDENTIALS, error.to_string()))?;
    Ok(Endpoint {
        id: hub.mint(),
        company,
        url,
        dialect: PLATFORM.to_owned(),
        events: Vec::new(),
        sources: Vec::new(),
        rotated: None,
        failing_since: None,
        told_since: None,
        formerly: Vec::new(),
        credentials: Sealed(credentials),
        ordering: Ordering::default(),
        hold_for: HOLD_FOR,
        retry: Vec::new(),
        rate_limit: None,
        description: "made with the tenant".to_owned(),
        state: EndpointState::Enabled,
        created_at: hub.now(),
    })
}

/// Makes the administrator a user of the new company. By now the company is there, and its key is told only once: whatever
/// is wrong with the address does not hold that back.
async fn introduce(partner: &Partner, tenant: &Tenant) {
    let Some((name, email)) = &tenant.admin else { return };
    let told = UserTold {
        name: name.clone(),
        email: Some(email.clone()),
        role: Some("admin".to_owned()),
        ..UserTold::default()
    };
    let create = UserCommand::Create(Facts { told, ..Facts::default() });
    let commands = vec![Command::User(partner.hub.mint(), create)];
    if let Err(error) = partner.carry_out(commands, None).await {
        tracing::warn!(company = %partner.company, %error, "a tenant's administrator was not made a user");
    }
}
