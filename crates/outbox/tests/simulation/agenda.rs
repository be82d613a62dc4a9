//! What is planned from the start, and what a crash or the end of all trouble makes of it.

use std::time::Duration;

use callboard_core::Endpoint;

use super::acts::Act;
use super::world::State;

/// Within which senders begin.
const BEGIN: Duration = Duration::from_secs(120);
/// Most clock jumps, and most times that the store is full.
const TROUBLES: usize = 3;
/// Runs in which the hub is stopped in good order.
const STOPS: f64 = 0.3;
/// How soon a sender tries again after the hub has gone.
const SENDS_AGAIN: Duration = Duration::from_secs(10);

impl State {
    pub fn plan_everything(&mut self) {
        let (messages, orders) = (&self.senders.messages, &self.senders.orders);
        let first_messages = (0..messages.len()).filter(|index| messages[*index].number == 0).map(Act::Tell);
        let first_orders = (0..orders.len()).filter(|index| orders[*index].number == 0).map(Act::Order);
        let firsts: Vec<Act> = first_messages.chain(first_orders).collect();
        for act in firsts {
            let wait = self.up_to(BEGIN);
            self.plan(wait, act);
        }
        let mut later = vec![Act::Deed; self.scene.deeds];
        let jumps = if self.scene.leaps > 0 { 0 } else { self.below(TROUBLES + 1) };
        later.extend(vec![Act::Jump; jumps]);
        let fills = self.below(TROUBLES + 1);
        later.extend(vec![Act::Fill; fills]);
        if self.chance(STOPS) {
            later.push(Act::Stop);
        }
        for act in later {
            let most = self.scene.heals_after.min(BEGIN * 4);
            let wait = self.up_to(most);
            self.plan(wait, act);
        }
        let leaps = self.scene.leaps;
        for leap in 1..=leaps {
            let part = u32::try_from(leap).unwrap();
            self.plan(self.scene.heals_after / (u32::try_from(leaps).unwrap() + 1) * part, Act::Leap);
        }
    }

    /// Whoever waits for an answer gets none.
    pub fn send_again_what_was_under_way(&mut self) {
        let mut again = Vec::new();
        for (index, message) in self.senders.messages.iter_mut().enumerate() {
            if std::mem::take(&mut message.under_way) > 0 {
                again.push(Act::Tell(index));
            }
        }
        for (index, order) in self.senders.orders.iter_mut().enumerate() {
            if std::mem::take(&mut order.under_way) > 0 {
                again.push(Act::Order(index));
            }
        }
        for act in again {
            let wait = self.up_to(SENDS_AGAIN);
            self.plan(wait, act);
        }
    }

    pub fn heal_if_it_is_time(&mut self) {
        if !self.healed && self.now() >= self.scene.heals_after {
            self.healed = true;
            self.spare_the_hub();
            self.note(format_args!("the world heals"));
        }
    }

    /// An endpoint that someone makes later, numbered from there.
    pub fn another_endpoint(&mut self, from: u64) -> Endpoint {
        let number = from + self.moment();
        let (scene, dice) = self.scene_and_dice();
        scene.endpoint(number, dice)
    }
}
