//! Lists of receipts, events and deliveries: an index leads to some of what is asked for, and for the rest so many rows are
//! looked at, and no more.

use tokio_postgres::Row;

use super::conditions::Conditions;
use super::rows;
use super::session::Session;
use super::write::column;
use crate::batch::{DeliveryState, EventRow, Outcome, Receipt};
use crate::columns::{bound, key, outcome_number, state_number};
use crate::engine::EngineError;
use crate::following::{deliveries_of, events_of};
use crate::pages::{Delivery, DeliveryFilter, EventFilter, Listed, Page, ReceiptFilter, THINGS_LOOKED_AT};

/// What a list is of: rows with an id as their first column.
struct Table<T> {
    name: &'static str,
    columns: &'static str,
    read: fn(&Row) -> Result<T, EngineError>,
    /// How many bytes one says.
    bytes: &'static str,
}

const RECEIPTS: Table<Receipt> = Table {
    name: "receipts",
    columns: rows::RECEIPT,
    read: rows::receipt,
    bytes: "OCTET_LENGTH(body) + OCTET_LENGTH(headers)",
};
const EVENTS: Table<EventRow> =
    Table { name: "events", columns: rows::EVENT, read: rows::event, bytes: "OCTET_LENGTH(body)" };
const DELIVERIES: Table<Delivery> =
    Table { name: "deliveries", columns: rows::DELIVERY, read: rows::delivery, bytes: "0" };

pub(super) fn receipts(
    session: &mut Session,
    filter: &ReceiptFilter,
    page: Page,
) -> Result<Listed<Receipt>, EngineError> {
    let mut conditions = Conditions::default();
    let is_quarantined = filter.outcome == Some(Outcome::Quarantined);
    if let Some(outcome) = filter.outcome {
        let outcome = format!("outcome = {}", outcome_number(outcome));
        if is_quarantined { conditions.add_fixed(outcome) } else { conditions.want_fixed(outcome) }
    }
    match filter.sources.as_deref() {
        Some([source]) if !is_quarantined => conditions.add("source = ?", key(*source)),
        Some(sources) => conditions.want("source = ANY(?)", column(sources, |source| key(*source))),
        None => {}
    }
    list(session, &RECEIPTS, conditions, page)
}

pub(super) fn events(
    session: &mut Session,
    filter: &EventFilter,
    page: Page,
) -> Result<Listed<EventRow>, EngineError> {
    let mut conditions = Conditions::default();
    let is_about = filter.subjects.is_some() || filter.receipt.is_some();
    if let Some(subjects) = &filter.subjects {
        conditions.add("subject = ANY(?)", column(subjects, |subject| bound(*subject)));
    }
    if let Some(receipt) = filter.receipt {
        conditions.add_following(events_of, key(receipt));
    }
    match filter.company {
        Some(company) if is_about => conditions.want("company = ?", key(company)),
        Some(company) => conditions.add("company = ?", key(company)),
        None => {}
    }
    if let Some(kind) = &filter.kind {
        conditions.want("kind = ?", kind.as_str().as_bytes().to_vec());
    }
    if let Some(source) = filter.source {
        conditions.want("source = ?", key(source));
    }
    list(session, &EVENTS, conditions, page)
}

pub(super) fn deliveries(
    session: &mut Session,
    filter: &DeliveryFilter,
    page: Page,
) -> Result<Listed<Delivery>, EngineError> {
    let mut conditions = Conditions::default();
    if let Some(event) = filter.event {
        conditions.add_following(deliveries_of, key(event));
    }
    if let Some(state) = filter.state {
        let has_index = filter.event.is_none() && state != DeliveryState::Delivered;
        let state = format!("state = {}", state_number(state));
        if has_index { conditions.add_fixed(state) } else { conditions.want_fixed(state) }
    }
    match filter.endpoints.as_deref() {
        Some([endpoint]) if filter.event.is_none() => conditions.add("endpoint = ?", key(*endpoint)),
        Some(endpoints) => {
            conditions.want("endpoint = ANY(?)", column(endpoints, |endpoint| key(*endpoint)));
        }
        None => {}
    }
    if let Some(company) = filter.company {
        conditions.want("(SELECT company FROM events e WHERE e.id = deliveries.event) = ?", key(company));
    }
    if let Some(kind) = &filter.kind {
        let kind = kind.as_str().as_bytes().to_vec();
        conditions.want("(SELECT kind FROM events e WHERE e.id = deliveries.event) = ?", kind);
    }
    list(session, &DELIVERIES, conditions, page)
}

fn list<T>(
    session: &mut Session,
    table: &Table<T>,
    mut conditions: Conditions,
    page: Page,
) -> Result<Listed<T>, EngineError> {
    let Table { name, columns, read, bytes } = table;
    let (order, Page { limit, bytes: most, .. }) = (conditions.add_page(page), page);
    let indexed = conditions.indexed();
    let (wanted, looked_at) = match conditions.wanted() {
        None => ("TRUE".to_owned(), limit),
        Some(wanted) => (format!("COALESCE(({wanted}), FALSE)"), THINGS_LOOKED_AT),
    };
    // The last one that is looked at comes as well, wanted or not, and says where the list goes on. Rows and what they say are
    // counted as they come, so that no more are read than it takes to fill the page.
    let sql = format!(
        "SELECT {columns}, wanted, number = {looked_at} OR said >= {most} AS last FROM (
            SELECT *, ROW_NUMBER() OVER so_far AS number, SUM(says) OVER so_far AS said
            FROM (
                SELECT *, {wanted} AS wanted, CASE WHEN {wanted} THEN {bytes} ELSE 0 END AS says
                FROM {name} WHERE {indexed} ORDER BY id {order} LIMIT {looked_at}
            ) AS {name}
            WINDOW so_far AS (ORDER BY id {order} ROWS UNBOUNDED PRECEDING)
         ) AS {name}
         WHERE (wanted OR number = {looked_at}) AND said - says < {most} ORDER BY id {order} LIMIT {limit}"
    );
    let found = session.rows(&sql, &conditions.values())?;
    let mut listed = Listed::default();
    for row in &found {
        if row.try_get("wanted")? {
            listed.items.push(read(row)?);
        }
    }
    if let Some(last) = found.last()
        && (found.len() == limit || last.try_get("last")?)
    {
        listed.next = Some(last.try_get::<_, i64>(0)?.cast_unsigned());
    }
    Ok(listed)
}
