//! A hub with one account and one receiver, to be sent bad input.

use std::cell::Cell;
use std::collections::BTreeMap;

use callboard_simulate::Platform;
use serde_json::{Value, json};

use crate::support::Hub;
use crate::support::accounts::Account;
use crate::support::ear::Ear;

pub struct Ground {
    pub hub: Hub,
    pub account: Account,
    pub ear: Ear,
    /// Interviews of which a letter was sent to see whether the hub goes on.
    told: Cell<u64>,
}

impl Ground {
    pub fn of(platform: Platform) -> Self {
        Self::on(Hub::start(), platform)
    }

    pub fn on(hub: Hub, platform: Platform) -> Self {
        let account = Account::open(&hub, platform);
        let ear = Ear::open("standard");
        ear.subscribe(&hub, &json!({}));
        Self { hub, account, ear, told: Cell::new(0) }
    }

    /// The path of the account's URL.
    pub fn path(&self) -> &str {
        self.account.url.strip_prefix(&self.hub.url).unwrap()
    }

    /// Does something that must leave no trace, and sees that the hub goes on.
    pub fn nothing_comes_of<T>(&self, deed: impl FnOnce() -> T) -> T {
        let before = self.everything();
        let said = deed();
        assert_eq!(self.everything(), before);
        self.goes_on();
        said
    }

    /// A good webhook is taken and delivered.
    pub fn goes_on(&self) {
        let interview = self.told.replace(self.told.get() + 1);
        let answer = self.account.tell(&self.account.letters(interview)[0]);
        assert_eq!(answer["outcome"], "understood", "{answer}");
        self.hub.settle();
        let owed = self.hub.all("/v1/deliveries");
        assert!(owed.iter().all(|delivery| delivery["state"] == "delivered"), "{owed:?}");
        assert_eq!(self.ear.counts().taken, owed.len() as u64);
    }

    /// Every id of everything that the API lists.
    fn everything(&self) -> BTreeMap<&'static str, Vec<Value>> {
        let lists = ["sources", "endpoints", "events", "deliveries", "receipts", "keys"];
        let ids = |list| self.hub.all(&format!("/v1/{list}")).iter().map(|item| item["id"].clone()).collect();
        lists.into_iter().map(|list| (list, ids(list))).collect()
    }

    /// Why the last requests were refused: code and explanation, newest first.
    pub fn rejections(&self) -> Vec<(String, String)> {
        let refusals = self.hub.get(&format!("/v1/sources/{}/rejections", self.account.id));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let recent = refusals["recent"].as_array().unwrap().iter();
        recent.map(|it| (text(&it["code"]), text(&it["explanation"]))).collect()
    }
}
