//! LaunchPad's older generation: flat progress callbacks of one-way video interviews (platforms.md 4.5).

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

#[expect(dead_code, reason = "nothing is written here")]
mod wire;

use callboard_core::{InterviewChange, InterviewMode, News, ParentStage, Score};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use wire::{fixture, speaking, told};

const SAMPLES: [&str; 5] = ["setup", "question", "final", "reviewed", "filtered_out"];

fn sample(name: &str) -> Value {
    serde_json::from_slice(&fixture(&format!("launchpad/older_progress_{name}.json"))).unwrap()
}

/// What a sample says once some of its members are others.
fn news(name: &str, changed: &Value) -> Result<News, String> {
    let mut body = sample(name);
    for (member, value) in changed.as_object().unwrap() {
        body[member] = value.clone();
    }
    let reading =
        speaking("launchpad").parse(&serde_json::to_vec(&body).unwrap()).map_err(|error| error.0)?;
    Ok(reading.observations.into_iter().next().unwrap().news)
}

#[test]
fn each_kind_of_progress_is_read() {
    for name in SAMPLES {
        let body = fixture(&format!("launchpad/older_progress_{name}.json"));
        let reading = speaking("launchpad").parse(&body).unwrap();
        insta::assert_snapshot!(format!("launchpad_reads_progress_{name}"), told(&reading));
    }
}

#[test]
fn every_status_that_integrators_have_seen_means_something_in_any_letter_case() {
    for (status, expected) in [
        ("SETUP_PROCESS", Some(InterviewChange::Created)),
        ("view_practice_question", Some(InterviewChange::Created)),
        ("view_filter_questions", Some(InterviewChange::Created)),
        ("view_branded_video", Some(InterviewChange::Created)),
        ("question", Some(InterviewChange::Updated)),
        ("final", Some(InterviewChange::Ended)),
        ("Finished", Some(InterviewChange::Ended)),
    ] {
        let News::Interview { change, interview, .. } = news("question", &json!({"status": status})).unwrap()
        else {
            panic!("{status}")
        };
        assert_eq!(Some(change), expected, "{status}");
        assert_eq!(interview.told.mode, Some(InterviewMode::OnDemand));
    }
    for (status, parent) in [
        ("filtered_in", ParentStage::Screening),
        ("Filtered_Out", ParentStage::Rejected),
        ("new_application", ParentStage::New),
        ("shortlisted", ParentStage::Screening),
        ("rejected", ParentStage::Rejected),
    ] {
        let News::Application { application, stage_only, .. } =
            news("question", &json!({"status": status})).unwrap()
        else {
            panic!("{status}")
        };
        assert_eq!(application.told.stage.unwrap().parent, parent, "{status}");
        assert!(stage_only);
    }
}

#[test]
fn two_candidates_of_one_assessment_give_two_interviews_for_one_job() {
    let named = |invite: &str| match news("question", &json!({"custom_invite_id": invite})).unwrap() {
        News::Interview { interview, of, .. } => (interview.external_id, of.job.unwrap().external_id),
        other => panic!("{other:?}"),
    };
    let (harry, ron) = (named("FSINV123"), named("FSINV124"));
    assert_ne!(harry.0, ron.0);
    assert_eq!((harry.1.as_deref(), ron.1.as_deref()), (Some("13917"), Some("13917")));
}

#[test]
fn a_deadline_is_the_end_of_its_day_and_what_is_no_day_is_kept_as_it_came() {
    let deadline = |deadline: Value| match news("question", &json!({"deadline": deadline})).unwrap() {
        News::Interview { interview, .. } => (interview.told.deadline, interview.told.extra),
        other => panic!("{other:?}"),
    };
    assert_eq!(deadline(json!("2016-10-28")).0, Some("2016-10-28T23:59:59Z".parse().unwrap()));
    assert_eq!(deadline(json!("2016-10-28T12:00:00Z")).0, Some("2016-10-28T12:00:00Z".parse().unwrap()));
    assert_eq!(deadline(Value::Null).0, None);
    let (none, extra) = deadline(json!("next week"));
    assert_eq!((none, &extra["launchpad"]["deadline"]), (None, &json!("next week")));
}

#[test]
fn a_reviewer_s_score_is_the_sum_of_the_criteria_and_none_where_a_part_is_no_number() {
    let scores = |body: &Value| match news("reviewed", body).unwrap() {
        News::Assessed { scores, .. } => scores.into_iter().map(|it| it.score).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(scores(&json!({})), [Score::from_f64(9.5), Score::from_f64(4.0), None]);
    let with = |score: &str| {
        let question = json!({"review_criteria_1": {"score": "2"}, "review_criteria_2": {"score": score}});
        json!({"reviews": {"reviewers": {"reviewer_1": {"email": "a@b.com", "question_1": question}}}})
    };
    assert_eq!(scores(&with("1")), [Score::from_f64(3.0)]);
    for nonsense in ["much", "1e300", "999999999"] {
        assert_eq!(scores(&with(nonsense)), [None], "{nonsense}");
    }
}

#[test]
fn what_makes_no_sense_says_what_is_wrong() {
    for (changed, why) in [
        (json!({"status": "exploded"}), "`exploded` is no status"),
        (json!({"status": {}}), "`status` is neither a text nor a number"),
        (json!({"interview_id": null}), "no `interview_id`"),
        (json!({"candidate_id": null, "custom_invite_id": null}), "whose progress it is"),
        (json!({"status": "rejected", "custom_invite_id": null}), "no `custom_invite_id`"),
        (json!({"status": "reviewed"}), "no `reviews.reviewers.reviewer_1`"),
    ] {
        let said = news("question", &changed).unwrap_err();
        assert!(said.contains(why), "{changed}: {said}");
    }
    let twice = br#"{"status":"final","candidate_id":"cnd_1","note":1,"note":2}"#;
    let said = speaking("launchpad").parse(twice).unwrap_err().0;
    assert!(said.contains("`note` is there twice"), "{said}");
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~]{0,12}|2016-1[0-9]-[0-9]{1,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let name = "(reviewers|reviewer_|question_|review_criteria_|score|email)[0-9]{0,11}";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_value_of_any_member_makes_the_reader_panic(
        name in select(&SAMPLES), value in anything(),
        member in select(&["candidate_id", "interview_id", "custom_invite_id", "status", "deadline", "reviews", "more"]),
    ) {
        let mut body = sample(name);
        body[member] = value.clone();
        let reading = speaking("launchpad").parse(&serde_json::to_vec(&body).unwrap());
        if member == "more" && !value.is_null() {
            prop_assert!(reading.is_ok());
            let told = format!("{reading:?}");
            prop_assert!(told.contains("\"more\""), "what has no word is kept: {}", told);
        }
    }
}
