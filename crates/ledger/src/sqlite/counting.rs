//! How many requests came from a source: so many are counted or looked at, and no more.

use callboard_core::SourceId;
use rusqlite::{Connection, params};

use super::rows::{bound, id, outcome};
use crate::engine::EngineError;
use crate::pages::{RECEIPTS_COUNTED, ReceiptCount, THINGS_LOOKED_AT};

/// Since the one with this id.
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
