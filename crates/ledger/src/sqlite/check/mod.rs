//! Shows the rows of a store to the checks, in the order that they want, and reads each as the program reads it.

mod telling;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use callboard_core::{Endpoint, EventType, Identifier, Source};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, ToSql, params};
use serde::de::DeserializeOwned;

use super::rows::{self, id};
use super::{SqliteStore, files, keeping};
use crate::batch::{Company, Key};
use crate::checking::{
    self, Check, Filed, Gone, Inspector, Known, Look, Received, StageOrder, ThingRow, first_to_be_seen,
};
use crate::engine::EngineError;
use crate::following::events_of;

impl SqliteStore {
    /// Is there a store in this directory?
    pub fn is_in(data: &Path) -> bool {
        files::is_database_in(data)
    }

    /// Opens what shows the store's rows to [`crate::check`].
    pub fn inspector(&self) -> Result<Box<dyn Inspector>, EngineError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        Ok(Box::new(SqliteInspector { connection, _lock: Arc::clone(&self.lock) }))
    }
}

struct SqliteInspector {
    connection: Connection,
    /// Nobody works on the store meanwhile.
    _lock: Arc<File>,
}

impl Inspector for SqliteInspector {
    fn inspect(&mut self, check: Check, look: &mut Look<'_>) -> Result<(), EngineError> {
        match check {
            Check::Files => self.files(look),
            Check::Configured => self.configured(look),
            Check::Things => self.things(look),
            Check::Names => self.names(look),
            Check::Events => self.events(look),
            Check::Stages => self.stages(look),
            Check::Receipts => self.receipts(look),
            Check::Seen => self.seen(look),
            Check::Deliveries => self.deliveries(look),
            Check::Attempts => self.attempts(look),
            Check::Lanes => self.lanes(look),
            Check::LooseEnds => self.loose_ends(look),
        }
    }
}

impl SqliteInspector {
    fn each(
        &self,
        sql: &str,
        values: &[&dyn ToSql],
        mut see: impl FnMut(&Row<'_>) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query(values)?;
        while let Some(row) = rows.next()? {
            see(row)?;
        }
        Ok(())
    }

    fn gone(&self) -> Result<Gone, EngineError> {
        Gone::of(|stock| keeping::horizon(&self.connection, stock))
    }

    fn files(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        self.each("PRAGMA integrity_check", &[], |row| {
            look.row();
            let said: String = row.get(0)?;
            if said != "ok" {
                look.find("callboard.db", said);
            }
            Ok(())
        })
    }

    fn configured(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        self.documents("companies", look, |it: &Company| it.id.raw())?;
        self.documents("keys", look, |it: &Key| it.id.raw())?;
        self.documents("sources", look, |it: &Source| it.id.raw())?;
        self.documents("endpoints", look, |it: &Endpoint| it.id.raw())
    }

    fn documents<T: DeserializeOwned>(
        &self,
        table: &str,
        look: &mut Look<'_>,
        number: fn(&T) -> u64,
    ) -> Result<(), EngineError> {
        self.each(&format!("SELECT id, body FROM {table}"), &[], |row| {
            let body = row.get_ref(1)?.as_bytes().map_err(rusqlite::Error::from)?;
            checking::document(look, table, row.get(0)?, body, number);
            Ok(())
        })
    }

    fn things(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let sql = format!(
            "SELECT {}, id, parent, EXISTS (SELECT 1 FROM companies c WHERE c.id = company),
                 parent IS NULL OR EXISTS (SELECT 1 FROM entities p WHERE p.id = e.parent)
             FROM entities e",
            rows::THING
        );
        self.each(&sql, &[], |row| {
            let thing = ThingRow {
                filed: row.get(5)?,
                word: row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?,
                held: rows::thing(row).map_err(EngineError::from),
                parent: row.get(6)?,
                has_company: row.get(7)?,
                has_parent: row.get(8)?,
            };
            thing.judge(look);
            Ok(())
        })
    }

    fn names(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let sql = "SELECT name, EXISTS (SELECT 1 FROM entities e WHERE e.id = entity) FROM names";
        self.each(sql, &[], |row| {
            checking::leads(look, &row.get::<_, String>(0)?, row.get(1)?);
            Ok(())
        })
    }

    fn events(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let gone = self.gone()?;
        let sql = format!(
            "SELECT {}, (SELECT outcome FROM receipts r WHERE r.id = receipt), COALESCE(LENGTH(skipped) % 8, 0) = 0
             FROM events",
            rows::EVENT
        );
        self.each(&sql, &[], |row| {
            let outcome = row.get::<_, Option<i64>>(10)?.map(rows::outcome);
            let filed = Filed { event: rows::event(row)?, outcome, skipped_is_whole: row.get(11)? };
            filed.judge(look, gone);
            Ok(())
        })
    }

    fn stages(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let gone = self.gone()?;
        let sql = "SELECT id, subject, body FROM events WHERE kind = ?1 ORDER BY subject, id";
        let mut order = StageOrder::default();
        self.each(sql, params![StageOrder::KIND.as_str()], |row| {
            let body = row.get_ref(2)?.as_bytes().map_err(rusqlite::Error::from)?;
            order.next(look, gone, (row.get(0)?, row.get(1)?), body);
            Ok(())
        })
    }

    fn receipts(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let gone = self.gone()?;
        let sql = format!(
            "SELECT id, source, outcome, detail,
                outcome != 2 OR EXISTS (SELECT 1 FROM events e WHERE e.id IN ({}) AND e.kind = ?1)
            FROM receipts",
            events_of("receipts.id")
        );
        let mut first = self.connection.prepare("SELECT source, outcome FROM receipts WHERE id = ?1")?;
        self.each(&sql, params![EventType::ReceiptQuarantined.as_str()], |row| {
            let received = Received {
                receipt: id(row.get(0)?),
                source: row.get(1)?,
                outcome: rows::outcome(row.get(2)?),
                detail: row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?,
                is_told: row.get(4)?,
            };
            if let Some(repeated) = received.judge(look, gone) {
                let found = first
                    .query_row([rows::key(repeated)], |row| Ok((row.get(0)?, rows::outcome(row.get(1)?))))
                    .optional()?;
                received.judge_repeated(look, gone, repeated, found);
            }
            Ok(())
        })
    }

    fn seen(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let gone = self.gone()?;
        let sql = "SELECT s.receipt, r.outcome, COALESCE(r.source = s.source, FALSE)
            FROM seen s LEFT JOIN receipts r ON r.id = s.receipt";
        self.each(sql, &[], |row| {
            let outcome = row.get::<_, Option<i64>>(1)?.map(rows::outcome);
            Known { receipt: row.get(0)?, outcome, is_own: row.get(2)? }.judge(look, gone);
            Ok(())
        })?;
        let newest: Option<i64> =
            self.connection.query_row("SELECT MAX(id) FROM receipts", [], |row| row.get(0))?;
        let Some(newest) = newest else { return Ok(()) };
        let sql = "SELECT id FROM receipts WHERE id >= ?1 AND outcome != 1 EXCEPT SELECT receipt FROM seen";
        self.each(sql, params![first_to_be_seen(newest, gone)], |row| {
            checking::unseen(look, row.get(0)?);
            Ok(())
        })
    }

    fn loose_ends(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let sql =
            "SELECT file, EXISTS (SELECT 1 FROM entities e WHERE e.id = file AND e.kind = 'file') FROM blobs";
        self.each(sql, &[], |row| {
            checking::bytes_of_file(look, row.get(0)?, row.get(1)?);
            Ok(())
        })?;
        let sql =
            "SELECT resource, source, EXISTS (SELECT 1 FROM sources s WHERE s.id = source) FROM pointers";
        self.each(sql, &[], |row| {
            checking::pointer(look, &row.get::<_, String>(0)?, row.get(1)?, row.get(2)?);
            Ok(())
        })?;
        self.each("SELECT id, (state = 0) = (finished_at IS NULL) FROM replays", &[], |row| {
            checking::replay(look, row.get(0)?, row.get(1)?);
            Ok(())
        })
    }
}
