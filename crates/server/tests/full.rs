//! What is full says so, and works again as soon as it is not (invariant I7).
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::Poll;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use callboard_core::{
    CompanyId, Endpoint, EndpointId, EndpointState, Event, IdMint, Identifier, KeyId, Ordering, Sealed,
    Source, SourceId, Timestamp,
};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Change, Company, Directory, Key, Ledger, Plan, Planner, Scope, WRITER_QUEUE};
use callboard_outbox::{AddressGuard, LookingUp, Lookup, ManualClock};
use callboard_server::limits::{ENDPOINTS_PER_COMPANY, KEYS_PER_COMPANY, SOURCES_PER_COMPANY};
use callboard_server::{Hub, hash_key, routes};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower_service::Service;

fn company() -> CompanyId {
    CompanyId::from_raw(1)
}

struct Nowhere;

impl Lookup for Nowhere {
    fn lookup(&self, _host: &str) -> LookingUp {
        Box::pin(async { Err(std::io::Error::other("no such name")) })
    }
}

/// Holds up the writer at the first event, until it is let go.
struct HeldUp {
    reached: mpsc::Sender<()>,
    go_on: Mutex<mpsc::Receiver<()>>,
}

impl Planner for HeldUp {
    fn plan(&mut self, _: &Event, _: &Bytes, _: &Directory) -> Plan {
        let _ = self.reached.send(());
        // Once nobody holds it up any more, it goes on at once.
        let _ = self.go_on.lock().unwrap().recv();
        Plan::default()
    }
}

struct Scene {
    routes: Router,
    ledger: Ledger,
    _data: TempDir,
}

impl Scene {
    async fn set(planner: impl Planner + 'static) -> Self {
        let data = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(data.path()).unwrap();
        let (ledger, _, _) = Ledger::open(store, 0, Box::new(planner)).unwrap();
        let default =
            Company { id: company(), name: "default".to_owned(), stages: Vec::new(), time_zone: None };
        let key = Key {
            id: KeyId::from_raw(2),
            company: company(),
            name: "admin".to_owned(),
            scope: Scope::Admin,
            hash: hash_key("cbk_test"),
            created_at: Timestamp::UNIX_EPOCH,
            signing: None,
            token_hash: None,
        };
        let source = Source {
            id: SourceId::from_raw(3),
            company: company(),
            platform: "launchpad".to_owned(),
            name: "LaunchPad".to_owned(),
            rotated: None,
            credentials: Sealed(json!({"username": "hub", "password": "secret"})),
            created_at: Timestamp::UNIX_EPOCH,
            fetch: None,
        };
        let changes = vec![Change::PutCompany(default), Change::PutKey(key), Change::PutSource(source)];
        ledger.change(changes).await.unwrap();
        let clock = Arc::new(ManualClock::new("2026-03-02T08:00:00Z".parse().unwrap()));
        let mint = IdMint::new(1, 0);
        let hub = Hub::new(
            ledger.clone(),
            clock,
            AddressGuard::default(),
            Arc::new(Nowhere),
            "http://hub".to_owned(),
            mint,
        );
        Self { routes: routes(hub), ledger, _data: data }
    }

    async fn post(&self, path: &str, authorization: &str, body: Value) -> Response<Body> {
        let request = Request::post(path)
            .header("authorization", authorization)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        self.routes.clone().call(request).await.unwrap()
    }

    /// Asks for an endpoint, known again by this key.
    async fn make_endpoint(&self, key: &str) -> Response<Body> {
        let asked = json!({"url": "https://ats.example/hooks", "dialect": "standard"});
        self.make("/v1/endpoints", key, &asked).await
    }

    async fn make(&self, path: &str, key: &str, asked: &Value) -> Response<Body> {
        let request = Request::post(path)
            .header("authorization", "Bearer cbk_test")
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .body(Body::from(asked.to_string()))
            .unwrap();
        self.routes.clone().call(request).await.unwrap()
    }

    async fn make_job(&self) -> Response<Body> {
        self.post("/v1/jobs", "Bearer cbk_test", json!({"title": "Stage manager"})).await
    }

    async fn rename(&self, name: &str) -> Response<Body> {
        self.change_settings(json!({"name": name})).await
    }

    async fn change_settings(&self, changes: Value) -> Response<Body> {
        let request = Request::patch("/v1/settings")
            .header("authorization", "Bearer cbk_test")
            .header("content-type", "application/json")
            .body(Body::from(changes.to_string()))
            .unwrap();
        self.routes.clone().call(request).await.unwrap()
    }

    async fn tell(&self) -> Response<Body> {
        let path = format!("/in/{}", SourceId::from_raw(3));
        self.post(&path, "Basic aHViOnNlY3JldA==", json!({"no": "interview"})).await
    }
}

async fn body(answer: Response<Body>) -> Value {
    serde_json::from_slice(&to_bytes(answer.into_body(), 10_000).await.unwrap()).unwrap()
}

fn says_come_again(answer: &Response<Body>) {
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["retry-after"], "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_too_much_waits_for_the_writer_the_inbox_and_the_api_say_come_again_and_then_work_again() {
    // Given a writer that is held up, and as much behind it as may wait
    let ((reached, at_it), (let_go, go_on)) = (mpsc::channel(), mpsc::channel());
    let scene = Arc::new(Scene::set(HeldUp { reached, go_on: Mutex::new(go_on) }).await);
    let first = tokio::spawn({
        let scene = Arc::clone(&scene);
        async move { scene.make_job().await.status() }
    });
    tokio::task::spawn_blocking(move || at_it.recv()).await.unwrap().unwrap();
    let mut waiting = Vec::with_capacity(WRITER_QUEUE);
    for _ in 0..WRITER_QUEUE {
        let mut change = Box::pin(scene.ledger.change(Vec::new()));
        let asked = poll_fn(|context| Poll::Ready(pin!(&mut change).poll(context))).await;
        assert!(asked.is_pending());
        waiting.push(change);
    }

    // When a webhook and a command come, then both are told to come again
    says_come_again(&scene.tell().await);
    let refused = scene.make_job().await;
    says_come_again(&refused);
    assert_eq!(body(refused).await["code"], "busy");

    // And when the writer goes on, everything that was taken is done, and they are taken
    drop(let_go);
    assert_eq!(first.await.unwrap(), StatusCode::CREATED);
    for change in waiting {
        change.await.unwrap();
    }
    assert_eq!(scene.tell().await.status(), StatusCode::OK);
    assert_eq!(scene.make_job().await.status(), StatusCode::CREATED);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_too_long_for_others_who_configure_the_same_company_is_told_to_come_again() {
    // Given a writer that is held up, and somebody who changes the settings
    let ((reached, at_it), (let_go, go_on)) = (mpsc::channel(), mpsc::channel());
    let scene = Scene::set(HeldUp { reached, go_on: Mutex::new(go_on) }).await;
    let mut job = pin!(scene.make_job());
    assert!(poll_fn(|context| Poll::Ready(job.as_mut().poll(context))).await.is_pending());
    tokio::task::spawn_blocking(move || at_it.recv()).await.unwrap().unwrap();
    let mut first = pin!(scene.rename("First"));
    assert!(poll_fn(|context| Poll::Ready(first.as_mut().poll(context))).await.is_pending());

    // When another one wants to, then they are told so when they have waited for long enough
    let turned_away = scene.rename("Second").await;
    says_come_again(&turned_away);
    assert_eq!(body(turned_away).await["code"], "busy");

    // And when the writer goes on, what the first one wanted is done, and others may
    drop(let_go);
    assert_eq!(job.await.status(), StatusCode::CREATED);
    assert_eq!(first.await.status(), StatusCode::OK);
    assert_eq!(scene.rename("Third").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_somebody_changes_who_hangs_up_is_not_undone_by_the_next_one() {
    // Given a writer that is held up, and somebody who changes the settings
    let ((reached, at_it), (let_go, go_on)) = (mpsc::channel(), mpsc::channel());
    let scene = Scene::set(HeldUp { reached, go_on: Mutex::new(go_on) }).await;
    let mut job = pin!(scene.make_job());
    assert!(poll_fn(|context| Poll::Ready(job.as_mut().poll(context))).await.is_pending());
    tokio::task::spawn_blocking(move || at_it.recv()).await.unwrap().unwrap();
    let mut first = Box::pin(scene.rename("First"));
    assert!(poll_fn(|context| Poll::Ready(first.as_mut().poll(context))).await.is_pending());

    // When they hang up before that is done, and another one changes something else
    drop(first);
    let mut second = pin!(scene.change_settings(json!({"time_zone": "Europe/Berlin"})));
    assert!(poll_fn(|context| Poll::Ready(second.as_mut().poll(context))).await.is_pending());
    drop(let_go);

    // Then both is done
    assert_eq!(job.await.status(), StatusCode::CREATED);
    let settings = body(second.await).await;
    assert_eq!((&settings["name"], &settings["time_zone"]), (&json!("First"), &json!("Europe/Berlin")));
}

#[tokio::test]
async fn a_company_has_so_many_endpoints_and_no_more() {
    let (reached, _) = mpsc::channel();
    let scene = Scene::set(HeldUp { reached, go_on: Mutex::new(mpsc::channel().1) }).await;
    let endpoint = |number: usize| Endpoint {
        id: EndpointId::from_raw(100 + number as u64),
        company: company(),
        url: "https://ats.example/hooks".to_owned(),
        dialect: "standard".to_owned(),
        events: Vec::new(),
        sources: Vec::new(),
        rotated: None,
        failing_since: None,
        told_since: None,
        formerly: Vec::new(),
        credentials: Sealed::default(),
        ordering: Ordering::Interview,
        hold_for: std::time::Duration::from_secs(60),
        retry: Vec::new(),
        rate_limit: None,
        description: String::new(),
        state: EndpointState::Enabled,
        created_at: Timestamp::UNIX_EPOCH,
    };
    let there = (1..ENDPOINTS_PER_COMPANY).map(|number| Change::PutEndpoint(endpoint(number)));
    scene.ledger.change(there.collect()).await.unwrap();

    // When several want the last place at once, and one of them asks twice
    let (first, second, repeated) = tokio::join!(
        scene.make_endpoint("first"),
        scene.make_endpoint("second"),
        scene.make_endpoint("first")
    );
    let mut made = Vec::new();
    for (key, answer) in [("first", first), ("second", second), ("first", repeated)] {
        if answer.status() == StatusCode::CREATED {
            made.push((key, body(answer).await["id"].clone()));
        } else {
            assert_eq!(answer.status(), StatusCode::CONFLICT);
            assert_eq!(body(answer).await["code"], "too_many_endpoints");
        }
    }

    // Then one has it, and is answered the same when they ask again
    let of_company = scene.ledger.directory().endpoints().filter(|it| it.company == company()).count();
    assert_eq!(of_company, ENDPOINTS_PER_COMPANY);
    let (key, id) = made[0].clone();
    assert!(made.iter().all(|other| *other == (key, id.clone())), "{made:?}");
    let again = scene.make_endpoint(key).await;
    assert_eq!(again.status(), StatusCode::CREATED);
    assert_eq!(body(again).await["id"], id);
    let refused = scene.make_endpoint("third").await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);

    // One that is removed makes room
    scene.ledger.change(vec![Change::DeleteEndpoint(EndpointId::from_raw(101))]).await.unwrap();
    assert_eq!(scene.make_endpoint("third").await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_company_has_so_many_sources_and_no_more() {
    // Given one that has as many as it may, but for one
    let (reached, _) = mpsc::channel();
    let scene = Scene::set(HeldUp { reached, go_on: Mutex::new(mpsc::channel().1) }).await;
    let first = scene.ledger.directory().source(SourceId::from_raw(3)).cloned().unwrap();
    let there = (2..SOURCES_PER_COMPANY).map(|number| {
        let id = SourceId::from_raw(100 + number as u64);
        Change::PutSource(Source { id, ..Source::clone(&first) })
    });
    scene.ledger.change(there.collect()).await.unwrap();
    let ask = |key| {
        let scene = &scene;
        async move { scene.make("/v1/sources", key, &json!({"platform": "hirehive"})).await }
    };

    // When two want the last place at once, then one has it
    let (one, other) = tokio::join!(ask("one"), ask("other"));
    let (winner, made, refused) = match (one.status(), other.status()) {
        (StatusCode::CREATED, StatusCode::CONFLICT) => ("one", one, other),
        (StatusCode::CONFLICT, StatusCode::CREATED) => ("other", other, one),
        both => panic!("{both:?}"),
    };
    assert_eq!(body(refused).await["code"], "too_many_sources");
    assert_eq!(scene.ledger.directory().sources().count(), SOURCES_PER_COMPANY);

    // And is answered the same when it asks again
    let again = ask(winner).await;
    assert_eq!(again.status(), StatusCode::CREATED);
    assert_eq!(body(again).await["id"], body(made).await["id"]);

    // One that is removed makes room
    scene.ledger.change(vec![Change::DeleteSource(SourceId::from_raw(3))]).await.unwrap();
    assert_eq!(ask("third").await.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn a_company_has_so_many_keys_and_no_more() {
    // Given one that has as many as it may, but for one
    let (reached, _) = mpsc::channel();
    let scene = Scene::set(HeldUp { reached, go_on: Mutex::new(mpsc::channel().1) }).await;
    let key = |number: usize| Key {
        id: KeyId::from_raw(100 + number as u64),
        company: company(),
        name: format!("key {number}"),
        scope: Scope::Read,
        hash: hash_key(&format!("cbk_{number}")),
        created_at: Timestamp::UNIX_EPOCH,
        signing: None,
        token_hash: None,
    };
    let there = (2..KEYS_PER_COMPANY).map(|number| Change::PutKey(key(number)));
    scene.ledger.change(there.collect()).await.unwrap();
    let asked = json!({"name": "last", "scope": "read"});
    let ask = |once| scene.make("/v1/keys", once, &asked);

    // When it asks for the last one twice, then it has one, and for another, then it is refused
    let (made, again) = tokio::join!(ask("last"), ask("last"));
    assert_eq!([made.status(), again.status()], [StatusCode::CREATED; 2]);
    assert_eq!(body(made).await["id"], body(again).await["id"]);
    let refused = ask("another").await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(body(refused).await["code"], "too_many_keys");
    assert_eq!(scene.ledger.directory().keys().count(), KEYS_PER_COMPANY);

    // One that is withdrawn makes room
    scene.ledger.change(vec![Change::DeleteKey(KeyId::from_raw(102))]).await.unwrap();
    assert_eq!(ask("another").await.status(), StatusCode::CREATED);
}
