//! What was heard and is not shown yet. Hearing never waits: more than a person can read is counted, and of that the newest is kept.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use tokio::sync::Notify;

/// How many events are shown in a second, at the most: more of them nobody can read.
pub(super) const A_SECOND: usize = 12;
/// Trouble is shown however much else happens. There are as many rows on the page, so more would have left it anyway.
const TROUBLE: usize = super::SHOWN;

#[derive(Default)]
pub(super) struct Heard {
    kept: Mutex<Kept>,
    more: Notify,
}

#[derive(Default)]
struct Kept {
    /// Native forms of events, the newest last.
    usual: VecDeque<String>,
    trouble: VecDeque<String>,
    /// How many have happened within this second, and how many of them are shown.
    second: Second,
}

/// What became of the events of a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Second {
    pub(super) happened: usize,
    pub(super) shown: usize,
}

impl Heard {
    /// Takes an event's native form.
    pub(super) fn hear(&self, event: String, is_trouble: bool) {
        let mut kept = self.kept();
        kept.second.happened += 1;
        if is_trouble {
            push(&mut kept.trouble, event, TROUBLE);
        } else {
            push(&mut kept.usual, event, A_SECOND);
        }
        drop(kept);
        self.more.notify_one();
    }

    /// The next that is to be shown.
    pub(super) async fn next(&self) -> String {
        loop {
            if let Some(event) = self.take() {
                return event;
            }
            self.more.notified().await;
        }
    }

    fn take(&self) -> Option<String> {
        let mut kept = self.kept();
        let is_readable = kept.second.shown < A_SECOND;
        let next = kept.trouble.pop_front();
        let next = next.or_else(|| if is_readable { kept.usual.pop_front() } else { None });
        kept.second.shown += usize::from(next.is_some());
        next
    }

    /// A second is over, and another begins.
    pub(super) fn tick(&self) -> Second {
        let over = std::mem::take(&mut self.kept().second);
        self.more.notify_one();
        over
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().expect("nothing that holds it can panic")
    }
}

impl Second {
    pub(super) fn says(self) -> String {
        match (self.happened, self.shown) {
            (0, _) => "quiet".to_owned(),
            (1, _) => "1 event a second".to_owned(),
            (happened, shown) if happened > shown => {
                format!("{happened} events a second, {shown} of them shown")
            }
            (happened, _) => format!("{happened} events a second"),
        }
    }
}

fn push(queue: &mut VecDeque<String>, event: String, most: usize) {
    if queue.len() == most {
        queue.pop_front();
    }
    queue.push_back(event);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_more_than_can_be_read_the_newest_is_shown_and_all_of_it_counted() {
        let heard = Heard::default();
        for event in 0..1_000 {
            heard.hear(event.to_string(), false);
        }
        let shown: Vec<String> = std::iter::from_fn(|| heard.take()).collect();
        assert_eq!(shown.len(), A_SECOND);
        assert_eq!((shown[0].as_str(), shown[A_SECOND - 1].as_str()), ("988", "999"));
        assert_eq!(heard.tick().says(), "1000 events a second, 12 of them shown");
        assert_eq!(heard.tick().says(), "quiet");
    }

    #[test]
    fn what_comes_after_a_full_second_is_shown_in_the_next() {
        let heard = Heard::default();
        for event in 0..A_SECOND {
            heard.hear(event.to_string(), false);
            assert!(heard.take().is_some());
        }
        heard.hear("one more".to_owned(), false);
        assert_eq!(heard.take(), None);
        heard.tick();
        assert_eq!(heard.take().as_deref(), Some("one more"));
    }

    #[test]
    fn trouble_is_shown_however_much_else_happens() {
        let heard = Heard::default();
        heard.hear("trouble".to_owned(), true);
        for event in 0..1_000 {
            heard.hear(event.to_string(), false);
            assert!(heard.take().is_some() || event >= A_SECOND - 1);
        }
        heard.hear("more trouble".to_owned(), true);
        assert_eq!(heard.take().as_deref(), Some("more trouble"));
    }
}
