//! What is drawn operation by operation, put together: said once what was said many times, in an order that stays.

use std::collections::BTreeSet;

use aide::openapi::OpenApi;
use serde_json::{Map, Value, json};

/// The document as JSON, easier to read.
pub(super) fn tidy(document: &OpenApi) -> Value {
    let json = serde_json::to_string(document).expect("a document has text keys only");
    // Descriptions are our own comments, in which names may be links that lead nowhere outside of the code.
    let plain = json.replace("[`", "`").replace("`]", "`");
    let mut document: Value = serde_json::from_str(&plain).expect("what was JSON is JSON still");
    let (mut shared, mut tags) = (Map::new(), Vec::new());
    for operation in operations(&mut document) {
        share_headers(operation, &mut shared);
        sort_answers(operation);
        for tag in operation["tags"].as_array().into_iter().flatten() {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
    }
    document["components"]["parameters"] = shared.into();
    document["tags"] = tags.iter().map(|name| json!({ "name": name })).collect();
    forget_unused(&mut document);
    document
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten().map(|(_, operation)| operation))
}

/// A header means the same wherever it is sent. A parameter's description stands with it, not with its schema as well.
fn share_headers(operation: &mut Value, shared: &mut Map<String, Value>) {
    for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
        if let Some(schema) = parameter["schema"].as_object_mut() {
            schema.shift_remove("description");
        }
        if parameter["in"] == "header"
            && let Some(name) = parameter["name"].as_str().map(str::to_owned)
        {
            let reference = json!({ "$ref": format!("#/components/parameters/{name}") });
            shared.insert(name, std::mem::replace(parameter, reference));
        }
    }
}

fn sort_answers(operation: &mut Value) {
    if let Some(answers) = operation["responses"].as_object_mut() {
        answers.sort_keys();
    }
}

/// Schemas that were drawn for a moment only, such as those whose members have become parameters.
fn forget_unused(document: &mut Value) {
    loop {
        let mut used = BTreeSet::new();
        collect(document, &mut used);
        let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
        let before = schemas.len();
        schemas.retain(|name, _| used.contains(&format!("#/components/schemas/{name}")));
        if schemas.len() == before {
            return;
        }
    }
}

fn collect(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            used.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect(member, used));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, used)),
        _ => {}
    }
}
