//! A hub on a store of its own, with two companies, and people and things in it.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use callboard_core::{
    AnswerVideoCommand, AnswerVideoTold, ApplicationCommand, ApplicationId, Asker, CandidateCommand,
    CandidateTold, Command, CompanyId, Entity, Facts, FeedbackCommand, FeedbackId, FeedbackTold, Held,
    IdMint, Identifier, InterviewCommand, InterviewId, InterviewTold, JobCommand, JobId, JobTold, KeyId,
    Named, NoteCommand, NoteId, NotePlace, NoteTold, QuestionCommand, QuestionTold, Record, Score, Timestamp,
    UserCommand, UserId, UserTold,
};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Asking, Batch, Change, Company, EntityWrite, Key, Ledger, Scope, Store};
use callboard_outbox::{AddressGuard, LookingUp, Lookup, ManualClock, Planning};
use callboard_server::{hash_key, routes};
use serde_json::Value;
use tempfile::TempDir;
use tower_service::Service;

/// Where the hub says that it is.
pub const URL: &str = "http://hub";
/// A key of the company `Stage Door`, which may do everything.
pub const ADMIN: &str = "cbk_admin";
/// A key of the company `Stage Door`, which may look.
pub const READER: &str = "cbk_reader";
/// A key of another company.
pub const OTHER: &str = "cbk_other";

/// A hub.
pub struct Hub {
    routes: Router,
    pub ledger: Ledger,
    mint: Mutex<IdMint>,
    _data: TempDir,
}

struct Nowhere;

impl Lookup for Nowhere {
    fn lookup(&self, _host: &str) -> LookingUp {
        Box::pin(async { Err(io::Error::other("no such name")) })
    }
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub bytes: Bytes,
}

fn now() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

impl Hub {
    pub const COMPANY: u64 = 1;

    pub async fn start() -> Self {
        Self::holding([]).await
    }

    /// A hub whose first company has these already: more of them than anybody would make one by one.
    pub async fn holding(things: impl IntoIterator<Item = Entity>) -> Self {
        let data = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(data.path()).unwrap();
        let company = CompanyId::from_raw(Self::COMPANY);
        let held =
            |entity| Held { company, entity, record: Record { version: 1, ..Record::default() }.into() };
        let write = |entity| EntityWrite { held: held(entity), base_version: 0, moved: true };
        let entities = things.into_iter().map(write).collect();
        store.engine().unwrap().commit(&Batch { entities, ..Batch::default() }).unwrap();
        let (ledger, _notices, _writing) = Ledger::open(store, 0, Box::new(Planning::new(URL))).unwrap();
        let mut changes = Vec::new();
        for (id, name) in [(Self::COMPANY, "Stage Door"), (2, "Elsewhere")] {
            let id = CompanyId::from_raw(id);
            let company = Company { id, name: name.to_owned(), stages: Vec::new(), time_zone: None };
            changes.push(Change::PutCompany(company));
        }
        for (id, company, secret, scope) in [
            (11, Self::COMPANY, ADMIN, Scope::Admin),
            (12, Self::COMPANY, READER, Scope::Read),
            (13, 2, OTHER, Scope::Admin),
        ] {
            changes.push(Change::PutKey(Key {
                id: KeyId::from_raw(id),
                company: CompanyId::from_raw(company),
                name: secret.to_owned(),
                scope,
                hash: hash_key(secret),
                created_at: now(),
                signing: None,
                token_hash: None,
            }));
        }
        ledger.change(changes).await.unwrap();
        let hub = callboard_server::Hub::new(
            ledger.clone(),
            Arc::new(ManualClock::new(now())),
            AddressGuard::default(),
            Arc::new(Nowhere),
            URL.to_owned(),
            IdMint::new(1, 0),
        );
        Self { routes: routes(hub), ledger, mint: Mutex::new(IdMint::new(2, 0)), _data: data }
    }

    /// Asks a URL of this hub, or a path.
    pub async fn ask(&self, method: &str, url: &str, auth: Option<&str>, body: &Value) -> Answer {
        let mut request = Request::builder().method(method).uri(url.strip_prefix(URL).unwrap_or(url));
        if let Some(auth) = auth {
            request = request.header("authorization", auth);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.send(request.header("content-type", "application/json").body(body).unwrap()).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.routes.clone().call(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 16 * 1024 * 1024).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status, headers, body, bytes }
    }

    pub fn mint<I: Identifier>(&self) -> I {
        self.mint.lock().unwrap().mint(now())
    }

    /// Carries commands out for a company.
    pub async fn carry_out(&self, company: u64, commands: Vec<Command>) {
        let asker = Asker { company: CompanyId::from_raw(company), at: now(), expected: None };
        let asking = Asking { asker, commands, blobs: Vec::new(), remember: None };
        self.ledger.command(asking).await.unwrap();
    }

    /// A user with this e-mail address.
    pub async fn user(&self, company: u64, email: &str) -> UserId {
        let id = self.mint();
        let told = UserTold { email: Some(email.to_owned()), ..UserTold::default() };
        self.carry_out(company, vec![Command::User(id, UserCommand::Create(facts(told)))]).await;
        id
    }

    /// A job.
    pub async fn job(&self, company: u64, title: &str) -> JobId {
        let id = self.mint();
        let told = JobTold { title: Some(title.to_owned()), ..JobTold::default() };
        self.carry_out(company, vec![Command::Job(id, JobCommand::Create(facts(told)))]).await;
        id
    }

    /// A candidate who applies for a job.
    pub async fn applicant(&self, company: u64, job: Option<JobId>, email: &str) -> ApplicationId {
        let (id, candidate) = (self.mint(), self.mint());
        let told = CandidateTold { email: Some(email.to_owned()), ..CandidateTold::default() };
        let create = CandidateCommand::Create(facts(told));
        let apply = ApplicationCommand::Create { candidate, job, facts: Facts::default() };
        self.carry_out(company, vec![Command::Candidate(candidate, create), Command::Application(id, apply)])
            .await;
        id
    }

    /// An interview at nine, for an application or for none.
    pub async fn interview(&self, company: u64, application: Option<ApplicationId>) -> InterviewId {
        let id = self.mint();
        let told = InterviewTold {
            title: Some("Call".to_owned()),
            start: Some("2026-03-02T09:00:00Z".parse().unwrap()),
            ..InterviewTold::default()
        };
        let create = InterviewCommand::Create { application, facts: facts(told) };
        self.carry_out(company, vec![Command::Interview(id, create)]).await;
        id
    }

    /// A reviewer's score of an interview.
    pub async fn score(
        &self,
        company: u64,
        interview: InterviewId,
        reviewer: UserId,
        points: i64,
    ) -> FeedbackId {
        let id = self.mint();
        let assign = FeedbackCommand::Assign { interview, reviewer, creator: None, facts: Facts::default() };
        let told = FeedbackTold { score: Some(Score::from_points(points)), ..FeedbackTold::default() };
        let submit = FeedbackCommand::Submit(facts(told));
        self.carry_out(company, vec![Command::Feedback(id, assign), Command::Feedback(id, submit)]).await;
        id
    }

    /// Feedback of a reviewer that is wanted on a whole application, with this form.
    pub async fn wanted(
        &self,
        company: u64,
        application: ApplicationId,
        reviewer: UserId,
        form: &str,
    ) -> FeedbackId {
        let id = self.mint();
        let form = Named { id: Some(form.to_owned()), name: None };
        let told = FeedbackTold { form: Some(form), ..FeedbackTold::default() };
        let request = FeedbackCommand::Request { application, reviewer, creator: None, facts: facts(told) };
        self.carry_out(company, vec![Command::Feedback(id, request)]).await;
        id
    }

    /// A question, an answer to it, and a note on that answer.
    pub async fn recording(
        &self,
        company: u64,
        job: JobId,
        interview: InterviewId,
        author: UserId,
    ) -> NoteId {
        let (question, video, note) = (self.mint(), self.mint(), self.mint());
        let asked = QuestionTold { text: Some("Who are you?".to_owned()), ..QuestionTold::default() };
        let url = Some("https://video.example/1".to_owned());
        let recorded = AnswerVideoTold { url, ..AnswerVideoTold::default() };
        let said = NoteTold { text: Some("Call back".to_owned()), ..NoteTold::default() };
        let record = AnswerVideoCommand::Create {
            interview: Some(interview),
            application: None,
            question: Some(question),
            facts: facts(recorded),
        };
        let place = NotePlace { answer_video: Some(video), author: Some(author), ..NotePlace::default() };
        self.carry_out(
            company,
            vec![
                Command::Question(question, QuestionCommand::Create { job, facts: facts(asked) }),
                Command::AnswerVideo(video, record),
                Command::Note(note, NoteCommand::Create { place, facts: facts(said) }),
            ],
        )
        .await;
        note
    }
}

/// Facts to set, and nothing else.
pub fn facts<T>(told: T) -> Facts<T> {
    Facts { external_ids: std::collections::BTreeMap::new(), told, clear: Vec::new() }
}
