//! A batch as rows of the tables, in the form in which the journal holds it. What only ever adds rows, or puts one in the
//! place of another, has such a form; what takes rows away, or depends on what is stored, has none.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::rows::{key, lines, nanos, outcome_number, pack, state_number};
use crate::asking::Kept;
use crate::batch::{
    Attempt, Batch, Change, DedupKey, DeliveryState, EntityWrite, Erased, EventRow, NewDelivery, NewPointer,
    Receipt, Settlement,
};
use crate::engine::EngineError;

/// The form of an entry. The journal of a program that writes another one is not read: what is promised in it would
/// become something else.
pub(super) const FORM: u8 = 2;

/// What a batch adds, table by table.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry<'b> {
    #[serde(borrow)]
    pub(super) receipts: Vec<ReceiptRow<'b>>,
    pub(super) seen: Vec<SeenRow>,
    #[serde(borrow)]
    pub(super) entities: Vec<EntityRow<'b>>,
    #[serde(borrow)]
    pub(super) dropped_names: Vec<Cow<'b, str>>,
    #[serde(borrow)]
    pub(super) names: Vec<(Cow<'b, str>, i64)>,
    #[serde(borrow)]
    pub(super) events: Vec<EventLine<'b>>,
    #[serde(borrow)]
    pub(super) deliveries: Vec<DeliveryRow<'b>>,
    #[serde(borrow)]
    pub(super) pointers: Vec<PointerRow<'b>>,
    #[serde(borrow)]
    pub(super) settlements: Vec<SettlementRow<'b>>,
    #[serde(borrow)]
    pub(super) answers: Vec<AnswerRow<'b>>,
    /// Endpoints as they are from now on: how they are doing changes with what came of attempts.
    #[serde(borrow)]
    pub(super) endpoints: Vec<(i64, Cow<'b, str>)>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ReceiptRow<'b> {
    pub(super) id: i64,
    pub(super) source: i64,
    pub(super) received_at: i64,
    pub(super) outcome: i64,
    pub(super) detail: &'b str,
    #[serde(borrow)]
    pub(super) remarks: Option<Cow<'b, str>>,
    pub(super) headers: &'b str,
    #[serde(with = "serde_bytes")]
    pub(super) body: &'b [u8],
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct SeenRow {
    pub(super) source: i64,
    pub(super) hash: [u8; 16],
    pub(super) receipt: i64,
    /// A receipt with a lower id than this is not the same message.
    pub(super) outdated: i64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EntityRow<'b> {
    pub(super) id: i64,
    pub(super) company: i64,
    pub(super) kind: &'b str,
    pub(super) base_version: i64,
    pub(super) version: i64,
    pub(super) record: Cow<'b, str>,
    pub(super) body: Cow<'b, str>,
    pub(super) parent: Option<i64>,
    pub(super) moved: bool,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EventLine<'b> {
    pub(super) id: i64,
    pub(super) company: i64,
    pub(super) source: Option<i64>,
    pub(super) receipt: Option<i64>,
    pub(super) subject: i64,
    pub(super) kind: &'b str,
    #[serde(with = "serde_bytes")]
    pub(super) body: &'b [u8],
    #[serde(borrow, with = "serde_bytes")]
    pub(super) skipped: Option<Cow<'b, [u8]>>,
    pub(super) owed: u32,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct DeliveryRow<'b> {
    pub(super) id: i64,
    pub(super) endpoint: i64,
    pub(super) event: i64,
    pub(super) lane: i64,
    #[serde(borrow, with = "serde_bytes")]
    pub(super) body: Option<Cow<'b, [u8]>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct PointerRow<'b> {
    pub(super) source: i64,
    pub(super) receipt: i64,
    pub(super) resource: &'b str,
    pub(super) due_at: i64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct AttemptRow<'b> {
    pub(super) delivery: i64,
    pub(super) number: u32,
    pub(super) at: i64,
    pub(super) took_us: i64,
    pub(super) status: Option<u16>,
    pub(super) error: Option<&'b str>,
    #[serde(with = "serde_bytes")]
    pub(super) response: &'b [u8],
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SettlementRow<'b> {
    #[serde(borrow)]
    pub(super) attempt: AttemptRow<'b>,
    pub(super) state: i64,
    pub(super) next_at: Option<i64>,
    /// Packed, in order, each once.
    #[serde(borrow, with = "serde_bytes")]
    pub(super) overtook: Option<Cow<'b, [u8]>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct AnswerRow<'b> {
    pub(super) company: i64,
    pub(super) key: &'b str,
    #[serde(with = "serde_bytes")]
    pub(super) fingerprint: &'b [u8],
    pub(super) at: i64,
    /// What was answered before that is not honoured any more.
    pub(super) outdated: i64,
    pub(super) status: u16,
    pub(super) etag: Option<&'b str>,
    #[serde(with = "serde_bytes")]
    pub(super) body: &'b [u8],
}

impl<'b> Entry<'b> {
    /// The rows of a batch, but for what people changed.
    pub(super) fn of(batch: &'b Batch) -> Result<Self, EngineError> {
        let names = batch.names.iter().map(|(name, id)| (name.as_str().into(), id.cast_signed()));
        Ok(Self {
            receipts: batch.receipts.iter().map(receipt).collect::<Result<_, _>>()?,
            seen: batch.seen.iter().map(|(seen, receipt)| self::seen(seen, key(*receipt))).collect(),
            entities: batch.entities.iter().map(entity).collect::<Result<_, _>>()?,
            dropped_names: batch.dropped_names.iter().map(|name| name.as_str().into()).collect(),
            names: names.collect(),
            events: batch.events.iter().map(event).collect(),
            deliveries: batch.deliveries.iter().map(delivery).collect(),
            pointers: batch.pointers.iter().map(pointer).collect(),
            settlements: batch.settlements.iter().map(settlement).collect(),
            answers: batch.answers.iter().map(answer).collect(),
            endpoints: Vec::new(),
        })
    }

    /// All of a batch as rows; nothing if some of it has no such form.
    pub(super) fn all_of(batch: &'b Batch) -> Result<Option<Self>, EngineError> {
        let Batch {
            receipts: _,
            seen: _,
            entities: _,
            dropped_names: _,
            names: _,
            events: _,
            deliveries: _,
            settlements: _,
            pointers: _,
            answers: _,
            reread,
            blobs,
            dropped_blobs,
            erased,
            owed_anew,
            replays,
            changes,
            // There is no other hub.
            last_id: _,
            words: _,
        } = batch;
        let others = reread.len() + blobs.len() + dropped_blobs.len() + owed_anew.len() + replays.len();
        if others > 0 || *erased != Erased::default() {
            return Ok(None);
        }
        let mut entry = Self::of(batch)?;
        for change in changes {
            let Change::PutEndpoint(endpoint) = change else { return Ok(None) };
            entry.endpoints.push((key(endpoint.id), json(endpoint)?.into()));
        }
        Ok(Some(entry))
    }

    /// How many bytes its bodies come to: what makes an entry long, if it is.
    pub(super) fn body_bytes(&self) -> usize {
        let receipts = self.receipts.iter().map(|receipt| receipt.body.len());
        let events = self.events.iter().map(|event| event.body.len());
        let deliveries =
            self.deliveries.iter().filter_map(|delivery| delivery.body.as_deref()).map(<[u8]>::len);
        let answers = self.answers.iter().map(|answer| answer.body.len());
        receipts.chain(events).chain(deliveries).chain(answers).sum()
    }

    /// Is there nothing in it?
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<String, EngineError> {
    serde_json::to_string(value).map_err(|error| EngineError::Refused(error.to_string()))
}

fn receipt(receipt: &Receipt) -> Result<ReceiptRow<'_>, EngineError> {
    Ok(ReceiptRow {
        id: key(receipt.id),
        source: key(receipt.source),
        received_at: nanos(receipt.received_at),
        outcome: outcome_number(receipt.outcome),
        detail: &receipt.detail,
        remarks: lines(&receipt.remarks)?.map(Cow::Owned),
        headers: &receipt.headers,
        body: &receipt.body,
    })
}

fn seen(seen: &DedupKey, receipt: i64) -> SeenRow {
    let outdated = callboard_core::first_raw_at(seen.not_before).cast_signed();
    SeenRow { source: key(seen.source), hash: seen.hash, receipt, outdated }
}

fn entity(EntityWrite { held, base_version, moved }: &EntityWrite) -> Result<EntityRow<'_>, EngineError> {
    let body = String::from_utf8(held.entity.to_json());
    Ok(EntityRow {
        id: held.entity.raw_id().cast_signed(),
        company: key(held.company),
        kind: held.entity.kind().as_str(),
        base_version: base_version.cast_signed(),
        version: held.record.version.cast_signed(),
        record: json(&*held.record)?.into(),
        body: body.map_err(|error| EngineError::Refused(error.to_string()))?.into(),
        parent: held.entity.parent().map(u64::cast_signed),
        moved: *moved,
    })
}

fn event(event: &EventRow) -> EventLine<'_> {
    EventLine {
        id: key(event.id),
        company: key(event.company),
        source: event.source.map(key),
        receipt: event.receipt.map(key),
        subject: event.subject.cast_signed(),
        kind: event.kind.as_str(),
        body: &event.body,
        skipped: pack(&event.skipped).map(Cow::Owned),
        owed: event.owed,
    }
}

fn delivery(delivery: &NewDelivery) -> DeliveryRow<'_> {
    DeliveryRow {
        id: key(delivery.id),
        endpoint: key(delivery.endpoint),
        event: key(delivery.event),
        lane: delivery.lane.cast_signed(),
        body: delivery.body.as_deref().map(Cow::Borrowed),
    }
}

fn pointer(pointer: &NewPointer) -> PointerRow<'_> {
    PointerRow {
        source: key(pointer.source),
        receipt: key(pointer.receipt),
        resource: &pointer.resource,
        due_at: nanos(pointer.due_at),
    }
}

fn settlement(settlement: &Settlement) -> SettlementRow<'_> {
    let Attempt { number, at, took_us, status, error, response } = &settlement.attempt;
    let mut overtook = settlement.overtook.clone();
    overtook.sort_unstable_by_key(|delivery| key(*delivery));
    overtook.dedup();
    SettlementRow {
        attempt: AttemptRow {
            delivery: key(settlement.delivery),
            number: *number,
            at: nanos(*at),
            took_us: took_us.cast_signed(),
            status: *status,
            error: error.as_deref(),
            response,
        },
        state: state_number(settlement.state),
        next_at: settlement.next_at.map(nanos),
        overtook: pack(&overtook).map(Cow::Owned),
    }
}

fn answer(Kept { key: request, answer }: &Kept) -> AnswerRow<'_> {
    AnswerRow {
        company: key(request.company),
        key: &request.key,
        fingerprint: &request.fingerprint,
        at: nanos(request.at),
        outdated: nanos(request.outdated()),
        status: answer.status,
        etag: answer.etag.as_deref(),
        body: &answer.body,
    }
}

/// Is a delivery with this state still owed?
pub(super) fn is_owed(state: i64) -> bool {
    state == state_number(DeliveryState::Pending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bodies_of_an_entry_are_counted_once_for_each_row_that_they_are_in() {
        let body: &[u8] = b"twelve bytes";
        let delivery = |id, body: Option<&'static [u8]>| DeliveryRow {
            id,
            endpoint: 1,
            event: 2,
            lane: 3,
            body: body.map(Cow::Borrowed),
        };
        let receipt = ReceiptRow {
            id: 1,
            source: 7,
            received_at: 0,
            outcome: 0,
            detail: "",
            remarks: None,
            headers: "{}",
            body,
        };
        let event = EventLine {
            id: 2,
            company: 1,
            source: None,
            receipt: Some(1),
            subject: 3,
            kind: "interview.created",
            body,
            skipped: None,
            owed: 3,
        };
        let deliveries =
            vec![delivery(4, Some(b"ten bytes.")), delivery(5, Some(b"ten bytes.")), delivery(6, None)];
        let entry = Entry { receipts: vec![receipt], events: vec![event], deliveries, ..Entry::default() };
        assert_eq!(entry.body_bytes(), 12 + 12 + 10 + 10);
        assert_eq!(Entry::default().body_bytes(), 0);
    }
}
