//! JSON Schema as people read it: a short name for each type, with a link where there is more to say.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::text;

/// A part of a type's name.
pub(super) struct Piece {
    pub(super) text: String,
    /// The schema that it stands for.
    pub(super) link: Option<String>,
}

/// A member of an object, or a parameter.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) kind: Vec<Piece>,
    pub(super) required: bool,
    /// As HTML.
    pub(super) meaning: String,
}

/// A schema that has a name.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) kind: Vec<Piece>,
    /// As HTML.
    pub(super) meaning: String,
    pub(super) members: Vec<Member>,
}

/// The named schemas of a document, but for those of bodies, whose members stand with the operations that take them.
pub(super) fn named(document: &Value) -> Vec<Named> {
    let mut leads_to = BTreeSet::new();
    referred_to(document, &mut leads_to);
    let mut all: Vec<Named> = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| leads_to.contains(format!("#/components/schemas/{name}").as_str()))
        .map(|(name, schema)| Named {
            name: name.clone(),
            kind: if schema.get("properties").is_some() { Vec::new() } else { pieces(schema) },
            meaning: text::paragraphs(schema["description"].as_str().unwrap_or_default()),
            members: members(schema),
        })
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// What is referred to, from anywhere but as a body.
fn referred_to<'a>(value: &'a Value, leads_to: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            leads_to.extend(members.get("$ref").and_then(Value::as_str));
            let others = members.iter().filter(|(name, _)| *name != "requestBody");
            others.for_each(|(_, member)| referred_to(member, leads_to));
        }
        Value::Array(items) => items.iter().for_each(|item| referred_to(item, leads_to)),
        _ => {}
    }
}

/// The members of an object.
pub(super) fn members(schema: &Value) -> Vec<Member> {
    let required = |name: &str| listed(schema, "required").any(|it| it == name);
    let none = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&none);
    properties
        .iter()
        .map(|(name, schema)| Member {
            name: name.clone(),
            kind: pieces(schema),
            required: required(name),
            meaning: text::line(schema["description"].as_str().unwrap_or_default()),
        })
        .collect()
}

/// What a schema is called for short.
pub(super) fn pieces(schema: &Value) -> Vec<Piece> {
    let plain = |text: String| vec![Piece { text, link: None }];
    if let Some(name) = schema["$ref"].as_str().and_then(|it| it.rsplit('/').next()) {
        return vec![Piece { text: name.to_owned(), link: Some(name.to_owned()) }];
    }
    for any in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[any].as_array() {
            return joined(choices.iter().map(pieces).collect());
        }
    }
    if let Some(only) = schema.get("const") {
        return plain(only.to_string());
    }
    if let Some(words) = schema["enum"].as_array() {
        return plain(words.iter().map(Value::to_string).collect::<Vec<_>>().join(" | "));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["anything"],
    };
    joined(kinds.into_iter().map(|kind| simple(kind, schema)).collect())
}

fn joined(choices: Vec<Vec<Piece>>) -> Vec<Piece> {
    let mut all = Vec::new();
    for (at, choice) in choices.into_iter().enumerate() {
        if at > 0 {
            all.push(Piece { text: " | ".to_owned(), link: None });
        }
        all.extend(choice);
    }
    all
}

fn simple(kind: &str, schema: &Value) -> Vec<Piece> {
    let text = |text: String| Piece { text, link: None };
    if kind == "array" {
        let mut all = vec![text("[".to_owned())];
        all.extend(pieces(&schema["items"]));
        all.push(text(format!("]{}", bounds(schema, "minItems", "maxItems", ""))));
        return all;
    }
    if kind == "object"
        && let Some(values) = schema.get("additionalProperties").filter(|it| it.is_object())
    {
        let mut all = vec![text("{ name: ".to_owned())];
        all.extend(pieces(values));
        all.push(text(" }".to_owned()));
        return all;
    }
    let told = match (kind, schema["format"].as_str()) {
        ("string", Some("date-time")) => "time".to_owned(),
        ("string", Some(format)) => format!("string ({format})"),
        ("string", None) => format!("string{}", bounds(schema, "minLength", "maxLength", " long")),
        ("integer" | "number", _) => format!("{kind}{}", bounds(schema, "minimum", "maximum", "")),
        _ => kind.to_owned(),
    };
    vec![text(told)]
}

fn bounds(schema: &Value, least: &str, most: &str, unit: &str) -> String {
    match (schema.get(least), schema.get(most)) {
        (Some(least), Some(most)) => format!(", {least} to {most}{unit}"),
        (None, Some(most)) => format!(", up to {most}{unit}"),
        (Some(least), None) if least != 0 && least != 0.0 => format!(", {least} or more{unit}"),
        _ => String::new(),
    }
}

fn listed<'a>(schema: &'a Value, member: &str) -> impl Iterator<Item = &'a str> {
    schema[member].as_array().into_iter().flatten().filter_map(Value::as_str)
}
