//! An interview's course: made, scheduled, held, cancelled, put away.

use callboard_core::EventType::{
    InterviewArchived, InterviewCancelled, InterviewCreated, InterviewStageUpdated, InterviewUpdated,
};
use callboard_core::Stage::{
    FeedbackFailed, InterviewCanceled, InterviewCompleted, InterviewFailed, InterviewStarted,
    SchedulingCompleted, SchedulingFailed, SchedulingTime,
};
use callboard_core::{
    About, ApplicationId, Belonging, Command, Facts, Identifier, InterviewChange, InterviewCommand,
    InterviewFormat, InterviewId, InterviewMode, InterviewTold, MAX_INTERVIEWS, News, Schedule, Stage,
    TimeAsked,
};
use serde_json::json;

use crate::desk::{Desk, at, called, facts, previous, schedule, stages, text, without};

fn of(id: InterviewId, command: InterviewCommand) -> Command {
    Command::Interview(id, command)
}

fn create(desk: &mut Desk, application: Option<ApplicationId>, told: InterviewTold) -> Command {
    of(desk.id(), InterviewCommand::Create { application, facts: facts(told) })
}

fn fail() -> InterviewCommand {
    InterviewCommand::Fail { reason: text("Peeves") }
}

fn cancel() -> InterviewCommand {
    InterviewCommand::Cancel { reason: text("Quidditch") }
}

const ASK: InterviewCommand = InterviewCommand::AskForTime(TimeAsked::CandidateProposes);

#[test]
fn one_without_a_time_goes_from_created_to_scheduling_and_both_are_told() {
    let mut desk = Desk::new();
    let asked = create(&mut desk, None, InterviewTold::default());

    let events = desk.done(asked);

    let told: Vec<_> =
        events.iter().map(|event| (&event.kind, &event.data.interview.as_ref().unwrap().stage)).collect();
    assert_eq!((told[0].0, &told[0].1.value), (&InterviewCreated, &Stage::InterviewCreated));
    assert_eq!((told[1].0, &told[1].1.value), (&InterviewStageUpdated, &SchedulingTime));
    assert_eq!(told[1].1.text.as_deref(), Some("Pending interviewer time selection"));
    assert_eq!(events.len(), 2);
}

#[test]
fn one_with_a_time_or_on_demand_is_scheduled() {
    let mut desk = Desk::new();
    let timed = InterviewTold { start: Some(at(9_000)), ..InterviewTold::default() };
    let on_demand = InterviewTold { mode: Some(InterviewMode::OnDemand), ..InterviewTold::default() };
    for told in [timed, on_demand] {
        let asked = create(&mut desk, None, told);
        assert_eq!(stages(&desk.done(asked)), [SchedulingCompleted]);
    }
}

#[test]
fn what_makes_no_sense_of_an_interview_is_refused() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    let nobody: ApplicationId = desk.id();
    let backwards = InterviewTold { start: Some(at(9)), end: Some(at(9)), ..InterviewTold::default() };
    let endless = InterviewTold { end: Some(at(9)), ..InterviewTold::default() };
    let by_owl = InterviewTold { format: Some(InterviewFormat::from("owl")), ..InterviewTold::default() };
    let in_dreams = InterviewTold { mode: Some(InterviewMode::from("dream")), ..InterviewTold::default() };
    let theirs = InterviewTold { organizer_id: text("usr_0000000000000"), ..InterviewTold::default() };
    for (application, told, code) in [
        (None, backwards, "bad_fact"),
        (None, endless, "bad_fact"),
        (None, by_owl, "unknown_word"),
        (None, in_dreams, "unknown_word"),
        (None, theirs, "not_found"),
        (Some(nobody), InterviewTold::default(), "not_found"),
    ] {
        let asked = create(&mut desk, application, told);
        assert_eq!(desk.refused(asked), code);
    }
    for told in [
        InterviewTold { start: Some(at(9)), ..InterviewTold::default() },
        InterviewTold { mode: Some(InterviewMode::OnDemand), ..InterviewTold::default() },
    ] {
        assert_eq!(desk.refused(of(id, InterviewCommand::Change(facts(told)))), "not_by_change");
    }
    assert_eq!(desk.refused(of(id, InterviewCommand::Change(without("start")))), "not_by_change");
    let live = InterviewTold { mode: Some(InterviewMode::Live), ..InterviewTold::default() };
    assert_eq!(desk.kinds(of(id, InterviewCommand::Change(facts(live)))), []);
    let on_demand = InterviewTold { mode: Some(InterviewMode::OnDemand), ..InterviewTold::default() };
    let on_demand = create(&mut desk, None, on_demand);
    let Command::Interview(alone, _) = &on_demand else { panic!("an interview") };
    let alone = *alone;
    desk.done(on_demand);
    assert_eq!(desk.refused(of(alone, ASK)), "no_time_needed");
}

#[test]
fn a_time_completes_the_scheduling_and_another_one_is_a_change() {
    let mut desk = Desk::new();
    let id = desk.an_interview(None);
    let first = schedule(9_000);
    assert_eq!(desk.kinds(of(id, first.clone())), [InterviewStageUpdated]);
    assert_eq!(desk.kinds(of(id, first)), []);

    let times = Schedule { start: at(9_500), end: Some(at(9_900)), time_zone: text("Europe/London") };
    let events = desk.done(of(id, InterviewCommand::Schedule(times)));
    assert_eq!(events.iter().map(|event| &event.kind).collect::<Vec<_>>(), [&InterviewUpdated]);
    assert_eq!(previous(&events[0]), json!({"start": at(9_000), "end": null, "time_zone": null}));

    let shorter = schedule(9_500);
    assert_eq!(previous(&desk.done(of(id, shorter))[0]), json!({"end": at(9_900)}));
    let backwards = Schedule { start: at(9), end: Some(at(8)), time_zone: None };
    assert_eq!(desk.refused(of(id, InterviewCommand::Schedule(backwards))), "bad_fact");
}

#[test]
fn who_is_asked_for_a_time_is_told_and_a_time_set_before_is_void() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));

    let events = desk.done(of(id, ASK));
    assert_eq!(
        events.iter().map(|event| &event.kind).collect::<Vec<_>>(),
        [&InterviewUpdated, &InterviewStageUpdated]
    );
    assert_eq!(desk.interview(id).start, None);
    assert_eq!(desk.interview(id).stage.text.as_deref(), Some("Pending candidate time proposal"));
    assert_eq!(desk.kinds(of(id, ASK)), []);
    for (asked, text) in [
        (TimeAsked::CandidateSelects, "Pending candidate time selection"),
        (TimeAsked::InterviewerProposes, "Pending interviewer time proposal"),
        (TimeAsked::InterviewerSelects, "Pending interviewer time selection"),
    ] {
        assert_eq!(desk.moves(id, InterviewCommand::AskForTime(asked)), [SchedulingTime]);
        assert_eq!(desk.interview(id).stage.text.as_deref(), Some(text));
    }
}

#[test]
fn what_was_cancelled_or_went_wrong_is_taken_up_again_by_a_time() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    let again = schedule(9_000);

    let events = desk.done(of(id, cancel()));
    assert_eq!(
        events.iter().map(|event| &event.kind).collect::<Vec<_>>(),
        [&InterviewStageUpdated, &InterviewCancelled]
    );
    assert_eq!(desk.interview(id).stage.text.as_deref(), Some("Quidditch"));
    assert_eq!(desk.refused(of(id, cancel())), "already_cancelled");
    assert_eq!(desk.moves(id, again.clone()), [SchedulingCompleted]);
    assert!(!desk.interview(id).is_cancelled());

    assert_eq!(desk.moves(id, fail()), [InterviewFailed]);
    assert_eq!(desk.moves(id, again), [SchedulingCompleted]);
    desk.done(of(id, cancel()));
    assert_eq!(desk.moves(id, ASK), [SchedulingTime]);
}

#[test]
fn an_interview_starts_and_ends() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));

    assert_eq!(desk.refused(of(id, InterviewCommand::End)), "not_started");
    assert_eq!(desk.moves(id, InterviewCommand::Start), [InterviewStarted]);
    let again = schedule(9_000);
    for command in [InterviewCommand::Start, again.clone(), ASK] {
        assert_eq!(desk.refused(of(id, command)), "already_started");
    }
    assert_eq!(desk.moves(id, InterviewCommand::End), [InterviewCompleted]);
    for command in [InterviewCommand::Start, InterviewCommand::End, again, ASK, cancel()] {
        assert_eq!(desk.refused(of(id, command)), "interview_over");
    }
}

#[test]
fn what_is_under_way_can_go_wrong_and_the_reason_is_told() {
    let mut desk = Desk::new();
    let id = desk.an_interview(None);
    assert_eq!(desk.moves(id, fail()), [SchedulingFailed]);
    assert_eq!(desk.interview(id).stage.text.as_deref(), Some("Peeves"));
    assert_eq!(desk.refused(of(id, fail())), "already_failed");

    let time = schedule(9_000);
    desk.done(of(id, time));
    desk.done(of(id, InterviewCommand::Start));
    assert_eq!(desk.moves(id, fail()), [InterviewFailed]);
    assert_eq!(desk.refused(of(id, fail())), "already_failed");
    assert_eq!(desk.refused(of(id, InterviewCommand::End)), "not_started");

    assert_eq!(desk.moves(id, InterviewCommand::Start), [InterviewStarted]);
    desk.done(of(id, InterviewCommand::End));
    assert_eq!(desk.moves(id, fail()), [FeedbackFailed]);
    assert_eq!(desk.refused(of(id, fail())), "already_failed");
}

#[test]
fn what_is_put_away_stays_there_and_is_cancelled_if_it_was() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    desk.done(of(id, cancel()));
    assert_eq!(desk.refused(of(id, InterviewCommand::Start)), "interview_cancelled");
    assert_eq!(desk.refused(of(id, fail())), "interview_cancelled");

    assert_eq!(desk.kinds(of(id, InterviewCommand::Archive)), [InterviewStageUpdated, InterviewArchived]);
    assert_eq!(desk.refused(of(id, InterviewCommand::Archive)), "already_archived");
    let time = schedule(9_000);
    for command in [InterviewCommand::Start, InterviewCommand::End, time, ASK, cancel(), fail()] {
        assert_eq!(desk.refused(of(id, command)), "interview_archived");
    }
    assert!(desk.interview(id).is_cancelled());
}

#[test]
fn where_a_platform_tells_the_stage_it_is_not_ours_to_change() {
    let mut desk = Desk::new();
    let interview = About { external_id: text("skype"), told: InterviewTold::default() };
    let told = desk.hear(
        1,
        News::Stage {
            interview,
            of: Belonging::default(),
            previous: None,
            current: SchedulingCompleted.into(),
        },
    );
    let id = told.events[0].data.interview.as_ref().unwrap().id;
    let time = schedule(9_000);
    let join = InterviewCommand::Join { attendee: "attd_1".to_owned() };

    for command in [
        time,
        ASK,
        join,
        InterviewCommand::Start,
        InterviewCommand::End,
        fail(),
        cancel(),
        InterviewCommand::Archive,
    ] {
        assert_eq!(desk.refused(of(id, command)), "stage_is_told_elsewhere");
    }
    let title = facts(InterviewTold { title: text("Duel"), ..InterviewTold::default() });
    assert_eq!(desk.kinds(of(id, InterviewCommand::Change(title))), [InterviewUpdated]);
}

#[test]
fn an_older_webhook_does_not_move_it_back() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    let named = called(Facts::default(), "platform", Some("int_1"));
    desk.done(of(id, InterviewCommand::Change(named)));
    desk.now = 100;
    let time = schedule(9_000);
    desk.done(of(id, cancel()));
    desk.done(of(id, time));
    let told = |start: Option<i64>, change| News::Interview {
        interview: About {
            external_id: text("int_1"),
            told: InterviewTold { start: start.map(at), ..InterviewTold::default() },
        },
        of: Belonging::default(),
        meeting: None,
        change,
    };

    desk.hear(50, told(None, InterviewChange::Cancelled));
    assert_eq!(desk.stage(id), SchedulingCompleted);

    desk.done(of(id, ASK));
    desk.hear(50, told(Some(8_000), InterviewChange::Updated));
    assert_eq!((desk.stage(id), desk.interview(id).start), (SchedulingTime, None));

    desk.hear(500, told(None, InterviewChange::Cancelled));
    assert_eq!(desk.stage(id), InterviewCanceled);
}

#[test]
fn an_application_does_not_have_interviews_without_end() {
    let mut desk = Desk::new();
    let application = desk.an_application();
    let all: Vec<Command> =
        (0..MAX_INTERVIEWS).map(|_| create(&mut desk, Some(application), InterviewTold::default())).collect();
    desk.ask(&all).unwrap();

    let one_more = create(&mut desk, Some(application), InterviewTold::default());
    assert_eq!(desk.refused(one_more), "too_many");
}

#[test]
fn another_company_s_interview_is_not_there() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    desk.company = callboard_core::CompanyId::from_raw(7);

    for command in [InterviewCommand::Start, cancel(), InterviewCommand::Change(Facts::default())] {
        assert_eq!(desk.refused(of(id, command)), "not_found");
    }
}
