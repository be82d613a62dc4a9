//! Shows the rows of a store to the checks, in the order that they want, and reads each as the program reads it.

mod telling;

use std::path::Path;

use callboard_core::{
    Endpoint, Event, EventId, EventType, FileId, Identifier, KeyId, ReceiptId, ReplayId, Source, SourceId,
    StageMark, first_raw_at, time_of,
};
use jiff::SignedDuration;
use rusqlite::{Connection, OpenFlags, Row, ToSql, params};
use serde::de::DeserializeOwned;

use super::rows::{self, id};
use super::{SqliteStore, files, keeping};
use crate::batch::{Company, Key, Outcome};
use crate::checking::{Check, Inspector, Look};
use crate::engine::EngineError;
use crate::keeping::Stock;

/// A message without an id of its own takes the place of an earlier one with the same body after so long.
const TAKES_PLACE: SignedDuration = SignedDuration::from_hours(7 * 24);

impl SqliteStore {
    /// Is there a store in this directory?
    pub fn is_in(data: &Path) -> bool {
        files::is_database_in(data)
    }

    /// Opens what shows the store's rows to [`crate::check`].
    pub fn inspector(&self) -> Result<Box<dyn Inspector>, EngineError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Box::new(SqliteInspector { connection: Connection::open_with_flags(&self.path, flags)? }))
    }
}

struct SqliteInspector {
    connection: Connection,
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

    /// What has a lower id than this, and is not there, may have gone by its age.
    fn horizon(&self, stocks: &[Stock]) -> Result<i64, EngineError> {
        let mut below = 0;
        for stock in stocks {
            below = below.max(keeping::horizon(&self.connection, *stock)?.cast_signed());
        }
        Ok(below)
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
        self.documents("endpoints", look, |it: &Endpoint| it.id.raw())?;
        self.each("SELECT id FROM keys WHERE body ->> 'company' IS NULL", &[], |row| {
            look.find(id::<KeyId>(row.get(0)?), "is of no company");
            Ok(())
        })
    }

    fn documents<T: DeserializeOwned>(
        &self,
        table: &str,
        look: &mut Look<'_>,
        number: fn(&T) -> u64,
    ) -> Result<(), EngineError> {
        self.each(&format!("SELECT id, body FROM {table}"), &[], |row| {
            look.row();
            let filed: i64 = row.get(0)?;
            let name = || format!("{table} {filed}");
            match serde_json::from_slice::<T>(row.get_ref(1)?.as_bytes().map_err(rusqlite::Error::from)?) {
                Ok(it) if number(&it) == filed.cast_unsigned() => {}
                Ok(_) => look.find(name(), "is filed under another's id"),
                Err(error) => look.find(name(), format!("cannot be read: {error}")),
            }
            Ok(())
        })
    }

    fn things(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let sql = format!(
            "SELECT {}, id, parent, EXISTS (SELECT 1 FROM companies c WHERE c.id = company) FROM entities",
            rows::THING
        );
        self.each(&sql, &[], |row| {
            look.row();
            let filed: i64 = row.get(5)?;
            let word: String = row.get(1)?;
            let held = match rows::thing(row) {
                Ok(held) => held,
                Err(error) => {
                    look.find(format!("{word} {filed}"), format!("cannot be read: {error}"));
                    return Ok(());
                }
            };
            let name = held.entity.id();
            let parent = row.get::<_, Option<i64>>(6)?.map(i64::cast_unsigned);
            if held.entity.raw_id() != filed.cast_unsigned() {
                look.find(&name, "is filed under another's id");
            }
            if held.entity.parent() != parent {
                look.find(&name, "is filed under something that it does not belong to");
            }
            if held.record.version == 0 {
                look.find(&name, "has no version");
            }
            if !row.get::<_, bool>(7)? {
                look.find(&name, "is of a company that is not there");
            }
            Ok(())
        })
    }

    fn names(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let sql = "SELECT name, EXISTS (SELECT 1 FROM entities e WHERE e.id = entity) FROM names";
        self.each(sql, &[], |row| {
            look.row();
            if !row.get::<_, bool>(1)? {
                look.find(row.get::<_, String>(0)?, "leads to nothing that is there");
            }
            Ok(())
        })
    }

    fn events(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let gone = self.horizon(&[Stock::Receipts, Stock::Quarantined])?;
        let sql = format!(
            "SELECT {}, (SELECT outcome FROM receipts r WHERE r.id = receipt), LENGTH(skipped) % 8 FROM events",
            rows::EVENT
        );
        self.each(&sql, &[], |row| {
            look.row();
            let event: EventId = id(row.get(0)?);
            let receipt: Option<i64> = row.get(3)?;
            match (receipt, row.get::<_, Option<i64>>(10)?) {
                (Some(receipt), None) if receipt >= gone => {
                    let receipt: ReceiptId = id(receipt);
                    look.find(event, format!("came of {receipt}, which is not there"));
                }
                (Some(receipt), Some(outcome)) if rows::outcome(outcome) == Outcome::Duplicate => {
                    let receipt: ReceiptId = id(receipt);
                    look.find(event, format!("came of {receipt}, which only repeats another"));
                }
                _ => {}
            }
            if row.get::<_, Option<i64>>(11)?.is_some_and(|rest| rest != 0) {
                look.find(event, "does not say whom it was skipped for");
            }
            let filed = rows::event(row)?;
            match serde_json::from_slice::<Event>(&filed.body) {
                Ok(it) if it.id != event => look.find(event, "is filed under another's id"),
                Ok(it) if it.kind != filed.kind || it.company != filed.company => {
                    look.find(event, "is filed as something else");
                }
                Ok(it) if !filed.erased && it.subject() != filed.subject => {
                    look.find(event, "is filed as being about something else");
                }
                Err(error) if !filed.erased => look.find(event, format!("cannot be read: {error}")),
                _ => {}
            }
            Ok(())
        })
    }

    fn stages(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let gone = self.horizon(&[Stock::Events])?;
        let sql = "SELECT id, subject, body FROM events WHERE kind = ?1 ORDER BY subject, id";
        let mut before: Option<(i64, i64, StageMark)> = None;
        self.each(sql, params![EventType::InterviewStageUpdated.as_str()], |row| {
            look.row();
            let (event, subject): (i64, i64) = (row.get(0)?, row.get(1)?);
            let body = row.get_ref(2)?.as_bytes().map_err(rusqlite::Error::from)?;
            // One that cannot be read is another check's finding.
            let Ok(it) = serde_json::from_slice::<Event>(body) else { return Ok(()) };
            let Some(interview) = it.data.interview else { return Ok(()) };
            let from = it.data.previous.get("stage").cloned().map(serde_json::from_value::<StageMark>);
            if let (Some((last, about, stage)), Some(Ok(from))) = (&before, from)
                && (*about, true) == (subject, *last >= gone)
                && stage.value != from.value
            {
                let last: EventId = id(*last);
                let sentence = format!("moves on from {}, but {last} led to {}", from.value, stage.value);
                look.find(id::<EventId>(event), sentence);
            }
            before = Some((event, subject, interview.stage.clone()));
            Ok(())
        })
    }

    fn receipts(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let gone = self.horizon(&[Stock::Receipts, Stock::Quarantined])?;
        let events_gone = self.horizon(&[Stock::Events])?;
        let sql = "SELECT id, source, outcome, detail,
                outcome != 2 OR EXISTS (SELECT 1 FROM events e WHERE e.receipt = receipts.id AND e.kind = ?1)
            FROM receipts";
        let mut first = self.connection.prepare("SELECT source, outcome FROM receipts WHERE id = ?1")?;
        self.each(sql, params![EventType::ReceiptQuarantined.as_str()], |row| {
            look.row();
            let (filed, source): (i64, i64) = (row.get(0)?, row.get(1)?);
            let receipt: ReceiptId = id(filed);
            if !row.get::<_, bool>(4)? && filed >= events_gone {
                look.find(receipt, "is quarantined, but no event tells so");
            }
            if rows::outcome(row.get(2)?) != Outcome::Duplicate {
                return Ok(());
            }
            let detail: String = row.get(3)?;
            let Ok(repeated) = detail.parse::<ReceiptId>() else {
                look.find(receipt, "is a duplicate, but does not say of which request");
                return Ok(());
            };
            let mut found = first.query([rows::key(repeated)])?;
            let wrong = match found.next()? {
                None if rows::key(repeated) < gone => None,
                None => Some("which is not there"),
                Some(row) if row.get::<_, i64>(0)? != source => Some("which is another account's"),
                Some(row) if rows::outcome(row.get(1)?) == Outcome::Duplicate => {
                    Some("which repeats another")
                }
                Some(_) => None,
            };
            if let Some(wrong) = wrong {
                look.find(receipt, format!("repeats {repeated}, {wrong}"));
            }
            Ok(())
        })
    }

    fn seen(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let gone = self.horizon(&[Stock::Receipts, Stock::Quarantined])?;
        let sql = "SELECT s.receipt, r.outcome, r.source = s.source
            FROM seen s LEFT JOIN receipts r ON r.id = s.receipt";
        self.each(sql, &[], |row| {
            look.row();
            let filed: i64 = row.get(0)?;
            let receipt: ReceiptId = id(filed);
            match row.get::<_, Option<i64>>(1)? {
                None if filed < gone => {}
                None => look.find(receipt, "a message is known by it, but it is not there"),
                Some(outcome) if rows::outcome(outcome) == Outcome::Duplicate => {
                    look.find(receipt, "a message is known by it, but it only repeats another");
                }
                Some(_) if !row.get::<_, bool>(2)? => {
                    look.find(receipt, "a message of another account is known by it");
                }
                Some(_) => {}
            }
            Ok(())
        })?;
        self.unseen(look)
    }

    /// Requests of the last days that nothing is known by: the same message would be news again.
    fn unseen(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let newest: Option<i64> =
            self.connection.query_row("SELECT MAX(id) FROM receipts", [], |row| row.get(0))?;
        let Some(newest) = newest else { return Ok(()) };
        let since = time_of::<ReceiptId>(id(newest)).checked_sub(TAKES_PLACE).unwrap_or_default();
        let since = first_raw_at(since).cast_signed().max(self.horizon(&[Stock::Seen])?);
        let sql = "SELECT id FROM receipts WHERE id >= ?1 AND outcome != 1 EXCEPT SELECT receipt FROM seen";
        self.each(sql, params![since], |row| {
            look.find(id::<ReceiptId>(row.get(0)?), "would not be known again if it came once more");
            Ok(())
        })
    }

    fn loose_ends(&self, look: &mut Look<'_>) -> Result<(), EngineError> {
        let sql =
            "SELECT file, EXISTS (SELECT 1 FROM entities e WHERE e.id = file AND e.kind = 'file') FROM blobs";
        self.each(sql, &[], |row| {
            look.row();
            if !row.get::<_, bool>(1)? {
                look.find(id::<FileId>(row.get(0)?), "has bytes, but is not there");
            }
            Ok(())
        })?;
        let sql =
            "SELECT resource, source, EXISTS (SELECT 1 FROM sources s WHERE s.id = source) FROM pointers";
        self.each(sql, &[], |row| {
            look.row();
            if !row.get::<_, bool>(2)? {
                let source: SourceId = id(row.get(1)?);
                look.find(
                    row.get::<_, String>(0)?,
                    format!("is to be fetched for {source}, which is not there"),
                );
            }
            Ok(())
        })?;
        let sql = "SELECT id, (state = 0) = (finished_at IS NULL) FROM replays";
        self.each(sql, &[], |row| {
            look.row();
            if !row.get::<_, bool>(1)? {
                look.find(id::<ReplayId>(row.get(0)?), "does not agree with itself on whether it has ended");
            }
            Ok(())
        })
    }
}
