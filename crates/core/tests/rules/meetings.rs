//! Rule 2: the links becoming available, or changing, is an event of its own.

use callboard_core::EventType::{InterviewCreated, InterviewMeetingReady, InterviewStageUpdated};
use callboard_core::{HostLink, Meeting, News, OverallStatus, Remark};

use crate::hub::{Hub, told};
use crate::news::{links, meeting, text};

#[test]
fn links_to_an_interview_that_nobody_knew_create_it_first() {
    let mut hub = Hub::new();

    let kinds = hub.kinds(1, meeting("123", links("https://zoom.us/j/1", "https://zoom.us/s/1?zak=secret")));

    assert_eq!(kinds, [InterviewCreated, InterviewMeetingReady, InterviewStageUpdated]);
}

#[test]
fn changed_links_are_told_again_and_the_same_links_are_known() {
    let mut hub = Hub::new();
    hub.hear(&told(1, meeting("123", links("https://zoom.us/j/1", "https://zoom.us/s/1?zak=old"))));

    let same =
        hub.hear(&told(2, meeting("123", links("https://zoom.us/j/1", "https://zoom.us/s/1?zak=old"))));
    let events = hub.events(3, meeting("123", links("https://zoom.us/j/2", "https://zoom.us/s/2?zak=new")));

    assert_eq!((same.events.len(), same.remarks), (0, vec![Remark::Known]));
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, InterviewMeetingReady);
    assert_eq!(events[0].data.previous["meeting"], serde_json::json!({"join_url": "https://zoom.us/j/1"}));
    let now = events[0].data.interview.as_ref().unwrap().meeting.clone().unwrap();
    assert_eq!(now.start_url, Some(HostLink("https://zoom.us/s/2?zak=new".to_owned())));
}

#[test]
fn older_links_do_not_replace_newer_ones_but_fill_what_is_missing() {
    let mut hub = Hub::new();
    let newer = Meeting { join_url: text("https://zoom.us/j/2"), ..Meeting::default() };
    hub.hear(&told(5, meeting("123", newer)));

    let late = hub.hear(&told(1, meeting("123", links("https://zoom.us/j/1", "https://zoom.us/s/1"))));

    assert_eq!((late.events.len(), late.remarks), (0, vec![Remark::Late]));
    let known = hub.interview("123").meeting.clone().unwrap();
    assert_eq!(known.join_url.as_deref(), Some("https://zoom.us/j/2"));
    assert_eq!(known.start_url, Some(HostLink("https://zoom.us/s/1".to_owned())));
}

#[test]
fn a_provider_without_a_link_is_no_meeting_to_join() {
    let mut hub = Hub::new();
    let teams = Meeting { provider: text("teams_for_business"), ..Meeting::default() };

    let kinds = hub.kinds(1, meeting("int_1a2b3c", teams));

    assert!(!kinds.contains(&InterviewMeetingReady));
}

#[test]
fn an_overall_status_that_is_not_ours_is_remarked_on() {
    let mut hub = Hub::new();
    let News::Meeting { interview, of, meeting, .. } = meeting("123", links("j", "s")) else {
        unreachable!("a meeting's news is news of a meeting")
    };
    let overall_status = Some(OverallStatus::Completed);

    let decision = hub.hear(&told(1, News::Meeting { interview, of, meeting, overall_status }));

    assert!(matches!(&decision.remarks[..], [Remark::Unreconciled(_)]));
    assert_eq!(decision.events.len(), 3);
}
