//! `/v1/receipts`: what exactly was received.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use callboard_core::{ReceiptId, Source, SourceId, Timestamp};
use callboard_dialects::{Dialect, FETCHED_RESOURCE, Fetched, Reading, Unreadable, dialect};
use callboard_ledger::{Directory, Intake, Outcome, Receipt, ReceiptFilter, Recorded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::asking::Posted;
use super::body::{Asked, Id, Nothing};
use super::configuring;
use crate::auth::{Caller, Writer};
use crate::host_links;
use crate::hub::Hub;
use crate::inbox::pointed_at;
use crate::listing::{List, Paging, between};
use crate::openapi::{Now, says};
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route("/receipts", get_with(list, says("listReceipts", "List receipts", "")))
        .api_route("/receipts/{id}", get_with(show, says("getReceipt", "Show a receipt", "")))
        .api_route(
            "/receipts/{id}/reprocess",
            post_with(reprocess, says("reprocessReceipt", "Read a quarantined request again", "")),
        )
        .with_path_items(|item| item.tag("Receipts"))
}

/// Which receipts. What is left out matches all.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiptQuery {
    /// The most items on the page; 50 if nothing else is said.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<usize>,
    /// `next` of the page before.
    #[schemars(length(max = 100))]
    cursor: Option<String>,
    /// From which source.
    source: Option<SourceId>,
    /// What became of it.
    outcome: Option<Outcome>,
    /// Received at this time or later.
    since: Option<Timestamp>,
    /// Received before this time.
    until: Option<Timestamp>,
}

/// A receipt, as it is shown.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Receipt")]
pub(crate) struct ReceiptView {
    id: ReceiptId,
    source: SourceId,
    received_at: Timestamp,
    outcome: Outcome,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remarks: Vec<String>,
    #[schemars(with = "Value")]
    headers: Box<RawValue>,
    /// The body as text with its secrets hidden; `body_base64` instead where it is no text and holds none.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
}

/// What came of reading a quarantined request again.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Reread {
    receipt: ReceiptId,
    outcome: Outcome,
    /// How many events came of it.
    events: usize,
}

fn view(directory: &Directory, receipt: Receipt) -> ReceiptView {
    let nothing = || RawValue::from_string("{}".to_owned()).expect("an empty object is JSON");
    let source = directory.source(receipt.source);
    let text = String::from_utf8_lossy(&receipt.body);
    let source = source.map(AsRef::as_ref);
    let shown = without_token(source, host_links::hide(&text));
    let headers = without_token(source, Cow::Owned(receipt.headers));
    let as_text = matches!(text, Cow::Borrowed(_)) || shown != text;
    ReceiptView {
        id: receipt.id,
        source: receipt.source,
        received_at: receipt.received_at,
        outcome: receipt.outcome,
        detail: receipt.detail,
        remarks: receipt.remarks,
        headers: RawValue::from_string(headers.into_owned()).unwrap_or_else(|_| nothing()),
        body: as_text.then(|| shown.into_owned()),
        body_base64: (!as_text).then(|| STANDARD.encode(&receipt.body)),
    }
}

/// viasto names the URL that it calls in each body, and with it the token (seed 003); so do many proxies in a header. It may be
/// the token that counts, or the one before it, which may count still.
fn without_token<'a>(source: Option<&Source>, mut text: Cow<'a, str>) -> Cow<'a, str> {
    let Some(source) = source else { return text };
    let before = source.rotated.as_ref().map(|rotated| &rotated.credentials);
    let credentials = std::iter::once(&source.credentials).chain(before);
    let mut tokens: Vec<&str> = credentials.filter_map(|it| it.0.get("token")?.as_str()).collect();
    // Of two where one begins with the other, nothing of the longer one may be left.
    tokens.sort_unstable_by_key(|token| Reverse(token.len()));
    for token in tokens {
        if text.contains(token) {
            text = text.replace(token, host_links::HIDDEN).into();
        }
    }
    text
}

async fn find(hub: &Hub, caller: Caller, id: ReceiptId) -> Result<Receipt, Problem> {
    let receipt = hub.ledger.read(move |reader| reader.receipt(id)).await?;
    let directory = hub.ledger.directory();
    let mine = |source: SourceId| directory.source(source).is_some_and(|it| it.company == caller.company);
    receipt.filter(|receipt| mine(receipt.source)).ok_or_else(|| Problem::not_found("receipt"))
}

async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(query): Asked<ReceiptQuery>,
) -> Result<Json<List<ReceiptView>>, Problem> {
    let page = Paging::new(query.limit, query.cursor).page::<ReceiptId>()?;
    let within = between(page, query.since, query.until);
    let directory = hub.ledger.directory();
    let mine = directory.sources().filter(|source| source.company == caller.company).map(|source| source.id);
    let sources = mine.filter(|id| query.source.is_none_or(|asked| asked == *id)).collect();
    let filter = ReceiptFilter { sources: Some(sources), outcome: query.outcome };
    let listed = hub.ledger.read(move |reader| reader.receipts(&filter, within)).await?;
    let receipts = listed.items.into_iter().map(|receipt| view(&directory, receipt)).collect();
    Ok(List::going_on::<ReceiptId>(receipts, listed.next))
}

async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<ReceiptId>,
) -> Result<Json<ReceiptView>, Problem> {
    let receipt = find(&hub, caller, id).await?;
    Ok(Json(view(&hub.ledger.directory(), receipt)))
}

async fn reprocess(
    State(hub): State<Arc<Hub>>,
    Writer(caller): Writer,
    Id(id): Id<ReceiptId>,
    Posted { once, .. }: Posted<Nothing>,
) -> Result<Now<Reread>, Problem> {
    let receipt = find(&hub, caller, id).await?;
    if let Some(before) = configuring::answered_before(&hub, once.as_ref()).await? {
        return Ok(Now::new(before.body).replayed(true));
    }
    let reread = read_again(&hub, receipt).await?;
    let again = configuring::remember(&hub, once, &reread).await?;
    Ok(Now::of(&reread).replayed(again))
}

/// What a kept request says; or, where it is what was fetched for one, what that says.
fn reading(dialect: &dyn Dialect, receipt: &Receipt) -> Result<Reading, Unreadable> {
    let headers: Value = serde_json::from_str(&receipt.headers).unwrap_or_default();
    match (dialect.fetching(), headers.get(FETCHED_RESOURCE).and_then(Value::as_str)) {
        (Some(fetching), Some(resource)) => {
            let Fetched { label, observations, .. } = fetching.read(resource, &receipt.body)?;
            Ok(Reading { label, observations })
        }
        _ => dialect.parse(&receipt.body),
    }
}

async fn read_again(hub: &Hub, receipt: Receipt) -> Result<Reread, Problem> {
    if receipt.outcome != Outcome::Quarantined {
        return Err(Problem::new(
            codes::NOT_QUARANTINED,
            "only a request that could not be understood is read again",
        ));
    }
    let (receipt, intake) = read_anew(hub, receipt)?;
    let Recorded { receipt, outcome, events } = hub.ledger.reprocess(receipt, intake).await?;
    Ok(Reread { receipt, outcome, events })
}

/// What a kept request says by what is known now.
pub(crate) fn read_anew(hub: &Hub, receipt: Receipt) -> Result<(ReceiptId, Intake), Problem> {
    let directory = hub.ledger.directory();
    let source = directory.source(receipt.source).cloned().ok_or_else(|| Problem::not_found("source"))?;
    let dialect = dialect(&source.platform).ok_or_else(|| Problem::not_found("platform"))?;
    let reading = reading(dialect, &receipt).map_err(|unreadable| {
        Problem::new(codes::STILL_UNREADABLE, format!("it still cannot be understood: {unreadable}"))
    })?;
    let points_at = pointed_at(dialect, &source, &receipt.body);
    let intake = Intake {
        source,
        received_at: receipt.received_at,
        unique: None,
        told_of: None,
        headers: receipt.headers,
        body: receipt.body,
        label: reading.label,
        told: Ok(reading.observations),
        points_at,
        fetch_at: None,
    };
    Ok((receipt.id, intake))
}
