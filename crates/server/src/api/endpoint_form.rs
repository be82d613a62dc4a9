//! What people fill in for an endpoint, checked field by field.

use std::borrow::Cow;
use std::time::Duration;

use callboard_core::{Endpoint, EventType, Ordering, RateLimit, Sealed, SourceId, Timestamp};
use callboard_dialects::{Role, dialect};
use callboard_ledger::Directory;
use callboard_outbox::{AddressGuard, RetrySchedule, parse_delay};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::body::{as_usual, taken_away};
use super::text::{TEXT, check_count, check_credentials, check_text};
use crate::keys::new_secret_bytes;
use crate::problem::{Problem, codes};

/// How long a failing delivery holds back its interview's later ones unless something else is asked for: longer than
/// the default schedule lasts, so that order is given up for no one who did not say so.
pub(crate) const HOLD_FOR: Duration = Duration::from_secs(4 * 24 * 60 * 60);
/// The most attempts a second that a rate limit can name.
const MOST_PER_SECOND: f64 = 100_000.0;

/// An endpoint as it is asked for. In a change, what is left out stays as it is.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointForm {
    /// Where to. `https`, unless the hub allows otherwise.
    #[serde(default, deserialize_with = "as_usual")]
    #[schemars(with = "String")]
    url: Option<String>,
    /// In whose words.
    #[serde(default, deserialize_with = "as_usual")]
    #[schemars(with = "DialectName")]
    dialect: Option<String>,
    /// Which events: names, or the beginning of some with a `*` (`interview.*`). Empty means all.
    #[serde(default, deserialize_with = "as_usual")]
    #[schemars(length(max = 1000))]
    events: Option<Vec<String>>,
    /// From which sources. Empty means all, and what was asked for through the API.
    #[serde(default, deserialize_with = "as_usual")]
    #[schemars(length(max = 1000))]
    sources: Option<Vec<SourceId>>,
    /// What is signed with, in the shape that the dialect wants. A secret that is not given is made.
    credentials: Option<Value>,
    /// In what order.
    #[serde(default, deserialize_with = "as_usual")]
    ordering: Option<Ordering>,
    /// How long a delivery that keeps failing may hold back later ones of its interview, such as `1h`; null for four days.
    #[serde(default, deserialize_with = "taken_away")]
    #[schemars(with = "Option<String>", regex(pattern = r"^[0-9]+[smhd]$"))]
    #[expect(clippy::option_option, reason = "left out, null and given are three things")]
    hold_for: Option<Option<String>>,
    /// When it is tried again; null for the usual times.
    #[serde(default, deserialize_with = "as_usual")]
    retry: Option<RetryForm>,
    /// How often it is called at the most; null for as often as there is something to tell.
    #[serde(default, deserialize_with = "taken_away")]
    #[schemars(with = "Option<RateLimit>")]
    #[expect(clippy::option_option, reason = "left out, null and given are three things")]
    rate_limit: Option<Option<RateLimit>>,
    /// What people say about it.
    #[serde(default, deserialize_with = "as_usual")]
    #[schemars(length(max = 1000), regex(pattern = TEXT))]
    description: Option<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RetryForm {
    /// The waits between attempts, such as `5s` and `30m`.
    #[schemars(length(max = 20), inner(regex(pattern = r"^[0-9]+[smhd]$")))]
    schedule: Vec<String>,
}

/// An endpoint to be made: where to, and in whose words, has to be said.
pub(crate) struct NewEndpoint(pub(crate) EndpointForm);

impl<'de> Deserialize<'de> for NewEndpoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = EndpointForm::deserialize(deserializer)?;
        match (&form.url, &form.dialect) {
            (Some(_), Some(_)) => Ok(Self(form)),
            _ => Err(D::Error::custom("`url` and `dialect` are needed")),
        }
    }
}

impl JsonSchema for NewEndpoint {
    fn schema_name() -> Cow<'static, str> {
        "NewEndpoint".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = EndpointForm::json_schema(generator);
        schema.insert("required".to_owned(), json!(["url", "dialect"]));
        let dialect = generator.subschema_for::<DialectName>();
        if let Some(properties) = schema.get_mut("properties") {
            properties["url"] = json!({ "type": "string", "description": properties["url"]["description"] });
            properties["dialect"] = dialect.to_value();
        }
        schema
    }
}

/// The name of a dialect, which is a row in the table of dialects.
pub(crate) struct DialectName;

impl JsonSchema for DialectName {
    fn schema_name() -> Cow<'static, str> {
        "Dialect".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let known: Vec<&str> = callboard_dialects::DIALECTS.iter().map(|dialect| dialect.name()).collect();
        json_schema!({ "type": "string", "enum": known })
    }
}

impl EndpointForm {
    /// A form in which only this is filled in.
    pub(super) fn of(url: Option<String>, dialect: String, credentials: Option<Value>) -> Self {
        Self { url, dialect: Some(dialect), credentials, ..Self::default() }
    }

    /// The new URL, if there is one and it is such that an endpoint may have it.
    pub(crate) fn new_url(&self, guard: &AddressGuard) -> Result<Option<String>, Problem> {
        self.url.as_deref().map(|url| check_url(guard, url)).transpose()
    }

    /// Fills the form into an endpoint.
    pub(crate) fn fill(
        self,
        endpoint: &mut Endpoint,
        guard: &AddressGuard,
        directory: &Directory,
        now: Timestamp,
    ) -> Result<(), Problem> {
        if let Some(url) = self.url {
            let url = check_url(guard, &url)?;
            if url != endpoint.url {
                (endpoint.failing_since, endpoint.told_since) = (None, Some(now));
                endpoint.url = url;
            }
        }
        let new_dialect = self.dialect.is_some();
        if let Some(name) = self.dialect {
            endpoint.dialect = name;
        }
        if let Some(patterns) = self.events {
            check_count("events", &patterns)?;
            patterns.iter().try_for_each(|pattern| check_pattern(pattern))?;
            endpoint.events = patterns;
        }
        if let Some(sources) = self.sources {
            check_count("sources", &sources)?;
            let mine = |id: &SourceId| directory.source(*id).is_some_and(|it| it.company == endpoint.company);
            if let Some(unknown) = sources.iter().find(|id| !mine(id)) {
                return Err(Problem::new(codes::UNKNOWN_SOURCE, format!("there is no source {unknown}")));
            }
            endpoint.sources = sources;
        }
        if new_dialect || self.credentials.is_some() {
            endpoint.credentials = Sealed(credentials(&endpoint.dialect, self.credentials.as_ref())?);
            endpoint.rotated = None;
        }
        if let Some(ordering) = self.ordering {
            endpoint.ordering = ordering;
        }
        if let Some(hold_for) = self.hold_for {
            endpoint.hold_for = match hold_for {
                Some(delay) => parse_delay(&delay)
                    .map_err(|error| Problem::new(codes::BAD_HOLD_FOR, error.to_string()))?,
                None => HOLD_FOR,
            };
        }
        if let Some(RetryForm { schedule }) = self.retry {
            RetrySchedule::parse(&schedule)
                .map_err(|error| Problem::new(codes::BAD_RETRY, error.to_string()))?;
            endpoint.retry = schedule;
        }
        if let Some(limit) = self.rate_limit {
            if limit.is_some_and(|it| !(it.per_second > 0.0 && it.per_second <= MOST_PER_SECOND)) {
                let detail = format!("`per_second` is a number above 0 and up to {MOST_PER_SECOND}");
                return Err(Problem::new(codes::BAD_RATE_LIMIT, detail));
            }
            endpoint.rate_limit = limit;
        }
        if let Some(description) = self.description {
            check_text("description", &description)?;
            endpoint.description = description;
        }
        Ok(())
    }
}

fn check_url(guard: &AddressGuard, url: &str) -> Result<String, Problem> {
    let checked =
        guard.check_url(url).map_err(|refusal| Problem::new(codes::BAD_URL, refusal.to_string()))?;
    Ok(checked.to_string())
}

pub(super) fn credentials(name: &str, given: Option<&Value>) -> Result<Value, Problem> {
    check_credentials(given)?;
    let dialect = dialect(name).ok_or_else(|| {
        let known: Vec<&str> = callboard_dialects::DIALECTS.iter().map(|dialect| dialect.name()).collect();
        Problem::new(codes::UNKNOWN_DIALECT, format!("`dialect` is one of {}", known.join(", ")))
    })?;
    dialect
        .credentials(given, Role::Endpoint, &mut new_secret_bytes)
        .and_then(|credentials| dialect.signer(&credentials).map(|_| credentials))
        .map_err(|error| Problem::new(codes::BAD_CREDENTIALS, error.to_string()))
}

pub(crate) fn check_pattern(pattern: &str) -> Result<(), Problem> {
    let known = match pattern.strip_suffix('*') {
        Some(prefix) => EventType::KNOWN.iter().any(|kind| kind.as_str().starts_with(prefix)),
        None => EventType::KNOWN.iter().any(|kind| kind.as_str() == pattern),
    };
    if known {
        return Ok(());
    }
    let detail =
        format!("`{pattern}` matches no event; name one, or the beginning of some with a `*`: `interview.*`");
    Err(Problem::new(codes::UNKNOWN_EVENT, detail))
}
