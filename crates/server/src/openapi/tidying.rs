//! What is drawn operation by operation, put together: said once what was said many times, in an order that stays.

use std::collections::{BTreeMap, BTreeSet};

use aide::openapi::OpenApi;
use serde_json::{Map, Value, json};

/// The document as JSON, easier to read.
pub(super) fn tidy(document: &OpenApi) -> Value {
    let json = serde_json::to_string(document).expect("a document has text keys only");
    // Descriptions are our own comments, in which names may be links that lead nowhere outside of the code.
    let plain = json.replace("[`", "`").replace("`]", "`");
    let mut document: Value = serde_json::from_str(&plain).expect("what was JSON is JSON still");
    let cursors = cursors(&document);
    link(&mut document);
    let (mut shared, mut tags) = (Map::new(), Vec::new());
    for operation in operations(&mut document) {
        share_headers(operation, &mut shared);
        tell_cursor(operation, &cursors);
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
    say_no_null_for_what_is_left_out(&mut document);
    document
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten().map(|(_, operation)| operation))
}

/// What is left out of a change stays: that is not what null does.
fn say_no_null_for_what_is_left_out(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, member| name != "default" || !member.is_null());
            members.values_mut().for_each(say_no_null_for_what_is_left_out);
        }
        Value::Array(items) => items.iter_mut().for_each(say_no_null_for_what_is_left_out),
        _ => {}
    }
}

/// A header means the same wherever it is sent. A parameter's description stands with it, not with its schema as well.
fn share_headers(operation: &mut Value, shared: &mut Map<String, Value>) {
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut) {
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

/// The schemas of lists with the pattern of their cursors, which are ids of their items, of whichever of their kinds.
fn cursors(document: &Value) -> BTreeMap<String, Value> {
    let schemas = &document["components"]["schemas"];
    let named = |reference: &Value| Some(&schemas[reference["$ref"].as_str()?.rsplit('/').next()?]);
    let lists = schemas.as_object().into_iter().flatten();
    let id_of = |reference: &Value| {
        let thing = named(reference)?;
        let id = thing.get("pattern").or_else(|| named(&thing["properties"]["id"])?.get("pattern"));
        id?.as_str().map(str::to_owned)
    };
    let pattern = |list: &Value| {
        let item = &list["properties"]["items"]["items"];
        let Some(kinds) = named(item)?["oneOf"].as_array() else { return id_of(item) };
        let ids = kinds.iter().map(|kind| kind["properties"].as_object()?.values().find_map(id_of));
        Some(ids.collect::<Option<Vec<_>>>()?.join("|"))
    };
    let named = |(name, list)| Some((format!("#/components/schemas/{name}"), pattern(list)?.into()));
    lists.filter_map(named).collect()
}

fn tell_cursor(operation: &mut Value, cursors: &BTreeMap<String, Value>) {
    let list = &operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
    let Some(pattern) = list.as_str().and_then(|list| cursors.get(list)).cloned() else { return };
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if parameter["name"] == "cursor" {
            parameter["schema"] = json!({ "type": "string", "pattern": pattern });
        }
    }
}

/// What is made can be seen and changed: who reads the document with a program learns how to get from one to the other.
fn link(document: &mut Value) {
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    for (collection, item) in document["paths"].as_object_mut().into_iter().flatten() {
        let Some(made) = item.pointer_mut("/post/responses/201") else { continue };
        let below = format!("{collection}/{{id}}");
        let of_it = paths.iter().filter(|(path, _)| {
            path.strip_prefix(&below)
                .is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && !rest.contains('{')))
        });
        let ids = of_it.flat_map(|(_, item)| item.as_object().into_iter().flatten());
        let links: Map<String, Value> = ids
            .filter_map(|(_, operation)| operation["operationId"].as_str())
            .map(|id| {
                (id.to_owned(), json!({ "operationId": id, "parameters": { "id": "$response.body#/id" } }))
            })
            .collect();
        if !links.is_empty() {
            made["links"] = links.into();
        }
    }
}

fn sort_answers(operation: &mut Value) {
    if let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut) {
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
