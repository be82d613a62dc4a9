//! Questions, and the answers to them that are recorded.

use callboard_core::EventType::{AnswerVideoCreated, AnswerVideoUpdated};
use callboard_core::{
    AnswerVideoCommand, AnswerVideoTold, ApplicationId, Command, CompanyId, Facts, Identifier, InterviewId,
    JobCommand, QuestionCommand, QuestionId, QuestionTold,
};

use crate::desk::{Desk, facts, text, without};

fn asks(words: &str) -> Facts<QuestionTold> {
    facts(QuestionTold { text: text(words), ..QuestionTold::default() })
}

fn record(
    desk: &mut Desk,
    interview: Option<InterviewId>,
    application: Option<ApplicationId>,
    question: Option<QuestionId>,
) -> Command {
    let facts = facts(AnswerVideoTold { url: text("https://videos/1"), ..AnswerVideoTold::default() });
    Command::AnswerVideo(desk.id(), AnswerVideoCommand::Create { interview, application, question, facts })
}

#[test]
fn a_question_belongs_to_a_job_and_is_told_with_the_answer_to_it() {
    let mut desk = Desk::new();
    let interview = desk.an_interview(None);
    let (job, id) = (desk.a_job(), desk.id());
    let create = |facts| Command::Question(id, QuestionCommand::Create { job, facts });
    assert_eq!(desk.refused(create(Facts::default())), "missing_fact");
    let endless = QuestionTold { limit_s: Some(-1), ..asks("Why?").told };
    assert_eq!(desk.refused(create(facts(endless))), "bad_fact");
    assert_eq!(desk.kinds(create(asks("Why?"))), []);
    assert_eq!(desk.kinds(Command::Question(id, QuestionCommand::Change(asks("Why us?")))), []);
    assert_eq!(desk.version(id), 2);

    let answer = record(&mut desk, Some(interview), None, Some(id));
    let events = desk.done(answer);
    assert_eq!(events[0].kind, AnswerVideoCreated);
    assert_eq!(events[0].data.question.as_ref().unwrap().text.as_deref(), Some("Why us?"));
    assert!(events[0].data.application.is_some());

    desk.done(Command::Question(id, QuestionCommand::Delete));
    let late = record(&mut desk, Some(interview), None, Some(id));
    assert_eq!(desk.refused(late), "not_found");
    desk.done(Command::Job(job, JobCommand::Delete));
    let other = desk.id();
    let for_nothing = QuestionCommand::Create { job, facts: asks("Why?") };
    assert_eq!(desk.refused(Command::Question(other, for_nothing)), "not_found");
}

#[test]
fn a_recorded_answer_is_for_one_application() {
    let mut desk = Desk::new();
    let interview = desk.an_interview(None);
    let (hermione, job) = (desk.a_candidate("hgranger"), desk.a_job());
    let other = desk.applied(hermione, Some(job));

    let nowhere = record(&mut desk, None, None, None);
    assert_eq!(desk.refused(nowhere), "missing_fact");
    let both = record(&mut desk, Some(interview), Some(other), None);
    assert_eq!(desk.refused(both), "belongs_elsewhere");
    desk.company = CompanyId::from_raw(7);
    let theirs = record(&mut desk, None, Some(other), None);
    assert_eq!(desk.refused(theirs), "not_found");
}

#[test]
fn a_recorded_answer_that_changes_is_told_and_one_that_is_removed_is_gone() {
    let mut desk = Desk::new();
    let application = desk.an_application();
    let made = record(&mut desk, None, Some(application), None);
    let Command::AnswerVideo(id, _) = made else { panic!("a recorded answer") };
    desk.done(made);
    let change = |facts| Command::AnswerVideo(id, AnswerVideoCommand::Change(facts));
    let lasts = |seconds| facts(AnswerVideoTold { duration_s: Some(seconds), ..AnswerVideoTold::default() });

    assert_eq!(desk.kinds(change(lasts(9))), [AnswerVideoUpdated]);
    assert_eq!(desk.kinds(change(lasts(9))), []);
    assert_eq!(desk.refused(change(lasts(-9))), "bad_fact");
    assert_eq!(desk.kinds(change(without("duration_s"))), [AnswerVideoUpdated]);
    assert_eq!(desk.kinds(Command::AnswerVideo(id, AnswerVideoCommand::Delete)), []);
    assert_eq!(desk.refused(change(lasts(1))), "not_found");
}
