//! What an operation takes, as its document tells it.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{
    HeaderStyle, MediaType, Operation, Parameter, ParameterData, ParameterSchemaOrContent, PathStyle,
    ReferenceOr, RequestBody, SchemaObject, StatusCode,
};
use aide::operation::{ParamLocation, add_parameters, parameters_from_schema, set_body};
use callboard_core::Identifier;
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::Value;

use crate::api::asking::{IfMatch, Posted};
use crate::api::body::{Asked, Body, Id, Within};
use crate::auth::{Admin, Caller, Writer};

/// A part of an address below an id, such as the tag in `/candidates/{id}/tags/{tag}`.
pub(crate) trait Part: JsonSchema {
    /// What it is called in the address.
    const NAME: &'static str;
    /// What it is.
    const MEANING: &'static str;
}

/// Notes that an operation may be refused with these statuses; see `components/responses` of the document.
pub(crate) fn refusals(operation: &mut Operation, statuses: &[u16]) {
    let responses = &mut operation.responses.get_or_insert_default().responses;
    for status in statuses {
        let reference = format!("#/components/responses/{status}");
        let refused = ReferenceOr::Reference { reference, summary: None, description: None };
        responses.entry(StatusCode::Code(*status)).or_insert(refused);
    }
}

/// Adds a header that may be sent.
pub(crate) fn header(
    context: &mut GenContext,
    operation: &mut Operation,
    name: &str,
    meaning: &str,
    schema: Schema,
) {
    let parameter_data = ParameterData { required: false, ..data(name, meaning, schema) };
    add_parameters(context, operation, [Parameter::Header { parameter_data, style: HeaderStyle::Simple }]);
}

fn data(name: &str, meaning: &str, json_schema: Schema) -> ParameterData {
    ParameterData {
        name: name.to_owned(),
        description: Some(meaning.to_owned()),
        required: true,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(SchemaObject {
            json_schema,
            external_docs: None,
            example: None,
        }),
        example: None,
        examples: [].into(),
        explode: None,
        extensions: [].into(),
    }
}

fn path_part(context: &mut GenContext, operation: &mut Operation, name: &str, meaning: &str, schema: Schema) {
    let parameter_data = data(name, meaning, schema);
    add_parameters(context, operation, [Parameter::Path { parameter_data, style: PathStyle::Simple }]);
    refusals(operation, &[404]);
}

fn with_scope(operation: &mut Operation, scope: &str) {
    operation.security = vec![[("key".to_owned(), vec![scope.to_owned()])].into_iter().collect()];
    refusals(operation, &[401, 503]);
    match scope {
        "read" => {}
        // What people ask for may not be possible as things stand.
        "write" => refusals(operation, &[403, 404, 409, 422]),
        _ => refusals(operation, &[403]),
    }
}

impl OperationInput for Caller {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        with_scope(operation, "read");
    }
}

impl OperationInput for Writer {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        with_scope(operation, "write");
    }
}

impl OperationInput for Admin {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        with_scope(operation, "admin");
    }
}

fn json_body<T: JsonSchema>(context: &mut GenContext, operation: &mut Operation) {
    let json_schema = context.schema.subschema_for::<T>();
    let required = context
        .resolve_schema(&json_schema)
        .get("required")
        .and_then(|it| it.as_array())
        .is_some_and(|it| !it.is_empty());
    let schema = SchemaObject { json_schema, external_docs: None, example: None };
    let json = MediaType { schema: Some(schema), ..MediaType::default() };
    let kinds = [("application/json".to_owned(), json)].into_iter().collect();
    set_body(context, operation, RequestBody { content: kinds, required, ..RequestBody::default() });
    refusals(operation, &[400, 408, 413, 415, 422]);
}

impl<T: JsonSchema> OperationInput for Body<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        json_body::<T>(context, operation);
    }
}

impl<T: JsonSchema> OperationInput for Posted<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        json_body::<T>(context, operation);
        let schema = json_schema!({
            "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$",
        });
        header(context, operation, "Idempotency-Key", Posted::<T>::MEANING, schema);
    }
}

impl OperationInput for IfMatch {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        let schema = json_schema!({ "type": "string" });
        header(context, operation, "If-Match", IfMatch::MEANING, schema);
        refusals(operation, &[400, 412]);
    }
}

impl<I: Identifier + JsonSchema> OperationInput for Id<I> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        let schema = context.schema.subschema_for::<I>();
        path_part(context, operation, "id", "Its id.", schema);
    }
}

impl<I: Identifier + JsonSchema, P: Part> OperationInput for Within<I, P> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        Id::<I>::operation_input(context, operation);
        let schema = context.schema.subschema_for::<P>();
        path_part(context, operation, P::NAME, P::MEANING, schema);
    }
}

fn names_a_thing(parameter: &Parameter) -> bool {
    let format = &parameter.parameter_data_ref().format;
    matches!(format, ParameterSchemaOrContent::Schema(schema) if mentions_an_id(schema.json_schema.as_value()))
}

/// Is it the schema of an id, or of one or nothing?
fn mentions_an_id(schema: &Value) -> bool {
    schema["$ref"].as_str().is_some_and(|name| name.ends_with("Id"))
        || schema["anyOf"].as_array().is_some_and(|any| any.iter().any(mentions_an_id))
}

impl<T: JsonSchema> OperationInput for Asked<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        let schema = context.schema.subschema_for::<T>();
        let parameters = parameters_from_schema(context, schema, ParamLocation::Query);
        // A filter may name something that is not there.
        if parameters.iter().any(names_a_thing) {
            refusals(operation, &[404]);
        }
        add_parameters(context, operation, parameters);
        refusals(operation, &[400]);
    }
}
