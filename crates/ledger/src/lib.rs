//! What has happened, durably: one writer with group commit, readers beside it.
//!
//! Whatever has queued up is decided and committed as one transaction, then everyone who waited is answered: the cost
//! of making things durable is shared. No 2xx leaves before that (invariant I1).

mod asking;
mod batch;
mod calling_off;
mod checking;
mod columns;
mod copying;
mod crew;
mod deciding;
mod directory;
mod engine;
mod erasing;
mod extent;
mod fetching;
mod folding;
mod following;
mod forgetting;
mod job;
mod keeping;
mod ledger;
mod mentions;
mod pages;
mod plan;
mod pointing;
pub mod postgres;
mod publish;
mod readers;
mod replay;
mod replaying;
mod room;
mod settling;
mod sharing;
pub mod sqlite;
mod steadiness;
mod steps;
mod understanding;
mod writer;

pub use asking::{ANSWERS_KEPT, Answer, Asking, Carried, Done, Kept, Remember, RequestKey};
pub use batch::{
    Attempt, Batch, Change, Company, DedupKey, DeliveryState, EndpointNews, EntityWrite, Erased, EventRow,
    Key, NewDelivery, NewPointer, OVERTOOK_NAMED, Outcome, PipelineStage, Pointer, Receipt, Reread, Scope,
    Search, Settlement, SigningPair, Standing,
};
pub use calling_off::CALLED_OFF_AT_ONCE;
pub use checking::{
    Check, Checked, FINDINGS_TOLD, Finding, Inspector, LaneOrder, Look, Stands, Tried, check,
};
pub use copying::{COPIED_BYTES, COPIED_ROWS, Copied, CopiedTable, Copying, Phase, copy_store};
pub use directory::Directory;
pub use engine::{Engine, EngineError, Folder, Membership, Reader, Recognised, Settler, Store};
pub use extent::{REQUEST_BYTES, REQUEST_OWED};
pub use job::{Intake, Recorded};
pub use keeping::{Keep, LET_GO_AT_ONCE, Outdated, OutdatedPage, Place, SEEN_KEPT, Stock};
pub use ledger::{
    LIVE_QUEUE, Ledger, LedgerError, NOTICE_QUEUE, OUTBOX_READERS, READERS, WRITER_QUEUE, WRITER_QUEUE_BYTES,
    Writing,
};
pub use mentions::Mentions;
pub use pages::{
    Awaited, Delivery, DeliveryFilter, EventFilter, LISTED_BYTES, Listed, Owed, OwedPage, Page,
    RECEIPTS_COUNTED, ReceiptCount, ReceiptFilter, THINGS_LOOKED_AT, ThingFilter, Totals,
};
pub use plan::{Plan, Planned, Planner};
pub use publish::{Committed, Live, Notice};
pub use readers::ASKED_WITHIN;
pub use replay::{Replay, ReplayAsked, ReplayOf, ReplayPage, ReplayState, Told, What};
pub use replaying::REPLAYED_AT_ONCE;
pub use sharing::{
    BEAT, Beat, Crew, Ear, Hint, Holding, LEASE, LEASE_MARGIN, News, SHARDS, Shards, Touched, Word, shard_of,
};
pub use steps::{Step, Steps};
pub use writer::{BATCH_BYTES, BATCH_JOBS, BATCH_NOTICES, BATCH_OWED};
