//! What both stores put in columns, and what that stands for.

use callboard_core::{Identifier, Kind, Timestamp};

use crate::batch::{DeliveryState, Outcome};
use crate::engine::EngineError;
use crate::keeping::Stock;
use crate::replay::ReplayState;

/// An id as a database keeps it. Ids have 63 bits, so none is lost.
pub(crate) fn key<I: Identifier>(id: I) -> i64 {
    id.raw().cast_signed()
}

/// A number to compare ids with. Someone may ask for what lies beyond a number that no id reaches.
pub(crate) fn bound(raw_id: u64) -> i64 {
    i64::try_from(raw_id).unwrap_or(i64::MAX)
}

pub(crate) fn id<I: Identifier>(key: i64) -> I {
    I::from_raw(key.cast_unsigned())
}

/// Nanoseconds since 1970, which reach from 1677 to 2262; times beyond are kept as the first or last of them.
pub(crate) fn nanos(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(if at < Timestamp::UNIX_EPOCH { i64::MIN } else { i64::MAX })
}

pub(crate) fn time(nanos: i64) -> Timestamp {
    Timestamp::from_nanosecond(nanos.into()).expect("every count of nanoseconds in 64 bits is a time")
}

pub(crate) fn state_number(state: DeliveryState) -> i64 {
    match state {
        DeliveryState::Pending => 0,
        DeliveryState::Delivered => 1,
        DeliveryState::Failed => 2,
        DeliveryState::Cancelled => 3,
    }
}

pub(crate) fn state(number: i64) -> DeliveryState {
    match number {
        0 => DeliveryState::Pending,
        1 => DeliveryState::Delivered,
        2 => DeliveryState::Failed,
        _ => DeliveryState::Cancelled,
    }
}

pub(crate) fn outcome_number(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Understood => 0,
        Outcome::Duplicate => 1,
        Outcome::Quarantined => 2,
    }
}

pub(crate) fn outcome(number: i64) -> Outcome {
    match number {
        0 => Outcome::Understood,
        1 => Outcome::Duplicate,
        _ => Outcome::Quarantined,
    }
}

/// Sentences as a JSON array; nothing for none.
pub(crate) fn lines(sentences: &[String]) -> Result<Option<String>, EngineError> {
    if sentences.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(sentences).map(Some).map_err(|error| EngineError::Refused(error.to_string()))
}

/// Ids in eight bytes each; nothing for none.
pub(crate) fn pack<I: Identifier>(ids: &[I]) -> Option<Vec<u8>> {
    (!ids.is_empty()).then(|| ids.iter().flat_map(|id| id.raw().to_be_bytes()).collect())
}

pub(crate) fn unpack<I: Identifier>(packed: Option<&[u8]>) -> Vec<I> {
    let (ids, _) = packed.unwrap_or_default().as_chunks::<8>();
    ids.iter().map(|bytes| I::from_raw(u64::from_be_bytes(*bytes))).collect()
}

pub(crate) fn kind(word: &str) -> Option<Kind> {
    [
        Kind::Job,
        Kind::Candidate,
        Kind::Application,
        Kind::Interview,
        Kind::Feedback,
        Kind::Note,
        Kind::Question,
        Kind::AnswerVideo,
        Kind::User,
        Kind::File,
    ]
    .into_iter()
    .find(|kind| kind.as_str() == word)
}

pub(crate) fn replay_state_number(state: ReplayState) -> i64 {
    match state {
        ReplayState::Running => 0,
        ReplayState::Done => 1,
        ReplayState::Cancelled => 2,
        ReplayState::Failed => 3,
    }
}

pub(crate) fn replay_state(number: i64) -> ReplayState {
    match number {
        0 => ReplayState::Running,
        1 => ReplayState::Done,
        2 => ReplayState::Cancelled,
        _ => ReplayState::Failed,
    }
}

pub(crate) fn stock_number(stock: Stock) -> i64 {
    match stock {
        Stock::Receipts => 0,
        Stock::Quarantined => 1,
        Stock::Events => 2,
        Stock::Seen => 3,
        Stock::Replays => 4,
        Stock::Answers => 5,
    }
}
