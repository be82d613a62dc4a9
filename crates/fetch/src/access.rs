//! Calls to a platform's API: authorised, to the configured address and nowhere else, within limits.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use callboard_core::{Sealed, Source, SourceId};
use callboard_dialects::{BaseUrl, Fetching, Pass, dialect};
use callboard_outbox::{Answer, Clock, SendError, Sender, Shipment};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderName, HeaderValue, Uri};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::limits::FetchLimits;
use crate::slots::{Pace, Paces};
use crate::verdict::{Trouble, readable};

/// What the calls say they come from.
const AGENT: &str = concat!("Callboard/", env!("CARGO_PKG_VERSION"));
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// A password that the platform does not take may be put right; a token that it refuses is renewed at once.
const UNAUTHORIZED: u16 = 401;

/// An account at a platform whose API may be asked.
pub(crate) struct Account {
    pub source: Arc<Source>,
    pub fetching: &'static dyn Fetching,
    base: BaseUrl,
    credentials: Sealed,
}

impl Account {
    /// The account of a source, if what it points at is to be fetched.
    pub fn of(source: &Arc<Source>) -> Option<Self> {
        let fetch = source.fetch.as_ref()?;
        let fetching = dialect(&source.platform)?.fetching()?;
        let base = BaseUrl::parse(&fetch.base_url).ok()?;
        let credentials = fetching.credentials(Some(&fetch.credentials.0), &source.credentials.0).ok()?;
        Some(Self { source: Arc::clone(source), fetching, base, credentials: Sealed(credentials) })
    }

    /// Where a resource is; nowhere but below the configured address.
    pub fn url(&self, resource: &str) -> Option<Uri> {
        self.at(&self.fetching.path(resource)?)
    }

    fn at(&self, path: &str) -> Option<Uri> {
        Uri::try_from(self.base.below(path)?.as_str()).ok()
    }
}

/// What is shown to a platform, and whether it is kept for other calls.
struct Shown {
    value: HeaderValue,
    is_kept: bool,
}

/// What a login came to, and which login that was.
struct Login {
    of: [u8; 32],
    came_to: Result<HeaderValue, Trouble>,
}

/// Where logins of one source happen one at a time: whoever needs one meanwhile waits for it instead of making another, and takes
/// what it came to.
#[derive(Default)]
struct Counter {
    /// How many logins are over.
    over: AtomicU64,
    last: tokio::sync::Mutex<Option<Login>>,
}

/// Calls platforms.
pub(crate) struct Access {
    sender: Sender,
    clock: Arc<dyn Clock>,
    answer_bytes: usize,
    prompt: Duration,
    counters: Mutex<FxHashMap<SourceId, Arc<Counter>>>,
    paces: Paces,
    random: Mutex<StdRng>,
}

impl Access {
    pub fn new(sender: Sender, clock: Arc<dyn Clock>, limits: &FetchLimits, seed: u64) -> Self {
        Self {
            sender,
            clock,
            answer_bytes: limits.answer_bytes,
            prompt: limits.prompt,
            counters: Mutex::new(FxHashMap::default()),
            paces: Paces::default(),
            random: Mutex::new(StdRng::seed_from_u64(seed)),
        }
    }

    /// Asks for a resource.
    pub async fn get(&self, account: &Account, url: &Uri) -> Result<Answer, Trouble> {
        let shown = self.authorization(account, None).await?;
        let mut answer = self.ask(account, url, shown.value.clone()).await?;
        if answer.status == UNAUTHORIZED && shown.is_kept {
            let renewed = self.authorization(account, Some(&shown.value)).await?;
            answer = self.ask(account, url, renewed.value).await?;
        }
        readable(answer, self.clock.now(), self.answer_bytes)
    }

    /// A random number in [-1, 1).
    pub fn jitter(&self) -> f64 {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).random_range(-1.0..1.0)
    }

    /// How a source's platform answered the last call.
    pub fn pace(&self, source: SourceId) -> Pace {
        self.paces.of(source)
    }

    /// Forgets the logins of sources that are gone, and how their platforms answered.
    pub fn forget(&self, is_there: impl Fn(SourceId) -> bool) {
        self.paces.forget(&is_there);
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).retain(|source, _| is_there(*source));
    }

    async fn ask(&self, account: &Account, url: &Uri, authorization: HeaderValue) -> Result<Answer, Trouble> {
        let headers = headers([(ACCEPT, JSON), (AUTHORIZATION, authorization)]);
        let answer = self.timed(account, self.sender.ask(url.clone(), headers)).await;
        answer.map_err(|error| Trouble::later(error.to_string()))
    }

    /// Waits for an answer, and notes how long that took.
    async fn timed(
        &self,
        account: &Account,
        call: impl Future<Output = Result<Answer, SendError>>,
    ) -> Result<Answer, SendError> {
        let began = Instant::now();
        let answer = call.await;
        let pace = match &answer {
            Err(SendError::Timeout { .. }) => Pace::Silent,
            _ if began.elapsed() < self.prompt => Pace::Prompt,
            Err(_) => Pace::Silent,
            Ok(_) => Pace::Slow,
        };
        self.paces.note(account.source.id, pace);
        answer
    }

    /// What authorises a call: another one than what was refused, if something was.
    async fn authorization(
        &self,
        account: &Account,
        refused: Option<&HeaderValue>,
    ) -> Result<Shown, Trouble> {
        let mut random = [0; 16];
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut random);
        let pass = account.fetching.pass(&account.credentials.0, self.clock.now(), random);
        match pass.map_err(|error| Trouble::later(error.to_string()))? {
            Pass::Once(authorization) => Ok(Shown { value: secret(&authorization)?, is_kept: false }),
            Pass::Login { path, body } => {
                let value = self.ticket(account, path, body, refused).await?;
                Ok(Shown { value, is_kept: true })
            }
        }
    }

    async fn ticket(
        &self,
        account: &Account,
        path: &str,
        body: Vec<u8>,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Trouble> {
        let of: [u8; 32] = Sha256::digest([account.base.to_string().as_bytes(), &body].concat()).into();
        let counter = self.counter(account.source.id);
        let over_before = counter.over.load(Ordering::Relaxed);
        let mut last = counter.last.lock().await;
        let has_waited = counter.over.load(Ordering::Relaxed) != over_before;
        match last.as_ref().filter(|login| login.of == of).map(|login| &login.came_to) {
            Some(Ok(ticket)) if Some(ticket) != refused => return Ok(ticket.clone()),
            Some(Err(trouble)) if has_waited => return Err(trouble.clone()),
            _ => *last = None,
        }
        let came_to = self.log_in(account, path, body).await;
        *last = Some(Login { of, came_to: came_to.clone() });
        counter.over.fetch_add(1, Ordering::Relaxed);
        came_to
    }

    async fn log_in(&self, account: &Account, path: &str, body: Vec<u8>) -> Result<HeaderValue, Trouble> {
        let url = account.at(path).ok_or_else(|| Trouble::later("there is no address to log in at"))?;
        let headers = headers([(ACCEPT, JSON), (CONTENT_TYPE, JSON)]);
        let shipment = Shipment { url: url.into(), headers, body: Bytes::from(body) };
        let answer = self.timed(account, self.sender.send(shipment)).await;
        let answer = answer.map_err(|error| Trouble::later(format!("login: {error}")))?;
        // A platform without a login at this address is one that is set up wrongly, and that can be put right.
        let answer = match readable(answer, self.clock.now(), self.answer_bytes) {
            Ok(answer) => answer,
            Err(Trouble::Never { error, .. }) => return Err(Trouble::later(format!("login: {error}"))),
            Err(Trouble::Later { error, wait }) => {
                return Err(Trouble::Later { error: format!("login: {error}"), wait });
            }
        };
        let ticket = account.fetching.ticket(&answer.body);
        secret(&ticket.map_err(|unreadable| Trouble::later(unreadable.to_string()))?)
    }

    fn counter(&self, source: SourceId) -> Arc<Counter> {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(counters.entry(source).or_default())
    }
}

fn headers(own: [(HeaderName, HeaderValue); 2]) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers = Vec::from(own);
    headers.push((USER_AGENT, HeaderValue::from_static(AGENT)));
    headers
}

/// A header's value that is not written to logs.
fn secret(value: &str) -> Result<HeaderValue, Trouble> {
    let mut header = HeaderValue::from_str(value)
        .map_err(|_| Trouble::later("what is to be shown to the platform is no header"))?;
    header.set_sensitive(true);
    Ok(header)
}
