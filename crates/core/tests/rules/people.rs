//! Rule 6, and how people are found: by what a source calls them, else by e-mail within the company.

use callboard_core::EventType::{CandidateCreated, CandidateTagAdded, CandidateTagRemoved};
use callboard_core::{
    About, ApplicationTold, Belonging, CandidateId, CandidateTold, Change, CompanyId, Entity, EventType,
    Identifier, InterviewChange, InterviewTold, Kind, Name, News, ParentStage, Person, Remark, SourceId,
    UserTold, quarantined,
};

use crate::hub::{Hub, at, told};
use crate::news::{about, application, candidate, candidate_told, interview, note, stage_told, tag, text};

fn candidate_by_email(hub: &Hub, email: &str) -> Option<CandidateId> {
    hub.world.named(&Name::email(Kind::Candidate, hub.company, email)).map(CandidateId::from_raw)
}

#[test]
fn two_sources_of_one_company_mean_one_person_by_one_address() {
    let mut hub = Hub::new();
    hub.hear(&told(1, candidate("can_1", candidate_told("hpotter"), Change::Created)));

    hub.source = SourceId::from_raw(77);
    let kinds = hub.kinds(2, candidate("cnd_71419", candidate_told("hpotter"), Change::Created));

    assert_eq!(kinds, [], "the candidate was created before");
    let id = candidate_by_email(&hub, "HPotter@hogwarts.com").unwrap();
    assert_eq!(hub.entity(Kind::Candidate, "cnd_71419").raw_id(), id.raw());
}

#[test]
fn one_address_in_two_companies_is_two_people() {
    let mut hub = Hub::new();
    hub.hear(&told(1, candidate("can_1", candidate_told("hpotter"), Change::Created)));
    let ours = candidate_by_email(&hub, "hpotter@hogwarts.com");

    (hub.company, hub.source) = (CompanyId::from_raw(99), SourceId::from_raw(98));
    let kinds = hub.kinds(2, candidate("can_1", candidate_told("hpotter"), Change::Created));

    assert_eq!(kinds, [CandidateCreated]);
    assert_ne!(candidate_by_email(&hub, "hpotter@hogwarts.com"), ours);
}

#[test]
fn an_address_leads_to_whoever_had_it_first() {
    let mut hub = Hub::new();
    hub.hear(&told(1, candidate("can_1", candidate_told("hpotter"), Change::Created)));
    hub.hear(&told(1, candidate("can_2", candidate_told("rweasley"), Change::Created)));

    let decision = hub.hear(&told(2, candidate("can_2", candidate_told("hpotter"), Change::Updated)));

    assert!(matches!(&decision.remarks[..], [Remark::Unreconciled(_)]));
    let first = hub.entity(Kind::Candidate, "can_1").raw_id();
    assert_eq!(candidate_by_email(&hub, "hpotter@hogwarts.com").map(Identifier::raw), Some(first));
}

/// Somebody's typing error, or their agency's address, does not make the one whose address it is them.
#[test]
fn an_address_that_was_replaced_leads_to_whoever_has_it_next() {
    let mut hub = Hub::new();
    hub.hear(&told(1, candidate("can_1", candidate_told("rweasley"), Change::Created)));
    hub.hear(&told(2, candidate("can_1", candidate_told("hpotter"), Change::Updated)));

    let kinds = hub.kinds(3, candidate("can_2", candidate_told("rweasley"), Change::Created));

    assert_eq!(kinds, [CandidateCreated]);
    let id = |external_id: &str| CandidateId::from_raw(hub.entity(Kind::Candidate, external_id).raw_id());
    assert_eq!(candidate_by_email(&hub, "rweasley@hogwarts.com"), Some(id("can_2")));
    assert_eq!(candidate_by_email(&hub, "hpotter@hogwarts.com"), Some(id("can_1")));
}

#[test]
fn a_replaced_address_of_a_user_leads_to_whoever_has_it_next() {
    let mut hub = Hub::new();
    let user = |id: &str, email: &str| News::User {
        user: about(id, UserTold { email: text(email), ..UserTold::default() }),
    };
    hub.hear(&told(1, user("usr_1", "snape@hogwarts.com")));
    hub.hear(&told(2, user("usr_1", "severus@hogwarts.com")));
    hub.hear(&told(3, user("usr_2", "snape@hogwarts.com")));

    let snape = Name::email(Kind::User, hub.company, "snape@hogwarts.com");
    assert_eq!(hub.world.named(&snape), Some(hub.entity(Kind::User, "usr_2").raw_id()));
}

#[test]
fn the_same_address_in_other_letters_goes_on_leading_there() {
    let mut hub = Hub::new();
    let mut told_again = candidate_told("hpotter");
    told_again.email = text("HPotter@Hogwarts.com");
    hub.hear(&told(1, candidate("can_1", candidate_told("hpotter"), Change::Created)));
    hub.hear(&told(2, candidate("can_1", told_again, Change::Updated)));
    assert!(candidate_by_email(&hub, "hpotter@hogwarts.com").is_some());
}

#[test]
fn whoever_has_no_address_is_nobody_else() {
    for nothing in ["", " ", "-", "n/a", "@", "none@", "ask the agency @ Hogwarts"] {
        let mut hub = Hub::new();
        for number in 1..=2 {
            let told_of = CandidateTold { email: text(nothing), ..CandidateTold::default() };
            let kinds = hub.kinds(number, candidate(&format!("can_{number}"), told_of, Change::Created));
            assert_eq!(kinds, [CandidateCreated], "`{nothing}`");
            let mut noted = note("note_1", Some("Talented"), Change::Updated);
            if let News::Note { note, .. } = &mut noted {
                note.told.author = Some(Person { email: text(nothing), ..Person::default() });
            }
            hub.hear(&told(number, noted));
        }
        let candidates = ["can_1", "can_2"].map(|id| hub.entity(Kind::Candidate, id).raw_id());
        assert_ne!(candidates[0], candidates[1], "`{nothing}`");
        assert_eq!(
            hub.world.iter().filter(|held| held.entity.kind() == Kind::User).count(),
            0,
            "`{nothing}`"
        );
    }
}

/// An interview for `app_1`, of somebody whom the teller has no name for.
fn interview_with(name: &str) -> News {
    let candidate = About { external_id: None, told: candidate_told(name) };
    let application = Some(about("app_1", ApplicationTold::default()));
    News::Interview {
        interview: about("int_1", InterviewTold::default()),
        of: Belonging { application, candidate: Some(candidate), ..Belonging::default() },
        meeting: None,
        change: InterviewChange::Updated,
    }
}

#[test]
fn another_address_on_a_known_application_is_not_taken_for_its_candidates() {
    let mut hub = Hub::new();
    hub.hear(&told(1, application("app_1", stage_told(ParentStage::New), Change::Created, false)));
    let known = candidate_by_email(&hub, "hpotter@hogwarts.com");
    assert!(known.is_some());

    let decision = hub.hear(&told(2, interview_with("rweasley")));

    assert!(matches!(&decision.remarks[..], [Remark::Unreconciled(_)]), "{:?}", decision.remarks);
    assert_eq!(candidate_by_email(&hub, "rweasley@hogwarts.com"), None);
    let Entity::Application(of) = hub.entity(Kind::Application, "app_1") else { panic!("it is one") };
    assert_eq!(of.candidate_id, known);
    assert!(hub.hear(&told(3, interview_with("hpotter"))).remarks.iter().all(|it| *it == Remark::Known));
}

#[test]
fn whom_the_platform_calls_by_another_name_is_somebody_else_and_known_from_then_on() {
    let mut hub = Hub::new();
    hub.hear(&told(1, application("app_1", stage_told(ParentStage::New), Change::Created, false)));
    let mut other = application("app_1", stage_told(ParentStage::New), Change::Updated, false);
    if let News::Application { of, .. } = &mut other {
        of.candidate = Some(about("can_2", candidate_told("rweasley")));
    }

    let decision = hub.hear(&told(2, other));

    assert!(matches!(&decision.remarks[..], [Remark::Unreconciled(_)]), "{:?}", decision.remarks);
    let second = hub.entity(Kind::Candidate, "can_2").raw_id();
    assert_eq!(candidate_by_email(&hub, "rweasley@hogwarts.com").map(Identifier::raw), Some(second));
    assert_ne!(hub.entity(Kind::Candidate, "can_1").raw_id(), second);
}

#[test]
fn another_application_on_a_known_interview_is_not_taken_for_the_one_that_it_is_of() {
    let mut hub = Hub::new();
    hub.hear(&told(1, interview("int_1", InterviewTold::default(), InterviewChange::Created)));
    let other = News::Interview {
        interview: about("int_1", InterviewTold::default()),
        of: Belonging {
            application: Some(about("app_2", ApplicationTold::default())),
            ..Belonging::default()
        },
        meeting: None,
        change: InterviewChange::Updated,
    };

    hub.hear(&told(2, other));

    let [first, second] = ["app_1", "app_2"].map(|id| hub.entity(Kind::Application, id).raw_id());
    assert_ne!(first, second);
    assert_eq!(hub.interview("int_1").application_id.map(Identifier::raw), Some(first));
}

#[test]
fn tags_are_told_as_they_are_put_on_and_taken_off() {
    let mut hub = Hub::new();
    hub.hear(&told(1, candidate("can_1", candidate_told("hpotter"), Change::Created)));

    let added = hub.events(2, tag("can_1", "seeker", true));
    let known = hub.hear(&told(3, tag("can_1", "seeker", true)));
    let removed = hub.events(4, tag("can_1", "seeker", false));
    let late = hub.hear(&told(2, tag("can_1", "seeker", true)));

    assert_eq!(added[0].kind, CandidateTagAdded);
    assert_eq!(added[0].data.tag.as_ref().unwrap().name.as_deref(), Some("seeker"));
    assert_eq!(added[0].data.candidate.as_ref().unwrap().tags.as_ref().unwrap().len(), 1);
    assert_eq!((known.events.len(), known.remarks), (0, vec![Remark::Known]));
    assert_eq!(removed[0].kind, CandidateTagRemoved);
    assert_eq!((late.events.len(), late.remarks), (0, vec![Remark::Late]));
}

#[test]
fn two_tags_told_in_the_wrong_order_are_both_kept_also_against_an_older_list() {
    let mut hub = Hub::new();
    hub.hear(&told(1, candidate("can_1", candidate_told("hpotter"), Change::Created)));

    let newer = hub.kinds(9, tag("can_1", "captain", true));
    let older = hub.kinds(5, tag("can_1", "seeker", true));
    let mut listed = candidate_told("hpotter");
    listed.tags = Some(vec![callboard_core::Named { id: Some("tag_chosen".to_owned()), name: None }]);
    hub.hear(&told(7, candidate("can_1", listed, Change::Updated)));

    assert_eq!((newer, older), (vec![CandidateTagAdded], vec![CandidateTagAdded]));
    let Entity::Candidate(known) = hub.entity(Kind::Candidate, "can_1") else {
        panic!("a candidate is a candidate")
    };
    let tags: Vec<_> = known.tags.iter().flatten().filter_map(|tag| tag.id.as_deref()).collect();
    assert_eq!(
        tags,
        ["tag_chosen", "tag_captain"],
        "the list is newer than one tag and older than the other"
    );
}

#[test]
fn a_request_that_is_not_understood_is_an_event_of_its_own() {
    let mut hub = Hub::new();
    let receipt = hub.mint.mint(at(0));

    let event = quarantined(hub.company, hub.source, receipt, "no `event` member", at(1), &mut hub.mint);

    assert_eq!(event.kind, EventType::ReceiptQuarantined);
    assert_eq!((event.company, event.data.source), (hub.company, Some(hub.source)));
    let kept = event.data.receipt.unwrap();
    assert_eq!((kept.id, kept.reason.as_str()), (receipt, "no `event` member"));
}
