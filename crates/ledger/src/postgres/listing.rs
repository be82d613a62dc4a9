//! Lists of receipts, events and deliveries: an index leads to some of what is asked for, and for the rest so many rows are
//! looked at, and no more.

use tokio_postgres::Row;

use super::conditions::Conditions;
use super::session::Session;
use super::write::column;
use crate::batch::{DeliveryState, Outcome};
use crate::columns::{bound, key, outcome_number, state_number};
use crate::engine::EngineError;
use crate::following::{deliveries_of, events_of};
use crate::pages::{DeliveryFilter, EventFilter, Listed, Page, ReceiptFilter, THINGS_LOOKED_AT};

/// A page of a list.
pub(super) struct Listing {
    table: &'static str,
    order: &'static str,
    /// What an index leads to, what of that is wanted, and the values of both.
    conditions: Conditions,
    wanted: Vec<String>,
}

impl Listing {
    pub(super) fn of(listed: &Listed<'_>, page: Page) -> Self {
        let mut conditions = Conditions::default();
        let order = conditions.add_page(page);
        let (table, wanted) = match listed {
            Listed::Receipts(filter) => ("receipts", receipts(&mut conditions, filter)),
            Listed::Events(filter) => ("events", events(&mut conditions, filter)),
            Listed::Deliveries(filter) => ("deliveries", deliveries(&mut conditions, filter)),
        };
        Self { table, order, conditions, wanted }
    }

    /// Its rows.
    pub(super) fn rows<T>(
        &self,
        session: &mut Session,
        columns: &str,
        limit: usize,
        read: fn(&Row) -> Result<T, EngineError>,
    ) -> Result<Vec<T>, EngineError> {
        let Self { table, order, conditions, wanted } = self;
        let indexed = conditions.sql();
        let sql = if wanted.is_empty() {
            format!("SELECT {columns} FROM {table} WHERE {indexed} ORDER BY id {order} LIMIT {limit}")
        } else {
            format!(
                "SELECT {columns} FROM (
                    SELECT * FROM {table} WHERE {indexed} ORDER BY id {order} LIMIT {THINGS_LOOKED_AT}) AS {table}
                 WHERE {} ORDER BY id {order} LIMIT {limit}",
                wanted.join(" AND ")
            )
        };
        session.rows(&sql, &conditions.values())?.iter().map(read).collect()
    }

    /// See [`crate::Reader::reach`].
    pub(super) fn reach(&self, session: &mut Session) -> Result<Option<u64>, EngineError> {
        let Self { table, order, conditions, wanted } = self;
        if wanted.is_empty() {
            return Ok(None);
        }
        // All values have their places, also those of what is wanted of the rows.
        let sql = format!(
            "SELECT id FROM (
                SELECT id, ({}) AS wanted FROM {table} WHERE {} ORDER BY id {order} LIMIT 1 OFFSET {}) AS last",
            wanted.join(" AND "),
            conditions.sql(),
            THINGS_LOOKED_AT - 1
        );
        let last = session.maybe(&sql, &conditions.values())?;
        Ok(last.map(|row| row.try_get::<_, i64>(0)).transpose()?.map(i64::cast_unsigned))
    }
}

fn receipts(conditions: &mut Conditions, filter: &ReceiptFilter) -> Vec<String> {
    let mut wanted = Vec::new();
    let is_quarantined = filter.outcome == Some(Outcome::Quarantined);
    if let Some(outcome) = filter.outcome {
        let outcome = format!("outcome = {}", outcome_number(outcome));
        if is_quarantined { conditions.add_fixed(outcome) } else { wanted.push(outcome) }
    }
    match filter.sources.as_deref() {
        Some([source]) if !is_quarantined => conditions.add("source = ?", key(*source)),
        Some(sources) => {
            let place = conditions.place(column(sources, |source| key(*source)));
            wanted.push(format!("source = ANY({place})"));
        }
        None => {}
    }
    wanted
}

fn events(conditions: &mut Conditions, filter: &EventFilter) -> Vec<String> {
    let mut wanted = Vec::new();
    let is_about = filter.subjects.is_some() || filter.receipt.is_some();
    if let Some(subjects) = &filter.subjects {
        conditions.add("subject = ANY(?)", column(subjects, |subject| bound(*subject)));
    }
    if let Some(receipt) = filter.receipt {
        conditions.add_following(events_of, key(receipt));
    }
    match filter.company {
        Some(company) if is_about => {
            wanted.push(format!("company = {}", conditions.place(key(company))));
        }
        Some(company) => conditions.add("company = ?", key(company)),
        None => {}
    }
    if let Some(kind) = &filter.kind {
        wanted.push(format!("kind = {}", conditions.place(kind.as_str().as_bytes().to_vec())));
    }
    if let Some(source) = filter.source {
        wanted.push(format!("source = {}", conditions.place(key(source))));
    }
    wanted
}

fn deliveries(conditions: &mut Conditions, filter: &DeliveryFilter) -> Vec<String> {
    let mut wanted = Vec::new();
    if let Some(event) = filter.event {
        conditions.add_following(deliveries_of, key(event));
    }
    if let Some(state) = filter.state {
        let has_index = state != DeliveryState::Delivered;
        let state = format!("state = {}", state_number(state));
        if has_index { conditions.add_fixed(state) } else { wanted.push(state) }
    }
    match filter.endpoints.as_deref() {
        Some([endpoint]) if filter.event.is_none() => conditions.add("endpoint = ?", key(*endpoint)),
        Some(endpoints) => {
            let place = conditions.place(column(endpoints, |endpoint| key(*endpoint)));
            wanted.push(format!("endpoint = ANY({place})"));
        }
        None => {}
    }
    wanted
}
