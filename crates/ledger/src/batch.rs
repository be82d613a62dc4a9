//! A batch of decided change: what an engine is told, all of it or nothing.

use bytes::Bytes;
use callboard_core::{
    CompanyId, DeliveryId, Endpoint, EndpointId, EventId, EventType, FileId, Held, KeyId, Name, ParentStage,
    ReceiptId, ReplayId, Sealed, Source, SourceId, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::asking::Kept;
use crate::keeping::Outdated;
use crate::replay::{Replay, ReplayState};
use crate::sharing::Word;

/// Everything that becomes durable in one transaction.
#[derive(Debug, Default)]
pub struct Batch {
    /// Requests that came in.
    pub receipts: Vec<Receipt>,
    /// What those requests are known by, so that a second one is found out.
    pub seen: Vec<(DedupKey, ReceiptId)>,
    /// Things that are new or changed, each once.
    pub entities: Vec<EntityWrite>,
    /// Names that lead nowhere any more, or somewhere else: whether they were there or not, they go first.
    pub dropped_names: Vec<Name>,
    /// Names that lead to things, by the number of their ids.
    pub names: Vec<(Name, u64)>,
    /// What happened.
    pub events: Vec<EventRow>,
    /// Who is owed it.
    pub deliveries: Vec<NewDelivery>,
    /// What came of attempts.
    pub settlements: Vec<Settlement>,
    /// Quarantined requests that have been understood after all.
    pub reread: Vec<Reread>,
    /// Bytes of files.
    pub blobs: Vec<(FileId, Bytes)>,
    /// Files whose bytes go; also those of this batch.
    pub dropped_blobs: Vec<FileId>,
    /// What is to be fetched.
    pub pointers: Vec<NewPointer>,
    /// Answers that are given again to the same request.
    pub answers: Vec<Kept>,
    /// What goes of those who are to be forgotten.
    pub erased: Erased,
    /// Deliveries that were given up or called off and are owed again, as they were.
    pub owed_anew: Vec<DeliveryId>,
    /// How far replays have come with it.
    pub replays: Vec<Replay>,
    /// What people changed.
    pub changes: Vec<Change>,
    /// The last id that was given out for it.
    pub last_id: u64,
    /// What the outboxes of other hubs have to hear.
    pub words: Vec<Word>,
}

/// What goes of those who are to be forgotten.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Events, each with its native form from now on. Their deliveries say nothing any more, and are called off if they
    /// are still owed; what was answered to their attempts goes.
    pub events: Vec<(EventId, Bytes)>,
    /// Requests of which nothing is left but that they came in.
    pub receipts: Vec<ReceiptId>,
    /// What answers that are kept may say: those that do go at once.
    pub answers: Vec<Search>,
    /// Traces that are still to be looked for.
    pub searches: Vec<Search>,
}

/// Words by which traces of someone who is to be forgotten are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Whose world it is.
    pub company: CompanyId,
    /// The words.
    pub words: Vec<String>,
}

/// A thing as it shall be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct EntityWrite {
    /// The thing, with its new version.
    pub held: Held,
    /// The version that it was decided on; 0 for a new one. If the store holds another, nothing is written.
    pub base_version: u64,
    /// Does it belong to something else than in that version? See [`callboard_core::Entity::parent`].
    pub moved: bool,
}

/// What became of an incoming request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was understood.
    Understood,
    /// It had been received before.
    Duplicate,
    /// It is authentic, but could not be understood; it is kept and can be processed again.
    Quarantined,
}

/// One incoming request, kept raw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its id; also when it came in.
    pub id: ReceiptId,
    /// The account that it came from.
    pub source: SourceId,
    /// When it came in.
    pub received_at: Timestamp,
    /// What became of it.
    pub outcome: Outcome,
    /// The platform's word for what it says; why it was quarantined; or the receipt that it repeats.
    pub detail: String,
    /// What could not simply be taken as news, one sentence each.
    pub remarks: Vec<String>,
    /// Its headers as a JSON object, secrets left out.
    pub headers: String,
    /// Its body, byte for byte; empty for a duplicate, whose body is kept with the first.
    pub body: Bytes,
    /// Has what it said been erased?
    pub erased: bool,
}

/// A quarantined request that has been understood after all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reread {
    /// The receipt under which it is kept.
    pub receipt: ReceiptId,
    /// The platform's word for what it says.
    pub detail: String,
    /// What could not simply be taken as news, one sentence each.
    pub remarks: Vec<String>,
}

/// What a request is known by: the time that it tells of, and a hash of the platform's own id for it, else of its body, within
/// one source.
///
/// The time comes first so that what is received about the same time lies side by side in the store, where it is looked for and
/// added. A hash alone would touch another page of a large table with each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DedupKey {
    /// The account that it came from.
    pub source: SourceId,
    /// The last four bytes of the time in seconds since 1970 (zero if it tells of none), and the first twelve of a SHA-256.
    pub hash: [u8; 16],
    /// Receipts older than this are not the same message, however alike. The epoch: none is too old.
    pub not_before: Timestamp,
}

/// An event as it is stored: its native form, with what is asked for beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its id.
    pub id: EventId,
    /// Whose it is.
    pub company: CompanyId,
    /// The account that it came from.
    pub source: Option<SourceId>,
    /// The receipt that it came from.
    pub receipt: Option<ReceiptId>,
    /// What it is kept in order by, see [`callboard_core::Event::subject`].
    pub subject: u64,
    /// What happened.
    pub kind: EventType,
    /// Its native form.
    pub body: Bytes,
    /// Endpoints that asked for it but whose dialect has no word for it.
    pub skipped: Vec<EndpointId>,
    /// How many endpoints it was owed to when it happened; 0 if that was not kept yet.
    pub owed: u32,
    /// Has what was personal in it been erased?
    pub erased: bool,
}

/// A delivery that is owed from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// Who is owed.
    pub endpoint: EndpointId,
    /// What is owed.
    pub event: EventId,
    /// What it is kept in order by.
    pub lane: u64,
    /// What will be sent; `None` means the event's native form, byte for byte.
    pub body: Option<Bytes>,
}

/// Something that a platform pointed at rather than telling it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPointer {
    /// The account that pointed at it.
    pub source: SourceId,
    /// The receipt of the message that did.
    pub receipt: ReceiptId,
    /// What it pointed at, in the platform's terms. Of one thing in one account there is one pointer, the newest.
    pub resource: String,
    /// When it is to be fetched.
    pub due_at: Timestamp,
}

/// Something that is still to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// By which it is known: a number of the store's. Another message that points at the same makes it another pointer.
    pub number: u64,
    /// The account that pointed at it.
    pub source: SourceId,
    /// The receipt of the message that did.
    pub receipt: ReceiptId,
    /// What it pointed at, in the platform's terms.
    pub resource: String,
    /// When it is to be fetched.
    pub due_at: Timestamp,
    /// How often that was tried.
    pub attempts: u32,
    /// What went wrong the last time, in a sentence.
    pub error: Option<String>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Still owed.
    Pending,
    /// Told.
    Delivered,
    /// Given up, with every attempt on record.
    Failed,
    /// Called off by a person.
    Cancelled,
}

/// One try at a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attempt {
    /// The first is 1.
    pub number: u32,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in microseconds.
    pub took_us: u64,
    /// The status that was answered, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong, in a sentence, if there was no answer.
    pub error: Option<String>,
    /// The part of the answer's body that is kept.
    #[serde(with = "lossy_text")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub response: Bytes,
}

mod lossy_text {
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&String::from_utf8_lossy(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        String::deserialize(deserializer).map(Bytes::from)
    }
}

/// What came of one attempt, and where that leaves the delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Which delivery.
    pub delivery: DeliveryId,
    /// The attempt.
    pub attempt: Attempt,
    /// Where the delivery stands now.
    pub state: DeliveryState,
    /// When the next attempt is due, if it is still owed.
    pub next_at: Option<Timestamp>,
    /// Earlier deliveries of its lane that it went ahead of, because `hold_for` had run out.
    pub overtook: Vec<DeliveryId>,
    /// What it showed about the endpoint, if that is news.
    pub news: Option<Box<EndpointNews>>,
}

/// Overtaken deliveries that are named on the record of one that went ahead, the oldest first.
pub const OVERTOOK_NAMED: usize = 64;

impl Settlement {
    /// Is it only to be put on record? A delivery that is given up is an event, and so is what an endpoint is told of.
    pub fn decides_nothing(&self) -> bool {
        matches!(self.state, DeliveryState::Delivered | DeliveryState::Pending) && self.news.is_none()
    }
}

/// What an attempt showed about an endpoint. It counts for as long as the endpoint has that URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointNews {
    /// Which endpoint.
    pub endpoint: EndpointId,
    /// The URL that was tried.
    pub url: String,
    /// How it is doing.
    pub standing: Standing,
}

/// How an endpoint is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// No attempt at it has gone well since then.
    Failing(Timestamp),
    /// An attempt has gone well again.
    Well,
    /// It is told nothing more until a person enables it.
    Disabled {
        /// Why: see [`callboard_core::EndpointState`].
        reason: &'static str,
        /// Since when.
        since: Timestamp,
    },
}

/// A company: the walls of a world that nothing crosses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Its id. The company with the lowest one is the operator's: its admins make the others.
    pub id: CompanyId,
    /// What people call it.
    pub name: String,
    /// The zone that its people live in, by its IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Its own stages of applications, in the order of the pipeline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<PipelineStage>,
}

/// A company's own stage of applications, within one of the six that everyone has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PipelineStage {
    /// The company's id for it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The stage that it is a part of.
    pub parent: ParentStage,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Look.
    Read,
    /// Change what happens.
    Write,
    /// Change who may do what, and who is told.
    Admin,
}

/// An API key. The key itself is not kept, only a hash by which it is known again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// Whose world it opens.
    pub company: CompanyId,
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// The SHA-256 of the key, in lower-case hex.
    pub hash: String,
    /// The SHA-256 of the token that stands for the key where a platform's own API wants one, in lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_hash: Option<String>,
    /// A key that signs rather than being sent (Skype's JWTs): what it is called there, and what it signs with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<SigningPair>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The two halves of a key that signs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SigningPair {
    /// What it is called: the `iss` of a JWT.
    pub api_key: String,
    /// What it signs with, as text.
    pub api_secret: Sealed,
}

/// Something that a person changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A company was made or renamed.
    PutCompany(Company),
    /// A key was made.
    PutKey(Key),
    /// A key was withdrawn.
    DeleteKey(KeyId),
    /// A source was made or changed.
    PutSource(Source),
    /// A source was removed. Its receipts stay; what it pointed at is not fetched any more.
    DeleteSource(SourceId),
    /// An endpoint was made, or changed: it stands like this from now on.
    PutEndpoint(Endpoint),
    /// An endpoint was removed: what it was still owed is called off, as much of it as is called off at once.
    DeleteEndpoint(EndpointId),
    /// More of what a removed endpoint was owed is called off.
    CallOff(EndpointId),
    /// A delivery is owed, from now on and at once, however it ended; unless its endpoint has been removed, or what it
    /// said has been erased.
    Retry(DeliveryId),
    /// A delivery that is owed is called off.
    Cancel(DeliveryId),
    /// Requests speak of someone whom this company wants forgotten: nothing is left of them but that they came in. Those of which
    /// something came for another company stay.
    EraseReceipts(CompanyId, Vec<ReceiptId>),
    /// The traces that a search was for are gone, by its number: its words go as well.
    Searched(u64),
    /// What a pointer points at has been fetched, or never will be: it goes, by its number.
    PointerDone(u64),
    /// What a pointer points at could not be fetched.
    PointerLater {
        /// The pointer's number.
        number: u64,
        /// When it is tried again.
        due_at: Timestamp,
        /// What went wrong, in a sentence.
        error: String,
    },
    /// Rows that have been kept for long enough go.
    LetGo(Box<Outdated>),
    /// A replay begins.
    StartReplay(Box<Replay>),
    /// A replay of requests has come so far, unless it has ended meanwhile.
    ReplayCame(Box<Replay>),
    /// A replay ends before it is done, unless it has ended already.
    EndReplay {
        /// Which one.
        id: ReplayId,
        /// How it ends.
        state: ReplayState,
        /// When.
        at: Timestamp,
        /// Why it could not go on.
        error: Option<String>,
    },
}

impl Change {
    /// Is it a change of what people configured, which everyone has in memory?
    pub(crate) fn configures(&self) -> bool {
        matches!(
            self,
            Self::PutCompany(_)
                | Self::PutKey(_)
                | Self::DeleteKey(_)
                | Self::PutSource(_)
                | Self::DeleteSource(_)
                | Self::PutEndpoint(_)
                | Self::DeleteEndpoint(_)
        )
    }
}
