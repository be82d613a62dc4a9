//! Lists of receipts, events and deliveries: an index leads to some of what is asked for, and for the rest so many rows are
//! looked at, and no more.

use rusqlite::{Connection, Row, params_from_iter};

use super::conditions::{Conditions, list as numbers};
use super::rows::{self, bound, key, outcome_number, state_number};
use crate::batch::{DeliveryState, EventRow, Outcome, Receipt};
use crate::engine::EngineError;
use crate::following::{deliveries_of, events_of};
use crate::pages::{Delivery, DeliveryFilter, EventFilter, Listed, Page, ReceiptFilter, THINGS_LOOKED_AT};

/// What a list is of: rows with an id as their first column.
struct Table<T> {
    name: &'static str,
    columns: &'static str,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
    /// How many bytes one says.
    bytes: fn(&T) -> usize,
}

const RECEIPTS: Table<Receipt> = Table {
    name: "receipts",
    columns: rows::RECEIPT,
    read: rows::receipt,
    bytes: |receipt| receipt.body.len() + receipt.headers.len(),
};
const EVENTS: Table<EventRow> =
    Table { name: "events", columns: rows::EVENT, read: rows::event, bytes: |event| event.body.len() };
const DELIVERIES: Table<Delivery> =
    Table { name: "deliveries", columns: rows::DELIVERY, read: rows::delivery, bytes: |_| 0 };

pub(super) fn receipts(
    connection: &Connection,
    filter: &ReceiptFilter,
    page: Page,
) -> Result<Listed<Receipt>, EngineError> {
    let mut conditions = Conditions::default();
    if let Some(outcome) = filter.outcome {
        let has_index = outcome == Outcome::Quarantined;
        let outcome = format!("outcome = {}", outcome_number(outcome));
        if has_index { conditions.add_fixed(outcome) } else { conditions.want_fixed(outcome) }
    }
    if let Some(sources) = &filter.sources {
        let sources = numbers(sources.iter().map(|source| key(*source)));
        conditions.want("source IN (SELECT value FROM json_each(?))", sources);
    }
    list(connection, &RECEIPTS, conditions, page)
}

pub(super) fn events(
    connection: &Connection,
    filter: &EventFilter,
    page: Page,
) -> Result<Listed<EventRow>, EngineError> {
    let mut conditions = Conditions::default();
    if let Some(subjects) = &filter.subjects {
        let subjects = numbers(subjects.iter().map(|subject| bound(*subject)));
        conditions.add("subject IN (SELECT value FROM json_each(?))", subjects);
    }
    if let Some(receipt) = filter.receipt {
        conditions.add_following(events_of, key(receipt));
    }
    if let Some(company) = filter.company {
        conditions.want("company = ?", key(company));
    }
    if let Some(kind) = &filter.kind {
        conditions.want("kind = ?", kind.as_str().to_owned());
    }
    if let Some(source) = filter.source {
        conditions.want("source = ?", key(source));
    }
    list(connection, &EVENTS, conditions, page)
}

pub(super) fn deliveries(
    connection: &Connection,
    filter: &DeliveryFilter,
    page: Page,
) -> Result<Listed<Delivery>, EngineError> {
    let mut conditions = Conditions::default();
    if let Some(event) = filter.event {
        conditions.add_following(deliveries_of, key(event));
    }
    // What is owed is found by whom it is owed to.
    let is_owed = filter.state == Some(DeliveryState::Pending);
    let by_endpoint = filter.event.is_none() && is_owed && filter.endpoints.is_some();
    if let Some(state) = filter.state {
        let is_given_up = matches!(state, DeliveryState::Failed | DeliveryState::Cancelled);
        let has_index = by_endpoint || filter.event.is_none() && is_given_up;
        let state = format!("state = {}", state_number(state));
        if has_index { conditions.add_fixed(state) } else { conditions.want_fixed(state) }
    }
    match filter.endpoints.as_deref() {
        // Of one, they are in the order of the index.
        Some([endpoint]) if by_endpoint => conditions.add("endpoint = ?", key(*endpoint)),
        Some(endpoints) => {
            let (part, endpoints) = (
                "endpoint IN (SELECT value FROM json_each(?))",
                numbers(endpoints.iter().map(|it| key(*it))),
            );
            if by_endpoint { conditions.add(part, endpoints) } else { conditions.want(part, endpoints) }
        }
        None => {}
    }
    if let Some(company) = filter.company {
        conditions.want("(SELECT company FROM events e WHERE e.id = deliveries.event) = ?", key(company));
    }
    if let Some(kind) = &filter.kind {
        let kind = kind.as_str().to_owned();
        conditions.want("(SELECT kind FROM events e WHERE e.id = deliveries.event) = ?", kind);
    }
    list(connection, &DELIVERIES, conditions, page)
}

fn list<T>(
    connection: &Connection,
    table: &Table<T>,
    mut conditions: Conditions,
    page: Page,
) -> Result<Listed<T>, EngineError> {
    let Table { name, columns, read, bytes } = table;
    let (order, limit) = (conditions.add_page(page), page.limit);
    let (indexed, values) = (conditions.indexed(), params_from_iter(conditions.values()));
    let (mut listed, mut said) = (Listed::default(), 0);
    let Some(wanted) = conditions.wanted() else {
        let sql = format!("SELECT {columns} FROM {name} WHERE {indexed} ORDER BY id {order} LIMIT {limit}");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            let item = read(row)?;
            said += bytes(&item);
            listed.items.push(item);
            if listed.items.len() == limit || said >= page.bytes {
                listed.next = Some(row.get::<_, i64>(0)?.cast_unsigned());
                break;
            }
        }
        return Ok(listed);
    };
    // Row by row, and of each no more than it takes to see whether it is wanted.
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, COALESCE(({wanted}), FALSE) FROM {name} WHERE {indexed}
         ORDER BY id {order} LIMIT {THINGS_LOOKED_AT}"
    ))?;
    let mut one = connection.prepare_cached(&format!("SELECT {columns} FROM {name} WHERE id = ?1"))?;
    let (mut rows, mut looked_at) = (statement.query(values)?, 0);
    while listed.items.len() < limit
        && listed.next.is_none()
        && let Some(row) = rows.next()?
    {
        let id: i64 = row.get(0)?;
        looked_at += 1;
        if row.get(1)? {
            let item = one.query_row([id], read)?;
            said += bytes(&item);
            listed.items.push(item);
        }
        if looked_at == THINGS_LOOKED_AT || listed.items.len() == limit || said >= page.bytes {
            listed.next = Some(id.cast_unsigned());
        }
    }
    Ok(listed)
}
