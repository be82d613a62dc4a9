//! What platforms answered last, by a hash: within a limit, and only as long as this hub fetches from them. Between two times
//! another one may have been told something else.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use callboard_core::{SourceId, Timestamp};
use jiff::SignedDuration;
use lru::LruCache;
use sha2::{Digest, Sha256};

use crate::limits::{FRESH_FOR, REMEMBERED};

const ROOM: NonZeroUsize = NonZeroUsize::new(REMEMBERED).expect("the constant is more than none");

/// The last answers about resources.
pub(crate) struct Memory(Mutex<LruCache<(SourceId, String), Seen>>);

struct Seen {
    digest: [u8; 32],
    at: Timestamp,
    /// Which time it is that this hub holds the source.
    held: u64,
}

impl Memory {
    /// One that remembers nothing yet.
    pub fn new() -> Self {
        Self(Mutex::new(LruCache::new(ROOM)))
    }

    /// Was it fetched so lately that it need not be fetched again for something else's sake?
    pub fn is_fresh(&self, source: SourceId, held: u64, resource: &str, now: Timestamp) -> bool {
        let fresh_for = SignedDuration::try_from(FRESH_FOR).unwrap_or_default();
        let seen = self.open();
        seen.peek(&(source, resource.to_owned()))
            .is_some_and(|seen| seen.held == held && now.duration_since(seen.at).abs() < fresh_for)
    }

    /// Notes an answer. Is it another one than the last? Then whoever is told so writes it down, and nobody else.
    pub fn claim(&self, source: SourceId, held: u64, resource: &str, answer: &[u8], at: Timestamp) -> bool {
        let digest = Sha256::digest(answer).into();
        let before = self.open().put((source, resource.to_owned()), Seen { digest, at, held });
        before.is_none_or(|before| (before.digest, before.held) != (digest, held))
    }

    /// Forgets an answer that could not be written down.
    pub fn forget(&self, source: SourceId, resource: &str) {
        self.open().pop(&(source, resource.to_owned()));
    }

    fn open(&self) -> MutexGuard<'_, LruCache<(SourceId, String), Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::Identifier;

    use super::*;

    #[test]
    fn an_answer_is_known_by_source_and_resource_and_fresh_for_a_minute() {
        let (memory, one, other) = (Memory::new(), SourceId::from_raw(1), SourceId::from_raw(2));
        let at: Timestamp = "2026-03-01T09:00:00Z".parse().expect("a time");
        let later = |seconds| at + SignedDuration::from_secs(seconds);

        assert!(memory.claim(one, 1, "customers/5", b"{}", at));

        assert!(memory.is_fresh(one, 1, "customers/5", later(59)));
        assert!(!memory.is_fresh(one, 1, "customers/5", later(60)));
        assert!(!memory.is_fresh(other, 1, "customers/5", later(1)));
        assert!(!memory.claim(one, 1, "customers/5", b"{}", later(1)), "it is what was answered last");
        assert!(memory.is_fresh(one, 1, "customers/5", later(60)));
        assert!(memory.claim(one, 1, "customers/6", b"{}", at));
        assert!(memory.claim(other, 1, "customers/5", b"{}", at));
        assert!(memory.claim(one, 1, "customers/5", b"{ }", later(2)));
        assert!(memory.claim(one, 1, "customers/5", b"{}", later(3)), "it changed back");
        memory.forget(one, "customers/5");
        assert!(memory.claim(one, 1, "customers/5", b"{}", later(4)));
    }

    #[test]
    fn what_was_answered_before_another_hub_held_the_source_says_nothing() {
        let (memory, source, at) = (Memory::new(), SourceId::from_raw(1), Timestamp::UNIX_EPOCH);
        assert!(memory.claim(source, 1, "customers/5", b"{}", at));
        assert!(!memory.claim(source, 1, "customers/5", b"{}", at));
        assert!(!memory.is_fresh(source, 2, "customers/5", at));
        assert!(memory.claim(source, 2, "customers/5", b"{}", at), "it may have changed, and changed back");
        assert!(memory.is_fresh(source, 2, "customers/5", at));
    }

    #[test]
    fn no_more_is_remembered_than_there_is_room_for() {
        let memory = Memory::new();
        for number in 0..=REMEMBERED {
            memory.claim(SourceId::from_raw(1), 1, &number.to_string(), b"{}", Timestamp::UNIX_EPOCH);
        }
        assert_eq!(memory.open().len(), REMEMBERED);
        let oldest_is_new = memory.claim(SourceId::from_raw(1), 1, "0", b"{}", Timestamp::UNIX_EPOCH);
        assert!(oldest_is_new, "it made room");
    }
}
