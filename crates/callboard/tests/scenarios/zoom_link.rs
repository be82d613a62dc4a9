//! LaunchPad's Zoom Link Callback (seed 000): sent as soon as the link is there, to those who have the feature.

use serde_json::json;

use crate::company::{Company, body};
use crate::support::ear::Ear;

#[test]
fn the_link_is_told_as_soon_as_it_is_set_and_again_when_it_changes_and_only_to_who_asked_for_it() {
    // Given two partners: one with the feature, one who asked for assessments only
    let company = Company::open();
    let (with, without) = (Ear::open("launchpad"), Ear::open("launchpad"));
    with.subscribe(&company.hub, &json!({"events": ["interview.meeting.ready"]}));
    without.subscribe(&company.hub, &json!({"events": ["interview.assessed"]}));
    let interview = company.interview(&json!({"external_ids": {"launchpad": "123"}}));
    company.hub.settle();
    assert_eq!(with.heard().len(), 0, "there is no link yet");

    // When the link is set, set to the same again, and changed
    let first = json!({
        "provider": "zoom", "id": "456",
        "join_url": "https://launchpadrecruitsapp.com/live_candidate/asdbaedasda",
        "start_url": "https://launchpad.zoom.us/s/331305421?zak=eyJhbGciOiJIUzI1NiJ9",
    });
    company.meet(&interview, &first);
    company.meet(&interview, &first);
    let mut second = first.clone();
    second["join_url"] = "https://launchpadrecruitsapp.com/live_candidate/another".into();
    company.meet(&interview, &second);
    company.hub.settle();

    // Then it was told twice, in the words of the documentation
    let told: Vec<_> = with.heard().iter().map(body).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(
        told[0]["candidate"],
        json!({
            "id": "cnd_chuvacheness123", "first_name": "harry", "last_name": "potter",
            "email": "hpotter@hogwarts.com", "custom_invite_id": "123test",
        })
    );
    let link = &told[0]["interview"];
    assert_eq!(link["start_time"], "2028-01-24T14:45:00.000Z");
    assert_eq!(link["end_time"], "2028-01-24T15:15:00.000Z");
    assert_eq!(link["duration"], "30");
    assert_eq!(link["id"], "123");
    assert_eq!(link["live_meeting_id"], "456");
    for (name, other) in [("join_url", "candidate_url"), ("start_url", "reviewer_url")] {
        assert_eq!(link[name], first[name]);
        assert_eq!(link[other], first[name], "both spellings are sent");
    }
    assert_eq!(told[1]["interview"]["join_url"], second["join_url"]);
    with.assert_sound();

    // And the partner without the feature heard nothing
    assert_eq!(without.heard().len(), 0);
}

#[test]
fn a_host_link_is_delivered_and_shown_to_nobody_else() {
    let company = Company::open();
    let interview = company.interview(&json!({}));
    company.meet(&interview, &json!({"provider": "zoom", "start_url": "https://zoom.us/s/1?zak=hostsecret"}));
    for path in [format!("/v1/interviews/{interview}"), "/v1/interviews".into(), "/v1/events".into()] {
        let shown = company.hub.get(&path).to_string();
        assert!(shown.contains("start_url") && !shown.contains("hostsecret"), "{path}: {shown}");
    }
}
