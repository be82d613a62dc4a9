//! Rule 1 for platforms that tell no stages: the stage follows from what happens.

use callboard_core::EventType::{
    InterviewArchived, InterviewCancelled, InterviewCreated, InterviewStageUpdated, InterviewUpdated,
};
use callboard_core::{
    Change, FeedbackChange, InterviewChange, InterviewMode, InterviewTold, ParentStage, Remark, Stage,
};

use crate::hub::{Hub, told};
use crate::news::{application, assessed, feedback, interview, interview_told, stage_told};

/// The stages that the events of this news move an interview through.
fn stages(hub: &mut Hub, seconds: i64, news: callboard_core::News) -> Vec<Stage> {
    let events = hub.events(seconds, news);
    let moves = events.iter().filter(|event| event.kind == InterviewStageUpdated);
    moves.map(|event| event.data.interview.as_ref().unwrap().stage.value.clone()).collect()
}

#[test]
fn a_new_interview_without_a_time_goes_from_created_to_scheduling_and_both_are_told() {
    let mut hub = Hub::new();

    let events =
        hub.events(1, interview("int_1a2b3c", interview_told("Duel", None), InterviewChange::Created));

    let told: Vec<_> = events
        .iter()
        .map(|event| (&event.kind, &event.data.interview.as_ref().unwrap().stage.value))
        .collect();
    assert_eq!(
        told,
        [(&InterviewCreated, &Stage::InterviewCreated), (&InterviewStageUpdated, &Stage::SchedulingTime)]
    );
}

#[test]
fn a_time_completes_the_scheduling_at_once_or_when_it_becomes_known() {
    let mut hub = Hub::new();

    let with =
        stages(&mut hub, 1, interview("int_1", interview_told("Duel", Some(9)), InterviewChange::Created));
    hub.hear(&told(1, interview("int_2", interview_told("Duel", None), InterviewChange::Created)));
    let later =
        stages(&mut hub, 2, interview("int_2", interview_told("Duel", Some(9)), InterviewChange::Updated));

    assert_eq!(with, [Stage::SchedulingCompleted]);
    assert_eq!(later, [Stage::SchedulingCompleted]);
}

#[test]
fn one_on_demand_needs_no_time_to_be_scheduled() {
    let mut hub = Hub::new();
    let on_demand = |mode| InterviewTold { mode, ..interview_told("Duel", None) };
    let mode = Some(InterviewMode::OnDemand);

    let at_once = stages(&mut hub, 1, interview("int_1", on_demand(mode.clone()), InterviewChange::Created));
    let unknown = stages(&mut hub, 1, interview("int_2", on_demand(None), InterviewChange::Created));
    let later = stages(&mut hub, 2, interview("int_2", on_demand(mode), InterviewChange::Updated));

    assert_eq!(at_once, [Stage::SchedulingCompleted]);
    assert_eq!((unknown, later), (vec![Stage::SchedulingTime], vec![Stage::SchedulingCompleted]));
}

#[test]
fn an_interview_that_ends_is_completed_unless_it_is_over_already() {
    let mut hub = Hub::new();
    hub.hear(&told(1, interview("int_1", interview_told("Duel", Some(9)), InterviewChange::Created)));
    let ended = || interview("int_1", InterviewTold::default(), InterviewChange::Ended);

    assert_eq!(stages(&mut hub, 2, ended()), [Stage::InterviewCompleted]);
    assert_eq!(stages(&mut hub, 3, ended()), []);

    hub.hear(&told(4, interview("int_1", InterviewTold::default(), InterviewChange::Cancelled)));
    assert_eq!(stages(&mut hub, 5, ended()), [], "what is cancelled does not end");
}

#[test]
fn feedback_asked_for_after_the_end_is_collected_and_completed_when_all_have_scored() {
    let mut hub = Hub::new();
    hub.hear(&told(1, interview("int_1", interview_told("Duel", Some(9)), InterviewChange::Created)));
    hub.hear(&told(2, interview("int_1", InterviewTold::default(), InterviewChange::Ended)));
    let from = |by, points, change| feedback(by, Some("int_1"), by, points, change);

    assert_eq!(
        stages(&mut hub, 3, from("snape", None, FeedbackChange::Requested)),
        [Stage::FeedbackCollecting]
    );
    assert_eq!(
        stages(&mut hub, 4, from("snape", Some(50), FeedbackChange::Submitted)),
        [Stage::FeedbackCompleted]
    );
    assert_eq!(
        stages(&mut hub, 5, from("flitwick", None, FeedbackChange::Requested)),
        [Stage::FeedbackCollecting],
        "a reviewer who is asked later opens it again"
    );
}

#[test]
fn cancelling_and_archiving_are_told_after_their_stage() {
    let mut hub = Hub::new();
    hub.hear(&told(1, interview("int_1", interview_told("Duel", Some(9)), InterviewChange::Created)));

    let cancelled = hub.kinds(2, interview("int_1", InterviewTold::default(), InterviewChange::Cancelled));
    let archived = hub.kinds(3, interview("int_1", InterviewTold::default(), InterviewChange::Archived));

    assert_eq!(cancelled, [InterviewStageUpdated, InterviewCancelled]);
    assert_eq!(archived, [InterviewStageUpdated, InterviewArchived]);
    assert_eq!(stages(&mut hub, 4, assessed("int_1", &[("snape", Some(50))])), [], "it stays where it is");
}

#[test]
fn an_interview_that_is_first_heard_of_when_it_is_cancelled_or_over_is_announced_all_the_same() {
    let mut hub = Hub::new();
    let told = || interview_told("Duel", Some(9));
    let cancelled = hub.kinds(1, interview("int_1", told(), InterviewChange::Cancelled));
    assert_eq!((&cancelled[0], cancelled.last()), (&InterviewCreated, Some(&InterviewCancelled)));
    assert_eq!(hub.kinds(2, interview("int_2", told(), InterviewChange::Ended))[0], InterviewCreated);
    assert_eq!(hub.interview("int_2").stage.value, Stage::InterviewCompleted);
}

#[test]
fn changed_details_are_told_with_their_old_values_and_the_same_ones_are_known() {
    let mut hub = Hub::new();
    hub.hear(&told(1, interview("int_1", interview_told("Duel", Some(9)), InterviewChange::Created)));

    let events =
        hub.events(2, interview("int_1", interview_told("Dance", Some(9)), InterviewChange::Updated));
    let same =
        hub.hear(&told(3, interview("int_1", interview_told("Dance", Some(9)), InterviewChange::Updated)));

    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, InterviewUpdated);
    assert_eq!(
        serde_json::Value::from(events[0].data.previous.clone()),
        serde_json::json!({"title": "Duel"})
    );
    assert_eq!((same.events.len(), same.remarks), (0, vec![Remark::Known]));
}

#[test]
fn an_interview_s_events_carry_its_application_its_candidate_and_its_job() {
    let mut hub = Hub::new();
    hub.hear(&told(1, application("app_1", stage_told(ParentStage::New), Change::Created, false)));

    let events = hub.events(2, interview("int_1", interview_told("Duel", None), InterviewChange::Created));

    for event in &events {
        let data = &event.data;
        assert_eq!(data.application.as_ref().unwrap().external_ids.get("platform"), Some("app_1"));
        assert_eq!(data.candidate.as_ref().unwrap().email.as_deref(), Some("hpotter@hogwarts.com"));
        assert_eq!(data.job.as_ref().unwrap().title.as_deref(), Some("Auror"));
        assert_eq!(event.subject(), callboard_core::Identifier::raw(data.interview.as_ref().unwrap().id));
    }
}
