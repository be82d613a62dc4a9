//! HireHive's nineteen events, read and written (seed 002, platforms.md 1).

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

#[path = "wire/learning.rs"]
mod learning;
mod wire;

use std::sync::Arc;

use callboard_core::{
    About, Application, ApplicationId, Candidate, CandidateId, Event, EventType, Feedback, FeedbackId,
    FeedbackStatus, HostLink, Identifier, Interview, InterviewChange, InterviewId, InterviewTold, Meeting,
    News, Person, Rating, Score, Snapshot, Stage,
};
use callboard_dialects::{Reading, Recipient};
use learning::learned;
use wire::{event, fixture, pretty, speaking, told};

const EVENTS: [&str; 19] = [
    "job.created",
    "job.updated",
    "job.status.updated",
    "job.deleted",
    "application.created",
    "application.stage.updated",
    "application.deleted",
    "candidate.updated",
    "candidate.note.created",
    "candidate.note.updated",
    "candidate.note.deleted",
    "candidate.tag.added",
    "candidate.tag.removed",
    "feedback.requested",
    "feedback.submitted",
    "feedback.updated",
    "interview.created",
    "interview.updated",
    "interview.cancelled",
];

const TO: Recipient<'static> =
    Recipient { url: "https://ats.example/hooks", public_url: "https://callboard.example" };

fn read(body: &[u8]) -> Reading {
    speaking("hirehive").parse(body).unwrap()
}

fn news_of(body: &[u8]) -> News {
    read(body).observations.remove(0).news
}

fn sample(kind: &str) -> Vec<u8> {
    fixture(&format!("hirehive/{kind}.json"))
}

fn interview_in(body: &[u8]) -> (About<InterviewTold>, Option<Meeting>, InterviewChange) {
    match news_of(body) {
        News::Interview { interview, meeting, change, .. } => (interview, meeting, change),
        other => panic!("{other:?}"),
    }
}

fn said(text: &str) -> String {
    speaking("hirehive").parse(text.as_bytes()).unwrap_err().0
}

fn written(event: &Event) -> String {
    let mut bodies = speaking("hirehive").render(event, &TO);
    assert_eq!(bodies.len(), 1);
    String::from_utf8(bodies.remove(0)).unwrap()
}

#[test]
fn each_of_the_nineteen_events_is_read_into_our_words() {
    for kind in EVENTS {
        let reading = read(&sample(kind));
        assert_eq!(reading.label, kind);
        insta::assert_snapshot!(format!("hirehive_reads_{kind}"), told(&reading));
    }
}

#[test]
fn what_hirehive_sent_goes_out_again_to_the_last_byte() {
    for kind in EVENTS {
        let body = sample(kind);
        let reading = read(&body);
        let id =
            serde_json::from_slice::<serde_json::Value>(&body).unwrap()["id"].as_str().unwrap().to_owned();
        let event = Event {
            id: id.parse().unwrap(),
            timestamp: reading.observations[0].at.unwrap(),
            ..event(kind.into(), learned(&reading.observations[0].news))
        };

        let again = written(&event);

        let sent = String::from_utf8(body).unwrap();
        let expected: String = sent.lines().map(str::trim_start).collect();
        let actual: String = pretty(again.as_bytes()).lines().map(str::trim_start).collect();
        assert_eq!(actual, expected, "{kind}");
    }
}

#[test]
fn the_sample_of_seed_002_is_of_no_type_and_tells_nothing_until_it_has_one() {
    let sample = fixture("hirehive/seed_002_interview.created.json");
    assert_eq!(read(&sample), Reading { label: "<string>".to_owned(), observations: Vec::new() });

    let typed = String::from_utf8(sample).unwrap().replacen(
        "\"type\": \"<string>\"",
        "\"type\": \"interview.created\"",
        1,
    );
    let (interview, meeting, change) = interview_in(typed.as_bytes());

    assert_eq!(change, InterviewChange::Created);
    assert_eq!(interview.told.start, Some("2023-11-07T05:31:56Z".parse().unwrap()));
    assert_eq!(interview.told.attendees.unwrap().len(), 1);
    assert_eq!(meeting.unwrap().provider.as_deref(), Some("hangouts_meet"));
}

#[test]
fn an_envelope_of_three_members_is_read_like_one_of_five() {
    let five = serde_json::from_slice::<serde_json::Value>(&sample("interview.created")).unwrap();
    let mut three = five.clone();
    three.as_object_mut().unwrap().retain(|name, _| name != "id" && name != "version");
    assert_eq!(read(five.to_string().as_bytes()), read(three.to_string().as_bytes()));
}

#[test]
fn an_interview_whose_status_is_past_or_cancelled_has_ended_or_was_cancelled_whatever_is_told_of_it() {
    for (kind, status, change) in [
        ("interview.updated", "\"past\"", InterviewChange::Updated),
        ("interview.created", "\"active\"", InterviewChange::Created),
    ] {
        let told = |other: &str| {
            let body = String::from_utf8(sample(kind)).unwrap().replace(status, other);
            interview_in(body.as_bytes()).2
        };
        assert_eq!(told("\"past\""), InterviewChange::Ended);
        assert_eq!(told("\"active\""), change);
        assert_eq!(told("\"cancelled\""), InterviewChange::Cancelled);
        assert_eq!(told("null"), change);
    }
}

#[test]
fn a_status_that_is_new_to_us_is_kept_while_the_interview_is_open() {
    let body = String::from_utf8(sample("interview.created")).unwrap().replace("\"active\"", "\"on_hold\"");
    let mut known = learned(&news_of(body.as_bytes()));
    assert!(written(&event(EventType::InterviewUpdated, known.clone())).contains(r#""status":"on_hold""#));

    Arc::make_mut(known.interview.as_mut().unwrap()).stage = Stage::InterviewCanceled.into();
    assert!(written(&event(EventType::InterviewCancelled, known)).contains(r#""status":"cancelled""#));
}

#[test]
fn members_and_words_that_are_new_to_us_come_back() {
    let body = r#"{"type":"job.updated","timestamp":"2024-01-24T14:59:34.5220878Z","data":{"object":{
        "id":"job_1","status":"parked","salary":"lots","location":{"city":"Cork","planet":{"b":1,"a":[null,2.5]}},
        "four_day_week":true,"deadline":{"auto_close":false,"closes_at":"2024-03-01T00:00:00Z"}}}}"#;
    let again = written(&event(EventType::JobUpdated, learned(&news_of(body.as_bytes()))));
    for kept in [
        r#""status":"parked""#,
        r#""salary":"lots""#,
        r#""planet":{"b":1,"a":[null,2.5]}"#,
        r#""four_day_week":true"#,
        r#""deadline":{"auto_close":false,"closes_at":"2024-03-01T00:00:00Z"}"#,
    ] {
        assert!(again.contains(kept), "{kept} in {again}");
    }
}

#[test]
fn a_type_that_is_new_to_us_is_no_error() {
    for body in
        [r#"{"type":"offer.accepted","data":{"object":{"id":"off_1"}}}"#, r#"{"type":"job.archived"}"#]
    {
        let reading = read(body.as_bytes());
        assert_eq!(reading.observations, Vec::new());
    }
    assert_eq!(read(br#"{"type":"offer.accepted"}"#).label, "offer.accepted");
}

#[test]
fn a_score_is_the_sum_of_all_ratings_and_a_comment_all_that_was_said() {
    let News::Feedback { feedback, .. } = news_of(&sample("feedback.submitted")) else { panic!() };
    assert_eq!(feedback.told.score, Some(Score::from_points(9)));
    assert_eq!(feedback.told.comment.as_deref(), Some("Keeps everyone on cue.\nHire."));

    let News::Feedback { feedback, .. } = news_of(&sample("feedback.requested")) else { panic!() };
    assert_eq!((feedback.told.score, feedback.told.comment), (None, None));
    assert_eq!(feedback.told.status, Some(FeedbackStatus::Pending));
}

#[test]
fn a_form_whose_answers_were_emptied_tells_that_there_are_none() {
    let filled = |status: &str, answers: [&str; 2]| {
        let body = format!(
            r#"{{"type":"feedback.updated","data":{{"object":{{"id":"fdbk_1","status":"{status}",
            "questions":[{{"id":"q1","answer":{}}},{{"id":"q2","answer":{}}}]}}}}}}"#,
            answers[0], answers[1]
        );
        let News::Feedback { feedback, .. } = news_of(body.as_bytes()) else { panic!() };
        (feedback.told.ratings, feedback.told.answers)
    };
    let emptied = [r#"{"text":"","ratings":[]}"#, r#"{"text":null,"ratings":[]}"#];
    assert_eq!(filled("complete", emptied), (Some(Vec::new()), Some(Vec::new())));
    assert_eq!(filled("pending", emptied), (None, None), "it is still to be filled in");
    assert_eq!(filled("complete", ["null", r#"{"text":null}"#]), (None, None), "null tells nothing");
}

#[test]
fn someone_of_whom_nothing_is_said_is_not_told() {
    for nobody in ["null", r#"{"id":null,"user_id":null,"name":null}"#] {
        let body = format!(
            r#"{{"type":"candidate.note.updated","data":{{"object":{{"id":"note_1","creator":{nobody}}}}}}}"#
        );
        let News::Note { note, .. } = news_of(body.as_bytes()) else { panic!() };
        assert_eq!(note.told.author, None);
        let body = format!(
            r#"{{"type":"feedback.updated","data":{{"object":{{"id":"f","creator":{nobody},"reviewer":{nobody}}}}}}}"#
        );
        let News::Feedback { feedback, .. } = news_of(body.as_bytes()) else { panic!() };
        assert_eq!((feedback.told.creator, feedback.told.reviewer), (None, None));
    }
}

#[test]
fn a_tag_is_read_in_both_forms() {
    let flat = r#"{"type":"candidate.tag.added","data":{"object":{"id":"tag_1","name":"Calm","candidate_id":"can_1"}}}"#;
    let News::Tag { candidate, tag, added } = news_of(flat.as_bytes()) else { panic!() };
    assert!(added);
    assert_eq!(candidate.external_id.as_deref(), Some("can_1"));
    assert_eq!(tag.name.as_deref(), Some("Calm"));
    assert!(
        said(r#"{"type":"candidate.tag.added","data":{"object":{"id":"tag_1"}}}"#).contains("candidate_id")
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    for (body, why) in [
        ("", "no webhook of HireHive"),
        ("[]", "no webhook of HireHive"),
        (r#"{"data":{}}"#, "missing field `type`"),
        (r#"{"type":"job.created"}"#, "`job.created` comes without `data.object`"),
        (r#"{"type":"job.created","data":{"object":null}}"#, "without `data.object`"),
        (r#"{"type":"job.created","data":{"object":[1]}}"#, "expected an object"),
        (r#"{"type":"job.created","data":{"object":{"title":"x"}}}"#, "no `id`"),
        (r#"{"type":"job.created","data":{"object":{"id":""}}}"#, "no `id`"),
        (r#"{"type":"job.created","data":{"object":{"id":5}}}"#, "integer `5`, expected a string"),
        (r#"{"type":"job.created","timestamp":"2024-02-30T00:00:00Z","data":{}}"#, "date is not valid"),
        (r#"{"type":"job.created","type":"job.deleted"}"#, "duplicate field `type`"),
        (
            r#"{"type":"candidate.updated","data":{"object":{"id":"can_1","rating":1e999}}}"#,
            "number out of range",
        ),
    ] {
        let said = said(body);
        assert!(said.contains(why), "{body}: {said}");
    }
}

#[test]
fn an_interview_that_hirehive_never_saw_is_written_with_our_ids_and_nothing_left_out() {
    let mut interview = Interview::new(InterviewId::from_raw(4));
    interview.application_id = Some(ApplicationId::from_raw(3));
    interview.meeting = Some(Meeting {
        join_url: Some("https://launchpadrecruitsapp.com/live_candidate/asd".to_owned()),
        start_url: Some(HostLink("https://launchpad.zoom.us/s/1?zak=secret".to_owned())),
        ..Meeting::default()
    });
    let mut application = Application::new(ApplicationId::from_raw(3));
    application.candidate_id = Some(CandidateId::from_raw(2));
    let data = Snapshot {
        interview: Some(interview.into()),
        application: Some(application.into()),
        ..Snapshot::default()
    };

    let body = written(&event(EventType::InterviewMeetingReady, data));

    assert!(!body.contains("zak"), "the host's link is for nobody else");
    insta::assert_snapshot!(pretty(body.as_bytes()));
}

#[test]
fn feedback_without_a_form_is_written_as_a_scorecard_and_a_text_answer() {
    let mut feedback = Feedback::new(FeedbackId::from_raw(5));
    feedback.status = Some(FeedbackStatus::Complete);
    feedback.reviewer =
        Some(Person { email: Some("ssnape@hogwarts.example".to_owned()), ..Person::default() });
    feedback.score = Score::from_f64(49.6);
    feedback.comment = Some("Obviously.".to_owned());
    let mut candidate = Candidate::new(CandidateId::from_raw(2));
    candidate.full_name = Some("Harry Potter".to_owned());
    let data = Snapshot {
        feedback: Some(feedback.into()),
        candidate: Some(candidate.into()),
        ..Snapshot::default()
    };
    insta::assert_snapshot!(pretty(written(&event(EventType::FeedbackSubmitted, data)).as_bytes()));
}

#[test]
fn a_form_that_no_longer_says_what_is_known_is_not_sent() {
    let mut known = learned(&news_of(&sample("feedback.submitted")));
    let feedback = Arc::make_mut(known.feedback.as_mut().unwrap());
    feedback.score = Some(Score::from_points(3));
    feedback.comment = Some("On second thoughts, no.".to_owned());

    let body = written(&event(EventType::FeedbackUpdated, known));

    let News::Feedback { feedback, .. } = news_of(body.as_bytes()) else { panic!() };
    assert_eq!(feedback.told.ratings, Some(vec![Rating { option_id: "score".to_owned(), rating: 3 }]));
    assert_eq!(feedback.told.comment.as_deref(), Some("On second thoughts, no."));
}

#[test]
fn an_application_that_came_without_interviews_goes_out_with_those_held_since() {
    let mut known = learned(&news_of(&sample("application.created")));
    Arc::make_mut(known.application.as_mut().unwrap()).interviews = vec![InterviewId::from_raw(4)];
    let body = written(&event(EventType::ApplicationStageUpdated, known));
    assert!(body.contains(r#""interviews":["int_0000000000004"],"feedback":[]"#), "{body}");
}

#[test]
fn events_that_hirehive_has_no_word_for_are_not_told() {
    let known = Snapshot {
        interview: Some(Interview::new(InterviewId::from_raw(4)).into()),
        candidate: Some(Candidate::new(CandidateId::from_raw(2)).into()),
        ..Snapshot::default()
    };
    for kind in EventType::KNOWN {
        let has_word = EVENTS.contains(&kind.as_str()) || *kind == EventType::InterviewMeetingReady;
        let told = !speaking("hirehive").render(&event(kind.clone(), known.clone()), &TO).is_empty();
        assert!(has_word || !told, "{kind}");
    }
    assert!(
        speaking("hirehive").render(&event(EventType::JobCreated, known), &TO).is_empty(),
        "there is no job"
    );
}
