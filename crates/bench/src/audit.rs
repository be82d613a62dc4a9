//! What one endpoint was told, checked delivery by delivery: is it new, and is it what comes next?

use std::ops::AddAssign;

use callboard_core::EventId;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::clock::Stopwatch;
use crate::interviews::LAST_STEP;
use crate::latency::Latencies;
use crate::mark::Mark;
use crate::window::Window;

/// What must not happen, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Faults {
    /// Deliveries whose signature is not right.
    pub(crate) forged: u64,
    /// Deliveries of an event that was delivered before.
    pub(crate) duplicates: u64,
    /// Deliveries that are not what comes next in their interview.
    pub(crate) disordered: u64,
    /// Deliveries that tell of nothing that was sent.
    pub(crate) strays: u64,
}

/// What was told, in all or within the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Deliveries that told a webhook's own change of stage: one for each webhook that came in.
    pub(crate) webhooks: u64,
    /// Deliveries of any kind.
    pub(crate) deliveries: u64,
}

impl AddAssign for Faults {
    fn add_assign(&mut self, other: Self) {
        self.forged += other.forged;
        self.duplicates += other.duplicates;
        self.disordered += other.disordered;
        self.strays += other.strays;
    }
}

impl AddAssign for Told {
    fn add_assign(&mut self, other: Self) {
        self.webhooks += other.webhooks;
        self.deliveries += other.deliveries;
    }
}

/// An event's native form, as far as it is looked at.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    interview: Interview<'a>,
}

#[derive(Deserialize)]
struct Interview<'a> {
    #[serde(borrow)]
    stage: StageMark<'a>,
}

#[derive(Deserialize)]
struct StageMark<'a> {
    text: &'a str,
}

/// The record of one endpoint.
#[derive(Debug)]
pub(crate) struct Audit {
    stopwatch: Stopwatch,
    window: Option<Window>,
    seen: FxHashSet<EventId>,
    /// By interview: how many of its events were told, which is also the place of the one that comes next.
    next_place: FxHashMap<u64, u32>,
    pub(crate) told: Told,
    pub(crate) told_in_window: Told,
    pub(crate) arrival_to_sink: Latencies,
    pub(crate) faults: Faults,
}

impl Audit {
    pub(crate) fn new(stopwatch: Stopwatch) -> Self {
        Self {
            stopwatch,
            window: None,
            seen: FxHashSet::default(),
            next_place: FxHashMap::default(),
            told: Told::default(),
            told_in_window: Told::default(),
            arrival_to_sink: Latencies::new(),
            faults: Faults::default(),
        }
    }

    /// Says which stretch of time counts.
    pub(crate) fn set_window(&mut self, window: Window) {
        self.window = Some(window);
    }

    /// Takes down a delivery that could not be verified.
    pub(crate) fn forged(&mut self) {
        self.faults.forged += 1;
    }

    /// Takes down an authentic delivery. Answers whether it told, for the first time, a webhook's own change of stage.
    pub(crate) fn delivered(&mut self, webhook_id: &str, body: &[u8], now: Instant) -> bool {
        let Some((event, place, mark)) = read(webhook_id, body) else {
            self.faults.strays += 1;
            return false;
        };
        if !self.seen.insert(event) {
            self.faults.duplicates += 1;
            return false;
        }
        let next = self.next_place.entry(mark.interview).or_default();
        if *next != place {
            self.faults.disordered += 1;
        }
        *next = place + 1;
        let is_webhook = (1..=LAST_STEP).contains(&place);
        self.count(is_webhook, mark, now);
        is_webhook
    }

    fn count(&mut self, is_webhook: bool, mark: Mark, now: Instant) {
        let told = Told { webhooks: is_webhook.into(), deliveries: 1 };
        self.told += told;
        let Some(window) = self.window else { return };
        if window.holds(now) {
            self.told_in_window += told;
        }
        let due = self.stopwatch.moment(mark.due_ns);
        if is_webhook && window.holds(due) {
            self.arrival_to_sink.record(now - due);
        }
    }
}

/// The event, its place among those of its interview, and its mark. An interview is created, walks its steps, and is
/// archived.
fn read(webhook_id: &str, body: &[u8]) -> Option<(EventId, u32, Mark)> {
    let event = webhook_id.parse().ok()?;
    let body: Body<'_> = serde_json::from_slice(body).ok()?;
    let mark = Mark::at_end_of(body.data.interview.stage.text)?;
    let place = match (body.kind, mark.step) {
        ("interview.created", 0) => 0,
        ("interview.stage.updated", step @ 1..=LAST_STEP) => step,
        ("interview.archived", LAST_STEP) => LAST_STEP + 1,
        _ => return None,
    };
    Some((event, place, mark))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use callboard_core::Identifier;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// A delivery of the event with this number.
    fn deliver(audit: &mut Audit, event: u64, kind: &str, interview: u64, step: u32) -> bool {
        let mark = Mark { interview, step, due_ns: 0 };
        let body = format!(
            r#"{{"id":"evt","type":"{kind}","data":{{"source":"src","interview":{{"id":"int","stage":{{"value":"SchedulingTime","code":2000,"text":"Pending {mark}"}}}}}}}}"#
        );
        audit.delivered(&EventId::from_raw(event).to_string(), body.as_bytes(), Instant::now())
    }

    fn audit() -> Audit {
        Audit::new(Stopwatch::start())
    }

    #[test]
    fn an_interview_told_from_its_creation_to_the_archive_is_without_fault() {
        let mut audit = audit();
        assert!(!deliver(&mut audit, 1, "interview.created", 7, 0));
        for step in 1..=LAST_STEP {
            assert!(deliver(&mut audit, 1 + u64::from(step), "interview.stage.updated", 7, step));
        }
        assert!(!deliver(&mut audit, 99, "interview.archived", 7, LAST_STEP));

        assert_eq!(audit.faults, Faults::default());
        assert_eq!(audit.told, Told { webhooks: u64::from(LAST_STEP), deliveries: u64::from(LAST_STEP) + 2 });
    }

    #[test]
    fn interviews_do_not_disturb_each_other_s_order() {
        let mut audit = audit();
        deliver(&mut audit, 1, "interview.created", 7, 0);
        deliver(&mut audit, 2, "interview.created", 8, 0);
        deliver(&mut audit, 3, "interview.stage.updated", 8, 1);
        deliver(&mut audit, 4, "interview.stage.updated", 7, 1);

        assert_eq!(audit.faults, Faults::default());
    }

    #[test]
    fn an_event_that_is_delivered_again_is_a_duplicate_and_counts_for_nothing_else() {
        let mut audit = audit();
        deliver(&mut audit, 1, "interview.created", 7, 0);
        deliver(&mut audit, 2, "interview.stage.updated", 7, 1);

        assert!(!deliver(&mut audit, 2, "interview.stage.updated", 7, 1));

        assert_eq!(audit.faults, Faults { duplicates: 1, ..Faults::default() });
        assert_eq!(audit.told, Told { webhooks: 1, deliveries: 2 });
    }

    #[test]
    fn a_step_that_is_left_out_or_comes_too_late_is_disorder() {
        let mut audit = audit();
        deliver(&mut audit, 1, "interview.created", 7, 0);
        deliver(&mut audit, 3, "interview.stage.updated", 7, 2);
        assert_eq!(audit.faults.disordered, 1, "step 1 was left out");

        deliver(&mut audit, 2, "interview.stage.updated", 7, 1);
        assert_eq!(audit.faults.disordered, 2, "and came after step 2");
    }

    #[test]
    fn what_tells_of_nothing_that_was_sent_is_a_stray() {
        let mut audit = audit();
        deliver(&mut audit, 1, "interview.cancelled", 7, 3);
        deliver(&mut audit, 2, "interview.archived", 7, 3);
        audit.delivered("not an id", b"{}", Instant::now());
        audit.delivered(&EventId::from_raw(3).to_string(), b"{\"type\":", Instant::now());

        assert_eq!(audit.faults, Faults { strays: 4, ..Faults::default() });
    }

    #[test]
    fn only_what_arrives_within_the_window_is_measured() {
        let mut audit = audit();
        deliver(&mut audit, 1, "interview.created", 7, 0);
        audit.set_window(Window { from: audit.stopwatch.moment(0), ..Window::after(MINUTE, MINUTE) });
        deliver(&mut audit, 2, "interview.stage.updated", 7, 1);

        assert_eq!(audit.told, Told { webhooks: 1, deliveries: 2 });
        assert_eq!(audit.told_in_window, Told { webhooks: 1, deliveries: 1 });
        assert_eq!(audit.arrival_to_sink.percentiles().count, 1);
    }
}
