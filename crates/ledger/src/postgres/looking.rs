//! What no index answers: so many rows are looked at, and no more.

use callboard_core::SourceId;
use tokio_postgres::Row;

use super::conditions::Conditions;
use super::rows::{self, number, text_or_none};
use super::session::Session;
use crate::columns::{bound, key, outcome};
use crate::engine::EngineError;
use crate::following::deliveries_of;
use crate::pages::{
    Deliveries, DeliveryFilter, OfEvents, Page, RECEIPTS_COUNTED, ReceiptCount, THINGS_LOOKED_AT,
};

/// How many rows are read at first: most of what is looked at may be wanted. Then twice as many, and so on.
const FIRST_ROWS: usize = 400;

/// Deliveries of a company's events that match.
pub(super) fn deliveries(
    session: &mut Session,
    asked: &OfEvents,
    mut page: Page,
) -> Result<Deliveries, EngineError> {
    let mut deliveries = Deliveries::default();
    let (mut left, mut step) = (THINGS_LOOKED_AT, FIRST_ROWS);
    while deliveries.items.len() < page.limit {
        let found = next(session, asked, page, step)?;
        for row in &found {
            let (delivery, kind) = (rows::delivery(row)?, text_or_none(row, 8)?);
            let last = row.try_get::<_, i64>(0)?.cast_unsigned();
            match page.after {
                Some(_) => page.after = Some(last),
                None => page.before = Some(last),
            }
            deliveries.items.extend(asked.want(&delivery, kind.as_deref()).then_some(delivery));
            if deliveries.items.len() == page.limit {
                return Ok(deliveries);
            }
        }
        if found.len() < step {
            return Ok(deliveries);
        }
        left -= step;
        if left == 0 {
            deliveries.stopped_at = page.after.or(page.before);
            return Ok(deliveries);
        }
        step = left.min(2 * step);
    }
    Ok(deliveries)
}

fn next(session: &mut Session, asked: &OfEvents, page: Page, limit: usize) -> Result<Vec<Row>, EngineError> {
    let mut conditions = indexed(&asked.deliveries);
    let order = conditions.add_page(page);
    let company = conditions.place(key(asked.company));
    let sql = format!(
        "SELECT {}, (SELECT kind FROM events e WHERE e.id = deliveries.event AND e.company = {company})
         FROM deliveries WHERE {} ORDER BY id {order} LIMIT {limit}",
        rows::DELIVERY,
        conditions.sql()
    );
    session.rows(&sql, &conditions.values())
}

/// What an index answers.
fn indexed(filter: &DeliveryFilter) -> Conditions {
    let mut conditions = Conditions::default();
    match (filter.event, filter.endpoints.as_deref()) {
        (Some(event), _) => conditions.add_following(deliveries_of, key(event)),
        (None, Some([endpoint])) => conditions.add("endpoint = ?", key(*endpoint)),
        _ => {}
    }
    conditions
}

/// How many requests came from a source since this one.
pub(super) fn receipts(
    session: &mut Session,
    source: SourceId,
    from: u64,
) -> Result<ReceiptCount, EngineError> {
    let sql = format!(
        "SELECT outcome, COUNT(*) FROM (SELECT outcome FROM receipts WHERE source = $1 AND id >= $2
         ORDER BY id DESC LIMIT {RECEIPTS_COUNTED}) newest GROUP BY outcome"
    );
    let mut count = ReceiptCount::default();
    for row in session.rows(&sql, &[&key(source), &bound(from)])? {
        count.add(outcome(row.try_get(0)?), number(&row, 1)?);
    }
    count.at_least = count.total() == RECEIPTS_COUNTED;
    Ok(count)
}
