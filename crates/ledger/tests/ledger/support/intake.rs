//! Skype's webhooks (seed 004), verified and read.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{
    About, Belonging, CompanyId, Fetch, Identifier, InterviewTold, News, Observation, Sealed, Source,
    SourceId, Stage, Timestamp,
};
use callboard_ledger::Intake;
use jiff::SignedDuration;

/// The account that they come from.
pub fn source() -> Arc<Source> {
    Arc::new(Source {
        id: SourceId::from_raw(7),
        company: CompanyId::from_raw(1),
        platform: "skype".to_owned(),
        name: "Skype in Redmond".to_owned(),
        rotated: None,
        credentials: Sealed::default(),
        fetch: None,
        created_at: Timestamp::UNIX_EPOCH,
    })
}

/// The same account, from which what they point at is fetched.
pub fn fetching() -> Source {
    let fetch = Fetch { base_url: "https://interviews.example".to_owned(), credentials: Sealed::default() };
    Source { fetch: Some(fetch), ..Source::clone(&source()) }
}

/// The sample: an interview has just been made, and a time is looked for. No two of these have the same `jti`.
pub fn intake(code: &str) -> Intake {
    let previous = Some(Stage::InterviewCreated.into());
    read(code, 0, previous.as_ref(), Stage::SchedulingTime)
}

/// An interview has moved to a stage, so many seconds after the sample.
pub fn moved(code: &str, seconds: i64, stage: Stage) -> Intake {
    read(code, seconds, None, stage)
}

fn read(code: &str, seconds: i64, previous: Option<&callboard_core::StageMark>, stage: Stage) -> Intake {
    let at =
        "2018-02-26T17:50:17.4862382Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds);
    let body = format!(
        r#"{{"previousStage":{{"value":"InterviewCreated","metadata":"1 - Interview was created"}},"currentStage":{{"value":"{stage}","metadata":"2000 - Pending interviewer time selection"}},"event":"State","timestamp":"{at}","interviewCode":"{code}"}}"#
    );
    Intake {
        source: source(),
        received_at: "2026-02-26T17:50:18Z".parse().unwrap(),
        unique: Some(format!("{code} {seconds} {stage}")),
        told_of: Some(at),
        headers: r#"{"authorization":"(hidden)","content-type":"application/json"}"#.to_owned(),
        body: Bytes::from(body),
        label: format!("State {stage}"),
        points_at: Vec::new(),
        fetch_at: None,
        told: Ok(vec![Observation {
            at: Some(at),
            news: News::Stage {
                interview: About { external_id: Some(code.to_owned()), told: InterviewTold::default() },
                of: Belonging::default(),
                previous: previous.cloned(),
                current: stage.into(),
            },
        }]),
    }
}

/// The same, from a platform version that nobody has taught Callboard yet.
pub fn unreadable(code: &str) -> Intake {
    Intake { label: String::new(), told: Err("the body is no change of stage".to_owned()), ..intake(code) }
}
