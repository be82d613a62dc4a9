//! Applications.

use callboard_core::EventType::{
    ApplicationCreated, ApplicationDeleted, ApplicationStageUpdated, CandidateUpdated, InterviewCancelled,
    InterviewStageUpdated,
};
use callboard_core::{
    Application, ApplicationCommand, ApplicationId, ApplicationStage, ApplicationTold, CandidateId, Command,
    CompanyId, Entity, Facts, Identifier, JobCommand, JobId, MAX_APPLICATIONS, Named, ParentStage,
};
use serde_json::json;

use crate::desk::{Desk, at, facts, previous, schedule, text, without};

fn create(desk: &mut Desk, candidate: CandidateId, job: Option<JobId>) -> Command {
    Command::Application(desk.id(), ApplicationCommand::Create { candidate, job, facts: Facts::default() })
}

fn to(parent: ParentStage, custom: Option<&str>) -> ApplicationStage {
    let custom = custom.map(|name| Named { id: None, name: text(name) });
    ApplicationStage { parent, custom }
}

fn application(desk: &Desk, id: ApplicationId) -> &Application {
    let Entity::Application(application) = &desk.held(id).entity else { panic!("{id} is no application") };
    application
}

#[test]
fn an_application_starts_as_new_and_carries_who_applies_for_what() {
    let mut desk = Desk::new();
    let (candidate, job) = (desk.a_candidate("hpotter"), desk.a_job());
    let asked = create(&mut desk, candidate, Some(job));

    let events = desk.done(asked);

    assert_eq!(events.iter().map(|event| &event.kind).collect::<Vec<_>>(), [&ApplicationCreated]);
    let data = &events[0].data;
    assert_eq!((data.job.as_ref().unwrap().id, data.candidate.as_ref().unwrap().id), (job, candidate));
    let made = data.application.as_ref().unwrap();
    assert_eq!((made.stage.clone(), made.applied_at), (Some(to(ParentStage::New, None)), Some(at(desk.now))));
    assert_eq!(desk.candidate(candidate).applications, [made.id]);
}

#[test]
fn a_candidate_applies_for_a_job_once_unless_the_application_was_removed() {
    let mut desk = Desk::new();
    let (candidate, job) = (desk.a_candidate("hpotter"), desk.a_job());
    let first = desk.applied(candidate, Some(job));
    let again = create(&mut desk, candidate, Some(job));

    let refusal = desk.ask(std::slice::from_ref(&again)).unwrap_err();
    assert_eq!(refusal.code(), "already_applied");
    assert!(refusal.to_string().contains(&first.to_string()));

    desk.done(Command::Application(first, ApplicationCommand::Delete));
    assert_eq!(desk.kinds(again), [ApplicationCreated]);
}

#[test]
fn who_and_what_an_application_is_for_must_be_there() {
    let mut desk = Desk::new();
    let (candidate, job) = (desk.a_candidate("hpotter"), desk.a_job());
    let (nobody, nothing) = (desk.id(), desk.id());
    for (candidate, job) in [(nobody, Some(job)), (candidate, Some(nothing))] {
        let asked = create(&mut desk, candidate, job);
        assert_eq!(desk.refused(asked), "not_found");
    }
    desk.done(Command::Job(job, JobCommand::Delete));
    let asked = create(&mut desk, candidate, Some(job));
    assert_eq!(desk.refused(asked), "not_found");

    desk.company = CompanyId::from_raw(7);
    let asked = create(&mut desk, candidate, None);
    assert_eq!(desk.refused(asked), "not_found");
}

#[test]
fn an_application_is_moved_and_that_is_told_with_where_it_was() {
    let mut desk = Desk::new();
    let id = desk.an_application();
    let go = |stage| Command::Application(id, ApplicationCommand::Move(stage));

    let events = desk.done(go(to(ParentStage::Screening, Some("Phone screen"))));
    assert_eq!(events[0].kind, ApplicationStageUpdated);
    assert_eq!(previous(&events[0]), json!({"stage": {"parent": "new"}}));
    assert_eq!(desk.kinds(go(to(ParentStage::Screening, Some("Phone screen")))), []);
    assert_eq!(desk.refused(go(to(ParentStage::from("limbo"), None))), "unknown_word");

    let told = ApplicationTold { stage: Some(to(ParentStage::Hired, None)), ..ApplicationTold::default() };
    let change = |facts| Command::Application(id, ApplicationCommand::Change(facts));
    assert_eq!(desk.refused(change(facts(told))), "not_by_change");
    assert_eq!(desk.refused(change(without("stage"))), "not_by_change");
}

#[test]
fn other_facts_of_an_application_are_told_as_a_change_of_the_candidate() {
    let mut desk = Desk::new();
    let id = desk.an_application();
    let told = ApplicationTold { origin: text("referred"), ..ApplicationTold::default() };

    let events = desk.done(Command::Application(id, ApplicationCommand::Change(facts(told))));

    assert_eq!(events[0].kind, CandidateUpdated);
    assert_eq!(previous(&events[0]), json!({"origin": null}));
    assert_eq!(events[0].data.application.as_ref().unwrap().id, id);
}

#[test]
fn with_an_application_goes_what_is_still_to_come_and_what_was_stays() {
    let mut desk = Desk::new();
    let over = desk.over();
    let id = desk.interview(over).application_id.unwrap();
    let (ahead, gone) = (desk.held_for(id, None), desk.held_for(id, None));
    desk.done(Command::Interview(gone, callboard_core::InterviewCommand::Archive));

    let kinds = desk.kinds(Command::Application(id, ApplicationCommand::Delete));

    assert_eq!(kinds, [InterviewStageUpdated, InterviewCancelled, ApplicationDeleted]);
    assert_eq!(application(&desk, id).interviews, [over, ahead, gone]);
    assert!(desk.interview(ahead).is_cancelled());
    assert!(!desk.interview(over).is_cancelled());
    let again = schedule(9);
    assert_eq!(desk.refused(Command::Interview(ahead, again)), "application_removed");
}

#[test]
fn a_candidate_cannot_apply_without_end() {
    let mut desk = Desk::new();
    let candidate = desk.a_candidate("hpotter");
    let all: Vec<Command> = (0..MAX_APPLICATIONS).map(|_| create(&mut desk, candidate, None)).collect();
    desk.ask(&all).unwrap();

    let one_more = create(&mut desk, candidate, None);
    assert_eq!(desk.refused(one_more), "too_many");
}
