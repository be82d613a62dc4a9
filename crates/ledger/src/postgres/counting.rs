//! How many requests came from a source: so many are counted, and no more.

use callboard_core::SourceId;

use super::rows::number;
use super::session::Session;
use crate::columns::{bound, key, outcome};
use crate::engine::EngineError;
use crate::pages::{RECEIPTS_COUNTED, ReceiptCount};

/// Since the one with this id.
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
