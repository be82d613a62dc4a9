//! Candidates, their addresses and their tags.

use callboard_core::EventType::{
    ApplicationDeleted, CandidateCreated, CandidateDeleted, CandidateTagAdded, CandidateTagRemoved,
    CandidateUpdated, InterviewCancelled, InterviewStageUpdated,
};
use callboard_core::{
    About, CandidateCommand, CandidateId, CandidateTold, Change, Command, CompanyId, Facts, Identifier, Kind,
    MAX_TAGS, MAX_TAGS_TOLD, Name, Named, News,
};
use serde_json::json;

use crate::desk::{Desk, called, facts, previous, text, without};

fn change(id: CandidateId, facts: Facts<CandidateTold>) -> Command {
    Command::Candidate(id, CandidateCommand::Change(facts))
}

fn email(email: &str) -> CandidateTold {
    CandidateTold { email: text(email), ..CandidateTold::default() }
}

fn by_email(desk: &Desk, email: &str) -> Option<CandidateId> {
    desk.world.named(&Name::email(Kind::Candidate, desk.company, email)).map(CandidateId::from_raw)
}

fn named(name: &str) -> Named {
    Named { id: None, name: text(name) }
}

fn tags(desk: &Desk, id: CandidateId) -> Vec<String> {
    desk.candidate(id).tags.iter().flatten().filter_map(|tag| tag.name.clone()).collect()
}

#[test]
fn a_candidate_needs_a_name_or_an_address_and_five_stars_at_the_most() {
    let mut desk = Desk::new();
    let id = desk.a_candidate("hpotter");
    let new = desk.id();

    assert_eq!(
        desk.refused(Command::Candidate(new, CandidateCommand::Create(Facts::default()))),
        "missing_fact"
    );
    for rating in [0, 6] {
        let told = CandidateTold { rating: Some(rating), ..CandidateTold::default() };
        assert_eq!(desk.refused(change(id, facts(told))), "bad_fact");
    }
    for address in ["hpotter", "@hogwarts", "h potter@hogwarts", "hpotter@"] {
        assert_eq!(desk.refused(change(id, facts(email(address)))), "bad_fact", "{address}");
    }
    assert_eq!(desk.kinds(change(id, without("email"))), [CandidateUpdated]);
    assert_eq!(desk.refused(change(id, without("full_name"))), "missing_fact");
}

#[test]
fn an_address_belongs_to_one_candidate_of_a_company() {
    let mut desk = Desk::new();
    let (harry, ron) = (desk.a_candidate("hpotter"), desk.a_candidate("rweasley"));

    let refusal = desk.ask(&[change(ron, facts(email("HPotter@hogwarts.com")))]).unwrap_err();
    assert_eq!(refusal.code(), "email_taken");
    assert!(refusal.to_string().contains(&harry.to_string()), "{refusal}");

    desk.done(Command::Candidate(harry, CandidateCommand::Delete));
    assert_eq!(desk.kinds(change(ron, facts(email("hpotter@hogwarts.com")))), [CandidateUpdated]);
    assert_eq!(by_email(&desk, "hpotter@hogwarts.com"), Some(ron));
    assert_eq!(by_email(&desk, "rweasley@hogwarts.com"), None);

    desk.company = CompanyId::from_raw(7);
    assert_ne!(desk.a_candidate("hpotter"), harry);
}

#[test]
fn a_webhook_finds_a_candidate_by_the_new_address_and_no_longer_by_the_old_one() {
    let mut desk = Desk::new();
    let id = desk.a_candidate("hpotter");
    let events = desk.done(change(id, facts(email("harry@ministry.uk"))));
    assert_eq!(previous(&events[0]), json!({"email": "hpotter@hogwarts.com"}));
    let told = |external_id: Option<&str>, address: &str, phone: &str| News::Candidate {
        candidate: About {
            external_id: external_id.map(str::to_owned),
            told: CandidateTold { phone: text(phone), ..email(address) },
        },
        change: Change::Updated,
    };

    desk.hear(100, told(Some("can_1"), "harry@ministry.uk", "1"));
    desk.hear(0, told(Some("can_1"), "hpotter@hogwarts.com", "2"));
    desk.hear(101, told(None, "hpotter@hogwarts.com", "3"));

    assert_eq!(desk.candidate(id).phone.as_deref(), Some("1"));
    assert_eq!(desk.candidate(id).external_ids.get("platform"), Some("can_1"));
    assert_ne!(by_email(&desk, "hpotter@hogwarts.com"), Some(id));
}

#[test]
fn an_address_that_leads_to_somebody_else_goes_on_leading_there() {
    let mut desk = Desk::new();
    let harry = desk.a_candidate("hpotter");
    let candidate = About { external_id: text("can_2"), told: email("rweasley@hogwarts.com") };
    desk.hear(1, News::Candidate { candidate, change: Change::Created });
    let ron = by_email(&desk, "rweasley@hogwarts.com").unwrap();
    let candidate = About { external_id: text("can_2"), told: email("hpotter@hogwarts.com") };
    desk.hear(2, News::Candidate { candidate, change: Change::Updated });

    desk.done(change(ron, facts(email("ron@weasley.uk"))));

    assert_eq!(by_email(&desk, "hpotter@hogwarts.com"), Some(harry));
}

#[test]
fn tags_are_put_on_and_taken_off_one_by_one_and_each_is_told() {
    let mut desk = Desk::new();
    let id = desk.a_candidate("hpotter");
    let add = |name: &str| Command::Candidate(id, CandidateCommand::AddTag(named(name)));
    let remove = |name: &str| Command::Candidate(id, CandidateCommand::RemoveTag(name.to_owned()));

    assert_eq!(desk.kinds(add("seeker")), [CandidateTagAdded]);
    assert_eq!(desk.kinds(add("seeker")), []);
    let removed = desk.done(remove("seeker"));
    assert_eq!(removed[0].data.tag, Some(named("seeker")));
    assert_eq!(previous(&removed[0]), json!({"tags": [{"name": "seeker"}]}));
    assert_eq!(desk.refused(remove("seeker")), "no_such_tag");
    assert_eq!(desk.refused(Command::Candidate(id, CandidateCommand::AddTag(named(" ")))), "missing_fact");

    let whole = |tags: &[&str]| CandidateTold {
        tags: Some(tags.iter().map(|tag| named(tag)).collect()),
        phone: text("1"),
        ..CandidateTold::default()
    };
    let added = [CandidateUpdated, CandidateTagAdded, CandidateTagAdded];
    assert_eq!(desk.kinds(change(id, facts(whole(&["a", "b"])))), added);
    let swapped = desk.kinds(change(id, facts(whole(&["b", "c"]))));
    assert_eq!(
        (swapped, tags(&desk, id)),
        (vec![CandidateTagRemoved, CandidateTagAdded], vec!["b".into(), "c".into()])
    );
    assert_eq!(desk.kinds(change(id, without("tags"))), [CandidateTagRemoved, CandidateTagRemoved]);

    let many: Vec<String> = (0..=MAX_TAGS).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(desk.refused(change(id, facts(whole(&many)))), "too_many");
    desk.done(change(id, facts(whole(&many[1..]))));
    assert_eq!(desk.refused(add("seeker")), "too_many");
}

#[test]
fn a_new_candidate_has_each_tag_once() {
    let mut desk = Desk::new();
    let id = desk.id();
    let of = |names: &[&str]| CandidateTold {
        full_name: text("Ada"),
        tags: Some(names.iter().map(|name| named(name)).collect()),
        ..CandidateTold::default()
    };
    desk.done(Command::Candidate(id, CandidateCommand::Create(facts(of(&["a", "b", "a"])))));
    assert_eq!(tags(&desk, id), ["a", "b"]);
}

#[test]
fn an_older_list_of_tags_does_not_bring_back_one_that_was_taken_off() {
    let mut desk = Desk::new();
    let listed = |tags: &[&str]| News::Candidate {
        candidate: About {
            external_id: text("can_1"),
            told: CandidateTold {
                tags: Some(tags.iter().map(|tag| Named { id: text(tag), name: text(tag) }).collect()),
                ..email("hpotter@hogwarts.com")
            },
        },
        change: Change::Updated,
    };
    desk.hear(1, listed(&["seeker"]));
    let id = by_email(&desk, "hpotter@hogwarts.com").unwrap();
    desk.now = 100;
    desk.done(Command::Candidate(id, CandidateCommand::RemoveTag("seeker".to_owned())));

    desk.hear(50, listed(&["seeker", "captain"]));

    assert_eq!(tags(&desk, id), ["captain"]);
}

#[test]
fn an_older_list_of_tags_changes_none_of_a_newer_one_of_our_own() {
    let mut desk = Desk::new();
    let listed = |names: &[&str]| CandidateTold {
        tags: Some(names.iter().map(|name| named(name)).collect()),
        ..email("hpotter@hogwarts.com")
    };
    let webhook = |told: CandidateTold| News::Candidate {
        candidate: About { external_id: text("can_1"), told },
        change: Change::Updated,
    };
    desk.hear(1, webhook(listed(&["seeker"])));
    let id = by_email(&desk, "hpotter@hogwarts.com").unwrap();
    desk.now = 100;
    desk.done(change(id, facts(listed(&["seeker", "captain"]))));

    desk.hear(50, webhook(listed(&["beater"])));
    assert_eq!(tags(&desk, id), ["seeker", "captain"]);

    desk.hear(200, webhook(listed(&["beater"])));
    assert_eq!(tags(&desk, id), ["beater"]);
}

#[test]
fn a_tag_that_is_told_late_is_taken_though_our_own_people_changed_something_else() {
    let mut desk = Desk::new();
    let id = desk.a_candidate("hpotter");
    desk.now = 100;
    desk.done(change(id, facts(CandidateTold { phone: text("1"), ..CandidateTold::default() })));
    let candidate = About { external_id: None, told: email("hpotter@hogwarts.com") };
    let late = desk.hear(50, News::Tag { candidate, tag: named("seeker"), added: true });
    assert_eq!(late.events[0].kind, CandidateTagAdded);
}

#[test]
fn tags_that_are_put_on_and_taken_off_again_do_not_pile_up() {
    let mut desk = Desk::new();
    let id = desk.a_candidate("hpotter");
    for number in 0..=MAX_TAGS_TOLD {
        let name = number.to_string();
        desk.done(Command::Candidate(id, CandidateCommand::AddTag(named(&name))));
        desk.done(Command::Candidate(id, CandidateCommand::RemoveTag(name)));
    }
    assert_eq!(desk.held(id).record.tags_as_of.len(), MAX_TAGS_TOLD);
    let candidate = About { external_id: None, told: email("hpotter@hogwarts.com") };
    let added = desk.hear(9_000, News::Tag { candidate, tag: named("seeker"), added: true });
    assert_eq!(added.events[0].kind, CandidateTagAdded);
    assert_eq!(desk.held(id).record.tags_as_of.len(), MAX_TAGS_TOLD);

    let whole = |names: &[&str]| CandidateTold {
        tags: Some(names.iter().map(|name| named(name)).collect()),
        ..CandidateTold::default()
    };
    desk.now = 10_000;
    desk.done(change(id, facts(whole(&["captain"]))));
    desk.done(change(id, facts(whole(&["beater"]))));
    assert!(desk.held(id).record.tags_as_of.len() <= 2, "a whole list says it all");
}

#[test]
fn who_was_only_spoken_of_is_told_of_first() {
    let mut desk = Desk::new();
    let candidate = About { external_id: text("can_1"), told: email("hpotter@hogwarts.com") };
    let of = callboard_core::Belonging { candidate: Some(candidate), ..callboard_core::Belonging::default() };
    let note = About { external_id: text("note_1"), told: callboard_core::NoteTold::default() };
    desk.hear(1, News::Note { note, of, answer_video: None, change: Change::Created });
    let id = by_email(&desk, "hpotter@hogwarts.com").unwrap();

    let named = facts(CandidateTold { full_name: text("Harry"), ..CandidateTold::default() });
    assert_eq!(desk.kinds(change(id, named)), [CandidateCreated, CandidateUpdated]);
}

#[test]
fn with_a_candidate_go_the_applications_and_what_is_still_to_come() {
    let mut desk = Desk::new();
    let interview = desk.an_interview(Some(9_000));
    let id = by_email(&desk, "hpotter@hogwarts.com").unwrap();

    let kinds = desk.kinds(Command::Candidate(id, CandidateCommand::Delete));

    assert_eq!(kinds, [InterviewStageUpdated, InterviewCancelled, ApplicationDeleted, CandidateDeleted]);
    assert!(desk.interview(interview).is_cancelled());
    let text = desk.interview(interview).stage.text.as_deref();
    assert_eq!(text, Some("The application was removed"));
    assert_eq!(desk.refused(Command::Candidate(id, CandidateCommand::Delete)), "not_found");
    assert_eq!(desk.refused(change(id, called(Facts::default(), "hirehive", Some("1")))), "not_found");
}
