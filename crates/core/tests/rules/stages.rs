//! Rule 1 for a platform that tells stages itself: each move is an event with the previous and the current stage.

use callboard_core::{
    ApplicationTold, Belonging, Change, Event, EventType, Kind, Name, News, Remark, Stage, StageMark,
};
use serde_json::json;

use crate::hub::{Hub, told};
use crate::news::{application, of_application, stage};

fn moves(events: &[Event]) -> Vec<(String, &str)> {
    events
        .iter()
        .filter(|event| event.kind == EventType::InterviewStageUpdated)
        .map(|event| {
            let previous = event.data.previous["stage"]["value"].as_str().unwrap().to_owned();
            (previous, event.data.interview.as_ref().unwrap().stage.value.as_str())
        })
        .collect()
}

#[test]
fn the_seed_s_first_webhook_creates_the_interview_and_moves_it() {
    let mut hub = Hub::new();
    let mark = |value, code, text: &str| StageMark { value, code: Some(code), text: Some(text.to_owned()) };
    let News::Stage { interview, .. } =
        stage("1c519c56-1712-1e89-1c3e-743ecbedd117", None, Stage::SchedulingTime)
    else {
        unreachable!("a stage's news is news of a stage")
    };

    let events = hub.events(
        1,
        News::Stage {
            interview,
            of: Belonging::default(),
            previous: Some(mark(Stage::InterviewCreated, 1, "Interview was created")),
            current: mark(Stage::SchedulingTime, 2000, "Pending interviewer time selection"),
        },
    );

    assert_eq!(events[0].kind, EventType::InterviewCreated);
    assert_eq!(events[0].data.interview.as_ref().unwrap().stage.value, Stage::InterviewCreated);
    assert_eq!(events[1].kind, EventType::InterviewStageUpdated);
    assert_eq!(
        events[1].data.previous["stage"],
        json!({"value": "InterviewCreated", "code": 1, "text": "Interview was created"})
    );
    assert_eq!(events[1].data.interview.as_ref().unwrap().stage.code, Some(2000));
    assert_eq!(events.len(), 2);
}

#[test]
fn a_missed_move_is_filled_in_and_remarked_on() {
    let mut hub = Hub::new();
    hub.hear(&told(1, stage("RENE2010", Some(Stage::InterviewCreated), Stage::SchedulingTime)));

    let decision =
        hub.hear(&told(9, stage("RENE2010", Some(Stage::InterviewStarted), Stage::InterviewCompleted)));

    assert_eq!(
        moves(&decision.events),
        [
            ("SchedulingTime".to_owned(), "InterviewStarted"),
            ("InterviewStarted".to_owned(), "InterviewCompleted")
        ]
    );
    assert!(matches!(&decision.remarks[..], [Remark::Unreconciled(_)]));
}

#[test]
fn an_older_stage_is_late_and_the_same_stage_is_known() {
    let mut hub = Hub::new();
    hub.hear(&told(5, stage("RENE2010", Some(Stage::SchedulingTime), Stage::SchedulingCompleted)));

    let older = hub.hear(&told(1, stage("RENE2010", Some(Stage::InterviewCreated), Stage::SchedulingTime)));
    let same = hub.hear(&told(6, stage("RENE2010", None, Stage::SchedulingCompleted)));

    assert_eq!((older.events.len(), older.remarks), (0, vec![Remark::Late]));
    assert_eq!((same.events.len(), same.remarks), (0, vec![Remark::Known]));
}

#[test]
fn of_two_stages_of_one_moment_only_one_that_continues_ours_is_news() {
    let mut hub = Hub::new();
    hub.hear(&told(5, stage("RENE2010", Some(Stage::InterviewCreated), Stage::SchedulingTime)));

    let continues =
        hub.hear(&told(5, stage("RENE2010", Some(Stage::SchedulingTime), Stage::SchedulingCompleted)));
    let does_not =
        hub.hear(&told(5, stage("RENE2010", Some(Stage::SchedulingTime), Stage::SchedulingFailed)));

    assert_eq!(moves(&continues.events), [("SchedulingTime".to_owned(), "SchedulingCompleted")]);
    assert_eq!((does_not.events.len(), does_not.remarks), (0, vec![Remark::Late]));
}

#[test]
fn an_interview_that_is_first_heard_of_by_its_stage_is_held_for_the_application_that_is_told_with_it() {
    let mut hub = Hub::new();
    hub.hear(&told(1, application("app_1", ApplicationTold::default(), Change::Created, false)));
    let News::Stage { interview, current, .. } = stage("int_1", None, Stage::SchedulingTime) else {
        unreachable!("a stage's news is news of a stage")
    };
    let moved = told(2, News::Stage { interview, of: of_application("app_1"), previous: None, current });

    let sought = Name::external(Kind::Application, hub.source, "app_1");
    assert!(moved.names(&hub.teller()).iter().any(|it| it.name == sought), "it is loaded for the decision");
    let events = hub.hear(&moved).events;

    let data = &events[0].data;
    assert_eq!(data.application.as_ref().map(|it| it.id), hub.interview("int_1").application_id);
    assert!(data.candidate.is_some() && data.job.is_some());
}

#[test]
fn one_stage_with_another_code_is_a_move() {
    let mut hub = Hub::new();
    let asked = |code| StageMark { value: Stage::SchedulingTime, code: Some(code), text: None };
    let news = |previous, current| {
        let News::Stage { interview, .. } = stage("RENE2010", None, Stage::SchedulingTime) else {
            unreachable!("a stage's news is news of a stage")
        };
        News::Stage { interview, of: Belonging::default(), previous, current }
    };
    hub.hear(&told(1, news(None, asked(2000))));

    let events = hub.events(2, news(Some(asked(2000)), asked(2001)));

    assert_eq!(moves(&events), [("SchedulingTime".to_owned(), "SchedulingTime")]);
}

#[test]
fn being_cancelled_and_being_archived_are_told_after_the_stage() {
    let mut hub = Hub::new();
    hub.hear(&told(1, stage("RENE2010", Some(Stage::InterviewCreated), Stage::SchedulingTime)));

    let cancelled = hub.kinds(2, stage("RENE2010", Some(Stage::SchedulingTime), Stage::InterviewCanceled));
    let archived = hub.kinds(3, stage("RENE2010", Some(Stage::InterviewCanceled), Stage::InterviewArchived));

    assert_eq!(cancelled, [EventType::InterviewStageUpdated, EventType::InterviewCancelled]);
    assert_eq!(archived, [EventType::InterviewStageUpdated, EventType::InterviewArchived]);
    assert!(hub.interview("RENE2010").is_cancelled(), "an archived interview that was cancelled stays so");
}

#[test]
fn a_stage_that_we_do_not_know_is_moved_to_like_any_other() {
    let mut hub = Hub::new();
    let unknown = Stage::from("InterviewPaused");

    let events = hub.events(1, stage("RENE2010", Some(Stage::InterviewStarted), unknown.clone()));

    assert_eq!(moves(&events), [("InterviewStarted".to_owned(), "InterviewPaused")]);
    assert_eq!(hub.interview("RENE2010").stage.value, unknown);
    assert_eq!(hub.entity(Kind::Interview, "RENE2010").kind(), Kind::Interview);
}
