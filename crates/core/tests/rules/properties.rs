//! What holds whatever is told, and in whatever order.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use callboard_core::{
    Application, CompanyId, Entity, Event, EventType, Feedback, FeedbackId, Identifier, Interview,
    InterviewId, Kind, Name, Observation, OverallStatus, Score, Sought, SourceId, StageMark, Timestamp,
    World, decide, overall_status,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::hub::Hub;
use crate::sequences::{full_objects, observations, told_stages};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn the_same_world_and_the_same_news_give_the_same_decision(all in observations()) {
        let mut hub = Hub::new();
        for observation in &all {
            let again = decide(&hub.world, observation, &hub.teller(), &mut hub.mint.clone());
            prop_assert_eq!(hub.hear(observation), again);
        }
    }

    #[test]
    fn what_is_told_once_more_gives_no_event(all in observations()) {
        let mut hub = Hub::new();
        for observation in &all {
            hub.hear(observation);
            let again = hub.hear(observation);
            prop_assert!(again.events.is_empty(), "at once: {observation:?}\n{:?}", kinds(&again.events));
            prop_assert!(!again.remarks.is_empty(), "without a word: {observation:?}");
        }
        for observation in &all {
            let again = hub.hear(observation);
            prop_assert!(again.events.is_empty(), "later: {observation:?}\n{:?}", kinds(&again.events));
        }
    }

    #[test]
    fn a_thing_is_created_once_and_before_anything_else_is_told_of_it(all in observations()) {
        let (mut hub, mut announced, mut gone) = (Hub::new(), HashSet::new(), HashSet::new());
        for observation in &all {
            for event in hub.hear(observation).events {
                let Some(id) = about(&event) else { continue };
                let kind = event.kind.as_str();
                prop_assert!(!gone.contains(&id), "{kind} of something that is gone");
                if kind.ends_with(".created") {
                    prop_assert!(announced.insert(id), "{kind} twice");
                } else if kind.ends_with(".deleted") {
                    gone.insert(id);
                } else {
                    prop_assert!(announced.contains(&id), "{kind} before it was created: {observation:?}");
                }
            }
        }
    }

    #[test]
    fn stages_follow_each_other_without_a_gap(all in observations()) {
        let (mut hub, mut reached) = (Hub::new(), HashMap::<InterviewId, StageMark>::new());
        for observation in &all {
            for event in hub.hear(observation).events {
                let Some(interview) = &event.data.interview else { continue };
                if event.kind == EventType::InterviewStageUpdated {
                    let previous: StageMark = serde_json::from_value(event.data.previous["stage"].clone()).unwrap();
                    prop_assert_eq!(Some(&previous), reached.get(&interview.id));
                    prop_assert_ne!(&previous, &interview.stage);
                } else if event.kind != EventType::InterviewCreated {
                    prop_assert_eq!(Some(&interview.stage), reached.get(&interview.id), "a move that was not told");
                }
                reached.insert(interview.id, interview.stage.clone());
            }
        }
        for (id, stage) in reached {
            prop_assert_eq!(&hub.interview_by_id(id).stage, &stage, "a move that was not told");
        }
    }

    #[test]
    fn full_objects_end_in_the_newest_details_in_whatever_order_they_come(
        (in_order, shuffled) in full_objects().prop_flat_map(|mut all| {
            all.sort_by_key(|observation| observation.at);
            (Just(all.clone()), Just(all).prop_shuffle())
        }),
    ) {
        prop_assert_eq!(details_after(&in_order), details_after(&shuffled));
    }

    #[test]
    fn a_told_stage_ends_in_the_newest_in_whatever_order_they_come(all in told_stages()) {
        let mut hub = Hub::new();
        for observation in &all {
            hub.hear(observation);
        }
        let newest = all.iter().max_by_key(|observation| observation.at).unwrap();
        let callboard_core::News::Stage { current, .. } = &newest.news else { unreachable!("only stages were told") };
        prop_assert_eq!(&hub.interview("skype").stage, current);
    }

    #[test]
    fn an_assessment_is_told_when_all_have_scored_and_again_when_a_score_changes(all in observations()) {
        let mut hub = Hub::new();
        let mut told = HashMap::<InterviewId, Scores>::new();
        for observation in &all {
            let decision = hub.hear(observation);
            for event in &decision.events {
                if event.kind != EventType::InterviewAssessed {
                    continue;
                }
                let id = event.data.interview.as_ref().unwrap().id;
                let assessment = event.data.assessment.as_ref().unwrap();
                let scores = all_scores(&hub.world, id).expect("nobody calls before all have scored");
                let points = || scores.iter().map(|(_, score)| *score);
                prop_assert_eq!(assessment.average, Score::mean(points()).unwrap());
                prop_assert_eq!(assessment.total, Score::total(points()));
                prop_assert_eq!(&assessment.overall_status, &overall(&hub.world, id));
                let listed: Scores =
                    assessment.reviewers.iter().map(|it| (it.feedback_id, it.score)).collect();
                prop_assert_eq!(&listed, &scores);
                prop_assert_ne!(told.insert(id, scores.clone()), Some(scores), "told twice");
            }
            for (id, interview) in interviews(&hub.world) {
                let scores = all_scores(&hub.world, id);
                prop_assert_eq!(interview.assessed, scores.is_some());
                if scores.is_none() {
                    told.remove(&id);
                }
                prop_assert_eq!(told.get(&id), scores.as_ref(), "not told: {:?}", observation);
            }
        }
    }

    #[test]
    fn a_version_goes_up_by_one_for_each_thing_that_a_decision_puts(all in observations()) {
        let mut hub = Hub::new();
        for observation in &all {
            let decision = decide(&hub.world, observation, &hub.teller(), &mut hub.mint);
            let mut put = HashSet::new();
            for held in &decision.entities {
                let id = held.entity.raw_id();
                prop_assert!(put.insert(id), "put twice");
                prop_assert_eq!(held.record.version, hub.world.entity(id).map_or(0, |held| held.record.version) + 1);
            }
            hub.world.apply(&decision);
        }
    }

    #[test]
    fn what_a_decision_needs_is_reached_from_the_names_of_the_observation(all in observations()) {
        let mut hub = Hub::new();
        for observation in &all {
            let part = reachable(&hub.world, &sought(&observation.names(&hub.teller())));
            let by_part = decide(&part, observation, &hub.teller(), &mut hub.mint.clone());
            prop_assert_eq!(hub.hear(observation), by_part, "{:?}", observation);
        }
    }

    #[test]
    fn nothing_crosses_from_one_company_to_another(all in observations()) {
        let mut hub = Hub::new();
        let sides = [(1, 11), (2, 12)].map(|(company, source)| {
            (CompanyId::from_raw(company), SourceId::from_raw(source))
        });
        let mut events = Vec::new();
        for observation in &all {
            for (company, source) in sides {
                (hub.company, hub.source) = (company, source);
                events.extend(hub.hear(observation).events);
            }
        }
        for held in entities(&hub.world) {
            for linked in held.entity.links() {
                prop_assert_eq!(hub.world.entity(linked).unwrap().company, held.company);
            }
        }
        for event in &events {
            for id in carried(event) {
                prop_assert_eq!(hub.world.entity(id).unwrap().company, event.company);
            }
        }
        let told_to = |company| events.iter().filter(move |event| event.company == company).map(|event| &event.kind);
        prop_assert!(told_to(sides[0].0).eq(told_to(sides[1].0)), "one company's news changed what the other is told");
    }
}

type Scores = Vec<(FeedbackId, Score)>;

fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

/// The thing that an event is told of, where things of its kind are told to be created.
fn about(event: &Event) -> Option<u64> {
    let data = &event.data;
    let kind = event.kind.as_str();
    let family = kind.split('.').next()?;
    match family {
        "job" => data.job.as_ref().map(|it| it.id.raw()),
        "candidate" if kind.starts_with("candidate.note") => data.note.as_ref().map(|it| it.id.raw()),
        "candidate" => data.candidate.as_ref().map(|it| it.id.raw()),
        "application" => data.application.as_ref().map(|it| it.id.raw()),
        "interview" | "feedback" => data.interview.as_ref().map(|it| it.id.raw()),
        "answer_video" => data.answer_video.as_ref().map(|it| it.id.raw()),
        _ => None,
    }
}

/// Every entity that an event carries.
fn carried(event: &Event) -> Vec<u64> {
    let data = &event.data;
    [
        data.job.as_ref().map(|it| it.id.raw()),
        data.candidate.as_ref().map(|it| it.id.raw()),
        data.application.as_ref().map(|it| it.id.raw()),
        data.interview.as_ref().map(|it| it.id.raw()),
        data.feedback.as_ref().map(|it| it.id.raw()),
        data.note.as_ref().map(|it| it.id.raw()),
        data.question.as_ref().map(|it| it.id.raw()),
        data.answer_video.as_ref().map(|it| it.id.raw()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What is known, by external id and without ids and links of our own.
fn details_after(all: &[Observation]) -> BTreeMap<String, Value> {
    const OURS: [&str; 9] = [
        "id",
        "applications",
        "candidate_id",
        "job_id",
        "application_id",
        "interviews",
        "feedback",
        "author",
        "assessed",
    ];
    let mut hub = Hub::new();
    for observation in all {
        hub.hear(observation);
    }
    let mut details = BTreeMap::new();
    for held in entities(&hub.world).filter(|held| held.entity.kind() != Kind::User) {
        let mut json: Value = serde_json::from_slice(&held.entity.to_json()).unwrap();
        let members = json.as_object_mut().unwrap();
        members.retain(|name, _| !OURS.contains(&name.as_str()));
        details.insert(members["external_ids"].to_string(), json);
    }
    details
}

fn entities(world: &World) -> impl Iterator<Item = &callboard_core::Held> {
    world.iter()
}

fn interviews(world: &World) -> Vec<(InterviewId, &Interview)> {
    entities(world)
        .filter_map(|held| match &held.entity {
            Entity::Interview(interview) => Some((interview.id, interview.as_ref())),
            _ => None,
        })
        .collect()
}

fn feedback(world: &World, id: FeedbackId) -> &Feedback {
    match &world.entity(id.raw()).unwrap().entity {
        Entity::Feedback(feedback) => feedback,
        other => panic!("{other:?} is no feedback"),
    }
}

fn all_scores(world: &World, id: InterviewId) -> Option<Scores> {
    let Entity::Interview(interview) = &world.entity(id.raw()).unwrap().entity else { return None };
    let score = |id: &FeedbackId| {
        let feedback = feedback(world, *id);
        feedback.is_scored().then_some((*id, feedback.score?))
    };
    interview.feedback.iter().map(score).collect::<Option<Scores>>().filter(|scores| !scores.is_empty())
}

fn overall(world: &World, id: InterviewId) -> OverallStatus {
    let Entity::Interview(interview) = &world.entity(id.raw()).unwrap().entity else {
        unreachable!("an interview")
    };
    let completed = match interview.application_id.map(|id| &world.entity(id.raw()).unwrap().entity) {
        Some(Entity::Application(application)) => return checked_overall(world, application),
        _ => interview.assessed || interview.is_cancelled(),
    };
    if completed { OverallStatus::Completed } else { OverallStatus::InProgress }
}

fn checked_overall(world: &World, application: &Application) -> OverallStatus {
    let is_open = |id: &InterviewId| {
        let Entity::Interview(interview) = &world.entity(id.raw()).unwrap().entity else { return true };
        !interview.is_cancelled() && all_scores(world, *id).is_none()
    };
    let is_decided = application.is_decided();
    let is_waiting = application.interviews.is_empty() || application.interviews.iter().any(is_open);
    let expected =
        if is_waiting && !is_decided { OverallStatus::InProgress } else { OverallStatus::Completed };
    assert_eq!(overall_status(world, application), expected);
    expected
}

/// The part of a world that names lead to, directly and through links.
/// Every name that is looked for.
fn sought(names: &[Sought]) -> Vec<Name> {
    names.iter().flat_map(|sought| [Some(sought.name.clone()), sought.otherwise.clone()]).flatten().collect()
}

fn reachable(world: &World, names: &[Name]) -> World {
    let mut part = World::default();
    let mut ahead: Vec<u64> = Vec::new();
    for name in names {
        if let Some(id) = world.named(name) {
            part.name(name.clone(), id);
            ahead.push(id);
        }
    }
    let mut seen = BTreeSet::new();
    while let Some(id) = ahead.pop() {
        if seen.insert(id) {
            let held = world.entity(id).unwrap();
            ahead.extend(held.entity.links());
            part.put(held.clone());
        }
    }
    part
}

#[test]
fn the_time_of_receipt_stands_in_where_a_platform_tells_no_time() {
    let mut hub = Hub::new();
    let news = crate::news::stage("skype", None, callboard_core::Stage::InterviewCreated);
    let event = hub.hear(&Observation { at: None, news }).events.remove(0);
    let received: Timestamp = hub.teller().received_at;
    assert_eq!(event.timestamp, received);
}
