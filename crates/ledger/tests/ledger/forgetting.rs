//! Someone who is erased is in none of the store's files any more, while the shape of what happened stays.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{
    About, ApplicationCommand, ApplicationId, ApplicationTold, Belonging, CandidateCommand, CandidateId,
    CandidateTold, Change as Changed, Command, CompanyId, Facts, Identifier, InterviewCommand, InterviewId,
    InterviewTold, Kind, Name, News, NoteCommand, NoteId, NotePlace, NoteTold, Observation, Source, SourceId,
};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Answer, Attempt, Batch, Change, DeliveryFilter, DeliveryState, Erased, EventFilter, Intake, LedgerError,
    Notice, Outcome, Page, ReceiptFilter, Remember, RequestKey, Search, Settlement, Store,
};

use crate::support::{Hub, asking, create, intake, noon, out, source, unreadable};

const EMAIL: &str = "ada.lovelace@example.com";
const ADA: u64 = 10;

fn is_in_files(data: &Path) -> bool {
    let files = std::fs::read_dir(data).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let mut files = files.map(|bytes| String::from_utf8_lossy(&bytes).to_lowercase());
    files.any(|text| text.contains(EMAIL))
}

/// Ada, who applied for a job, has an interview, and is noted on.
fn life() -> Vec<Command> {
    let ada = CandidateId::from_raw(ADA);
    let told = CandidateTold {
        full_name: Some("Ada Lovelace".to_owned()),
        email: Some(EMAIL.to_owned()),
        ..CandidateTold::default()
    };
    let application = ApplicationId::from_raw(20);
    let interview = InterviewTold { title: Some(format!("Talk to {EMAIL}")), ..InterviewTold::default() };
    let note = NoteTold { text: Some(format!("write to {EMAIL}")), ..NoteTold::default() };
    let place = NotePlace { candidate: Some(ada), ..NotePlace::default() };
    vec![
        create(1, "Engineer"),
        Command::Candidate(ada, CandidateCommand::Create(Facts { told, ..Facts::default() })),
        Command::Application(
            application,
            ApplicationCommand::Create { candidate: ada, job: None, facts: Facts::default() },
        ),
        Command::Interview(
            InterviewId::from_raw(30),
            InterviewCommand::Create {
                application: Some(application),
                facts: Facts { told: interview, ..Facts::default() },
            },
        ),
        Command::Note(
            NoteId::from_raw(40),
            NoteCommand::Create { place, facts: Facts { told: note, ..Facts::default() } },
        ),
    ]
}

/// Her note is not named: it is found.
fn erase() -> Command {
    let erase = CandidateCommand::Erase {
        notes: Vec::new(),
        files: Vec::new(),
        answer_videos: Vec::new(),
        feedback: Vec::new(),
    };
    Command::Candidate(CandidateId::from_raw(ADA), erase)
}

/// A message about Ada that nobody understands, as a platform writes it.
fn strange(number: usize) -> Intake {
    let body = format!(r#"{{"number":{number},"who":"Ada.Lovelace\u0040Example.com"}}"#);
    Intake { body: Bytes::from(body), unique: Some(number.to_string()), ..unreadable("RENE2010") }
}

async fn events(hub: &Hub) -> Vec<(u64, String, bool)> {
    let page = Page { after: Some(0), ..Page::newest(1_000) };
    let rows =
        hub.ledger.read(move |reader| reader.events(&EventFilter::default(), page)).await.unwrap().items;
    rows.into_iter().map(|row| (row.id.raw(), row.kind.to_string(), row.erased)).collect()
}

/// Told of before anybody knew whose application it is on.
fn noted(application: &str) -> Intake {
    let of = Belonging {
        application: Some(About {
            external_id: Some(application.to_owned()),
            told: ApplicationTold::default(),
        }),
        ..Belonging::default()
    };
    let text = Some(format!("write to {EMAIL}"));
    let note =
        About { external_id: Some("note_1".to_owned()), told: NoteTold { text, ..NoteTold::default() } };
    let news = News::Note { note, of, answer_video: None, change: Changed::Created };
    Intake {
        unique: Some("note".to_owned()),
        told: Ok(vec![Observation { at: None, news }]),
        ..intake("RENE2010")
    }
}

/// Ada's application.
fn applied(application: &str) -> Intake {
    let told = CandidateTold { email: Some(EMAIL.to_owned()), ..CandidateTold::default() };
    let news = News::Application {
        application: About { external_id: Some(application.to_owned()), told: ApplicationTold::default() },
        of: Belonging { candidate: Some(About { external_id: None, told }), ..Belonging::default() },
        change: Changed::Created,
        stage_only: false,
    };
    Intake {
        unique: Some("application".to_owned()),
        told: Ok(vec![Observation { at: None, news }]),
        ..intake("RENE2010")
    }
}

#[tokio::test]
async fn a_note_that_names_an_application_alone_goes_with_whose_application_it_is() {
    let hub = Hub::with_endpoints(1).await;
    for told in [noted("app_1"), applied("app_1")] {
        assert_eq!(hub.ledger.record(told).await.unwrap().outcome, Outcome::Understood);
    }
    let name = Name::email(Kind::Candidate, source().company, EMAIL);
    let ada = hub.ledger.read(move |reader| reader.named(&[name])).await.unwrap()[0].unwrap();
    assert!(is_in_files(hub.data.path()));

    let Command::Candidate(_, erase) = erase() else { unreachable!("it is a candidate's") };
    let erase = Command::Candidate(CandidateId::from_raw(ada), erase);
    out(hub.ledger.command(asking(vec![erase])).await);

    assert!(!is_in_files(hub.data.path()));
}

#[tokio::test]
async fn who_is_erased_is_in_no_file_of_the_store_and_the_shape_of_what_happened_stays() {
    // Given Ada, of whom events tell, a delivery that was answered with her address, an answer that is kept, messages
    // that mention her, and one that does not
    let mut hub = Hub::with_endpoints(2).await;
    let key = RequestKey { company: source().company, key: "k".to_owned(), fingerprint: [1; 32], at: noon() };
    let said = |_: &callboard_ledger::Done| Answer { status: 201, etag: None, body: Bytes::from(EMAIL) };
    let remember = Some(Remember { key: key.clone(), answer: Arc::new(said) });
    out(hub.ledger.command(callboard_ledger::Asking { remember, ..asking(life()) }).await);
    let about_ada: Vec<_> =
        hub.heard_owed().into_iter().filter(|owed| [ADA, 20, 30].contains(&owed.lane)).collect();
    for number in 0..150 {
        assert_eq!(hub.ledger.record(strange(number)).await.unwrap().outcome, Outcome::Quarantined);
    }
    let other = hub.ledger.record(unreadable("other")).await.unwrap().receipt;
    let told = about_ada[0].delivery;
    let response = Bytes::from(EMAIL);
    let attempt = Attempt { number: 1, at: noon(), took_us: 1, status: Some(200), error: None, response };
    let state = DeliveryState::Delivered;
    let settled =
        Settlement { delivery: told, attempt, state, next_at: None, overtook: Vec::new(), news: None };
    hub.ledger.settle(vec![settled]).await.unwrap();
    let happened = events(&hub).await;
    hub.heard();
    assert!(is_in_files(hub.data.path()));

    // When she is erased
    out(hub.ledger.command(asking(vec![erase()])).await);

    // Then she is nowhere, while the hub runs
    assert!(!is_in_files(hub.data.path()));
    assert_eq!(hub.ledger.remembered(key).await.unwrap(), None);

    // And everything that happened is there still, the same and as many, each saying that it was erased
    let still = events(&hub).await;
    let shape =
        |events: &[(u64, String, bool)]| events.iter().map(|it| (it.0, it.1.clone())).collect::<Vec<_>>();
    assert_eq!(shape(&still[..happened.len()]), shape(&happened));
    let is_job = |kind: &str| kind.starts_with("job.");
    let kept = still[..happened.len()].iter().filter(|(_, _, erased)| !erased);
    assert_eq!(
        kept.map(|(_, kind, _)| is_job(kind)).collect::<Vec<_>>(),
        [true, false],
        "the job and the other message"
    );
    let receipts =
        hub.ledger.read(|it| it.receipts(&ReceiptFilter::default(), Page::newest(500))).await.unwrap().items;
    assert_eq!(
        receipts.iter().filter(|receipt| !receipt.erased).map(|it| it.id).collect::<Vec<_>>(),
        [other]
    );

    // What was still owed of it is called off, which the outbox hears, and cannot be owed again
    let heard = hub.heard();
    for owed in about_ada.iter().filter(|owed| owed.delivery != told) {
        let is_it = |it: &Notice| matches!(it, Notice::Cancelled(delivery, _) if *delivery == owed.delivery);
        assert!(heard.iter().any(is_it), "{owed:?}");
    }
    let filter = DeliveryFilter { event: Some(about_ada[0].event), ..DeliveryFilter::default() };
    let found = hub.ledger.read(move |it| it.deliveries(&filter, Page::newest(9))).await.unwrap().items;
    assert_eq!(found.iter().filter(|it| it.state == DeliveryState::Cancelled && it.erased).count(), 1);
    let retried = hub.ledger.change(vec![Change::Retry(told)]).await;
    assert!(matches!(retried, Err(LedgerError::Erased)), "{retried:?}");
}

#[tokio::test]
async fn an_erasure_waits_for_what_was_asked_before_it_and_is_seen_by_what_comes_after() {
    let hub = Hub::new();
    let busy = hub.busy().await;
    let life = crate::support::Asked::new(hub.ledger.command(asking(life()))).await;
    let erased = crate::support::Asked::new(hub.ledger.command(asking(vec![erase()]))).await;
    let again = crate::support::Asked::new(hub.ledger.command(asking(vec![create(2, "Next")]))).await;
    busy.over().await;
    assert_eq!(out(life.await).things.len(), 5);
    assert_eq!(out(again.await).things.len(), 1);
    out(erased.await);
    assert!(!is_in_files(hub.data.path()));
}

#[tokio::test]
async fn an_erasure_that_broke_off_is_carried_on_at_the_next_start() {
    // Given a store as a crash leaves it after the erasure itself: messages that mention Ada are still to be looked for
    let hub = Hub::new();
    for number in 0..3 {
        hub.ledger.record(strange(number)).await.unwrap();
    }
    let data = hub.close().await;
    let search = Search { company: source().company, words: vec![EMAIL.to_owned()] };
    let erased = Erased { searches: vec![search], ..Erased::default() };
    let store = SqliteStore::open(data.path()).unwrap();
    store.engine().unwrap().commit(&Batch { erased, ..Batch::default() }).unwrap();
    drop(store);

    // When a hub starts on it
    let hub = Hub::open(data);
    assert!(is_in_files(hub.data.path()));
    hub.ledger.resume_erasures().await.unwrap();

    // Then it is made good, and nothing is left to do
    let receipts =
        hub.ledger.read(|it| it.receipts(&ReceiptFilter::default(), Page::newest(9))).await.unwrap().items;
    assert!(receipts.len() == 3 && receipts.iter().all(|receipt| receipt.erased));
    assert!(!is_in_files(hub.data.path()));
    assert_eq!(hub.ledger.read(|reader| reader.searches()).await.unwrap(), []);
}

#[tokio::test]
async fn what_came_to_another_company_stays_although_its_source_is_gone_by_now() {
    // Given Ada at two companies, of which the other has removed the source that spoke of her
    let hub = Hub::new();
    let others =
        Source { id: SourceId::from_raw(8), company: CompanyId::from_raw(2), ..Source::clone(&source()) };
    hub.ledger.change(vec![Change::PutSource(others.clone())]).await.unwrap();
    let of_others = Intake { source: Arc::new(others.clone()), ..strange(1) };
    let kept = hub.ledger.record(of_others).await.unwrap().receipt;
    hub.ledger.record(strange(2)).await.unwrap();
    out(hub.ledger.command(asking(life())).await);
    hub.ledger.change(vec![Change::DeleteSource(others.id)]).await.unwrap();

    // When one of them forgets her, then the other one does not
    out(hub.ledger.command(asking(vec![erase()])).await);
    let receipts =
        hub.ledger.read(|it| it.receipts(&ReceiptFilter::default(), Page::newest(9))).await.unwrap().items;
    let left: Vec<_> = receipts.iter().filter(|it| !it.erased).map(|it| (it.id, &it.body)).collect();
    assert_eq!(left, [(kept, &strange(1).body)]);
    let put_aside = |(_, kind, erased): &(u64, String, bool)| kind == "receipt.quarantined" && !erased;
    assert_eq!(events(&hub).await.iter().filter(|event| put_aside(event)).count(), 1);
}

#[tokio::test]
async fn an_erasure_goes_on_to_its_end_if_whoever_asked_for_it_hangs_up() {
    // Given Ada, a message that mentions her, and a writer that is busy
    let hub = Hub::new();
    out(hub.ledger.command(asking(life())).await);
    hub.ledger.record(strange(1)).await.unwrap();
    let busy = hub.busy().await;
    let erased = crate::support::Asked::new(hub.ledger.command(asking(vec![erase()]))).await;

    // When whoever has her erased does not wait for it
    drop(erased);
    busy.over().await;

    // Then she is forgotten all the same, and nothing is left to do
    let forgotten = async {
        while is_in_files(hub.data.path())
            || !hub.ledger.read(|reader| reader.searches()).await.unwrap().is_empty()
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), forgotten).await.expect("she is still there");
}
