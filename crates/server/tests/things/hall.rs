//! A hub in this process on a store of its own, with two companies, asked over its routes.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use callboard_core::{
    Asker, Command, CompanyId, Entity, Held, IdMint, Identifier, KeyId, ParentStage, Record, Timestamp,
};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Asking, Batch, Change, Company, EntityWrite, Key, Ledger, PipelineStage, Scope, Store,
};
use callboard_outbox::{AddressGuard, Clock, LookingUp, Lookup, ManualClock, Planning};
use callboard_server::{Hub, hash_key, routes};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower_service::Service;

/// Keys of one company, by what they may do, and one of another company.
pub const ADMIN: &str = "cbk_admin";
pub const WRITER: &str = "cbk_writer";
pub const READER: &str = "cbk_reader";
pub const OTHER: &str = "cbk_other";

/// When everything happens.
pub const NOW: &str = "2026-03-02T08:00:00Z";

pub struct Hall {
    routes: Router,
    hub: Arc<Hub>,
    ledger: Ledger,
    pub clock: Arc<ManualClock>,
    _data: TempDir,
}

struct Nowhere;

impl Lookup for Nowhere {
    fn lookup(&self, _host: &str) -> LookingUp {
        Box::pin(async { Err(io::Error::other("no such name")) })
    }
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub bytes: Bytes,
}

impl Answer {
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    /// It was refused like this.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.body);
    }

    #[track_caller]
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id: {}", self.body)).to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn ids(&self) -> Vec<String> {
        let items = self.body["items"].as_array().unwrap_or_else(|| panic!("no list: {}", self.body));
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }
}

impl Hall {
    pub async fn open() -> Self {
        Self::holding([]).await
    }

    /// A hall whose first company has these already: more of them than anybody would ask for one by one.
    pub async fn holding(things: impl IntoIterator<Item = Entity>) -> Self {
        let held = |entity| Held {
            company: CompanyId::from_raw(1),
            entity,
            record: Record { version: 1, ..Record::default() }.into(),
        };
        let write = |entity| EntityWrite { held: held(entity), base_version: 0, moved: true };
        let entities = things.into_iter().map(write).collect();
        Self::with(Batch { entities, ..Batch::default() }).await
    }

    /// A hall in whose store this has been written already.
    pub async fn with(batch: Batch) -> Self {
        let data = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(data.path()).unwrap();
        store.engine().unwrap().commit(&batch).unwrap();
        let (ledger, _notices, _writing) =
            Ledger::open(store, 0, Box::new(Planning::new("http://hub"))).unwrap();
        let now: Timestamp = NOW.parse().unwrap();
        let stages = vec![PipelineStage {
            id: "st_7".to_owned(),
            name: "Phone screen".to_owned(),
            parent: ParentStage::Screening,
        }];
        let zone = Some("Europe/Berlin".to_owned());
        let company = |id, name: &str, stages, time_zone| {
            Change::PutCompany(Company {
                id: CompanyId::from_raw(id),
                name: name.to_owned(),
                stages,
                time_zone,
            })
        };
        let key = |id, of, secret: &str, scope| {
            Change::PutKey(Key {
                id: KeyId::from_raw(id),
                company: CompanyId::from_raw(of),
                name: secret.to_owned(),
                scope,
                hash: hash_key(secret),
                created_at: now,
                signing: None,
                token_hash: None,
            })
        };
        let changes = vec![
            company(1, "Stage Door", stages, zone),
            company(2, "Elsewhere", Vec::new(), None),
            key(11, 1, ADMIN, Scope::Admin),
            key(12, 1, WRITER, Scope::Write),
            key(13, 1, READER, Scope::Read),
            key(14, 2, OTHER, Scope::Admin),
        ];
        ledger.change(changes).await.unwrap();
        let clock = Arc::new(ManualClock::new(now));
        let hub = Hub::new(
            ledger.clone(),
            Arc::clone(&clock) as Arc<dyn Clock>,
            AddressGuard::default(),
            Arc::new(Nowhere),
            "http://hub".to_owned(),
            IdMint::new(1, 0),
        );
        Self { routes: routes(Arc::clone(&hub)), hub, ledger, clock, _data: data }
    }

    pub fn hub(&self) -> Arc<Hub> {
        Arc::clone(&self.hub)
    }

    pub fn hub_ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Carries out commands of the first company, all at once.
    pub async fn carry_out(&self, commands: Vec<Command>) {
        self.ledger.command(self.asking(commands)).await.unwrap();
    }

    /// What the ledger is asked for then.
    pub fn asking(&self, commands: Vec<Command>) -> Asking {
        let asker = Asker { company: CompanyId::from_raw(1), at: self.clock.now(), expected: None };
        Asking { asker, commands, blobs: Vec::new(), remember: None }
    }

    /// Sends a request with these headers beside the key's.
    pub async fn send(
        &self,
        key: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/v1{path}"));
        request = request.header("authorization", format!("Bearer {key}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.answer(request, body).await
    }

    /// A platform's webhook to this URL of a source, with these headers.
    pub async fn webhook(&self, url: &str, headers: &[(&str, String)], body: &str) -> Answer {
        let path = url.strip_prefix("http://hub").unwrap();
        let mut request = Request::builder().method("POST").uri(path);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.answer(request, Body::from(body.to_owned())).await
    }

    async fn answer(&self, request: Builder, body: Body) -> Answer {
        let response = self.routes.clone().call(request.body(body).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 16 * 1024 * 1024).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status, headers, body, bytes }
    }

    /// An answer that comes little by little.
    pub async fn stream(&self, path: &str) -> Body {
        self.streamed(Request::get(format!("/v1{path}"))).await
    }

    /// The same for who has seen everything up to this event.
    pub async fn stream_after(&self, path: &str, event: &str) -> Body {
        self.streamed(Request::get(format!("/v1{path}")).header("last-event-id", event)).await
    }

    async fn streamed(&self, request: Builder) -> Body {
        let request = request.header("authorization", format!("Bearer {READER}"));
        let response = self.routes.clone().call(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body()
    }

    pub async fn ask(&self, key: &str, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(key, method, path, &[], body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(READER, "GET", path, &Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(WRITER, "POST", path, &body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask(WRITER, "PATCH", path, &body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.ask(WRITER, "PUT", path, &body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask(WRITER, "DELETE", path, &Value::Null).await
    }

    /// Makes a thing and answers its id.
    pub async fn made(&self, path: &str, body: Value) -> String {
        self.post(path, body).await.is(201).id()
    }

    pub async fn job(&self) -> String {
        self.made("/jobs", json!({ "title": "Stage manager" })).await
    }

    pub async fn candidate(&self, email: &str) -> String {
        self.made("/candidates", json!({ "email": email, "full_name": "Romy Vale" })).await
    }

    pub async fn user(&self, email: &str) -> String {
        self.made("/users", json!({ "email": email, "name": "Uma Reed" })).await
    }

    /// An application of a new candidate with this address, for a new job.
    pub async fn application(&self, email: &str) -> String {
        let (candidate, job) = (self.candidate(email).await, self.job().await);
        self.made("/applications", json!({ "candidate_id": candidate, "job_id": job })).await
    }

    pub async fn interview(&self) -> String {
        self.made("/interviews", json!({ "title": "First round" })).await
    }

    /// Walks a list two by two to its end. Answers the ids, newest first.
    pub async fn walk(&self, path: &str) -> Vec<String> {
        let mut all = Vec::new();
        let mut cursor = String::new();
        let sign = if path.contains('?') { '&' } else { '?' };
        for _ in 0..50 {
            let page = self.get(&format!("{path}{sign}limit=2{cursor}")).await.is(200);
            let ids = page.ids();
            assert!(ids.len() <= 2, "{path}: {ids:?}");
            all.extend(ids);
            match page.body["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
        panic!("{path} has no end");
    }

    /// Each of these bodies is refused with its code, and the thing stays as it was.
    pub async fn refuses(&self, method: &str, path: &str, bodies: Vec<(Value, u16, &str)>) {
        let shown = path.trim_end_matches("/schedule");
        let before = self.get(shown).await.body;
        for (body, status, code) in bodies {
            self.ask(WRITER, method, path, &body).await.refused(status, code);
        }
        assert_eq!(self.get(shown).await.body, before);
    }

    /// To another company it is not there, whatever is asked; and who may only read changes nothing.
    pub async fn is_closed_to_others(&self, path: &str, changes: &[(&str, &str, Value)]) {
        let before = self.get(path).await.is(200).body;
        self.ask(OTHER, "GET", path, &Value::Null).await.refused(404, "not_found");
        for (method, below, body) in changes {
            let path = format!("{path}{below}");
            self.ask(OTHER, method, &path, body).await.refused(404, "not_found");
            self.ask(READER, method, &path, body).await.refused(403, "scope_too_small");
        }
        assert_eq!(self.get(path).await.body, before);
    }
}

/// What was made first stands last in a list.
pub fn newest_first(made: &[&String]) -> Vec<String> {
    made.iter().rev().map(|id| (*id).clone()).collect()
}
