//! What is promised of stories: the same again from the same seed, everything a platform can say, and nothing that its
//! own dialect cannot read.

use std::collections::{BTreeSet, HashSet};

use callboard_core::{News, Timestamp};
use callboard_simulate::{Letter, Platform, Stories, Story};
use serde_json::Value;

/// Enough for every plot of every platform, several times.
const STORIES: usize = 60;

fn start() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().expect("a time")
}

fn stories(platform: Platform) -> Vec<Story> {
    Stories::new(platform, 7, start()).take(STORIES).collect()
}

fn letters(platform: Platform) -> Vec<Letter> {
    stories(platform).into_iter().flat_map(Story::into_letters).collect()
}

fn kinds(platform: Platform) -> BTreeSet<&'static str> {
    letters(platform).iter().map(|letter| letter.kind).collect()
}

fn json(letter: &Letter) -> Value {
    serde_json::from_slice(&letter.body).expect("a letter is JSON")
}

#[test]
fn the_same_seed_tells_the_same_stories_and_another_seed_tells_others() {
    for platform in Platform::ALL {
        let told = |seed| Stories::new(platform, seed, start()).take(10).collect::<Vec<_>>();
        assert_eq!(told(1), told(1), "{platform}");
        assert_ne!(told(1), told(2), "{platform}");
    }
}

#[test]
fn a_story_can_be_told_without_those_before_it() {
    for platform in Platform::ALL {
        let all = Stories::new(platform, 3, start());
        assert_eq!(all.story(5), all.clone().nth(5).unwrap(), "{platform}");
    }
}

#[test]
fn the_start_moves_a_story_in_time_and_changes_nothing_else() {
    let early = Stories::new(Platform::Skype, 1, start()).story(0);
    let late = Stories::new(Platform::Skype, 1, "2027-01-01T00:00:00Z".parse().unwrap()).story(0);
    assert_eq!(early.ending(), late.ending());
    assert!(late.letters()[0].at > early.letters().last().unwrap().at);
}

#[test]
fn event_times_rise_within_a_story_and_steps_count_up() {
    for platform in Platform::ALL {
        for story in stories(platform) {
            assert!(story.letters().is_sorted_by(|a, b| a.at < b.at), "{platform}");
            let steps: Vec<_> = story.letters().iter().map(|letter| letter.step as usize).collect();
            assert!(steps.into_iter().eq(0..story.letters().len()), "{platform}");
        }
    }
}

#[test]
fn no_two_letters_share_an_id_nor_a_body() {
    for platform in Platform::ALL {
        let mut letters = letters(platform);
        letters.extend(Stories::new(platform, 8, start()).take(STORIES).flat_map(Story::into_letters));
        let ids: HashSet<_> = letters.iter().map(|letter| &letter.id).collect();
        let bodies: HashSet<_> = letters.iter().map(|letter| &letter.body).collect();
        assert_eq!((ids.len(), bodies.len()), (letters.len(), letters.len()), "{platform}");
    }
}

#[test]
fn no_two_stories_are_about_the_same_interview_not_even_of_two_seeds() {
    for platform in Platform::ALL {
        let other_seed = Stories::new(platform, 8, start()).take(STORIES);
        let interviews: HashSet<_> =
            stories(platform).into_iter().chain(other_seed).map(|it| it.ending().interview.clone()).collect();
        assert_eq!(interviews.len(), 2 * STORIES, "{platform}");
    }
}

#[test]
fn all_twelve_stages_of_skype_occur() {
    let stages: BTreeSet<String> = letters(Platform::Skype)
        .iter()
        .map(json)
        .flat_map(|body| {
            ["previousStage", "currentStage"].map(|it| body[it]["value"].as_str().unwrap().to_owned())
        })
        .collect();
    let all = [
        "FeedbackCollecting",
        "FeedbackCompleted",
        "FeedbackFailed",
        "InterviewArchived",
        "InterviewCanceled",
        "InterviewCompleted",
        "InterviewCreated",
        "InterviewFailed",
        "InterviewStarted",
        "SchedulingCompleted",
        "SchedulingFailed",
        "SchedulingTime",
    ];
    assert!(stages.iter().map(String::as_str).eq(all), "{stages:?}");
}

#[test]
fn each_stage_of_skype_follows_the_one_before() {
    for story in stories(Platform::Skype) {
        let bodies: Vec<_> = story.letters().iter().map(json).collect();
        assert_eq!(bodies[0]["previousStage"]["metadata"], "1 - Interview was created");
        for pair in bodies.windows(2) {
            assert_eq!(pair[0]["currentStage"], pair[1]["previousStage"]);
        }
        assert_eq!(bodies.last().unwrap()["currentStage"]["value"], story.ending().stage.unwrap());
    }
}

#[test]
fn all_nineteen_events_of_hirehive_occur() {
    let all = [
        "application.created",
        "application.deleted",
        "application.stage.updated",
        "candidate.note.created",
        "candidate.note.deleted",
        "candidate.note.updated",
        "candidate.tag.added",
        "candidate.tag.removed",
        "candidate.updated",
        "feedback.requested",
        "feedback.submitted",
        "feedback.updated",
        "interview.cancelled",
        "interview.created",
        "interview.updated",
        "job.created",
        "job.deleted",
        "job.status.updated",
        "job.updated",
    ];
    assert!(kinds(Platform::HireHive).into_iter().eq(all));
}

#[test]
fn all_five_events_of_viasto_occur_with_and_without_an_action() {
    let letters = letters(Platform::Viasto);
    let said: BTreeSet<(String, Option<String>)> = letters
        .iter()
        .map(json)
        .map(|body| {
            (body["event"].as_str().unwrap().to_owned(), body["data"]["action"].as_str().map(str::to_owned))
        })
        .collect();
    let events =
        ["answervideo_changed", "candidate_changed", "note_changed", "project_changed", "rating_changed"];
    for event in events {
        for action in [None, Some("created"), Some("modified")] {
            assert!(said.contains(&(event.to_owned(), action.map(str::to_owned))), "{event} {action:?}");
        }
    }
    assert_eq!(said.len(), 15);
}

#[test]
fn viasto_names_the_url_that_is_called() {
    let url = "https://hub.example.org/in/src_1/token";
    let story = Stories::new(Platform::Viasto, 7, start()).calling(url).story(0);
    assert!(story.letters().iter().all(|letter| json(letter)["endpoint"] == url));
}

#[test]
fn both_callbacks_of_launchpad_occur_in_all_their_spellings() {
    let letters = letters(Platform::LaunchPad);
    assert!(kinds(Platform::LaunchPad).into_iter().eq(["assessment", "zoom_link"]));
    let bodies: Vec<_> = letters.iter().map(json).collect();
    let links: Vec<_> = bodies.iter().filter(|body| body.get("result_details").is_none()).collect();
    let assessments: Vec<_> = bodies.iter().filter(|body| body.get("result_details").is_some()).collect();
    let some = |bodies: &[&Value], test: fn(&Value) -> bool| bodies.iter().any(|body| test(body));

    assert!(some(&links, |it| it["interview"]["join_url"].is_string()));
    assert!(some(&links, |it| it["interview"]["join_url"].is_null()
        && it["interview"]["candidate_url"].is_string()));
    assert!(some(&links, |it| it["interview"]["duration"].is_string()));
    assert!(some(&links, |it| it["interview"]["duration"].is_number()));
    for callbacks in [&links, &assessments] {
        assert!(some(callbacks, |it| it["overall_status"]["status"].is_string()));
        assert!(some(callbacks, |it| it.get("overall_status").is_none()));
        assert!(some(callbacks, |it| it["interview"]["id"].is_number()));
        assert!(some(callbacks, |it| it["interview"]["id"].is_string()));
    }
    assert!(some(&assessments, |it| it["result_details"]["average_score"].is_string()));
    assert!(some(&assessments, |it| it["result_details"]["average_score"].is_number()));
    assert!(assessments.iter().all(|it| it["result_details"]["reviewers"].as_array().unwrap().len() == 3));
}

#[test]
fn a_changed_score_of_launchpad_is_told_again_and_the_last_one_counts() {
    let stories = stories(Platform::LaunchPad);
    let rescored =
        stories.iter().filter(|it| it.letters().iter().filter(|it| it.kind == "assessment").count() > 1);
    let mut count = 0;
    for story in rescored {
        let last = json(story.letters().last().unwrap());
        let total = last["result_details"]["total_score"].clone();
        let total = total.as_u64().or_else(|| total.as_str().unwrap().parse().ok()).unwrap();
        assert_eq!(u64::from(story.ending().assessment.as_ref().unwrap().total), total);
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn times_are_written_as_each_platform_writes_them() {
    for (platform, member, digits, end) in [
        (Platform::Skype, "/timestamp", 7, "Z"),
        (Platform::HireHive, "/timestamp", 7, "Z"),
        (Platform::Viasto, "/time", 6, "+00:00"),
        (Platform::LaunchPad, "/metadata/timestamp", 3, "Z"),
    ] {
        for letter in letters(platform) {
            let body = json(&letter);
            let text = body.pointer(member).unwrap().as_str().unwrap();
            let fraction = text.strip_suffix(end).unwrap().split_once('.').unwrap().1;
            assert_eq!(fraction.len(), digits, "{text}");
            assert_eq!(text.parse::<Timestamp>().unwrap(), letter.at);
        }
    }
}

#[test]
fn members_stand_in_the_order_of_the_samples() {
    let first = |platform| String::from_utf8(stories(platform)[0].letters()[0].body.to_vec()).unwrap();
    let in_order = |body: &str, members: &[&str]| {
        let places: Vec<_> = members.iter().map(|it| body.find(&format!("\"{it}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{body}");
    };
    in_order(
        &first(Platform::Skype),
        &["previousStage", "currentStage", "event", "timestamp", "interviewCode"],
    );
    in_order(&first(Platform::Viasto), &["endpoint", "time", "event", "data", "action", "project"]);
    in_order(&first(Platform::LaunchPad), &["candidate", "interview", "start_time", "end_time", "metadata"]);
    in_order(
        &first(Platform::HireHive),
        &["type", "timestamp", "data", "object", "title", "description", "location"],
    );
}

#[test]
fn each_letter_is_understood_by_its_platform_s_dialect() {
    for platform in Platform::ALL {
        for letter in letters(platform) {
            let reading = platform.dialect().parse(&letter.body);
            let reading = reading.unwrap_or_else(|error| panic!("{platform} {}: {error}", letter.kind));
            assert!(!reading.observations.is_empty(), "{platform} {}", letter.kind);
            assert!(
                reading.observations.iter().any(|it| it.at == Some(letter.at)),
                "{platform} {}",
                letter.kind
            );
        }
    }
}

#[test]
fn a_dialect_reads_the_ending_s_interview_and_stage() {
    for story in stories(Platform::Skype) {
        let reading = Platform::Skype.dialect().parse(&story.letters().last().unwrap().body).unwrap();
        let News::Stage { interview, current, .. } = &reading.observations[0].news else {
            panic!("no stage")
        };
        assert_eq!(interview.external_id.as_deref(), Some(story.ending().interview.as_str()));
        assert_eq!(Some(current.value.as_str()), story.ending().stage);
    }
}

#[test]
fn summaries_are_one_line_that_names_who_or_what() {
    for platform in Platform::ALL {
        for letter in letters(platform) {
            assert!(
                letter.summary.contains(" · ") && letter.summary.lines().count() == 1,
                "{}",
                letter.summary
            );
        }
    }
    let story = Stories::new(Platform::Skype, 7, start()).story(0);
    assert!(story.letters()[3].summary.contains(" · Interview started · "), "{}", story.letters()[3].summary);
}
