//! How our events are told in Skype's words, and signed its way.

use std::sync::Arc;

use callboard_core::{
    CompanyId, Event, EventId, EventType, Identifier, Interview, InterviewId, Snapshot, SourceId, Stage,
    StageMark,
};
use callboard_dialects::{Message, Recipient, Request};
use serde_json::{Value, json};

use crate::token::*;

const TO: Recipient<'static> =
    Recipient { url: "https://ats.example/skype", public_url: "https://hub.example" };

fn moved(to: StageMark, from: Option<&StageMark>) -> Event {
    let mut interview = Interview::new(InterviewId::from_raw(77));
    interview.stage = to;
    let mut data = Snapshot { interview: Some(Arc::new(interview)), ..Snapshot::default() };
    if let Some(from) = from {
        data.previous.insert("stage".to_owned(), serde_json::to_value(from).unwrap());
    }
    Event {
        id: EventId::from_raw(1),
        kind: EventType::InterviewStageUpdated,
        timestamp: "2018-02-26T17:50:17.4862382Z".parse().unwrap(),
        company: CompanyId::from_raw(2),
        data,
    }
}

fn named(mut event: Event, code: &str) -> Event {
    let interview = Arc::make_mut(event.data.interview.as_mut().unwrap());
    interview.external_ids.note("skype", SourceId::from_raw(3), code);
    event
}

fn told(event: &Event) -> String {
    let [body] = skype().render(event, &TO).try_into().unwrap();
    String::from_utf8(body).unwrap()
}

#[test]
fn a_move_is_told_in_the_very_form_of_seed_004() {
    let created = Stage::InterviewCreated.into();
    let event =
        named(moved(Stage::SchedulingTime.into(), Some(&created)), "1c519c56-1712-1e89-1c3e-743ecbedd117");
    let compact: String =
        String::from_utf8_lossy(SAMPLE).lines().map(|line| line.trim().replace(": ", ":")).collect();
    assert_eq!(told(&event), compact);
}

#[test]
fn a_body_says_to_its_reader_what_the_platform_had_said() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/skype");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for path in paths.filter(|path| path.is_file()) {
        let body = std::fs::read(path).unwrap();
        let reading = skype().parse(&body).unwrap();
        let callboard_core::News::Stage { interview, previous: Some(previous), current, .. } =
            &reading.observations[0].news
        else {
            continue; // The first stage comes from nowhere, and is told as coming from itself.
        };
        let mut event =
            named(moved(current.clone(), Some(previous)), interview.external_id.as_deref().unwrap());
        event.timestamp = reading.observations[0].at.unwrap();
        assert_eq!(skype().parse(told(&event).as_bytes()).unwrap(), reading);
        let told: Value = serde_json::from_str(&told(&event)).unwrap();
        assert_eq!(told, serde_json::from_slice::<Value>(&body).unwrap());
    }
}

#[test]
fn what_the_platform_said_about_a_stage_is_told_on() {
    let mark =
        StageMark { value: Stage::SchedulingTime, code: Some(2100), text: Some("Candidate proposes".into()) };
    let told: Value = serde_json::from_str(&told(&moved(mark, None))).unwrap();
    assert_eq!(
        told["currentStage"],
        json!({"value": "SchedulingTime", "metadata": "2100 - Candidate proposes"})
    );
    assert_eq!(
        told["previousStage"],
        json!({"value": "InterviewCreated", "metadata": "1 - Interview was created"})
    );
}

#[test]
fn an_interview_without_a_skype_code_goes_by_our_id_and_a_whole_second_has_seven_digits() {
    let mut event = moved(Stage::InterviewStarted.into(), None);
    event.timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
    let told: Value = serde_json::from_str(&told(&event)).unwrap();
    assert_eq!(told["interviewCode"], InterviewId::from_raw(77).to_string());
    assert_eq!(told["timestamp"], "2026-01-02T03:04:05.0000000Z");
}

#[test]
fn only_moves_from_stage_to_stage_have_a_word() {
    for kind in EventType::KNOWN.iter().filter(|kind| **kind != EventType::InterviewStageUpdated) {
        let event = Event { kind: kind.clone(), ..moved(Stage::InterviewStarted.into(), None) };
        assert!(skype().render(&event, &TO).is_empty(), "{kind}");
    }
}

fn signed(id: &str, at_seconds: i64) -> Vec<(&'static str, String)> {
    let signer = skype().signer(&credentials()).unwrap();
    signer.sign(&Message { id, body: SAMPLE, at: at(at_seconds) })
}

#[test]
fn what_we_sign_we_verify_for_ten_seconds_and_the_skew() {
    let headers = signed("evt_1", NOW);
    assert_eq!(headers[0], ("content-type", "application/json".to_owned()));
    let verifier = skype().verifier(&credentials()).unwrap();
    let verify = |body, now| verifier.verify(&Request { headers: &headers, token: None, body }, at(now));
    assert!(verify(SAMPLE, NOW).is_ok());
    assert!(verify(SAMPLE, NOW + 70).is_ok());
    assert_eq!(verify(SAMPLE, NOW + 71).unwrap_err().code, "clock");
    assert_eq!(verify(b"{}", NOW).unwrap_err().code, "body");
}

#[test]
fn each_attempt_of_a_message_has_the_same_jti_and_another_message_has_another() {
    let verifier = skype().verifier(&credentials()).unwrap();
    let unique = |id, now| {
        let request = Request { headers: &signed(id, now), token: None, body: SAMPLE };
        verifier.verify(&request, at(now)).unwrap().unique.unwrap()
    };
    let first = unique("evt_1", NOW);
    assert_eq!(first, unique("evt_1", NOW + 3600));
    assert_ne!(first, unique("evt_2", NOW));
    let parts: Vec<usize> = first.split('-').map(str::len).collect();
    assert_eq!(parts, [8, 4, 4, 4, 12], "{first}");
    assert!(first.chars().all(|it| it == '-' || it.is_ascii_hexdigit()));
}
