//! Lists of receipts, events and deliveries: an index leads to some of what is asked for, and for the rest so many rows are
//! looked at, and no more.

use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::conditions::Conditions;
use super::rows::{key, outcome_number, state_number};
use crate::batch::{DeliveryState, Outcome};
use crate::engine::EngineError;
use crate::following::{deliveries_of, events_of};
use crate::pages::{DeliveryFilter, EventFilter, Listed, Page, ReceiptFilter, THINGS_LOOKED_AT};

/// A page of a list.
pub(super) struct Listing {
    table: &'static str,
    order: &'static str,
    /// What an index leads to.
    indexed: Conditions,
    /// What is wanted of that.
    wanted: Conditions,
}

impl Listing {
    pub(super) fn of(listed: &Listed<'_>, page: Page) -> Self {
        let (table, (mut indexed, wanted)) = match listed {
            Listed::Receipts(filter) => ("receipts", receipts(filter)),
            Listed::Events(filter) => ("events", events(filter)),
            Listed::Deliveries(filter) => ("deliveries", deliveries(filter)),
        };
        let order = indexed.add_page(page);
        Self { table, order, indexed, wanted }
    }

    /// Its rows.
    pub(super) fn rows<T>(
        self,
        connection: &Connection,
        columns: &str,
        limit: usize,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, EngineError> {
        let Self { table, order, indexed, wanted } = self;
        if wanted.is_empty() {
            let (indexed, values) = indexed.into_sql();
            let sql =
                format!("SELECT {columns} FROM {table} WHERE {indexed} ORDER BY id {order} LIMIT {limit}");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map(params_from_iter(values), read)?;
            return Ok(rows.collect::<Result<_, _>>()?);
        }
        let ((wanted, mut values), (indexed, more)) = (wanted.into_sql(), indexed.into_sql());
        values.extend(more);
        // Row by row, and of each no more than it takes to see whether it is wanted.
        let mut looking = connection.prepare_cached(&format!(
            "SELECT id, COALESCE(({wanted}), FALSE) FROM {table} WHERE {indexed}
             ORDER BY id {order} LIMIT {THINGS_LOOKED_AT}"
        ))?;
        let mut one = connection.prepare_cached(&format!("SELECT {columns} FROM {table} WHERE id = ?1"))?;
        let (mut looked_at, mut found) = (looking.query(params_from_iter(values))?, Vec::new());
        while found.len() < limit
            && let Some(row) = looked_at.next()?
        {
            if row.get(1)? {
                found.push(one.query_row([row.get::<_, i64>(0)?], read)?);
            }
        }
        Ok(found)
    }

    /// See [`crate::Reader::reach`].
    pub(super) fn reach(self, connection: &Connection) -> Result<Option<u64>, EngineError> {
        let Self { table, order, indexed, wanted } = self;
        if wanted.is_empty() {
            return Ok(None);
        }
        let (indexed, values) = indexed.into_sql();
        let mut last = connection.prepare_cached(&format!(
            "SELECT id FROM {table} WHERE {indexed} ORDER BY id {order} LIMIT 1 OFFSET {}",
            THINGS_LOOKED_AT - 1
        ))?;
        let last = last.query_row(params_from_iter(values), |row| row.get::<_, i64>(0)).optional()?;
        Ok(last.map(i64::cast_unsigned))
    }
}

fn receipts(filter: &ReceiptFilter) -> (Conditions, Conditions) {
    let (mut indexed, mut wanted) = (Conditions::default(), Conditions::default());
    match filter.outcome {
        Some(Outcome::Quarantined) => {
            indexed.add_fixed(format!("outcome = {}", outcome_number(Outcome::Quarantined)));
        }
        Some(outcome) => wanted.add_fixed(format!("outcome = {}", outcome_number(outcome))),
        None => {}
    }
    if let Some(sources) = &filter.sources {
        wanted.add_any("source", sources);
    }
    (indexed, wanted)
}

fn events(filter: &EventFilter) -> (Conditions, Conditions) {
    let (mut indexed, mut wanted) = (Conditions::default(), Conditions::default());
    if let Some(subjects) = &filter.subjects {
        indexed.add_list("subject IN (SELECT value FROM json_each(?))", subjects);
    }
    if let Some(receipt) = filter.receipt {
        indexed.add_following(events_of, key(receipt));
    }
    if let Some(company) = filter.company {
        wanted.add("company = ?", key(company));
    }
    if let Some(kind) = &filter.kind {
        wanted.add("kind = ?", kind.as_str().to_owned());
    }
    if let Some(source) = filter.source {
        wanted.add("source = ?", key(source));
    }
    (indexed, wanted)
}

fn deliveries(filter: &DeliveryFilter) -> (Conditions, Conditions) {
    let (mut indexed, mut wanted) = (Conditions::default(), Conditions::default());
    if let Some(event) = filter.event {
        indexed.add_following(deliveries_of, key(event));
    }
    let has_index = filter.state.is_some_and(|state| state != DeliveryState::Delivered);
    if let Some(state) = filter.state {
        let conditions = if has_index { &mut indexed } else { &mut wanted };
        conditions.add_fixed(format!("state = {}", state_number(state)));
    }
    if let Some(endpoints) = &filter.endpoints {
        // What is owed is found by whom it is owed to.
        let is_owed = filter.state == Some(DeliveryState::Pending) && filter.event.is_none();
        let conditions = if is_owed { &mut indexed } else { &mut wanted };
        conditions.add_any("endpoint", endpoints);
    }
    (indexed, wanted)
}
