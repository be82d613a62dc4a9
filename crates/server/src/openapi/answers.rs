//! What an operation answers, typed by what is in it, so that its document and its bytes cannot drift apart unseen.

use std::borrow::Cow;
use std::marker::PhantomData;

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{
    Header, HeaderStyle, MediaType, Operation, ParameterSchemaOrContent, ReferenceOr, Response as Described,
    SchemaObject, StatusCode,
};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use callboard_ledger::Answer;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::json;

use crate::problem::Problem;

/// An answer whose body is the JSON form of a `T`, with an `ETag` where what it shows has one.
pub(crate) struct Told<T, const STATUS: u16> {
    body: Bytes,
    etag: Option<String>,
    location: Option<String>,
    replayed: bool,
    shows: PhantomData<fn() -> T>,
}

/// It stands so, now.
pub(crate) type Now<T> = Told<T, 200>;
/// It was made.
pub(crate) type Made<T> = Told<T, 201>;
/// It will be done.
pub(crate) type Accepted<T> = Told<T, 202>;
/// It is gone, and there is nothing to show.
pub(crate) type Gone = Told<(), 204>;

impl<T, const STATUS: u16> Told<T, STATUS> {
    pub(crate) fn new(body: Bytes) -> Self {
        Self { body, etag: None, location: None, replayed: false, shows: PhantomData }
    }

    pub(crate) fn nothing() -> Self {
        Self::new(Bytes::new())
    }

    /// What is shown, as JSON.
    pub(crate) fn of(shown: &T) -> Self
    where
        T: Serialize,
    {
        Self::new(serde_json::to_vec(shown).expect("what is shown has text keys only").into())
    }

    /// As the same request was answered before.
    pub(crate) fn of_before(before: Answer) -> Self {
        Self::new(before.body).tagged(before.etag).replayed(true)
    }

    /// By which it is known whether it has changed.
    pub(crate) fn tagged(self, etag: Option<String>) -> Self {
        Self { etag, ..self }
    }

    /// Where it is found from now on.
    pub(crate) fn at(self, location: Option<String>) -> Self {
        Self { location, ..self }
    }

    /// The same request had been answered before.
    pub(crate) fn replayed(self, replayed: bool) -> Self {
        Self { replayed, ..self }
    }
}

impl<T, const STATUS: u16> IntoResponse for Told<T, STATUS> {
    fn into_response(self) -> Response {
        let status = axum::http::StatusCode::from_u16(STATUS).expect("the statuses above are HTTP's");
        let mut response = (status, self.body).into_response();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_TYPE);
        if STATUS != 204 {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let told = [(header::ETAG, self.etag), (header::LOCATION, self.location)];
        for (name, value) in told {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                headers.insert(name, value);
            }
        }
        if self.replayed {
            headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

impl<T: JsonSchema, const STATUS: u16> OperationOutput for Told<T, STATUS> {
    type Inner = T;

    fn operation_response(context: &mut GenContext, _: &mut Operation) -> Option<Described> {
        if STATUS == 204 {
            return Some(Described { description: "It is gone.".to_owned(), ..Described::default() });
        }
        let schema = context.schema.subschema_for::<T>();
        let json = MediaType {
            schema: Some(SchemaObject { json_schema: schema, external_docs: None, example: None }),
            ..MediaType::default()
        };
        let mut described = Described {
            description: match STATUS {
                201 => "It was made.",
                202 => "It will be done.",
                _ => "As it stands.",
            }
            .to_owned(),
            content: [("application/json".to_owned(), json)].into_iter().collect(),
            ..Described::default()
        };
        let etag = "By this it is known again: send it as `If-Match` with a change.";
        described.headers.insert("ETag".to_owned(), describe_header(etag));
        if STATUS == 201 {
            described.headers.insert("Location".to_owned(), describe_header("Where it is found."));
        }
        Some(described)
    }

    fn inferred_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<StatusCode>, Described)> {
        let described = Self::operation_response(context, operation);
        described.map(|it| (Some(StatusCode::Code(STATUS)), it)).into_iter().collect()
    }
}

fn describe_header(meaning: &str) -> ReferenceOr<Header> {
    let schema =
        SchemaObject { json_schema: json_schema!({ "type": "string" }), external_docs: None, example: None };
    ReferenceOr::Item(Header {
        description: Some(meaning.to_owned()),
        style: HeaderStyle::Simple,
        required: false,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(schema),
        example: None,
        examples: [].into(),
        extensions: [].into(),
    })
}

/// Problems are told by what the operation takes: see [`super::refusals`].
impl OperationOutput for Problem {
    type Inner = ();
}

/// A thing as the API shows it: its facts, and what the hub notes about it.
pub(crate) struct View<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for View<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("View<{}>", T::schema_id()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        let time = generator.subschema_for::<callboard_core::Timestamp>();
        let noted = json!({
            "version": {
                "type": "integer", "minimum": 1,
                "description": "Goes up by one with each change. It is the `ETag` too, in quotes.",
            },
            "created_at": time,
            "deleted": { "type": "boolean", "description": "Has it been removed? Left out if not." },
            "erased_at": {
                "type": "string", "format": "date-time",
                "description": "When everything personal about it was erased. Left out if it was not.",
            },
        });
        let properties = schema.ensure_object().entry("properties").or_insert_with(|| json!({}));
        if let (Some(properties), serde_json::Value::Object(noted)) = (properties.as_object_mut(), noted) {
            properties.extend(noted);
        }
        let required = schema.ensure_object().entry("required").or_insert_with(|| json!([]));
        if let Some(required) = required.as_array_mut() {
            required.extend([json!("version"), json!("created_at")]);
        }
        schema
    }
}
