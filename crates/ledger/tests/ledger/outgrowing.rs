//! What would make a thing larger than it may be, or come to more than one request may, is put aside whole.

use std::sync::Arc;

use callboard_core::{
    About, ApplicationTold, Belonging, Candidate, CandidateCommand, CandidateTold, Change as Changed,
    Command, Endpoint, Entity, EventType, InterviewTold, JobTold, Kind, MAX_APPLICATIONS, Name, News,
    Observation, RefusalCode, Stage,
};
use callboard_ledger::{Change, EventFilter, Intake, LedgerError, Outcome, Page, REQUEST_OWED, Recorded};
use serde_json::json;

use crate::support::{Hub, asking, create, endpoint, intake, moved, out, refused, source};

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
            change: Changed::Updated,
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

/// An interview of which a platform says very much that there is no word for.
fn wordy(code: &str, extra_bytes: usize) -> Intake {
    let mut wordy = intake(code);
    for observation in wordy.told.as_mut().unwrap() {
        if let News::Stage { interview: About { told, .. }, .. } = &mut observation.news {
            let extra = [("skype".to_owned(), json!({ "notes": "x".repeat(extra_bytes) }))].into();
            *told = InterviewTold { extra, ..InterviewTold::default() };
        }
    }
    wordy
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

#[tokio::test]
async fn a_request_whose_bodies_come_to_very_much_is_quarantined_and_the_next_one_is_recorded() {
    let mut hub = Hub::new();
    let others = (1..=100).map(|id| Endpoint { dialect: "cloudevents".to_owned(), ..endpoint(id) });
    hub.ledger.change(others.map(Change::PutEndpoint).collect()).await.unwrap();
    hub.heard();

    let recorded = hub.record_all([wordy("RENE2010", 900 * 1024), intake("code 2")]).await;

    assert_eq!(outcomes(&recorded), [Outcome::Quarantined, Outcome::Understood]);
    let refused = recorded[0].as_ref().unwrap();
    let reason = reason(&hub, refused).await;
    assert!(reason.contains("64 MiB"), "{reason}");
    assert_eq!(events_of(&hub, refused).await, [EventType::ReceiptQuarantined]);
    assert!(!is_known(&hub, Kind::Interview, "RENE2010").await);
    assert_eq!(hub.heard_owed().len(), 300, "of the quarantine, and of the two events of the next one");
    // One that says as much as that, but to fewer, is what it was
    let understood = hub.ledger.record(wordy("code 3", 200 * 1024)).await.unwrap();
    assert_eq!((understood.outcome, understood.events), (Outcome::Understood, 2));
}

#[tokio::test]
async fn a_command_that_comes_to_very_much_is_refused_and_the_same_said_in_fewer_words_is_carried_out() {
    let mut hub = Hub::new();
    let others = (1..=100).map(|id| Endpoint { dialect: "cloudevents".to_owned(), ..endpoint(id) });
    hub.ledger.change(others.map(Change::PutEndpoint).collect()).await.unwrap();
    hub.heard();

    let title = "x".repeat(900 * 1024);
    assert_eq!(
        refused(hub.ledger.command(asking(vec![create(1, &title)])).await),
        RefusalCode::TOO_MUCH_TO_TELL.code
    );

    assert_eq!(hub.heard_owed().len(), 0);
    out(hub.ledger.command(asking(vec![create(1, "Engineer")])).await);
}

#[tokio::test]
async fn somebody_is_erased_however_many_deliveries_that_owes() {
    let hub = Hub::new();
    hub.record_all(applications(110)).await;
    hub.ledger.change((1..=1_000).map(|id| Change::PutEndpoint(endpoint(id))).collect()).await.unwrap();
    let id = candidate(&hub).await.id;

    let erase = CandidateCommand::Erase {
        notes: Vec::new(),
        files: Vec::new(),
        answer_videos: Vec::new(),
        feedback: Vec::new(),
    };
    let done = out(hub.ledger.command(asking(vec![Command::Candidate(id, erase)])).await);

    assert!(done.events.len() * 1_000 > REQUEST_OWED, "{}", done.events.len());
}

#[tokio::test]
async fn a_request_that_owes_very_many_deliveries_is_quarantined() {
    let mut hub = Hub::with_endpoints(1_000).await;
    let news = (0..101).flat_map(|number| moved(&format!("code {number}"), 0, Stage::SchedulingTime).told);

    let recorded = hub.ledger.record(telling("many", news.flatten().collect())).await.unwrap();

    assert_eq!((recorded.outcome, recorded.events), (Outcome::Quarantined, 1));
    let reason = reason(&hub, &recorded).await;
    assert!(reason.contains("100,000 deliveries"), "{reason}");
    assert_eq!(hub.heard_owed().len(), 1_000);
    assert!(!is_known(&hub, Kind::Interview, "code 0").await);
}
