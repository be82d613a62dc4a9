//! Rules 3 and 4 by command: who is assigned is asked after the end, gives an opinion, and counts.

use callboard_core::EventType::{
    FeedbackRequested, FeedbackSubmitted, FeedbackUpdated, InterviewAssessed, InterviewStageUpdated,
};
use callboard_core::Stage::{
    FeedbackCollecting, FeedbackCompleted, FeedbackFailed, InterviewCompleted, SchedulingCompleted,
};
use callboard_core::{
    About, Answer, AssessmentSoFar, AssessmentStatus, Belonging, Command, Event, Facts, FeedbackChange,
    FeedbackCommand, FeedbackId, FeedbackStatus, FeedbackTold, InterviewChange, InterviewCommand,
    InterviewId, InterviewTold, MAX_REVIEWERS, News, OverallStatus, Person, Rating, Score, Stage, UserId,
    assessment,
};
use serde_json::json;

use crate::desk::{Desk, at, called, facts, previous, stages, text, without};

fn assign(desk: &mut Desk, interview: InterviewId, reviewer: UserId) -> Command {
    let command = FeedbackCommand::Assign { interview, reviewer, creator: None, facts: Facts::default() };
    Command::Feedback(desk.id(), command)
}

fn submit(id: FeedbackId, facts: Facts<FeedbackTold>) -> Command {
    Command::Feedback(id, FeedbackCommand::Submit(facts))
}

fn remove(id: FeedbackId) -> Command {
    Command::Feedback(id, FeedbackCommand::Remove)
}

fn kinds(events: &[Event]) -> Vec<&callboard_core::EventType> {
    events.iter().map(|event| &event.kind).collect()
}

/// The average and the total of the assessment that was told.
fn sums(events: &[Event]) -> Option<(String, String)> {
    let event = events.iter().find(|event| event.kind == InterviewAssessed)?;
    let assessment = event.data.assessment.as_ref().unwrap();
    Some((assessment.average.to_string(), assessment.total.to_string()))
}

fn so_far(desk: &Desk, id: InterviewId) -> AssessmentSoFar {
    assessment(&desk.world, desk.interview(id))
}

#[test]
fn whoever_is_assigned_is_asked_when_the_interview_ends() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    let (snape, moody) = (desk.a_user("snape"), desk.a_user("moody"));
    let (first, asked) = desk.assign(id, snape);
    let (second, _) = desk.assign(id, moody);
    assert_eq!(asked, []);
    assert_eq!(desk.feedback(first).status, Some(FeedbackStatus::Pending));
    desk.done(Command::Interview(id, InterviewCommand::Start));

    let ended = desk.done(Command::Interview(id, InterviewCommand::End));

    let expected = [&InterviewStageUpdated, &FeedbackRequested, &FeedbackRequested, &InterviewStageUpdated];
    assert_eq!(kinds(&ended), expected);
    assert_eq!(stages(&ended), [InterviewCompleted, FeedbackCollecting]);
    assert_eq!(desk.feedback(second).requested_at, Some(at(desk.now)));
    let reviewer = ended[1].data.feedback.as_ref().unwrap().reviewer.clone().unwrap();
    assert_eq!((reviewer.user, reviewer.email.as_deref()), (Some(snape), Some("snape@hogwarts.com")));
}

#[test]
fn whoever_has_scored_before_the_end_is_not_asked_and_completes_it() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    let reviewer = desk.a_user("snape");
    let (feedback, _) = desk.assign(id, reviewer);

    let given = desk.score(feedback, 50);
    assert_eq!(kinds(&given), [&FeedbackSubmitted, &InterviewAssessed]);
    assert_eq!(desk.stage(id), SchedulingCompleted, "it has not been held yet");
    desk.done(Command::Interview(id, InterviewCommand::Start));

    assert_eq!(desk.moves(id, InterviewCommand::End), [InterviewCompleted, FeedbackCompleted]);
}

#[test]
fn what_a_webhook_says_of_something_else_does_not_complete_it_before_the_end() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    let named = called(Facts::default(), "platform", Some("int_1"));
    desk.done(Command::Interview(id, InterviewCommand::Change(named)));
    let reviewer = desk.a_user("snape");
    let (feedback, _) = desk.assign(id, reviewer);
    desk.score(feedback, 50);
    let told = |change| News::Interview {
        interview: About {
            external_id: text("int_1"),
            told: InterviewTold { title: text("Dance"), ..InterviewTold::default() },
        },
        of: Belonging::default(),
        meeting: None,
        change,
    };

    desk.hear(900, told(InterviewChange::Updated));
    assert_eq!(desk.stage(id), SchedulingCompleted);

    let ended = desk.hear(901, told(InterviewChange::Ended)).events;
    assert_eq!(stages(&ended), [InterviewCompleted, FeedbackCompleted]);
}

#[test]
fn an_end_that_a_webhook_tells_asks_whoever_is_assigned() {
    let mut desk = Desk::new();
    let id = desk.an_interview(Some(9_000));
    let named = called(Facts::default(), "platform", Some("int_1"));
    desk.done(Command::Interview(id, InterviewCommand::Change(named)));
    let reviewer = desk.a_user("snape");
    let (feedback, _) = desk.assign(id, reviewer);
    let interview = About { external_id: text("int_1"), told: InterviewTold::default() };
    let ended = News::Interview {
        interview,
        of: Belonging::default(),
        meeting: None,
        change: InterviewChange::Ended,
    };

    let events = desk.hear(900, ended).events;

    assert_eq!(kinds(&events), [&InterviewStageUpdated, &FeedbackRequested, &InterviewStageUpdated]);
    assert_eq!(desk.stage(id), FeedbackCollecting);
    assert_eq!(desk.feedback(feedback).requested_at, Some(at(900)));
}

#[test]
fn nobody_is_told_before_all_have_scored_and_again_whenever_a_score_changes() {
    let mut desk = Desk::new();
    let id = desk.over();
    let reviewers = [desk.a_user("snape"), desk.a_user("moody"), desk.a_user("tonks")];
    let [first, second, third] = reviewers.map(|reviewer| desk.assign(id, reviewer).0);
    let open = so_far(&desk, id);
    assert_eq!((open.status, open.average, open.reviewers.len()), (AssessmentStatus::Open, None, 3));

    assert_eq!(sums(&desk.score(first, 50)), None);
    assert_eq!(sums(&desk.score(second, 50)), None);
    let all = desk.score(third, 50);
    assert_eq!(sums(&all), Some(("50".to_owned(), "150".to_owned())));
    assert_eq!(kinds(&all), [&FeedbackSubmitted, &InterviewStageUpdated, &InterviewAssessed]);
    assert_eq!(desk.stage(id), FeedbackCompleted);

    let changed = desk.score(third, 20);
    assert_eq!(kinds(&changed), [&FeedbackUpdated, &InterviewAssessed]);
    assert_eq!(previous(&changed[0])["score"], 50);
    assert_eq!(sums(&changed), Some(("40".to_owned(), "120".to_owned())));
    assert_eq!(desk.score(third, 20), [], "the same score again is nothing new");

    let comment = FeedbackTold { comment: text("Fine"), ..FeedbackTold::default() };
    assert_eq!(desk.kinds(submit(third, facts(comment))), [FeedbackUpdated], "no score changed");
    let told = so_far(&desk, id);
    assert_eq!((told.status, told.total), (AssessmentStatus::Assessed, Some(Score::from_points(120))));
    assert_eq!(told.overall_status, OverallStatus::Completed);
    assert_eq!(told.reviewers[2].comment.as_deref(), Some("Fine"));
}

#[test]
fn a_reviewer_assigned_after_the_end_is_asked_at_once_and_opens_it_again() {
    let mut desk = Desk::new();
    let id = desk.over();
    let (snape, moody) = (desk.a_user("snape"), desk.a_user("moody"));
    let (first, asked) = desk.assign(id, snape);
    assert_eq!(kinds(&asked), [&FeedbackRequested, &InterviewStageUpdated]);
    desk.score(first, 50);

    let (second, asked) = desk.assign(id, moody);

    assert_eq!(stages(&asked), [FeedbackCollecting]);
    assert!(!desk.interview(id).assessed);
    assert_eq!(sums(&desk.score(second, 30)), Some(("40".to_owned(), "80".to_owned())));
}

#[test]
fn a_reviewer_who_is_removed_does_not_count_and_what_they_gave_goes() {
    let mut desk = Desk::new();
    let id = desk.over();
    let reviewers = [desk.a_user("snape"), desk.a_user("moody"), desk.a_user("tonks")];
    let [first, second, third] = reviewers.map(|reviewer| desk.assign(id, reviewer).0);
    desk.score(first, 50);
    desk.score(second, 10);

    let removed = desk.done(remove(third));
    assert_eq!(kinds(&removed), [&InterviewStageUpdated, &InterviewAssessed]);
    assert_eq!(sums(&removed), Some(("30".to_owned(), "60".to_owned())));
    assert_eq!(sums(&desk.done(remove(second))), Some(("50".to_owned(), "50".to_owned())));

    let gone = desk.feedback(second);
    assert_eq!((gone.score, desk.interview(id).feedback.as_slice()), (None, &[first][..]));
    assert_eq!(desk.refused(remove(second)), "not_found");
    assert_eq!(desk.refused(submit(second, Facts::default())), "not_found");
    assert_eq!(desk.kinds(remove(first)), []);
    assert_eq!(so_far(&desk, id).status, AssessmentStatus::Open);
}

#[test]
fn a_list_of_reviewers_from_before_a_removal_assigns_nobody_again() {
    let mut desk = Desk::new();
    let id = desk.over();
    let named = called(Facts::default(), "platform", Some("int_1"));
    desk.done(Command::Interview(id, InterviewCommand::Change(named)));
    let reviewer = desk.a_user("snape");
    let (feedback, _) = desk.assign(id, reviewer);
    desk.now = 100;
    desk.done(remove(feedback));
    let score = callboard_core::ScoreTold {
        reviewer: Person { email: text("snape@hogwarts.com"), ..Person::default() },
        score: Some(Score::from_points(9)),
        comment: None,
    };
    let listed = News::Assessed {
        interview: About { external_id: text("int_1"), told: InterviewTold::default() },
        of: Belonging::default(),
        scores: vec![score],
        average: None,
        total: None,
        overall_status: None,
    };

    desk.hear(50, listed.clone());
    assert!(desk.interview(id).feedback.is_empty());
    desk.hear(500, listed);
    assert_eq!(desk.interview(id).feedback.len(), 1);
}

#[test]
fn feedback_that_went_wrong_goes_on_with_the_next_that_is_given() {
    let mut desk = Desk::new();
    let id = desk.over();
    let (snape, moody) = (desk.a_user("snape"), desk.a_user("moody"));
    let (first, second) = (desk.assign(id, snape).0, desk.assign(id, moody).0);
    let fail = InterviewCommand::Fail { reason: None };
    assert_eq!(desk.moves(id, fail.clone()), [FeedbackFailed]);

    assert_eq!(stages(&desk.score(first, 50)), [FeedbackCollecting]);
    desk.moves(id, fail);
    assert_eq!(stages(&desk.score(second, 50)), [FeedbackCompleted]);
    assert_eq!(
        desk.refused(Command::Interview(id, InterviewCommand::Fail { reason: None })),
        "interview_over"
    );
}

#[test]
fn a_score_that_is_taken_back_opens_the_assessment_and_nothing_at_all_is_refused() {
    let mut desk = Desk::new();
    let id = desk.over();
    let reviewer = desk.a_user("snape");
    let (feedback, _) = desk.assign(id, reviewer);
    assert_eq!(desk.refused(submit(feedback, Facts::default())), "nothing_given");
    let blank = FeedbackTold { comment: text(" "), ..FeedbackTold::default() };
    assert_eq!(desk.refused(submit(feedback, facts(blank))), "nothing_given");

    let told =
        FeedbackTold { comment: text("Fine"), score: Some(Score::from_points(5)), ..FeedbackTold::default() };
    desk.done(submit(feedback, facts(told)));
    let events = desk.done(submit(feedback, without("score")));

    assert_eq!(kinds(&events), [&FeedbackUpdated, &InterviewStageUpdated]);
    assert_eq!((desk.stage(id), desk.interview(id).assessed), (FeedbackCollecting, false));
    assert_eq!(desk.refused(submit(feedback, without("comment"))), "nothing_given");
    assert_eq!(desk.refused(submit(feedback, without("status"))), "bad_fact");
    assert_eq!(desk.kinds(submit(feedback, without("ratings"))), []);
}

#[test]
fn ratings_and_answers_are_feedback_without_a_score() {
    let mut desk = Desk::new();
    let id = desk.over();
    let reviewer = desk.a_user("snape");
    let (feedback, _) = desk.assign(id, reviewer);
    let told = |option: &str, question: &str| FeedbackTold {
        ratings: Some(vec![Rating { option_id: option.to_owned(), rating: 3 }]),
        answers: Some(vec![Answer { question_id: question.to_owned(), text: "Yes".to_owned() }]),
        ..FeedbackTold::default()
    };

    assert_eq!(desk.refused(submit(feedback, facts(told("", "q")))), "missing_fact");
    assert_eq!(desk.refused(submit(feedback, facts(told("o", " ")))), "missing_fact");
    let many = FeedbackTold {
        ratings: Some(vec![Rating { option_id: "o".into(), rating: 1 }; 201]),
        ..told("o", "q")
    };
    assert_eq!(desk.refused(submit(feedback, facts(many))), "too_many");
    let given = desk.done(submit(feedback, facts(told("o", "q"))));
    assert_eq!(kinds(&given), [&FeedbackSubmitted]);
    assert_eq!(previous(&given[0])["status"], json!("pending"));
    assert_eq!(desk.stage(id), FeedbackCollecting);
}

#[test]
fn a_reviewer_is_assigned_once_and_must_be_one_of_ours() {
    let mut desk = Desk::new();
    let id = desk.an_interview(None);
    let (snape, nobody) = (desk.a_user("snape"), desk.id());
    desk.assign(id, snape);

    let again = assign(&mut desk, id, snape);
    assert_eq!(desk.refused(again), "already_assigned");
    let unknown = assign(&mut desk, id, nobody);
    assert_eq!(desk.refused(unknown), "not_found");
    let moody = desk.a_user("moody");
    desk.company = callboard_core::Identifier::from_raw(7);
    let ours = desk.a_user("moody");
    for (interview, reviewer) in [(id, ours), (id, moody)] {
        let theirs = assign(&mut desk, interview, reviewer);
        assert_eq!(desk.refused(theirs), "not_found");
    }
}

#[test]
fn an_interview_has_so_many_reviewers_and_one_that_is_off_has_none_to_add() {
    let mut desk = Desk::new();
    let id = desk.an_interview(None);
    for number in 0..MAX_REVIEWERS {
        let reviewer = desk.a_user(&format!("reviewer{number}"));
        desk.assign(id, reviewer);
    }
    let snape = desk.a_user("snape");
    let one_more = assign(&mut desk, id, snape);
    assert_eq!(desk.refused(one_more), "too_many");

    desk.done(Command::Interview(id, InterviewCommand::Cancel { reason: None }));
    let cancelled = assign(&mut desk, id, snape);
    assert_eq!(desk.refused(cancelled), "interview_cancelled");
    desk.done(Command::Interview(id, InterviewCommand::Archive));
    let archived = assign(&mut desk, id, snape);
    assert_eq!(desk.refused(archived), "interview_archived");
}

#[test]
fn feedback_on_an_application_as_a_whole_is_asked_for_at_once() {
    let mut desk = Desk::new();
    let (application, reviewer) = (desk.an_application(), desk.a_user("snape"));
    let id = desk.id();
    let request =
        FeedbackCommand::Request { application, reviewer, creator: Some(reviewer), facts: Facts::default() };

    let asked = desk.done(Command::Feedback(id, request.clone()));

    assert_eq!(kinds(&asked), [&FeedbackRequested]);
    assert_eq!(asked[0].data.application.as_ref().unwrap().id, application);
    let again = desk.id();
    assert_eq!(desk.refused(Command::Feedback(again, request)), "already_assigned");
    assert_eq!(kinds(&desk.score(id, 5)), [&FeedbackSubmitted]);
    assert_eq!(desk.kinds(remove(id)), []);
}

#[test]
fn where_a_platform_tells_the_stage_reviewers_do_not_move_it() {
    let mut desk = Desk::new();
    let interview = About { external_id: text("skype"), told: InterviewTold::default() };
    let told = |current: Stage| News::Stage {
        interview: interview.clone(),
        of: Belonging::default(),
        previous: None,
        current: current.into(),
    };
    let id = desk.hear(1, told(SchedulingCompleted)).events[0].data.interview.as_ref().unwrap().id;
    let reviewer = desk.a_user("snape");
    let (feedback, _) = desk.assign(id, reviewer);

    let ended = desk.hear(500, told(InterviewCompleted)).events;
    assert_eq!(kinds(&ended), [&InterviewStageUpdated, &FeedbackRequested]);
    assert_eq!(kinds(&desk.score(feedback, 5)), [&FeedbackSubmitted, &InterviewAssessed]);
    assert_eq!(desk.stage(id), InterviewCompleted);
}

#[test]
fn a_webhook_s_feedback_is_that_of_the_reviewer_assigned_here() {
    let mut desk = Desk::new();
    let id = desk.over();
    let named = called(Facts::default(), "platform", Some("int_1"));
    desk.done(Command::Interview(id, InterviewCommand::Change(named)));
    let reviewer = desk.a_user("snape");
    let (feedback, _) = desk.assign(id, reviewer);
    let told = FeedbackTold {
        reviewer: Some(Person { email: text("snape@hogwarts.com"), ..Person::default() }),
        score: Some(Score::from_points(7)),
        ..FeedbackTold::default()
    };
    let news = News::Feedback {
        feedback: About { external_id: text("fdbk_1"), told },
        interview: Some(About { external_id: text("int_1"), told: InterviewTold::default() }),
        of: Belonging::default(),
        change: FeedbackChange::Submitted,
    };

    let events = desk.hear(900, news).events;

    assert_eq!(kinds(&events), [&FeedbackSubmitted, &InterviewStageUpdated, &InterviewAssessed]);
    assert_eq!(desk.feedback(feedback).score, Some(Score::from_points(7)));
}
