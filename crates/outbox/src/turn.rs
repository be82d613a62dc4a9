//! Whose turn it is: a queue that holds each endpoint once at the most.

use std::collections::VecDeque;

use callboard_core::EndpointId;
use rustc_hash::FxHashSet;

/// Endpoints in the order in which they asked for a turn.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    queue: VecDeque<EndpointId>,
    waiting: FxHashSet<EndpointId>,
}

impl Turn {
    /// Asks for a turn; asking twice gives one.
    pub(crate) fn ask(&mut self, endpoint: EndpointId) {
        if self.waiting.insert(endpoint) {
            self.queue.push_back(endpoint);
        }
    }

    /// How many wait for a turn.
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    /// Who has waited longest. Whoever wants another turn asks again.
    pub(crate) fn next(&mut self) -> Option<EndpointId> {
        let endpoint = self.queue.pop_front()?;
        self.waiting.remove(&endpoint);
        Some(endpoint)
    }
}

#[cfg(test)]
mod tests {
    use callboard_core::Identifier;

    use super::*;

    #[test]
    fn each_has_one_turn_however_often_it_asks() {
        let [first, second] = [1, 2].map(EndpointId::from_raw);
        let mut turn = Turn::default();
        turn.ask(first);
        turn.ask(second);
        turn.ask(first);
        assert_eq!(turn.next(), Some(first));
        turn.ask(first);
        assert_eq!([turn.next(), turn.next(), turn.next()], [Some(second), Some(first), None]);
    }
}
