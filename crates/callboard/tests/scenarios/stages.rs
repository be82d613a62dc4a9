//! Skype's twelve stages (seed 004): with every request the previous and the current one, in an order without a gap.

use std::collections::BTreeSet;

use callboard_core::Stage;
use serde_json::{Value, json};

use crate::company::{Company, body, made};
use crate::support::ear::Ear;

#[test]
fn a_new_interview_is_told_as_in_the_documentation() {
    let company = Company::open();
    let partner = Ear::open("skype");
    partner.subscribe(&company.hub, &json!({}));
    made(&company.hub, "interviews", &json!({}));
    company.hub.settle();

    let told = body(&partner.heard()[0]);
    let previous = json!({"value": "InterviewCreated", "metadata": "1 - Interview was created"});
    let current = json!({"value": "SchedulingTime", "metadata": "2000 - Pending interviewer time selection"});
    assert_eq!(told["previousStage"], previous);
    assert_eq!(told["currentStage"], current);
    assert_eq!(told["event"], "State");
    partner.assert_sound();
}

#[test]
fn an_interview_walks_through_all_twelve_stages_and_each_step_begins_where_the_last_one_ended() {
    // Given an integration that was written against Skype Interviews
    let company = Company::open();
    let partner = Ear::open("skype");
    partner.subscribe(&company.hub, &json!({}));

    // When an interview has everything happen to it that can
    let interview = made(&company.hub, "interviews", &json!({"application_id": company.application}));
    let reviewer = company.user("mmcgonagall");
    let act = |deed: &str, body: Value| company.act(&interview, deed, &body);
    act("fail", json!({"reason": "the calendar did not answer"}));
    act("schedule", json!({"ask": "candidate_selects"}));
    act("schedule", json!({"start": "2028-02-26T17:00:00Z", "duration_min": 45}));
    act("cancel", json!({}));
    act("schedule", json!({"start": "2028-02-27T17:00:00Z", "duration_min": 45}));
    let first = act("attendees", json!({"type": "guest", "display_name": "Ada"}));
    let second = act("attendees", json!({"type": "guest", "display_name": "Grace"}));
    let attendees =
        |interview: &Value| interview["attendees"].as_array().unwrap().last().unwrap()["id"].clone();
    act("join", json!({"attendee_id": attendees(&first)}));
    act("join", json!({"attendee_id": attendees(&second)}));
    act("fail", json!({"reason": "the line broke"}));
    act("start", json!({}));
    let feedback = company.assign(&interview, &reviewer);
    act("end", json!({}));
    act("fail", json!({"reason": "the form could not be saved"}));
    company.score(&feedback, 9.0, "splendid");
    act("archive", json!({}));
    company.hub.settle();

    // Then every stage was told, and each request begins where the one before it ended
    let told: Vec<Value> = partner.heard().iter().map(body).collect();
    assert_eq!(told[0]["previousStage"]["value"], "InterviewCreated");
    for (before, after) in told.iter().zip(&told[1..]) {
        assert_eq!(before["currentStage"], after["previousStage"]);
    }
    let stages: BTreeSet<&str> = told
        .iter()
        .flat_map(|it| [&it["previousStage"]["value"], &it["currentStage"]["value"]])
        .map(|stage| stage.as_str().unwrap())
        .collect();
    assert_eq!(stages, Stage::KNOWN.iter().map(Stage::as_str).collect());
    let metadata: Vec<&str> =
        told.iter().map(|it| it["currentStage"]["metadata"].as_str().unwrap()).collect();
    assert!(metadata.contains(&"2002 - Pending candidate time selection"), "{metadata:?}");
    assert_eq!(*metadata.last().unwrap(), "10000 - Interview was archived");
    partner.assert_sound();
}
