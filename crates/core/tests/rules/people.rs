//! Rule 6, and how people are found: by what a source calls them, else by e-mail within the company.

use callboard_core::EventType::{CandidateCreated, CandidateTagAdded, CandidateTagRemoved};
use callboard_core::{
    CandidateId, Change, CompanyId, EventType, Identifier, Kind, Name, Remark, SourceId, quarantined,
};

use crate::hub::{Hub, at, told};
use crate::news::{candidate, candidate_told, tag};

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
    let callboard_core::Entity::Candidate(known) = hub.entity(Kind::Candidate, "can_1") else {
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
