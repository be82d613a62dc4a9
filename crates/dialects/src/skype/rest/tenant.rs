//! A company of one's own for a group of positions (`manage-tenants.md`).

use serde_json::{Value, json};

use super::members::Members;
use super::participant::is_address;
use crate::dialect::Unreadable;

/// A company that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// What it is called.
    pub name: String,
    /// Who administers it: name and e-mail address.
    pub admin: Option<(Option<String>, String)>,
    /// Where its webhooks go.
    pub endpoint: Option<String>,
}

impl Tenant {
    /// Reads the body of `POST /api/tenants`.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let body: Value = serde_json::from_slice(body)
            .map_err(|error| Unreadable(format!("the body is no JSON: {error}")))?;
        let members = Members::of(&body, "")?;
        let company = members.object("company")?.ok_or_else(|| members.must_be("company", "given"))?;
        let name = company.text("name")?.ok_or_else(|| company.must_be("name", "given"))?;
        let admin = members.object("admin")?.map(|admin| {
            let email = admin.text("email")?.ok_or_else(|| admin.must_be("email", "given"))?;
            if !is_address(&email) {
                return Err(admin.must_be("email", "an e-mail address"));
            }
            Ok((admin.text("name")?, email))
        });
        let hooks = members.object("webHooks")?;
        let endpoint = hooks.map(|hooks| hooks.text("endpoint")).transpose()?.flatten();
        Ok(Self { name, admin: admin.transpose()?, endpoint })
    }
}

/// The answer: the only time that the secret is told.
pub fn tenant_answer(tenant: &Tenant, dashboard_url: &str, api_key: &str, api_secret: &str) -> Value {
    json!({
        "dashboardUrl": dashboard_url,
        "company": {"name": tenant.name, "apiKey": api_key, "apiSecret": api_secret},
        "admin": tenant.admin.as_ref().map(|(name, email)| json!({"name": name, "email": email})),
        "webHooks": {"endpoint": tenant.endpoint.as_deref().unwrap_or_default(), "events": "*"},
    })
}
