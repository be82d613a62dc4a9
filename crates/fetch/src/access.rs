//! Calls to a platform's API: authorised, to the configured address and nowhere else, within limits.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use callboard_core::{Sealed, Source, SourceId};
use callboard_dialects::{BaseUrl, Fetching, Pass, dialect};
use callboard_outbox::{Answer, Clock, Sender, Shipment};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderName, HeaderValue, Uri};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

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
struct Ticket {
    of: [u8; 32],
    authorization: HeaderValue,
}

/// Where logins of one source happen one at a time: whoever needs one meanwhile waits for it instead of making another.
type Counter = Arc<tokio::sync::Mutex<Option<Ticket>>>;

/// Calls platforms.
pub(crate) struct Access {
    sender: Sender,
    clock: Arc<dyn Clock>,
    answer_bytes: usize,
    counters: Mutex<FxHashMap<SourceId, Counter>>,
    random: Mutex<StdRng>,
}

impl Access {
    pub fn new(sender: Sender, clock: Arc<dyn Clock>, answer_bytes: usize, seed: u64) -> Self {
        Self {
            sender,
            clock,
            answer_bytes,
            counters: Mutex::new(FxHashMap::default()),
            random: Mutex::new(StdRng::seed_from_u64(seed)),
        }
    }

    /// Asks for a resource.
    pub async fn get(&self, account: &Account, url: &Uri) -> Result<Answer, Trouble> {
        let shown = self.authorization(account, None).await?;
        let mut answer = self.ask(url, shown.value.clone()).await?;
        if answer.status == UNAUTHORIZED && shown.is_kept {
            let renewed = self.authorization(account, Some(&shown.value)).await?;
            answer = self.ask(url, renewed.value).await?;
        }
        readable(answer, self.clock.now(), self.answer_bytes)
    }

    /// A random number in [-1, 1).
    pub fn jitter(&self) -> f64 {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).random_range(-1.0..1.0)
    }

    /// Forgets the logins of sources that are gone.
    pub fn forget(&self, is_there: impl Fn(SourceId) -> bool) {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).retain(|source, _| is_there(*source));
    }

    async fn ask(&self, url: &Uri, authorization: HeaderValue) -> Result<Answer, Trouble> {
        let headers = headers([(ACCEPT, JSON), (AUTHORIZATION, authorization)]);
        self.sender.ask(url.clone(), headers).await.map_err(|error| Trouble::later(error.to_string()))
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
        let mut ticket = counter.lock().await;
        if let Some(known) = ticket.as_ref().filter(|it| it.of == of && Some(&it.authorization) != refused) {
            return Ok(known.authorization.clone());
        }
        *ticket = None;
        let authorization = self.log_in(account, path, body).await?;
        *ticket = Some(Ticket { of, authorization: authorization.clone() });
        Ok(authorization)
    }

    async fn log_in(&self, account: &Account, path: &str, body: Vec<u8>) -> Result<HeaderValue, Trouble> {
        let url = account.at(path).ok_or_else(|| Trouble::later("there is no address to log in at"))?;
        let headers = headers([(ACCEPT, JSON), (CONTENT_TYPE, JSON)]);
        let answer = self.sender.send(Shipment { url: url.into(), headers, body: Bytes::from(body) }).await;
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

    fn counter(&self, source: SourceId) -> Counter {
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
