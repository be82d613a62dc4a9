//! Rows of which somebody is still owed something, and how often it is looked what became of that.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use super::row::Row;

/// How often it is looked what became of what has just happened.
pub(super) const LOOK: Duration = Duration::from_millis(150);
/// The same after [`FRESH`]: it waits for another try.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// The same after [`OWED`]: whoever is owed it seems to be down for longer.
const LOOK_NOW_AND_THEN: Duration = Duration::from_secs(15);
const FRESH: Duration = Duration::from_secs(5);
const OWED: Duration = Duration::from_secs(60);
/// As many are watched as are shown.
const WATCHED: usize = super::SHOWN;

#[derive(Default)]
pub(super) struct Watched {
    /// The newest last.
    rows: Mutex<VecDeque<Waiting>>,
}

struct Waiting {
    row: Row,
    /// How old it was when it was first looked at, and when that was.
    age: Duration,
    since: Instant,
    looked: Instant,
}

impl Watched {
    /// Keeps a row in sight until nobody is owed it any more.
    pub(super) fn watch(&self, row: Row, age: Duration, now: Instant) {
        if row.is_settled() {
            return;
        }
        let mut rows = self.rows();
        if rows.len() == WATCHED {
            rows.pop_front();
        }
        rows.push_back(Waiting { row, age, since: now, looked: now });
    }

    /// The rows that it is time to look at again.
    pub(super) fn due(&self, now: Instant) -> Vec<Row> {
        let mut due = Vec::new();
        for waiting in self.rows().iter_mut().filter(|it| it.is_due(now)) {
            waiting.looked = now;
            due.push(waiting.row.clone());
        }
        due
    }

    /// Takes a row as it is now.
    pub(super) fn saw(&self, row: &Row) {
        if row.is_settled() {
            return self.forget(&row.line.id);
        }
        if let Some(waiting) = self.rows().iter_mut().find(|it| it.row.line.id == row.line.id) {
            waiting.row = row.clone();
        }
    }

    pub(super) fn forget(&self, event: &str) {
        self.rows().retain(|it| it.row.line.id != event);
    }

    fn rows(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.rows.lock().expect("nothing that holds it can panic")
    }
}

impl Waiting {
    fn is_due(&self, now: Instant) -> bool {
        now.duration_since(self.looked) >= pause(self.age + now.duration_since(self.since))
    }
}

/// How long it is waited between two looks at what happened so long ago.
fn pause(age: Duration) -> Duration {
    match age {
        age if age < FRESH => LOOK,
        age if age < OWED => LOOK_AGAIN,
        _ => LOOK_NOW_AND_THEN,
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::tests::row;
    use super::*;

    /// How often a row that nobody takes is looked at within so many seconds.
    fn looks(watched: &Watched, begun: Instant, seconds: std::ops::Range<u32>) -> usize {
        let ticks = (seconds.start * 20)..(seconds.end * 20);
        ticks.map(|tick| watched.due(begun + Duration::from_millis(50) * tick).len()).sum()
    }

    #[test]
    fn the_longer_something_is_owed_the_more_seldom_it_is_looked_at() {
        let (watched, begun) = (Watched::default(), Instant::now());
        watched.watch(row("evt_1", &["pending"]), Duration::ZERO, begun);
        assert_eq!(looks(&watched, begun, 0..5), 33);
        assert_eq!(looks(&watched, begun, 5..60), 27);
        assert_eq!(looks(&watched, begun, 60..3_660), 240);
    }

    #[test]
    fn what_was_long_owed_before_anybody_looked_is_looked_at_seldom_from_the_start() {
        let (watched, begun) = (Watched::default(), Instant::now());
        watched.watch(row("evt_1", &["pending"]), Duration::from_secs(3_600), begun);
        assert_eq!(looks(&watched, begun, 0..60), 3);
    }

    #[test]
    fn what_nobody_is_owed_any_more_is_not_looked_at() {
        let (watched, begun) = (Watched::default(), Instant::now());
        watched.watch(row("evt_1", &["delivered"]), Duration::ZERO, begun);
        watched.watch(row("evt_2", &["pending"]), Duration::ZERO, begun);
        watched.saw(&row("evt_2", &["delivered"]));
        assert_eq!(watched.due(begun + FRESH), []);
    }

    #[test]
    fn as_many_are_watched_as_are_shown() {
        let (watched, begun) = (Watched::default(), Instant::now());
        for number in 0..300 {
            watched.watch(row(&format!("evt_{number}"), &["pending"]), Duration::ZERO, begun);
        }
        let due = watched.due(begun + LOOK);
        assert_eq!((due.len(), due[0].line.id.as_str()), (WATCHED, "evt_200"));
    }
}
