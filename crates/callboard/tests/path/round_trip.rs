//! What a platform tells comes out at an endpoint of its own dialect in the same words.

use std::collections::BTreeSet;

use callboard_simulate::{Heard, Platform};
use serde_json::{Value, json};

use crate::support::Hub;
use crate::support::accounts::Account;
use crate::support::ear::Ear;

const HIREHIVE_WORDS: [&str; 19] = [
    "application.created",
    "application.deleted",
    "application.stage.updated",
    "candidate.note.created",
    "candidate.note.deleted",
    "candidate.note.updated",
    "candidate.tag.added",
    "candidate.tag.removed",
    "candidate.updated",
    "feedback.requested",
    "feedback.submitted",
    "feedback.updated",
    "interview.cancelled",
    "interview.created",
    "interview.updated",
    "job.created",
    "job.deleted",
    "job.status.updated",
    "job.updated",
];
const VIASTO_WORDS: [&str; 5] =
    ["answervideo_changed", "candidate_changed", "note_changed", "project_changed", "rating_changed"];

#[test]
fn all_nineteen_words_of_hirehive_come_out_again() {
    let heard = round_trip(Platform::HireHive);
    let words: BTreeSet<_> = heard.iter().map(|it| member(it, "/type")).collect();
    assert_eq!(words, HIREHIVE_WORDS.map(str::to_owned).into());
}

#[test]
fn all_five_words_of_viasto_come_out_again_created_and_modified() {
    let heard = round_trip(Platform::Viasto);
    let words: BTreeSet<_> =
        heard.iter().map(|it| (member(it, "/event"), member(it, "/data/action"))).collect();
    let each = |action: &'static str| VIASTO_WORDS.map(|word| (word.to_owned(), action.to_owned()));
    assert_eq!(words, each("created").into_iter().chain(each("modified")).collect());
}

#[test]
fn both_callbacks_of_launchpad_come_out_again() {
    let heard = round_trip(Platform::LaunchPad);
    let links = heard.iter().filter(|it| body(it)["interview"]["start_url"].is_string());
    let assessments = heard.iter().filter(|it| body(it)["result_details"]["status"] == "reviewed");
    assert!(links.count() > 0 && assessments.count() > 0);
}

#[test]
fn each_move_of_an_interview_at_skype_comes_out_as_it_went_in() {
    // given
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let ear = Ear::open("skype");
    ear.subscribe(&hub, &json!({}));
    let letters = account.letters(0);

    // when
    account.tell_all(&letters);
    hub.settle();

    // then
    let told: Vec<_> = ear.heard().iter().map(body).map(|it| moved(&it)).collect();
    let sent: Vec<_> = letters.iter().map(|it| moved(&serde_json::from_slice(&it.body).unwrap())).collect();
    assert_eq!(told, sent);
    ear.assert_sound();
}

/// Which interview went when from what to what, with the platform's reasons.
fn moved(body: &Value) -> [Value; 4] {
    ["interviewCode", "timestamp", "previousStage", "currentStage"].map(|name| body[name].clone())
}

/// Plays a platform to an endpoint of its own dialect: everything that came out, sound.
fn round_trip(platform: Platform) -> Vec<Heard> {
    let hub = Hub::start();
    let account = Account::open(&hub, platform);
    let ear = Ear::open(platform.name());
    ear.subscribe(&hub, &json!({}));
    for seed in ["1", "2"] {
        account.simulate(&["--count", "12", "--seed", seed]);
    }
    hub.settle();
    ear.assert_sound();
    ear.heard()
}

fn body(heard: &Heard) -> Value {
    serde_json::from_slice(&heard.body).unwrap()
}

fn member(heard: &Heard, pointer: &str) -> String {
    body(heard).pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}
