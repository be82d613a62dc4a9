//! The links to join an interview.

use callboard_core::EventType::{InterviewMeetingReady, InterviewUpdated};
use callboard_core::{
    About, Belonging, Command, Facts, HostLink, InterviewCommand, InterviewId, InterviewTold, Meeting, News,
};
use serde_json::json;

use crate::desk::{Desk, called, previous, text};

fn zoom(join: &str) -> Meeting {
    Meeting {
        join_url: text(join),
        start_url: Some(HostLink("https://zoom.us/s/1?zak=secret".to_owned())),
        provider: text("zoom"),
        id: None,
    }
}

fn put(id: InterviewId, meeting: Meeting) -> Command {
    Command::Interview(id, InterviewCommand::PutMeeting(meeting))
}

fn remove(id: InterviewId) -> Command {
    Command::Interview(id, InterviewCommand::RemoveMeeting)
}

#[test]
fn links_are_told_when_they_are_there_and_when_they_change_without_the_old_secret() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));

    assert_eq!(desk.kinds(put(id, zoom("https://zoom.us/j/1"))), [InterviewMeetingReady]);
    assert_eq!(desk.kinds(put(id, zoom("https://zoom.us/j/1"))), []);
    let moved = desk.done(put(id, zoom("https://zoom.us/j/2")));
    assert_eq!(moved[0].kind, InterviewMeetingReady);
    let before = json!({"meeting": {"join_url": "https://zoom.us/j/1", "provider": "zoom"}});
    assert_eq!(previous(&moved[0]), before);
    let named = Meeting { id: text("99"), ..zoom("https://zoom.us/j/2") };
    assert_eq!(desk.kinds(put(id, named)), [InterviewUpdated], "the links are the same");
    assert_eq!(
        desk.refused(put(id, Meeting { provider: text("zoom"), ..Meeting::default() })),
        "missing_fact"
    );

    assert_eq!(desk.kinds(remove(id)), [InterviewUpdated]);
    assert_eq!(desk.refused(remove(id)), "no_meeting");
}

#[test]
fn an_older_webhook_brings_no_links_back() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    let named = called(Facts::default(), "platform", Some("int_1"));
    desk.done(Command::Interview(id, InterviewCommand::Change(named)));
    desk.now = 100;
    let told = |join: &str| News::Meeting {
        interview: About { external_id: text("int_1"), told: InterviewTold::default() },
        of: Belonging::default(),
        meeting: zoom(join),
        overall_status: None,
    };
    let join_only = Meeting { start_url: None, ..zoom("https://zoom.us/j/1") };
    desk.done(put(id, join_only.clone()));
    desk.hear(50, told("https://zoom.us/j/9"));
    assert_eq!(desk.interview(id).meeting.as_ref(), Some(&join_only), "links are replaced as a whole");

    desk.done(remove(id));
    desk.hear(50, told("https://zoom.us/j/9"));
    assert_eq!(desk.interview(id).meeting, None);

    desk.hear(500, told("https://zoom.us/j/9"));
    assert!(desk.interview(id).meeting.is_some());
}

#[test]
fn there_is_nothing_to_join_where_an_interview_is_over_or_off() {
    let mut desk = Desk::new();
    let over = desk.over();
    assert_eq!(desk.refused(put(over, zoom("https://zoom.us/j/1"))), "interview_over");

    let (candidate, job) = (desk.a_candidate("luna"), desk.a_job());
    let application = desk.applied(candidate, Some(job));
    let id = desk.held_for(application, None);
    desk.done(Command::Interview(id, InterviewCommand::Cancel { reason: None }));
    assert_eq!(desk.refused(put(id, zoom("https://zoom.us/j/1"))), "interview_cancelled");
}
