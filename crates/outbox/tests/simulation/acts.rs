//! What is done to the hub: webhooks and commands sent, people's wishes, trouble with clock and store.

use std::sync::Arc;
use std::time::Duration;

use callboard_core::{EndpointId, EndpointState};
use callboard_ledger::{Carried, Ledger, LedgerError, Reader, Recorded};
use jiff::SignedDuration;

use super::deeds::{deed, switch};
use super::senders::events_of;
use super::world::{State, World};

/// How long a sender waits at the most before it sends again what was not answered.
const SENDS_AGAIN: Duration = Duration::from_secs(20);
/// Requests that are sent twice though they were answered, or while they are under way.
const TWICE: f64 = 0.08;
/// The shortest time that goes by at once, when it is days that do.
const LEAP: SignedDuration = SignedDuration::from_hours(4);

/// Something that is going to happen.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// A platform sends this message.
    Tell(usize),
    /// A program asks for this.
    Order(usize),
    /// Someone does something, they do not know yet what.
    Deed,
    /// Someone switches an endpoint on again.
    Enable(EndpointId),
    /// The clock is set.
    Jump,
    /// Hours go by.
    Leap,
    /// The store is full for a while.
    Fill,
    /// The hub is told to stop.
    Stop,
}

/// Does it, or sets it going.
pub fn perform(world: &Arc<World>, ledger: &Ledger, reader: &mut dyn Reader, act: Act) {
    let (world, ledger) = (Arc::clone(world), ledger.clone());
    match act {
        Act::Tell(index) => drop(tokio::spawn(async move { tell(&world, &ledger, index).await })),
        Act::Order(index) => drop(tokio::spawn(async move { order(&world, &ledger, index).await })),
        Act::Deed => deed(&world, ledger, reader),
        Act::Enable(id) => {
            if ledger.directory().endpoint(id).is_some() {
                switch(&world, ledger, id, EndpointState::Enabled);
            }
        }
        Act::Jump => jump(&mut world.state()),
        Act::Leap => leap(&mut world.state()),
        Act::Fill => {
            let mut state = world.state();
            let lasts = state.up_to(Duration::from_secs(60));
            state.store_full_until = state.now() + lasts;
            state.note(format_args!("the store is full for {lasts:?}"));
        }
        Act::Stop => unreachable!("a stop is not for the hub's senders"),
    }
}

async fn tell(world: &World, ledger: &Ledger, index: usize) {
    let intake = {
        let mut state = world.state();
        let (moment, now) = (state.moment(), state.hub_time());
        let patient = !state.scene.impatient;
        let message = &mut state.senders.messages[index];
        message.under_way += 1;
        let first = message.sent_at.is_none();
        message.sent_at.get_or_insert(moment);
        state.note(format_args!("message {index} is sent"));
        if first && !patient {
            state.tell_next(index);
        }
        if !state.healed && state.chance(TWICE) {
            let wait = state.up_to(Duration::from_millis(30));
            state.plan(wait, Act::Tell(index));
        }
        state.senders.messages[index].intake(&state.senders.source, now)
    };
    let answered = ledger.record(intake).await;
    let mut state = world.state();
    if state.is_dead() {
        return;
    }
    state.senders.messages[index].under_way -= 1;
    state.told(index, answered);
    drop(state);
    world.news.notify_one();
}

impl State {
    fn tell_next(&mut self, index: usize) {
        if let Some(next) = self.senders.next_message(index) {
            let wait = self.up_to(self.scene.tells_next);
            self.plan(wait, Act::Tell(next));
        }
    }

    fn told(&mut self, index: usize, answered: Result<Recorded, LedgerError>) {
        let lost = !self.healed && {
            let lost = self.scene.lost_inside;
            self.chance(lost)
        };
        self.note(format_args!("message {index} is answered {answered:?}, lost {lost}"));
        let recorded = match answered {
            Ok(recorded) if !lost => recorded,
            _ => {
                let wait = self.up_to(SENDS_AGAIN);
                return self.plan(wait, Act::Tell(index));
            }
        };
        let moment = self.moment();
        let message = &mut self.senders.messages[index];
        message.answers.push(recorded);
        if message.answered_at.is_none() {
            message.answered_at = Some(moment);
            if !self.scene.impatient {
                self.tell_next(index);
            }
        }
        if !self.healed && self.chance(TWICE) {
            let wait = self.up_to(self.scene.tells_next);
            self.plan(wait, Act::Tell(index));
        }
    }

    fn ordered(&mut self, index: usize, carried: Result<Carried, LedgerError>) {
        let lost = !self.healed && {
            let lost = self.scene.lost_inside;
            self.chance(lost)
        };
        self.note(format_args!("order {index} is answered {}, lost {lost}", carried.is_ok()));
        let events = match carried {
            Ok(Carried::Out(done)) if !lost => done.events,
            Ok(Carried::Before(answer)) if !lost => events_of(&answer),
            Err(LedgerError::Refused(refusal)) => {
                return self.violation(format!("order {index} is refused: {refusal}"));
            }
            _ => {
                let wait = self.up_to(SENDS_AGAIN);
                return self.plan(wait, Act::Order(index));
            }
        };
        let before = self.senders.orders[index].answer.replace(events.clone());
        match before {
            Some(before) if before != events => {
                self.violation(format!(
                    "I1: order {index} was answered {before:?}, and is now answered {events:?}"
                ));
            }
            Some(_) => {}
            None => {
                if let Some(next) = self.senders.next_order(index) {
                    let wait = self.up_to(self.scene.tells_next);
                    self.plan(wait, Act::Order(next));
                }
            }
        }
    }
}

async fn order(world: &World, ledger: &Ledger, index: usize) {
    let asking = {
        let mut state = world.state();
        let (moment, now) = (state.moment(), state.hub_time());
        let order = &mut state.senders.orders[index];
        order.under_way += 1;
        order.sent_at.get_or_insert(moment);
        if !state.healed && state.chance(TWICE) {
            let wait = state.up_to(Duration::from_millis(30));
            state.plan(wait, Act::Order(index));
        }
        state.senders.orders[index].asking(now)
    };
    let carried = ledger.command(asking).await;
    let mut state = world.state();
    if state.is_dead() {
        return;
    }
    state.senders.orders[index].under_way -= 1;
    state.ordered(index, carried);
    drop(state);
    world.news.notify_one();
}

/// A clock is set right, or wrong: mostly a little, sometimes by hours. Answers are kept for a day, which it does not add
/// up to.
fn jump(state: &mut State) {
    let most_s = [2, 90, 3_600, 4 * 3_600][state.below(4)];
    let by = SignedDuration::try_from(state.up_to(Duration::from_secs(most_s))).unwrap();
    let by = if state.chance(0.5) { by } else { -by };
    state.jump(by);
}

/// Hours go by in which the hub has next to nothing to do.
fn leap(state: &mut State) {
    let by = LEAP + SignedDuration::try_from(state.up_to(Duration::from_secs(6 * 3_600))).unwrap();
    state.jump(by);
}
