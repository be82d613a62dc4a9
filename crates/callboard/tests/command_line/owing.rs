//! Events, deliveries and receipts from a terminal: did they get it, and if not, why?

use callboard_simulate::{Answer, Platform};
use serde_json::json;

use crate::said::{failed, id, json, shown};
use crate::support::Hub;
use crate::support::accounts::Account;
use crate::support::ear::Ear;
use crate::support::until;

#[test]
fn a_person_finds_out_who_was_told_and_sees_to_the_rest() {
    // given an interview, one endpoint that is well and one that is not
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let well = Ear::open("skype");
    let ill = Ear::answering("standard", |_| Answer::now(500));
    let ill_endpoint = ill.subscribe(&hub, &json!({"retry": {"schedule": ["1h", "1h"]}}));
    well.subscribe(&hub, &json!({}));
    account.tell_all(&account.letters(0)[..2]);
    let at_the_ill_one = || hub.all(&format!("/v1/deliveries?endpoint={ill_endpoint}"));
    let is_tried = || at_the_ill_one().iter().any(|delivery| delivery["attempts"] == 1);
    until("both were tried", || well.counts().taken == 2 && is_tried());

    // what happened
    let table = shown(&hub, &["event", "list"]);
    assert!(table.contains("interview.created") && table.contains("TYPE"), "{table}");
    let created = json(&hub, &["event", "list", "--type", "interview.created"])["items"][0].clone();
    let oldest =
        json(&hub, &["event", "list", "--order", "oldest_first", "--limit", "1"])["items"][0].clone();
    assert_eq!(oldest["id"], created["id"], "nothing happens before an interview is there");
    let interview = created["event"]["data"]["interview"]["id"].as_str().unwrap();
    let about = json(&hub, &["event", "list", "--interview", interview, "--source", &account.id]);
    assert_eq!(about["items"].as_array().unwrap().len(), 3);
    assert!(shown(&hub, &["event", "show", id(&created)]).contains("\"type\": \"interview.created\""));
    let page = shown(&hub, &["event", "list", "--limit", "2"]);
    let (_, cursor) = page.split_once("--cursor ").unwrap();
    assert!(shown(&hub, &["event", "list", "--cursor", cursor.trim()]).contains(id(&created)));

    // who was told
    let told = shown(&hub, &["event", "deliveries", id(&created)]);
    assert!(
        told.contains("skipped") && told.contains("no word for it") && told.contains("pending"),
        "{told}"
    );

    // why not
    let owed = json(&hub, &["delivery", "list", "--state", "pending", "--endpoint", &ill_endpoint]);
    assert_eq!(owed["items"].as_array().unwrap().len(), 3);
    let told = json(&hub, &["delivery", "list", "--type", "interview.created", "--endpoint", &ill_endpoint]);
    assert_eq!(told["items"].as_array().unwrap().len(), 1);
    let owed = json(&hub, &["delivery", "list", "--event", id(&created)])["items"][0].clone();
    assert!(shown(&hub, &["delivery", "list"]).contains("ATTEMPTS"));
    assert!(shown(&hub, &["delivery", "show", id(&owed)]).contains("pending"));
    let attempts = shown(&hub, &["delivery", "attempts", id(&owed)]);
    assert!(attempts.contains("STATUS") && attempts.contains("500"), "{attempts}");

    // tried again, called off
    shown(&hub, &["delivery", "retry", id(&owed)]);
    until("it was tried again", || ill.counts().heard > 1);
    assert!(shown(&hub, &["delivery", "cancel", id(&owed)]).contains("cancelled"));
    assert!(failed(&hub, &["delivery", "cancel", id(&owed)]).contains("not_pending"));
    assert!(failed(&hub, &["delivery", "show", "dlv_nonsense"]).contains("not_found"));
}

#[test]
fn a_person_sees_what_came_in_byte_for_byte() {
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::HireHive);
    let letters = account.letters(0);
    account.tell_all(&letters[..3]);
    account.tell(&letters[0]);

    let table = shown(&hub, &["receipt", "list"]);
    assert!(table.contains("OUTCOME") && table.contains("job.created"), "{table}");
    let again = json(&hub, &["receipt", "list", "--outcome", "duplicate", "--source", &account.id]);
    assert_eq!(again["items"].as_array().unwrap().len(), 1);
    // What comes again is not kept again: it says which receipt it repeats.
    let first = again["items"][0]["detail"].as_str().unwrap();
    let receipt = json(&hub, &["receipt", "show", first]);
    assert_eq!(receipt["body"].as_str().unwrap().as_bytes(), letters[0].body);
    assert_eq!(receipt["headers"]["webhook-id"], letters[0].id);
    assert!(failed(&hub, &["receipt", "reprocess", id(&receipt)]).contains("not_quarantined"));
}
