//! What the writer is asked to do, and the answer that someone waits for.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{
    CandidateCommand, Command, EndpointId, EndpointState, Identifier, Name, Observation, ReceiptId, Sought,
    Source, Teller, Timestamp, first_raw_at,
};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::asking::{Answer, Asking, Carried, Kept, RequestKey};
use crate::batch::{Change, DedupKey, Outcome, Settlement};
use crate::directory::Directory;
use crate::ledger::LedgerError;
use crate::replay::Replay;
use crate::replaying::Page;
use crate::room::Room;

/// How long the body of a request is remembered where its platform gives messages no id of their own.
const SAME_BODY_WINDOW: SignedDuration = SignedDuration::from_hours(7 * 24);

/// An authentic request, read.
#[derive(Debug, Clone)]
pub struct Intake {
    /// The account that it came from.
    pub source: Arc<Source>,
    /// When it came in.
    pub received_at: Timestamp,
    /// The platform's own id for the message, the same over all attempts to deliver it.
    pub unique: Option<String>,
    /// When what it tells of happened, as its body says: the same over all attempts, too.
    pub told_of: Option<Timestamp>,
    /// Its headers as a JSON object, secrets left out.
    pub headers: String,
    /// Its body, byte for byte.
    pub body: Bytes,
    /// The platform's word for what it says.
    pub label: String,
    /// What it points at rather than telling it, in the platform's terms: to be fetched later.
    pub points_at: Vec<String>,
    /// When that can be fetched; at once if nothing else is said.
    pub fetch_at: Option<Timestamp>,
    /// What it says, or why it could not be understood.
    pub told: Result<Vec<Observation>, String>,
}

impl Intake {
    pub(crate) fn teller(&self) -> Teller<'_> {
        Teller {
            company: self.source.company,
            source: Some(self.source.id),
            platform: &self.source.platform,
            received_at: self.received_at,
        }
    }
}

/// What became of a request, once that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The receipt under which it is kept.
    pub receipt: ReceiptId,
    /// What became of it.
    pub outcome: Outcome,
    /// How many events came of it.
    pub events: usize,
}

/// An intake with what is to be looked up for it, which is worked out before it gets to the writer's one thread.
pub(crate) struct Request {
    pub(crate) intake: Intake,
    pub(crate) key: DedupKey,
    pub(crate) names: Vec<Sought>,
    /// What it takes of the queue's bytes, until it is done with.
    _room: Room,
}

impl Request {
    pub(crate) fn new(intake: Intake, room: Room) -> Box<Self> {
        let teller = intake.teller();
        let names = intake.told.iter().flatten().flat_map(|told| told.names(&teller)).collect();
        Box::new(Self { key: DedupKey::of(&intake), names, intake, _room: room })
    }
}

impl DedupKey {
    fn of(intake: &Intake) -> Self {
        let mut hasher = Sha256::new();
        let not_before = match &intake.unique {
            Some(unique) => {
                hasher.update(b"id:");
                hasher.update(unique);
                Timestamp::UNIX_EPOCH
            }
            None => {
                hasher.update(b"body:");
                hasher.update(&intake.body);
                intake.received_at.checked_sub(SAME_BODY_WINDOW).unwrap_or(Timestamp::MIN)
            }
        };
        let hash = side_by_side(intake.told_of, &hasher.finalize());
        Self { source: intake.source.id, hash, not_before }
    }

    /// What two requests have in common that are the same message, if the earlier one counts.
    pub(crate) fn identity(&self) -> (u64, [u8; 16]) {
        (self.source.raw(), self.hash)
    }

    /// Is a request that was seen under this receipt recent enough to be the same message?
    pub fn counts(&self, receipt: ReceiptId) -> bool {
        receipt.raw() >= first_raw_at(self.not_before)
    }
}

/// What a message is known by within its source, in the order of the times that messages tell of: see [`DedupKey::hash`].
fn side_by_side(told_of: Option<Timestamp>, digest: &[u8]) -> [u8; 16] {
    let [.., a, b, c, d] = told_of.map_or(0, Timestamp::as_second).to_be_bytes();
    let mut hash = [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    hash[4..].copy_from_slice(&digest[..12]);
    hash
}

/// Commands with what is to be looked up for them, which is worked out before they get to the writer's one thread.
pub(crate) struct Order {
    pub(crate) asking: Asking,
    pub(crate) ids: Vec<u64>,
    pub(crate) names: Vec<Name>,
    /// What it takes of the queue's bytes, until it is done with.
    _room: Room,
}

impl Order {
    pub(crate) fn new(asking: Asking, room: Room) -> Box<Self> {
        let company = asking.asker.company;
        let ids = asking.commands.iter().flat_map(Command::ids).collect();
        let names = asking.commands.iter().flat_map(|command| command.names(company)).collect();
        Box::new(Self { asking, ids, names, _room: room })
    }

    pub(crate) fn erases(&self) -> bool {
        let erases =
            |command: &Command| matches!(command, Command::Candidate(_, CandidateCommand::Erase { .. }));
        self.asking.commands.iter().any(erases)
    }
}

/// What someone wants changed.
pub(crate) enum Wanted {
    /// This, all of it or nothing. What is put in the place of an endpoint that there is are its settings: whether it is
    /// switched on, and how it is doing, may have changed since they were read, and stays as it is. With what was configured
    /// when they were asked for, if they are not to be made when another hub has changed the same meanwhile.
    These(Vec<Change>, Option<Arc<Directory>>),
    /// An endpoint is switched on or off, whatever its settings are by then; and when that is.
    Switched(EndpointId, EndpointState, Timestamp),
    /// This, if nobody has configured anything yet.
    First(Vec<Change>),
}

pub(crate) type Reply<T> = oneshot::Sender<Result<T, LedgerError>>;

pub(crate) enum Job {
    Record(Box<Request>, Reply<Recorded>),
    Reprocess(ReceiptId, Box<Request>, Reply<Recorded>),
    Command(Box<Order>, Reply<Carried>),
    Settle(Vec<Settlement>, Reply<()>),
    /// With the answer that is kept if they are to be made only once.
    Change(Wanted, Option<Box<Kept>>, Reply<Option<Answer>>),
    /// A page of a replay.
    Replay(Box<Page>, Reply<Replay>),
    Compact(Reply<()>),
    /// Nothing but a look at what other hubs have written.
    Look,
    Close,
}

impl Job {
    /// What it wants written about a request.
    pub(crate) fn request(&self) -> Option<&Request> {
        match self {
            Self::Record(request, _) | Self::Reprocess(_, request, _) => Some(request),
            _ => None,
        }
    }

    /// The request that it wants recorded.
    pub(crate) fn recorded(&self) -> Option<&Request> {
        match self {
            Self::Record(request, _) => Some(request),
            _ => None,
        }
    }

    /// What is asked for in it.
    pub(crate) fn order(&self) -> Option<&Order> {
        match self {
            Self::Command(order, _) => Some(order),
            _ => None,
        }
    }

    /// The key by which it is known again.
    pub(crate) fn request_key(&self) -> Option<&RequestKey> {
        match self {
            Self::Command(order, _) => order.asking.remember.as_ref().map(|remember| &remember.key),
            Self::Change(_, once, _) => once.as_ref().map(|kept| &kept.key),
            _ => None,
        }
    }

    /// Must it be alone in its batch? What is to be erased, what may be let go of and how a replay stands is read from the
    /// store, not from a batch: nothing else may change it in the same one.
    pub(crate) fn stands_alone(&self) -> bool {
        match self {
            Self::Command(order, _) => order.erases(),
            Self::Change(Wanted::These(changes, _), ..) => {
                changes.iter().any(|change| matches!(change, Change::LetGo(_) | Change::EraseReceipts(..)))
            }
            Self::Compact(_) | Self::Replay(..) => true,
            _ => false,
        }
    }

    /// Makes a request that was understood one that was not. Answers whether it was one.
    pub(crate) fn quarantine(&mut self, reason: &str) -> bool {
        let (Self::Record(request, _) | Self::Reprocess(_, request, _)) = self else { return false };
        let was_understood = request.intake.told.is_ok();
        request.intake.told = Err(reason.to_owned());
        was_understood
    }

    /// Tells whoever waits that nothing of it was written. Whoever no longer waits does not mind.
    pub(crate) fn refuse(self, error: LedgerError) {
        match self {
            Self::Record(_, reply) | Self::Reprocess(_, _, reply) => drop(reply.send(Err(error))),
            Self::Command(_, reply) => drop(reply.send(Err(error))),
            Self::Change(_, _, reply) => drop(reply.send(Err(error))),
            Self::Replay(_, reply) => drop(reply.send(Err(error))),
            Self::Settle(_, reply) | Self::Compact(reply) => drop(reply.send(Err(error))),
            Self::Look | Self::Close => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_of_one_time_lies_side_by_side() {
        let at = |seconds| Some(Timestamp::from_second(seconds).unwrap());
        let times = [None, at(1), at(1_772_000_000), at(1_772_000_001), at(1_772_000_256)];
        // Given each of these times under several ids
        let keys = times.map(|told_of| [7, 200, 31].map(|id| side_by_side(told_of, &[id; 32])));
        // Then all of one time are before all of the next, and no two are the same
        let keys: Vec<_> = keys
            .into_iter()
            .flat_map(|mut of_one_time| {
                of_one_time.sort_unstable();
                of_one_time
            })
            .collect();
        assert!(keys.is_sorted_by(|one, next| one < next), "{keys:?}");
    }
}
