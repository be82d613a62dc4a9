//! `/docs`: the API's document as a page, drawn on the server.

use askama::Template;
use serde_json::{Map, Value};

use super::answers::{self, Answer};
use super::schema::{self, Member, Named, pieces};
use super::text;

#[derive(Template)]
#[template(path = "api.html")]
struct Api {
    version: String,
    about: String,
    common: Vec<Member>,
    groups: Vec<Group>,
    schemas: Vec<Named>,
}

/// Operations that have to do with the same things.
struct Group {
    name: String,
    slug: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    description: String,
    scope: Option<String>,
    parameters: Vec<Parameter>,
    /// What else may be sent, by name: what many operations take is explained once.
    common: Vec<String>,
    body: Option<Body>,
    answers: Vec<Answer>,
    problems: Vec<String>,
}

struct Parameter {
    place: String,
    member: Member,
}

struct Body {
    content_type: String,
    kind: Vec<schema::Piece>,
    meaning: String,
    members: Vec<Member>,
}

/// The page. Its template is checked when the program is built, so it cannot fail to be drawn.
pub(super) fn render(document: &Value) -> String {
    let api = Api {
        version: document["info"]["version"].as_str().unwrap_or_default().to_owned(),
        about: text::paragraphs(document["info"]["description"].as_str().unwrap_or_default()),
        common: common(document),
        groups: groups(document),
        schemas: schema::named(document),
    };
    api.render().expect("a template that only writes text does not fail")
}

/// Headers mean the same everywhere, and every list is paged in the same way.
fn is_common(parameter: &Parameter) -> bool {
    parameter.place == "header" || ["limit", "cursor"].contains(&parameter.member.name.as_str())
}

/// What many operations take, each once.
fn common(document: &Value) -> Vec<Member> {
    let mut common: Vec<Member> = Vec::new();
    let operations =
        document["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.as_object());
    for operation in operations.flat_map(Map::values) {
        let (taken, _) = parameters(document, operation);
        let new = taken.into_iter().filter(|it| common.iter().all(|known| known.name != it.member.name));
        let new: Vec<Member> = new.map(|it| it.member).collect();
        common.extend(new);
    }
    common
}

/// What an operation takes: what is common, and its own.
fn parameters(document: &Value, operation: &Value) -> (Vec<Parameter>, Vec<Parameter>) {
    let all = operation["parameters"].as_array().into_iter().flatten();
    all.map(|it| parameter(resolved(document, it))).partition(is_common)
}

fn groups(document: &Value) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let name = operation["tags"][0].as_str().unwrap_or("More");
            let drawn = draw(document, path, method, operation);
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(drawn),
                None => groups.push(Group {
                    name: name.to_owned(),
                    slug: name.to_lowercase().replace(' ', "-"),
                    operations: vec![drawn],
                }),
            }
        }
    }
    groups
}

fn draw(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let said = |member: &str| operation[member].as_str().unwrap_or_default();
    let (answers, problems) = answers::read(operation);
    let (common, parameters) = parameters(document, operation);
    Operation {
        id: said("operationId").to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: said("summary").to_owned(),
        description: text::paragraphs(said("description")),
        scope: operation["security"][0]["key"][0].as_str().map(str::to_owned),
        parameters,
        common: common.into_iter().map(|it| it.member.name).collect(),
        body: operation["requestBody"]["content"].as_object().and_then(|it| body(document, it)),
        answers,
        problems,
    }
}

/// What a reference leads to; anything else as it is.
fn resolved<'a>(document: &'a Value, given: &'a Value) -> &'a Value {
    let reference = given["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(given)
}

fn parameter(parameter: &Value) -> Parameter {
    Parameter {
        place: parameter["in"].as_str().unwrap_or_default().to_owned(),
        member: Member {
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            kind: pieces(&parameter["schema"]),
            required: parameter["required"].as_bool().unwrap_or_default(),
            meaning: text::line(parameter["description"].as_str().unwrap_or_default()),
        },
    }
}

/// A body's members stand with the operation; one without any is not worth mentioning.
fn body(document: &Value, content: &Map<String, Value>) -> Option<Body> {
    let (content_type, media) = content.iter().next()?;
    let given = &media["schema"];
    let schema = resolved(document, given);
    let members = schema::members(schema);
    let kind = if schema["type"] == "object" { Vec::new() } else { pieces(schema) };
    (!members.is_empty() || !kind.is_empty()).then(|| Body {
        content_type: content_type.clone(),
        kind,
        meaning: text::line(schema["description"].as_str().unwrap_or_default()),
        members,
    })
}
