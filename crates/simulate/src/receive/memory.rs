//! What was heard before: which messages, and how far each interview had got.

use std::num::NonZeroUsize;

use callboard_core::{News, Stage, Timestamp};
use callboard_dialects::Reading;
use lru::LruCache;
use sha2::{Digest, Sha256};

/// How many messages are remembered; the one heard longest ago is forgotten first.
const MESSAGES: NonZeroUsize = NonZeroUsize::new(100_000).expect("not zero");
/// How many interviews.
const INTERVIEWS: NonZeroUsize = NonZeroUsize::new(100_000).expect("not zero");

/// What a message is known by: its id where it has one, else its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct MessageKey([u8; 32]);

impl MessageKey {
    pub fn of(unique: Option<&str>, body: &[u8]) -> Self {
        let mut hash = Sha256::new();
        match unique {
            Some(unique) => {
                hash.update(b"id ");
                hash.update(unique);
            }
            None => {
                hash.update(b"body ");
                hash.update(body);
            }
        }
        Self(hash.finalize().into())
    }
}

#[derive(Debug, Default)]
struct Message {
    attempts: u32,
    taken: bool,
}

/// How far an interview has got, going by what was taken.
#[derive(Debug, Clone)]
struct Progress {
    at: Timestamp,
    stage: Option<Stage>,
}

/// One step of an interview, as a message tells it.
#[derive(Debug, Clone)]
pub(super) struct Step {
    interview: String,
    at: Timestamp,
    previous: Option<Stage>,
    current: Option<Stage>,
}

impl Step {
    /// What a message says about when, and in what stage, an interview is; by what the sender calls it.
    pub fn of(reading: &Reading) -> Option<Self> {
        let told = reading.observations.first()?;
        let (previous, current) = match &told.news {
            News::Stage { previous, current, .. } => {
                (previous.as_ref().map(|mark| mark.value.clone()), Some(current.value.clone()))
            }
            _ => (None, None),
        };
        Some(Self { interview: subject(&told.news)?, at: told.at?, previous, current })
    }

    fn follows(&self, known: &Progress) -> bool {
        let joins = match (&self.previous, &known.stage) {
            (Some(previous), Some(stage)) => previous == stage,
            _ => true,
        };
        self.at >= known.at && joins
    }
}

/// The interview that the news is about. What is told about anything else has no promised order.
fn subject(news: &News) -> Option<String> {
    match news {
        News::Interview { interview, .. }
        | News::Stage { interview, .. }
        | News::Meeting { interview, .. }
        | News::Assessed { interview, .. }
        | News::Feedback { interview: Some(interview), .. } => interview.external_id.clone(),
        News::Job { .. }
        | News::Candidate { .. }
        | News::Tag { .. }
        | News::Application { .. }
        | News::Feedback { interview: None, .. }
        | News::Note { .. }
        | News::AnswerVideo { .. }
        | News::Question { .. }
        | News::User { .. } => None,
    }
}

/// What a receiver remembers, within limits.
#[derive(Debug)]
pub(super) struct Memory {
    messages: LruCache<MessageKey, Message>,
    interviews: LruCache<String, Progress>,
}

/// What is remembered of a message when it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remembered {
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// It was taken before.
    pub duplicate: bool,
    /// It comes too late.
    pub out_of_order: bool,
}

impl Remembered {
    /// The first of its kind.
    pub const NOTHING: Self = Self { attempt: 1, duplicate: false, out_of_order: false };
}

impl Memory {
    pub fn new() -> Self {
        Self { messages: LruCache::new(MESSAGES), interviews: LruCache::new(INTERVIEWS) }
    }

    /// A message came. A duplicate comes late by nature, and is not said to be out of order as well.
    pub fn hear(&mut self, key: MessageKey, step: Option<&Step>) -> Remembered {
        let message = self.messages.get_or_insert_mut(key, Message::default);
        message.attempts += 1;
        let duplicate = message.taken;
        let in_order = step
            .is_none_or(|step| self.interviews.get(&step.interview).is_none_or(|known| step.follows(known)));
        Remembered { attempt: message.attempts, duplicate, out_of_order: !duplicate && !in_order }
    }

    /// The message is taken: its sender need not send it again, and may go on.
    pub fn take(&mut self, key: MessageKey, step: Option<Step>) {
        if let Some(message) = self.messages.get_mut(&key) {
            message.taken = true;
        }
        let Some(step) = step else { return };
        let known = self.interviews.get(&step.interview);
        let progress = Progress {
            at: known.map_or(step.at, |known| known.at.max(step.at)),
            stage: step.current.or_else(|| known.and_then(|known| known.stage.clone())),
        };
        self.interviews.put(step.interview, progress);
    }
}
