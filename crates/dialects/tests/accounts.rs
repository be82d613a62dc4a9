//! Under which ids things go out where several accounts, or several platforms, tell of them.

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

#[expect(dead_code, reason = "these tests need a part of it")]
mod wire;

use callboard_core::{
    Application, ApplicationId, Candidate, CandidateId, Event, EventType, ExternalIds, Feedback, FeedbackId,
    Identifier, Interview, InterviewId, Job, JobId, Meeting, Note, NoteId, Person, Snapshot, SourceId,
    UserId,
};
use callboard_dialects::Recipient;
use serde_json::{Value, json};
use wire::{event, speaking};

const FIRST: u64 = 8;
const SECOND: u64 = 9;

fn written(dialect: &str, event: &Event) -> Value {
    let to = Recipient { url: "https://partner.example/hooks", public_url: "https://callboard.example" };
    serde_json::from_slice(&speaking(dialect).render(event, &to)[0]).unwrap()
}

/// Told of by two accounts at this platform, under a name each.
fn by_two(platform: &str, kind: &str) -> ExternalIds {
    let mut names = ExternalIds::default();
    for source in [FIRST, SECOND] {
        names.note(platform, SourceId::from_raw(source), &format!("{kind}_{source}"));
    }
    names
}

/// An interview with its meeting, of which both accounts have told.
fn known_twice(platform: &str) -> Snapshot {
    let mut job = Job::new(JobId::from_raw(1));
    job.external_ids = by_two(platform, "job");
    let mut candidate = Candidate::new(CandidateId::from_raw(2));
    candidate.external_ids = by_two(platform, "can");
    let mut application = Application::new(ApplicationId::from_raw(3));
    (application.candidate_id, application.job_id) = (Some(candidate.id), Some(job.id));
    application.external_ids = by_two(platform, "app");
    let mut interview = Interview::new(InterviewId::from_raw(4));
    interview.application_id = Some(application.id);
    interview.meeting = Some(Meeting::default());
    interview.external_ids = by_two(platform, "int");
    Snapshot {
        job: Some(job.into()),
        candidate: Some(candidate.into()),
        application: Some(application.into()),
        interview: Some(interview.into()),
        ..Snapshot::default()
    }
}

fn from(source: Option<u64>, kind: EventType, known: Snapshot) -> Event {
    event(kind, Snapshot { source: source.map(SourceId::from_raw), ..known })
}

#[test]
fn what_an_account_told_goes_out_under_the_ids_of_that_account() {
    for (source, account) in [(Some(FIRST), FIRST), (Some(SECOND), SECOND), (None, FIRST)] {
        let told = from(source, EventType::InterviewUpdated, known_twice("hirehive"));
        let object = &written("hirehive", &told)["data"]["object"];
        let ids = ["id", "candidate_id", "application_id", "job_id"].map(|member| object[member].clone());
        let expected = ["int", "can", "app", "job"].map(|kind| json!(format!("{kind}_{account}")));
        assert_eq!(ids, expected);
        for (kind, pointer) in [
            (EventType::JobUpdated, "/data/object/id"),
            (EventType::CandidateUpdated, "/data/object/id"),
            (EventType::ApplicationCreated, "/data/object/candidate/id"),
        ] {
            let body = written("hirehive", &from(source, kind, known_twice("hirehive")));
            let id = body.pointer(pointer).unwrap().as_str().unwrap();
            assert!(id.ends_with(&account.to_string()), "{id} for {source:?}");
        }

        let told = from(source, EventType::InterviewMeetingReady, known_twice("launchpad"));
        let body = written("launchpad", &told);
        let ids = ["/candidate/id", "/candidate/custom_invite_id", "/interview/id"]
            .map(|pointer| body.pointer(pointer).unwrap().clone());
        assert_eq!(ids, ["can", "app", "int"].map(|kind| json!(format!("{kind}_{account}"))));

        let told = from(source, EventType::InterviewStageUpdated, known_twice("skype"));
        assert_eq!(written("skype", &told)["interviewCode"], format!("int_{account}"));
    }
}

/// A user of ours, by what some platform calls them.
fn somebody(id: &str) -> Person {
    Person { user: Some(UserId::from_raw(90)), id: Some(id.to_owned()), ..Person::default() }
}

/// Feedback and a note of somebody whom a platform calls `id`, known to that platform alone.
fn reviewed(platform: &str, id: &str) -> Snapshot {
    let names = by_two(platform, "thing");
    let mut feedback = Feedback::new(FeedbackId::from_raw(5));
    (feedback.reviewer, feedback.creator) = (Some(somebody(id)), Some(somebody(id)));
    feedback.external_ids = names.clone();
    let mut note = Note::new(NoteId::from_raw(6));
    note.author = Some(somebody(id));
    note.external_ids = names;
    Snapshot { feedback: Some(feedback.into()), note: Some(note.into()), ..Snapshot::default() }
}

#[test]
fn nobody_is_told_under_the_id_of_another_platform() {
    let ours = UserId::from_raw(90).to_string();
    for (platform, id, expected) in [
        ("hirehive", "usr_1a2b3c", "usr_1a2b3c"),
        ("viasto", "customers/5", ours.as_str()),
        ("standard", "usr_0000000000005", ours.as_str()),
    ] {
        let known = reviewed(platform, id);
        let feedback =
            &written("hirehive", &event(EventType::FeedbackSubmitted, known.clone()))["data"]["object"];
        assert_eq!(
            (&feedback["reviewer"]["id"], &feedback["creator"]["id"]),
            (&json!(expected), &json!(expected))
        );
        let note = &written("hirehive", &event(EventType::CandidateNoteCreated, known))["data"]["object"];
        assert_eq!(note["creator"]["user_id"], expected);
    }
}

#[test]
fn an_owner_and_an_organizer_are_users_of_the_platform_or_ours_or_not_told() {
    let ours = UserId::from_raw(90).to_string();
    for (platform, id, is_told) in [
        (Some("hirehive"), "usr_1a2b3c", true),
        (Some("launchpad"), ours.as_str(), true),
        (None, ours.as_str(), true),
        (Some("viasto"), "customers/5", false),
        (Some("standard"), ours.as_str(), false),
    ] {
        let names = platform.map(|platform| by_two(platform, "thing")).unwrap_or_default();
        let mut job = Job::new(JobId::from_raw(1));
        (job.owner_id, job.external_ids) = (Some(id.to_owned()), names.clone());
        let mut interview = Interview::new(InterviewId::from_raw(4));
        (interview.organizer_id, interview.external_ids) = (Some(id.to_owned()), names);
        let known =
            Snapshot { job: Some(job.into()), interview: Some(interview.into()), ..Snapshot::default() };

        let expected = if is_told { json!(id) } else { Value::Null };
        let job = written("hirehive", &event(EventType::JobUpdated, known.clone()));
        assert_eq!(job["data"]["object"]["owner_id"], expected, "{platform:?}");
        let interview = written("hirehive", &event(EventType::InterviewUpdated, known));
        assert_eq!(interview["data"]["object"]["event"]["organizer_id"], expected, "{platform:?}");
    }
}
