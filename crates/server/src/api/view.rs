//! A thing as the API shows it.

use callboard_core::{Entity, Held, Identifier, JobId, time_of};
use serde_json::{Value, json};

use crate::host_links;

/// Its stored form with host links hidden, its version, and when it was made.
pub(crate) fn view(held: &Held) -> Value {
    let stored = held.entity.to_json();
    noted(held, &host_links::hide(&String::from_utf8_lossy(&stored)))
}

/// The same with host links: for whoever has just set them.
pub(crate) fn view_with_host_links(held: &Held) -> Value {
    noted(held, &String::from_utf8_lossy(&held.entity.to_json()))
}

fn noted(held: &Held, stored: &str) -> Value {
    let mut view: Value = serde_json::from_str(stored).unwrap_or_else(|_| json!({}));
    view["version"] = held.record.version.into();
    view["created_at"] = created_at(&held.entity).into();
    if held.record.deleted {
        view["deleted"] = true.into();
    }
    if let Some(at) = held.record.erased_at {
        view["erased_at"] = at.to_string().into();
    }
    view
}

/// Every kind of id holds its time in the same way.
fn created_at(entity: &Entity) -> String {
    time_of(JobId::from_raw(entity.raw_id())).to_string()
}
