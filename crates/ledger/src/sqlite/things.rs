//! Things and their names.

use callboard_core::{Held, Name};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::conditions::{Conditions, list};
use super::entry::EntityRow;
use super::ink::Ink;
use super::rows::{self, bound, key};
use super::sheet::Sheet;
use crate::engine::EngineError;
use crate::pages::{Listed, Page, THINGS_LOOKED_AT, ThingFilter};

/// One thing, if it is there.
pub(super) fn one(connection: &Connection, raw_id: u64) -> rusqlite::Result<Option<Held>> {
    connection
        .prepare_cached(&format!("SELECT {} FROM entities WHERE id = ?1", rows::THING))?
        .query_row([raw_id.cast_signed()], rows::thing)
        .optional()
}

/// The ids that names lead to, in the order of the names.
pub(super) fn named(connection: &Connection, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
    let mut statement = connection.prepare_cached("SELECT entity FROM names WHERE name = ?1")?;
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        let found: Option<i64> = statement.query_row([name.as_str()], |row| row.get(0)).optional()?;
        ids.push(found.map(i64::cast_unsigned));
    }
    Ok(ids)
}

/// The ids of the things that belong to one of these.
pub(super) fn belonging_to(connection: &Connection, parents: &[u64]) -> Result<Vec<u64>, EngineError> {
    let mut statement = connection.prepare_cached("SELECT id FROM entities WHERE parent = ?1")?;
    let mut ids = Vec::new();
    for parent in parents {
        for id in statement.query_map([parent.cast_signed()], |row| row.get::<_, i64>(0))? {
            ids.push(id?.cast_unsigned());
        }
    }
    Ok(ids)
}

/// A page of things.
pub(super) fn page(
    connection: &Connection,
    filter: &ThingFilter,
    page: Page,
) -> Result<Listed<Held>, EngineError> {
    let mut conditions = belonging(filter);
    let order = conditions.add_page(page);
    let sql = format!(
        "SELECT {}, id FROM entities WHERE {} ORDER BY id {order} LIMIT {THINGS_LOOKED_AT}",
        rows::THING,
        conditions.indexed()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(conditions.values()))?;
    let (mut things, mut looked_at, mut read) = (Listed::default(), 0, 0);
    while things.items.len() < page.limit
        && things.next.is_none()
        && let Some(row) = found.next()?
    {
        things.items.extend(matching(row, filter)?);
        looked_at += 1;
        read += row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?.len();
        if looked_at == THINGS_LOOKED_AT || things.items.len() == page.limit || read >= page.bytes {
            things.next = Some(row.get::<_, i64>(5)?.cast_unsigned());
        }
    }
    Ok(things)
}

/// What an index answers. The ids of what belongs to something are gathered first, so that only they are sorted.
fn belonging(filter: &ThingFilter) -> Conditions {
    let mut conditions = Conditions::default();
    let kind = filter.kind.as_str();
    if let Some(parents) = &filter.parents {
        conditions.add(
            &format!("id IN (SELECT id FROM entities WHERE kind = '{kind}' AND parent IN (SELECT value FROM json_each(?)))"),
            list(parents.iter().map(|parent| bound(*parent))),
        );
    }
    if let Some(grandparent) = filter.grandparent {
        conditions.add(
            &format!(
                "id IN (SELECT id FROM entities WHERE kind = '{kind}' AND parent IN
                    (SELECT id FROM entities WHERE kind = 'app' AND parent = ?))"
            ),
            grandparent.cast_signed(),
        );
    }
    if let Some(ids) = &filter.ids {
        conditions.add("id IN (SELECT value FROM json_each(?))", list(ids.iter().map(|id| bound(*id))));
    }
    // With a list, the list is what is gone through; the plus keeps SQLite from going through everything of the kind.
    let has_list = filter.parents.is_some() || filter.grandparent.is_some() || filter.ids.is_some();
    let plus = if has_list { "+" } else { "" };
    conditions.add(&format!("{plus}company = ?"), key(filter.company));
    conditions.add(&format!("{plus}kind = ?"), Value::from(kind.to_owned()));
    conditions
}

/// The thing in a row, if it is not one that is left out.
fn matching(row: &Row<'_>, filter: &ThingFilter) -> rusqlite::Result<Option<Held>> {
    let held = rows::thing(row)?;
    Ok(filter.wants(&held).then_some(held))
}

const INSERT: &str = "
    INSERT INTO entities (id, company, kind, version, record, body, parent)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";

/// What a thing belongs to is left alone if that is what it was, for the sake of the index.
const UPDATE: &str =
    "UPDATE entities SET version = ?2, record = ?3, body = ?4 WHERE id = ?1 AND version = ?5";

const MOVE: &str = "
    UPDATE entities SET version = ?2, record = ?3, body = ?4, parent = ?6 WHERE id = ?1 AND version = ?5";

/// Writes things down. It is a conflict if one is not as it was when it was decided on.
pub(super) fn write(ink: &Ink<'_>, things: &[EntityRow<'_>]) -> Result<(), EngineError> {
    let mut insert = ink.prepare(INSERT)?;
    let mut update = ink.prepare(UPDATE)?;
    let mut change = ink.prepare(MOVE)?;
    for thing in things {
        let EntityRow { id, company, kind, base_version, version, record, body, parent, moved } = thing;
        let written = match (base_version, moved) {
            (0, _) => insert.execute(params![id, company, kind, version, record, body, parent])?,
            (_, false) => update.execute(params![id, version, record, body, base_version])?,
            (_, true) => change.execute(params![id, version, record, body, base_version, parent])?,
        };
        if written == 0 {
            return Err(EngineError::Conflict);
        }
    }
    Ok(())
}

/// Writes down which names lead where. It is a conflict if one leads somewhere already.
pub(super) fn write_names(ink: &Ink<'_>, sheet: &Sheet<'_>) -> Result<(), EngineError> {
    for name in &sheet.dropped_names {
        ink.execute("DELETE FROM names WHERE name = ?1", params![name])?;
    }
    let mut statement =
        ink.prepare("INSERT INTO names (name, entity) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    for (name, raw_id) in &sheet.names {
        if statement.execute(params![name, raw_id])? == 0 {
            return Err(EngineError::Conflict);
        }
    }
    Ok(())
}
