//! What a native event tells a hub that is not its own.

use callboard_core::{
    About, Belonging, Change, Event, EventType, FeedbackChange, Identifier, InterviewChange, JobTold, News,
    Person, Score, Stage, UserId,
};
use callboard_dialects::{Reading, Recipient, dialect};
use serde_json::json;

use crate::events::{event, everything, named, reviewer, telling_kinds, text, time};

const TO: Recipient<'static> =
    Recipient { url: "https://partner.example", public_url: "https://hub.example" };

fn reading(event: &Event) -> Reading {
    let standard = dialect("standard").unwrap();
    standard.parse(&standard.render(event, &TO)[0]).unwrap()
}

fn news(kind: &EventType) -> News {
    let reading = reading(&event(kind.clone()));
    assert_eq!(reading.label, kind.as_str());
    let [observation] = reading.observations.try_into().unwrap();
    assert_eq!(observation.at, time("2026-02-01T12:00:00.1234567Z"));
    observation.news
}

fn refusal(body: &str) -> String {
    dialect("standard").unwrap().parse(body.as_bytes()).unwrap_err().to_string()
}

#[test]
fn a_job_is_told_with_every_fact_under_the_sender_s_id() {
    let job = everything().job.unwrap();
    let expected = About {
        external_id: Some(job.id.to_string()),
        told: JobTold {
            title: job.title.clone(),
            description: job.description.clone(),
            status: job.status.clone(),
            employment: job.employment.clone(),
            city: job.city.clone(),
            owner_id: job.owner_id.clone(),
            code: job.code.clone(),
            url: job.url.clone(),
            category: Some(named("cat_1", "Backstage")),
            opened_at: job.opened_at,
            published_at: job.published_at,
            extra: job.extra.clone(),
        },
    };
    for (kind, change, status_only) in [
        (EventType::JobCreated, Change::Created, false),
        (EventType::JobUpdated, Change::Updated, false),
        (EventType::JobStatusUpdated, Change::Updated, true),
        (EventType::JobDeleted, Change::Deleted, false),
    ] {
        assert_eq!(news(&kind), News::Job { job: expected.clone(), change, status_only });
    }
}

#[test]
fn every_fact_of_every_thing_survives_the_way_to_another_hub() {
    let sent = everything();
    let as_sent = |thing: serde_json::Value, told: String| {
        let untold = [
            "id",
            "external_ids",
            "applications",
            "candidate_id",
            "job_id",
            "interviews",
            "application_id",
            "stage",
            "meeting",
            "feedback",
            "assessed",
            "interview_id",
            "extra",
            "answer_video_id",
            "question_id",
        ];
        for name in thing.as_object().unwrap().keys().filter(|it| !untold.contains(&it.as_str())) {
            assert!(told.contains(&format!("{name}: Some(")), "{name} in {told}");
        }
    };
    let News::Candidate { candidate, .. } = news(&EventType::CandidateUpdated) else { panic!() };
    as_sent(json!(sent.candidate), format!("{:?}", candidate.told));
    let News::Application { application, .. } = news(&EventType::ApplicationCreated) else { panic!() };
    as_sent(json!(sent.application), format!("{:?}", application.told));
    assert_eq!(application.told.stage, sent.application.unwrap().stage);
    let News::Interview { interview, .. } = news(&EventType::InterviewCreated) else { panic!() };
    as_sent(json!(sent.interview), format!("{:?}", interview.told));
    let News::Feedback { feedback, .. } = news(&EventType::FeedbackSubmitted) else { panic!() };
    as_sent(json!(sent.feedback), format!("{:?}", feedback.told));
    let News::Note { note, .. } = news(&EventType::CandidateNoteCreated) else { panic!() };
    as_sent(json!(sent.note), format!("{:?}", note.told));
    let News::AnswerVideo { answer_video, question, .. } = news(&EventType::AnswerVideoCreated) else {
        panic!()
    };
    as_sent(json!(sent.answer_video), format!("{:?}", answer_video.told));
    as_sent(json!(sent.question), format!("{:?}", question.unwrap().told));
}

#[test]
fn what_happened_is_told_as_it_happened() {
    for (kind, expected) in [
        (EventType::CandidateCreated, Change::Created),
        (EventType::CandidateUpdated, Change::Updated),
        (EventType::CandidateDeleted, Change::Deleted),
    ] {
        let News::Candidate { change, .. } = news(&kind) else { panic!() };
        assert_eq!(change, expected);
    }
    for (kind, expected) in [
        (EventType::CandidateNoteCreated, Change::Created),
        (EventType::CandidateNoteUpdated, Change::Updated),
        (EventType::CandidateNoteDeleted, Change::Deleted),
    ] {
        let News::Note { change, answer_video, .. } = news(&kind) else { panic!() };
        assert_eq!((change, answer_video.is_some()), (expected, true));
    }
    for (kind, expected) in [(EventType::CandidateTagAdded, true), (EventType::CandidateTagRemoved, false)] {
        let News::Tag { tag, added, .. } = news(&kind) else { panic!() };
        assert_eq!((tag, added), (named("tag_1", "calm"), expected));
    }
    for (kind, expected) in [
        (EventType::ApplicationCreated, (Change::Created, false)),
        (EventType::ApplicationStageUpdated, (Change::Updated, true)),
        (EventType::ApplicationDeleted, (Change::Deleted, false)),
    ] {
        let News::Application { change, stage_only, of, .. } = news(&kind) else { panic!() };
        assert_eq!((change, stage_only), expected);
        assert!(of.job.is_some() && of.candidate.is_some() && of.application.is_none());
    }
    for (kind, expected) in [
        (EventType::InterviewCreated, InterviewChange::Created),
        (EventType::InterviewUpdated, InterviewChange::Updated),
        (EventType::InterviewCancelled, InterviewChange::Cancelled),
        (EventType::InterviewArchived, InterviewChange::Archived),
    ] {
        let News::Interview { change, meeting, of, .. } = news(&kind) else { panic!() };
        assert_eq!((change, meeting), (expected, everything().interview.unwrap().meeting.clone()));
        assert!(of.application.is_some());
    }
    for (kind, expected) in [
        (EventType::FeedbackRequested, FeedbackChange::Requested),
        (EventType::FeedbackSubmitted, FeedbackChange::Submitted),
        (EventType::FeedbackUpdated, FeedbackChange::Updated),
    ] {
        let News::Feedback { change, interview, .. } = news(&kind) else { panic!() };
        assert_eq!((change, interview.is_some()), (expected, true));
    }
    for (kind, expected) in
        [(EventType::AnswerVideoCreated, Change::Created), (EventType::AnswerVideoUpdated, Change::Updated)]
    {
        let News::AnswerVideo { change, .. } = news(&kind) else { panic!() };
        assert_eq!(change, expected);
    }
}

#[test]
fn a_move_is_told_with_the_stage_it_came_from() {
    let News::Stage { interview, of, previous, current } = news(&EventType::InterviewStageUpdated) else {
        panic!()
    };
    let sent = everything().interview.unwrap();
    assert_eq!(interview.external_id, Some(sent.id.to_string()));
    assert_eq!(current, sent.stage);
    let sent = everything();
    let called = |of: Belonging| (of.job.unwrap().external_id, of.application.unwrap().external_id);
    let job = sent.job.unwrap().id.to_string();
    assert_eq!(called(of.clone()), (Some(job), Some(sent.application.unwrap().id.to_string())));
    assert_eq!(of.candidate.unwrap().external_id, Some(sent.candidate.unwrap().id.to_string()));
    assert_eq!(previous, Some(Stage::InterviewCreated.into()));
}

#[test]
fn a_move_to_the_first_stage_is_told_though_that_stage_is_left_out_of_the_json() {
    let mut event = event(EventType::InterviewStageUpdated);
    std::sync::Arc::make_mut(event.data.interview.as_mut().unwrap()).stage = Stage::InterviewCreated.into();
    let [observation] = reading(&event).observations.try_into().unwrap();
    let News::Stage { current, .. } = observation.news else { panic!() };
    assert_eq!(current, Stage::InterviewCreated.into());
}

#[test]
fn a_meeting_is_told_with_its_links() {
    let News::Meeting { meeting, .. } = news(&EventType::InterviewMeetingReady) else { panic!() };
    assert_eq!(Some(meeting), everything().interview.unwrap().meeting);
}

#[test]
fn an_assessment_is_told_with_each_score_and_the_sums() {
    let News::Assessed { scores, average, total, overall_status, .. } = news(&EventType::InterviewAssessed)
    else {
        panic!()
    };
    let sent = everything().assessment.unwrap();
    assert_eq!((average, total), (Some(sent.average), Some(sent.total)));
    assert_eq!(overall_status, Some(sent.overall_status));
    assert_eq!(scores.len(), 1);
    assert_eq!((scores[0].score, &scores[0].comment), (Score::from_f64(7.5), &text("Calm under fire.")));
}

#[test]
fn a_person_is_named_by_the_sender_s_id_and_is_no_user_of_ours() {
    let News::Feedback { feedback, .. } = news(&EventType::FeedbackSubmitted) else { panic!() };
    let of_the_sender = Person { user: None, id: Some(UserId::from_raw(90).to_string()), ..reviewer() };
    assert_eq!(feedback.told.reviewer, Some(of_the_sender.clone()));
    assert_eq!(feedback.told.creator.unwrap().id, text("usr_77"));
    let News::Note { note, .. } = news(&EventType::CandidateNoteCreated) else { panic!() };
    assert_eq!(note.told.author, Some(of_the_sender.clone()));
    let News::Assessed { scores, .. } = news(&EventType::InterviewAssessed) else { panic!() };
    assert_eq!(scores[0].reviewer, of_the_sender);
}

#[test]
fn events_about_the_hub_itself_and_unknown_ones_tell_nothing() {
    let unknown = EventType::Other("interview.teleported".to_owned());
    for kind in [
        EventType::EndpointTest,
        EventType::EndpointDisabled,
        EventType::DeliveryFailed,
        EventType::ReceiptQuarantined,
        unknown,
    ] {
        let reading = reading(&event(kind.clone()));
        assert_eq!((reading.label.as_str(), reading.observations), (kind.as_str(), Vec::new()));
    }
    let shapeless = r#"{"type":"interview.teleported","data":[17]}"#;
    assert!(dialect("standard").unwrap().parse(shapeless.as_bytes()).unwrap().observations.is_empty());
}

#[test]
fn a_program_of_one_s_own_names_its_things_as_it_likes() {
    let body = r#"{"type":"interview.created","timestamp":"2026-02-01T12:00:00Z",
        "data":{"interview":{"id":"room-42","title":"Second round"},"candidate":{"email":"ada@example.org"}}}"#;
    let reading = dialect("standard").unwrap().parse(body.as_bytes()).unwrap();
    let News::Interview { interview, of: Belonging { candidate, job: None, application: None }, .. } =
        &reading.observations[0].news
    else {
        panic!("{reading:?}")
    };
    assert_eq!(interview.external_id, text("room-42"));
    let candidate = candidate.as_ref().unwrap();
    assert_eq!((&candidate.external_id, &candidate.told.email), (&None, &text("ada@example.org")));
}

#[test]
fn an_event_without_what_it_is_about_is_unreadable_and_says_what_it_lacks() {
    for kind in telling_kinds() {
        let refused = refusal(&json!({"type": kind, "data": {}}).to_string());
        assert!(refused.contains(kind.as_str()) && refused.contains("lacks"), "{refused}");
        assert!(refusal(&json!({ "type": kind }).to_string()).contains("`data`"));
        assert!(refusal(&json!({"type": kind, "data": {"job": 7}}).to_string()).contains("makes no sense"));
    }
}

#[test]
fn what_is_no_event_is_unreadable_whatever_it_is() {
    let deep = format!(r#"{{"type":"job.created","data":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        "",
        "{",
        "null",
        "17",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"job.created","timestamp":"yesterday"}"#,
        &deep,
    ] {
        refusal(body);
    }
    assert!(dialect("standard").unwrap().parse(b"\xff\xfe").is_err());
}
