//! Rules 3 and 4: when an assessment is told, and how far an application is as a whole.

use callboard_core::EventType::{
    FeedbackRequested, FeedbackSubmitted, FeedbackUpdated, InterviewAssessed, InterviewCreated,
    InterviewStageUpdated,
};
use callboard_core::{
    Answer, Belonging, Change, Entity, Event, FeedbackChange, FeedbackStatus, FeedbackTold, InterviewChange,
    InterviewTold, Kind, News, OverallStatus, ParentStage, Rating, Remark, Score,
};

use crate::hub::{Hub, told};
use crate::news::{
    about, application, assessed, feedback, interview, interview_told, of_application, scores, stage_told,
};

const SEED: [(&str, Option<i64>); 3] =
    [("adumbledore", Some(50)), ("mmcgonagall", Some(50)), ("ssnape", Some(50))];

fn assessment(events: &[Event]) -> Option<(String, String, OverallStatus)> {
    let event = events.iter().find(|event| event.kind == InterviewAssessed)?;
    let assessment = event.data.assessment.as_ref().unwrap();
    let sums = (assessment.average.to_string(), assessment.total.to_string());
    Some((sums.0, sums.1, assessment.overall_status.clone()))
}

#[test]
fn the_seed_s_three_scores_are_three_feedbacks_and_one_assessment() {
    let mut hub = Hub::new();

    let events = hub.events(1, assessed("123", &SEED));

    let kinds: Vec<_> = events.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(
        kinds,
        [
            InterviewCreated,
            FeedbackSubmitted,
            FeedbackSubmitted,
            FeedbackSubmitted,
            InterviewStageUpdated,
            InterviewStageUpdated,
            InterviewAssessed,
        ]
    );
    assert_eq!(assessment(&events), Some(("50".to_owned(), "150".to_owned(), OverallStatus::Completed)));
    let reviewers = &events[6].data.assessment.as_ref().unwrap().reviewers;
    assert_eq!(reviewers[0].reviewer.email.as_deref(), Some("adumbledore@hogwarts.com"));
    assert!(reviewers[0].reviewer.user.is_some(), "a reviewer becomes one of our users");
}

#[test]
fn a_score_that_changes_is_told_again_and_one_that_does_not_is_known() {
    let mut hub = Hub::new();
    hub.hear(&told(1, assessed("123", &SEED)));

    let same = hub.hear(&told(2, assessed("123", &SEED)));
    let mut changed = SEED;
    changed[2].1 = Some(20);
    let events = hub.events(3, assessed("123", &changed));

    assert_eq!((same.events.len(), same.remarks), (0, vec![Remark::Known]));
    assert_eq!(events[0].kind, FeedbackUpdated);
    assert_eq!(events[0].data.previous["score"], 50);
    assert_eq!(assessment(&events), Some(("40".to_owned(), "120".to_owned(), OverallStatus::Completed)));
}

#[test]
fn nobody_is_told_before_all_assigned_reviewers_have_scored() {
    let mut hub = Hub::new();
    let from = |by, points, change| feedback(by, Some("123"), by, points, change);
    hub.hear(&told(1, from("snape", None, FeedbackChange::Requested)));
    hub.hear(&told(2, from("flitwick", None, FeedbackChange::Requested)));

    let first = hub.kinds(3, from("snape", Some(10), FeedbackChange::Submitted));
    let both = hub.events(4, from("flitwick", Some(25), FeedbackChange::Submitted));

    assert_eq!(first, [FeedbackSubmitted]);
    assert_eq!(assessment(&both), Some(("17.5".to_owned(), "35".to_owned(), OverallStatus::Completed)));
}

#[test]
fn a_reviewer_assigned_later_opens_the_assessment_again() {
    let mut hub = Hub::new();
    hub.hear(&told(1, assessed("123", &SEED)));
    let from = |points, change| feedback("fdbk_1", Some("123"), "flitwick", points, change);

    let asked = hub.kinds(2, from(None, FeedbackChange::Requested));
    assert_eq!(asked, [FeedbackRequested, InterviewStageUpdated]);
    assert!(!hub.interview("123").assessed);

    let given = hub.events(3, from(Some(90), FeedbackChange::Submitted));
    assert_eq!(assessment(&given), Some(("60".to_owned(), "240".to_owned(), OverallStatus::Completed)));
}

#[test]
fn a_reviewer_who_is_not_listed_any_more_does_not_count() {
    let mut hub = Hub::new();
    hub.hear(&told(1, feedback("fdbk_1", Some("123"), "flitwick", None, FeedbackChange::Requested)));

    let events = hub.events(2, assessed("123", &SEED));

    assert_eq!(hub.interview("123").feedback.len(), 3);
    assert_eq!(assessment(&events).unwrap().1, "150");
}

#[test]
fn a_list_that_is_older_than_the_one_known_changes_nothing() {
    let mut hub = Hub::new();
    hub.hear(&told(5, assessed("123", &SEED)));

    let late = hub.hear(&told(1, assessed("123", &[("flitwick", Some(99))])));

    assert_eq!((late.events.len(), late.remarks), (0, vec![Remark::Late]));
    assert_eq!(hub.interview("123").feedback.len(), 3);
}

#[test]
fn feedback_without_a_score_is_given_but_does_not_count() {
    let mut hub = Hub::new();

    let events = hub.events(1, assessed("123", &[("snape", None), ("flitwick", Some(50))]));

    let given = events.iter().find(|event| event.kind == FeedbackSubmitted).unwrap();
    assert_eq!(given.data.feedback.as_ref().unwrap().status, Some(FeedbackStatus::Complete));
    assert_eq!(assessment(&events), None);
}

#[test]
fn sums_and_statuses_that_are_not_ours_are_remarked_on_and_ours_are_kept() {
    let tell = |average: &str, total: &str, overall_status| {
        let news = News::Assessed {
            interview: about("123", InterviewTold::default()),
            of: of_application("app_1"),
            scores: scores(&[("snape", Some(50)), ("flitwick", Some(25)), ("sprout", Some(25))]),
            average: Some(average.parse::<Score>().unwrap()),
            total: Some(total.parse::<Score>().unwrap()),
            overall_status: Some(overall_status),
        };
        Hub::new().hear(&told(1, news)).remarks
    };

    assert_eq!(tell("33.33", "100", OverallStatus::Completed), [], "rounding is no contradiction");
    assert_eq!(tell("34", "100", OverallStatus::Completed).len(), 1);
    assert_eq!(tell("33.33", "90", OverallStatus::Completed).len(), 1);
    assert_eq!(tell("33.33", "100", OverallStatus::InProgress).len(), 1);
}

#[test]
fn an_application_is_in_progress_until_every_interview_that_was_not_cancelled_is_assessed() {
    let mut hub = Hub::new();
    for id in ["int_1", "int_2"] {
        hub.hear(&told(1, interview(id, interview_told("Duel", None), InterviewChange::Created)));
    }
    let first = hub.events(2, assessed("int_1", &SEED));
    hub.hear(&told(3, interview("int_2", InterviewTold::default(), InterviewChange::Cancelled)));
    hub.hear(&told(4, interview("int_2", InterviewTold::default(), InterviewChange::Archived)));
    let second = hub.events(5, assessed("int_1", &[("snape", Some(10))]));

    assert_eq!(assessment(&first).unwrap().2, OverallStatus::InProgress);
    assert_eq!(assessment(&second).unwrap().2, OverallStatus::Completed);
}

#[test]
fn an_application_that_is_decided_is_completed_whatever_is_open() {
    for (decided, expected) in [
        (ParentStage::Hired, OverallStatus::Completed),
        (ParentStage::Rejected, OverallStatus::Completed),
        (ParentStage::Offered, OverallStatus::InProgress),
    ] {
        let mut hub = Hub::new();
        hub.hear(&told(1, application("app_1", stage_told(decided), Change::Created, false)));
        hub.hear(&told(2, interview("int_2", interview_told("Duel", None), InterviewChange::Created)));
        let events = hub.events(3, assessed("int_1", &SEED));
        assert_eq!(assessment(&events).unwrap().2, expected);
    }
}

#[test]
fn feedback_on_an_application_is_tied_to_its_one_open_interview() {
    let mut hub = Hub::new();
    hub.hear(&told(1, interview("int_1", interview_told("Duel", None), InterviewChange::Created)));

    let tied = hub.events(2, feedback("fdbk_1", None, "snape", Some(50), FeedbackChange::Submitted));
    hub.hear(&told(3, interview("int_2", interview_told("Dance", None), InterviewChange::Created)));
    let untied = hub.events(4, feedback("fdbk_2", None, "sprout", Some(50), FeedbackChange::Submitted));

    assert_eq!(tied[0].data.interview.as_ref().unwrap().id, hub.interview("int_1").id);
    assert!(assessment(&tied).is_some());
    assert_eq!(untied.len(), 1);
    assert!(untied[0].data.interview.is_none(), "which of the two interviews it is about, nobody said");
    assert_eq!(untied[0].data.application.as_ref().unwrap().feedback.len(), 1);
}

#[test]
fn thin_feedback_says_only_that_it_was_given_or_changed() {
    let mut hub = Hub::new();
    let thin = |change| News::Feedback {
        feedback: about(
            "rating/7",
            FeedbackTold { status: Some(FeedbackStatus::Complete), ..FeedbackTold::default() },
        ),
        interview: None,
        of: Belonging { ..of_application("app_1") },
        change,
    };

    let given = hub.events(1, thin(FeedbackChange::Submitted));
    let changed = hub.events(2, thin(FeedbackChange::Updated));
    let later = hub.kinds(3, thin(FeedbackChange::Updated));
    let again = hub.hear(&told(3, thin(FeedbackChange::Updated)));

    assert_eq!((&given[0].kind, given[0].data.thin), (&FeedbackSubmitted, true));
    assert_eq!((&changed[0].kind, changed[0].data.thin), (&FeedbackUpdated, true));
    assert_eq!(later, [FeedbackUpdated]);
    assert_eq!((again.events.len(), again.remarks), (0, vec![Remark::Known]));
}

/// What a reviewer's form says: the points of its one line, and the words of its one answer.
fn form(points: &[i64], words: &[&str]) -> FeedbackTold {
    let rating = |points: &i64| Rating { option_id: "skill".to_owned(), rating: *points };
    let answer = |words: &&str| Answer { question_id: "why".to_owned(), text: (*words).to_owned() };
    FeedbackTold {
        status: Some(FeedbackStatus::Complete),
        score: points.first().map(|points| Score::from_points(*points)),
        comment: words.first().map(|words| (*words).to_owned()),
        ratings: Some(points.iter().map(rating).collect()),
        answers: Some(words.iter().map(answer).collect()),
        ..FeedbackTold::default()
    }
}

fn of_form(told: FeedbackTold, change: FeedbackChange) -> News {
    News::Feedback {
        feedback: about("fdbk_1", told),
        interview: Some(about("123", InterviewTold::default())),
        of: of_application("app_1"),
        change,
    }
}

#[test]
fn with_the_ratings_and_the_answers_go_the_score_and_the_comment_and_the_assessment_is_open_again() {
    let mut hub = Hub::new();
    let first = hub.events(1, of_form(form(&[4], &["Bold."]), FeedbackChange::Submitted));
    assert!(assessment(&first).is_some());

    let emptied = hub.events(3, of_form(form(&[], &[]), FeedbackChange::Updated));
    assert_eq!(emptied[0].kind, FeedbackUpdated);
    let feedback = emptied[0].data.feedback.as_ref().unwrap();
    assert_eq!((feedback.score, &feedback.comment), (None, &None));
    assert_eq!(emptied[0].data.previous["comment"], "Bold.");
    assert!(emptied[0].data.previous.contains_key("score"));
    assert!(!hub.interview("123").assessed);

    assert_eq!(hub.kinds(2, of_form(form(&[9], &["Late."]), FeedbackChange::Updated)), []);
    let Entity::Feedback(known) = hub.entity(Kind::Feedback, "fdbk_1") else { panic!() };
    assert_eq!((known.score, &known.comment), (None, &None), "what is older does not bring them back");
    let again = hub.hear(&told(3, of_form(form(&[], &[]), FeedbackChange::Updated)));
    assert!(again.entities.is_empty(), "it is known");

    let given = hub.events(4, of_form(form(&[2], &["Calm."]), FeedbackChange::Updated));
    assert_eq!(assessment(&given).unwrap().0, "2");
}

#[test]
fn a_score_that_was_told_without_ratings_stays_where_there_are_none() {
    let mut hub = Hub::new();
    let plain = FeedbackTold { ratings: None, answers: None, ..form(&[4], &["Bold."]) };
    hub.hear(&told(1, of_form(plain, FeedbackChange::Submitted)));
    hub.hear(&told(2, of_form(form(&[], &[]), FeedbackChange::Updated)));
    let Entity::Feedback(known) = hub.entity(Kind::Feedback, "fdbk_1") else { panic!() };
    assert_eq!((known.score, known.comment.as_deref()), (Some(Score::from_points(4)), Some("Bold.")));
}
