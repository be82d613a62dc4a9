//! What the store says of deliveries, shown to the checks: that each event has those that it is owed, that they agree with
//! their attempts, and that each lane is in order.

use super::SqliteInspector;
use crate::checking::{self, LaneOrder, Look, Numbered, Promised, Stands, Tried};
use crate::engine::EngineError;
use crate::following::deliveries_of;
use crate::sqlite::rows::{self, id, time, unpack};

impl SqliteInspector {
    pub(super) fn deliveries(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let sql = "SELECT d.id, d.event, d.state, d.attempts, d.next_at IS NOT NULL,
                d.retried OR d.again_after IS NOT NULL, COUNT(a.number),
                COALESCE(SUM(a.status BETWEEN 200 AND 299), 0),
                EXISTS (SELECT 1 FROM events e WHERE e.id = d.event)
            FROM deliveries d LEFT JOIN attempts a ON a.delivery = d.id GROUP BY d.id";
        self.each(sql, &[], |row| {
            let count = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
            let stands = Stands {
                state: rows::state(row.get(2)?),
                attempts: count(3)?,
                is_due: row.get(4)?,
                again: row.get(5)?,
                on_record: count(6)?,
                told: count(7)?,
            };
            Promised { delivery: id(row.get(0)?), event: id(row.get(1)?), stands, has_event: row.get(8)? }
                .judge(look);
            Ok(())
        })?;
        self.owed(look)
    }

    /// Events that fewer deliveries tell than were owed them.
    fn owed(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let sql = format!(
            "SELECT e.id, e.owed, (SELECT COUNT(*) FROM ({})) AS kept FROM events e WHERE kept < e.owed",
            deliveries_of("e.id")
        );
        self.each(&sql, &[], |row| {
            checking::owed(look, id(row.get(0)?), row.get(1)?, row.get(2)?);
            Ok(())
        })
    }

    pub(super) fn attempts(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let sql = "SELECT a.delivery, COUNT(*), MIN(a.number), MAX(a.number),
                EXISTS (SELECT 1 FROM deliveries d WHERE d.id = a.delivery)
            FROM attempts a GROUP BY a.delivery";
        self.each(sql, &[], |row| {
            let numbered = Numbered {
                delivery: id(row.get(0)?),
                count: row.get(1)?,
                first: row.get(2)?,
                last: row.get(3)?,
                is_there: row.get(4)?,
            };
            numbered.judge(look);
            Ok(())
        })
    }

    pub(super) fn lanes(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let sql = "SELECT d.endpoint, d.lane, d.id, d.state, d.overtook,
                d.retried OR d.again_after IS NOT NULL,
                (SELECT MIN(at) FROM attempts a WHERE a.delivery = d.id),
                (SELECT MAX(at) FROM attempts a WHERE a.delivery = d.id)
            FROM deliveries d JOIN endpoints p ON p.id = d.endpoint
            WHERE COALESCE(p.body ->> 'ordering', 'interview') = 'interview'
            ORDER BY d.endpoint, d.lane, d.id";
        let (mut lane, mut order) = (None, LaneOrder::default());
        self.each(sql, &[], |row| {
            let this: (i64, i64) = (row.get(0)?, row.get(1)?);
            if lane.replace(this) != Some(this) {
                order = LaneOrder::default();
            }
            let tried = Tried {
                delivery: id(row.get(2)?),
                state: rows::state(row.get(3)?),
                overtook: unpack(row.get_ref(4)?.as_bytes_or_null().map_err(rusqlite::Error::from)?),
                again: row.get(5)?,
                first_at: row.get::<_, Option<i64>>(6)?.map(time),
                last_at: row.get::<_, Option<i64>>(7)?.map(time),
            };
            order.judge(look, id(this.0), &tried);
            Ok(())
        })
    }
}
