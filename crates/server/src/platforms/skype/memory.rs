//! Which tokens have been used: each is taken once, for as long as it holds.
//!
//! This is kept in memory: what was used before a start can be used once more after it, within its ten seconds.

use std::collections::{BTreeSet, HashSet};
use std::sync::Mutex;

use callboard_core::{KeyId, Timestamp};
use sha2::{Digest, Sha256};

use crate::limits::SKYPE_TOKENS;

/// A token: whose it is, and the hash of what tells it from the others of the same key, which may be long.
type Used = (KeyId, [u8; 32]);

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// It has been used before.
    Before,
    /// So many are in use that another one could not be remembered.
    TooMany,
}

/// The tokens that still hold, at most [`SKYPE_TOKENS`].
#[derive(Default)]
pub(super) struct Memory {
    tokens: Mutex<Tokens>,
}

#[derive(Default)]
struct Tokens {
    used: HashSet<Used>,
    by_end: BTreeSet<(Timestamp, Used)>,
}

impl Memory {
    /// Takes a token that holds until `ends`, unless it was taken before.
    pub(super) fn take(
        &self,
        key: KeyId,
        unique: &str,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<(), NotTaken> {
        let mut tokens = self.tokens.lock().expect("nothing panics while it holds this lock");
        tokens.forget(now);
        let used = (key, Sha256::digest(unique).into());
        if tokens.used.contains(&used) {
            return Err(NotTaken::Before);
        }
        if tokens.used.len() >= SKYPE_TOKENS {
            return Err(NotTaken::TooMany);
        }
        tokens.by_end.insert((ends, used));
        tokens.used.insert(used);
        Ok(())
    }
}

impl Tokens {
    /// Forgets what does not hold any more, and is refused for that.
    fn forget(&mut self, now: Timestamp) {
        while self.by_end.first().is_some_and(|(ends, _)| *ends < now) {
            if let Some((_, used)) = self.by_end.pop_first() {
                self.used.remove(&used);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::Identifier;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_token_is_taken_once_while_it_holds_and_by_each_key() {
        let (memory, key, other) = (Memory::default(), KeyId::from_raw(1), KeyId::from_raw(2));
        assert_eq!(memory.take(key, "a", at(70), at(0)), Ok(()));
        assert_eq!(memory.take(key, "a", at(70), at(70)), Err(NotTaken::Before));
        assert_eq!(memory.take(key, "b", at(70), at(1)), Ok(()));
        assert_eq!(memory.take(other, "a", at(70), at(1)), Ok(()));
        assert_eq!(memory.take(key, "a", at(170), at(71)), Ok(()), "it is refused for its end by then");
    }

    #[test]
    fn what_cannot_be_remembered_is_not_taken_until_there_is_room() {
        let (memory, key) = (Memory::default(), KeyId::from_raw(1));
        for number in 0..SKYPE_TOKENS {
            assert_eq!(memory.take(key, &number.to_string(), at(70), at(0)), Ok(()));
        }
        assert_eq!(memory.take(key, "one more", at(70), at(0)), Err(NotTaken::TooMany));
        assert_eq!(memory.take(key, "one more", at(170), at(71)), Ok(()));
    }
}
