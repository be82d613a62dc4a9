//! Tags have a time of their own: each when it was put on or taken off, all of them when all were told.

use callboard_core::EventType::{CandidateCreated, CandidateTagAdded, CandidateTagRemoved};
use callboard_core::{CandidateTold, Change, Event, Kind, MAX_TAGS_TOLD, Named, News, Remark};

use crate::hub::{Hub, told};
use crate::news::{about, candidate, candidate_told, tag, text};

fn named(names: &[&str]) -> Vec<Named> {
    names.iter().map(|name| Named { id: Some(format!("tag_{name}")), name: text(name) }).collect()
}

fn with_tags(names: &[&str]) -> CandidateTold {
    CandidateTold { tags: Some(named(names)), ..candidate_told("hpotter") }
}

/// A tag that was put on or taken off, with the candidate as they are after that.
fn shown(names: &[&str], turned: &str, added: bool) -> News {
    let News::Tag { tag, .. } = tag("can_1", turned, added) else { unreachable!() };
    News::Tag { candidate: about("can_1", with_tags(names)), tag, added }
}

fn names_in(event: &Event) -> Vec<&str> {
    let candidate = event.data.candidate.as_ref().unwrap();
    candidate.tags.iter().flatten().filter_map(|tag| tag.name.as_deref()).collect()
}

fn tags(hub: &Hub) -> Vec<String> {
    let callboard_core::Entity::Candidate(known) = hub.entity(Kind::Candidate, "can_1") else {
        panic!("a candidate is a candidate")
    };
    known.tags.iter().flatten().filter_map(|tag| tag.name.clone()).collect()
}

#[test]
fn a_tag_is_news_though_the_candidate_is_shown_with_it_already() {
    let mut hub = Hub::new();
    let events = hub.events(1, shown(&["captain", "seeker"], "seeker", true));
    let kinds: Vec<_> = events.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(kinds, [CandidateCreated, CandidateTagAdded]);
    assert_eq!(names_in(&events[0]), ["captain"]);
    assert_eq!(names_in(&events[1]), ["captain", "seeker"]);
}

#[test]
fn that_a_tag_was_taken_off_is_news_though_the_candidate_is_shown_without_it_already() {
    let mut hub = Hub::new();
    hub.hear(&told(1, candidate("can_1", candidate_told("hpotter"), Change::Created)));
    let events = hub.events(2, shown(&["captain"], "seeker", false));
    let kinds: Vec<_> = events.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(kinds, [CandidateTagRemoved]);
    assert_eq!(names_in(&events[0]), ["captain"]);
    assert_eq!(hub.kinds(3, shown(&["captain"], "seeker", false)), []);
}

#[test]
fn a_tag_that_comes_late_is_lost_only_to_a_newer_list() {
    let mut hub = Hub::new();
    hub.hear(&told(1, candidate("can_1", with_tags(&["captain"]), Change::Created)));
    let named = CandidateTold { phone: text("1"), ..candidate_told("hpotter") };
    hub.hear(&told(9, candidate("can_1", named, Change::Updated)));

    assert_eq!(hub.kinds(5, tag("can_1", "seeker", true)), [CandidateTagAdded]);

    hub.hear(&told(20, candidate("can_1", with_tags(&["captain", "seeker"]), Change::Updated)));
    let late = hub.hear(&told(15, tag("can_1", "seeker", false)));
    assert_eq!((late.events.len(), late.remarks), (0, vec![Remark::Late]));
    assert_eq!(tags(&hub), ["captain", "seeker"]);
}

#[test]
fn a_list_that_was_told_in_passing_counts_as_of_then() {
    let mut hub = Hub::new();
    let note = News::Note {
        note: about("note_1", callboard_core::NoteTold::default()),
        of: callboard_core::Belonging {
            candidate: Some(about("can_1", with_tags(&["captain"]))),
            ..callboard_core::Belonging::default()
        },
        answer_video: None,
        change: Change::Created,
    };
    hub.hear(&told(10, note));
    assert_eq!(hub.kinds(5, tag("can_1", "captain", false)), [CandidateCreated]);
    hub.hear(&told(6, candidate("can_1", with_tags(&["beater"]), Change::Updated)));
    assert_eq!(tags(&hub), ["captain"]);
}

#[test]
fn of_the_times_of_tags_that_were_taken_off_the_oldest_go() {
    let mut hub = Hub::new();
    for number in 0..=MAX_TAGS_TOLD {
        let seconds = i64::try_from(number).unwrap();
        hub.hear(&told(100 + seconds, tag("can_1", &number.to_string(), false)));
    }
    let raw_id = hub.entity(Kind::Candidate, "can_1").raw_id();
    let noted = &hub.world.entity(raw_id).unwrap().record.tags_as_of;
    assert_eq!((noted.len(), noted.contains_key("tag_0")), (MAX_TAGS_TOLD, false));
    assert_eq!(hub.kinds(1, tag("can_1", "1", true)), [], "its time is known");
}
