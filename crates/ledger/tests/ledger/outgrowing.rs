//! What would make a thing larger than it may be is put aside whole.

use std::sync::Arc;

use callboard_core::{
    About, ApplicationTold, Belonging, Candidate, CandidateTold, Change, Entity, EventType, JobTold, Kind,
    MAX_APPLICATIONS, Name, News, Observation,
};
use callboard_ledger::{EventFilter, Intake, LedgerError, Outcome, Page, Recorded};

use crate::support::{Hub, intake, source};

const ALL: Page = Page { after: Some(0), ..Page::newest(10_000) };
/// What a platform says of everybody of whom it has no address.
const NOWHERE: &str = "noemail@company.com";

/// Somebody without an address of their own has applied, or has said more about why.
fn applied(number: usize, letter: &str) -> Observation {
    let candidate = CandidateTold { email: Some(NOWHERE.to_owned()), ..CandidateTold::default() };
    let told = ApplicationTold { cover_letter: Some(letter.to_owned()), ..ApplicationTold::default() };
    Observation {
        at: None,
        news: News::Application {
            application: About { external_id: Some(format!("app_{number}")), told },
            of: Belonging {
                candidate: Some(About { external_id: None, told: candidate }),
                job: Some(About { external_id: Some("job_1".to_owned()), told: JobTold::default() }),
                ..Belonging::default()
            },
            change: Change::Updated,
            stage_only: false,
        },
    }
}

fn telling(unique: &str, told: Vec<Observation>) -> Intake {
    Intake { unique: Some(unique.to_owned()), told: Ok(told), ..intake("RENE2010") }
}

/// So many applications of theirs, each told by itself.
fn applications(many: usize) -> impl Iterator<Item = Intake> {
    (1..=many).map(|number| telling(&format!("application {number}"), vec![applied(number, "")]))
}

async fn candidate(hub: &Hub) -> Arc<Candidate> {
    let name = Name::email(Kind::Candidate, source().company, NOWHERE);
    let found = hub.ledger.read(move |reader| reader.named(&[name])).await.unwrap();
    let id = found[0].unwrap();
    match hub.ledger.read(move |reader| reader.entity(id)).await.unwrap().unwrap().entity {
        Entity::Candidate(candidate) => candidate,
        other => panic!("{other:?} is no candidate"),
    }
}

async fn is_known(hub: &Hub, kind: Kind, external_id: &str) -> bool {
    let name = Name::external(kind, source().id, external_id);
    hub.ledger.read(move |reader| reader.named(&[name])).await.unwrap()[0].is_some()
}

async fn events_of(hub: &Hub, recorded: &Recorded) -> Vec<EventType> {
    let filter = EventFilter { receipt: Some(recorded.receipt), ..EventFilter::default() };
    let rows = hub.ledger.read(move |reader| reader.events(&filter, ALL)).await.unwrap().items;
    rows.into_iter().map(|row| row.kind).collect()
}

async fn reason(hub: &Hub, recorded: &Recorded) -> String {
    let receipt = recorded.receipt;
    hub.ledger.read(move |reader| reader.receipt(receipt)).await.unwrap().unwrap().detail
}

fn outcomes(recorded: &[Result<Recorded, LedgerError>]) -> Vec<Outcome> {
    recorded.iter().map(|recorded| recorded.as_ref().unwrap().outcome).collect()
}

#[tokio::test]
async fn one_application_more_than_a_candidate_can_have_is_quarantined_and_everything_else_goes_on() {
    let hub = Hub::new();
    let before = hub.record_all(applications(MAX_APPLICATIONS)).await;
    assert!(outcomes(&before).iter().all(|outcome| *outcome == Outcome::Understood));

    let one_more = telling("one more", vec![applied(MAX_APPLICATIONS + 1, "")]);
    let known = telling("known", vec![applied(7, "I write programs")]);
    let recorded = hub.record_all([one_more, known, intake("RENE2010")]).await;

    let (understood, quarantined) = (Outcome::Understood, Outcome::Quarantined);
    assert_eq!(outcomes(&recorded), [quarantined, understood, understood]);
    let refused = recorded[0].as_ref().unwrap();
    assert_eq!(events_of(&hub, refused).await, [EventType::ReceiptQuarantined]);
    let (reason, candidate) = (reason(&hub, refused).await, candidate(&hub).await);
    assert!(reason.contains(&format!("more than {MAX_APPLICATIONS} applications")), "{reason}");
    assert!(reason.contains(&candidate.id.to_string()), "{reason}");
    assert_eq!(candidate.applications.len(), MAX_APPLICATIONS);
    assert!(!is_known(&hub, Kind::Application, &format!("app_{}", MAX_APPLICATIONS + 1)).await);
    assert!(recorded[1].as_ref().unwrap().events > 0, "what makes nothing larger is taken as ever");
}

#[tokio::test]
async fn of_a_request_that_is_put_aside_for_its_last_word_nothing_is_left_for_the_next() {
    let hub = Hub::new();
    hub.record_all(applications(MAX_APPLICATIONS)).await;
    let interview = || intake("RENE2010").told.unwrap();
    let letter = || applied(7, "I write programs");

    // When a request says what can be taken before what cannot, and the next one says what could have been taken
    let mut both = interview();
    both.extend([letter(), applied(MAX_APPLICATIONS + 1, "")]);
    let mut taken = interview();
    taken.push(letter());
    let recorded = hub.record_all([telling("both", both), telling("taken", taken)]).await;

    // Then that is news
    assert_eq!(outcomes(&recorded), [Outcome::Quarantined, Outcome::Understood]);
    assert_eq!(events_of(&hub, recorded[0].as_ref().unwrap()).await, [EventType::ReceiptQuarantined]);
    let kinds = events_of(&hub, recorded[1].as_ref().unwrap()).await;
    assert!(kinds.starts_with(&[EventType::InterviewCreated, EventType::InterviewStageUpdated]), "{kinds:?}");
    assert!(kinds.len() > 2, "the letter is news as well: {kinds:?}");
    assert!(is_known(&hub, Kind::Interview, "RENE2010").await);
}
