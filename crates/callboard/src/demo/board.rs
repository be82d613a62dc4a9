//! What there is to see: who sent how much, who was told how much, and the last events with a mark for each receiver.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

use callboard_core::{Event, EventId, EventType, StageMark, Timestamp};
use callboard_ledger::DeliveryState;
use callboard_simulate::{Counts, Delivered, Platform};

/// The most events that are shown.
pub(super) const ROWS: usize = 60;

/// How much one platform sent, counted as it happens.
#[derive(Default)]
pub(super) struct SentCounter {
    accepted: AtomicU64,
    refused: AtomicU64,
}

impl SentCounter {
    pub(super) fn note(&self, delivered: &Delivered<'_>) {
        if delivered.outcome.is_accepted() {
            self.accepted.fetch_add(1, Ordering::Relaxed);
        } else if delivered.outcome.is_refused() {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn line(&self, platform: Platform) -> PlatformLine {
        PlatformLine {
            platform,
            accepted: self.accepted.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

/// One platform's line.
#[derive(Debug, Clone)]
pub(super) struct PlatformLine {
    pub(super) platform: Platform,
    pub(super) accepted: u64,
    pub(super) refused: u64,
}

/// One receiver's line.
#[derive(Debug, Clone)]
pub(super) struct ReceiverLine {
    pub(super) dialect: &'static str,
    pub(super) counts: Counts,
}

impl ReceiverLine {
    /// Was everything that it heard authentic, new and in order?
    pub(super) fn is_sound(&self) -> bool {
        let counts = self.counts;
        counts.verified == counts.heard
            && counts.duplicates == 0
            && counts.out_of_order == 0
            && counts.unreadable == 0
    }
}

/// Whether one receiver was told of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Its dialect has no word for it.
    NoWord,
    /// It will be.
    Owed,
    /// It was.
    Told,
    /// It was not, and will not be.
    Failed,
}

impl From<DeliveryState> for Mark {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Pending => Self::Owed,
            DeliveryState::Delivered => Self::Told,
            DeliveryState::Failed | DeliveryState::Cancelled => Self::Failed,
        }
    }
}

/// One event's line.
#[derive(Debug, Clone)]
pub(super) struct EventLine {
    pub(super) id: EventId,
    pub(super) at: Timestamp,
    pub(super) platform: Option<Platform>,
    pub(super) who: String,
    /// For a move between stages: the stage it came from.
    pub(super) from: Option<String>,
    pub(super) what: String,
    /// One mark a receiver; `None` until looked up.
    pub(super) marks: Option<Vec<Mark>>,
}

impl EventLine {
    pub(super) fn of(event: &Event, platform: Option<Platform>, at: Timestamp) -> Self {
        let (from, what) = what(event);
        Self { id: event.id, at, platform, who: who(event), from, what, marks: None }
    }

    /// Is there nothing more to wait for?
    pub(super) fn is_settled(&self) -> bool {
        self.marks.as_ref().is_some_and(|marks| !marks.contains(&Mark::Owed))
    }
}

/// The candidate, else the job, else what the platform calls the thing.
fn who(event: &Event) -> String {
    let data = &event.data;
    let candidate =
        data.candidate.as_ref().and_then(|candidate| candidate.display_name().or(candidate.email.clone()));
    let title = || data.job.as_ref().and_then(|job| job.title.clone());
    let names = [
        data.interview.as_ref().map(|it| &it.external_ids),
        data.application.as_ref().map(|it| &it.external_ids),
        data.job.as_ref().map(|it| &it.external_ids),
    ];
    let called =
        || names.into_iter().flatten().find_map(|ids| ids.iter().next().map(|(_, name)| short(name)));
    candidate.or_else(title).or_else(called).unwrap_or_default()
}

/// viasto's names are paths, of which the end tells most: `candidates/4`.
fn short(name: &str) -> String {
    let mut parts: Vec<&str> = name.rsplitn(3, '/').take(2).collect();
    parts.reverse();
    parts.join("/")
}

/// What happened, in one word; for a move between stages also where from.
fn what(event: &Event) -> (Option<String>, String) {
    let data = &event.data;
    match (&event.kind, &data.interview) {
        (EventType::InterviewStageUpdated, Some(interview)) => {
            let from = data
                .previous
                .get("stage")
                .cloned()
                .and_then(|it| serde_json::from_value::<StageMark>(it).ok());
            let from = from.map_or_else(String::new, |stage| format!("{} ", stage.value));
            (Some(from), format!("→ {}", interview.stage.value))
        }
        _ => (None, event.kind.to_string()),
    }
}

/// Everything there is to see, at one moment.
#[derive(Debug, Clone)]
pub(super) struct Board {
    pub(super) url: String,
    pub(super) key: String,
    pub(super) seconds: u64,
    pub(super) platforms: Vec<PlatformLine>,
    pub(super) receivers: Vec<ReceiverLine>,
    pub(super) events: u64,
    pub(super) owed: u64,
    /// The last events, newest first.
    pub(super) lines: VecDeque<EventLine>,
}

impl Board {
    /// How much was told in all.
    pub(super) fn told(&self) -> u64 {
        self.receivers.iter().map(|line| line.counts.taken).sum()
    }

    /// What is left to say at the end.
    pub(super) fn farewell(&self) -> String {
        let sum = |count: fn(&PlatformLine) -> u64| self.platforms.iter().map(count).sum::<u64>();
        let sound = self.receivers.iter().all(ReceiverLine::is_sound);
        format!(
            "{} webhooks in, {} forged ones refused, {} events, {} deliveries, {}\n\
             next: callboard serve, and docs/quick-start.md\n",
            sum(|line| line.accepted),
            sum(|line| line.refused),
            self.events,
            self.told(),
            if sound { "each one verified, new and in order" } else { "NOT all of them sound" },
        )
    }
}
