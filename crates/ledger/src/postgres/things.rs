//! Things and their names.

use callboard_core::{Held, Name};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use tokio_postgres::Row;

use super::conditions::Conditions;
use super::owing::most;
use super::rows;
use super::script::{Script, changes_exactly, each};
use super::session::Session;
use super::write::column;
use crate::batch::{Batch, EntityWrite};
use crate::columns::{bound, key};
use crate::engine::EngineError;
use crate::pages::{Listed, Page, THINGS_LOOKED_AT, ThingFilter};

/// The things with these ids, those that there are.
pub(super) async fn load(session: &Session, raw_ids: &[u64]) -> Result<Vec<Held>, EngineError> {
    if raw_ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids = column(raw_ids, |raw_id| bound(*raw_id));
    let sql = format!("SELECT {} FROM entities WHERE id = ANY($1)", rows::THING);
    let found = session.ask(&sql, &[&ids]).await?;
    found.iter().map(rows::thing).collect()
}

/// The ids that names lead to, in the order of the names.
pub(super) async fn named(session: &Session, names: &[Name]) -> Result<Vec<Option<u64>>, EngineError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "SELECT name, entity FROM names WHERE sha256(name) = ANY($1)";
    let found = session.ask(sql, &[&column(names, hash)]).await?;
    let mut ids: FxHashMap<&[u8], u64> = FxHashMap::default();
    for row in &found {
        ids.insert(row.try_get(0)?, row.try_get::<_, i64>(1)?.cast_unsigned());
    }
    Ok(column(names, |name| ids.get(name.as_str().as_bytes()).copied()))
}

/// What a name is indexed by.
fn hash(name: &Name) -> Vec<u8> {
    Sha256::digest(name.as_str()).to_vec()
}

/// The ids of the things that belong to one of these.
pub(super) fn belonging_to(session: &mut Session, parents: &[u64]) -> Result<Vec<u64>, EngineError> {
    let parents = column(parents, |parent| bound(*parent));
    let found = session.rows("SELECT id FROM entities WHERE parent = ANY($1)", &[&parents])?;
    found.iter().map(|row| Ok(row.try_get::<_, i64>(0)?.cast_unsigned())).collect()
}

/// A page of things.
pub(super) fn page(
    session: &mut Session,
    filter: &ThingFilter,
    mut page: Page,
) -> Result<Listed<Held>, EngineError> {
    let (mut things, mut left, mut read) = (Listed::default(), THINGS_LOOKED_AT, 0);
    // Bit by bit: most of what is looked at is wanted, and then there is no need to look at more.
    let bit = if filter.wants_all() { page.limit } else { page.limit.saturating_mul(2).max(100) };
    while things.items.len() < page.limit {
        let step = left.min(bit);
        let found = next(session, filter, page, step)?;
        for row in &found {
            let last = Some(row.try_get::<_, i64>(5)?.cast_unsigned());
            match page.after {
                Some(_) => page.after = last,
                None => page.before = last,
            }
            left -= 1;
            read += row.try_get::<_, &str>(4)?.len();
            things.items.extend(matching(row, filter)?);
            if left == 0 || things.items.len() == page.limit || read >= page.bytes {
                things.next = last;
                return Ok(things);
            }
        }
        if found.len() < step {
            break;
        }
    }
    Ok(things)
}

fn next(
    session: &mut Session,
    filter: &ThingFilter,
    page: Page,
    limit: usize,
) -> Result<Vec<Row>, EngineError> {
    let mut conditions = belonging(filter);
    let order = conditions.add_page(page);
    let sql = format!(
        "SELECT {}, id FROM (
            SELECT *, SUM(OCTET_LENGTH(body)) OVER (ORDER BY id {order} ROWS UNBOUNDED PRECEDING) AS said
            FROM (SELECT * FROM entities WHERE {} ORDER BY id {order} LIMIT {limit}) AS entities
         ) AS entities
         WHERE said - OCTET_LENGTH(body) < {} ORDER BY id {order}",
        rows::THING,
        conditions.indexed(),
        page.bytes
    );
    session.rows(&sql, &conditions.values())
}

/// What an index answers.
fn belonging(filter: &ThingFilter) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.add("company = ?", key(filter.company));
    conditions.add_fixed(format!("kind = '{}'", filter.kind.as_str()));
    if let Some(parents) = &filter.parents {
        conditions.add("parent = ANY(?)", column(parents, |parent| bound(*parent)));
    }
    if let Some(grandparent) = filter.grandparent {
        conditions
            .add("parent IN (SELECT id FROM entities WHERE kind = 'app' AND parent = ?)", bound(grandparent));
    }
    if let Some(ids) = &filter.ids {
        conditions.add("id = ANY(?)", column(ids, |id| bound(*id)));
    }
    conditions
}

/// The thing in a row, if it is not one that is left out.
fn matching(row: &Row, filter: &ThingFilter) -> Result<Option<Held>, EngineError> {
    let held = rows::thing(row)?;
    Ok(filter.wants(&held).then_some(held))
}

/// Writes things down. It is a conflict if one is not as it was when it was decided on.
pub(super) fn write<'b>(script: &mut Script<'b>, things: &'b [EntityWrite]) -> Result<(), EngineError> {
    let mut sorted: Vec<&EntityWrite> = things.iter().collect();
    // Two hubs that write the same things take them in the same order, and do not wait for each other in a circle.
    sorted.sort_unstable_by_key(|write| write.held.entity.raw_id());
    let (new, changed): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|write| write.base_version == 0);
    insert(script, &new)?;
    update(script, &changed)
}

fn records(writes: &[&EntityWrite]) -> Result<(Vec<String>, Vec<String>), EngineError> {
    let refused = |error: String| EngineError::Refused(error);
    let mut columns = (Vec::with_capacity(writes.len()), Vec::with_capacity(writes.len()));
    for EntityWrite { held, .. } in writes {
        columns.0.push(serde_json::to_string(&held.record).map_err(|error| refused(error.to_string()))?);
        columns.1.push(String::from_utf8(held.entity.to_json()).map_err(|error| refused(error.to_string()))?);
    }
    Ok(columns)
}

fn insert(script: &mut Script<'_>, new: &[&EntityWrite]) -> Result<(), EngineError> {
    if new.is_empty() {
        return Ok(());
    }
    let (records, bodies) = records(new)?;
    script.add(
        "INSERT INTO entities (id, company, kind, version, record, body, parent)
         SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::TEXT[], $4::BIGINT[], $5::TEXT[], $6::TEXT[], $7::BIGINT[])",
        [
            each(new, |it| it.held.entity.raw_id().cast_signed()),
            each(new, |it| key(it.held.company)),
            each(new, |it| it.held.entity.kind().as_str()),
            each(new, |it| it.held.record.version.cast_signed()),
            Box::new(records),
            Box::new(bodies),
            each(new, |it| it.held.entity.parent().map(u64::cast_signed)),
        ],
    );
    Ok(())
}

fn update(script: &mut Script<'_>, changed: &[&EntityWrite]) -> Result<(), EngineError> {
    if changed.is_empty() {
        return Ok(());
    }
    let (records, bodies) = records(changed)?;
    script.add(
        changes_exactly!(
            "UPDATE entities SET version = new.version, record = new.record, body = new.body,
                parent = CASE WHEN new.moved THEN new.parent ELSE entities.parent END
             FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::TEXT[], $4::TEXT[], $5::BIGINT[], $6::BIGINT[], $7::BOOLEAN[])
                AS new (id, version, record, body, base, parent, moved)
             WHERE entities.id = new.id AND entities.version = new.base",
            "$8"
        ),
        [
            each(changed, |it| it.held.entity.raw_id().cast_signed()),
            each(changed, |it| it.held.record.version.cast_signed()),
            Box::new(records),
            Box::new(bodies),
            each(changed, |it| it.base_version.cast_signed()),
            each(changed, |it| it.held.entity.parent().map(u64::cast_signed)),
            each(changed, |it| it.moved),
            Box::new(most(changed.len())),
        ],
    );
    Ok(())
}

/// Writes down which names lead where. It is a conflict if one leads somewhere already.
pub(super) fn write_names<'b>(script: &mut Script<'b>, batch: &'b Batch) {
    if !batch.dropped_names.is_empty() {
        script.add("DELETE FROM names WHERE sha256(name) = ANY($1)", [each(&batch.dropped_names, hash)]);
    }
    if batch.names.is_empty() {
        return;
    }
    let mut names: Vec<_> = batch.names.iter().collect();
    names.sort_unstable_by_key(|(name, _)| name.as_str());
    script.add(
        "INSERT INTO names (name, entity) SELECT * FROM UNNEST($1::BYTEA[], $2::BIGINT[])",
        [
            each(names.iter().copied(), |(name, _)| name.as_str().as_bytes()),
            each(&names, |(_, raw_id)| raw_id.cast_signed()),
        ],
    );
}
