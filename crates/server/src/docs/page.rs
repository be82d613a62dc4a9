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
    headers: Vec<Member>,
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
    /// The names of the headers that may be sent; what they mean is said once.
    headers: Vec<String>,
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
        headers: headers(document),
        groups: groups(document),
        schemas: schema::named(document),
    };
    api.render().expect("a template that only writes text does not fail")
}

fn headers(document: &Value) -> Vec<Member> {
    let shared = document["components"]["parameters"].as_object();
    shared.into_iter().flatten().map(|(_, header)| parameter(header).member).collect()
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
    let (headers, parameters): (Vec<_>, Vec<_>) = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| parameter(resolved(document, it)))
        .partition(|it| it.place == "header");
    Operation {
        id: said("operationId").to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: said("summary").to_owned(),
        description: text::paragraphs(said("description")),
        scope: operation["security"][0]["key"][0].as_str().map(str::to_owned),
        parameters,
        headers: headers.into_iter().map(|it| it.member.name).collect(),
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
