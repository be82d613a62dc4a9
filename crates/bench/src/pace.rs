//! When a connection sends its next webhook.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use crate::window::Window;

/// What a connection waits for before it sends, beside the answer to what it sent before.
pub(crate) enum Pace {
    /// Nothing.
    AtOnce,
    /// Until no more than so many webhooks are on their way; each takes as much room as there are endpoints.
    Room(Arc<Semaphore>, u32),
    /// Nothing, but so many are sent over all connections and no more.
    Count(Arc<AtomicU64>),
    /// Its turn on a schedule. Who comes late for it is late by the schedule, not by when it got round to it.
    Schedule(UnboundedReceiver<Instant>),
}

impl Pace {
    /// Waits. Answers when the webhook is due, or nothing when there is none to send any more: what is on the schedule is
    /// sent however late it has become, so that a slow answer is not hidden by what was never sent.
    pub(crate) async fn turn(&mut self, end: Instant) -> Option<Instant> {
        match self {
            Self::AtOnce => {}
            Self::Room(room, needed) => {
                let acquired = timeout_at(end, room.acquire_many(*needed)).await.ok()?;
                acquired.expect("the semaphore is never closed").forget();
            }
            Self::Count(left) => {
                left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).ok()?;
            }
            Self::Schedule(turns) => return turns.recv().await,
        }
        Some(Instant::now()).filter(|now| *now < end)
    }

    /// The webhook did not get in: it is not on its way.
    pub(crate) fn give_back(&self) {
        match self {
            Self::Room(room, needed) => room.add_permits(*needed as usize),
            Self::Count(left) => drop(left.fetch_add(1, Ordering::Relaxed)),
            Self::AtOnce | Self::Schedule(_) => {}
        }
    }
}

/// A schedule of `per_second` turns a second that a number of connections take one after the other, until the window
/// closes.
pub(crate) fn schedule(per_second: u32, connections: usize, window: Window) -> Vec<Pace> {
    let (senders, paces): (Vec<_>, Vec<_>) = (0..connections)
        .map(|_| {
            let (sender, turns) = unbounded_channel();
            (sender, Pace::Schedule(turns))
        })
        .unzip();
    std::thread::spawn(move || keep_time(per_second, &senders, window));
    paces
}

/// A thread of its own: the runtime's timers are a millisecond coarse, which would show in what is measured.
fn keep_time(per_second: u32, senders: &[UnboundedSender<Instant>], window: Window) {
    let between = Duration::from_secs(1) / per_second;
    let mut due = window.warm_up_from;
    for sender in senders.iter().cycle() {
        if due >= window.to {
            return;
        }
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if sender.send(due).is_err() {
            return;
        }
        due += between;
    }
}
