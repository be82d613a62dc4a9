//! `/v1/files`: what they are, where they can be had, and their bytes.

use std::sync::Arc;

use aide::OperationInput;
use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{
    MediaType as Described, Operation, RequestBody, Response as DescribedResponse, SchemaObject, StatusCode,
};
use aide::operation::set_body;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use callboard_core::{
    ApplicationId, CandidateId, Command, Entity, Facts, File, FileCommand, FileId, FileTold, Kind, NoteId,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::{JsonSchema, json_schema};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::form::{Fact, Form, Reading};
use super::member::{Line, Link, MediaType, Member, Names};
use super::noun::{Desk, Makeable, Noun, Removable, held};
use crate::api::asking::IfMatch;
use crate::api::body::Id;
use crate::api::order::Order;
use crate::auth::{Caller, Writer};
use crate::hub::Hub;
use crate::inbox::read_up_to;
use crate::limits::FILE_BYTES;
use crate::openapi::{Now, View, refusals};
use crate::problem::Problem;

/// What is said of a file. A candidate, an application or a note is needed.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "FileForm")]
pub(super) struct FileForm {
    /// What it is called.
    name: Fact<Line>,
    /// Whom it is about.
    candidate_id: Fact<CandidateId>,
    /// The application it came with; its candidate goes without saying.
    application_id: Fact<ApplicationId>,
    /// The note it is attached to; its candidate goes without saying.
    note_id: Fact<NoteId>,
    /// What is in it, as a media type.
    content_type: Fact<MediaType>,
    /// What it is for: `resume`, `cover_letter`, `attachment`.
    purpose: Fact<Line>,
    /// Where it can be had, if not here.
    url: Fact<Link>,
    external_ids: Names,
}

const FIXED: &str = "make another file for another one";

impl Form for FileForm {
    const NEEDED: &'static [&'static str] = &["name"];
    const ONCE: &'static [(&'static str, &'static str)] =
        &[("candidate_id", FIXED), ("application_id", FIXED), ("note_id", FIXED)];
}

impl FileForm {
    fn facts(self) -> Result<Facts<FileTold>, Problem> {
        let mut reading = Reading::default();
        let told = FileTold {
            name: reading.read("name", self.name)?,
            content_type: reading.read("content_type", self.content_type)?,
            purpose: reading.read("purpose", self.purpose)?,
            url: reading.read("url", self.url)?,
            ..FileTold::default()
        };
        reading.into_facts(self.external_ids, told)
    }
}

impl Noun for File {
    type Id = FileId;
    type Form = FileForm;
    const KIND: Kind = Kind::File;
    const COLLECTION: &'static str = "files";
    const FILTERS: &'static [&'static str] = &["candidate"];

    fn change(id: FileId, form: FileForm, _: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        Ok(vec![Command::File(id, FileCommand::Change(form.facts()?))])
    }
}

impl Removable for File {
    fn remove(id: FileId) -> Command {
        Command::File(id, FileCommand::Delete)
    }
}

impl Makeable for File {
    fn make(id: FileId, mut form: FileForm, _: &Desk<'_>) -> Result<Command, Problem> {
        let candidate = std::mem::take(&mut form.candidate_id).told();
        let application = std::mem::take(&mut form.application_id).told();
        let note = std::mem::take(&mut form.note_id).told();
        Ok(Command::File(id, FileCommand::Create { candidate, application, note, facts: form.facts()? }))
    }
}

/// The bytes of a file, and what they are said to be.
pub(super) struct Content {
    bytes: Bytes,
    content_type: Option<String>,
}

impl<S: Send + Sync> FromRequest<S> for Content {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let told = parts.headers.get(header::CONTENT_TYPE);
        let told = told.map(|told| MediaType(String::from_utf8_lossy(told.as_bytes()).into_owned()));
        let content_type = told.map(|told| told.checked("Content-Type")).transpose()?;
        Ok(Self { bytes: read_up_to(body, FILE_BYTES).await?, content_type })
    }
}

fn any_bytes() -> Described {
    let schema = json_schema!({ "type": "string", "format": "binary" });
    let schema = SchemaObject { json_schema: schema, external_docs: None, example: None };
    Described { schema: Some(schema), ..Described::default() }
}

impl OperationInput for Content {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        let body = RequestBody {
            content: [("*/*".to_owned(), any_bytes())].into_iter().collect(),
            required: true,
            ..RequestBody::default()
        };
        set_body(context, operation, body);
        refusals(operation, &[400, 408, 413, 422]);
    }
}

/// Keeps a file's bytes in place of those that were kept.
pub(super) async fn put_content(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(id): Id<FileId>,
    if_match: IfMatch,
    content: Content,
) -> Result<Now<View<File>>, Problem> {
    let store = FileCommand::Store {
        size_bytes: i64::try_from(content.bytes.len()).expect("the limit is far below that"),
        sha256: hex(&Sha256::digest(&content.bytes)),
        content_type: content.content_type,
    };
    let order = Order::of(caller, vec![Command::File(id, store)]).only_if(id, if_match);
    order.keeping(id, content.bytes).now(&hub, id).await
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a string does not fail");
        hex
    })
}

/// The bytes of a file, to be saved and not to be shown: nobody has looked at what is in them.
pub(super) struct Download {
    bytes: Bytes,
    name: String,
    content_type: Option<String>,
    sha256: String,
}

/// What stands in a file's name as it is (RFC 8187).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let name = utf8_percent_encode(&self.name, PLAIN);
        let told = [
            (
                header::CONTENT_TYPE,
                self.content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
            ),
            (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
            (header::ETAG, format!("\"{}\"", self.sha256)),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        ];
        let mut response = self.bytes.into_response();
        for (header, value) in told {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(header, value);
            }
        }
        response
    }
}

impl OperationOutput for Download {
    type Inner = ();

    fn operation_response(_: &mut GenContext, _: &mut Operation) -> Option<DescribedResponse> {
        Some(DescribedResponse {
            description: "The bytes.".to_owned(),
            content: [("*/*".to_owned(), any_bytes())].into_iter().collect(),
            ..DescribedResponse::default()
        })
    }

    fn inferred_responses(
        context: &mut GenContext,
        operation: &mut Operation,
    ) -> Vec<(Option<StatusCode>, DescribedResponse)> {
        let described = Self::operation_response(context, operation);
        described.map(|it| (Some(StatusCode::Code(200)), it)).into_iter().collect()
    }
}

pub(super) async fn content(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<FileId>,
) -> Result<Download, Problem> {
    let nothing = || Problem::not_found(&format!("content of {id}"));
    let Entity::File(file) = held::<File>(&hub, caller, id).await?.entity else { return Err(nothing()) };
    if !file.stored {
        return Err(nothing());
    }
    let bytes = hub.ledger.read(move |reader| reader.blob(id)).await?.ok_or_else(nothing)?;
    Ok(Download {
        bytes,
        name: file.name.clone().unwrap_or_else(|| id.to_string()),
        content_type: file.content_type.clone(),
        sha256: file.sha256.clone().unwrap_or_default(),
    })
}
