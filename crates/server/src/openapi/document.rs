//! The document as a whole: what it says beside its operations.

use aide::axum::ApiRouter;
use aide::generate::{in_context, reset_context};
use aide::openapi::{
    Components, Info, MediaType, OpenApi, ReferenceOr, Response, SchemaObject, SecurityScheme,
};
use axum::Router;
use schemars::generate::SchemaSettings;
use schemars::json_schema;
use serde_json::Value;

use super::tidying::tidy;
use crate::problem::Code;
use crate::routes::described;

/// What is said of the API as a whole.
const ABOUT: &str = include_str!("about.md");

/// What the API tells of itself.
pub(crate) fn document() -> Value {
    draw_as_openapi_does();
    let mut document = OpenApi {
        info: Info {
            title: "Callboard".to_owned(),
            description: Some(ABOUT.to_owned()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Info::default()
        },
        components: Some(components()),
        ..OpenApi::default()
    };
    // Those that are asked are others, see `undescribed`.
    let _routes = described().finish_api(&mut document);
    reset_context();
    tidy(&document)
}

/// The routes alone. What they were to be described with is forgotten.
pub(crate) fn undescribed<S>(routes: ApiRouter<S>) -> Router<S> {
    reset_context();
    routes.into()
}

/// Has to come before the first route: from here on, this thread draws schemas in `OpenAPI` 3.1's own dialect.
fn draw_as_openapi_does() {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        "#/components/schemas".clone_into(settings.definitions_path.to_mut());
    });
    in_context(|context| context.schema = settings.into_generator());
}

fn components() -> Components {
    let key = SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: None,
        description: Some("A key of the company, with the scope that the operation asks for.".to_owned()),
        extensions: [].into(),
    };
    let responses =
        statuses().into_iter().map(|status| (status.to_string(), ReferenceOr::Item(refused(status))));
    Components {
        security_schemes: [("key".to_owned(), ReferenceOr::Item(key))].into_iter().collect(),
        responses: responses.collect(),
        ..Components::default()
    }
}

/// The statuses that problems have, each once.
fn statuses() -> Vec<u16> {
    let mut statuses: Vec<u16> = Code::all().iter().map(Code::status).collect();
    statuses.dedup();
    statuses
}

fn refused(status: u16) -> Response {
    let codes: Vec<&str> = Code::all().iter().filter(|it| it.status() == status).map(Code::name).collect();
    let title = axum::http::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
    let schema = json_schema!({
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": { "type": "string", "description": "The address of the page about the code." },
            "title": { "type": "string" },
            "status": { "const": status },
            "code": { "enum": codes },
            "detail": { "type": "string", "description": "What exactly is wrong, for a person." },
        },
    });
    let problem = MediaType {
        schema: Some(SchemaObject { json_schema: schema, external_docs: None, example: None }),
        ..MediaType::default()
    };
    Response {
        description: title.unwrap_or("Refused").to_owned(),
        content: [("application/problem+json".to_owned(), problem)].into_iter().collect(),
        ..Response::default()
    }
}
