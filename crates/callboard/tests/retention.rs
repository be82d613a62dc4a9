//! What has been kept for as long as `--keep-…` says goes, and what is still owed, or is kept for longer, stays.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod support;

use std::time::Duration;

use callboard_core::{
    About, Belonging, CompanyId, Endpoint, EndpointId, EndpointState, EventId, Identifier, InterviewTold,
    KeyId, News, Observation, Ordering, ReceiptId, Sealed, Source, SourceId, Stage, Timestamp,
};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Change, Company, EventFilter, Intake, Key, Ledger, Page, Scope};
use callboard_outbox::Planning;
use callboard_server::hash_key;
use jiff::SignedDuration;
use tempfile::TempDir;

use crate::support::{Hub, until};

const KEY: &str = "cbk_of_a_test_that_lets_things_go";

/// What a store holds that was written hours ago, while there was no hub.
struct Old {
    data: TempDir,
    /// Understood, and told to nobody.
    told_to_nobody: (ReceiptId, Vec<EventId>),
    quarantined: ReceiptId,
    /// Understood, and still owed to an endpoint that is switched off.
    owed: (ReceiptId, Vec<EventId>),
    /// Came in just now.
    new: ReceiptId,
}

fn company() -> CompanyId {
    CompanyId::from_raw(1)
}

fn source() -> Source {
    Source {
        id: SourceId::from_raw(3),
        company: company(),
        platform: "skype".to_owned(),
        name: "Skype".to_owned(),
        rotated: None,
        credentials: Sealed::default(),
        created_at: Timestamp::UNIX_EPOCH,
        fetch: None,
    }
}

fn switched_off() -> Endpoint {
    Endpoint {
        id: EndpointId::from_raw(4),
        company: company(),
        url: "http://127.0.0.1:9/hook".to_owned(),
        dialect: "standard".to_owned(),
        events: Vec::new(),
        sources: Vec::new(),
        rotated: None,
        failing_since: None,
        told_since: None,
        formerly: Vec::new(),
        credentials: Sealed(serde_json::json!({"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})),
        ordering: Ordering::Interview,
        hold_for: Duration::from_secs(3_600),
        retry: Vec::new(),
        rate_limit: None,
        description: String::new(),
        state: EndpointState::Disabled { reason: "person".to_owned(), since: Timestamp::UNIX_EPOCH },
        created_at: Timestamp::UNIX_EPOCH,
    }
}

/// A request as it was read; or one that nobody could read.
fn request(at: Timestamp, interview: Option<&str>) -> Intake {
    let observation = |interview: &str| Observation {
        at: Some(at),
        news: News::Stage {
            interview: About { external_id: Some(interview.to_owned()), told: InterviewTold::default() },
            of: Belonging::default(),
            previous: None,
            current: Stage::SchedulingTime.into(),
        },
    };
    Intake {
        source: source().into(),
        received_at: at,
        unique: Some(format!("{interview:?}")),
        told_of: None,
        headers: "{}".to_owned(),
        body: Vec::from("{}").into(),
        label: "State".to_owned(),
        points_at: Vec::new(),
        fetch_at: None,
        told: interview.map(|interview| vec![observation(interview)]).ok_or_else(|| "nonsense".to_owned()),
    }
}

/// Records a request: its receipt, and the events that came of it.
async fn tell(ledger: &Ledger, at: Timestamp, interview: Option<&str>) -> (ReceiptId, Vec<EventId>) {
    let receipt = ledger.record(request(at, interview)).await.unwrap().receipt;
    let filter = EventFilter::default();
    let events = ledger.read(move |reader| reader.events(&filter, Page::newest(100))).await.unwrap().items;
    let of_receipt = events.into_iter().filter(|event| event.receipt == Some(receipt));
    (receipt, of_receipt.map(|event| event.id).collect())
}

#[expect(clippy::disallowed_methods, reason = "the hub that is started next goes by the machine's own time")]
async fn write() -> Old {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("admin.key"), KEY).unwrap();
    let store = SqliteStore::open(data.path()).unwrap();
    let planning = Box::new(Planning::new("http://hub.example"));
    let (ledger, _notices, writing) = Ledger::open(store, 0, planning).unwrap();
    let name = "default".to_owned();
    let key = Key {
        id: KeyId::from_raw(2),
        company: company(),
        name: "admin".to_owned(),
        scope: Scope::Admin,
        hash: hash_key(KEY),
        token_hash: None,
        signing: None,
        created_at: Timestamp::UNIX_EPOCH,
    };
    let company = Company { id: company(), name, time_zone: None, stages: Vec::new() };
    let changes = vec![Change::PutCompany(company), Change::PutKey(key), Change::PutSource(source())];
    ledger.change(changes).await.unwrap();

    let now = Timestamp::now();
    let long_ago = now - SignedDuration::from_hours(5);
    let told_to_nobody = tell(&ledger, long_ago, Some("A")).await;
    let (quarantined, _) = tell(&ledger, long_ago, None).await;
    ledger.change(vec![Change::PutEndpoint(switched_off())]).await.unwrap();
    let owed = tell(&ledger, long_ago, Some("B")).await;
    let (new, _) = tell(&ledger, now, Some("C")).await;
    ledger.close().await;
    writing.finished().await;
    Old { data, told_to_nobody, quarantined, owed, new }
}

#[test]
fn what_has_been_kept_for_long_enough_goes_and_is_answered_404_from_then_on() {
    // Given what came in hours ago, and what came in just now
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Old { data, told_to_nobody, quarantined, owed, new } = runtime.block_on(write());
    drop(runtime);
    assert!(!told_to_nobody.1.is_empty() && !owed.1.is_empty());

    // When a hub lets go of what is older than four hours
    let hub = Hub::start_on(data, &["--keep-receipts", "4h", "--keep-events", "4h"]);
    let status = |what: &str, id: String| hub.ask("GET", &format!("/v1/{what}/{id}"), None).0;
    let receipt = |id: ReceiptId| status("receipts", id.to_string());
    let event = |id: &EventId| status("events", id.to_string());
    until("the old requests have gone", || receipt(told_to_nobody.0) == 404 && receipt(owed.0) == 404);
    until("the old events have gone", || told_to_nobody.1.iter().all(|id| event(id) == 404));

    // Then that is not there any more, and everything else is
    assert_eq!(receipt(quarantined), 200, "what is quarantined is kept for longer");
    assert_eq!(receipt(new), 200, "it has just come in");
    assert!(owed.1.iter().all(|id| event(id) == 200), "what is still owed stays, however old it is");
    assert!(hub.all("/v1/deliveries?state=pending").len() >= owed.1.len());

    // And what is quarantined goes when its own time has come
    let (data, _) = hub.terminate();
    let hub = Hub::start_on(data, &["--keep-quarantined", "4h"]);
    let path = format!("/v1/receipts/{quarantined}");
    until("the quarantined request has gone", || hub.ask("GET", &path, None).0 == 404);
}
