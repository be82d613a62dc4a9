//! What others have written, for a hub that takes the pen up; and what it leaves for them.

use std::time::Duration;

use callboard_core::{DeliveryId, EndpointId};
use rustc_hash::FxHashMap;
use tokio::time::Instant;
use tokio_postgres::Row;

use super::crew::WORDS_KEPT;
use super::owing::most;
use super::pen::{Pen, Reached, Since};
use super::read;
use super::rows;
use super::session::Session;
use super::write::column;
use crate::batch::Batch;
use crate::columns::{id, key};
use crate::engine::EngineError;
use crate::pages::Owed;
use crate::publish::Notice;
use crate::sharing::{News, Touched, Word};

/// The most words that are heard one by one.
const WORDS: usize = 2_000;
/// What they are about may say so many bytes together: everybody waits while it is read.
const WORDS_BYTES: i64 = 4 * 1024 * 1024;
/// A hub that has not looked for so long does not go by what it finds.
const LOOKED_WITHIN: Duration = WORDS_KEPT.checked_div(2).expect("two is not nothing");

/// How far this hub has heard of the store.
pub(super) struct Heard {
    reached: Reached,
    looked_at: Instant,
    /// It is not sure of that.
    doubts: bool,
}

impl Heard {
    /// From here on. What is configured is yet to be heard.
    pub(super) fn from(reached: Reached) -> Self {
        Self { reached: Reached { configured: -1, ..reached }, looked_at: Instant::now(), doubts: false }
    }

    /// Is nobody else there who would have to hear of anything at once?
    pub(super) fn is_alone(&self) -> bool {
        self.reached.hubs <= 1
    }

    /// Up to where it has heard of everything, one by one.
    pub(super) fn until(&self) -> Since {
        if self.is_sure(Instant::now()) {
            Since { deliveries: self.reached.deliveries, words: self.reached.words }
        } else {
            Since::NEVER
        }
    }

    fn is_sure(&self, now: Instant) -> bool {
        !self.doubts && now <= self.looked_at + LOOKED_WITHIN
    }

    /// What others have written since this was last asked, or since this hub's last batch; `until` says what was asked for with
    /// what was `reached`.
    pub(super) fn news(
        &mut self,
        pen: &mut Pen,
        until: Since,
        mut reached: Reached,
    ) -> Result<News, EngineError> {
        let now = Instant::now();
        let writer = pen.writer;
        let session = pen.session()?;
        let before = &self.reached;
        let mut news = News { last_id: reached.last_id.cast_unsigned(), ..News::default() };
        let went_back = reached.deliveries < before.deliveries || reached.events < before.events;
        if went_back || until == Since::NEVER || !self.is_sure(now) {
            (news.missed, news.touched, news.happened) = (true, Touched::Anything, true);
            news.directory = Some(read::directory(session)?);
        } else {
            news.touched = touched(before, &reached, writer);
            if reached.configured != before.configured {
                news.directory = Some(read::directory(session)?);
            }
            news.happened = reached.events > before.events;
            news.owed = std::mem::take(&mut reached.owed);
            news.missed = reached.said.len() > WORDS;
            if !news.missed && !reached.said.is_empty() {
                match said(session, &reached.said)? {
                    Some(said) => news.said = said,
                    None => news.missed = true,
                }
            }
        }
        (self.reached, self.looked_at, self.doubts) = (reached, now, false);
        Ok(news)
    }

    /// A batch was refused that may have come to pass.
    pub(super) fn doubt(&mut self) {
        self.doubts = true;
    }

    /// What this hub has written itself is no news to it.
    pub(super) fn wrote(&mut self, batch: &Batch) {
        let reached = &mut self.reached;
        let last = |ids: Option<i64>, before: i64| ids.map_or(before, |last| last.max(before));
        reached.deliveries = last(batch.deliveries.iter().map(|it| key(it.id)).max(), reached.deliveries);
        reached.events = last(batch.events.iter().map(|it| key(it.id)).max(), reached.events);
        reached.configured += i64::from(configures(batch));
    }
}

/// What writers other than this one have changed in between.
fn touched(before: &Reached, now: &Reached, writer: i64) -> Touched {
    let mut things: Option<Vec<u64>> = None;
    for (other, left) in now.writers.iter().filter(|(other, _)| **other != writer) {
        // One who has only just begun has written nothing before.
        let heard = before.writers.get(other).map_or(0, |left| left.batch);
        if heard != left.batch {
            let Some(changed) = left.since(heard) else { return Touched::Anything };
            things.get_or_insert_default().extend(changed.iter().map(|raw_id| raw_id.cast_unsigned()));
        }
    }
    things.map_or(Touched::Nothing, Touched::These)
}

/// Leaves what others have to hear, within the transaction that the session is in.
pub(super) fn tell(session: &mut Session, writer: i64, batch: &Batch) -> Result<(), EngineError> {
    if configures(batch) {
        session.run("UPDATE callboard SET configured = configured + 1")?;
    }
    if !batch.words.is_empty() {
        let numbered = column(&batch.words, |word| match *word {
            Word::Retry(delivery) => (0_i64, key(delivery), None),
            Word::Cancelled(delivery, endpoint) => (1, key(delivery), Some(key(endpoint))),
            Word::Anew(delivery) => (2, key(delivery), None),
        });
        session.execute(
            "INSERT INTO words (writer, kind, delivery, endpoint)
             SELECT $1, * FROM UNNEST($2::BIGINT[], $3::BIGINT[], $4::BIGINT[])",
            &[
                &writer,
                &column(&numbered, |word| word.0),
                &column(&numbered, |word| word.1),
                &column(&numbered, |word| word.2),
            ],
        )?;
    }
    Ok(())
}

/// Do others have to look at once?
pub(super) fn calls(batch: &Batch) -> bool {
    !batch.events.is_empty() || !batch.deliveries.is_empty() || !batch.words.is_empty() || configures(batch)
}

/// Does anything of it belong into the directory?
fn configures(batch: &Batch) -> bool {
    batch.changes.iter().any(crate::batch::Change::configures)
}

/// Who is owed what came after this delivery: the last of it.
pub(super) async fn owed_beyond(
    session: &Session,
    after: i64,
) -> Result<Vec<(EndpointId, DeliveryId)>, EngineError> {
    // Along the ids, not endpoint by endpoint, however few there are when a plan is made.
    let sql = "SELECT endpoint, MAX(id) FROM (SELECT endpoint, id FROM deliveries WHERE id > $1 ORDER BY id OFFSET 0) AS new
         GROUP BY endpoint";
    let found = session.ask(sql, &[&after]).await?;
    found.iter().map(|row| Ok((id(row.try_get(0)?), id(row.try_get(1)?)))).collect()
}

/// What others have said after this word: one more than is heard, if there is as much.
pub(super) async fn words(session: &Session, writer: i64, after: i64) -> Result<Vec<Word>, EngineError> {
    let sql =
        "SELECT kind, delivery, endpoint FROM words WHERE id > $1 AND writer <> $2 ORDER BY id LIMIT $3";
    let found = session.ask(sql, &[&after, &writer, &most(WORDS + 1)]).await?;
    found.iter().map(word).collect()
}

fn word(row: &Row) -> Result<Word, EngineError> {
    let delivery = id(row.try_get(1)?);
    match (row.try_get::<_, i64>(0)?, row.try_get::<_, Option<i64>>(2)?) {
        (0, _) => Ok(Word::Retry(delivery)),
        (1, Some(endpoint)) => Ok(Word::Cancelled(delivery, id(endpoint))),
        (2, _) => Ok(Word::Anew(delivery)),
        (kind, _) => Err(EngineError::Refused(format!("there is a word of kind {kind}"))),
    }
}

/// What words come to for the outbox of this hub, unless that is too much. One that does not hold what they are about does not
/// mind.
fn said(session: &mut Session, words: &[Word]) -> Result<Option<Vec<Notice>>, EngineError> {
    let about = words.iter().filter_map(|word| match word {
        Word::Retry(delivery) | Word::Anew(delivery) => Some(key(*delivery)),
        Word::Cancelled(..) => None,
    });
    let ids: Vec<i64> = about.collect();
    let sql = format!(
        "SELECT * FROM (
            SELECT owed.*, SUM(OCTET_LENGTH(body)) OVER (ROWS UNBOUNDED PRECEDING) AS said
            FROM ({} WHERE d.id = ANY($1) AND d.state = 0)
                AS owed (id, endpoint, event, lane, body, attempts, first_attempt_at, next_at, again_after)
         ) AS owed
         WHERE said - OCTET_LENGTH(body) <= $2",
        rows::OWED
    );
    let found = if ids.is_empty() { Vec::new() } else { session.rows(&sql, &[&ids, &WORDS_BYTES])? };
    if let Some(last) = found.last()
        && last.try_get::<_, i64>(9)? > WORDS_BYTES
    {
        return Ok(None);
    }
    let mut owed: FxHashMap<DeliveryId, Owed> = FxHashMap::default();
    for row in &found {
        let one = rows::owed(row)?;
        owed.insert(one.delivery, one);
    }
    let mut notices = Vec::new();
    for word in words {
        match *word {
            Word::Retry(delivery) => {
                let owed = owed.get(&delivery).cloned();
                notices.extend(owed.map(|owed| Notice::Retry(Owed { next_at: None, ..owed })));
            }
            Word::Cancelled(delivery, endpoint) => notices.push(Notice::Cancelled(delivery, endpoint)),
            Word::Anew(delivery) => {
                let Some(owed) = owed.get(&delivery).cloned() else { continue };
                match notices.last_mut() {
                    Some(Notice::Anew(together)) => together.push(owed),
                    _ => notices.push(Notice::Anew(vec![owed])),
                }
            }
        }
    }
    Ok(Some(notices))
}
