//! What a webhook says.

use callboard_core::{InterviewTold, News, Stage, StageMark};
use callboard_dialects::Reading;
use serde_json::json;

use crate::token::*;

fn read(body: &str) -> Reading {
    skype().parse(body.as_bytes()).unwrap()
}

fn refusal(body: &[u8]) -> String {
    skype().parse(body).unwrap_err().to_string()
}

/// The one piece of news of a body: interview, previous stage, current stage.
fn stage_news(reading: Reading) -> (String, InterviewTold, Option<StageMark>, StageMark) {
    let [observation] = reading.observations.try_into().unwrap();
    match observation.news {
        News::Stage { interview, previous, current, .. } => {
            (interview.external_id.unwrap(), interview.told, previous, current)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_sample_of_seed_004_is_a_move_from_created_to_scheduling() {
    let reading = skype().parse(SAMPLE).unwrap();
    assert_eq!(reading.label, "State SchedulingTime");
    assert_eq!(reading.observations[0].at.unwrap().to_string(), "2018-02-26T17:50:17.4862382Z");
    let (code, told, previous, current) = stage_news(reading);
    assert_eq!(code, "1c519c56-1712-1e89-1c3e-743ecbedd117");
    assert_eq!(told, InterviewTold::default());
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        previous,
        Some(StageMark {
            value: Stage::InterviewCreated,
            code: Some(1),
            text: text("Interview was created")
        })
    );
    assert_eq!(current.value, Stage::SchedulingTime);
    assert_eq!((current.code, current.text), (Some(2000), text("Pending interviewer time selection")));
}

#[test]
fn each_of_the_twelve_stages_is_understood() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/skype");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_file() && !path.ends_with("seed_004.json"));
    paths.sort();
    let mut stages = Vec::new();
    for path in paths {
        let (code, _, _, current) = stage_news(skype().parse(&std::fs::read(&path).unwrap()).unwrap());
        assert_eq!(code, "RENE2010");
        assert!(current.code.is_some() && current.text.is_some(), "{path:?}");
        assert!(!matches!(current.value, Stage::Other(_)), "{path:?}");
        stages.push(current.value);
    }
    stages.sort_by_key(|stage| Stage::KNOWN.iter().position(|known| known == stage));
    assert_eq!(stages, Stage::KNOWN);
}

#[test]
fn a_stage_may_come_from_nowhere() {
    for previous in
        ["", r#""previousStage":null,"#, r#""previousStage":{},"#, r#""previousStage":{"value":null},"#]
    {
        let body =
            format!(r#"{{{previous}"currentStage":{{"value":"InterviewCreated"}},"interviewCode":"R"}}"#);
        let (_, _, previous, current) = stage_news(read(&body));
        assert_eq!((previous, current), (None, Stage::InterviewCreated.into()), "{body}");
    }
}

#[test]
fn metadata_of_another_form_is_kept_as_text() {
    for (metadata, code, text) in [
        ("2100 - Pending candidate time proposal", Some(2100), Some("Pending candidate time proposal")),
        ("7 - a - b", Some(7), Some("a - b")),
        ("Interview was created", None, Some("Interview was created")),
        ("2000", None, Some("2000")),
        ("2000 -", None, Some("2000 -")),
        ("-1 - below", None, Some("-1 - below")),
        ("99999999999 - beyond", None, Some("99999999999 - beyond")),
        ("", None, None),
    ] {
        let body =
            json!({"currentStage": {"value": "SchedulingTime", "metadata": metadata}, "interviewCode": "R"});
        let (_, _, _, current) = stage_news(read(&body.to_string()));
        assert_eq!((current.code, current.text.as_deref()), (code, text), "{metadata}");
    }
    let none = json!({"currentStage": {"value": "SchedulingTime", "metadata": null}, "interviewCode": "R"});
    assert_eq!(stage_news(read(&none.to_string())).3, Stage::SchedulingTime.into());
}

#[test]
fn an_unknown_stage_is_kept_as_it_came() {
    let body = r#"{"currentStage":{"value":"InterviewPaused"},"interviewCode":"R","event":"State"}"#;
    assert_eq!(stage_news(read(body)).3.value, Stage::Other("InterviewPaused".to_owned()));
}

#[test]
fn members_that_have_no_word_here_are_kept() {
    let body = r#"{"currentStage":{"value":"InterviewStarted"},"interviewCode":"R","event":"Stage2","tenant":{"id":[1,null]}}"#;
    let reading = read(body);
    assert_eq!(reading.label, "Stage2 InterviewStarted");
    let (_, told, ..) = stage_news(reading);
    assert_eq!(told.extra["skype"], json!({"tenant": {"id": [1, null]}, "event": "Stage2"}));
}

#[test]
fn times_have_any_number_of_digits_and_are_utc_when_they_do_not_say() {
    for (text, time) in [
        ("2018-02-26T17:50:17Z", "2018-02-26T17:50:17Z"),
        ("2018-02-26T17:50:17.4862382", "2018-02-26T17:50:17.4862382Z"),
        ("2018-02-26T18:50:17.486238200+01:00", "2018-02-26T17:50:17.4862382Z"),
    ] {
        let body =
            json!({"currentStage": {"value": "InterviewStarted"}, "interviewCode": "R", "timestamp": text});
        assert_eq!(read(&body.to_string()).observations[0].at.unwrap().to_string(), time);
    }
    let untimed = r#"{"currentStage":{"value":"InterviewStarted"},"interviewCode":"R"}"#;
    assert_eq!(read(untimed).observations[0].at, None);
}

#[test]
fn what_is_about_no_interview_or_no_stage_is_unreadable_and_says_so() {
    for (body, word) in [
        (r#"{"currentStage":{"value":"InterviewStarted"}}"#, "interviewCode"),
        (r#"{"currentStage":{"value":"InterviewStarted"},"interviewCode":""}"#, "interviewCode"),
        (r#"{"currentStage":{"value":"InterviewStarted"},"interviewCode":null}"#, "interviewCode"),
        (r#"{"interviewCode":"R"}"#, "currentStage"),
        (r#"{"interviewCode":"R","currentStage":null}"#, "currentStage"),
        (r#"{"interviewCode":"R","currentStage":{}}"#, "currentStage"),
        (r#"{"interviewCode":"R","event":"Ping"}"#, "currentStage"),
        (
            r#"{"interviewCode":"R","currentStage":{"value":"InterviewStarted"},"timestamp":"yesterday"}"#,
            "timestamp",
        ),
        (
            r#"{"interviewCode":"R","currentStage":{"value":"InterviewStarted"},"timestamp":"2018-02-30T00:00:00Z"}"#,
            "timestamp",
        ),
    ] {
        assert!(refusal(body.as_bytes()).contains(word), "{body}");
    }
}

#[test]
fn what_is_no_change_of_stage_is_unreadable_whatever_it_is() {
    let deep = format!(r#"{{"x":{}{},"interviewCode":"R"}}"#, "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        &b""[..],
        b"{",
        b"null",
        b"[]",
        b"17",
        b"\"State\"",
        b"\xff\xfe",
        b"{\"interviewCode\":\"\xff\",\"currentStage\":{\"value\":\"InterviewStarted\"}}",
        br#"{"interviewCode":7,"currentStage":{"value":"InterviewStarted"}}"#,
        br#"{"interviewCode":"R","currentStage":"InterviewStarted"}"#,
        br#"{"interviewCode":"R","currentStage":{"value":7}}"#,
        br#"{"interviewCode":"R","currentStage":{"value":"InterviewStarted"},"timestamp":1519667417}"#,
        br#"{"interviewCode":"R","interviewCode":"S","currentStage":{"value":"InterviewStarted"}}"#,
        br#"{"interviewCode":"R","currentStage":{"value":"A","value":"B"}}"#,
        br#"{"interviewCode":"R","currentStage":{"value":"A"},"other":1,"other":2}"#,
        br#"{"interviewCode":"R","currentStage":{"value":"InterviewStarted"}} trailing"#,
        deep.as_bytes(),
    ] {
        refusal(body);
    }
}
