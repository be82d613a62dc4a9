//! Putting attempts on record without the pen: nothing is decided about most of them, and nobody waits for the others' turns.
//!
//! What people change about deliveries, and what is erased or given up, waits until no attempt is being put on record, and keeps
//! others from it until it is durable.

use super::pen::{SILENT_WITHIN, TAKEN_UP_WITHIN, begin_with};
use super::script::{Script, Value};
use super::session::Session;
use super::settle::settle;
use crate::batch::{Batch, Erased, Settlement};
use crate::engine::{EngineError, Settler};

/// Who puts attempts on record shares this: a number that no other program is likely to take.
const RECORDING: i64 = 0x0043_414c_4c42_5345;

pub(super) struct PostgresSettler {
    session: Session,
}

impl PostgresSettler {
    pub(super) fn new(session: Session) -> Self {
        Self { session }
    }
}

impl Settler for PostgresSettler {
    fn settle(&mut self, settlements: &[Settlement]) -> Result<(), EngineError> {
        self.session.revive()?;
        let share = format!("pg_advisory_xact_lock_shared({RECORDING})");
        let waits = begin_with(&share, SILENT_WITHIN, TAKEN_UP_WITHIN);
        let settled = self.session.together(async |session| {
            let (begun, settled) = tokio::join!(biased; session.say(&waits), settle(session, settlements));
            begun.and(settled)
        });
        match settled {
            Ok(()) => self.session.commit(),
            Err(error) => {
                self.session.roll_back();
                Err(error)
            }
        }
    }
}

/// Waits until nobody puts attempts on record, and keeps others from it, if a batch changes what stands about deliveries that
/// there are.
pub(super) fn alone(script: &mut Script<'_>, batch: &Batch) {
    let touches = !batch.settlements.is_empty()
        || !batch.changes.is_empty()
        || !batch.owed_anew.is_empty()
        || batch.erased != Erased::default();
    if touches {
        script.add("SELECT pg_advisory_xact_lock($1)", [Box::new(RECORDING) as Value<'_>]);
    }
}
