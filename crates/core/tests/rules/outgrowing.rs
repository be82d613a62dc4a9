//! What platforms may make a thing grow to: a decision says what it would make too large, and can be taken back.

use callboard_core::{
    About, Belonging, CandidateTold, Change, Decision, Extra, FeedbackChange, FeedbackTold, Held,
    InterviewChange, InterviewTold, Kind, MAX_APPLICATIONS, MAX_FEEDBACK, MAX_INTERVIEWS, MAX_LEVELS,
    MAX_NAMES, MAX_TAGS_TOLD, News, Observation, ParentStage, Person, UserTold, World, decide,
};

use crate::hub::{Hub, told};
use crate::news::{about, application, candidate, interview, of_application, stage_told, tag, text};

fn would_outgrow(hub: &mut Hub, observation: &Observation) -> Option<String> {
    let teller = hub.teller();
    decide(&hub.world, observation, &teller, &mut hub.mint).outgrows(&hub.world)
}

/// Tells `most` of something, each of which can be taken, and answers what is said of one more.
fn one_too_many(hub: &mut Hub, most: usize, news: impl Fn(usize) -> News) -> String {
    for number in 1..=most {
        let observation = told(i64::try_from(number).unwrap(), news(number));
        assert_eq!(would_outgrow(hub, &observation), None, "{number}");
        hub.hear(&observation);
        assert_eq!(would_outgrow(hub, &observation), None, "{number} is known and adds nothing");
    }
    would_outgrow(hub, &told(1_000_000, news(most + 1))).unwrap()
}

fn applied(number: usize) -> News {
    application(&format!("app_{number}"), stage_told(ParentStage::New), Change::Created, false)
}

#[test]
fn a_candidate_can_have_so_many_applications() {
    let mut hub = Hub::new();
    let reason = one_too_many(&mut hub, MAX_APPLICATIONS, applied);
    let candidate = hub.entity(Kind::Candidate, "can_1").id();
    assert_eq!(
        reason,
        format!(
            "{candidate} would have more than {MAX_APPLICATIONS} applications, which is as many as there can be"
        )
    );
}

#[test]
fn an_application_can_have_so_many_interviews() {
    let reason = one_too_many(&mut Hub::new(), MAX_INTERVIEWS, |number| {
        interview(&format!("int_{number}"), InterviewTold::default(), InterviewChange::Created)
    });
    assert!(reason.contains(&format!("more than {MAX_INTERVIEWS} interviews")), "{reason}");
}

/// Somebody's feedback on an interview, or on no interview.
fn feedback(number: usize, on: Option<About<InterviewTold>>) -> News {
    let reviewer = Person { id: Some(format!("usr_{number}")), ..Person::default() };
    News::Feedback {
        feedback: about(
            &format!("fdbk_{number}"),
            FeedbackTold { reviewer: Some(reviewer), ..FeedbackTold::default() },
        ),
        interview: on,
        of: of_application("app_1"),
        change: FeedbackChange::Submitted,
    }
}

#[test]
fn there_can_be_so_much_feedback_on_an_interview_and_on_an_application() {
    let expected = format!("more than {MAX_FEEDBACK} pieces of feedback");
    let on_interview = one_too_many(&mut Hub::new(), MAX_FEEDBACK, |number| {
        feedback(number, Some(about("int_1", InterviewTold::default())))
    });
    assert!(on_interview.starts_with("int_") && on_interview.contains(&expected), "{on_interview}");
    let on_application = one_too_many(&mut Hub::new(), MAX_FEEDBACK, |number| feedback(number, None));
    assert!(on_application.starts_with("app_") && on_application.contains(&expected), "{on_application}");
}

#[test]
fn a_candidate_can_have_so_many_tags() {
    let mut hub = Hub::new();
    hub.hear(&told(0, candidate("can_1", CandidateTold::default(), Change::Created)));
    let reason = one_too_many(&mut hub, MAX_TAGS_TOLD, |number| tag("can_1", &number.to_string(), true));
    let expected = format!("more than {MAX_TAGS_TOLD} tags");
    assert!(reason.starts_with("can_") && reason.contains(&expected), "{reason}");
}

#[test]
fn so_many_names_can_lead_to_one_person() {
    let email = text("noreply@hogwarts.com");
    let expected = format!("more than {MAX_NAMES} names");
    // The address is a name, too
    let user = one_too_many(&mut Hub::new(), MAX_NAMES - 1, |number| News::User {
        user: about(&format!("usr_{number}"), UserTold { email: email.clone(), ..UserTold::default() }),
    });
    assert!(user.starts_with("usr_") && user.contains(&expected), "{user}");
    let candidate = one_too_many(&mut Hub::new(), MAX_NAMES - 1, |number| {
        let named = CandidateTold { email: email.clone(), ..CandidateTold::default() };
        candidate(&format!("can_{number}"), named, Change::Updated)
    });
    assert!(candidate.starts_with("can_") && candidate.contains(&expected), "{candidate}");
}

/// Everything in a world, with the names that a decision speaks of.
fn state(world: &World, decision: &Decision) -> (Vec<Held>, Vec<Option<u64>>) {
    let mut things: Vec<Held> = world.iter().cloned().collect();
    things.sort_unstable_by_key(|held| held.entity.raw_id());
    (things, decision.names.iter().map(|(name, _)| world.named(name)).collect())
}

#[test]
fn a_decision_that_is_taken_back_has_left_nothing() {
    let mut hub = Hub::new();
    hub.hear(&told(1, applied(1)));
    let news = News::Interview {
        interview: about("int_1", InterviewTold { title: text("Potions"), ..InterviewTold::default() }),
        of: Belonging {
            candidate: Some(about("can_9", CandidateTold::default())),
            ..of_application("app_1")
        },
        meeting: None,
        change: InterviewChange::Created,
    };
    let teller = hub.teller();
    let decision = decide(&hub.world, &told(2, news), &teller, &mut hub.mint);
    let expected = state(&hub.world, &decision);

    let before = hub.world.before(&decision);
    hub.world.apply(&decision);
    assert_ne!(state(&hub.world, &decision), expected);
    hub.world.take_back(before);

    assert_eq!(state(&hub.world, &decision), expected);
    assert!(!hub.world.has_gaps());
}

#[test]
fn what_there_is_no_word_for_can_lie_so_deep_in_lists_and_objects() {
    let deep = |levels: usize| {
        let value = (1..levels).fold(serde_json::json!("x"), |inner, _| serde_json::json!([inner]));
        let facts = InterviewTold {
            extra: Extra::from([("skype".to_owned(), serde_json::json!({ "unknown": value }))]),
            ..InterviewTold::default()
        };
        told(1, interview("int_1", facts, InterviewChange::Created))
    };
    let mut hub = Hub::new();
    assert_eq!(would_outgrow(&mut hub, &deep(MAX_LEVELS)), None);
    let reason = would_outgrow(&mut hub, &deep(MAX_LEVELS + 1)).unwrap();
    assert!(reason.contains(&format!("more than {MAX_LEVELS} levels")), "{reason}");
}
