//! What no index answers: so many rows are looked at, and no more.

use std::iter::once;

use callboard_core::SourceId;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::conditions::Conditions;
use super::rows::{self, id, key, outcome, state_number};
use crate::batch::DeliveryState;
use crate::columns::bound;
use crate::engine::EngineError;
use crate::following::deliveries_of;
use crate::pages::{
    Deliveries, DeliveryFilter, OfEvents, Page, RECEIPTS_COUNTED, ReceiptCount, THINGS_LOOKED_AT,
};

/// Deliveries of a company's events that match.
pub(super) fn deliveries(
    connection: &Connection,
    asked: &OfEvents,
    page: Page,
) -> Result<Deliveries, EngineError> {
    let mut conditions = indexed(&asked.deliveries);
    let order = conditions.add_page(page);
    let (conditions, values) = conditions.into_sql();
    let sql = format!(
        "SELECT {}, (SELECT kind FROM events e WHERE e.id = deliveries.event AND e.company = ?1)
         FROM deliveries WHERE {conditions} ORDER BY id {order} LIMIT {THINGS_LOOKED_AT}",
        rows::DELIVERY
    );
    let values = once(Value::from(key(asked.company))).chain(values);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(values))?;
    let (mut deliveries, mut looked_at, mut last) = (Deliveries::default(), 0, None);
    while deliveries.items.len() < page.limit {
        let Some(row) = found.next()? else { break };
        looked_at += 1;
        last = Some(row.get::<_, i64>(0)?.cast_unsigned());
        let (delivery, kind) = (rows::delivery(row)?, row.get::<_, Option<String>>(8)?);
        deliveries.items.extend(asked.want(&delivery, kind.as_deref()).then_some(delivery));
    }
    if looked_at == THINGS_LOOKED_AT && deliveries.items.len() < page.limit {
        deliveries.stopped_at = last;
    }
    Ok(deliveries)
}

/// What an index answers.
fn indexed(filter: &DeliveryFilter) -> Conditions {
    let mut conditions = Conditions::default();
    match (filter.event, filter.state, filter.endpoints.as_deref()) {
        (Some(event), ..) => conditions.add_following(deliveries_of, key(event)),
        (None, Some(DeliveryState::Pending), Some([endpoint])) => {
            conditions.add_fixed(format!("state = {}", state_number(DeliveryState::Pending)));
            conditions.add("endpoint = ?", key(*endpoint));
        }
        (None, Some(state @ (DeliveryState::Failed | DeliveryState::Cancelled)), _) => {
            conditions.add_fixed(format!("state = {}", state_number(state)));
        }
        _ => {}
    }
    conditions
}

/// How many requests came from a source since this one.
pub(super) fn receipts(
    connection: &Connection,
    source: SourceId,
    from: u64,
) -> Result<ReceiptCount, EngineError> {
    let sql = format!(
        "SELECT source, outcome FROM receipts WHERE id >= ?1 ORDER BY id DESC LIMIT {THINGS_LOOKED_AT}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params![bound(from)])?;
    let (mut count, mut looked_at) = (ReceiptCount::default(), 0);
    while let Some(row) = found.next()? {
        looked_at += 1;
        if id::<SourceId>(row.get(0)?) == source {
            count.add(outcome(row.get(1)?), 1);
        }
        if count.total() == RECEIPTS_COUNTED {
            break;
        }
    }
    count.at_least = count.total() == RECEIPTS_COUNTED || looked_at == THINGS_LOOKED_AT;
    Ok(count)
}
