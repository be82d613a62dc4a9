//! What a hub has on record, held against what was acknowledged and what was heard.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::ear::{Ear, header};
use super::insisting::Acknowledged;
use super::{Hub, until};

/// All that the API tells.
pub struct Record {
    receipts: HashMap<String, Value>,
    /// Oldest first.
    events: Vec<Value>,
    deliveries: Vec<Value>,
}

impl Record {
    pub fn of(hub: &Hub) -> Self {
        let mut events = hub.all("/v1/events");
        events.reverse();
        let receipts = hub.all("/v1/receipts").into_iter().map(|receipt| (text(&receipt["id"]), receipt));
        Self { receipts: receipts.collect(), events, deliveries: hub.all("/v1/deliveries") }
    }

    /// Each acknowledged letter has its receipt and its events, once, and nothing else has.
    pub fn assert_holds(&self, acknowledged: &[Acknowledged]) {
        let mut firsts = BTreeSet::new();
        for Acknowledged { letter, receipt, outcome, events, .. } in acknowledged {
            let kept = self.receipt(receipt);
            assert_eq!(kept["outcome"], outcome.as_str(), "{kept}");
            // The answer to the first request was lost with the hub: the one that was answered names it.
            let first =
                if outcome == "duplicate" { self.receipt(kept["detail"].as_str().unwrap()) } else { kept };
            assert_eq!(first["outcome"], "understood", "{first}");
            assert_eq!(first["body"].as_str().unwrap().as_bytes(), letter.body, "{first}");
            if outcome != "duplicate" {
                assert_eq!(self.events_of(receipt), *events, "{kept}");
            }
            assert!(firsts.insert(text(&first["id"])), "two letters came to one receipt: {first}");
        }
        let understood = self.receipts.values().filter(|receipt| receipt["outcome"] == "understood").count();
        assert_eq!(understood, acknowledged.len(), "every letter is acknowledged in the end, and there once");
        self.assert_moves(acknowledged);
    }

    /// Each interview has moved through the stages that were told, each once, in their order.
    fn assert_moves(&self, acknowledged: &[Acknowledged]) {
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for Acknowledged { letter, .. } in acknowledged {
            let body: Value = serde_json::from_slice(&letter.body).unwrap();
            told.entry(text(&body["interviewCode"])).or_default().push(letter.kind.to_owned());
        }
        let mut moved: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for event in self.events.iter().filter(|it| it["event"]["type"] == "interview.stage.updated") {
            let interview = &event["event"]["data"]["interview"];
            let code = text(&interview["external_ids"]["skype"]);
            moved.entry(code).or_default().push(text(&interview["stage"]["value"]));
        }
        assert_eq!(moved, told);
    }

    /// Every event was owed to so many endpoints, and was delivered to each of them.
    pub fn assert_delivered(&self, endpoints: usize) {
        let mut owed: HashMap<String, usize> = HashMap::new();
        for delivery in &self.deliveries {
            assert_eq!(delivery["state"], "delivered", "{delivery}");
            *owed.entry(text(&delivery["event"])).or_default() += 1;
        }
        for event in &self.events {
            assert_eq!(owed.get(event["id"].as_str().unwrap()), Some(&endpoints), "{event}");
        }
    }

    /// A receiver has taken every event and nothing else, each interview's in order; what it was told more than once
    /// came under the same id with the same bytes.
    pub fn assert_told_to(&self, ear: &Ear) {
        until("what the receiver took is written down", || ear.heard().len() as u64 == ear.counts().heard);
        let mut bodies = HashMap::new();
        let mut taken = Vec::new();
        for heard in ear.heard() {
            let id = header(&heard, "webhook-id").to_owned();
            let first = bodies.entry(id.clone()).or_insert_with(|| heard.body.clone());
            assert_eq!(*first, heard.body, "an attempt at {id} had another body");
            if heard.is_taken() && !taken.contains(&id) {
                taken.push(id);
            }
        }
        assert_eq!(ear.counts().refused, 0);
        let ids: BTreeSet<_> = self.events.iter().map(|event| text(&event["id"])).collect();
        assert_eq!(taken.iter().cloned().collect::<BTreeSet<_>>(), ids, "events on record and events told");

        let lanes: HashMap<_, _> = self.events.iter().map(|it| (text(&it["id"]), interview(it))).collect();
        let mut last: HashMap<&str, &str> = HashMap::new();
        for id in &taken {
            // Ids are ordered by time.
            let before = last.insert(&lanes[id], id);
            assert!(before.is_none_or(|before| before < id.as_str()), "{before:?} came before {id}");
        }
    }

    fn receipt(&self, id: &str) -> &Value {
        self.receipts.get(id).unwrap_or_else(|| panic!("{id} was acknowledged and is gone"))
    }

    fn events_of(&self, receipt: &str) -> u64 {
        self.events.iter().filter(|event| event["receipt"] == receipt).count() as u64
    }
}

fn interview(event: &Value) -> String {
    text(&event["event"]["data"]["interview"]["id"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
