//! Lists of things: what they can be asked by, and a page of what matches.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::marker::PhantomData;

use axum::Json;
use callboard_core::{ApplicationId, CandidateId, InterviewId, JobId, Kind, Name, Timestamp};
use callboard_dialects::DIALECTS;
use callboard_ledger::ThingFilter;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::belonging::{Belonging, page_of};
use super::noun::{Noun, Shown};
use crate::auth::Caller;
use crate::hub::Hub;
use crate::limits::{FILTER_BYTES, FILTER_STATES, PAGE_ITEMS};
use crate::listing::{List, Paging, between};
use crate::problem::{Problem, codes};

/// What every list can be asked by.
const COMMON: [&str; 6] = ["limit", "cursor", "external_id", "since", "until", "deleted"];

/// What a list of this noun is asked by.
pub(super) struct Filter<N> {
    limit: Option<usize>,
    cursor: Option<String>,
    external_id: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    deleted: bool,
    states: Vec<String>,
    email: Option<String>,
    pub(super) of: Belonging,
    noun: PhantomData<fn() -> N>,
}

impl<N> Default for Filter<N> {
    fn default() -> Self {
        Self {
            limit: None,
            cursor: None,
            external_id: None,
            since: None,
            until: None,
            deleted: false,
            states: Vec::new(),
            email: None,
            of: Belonging::default(),
            noun: PhantomData,
        }
    }
}

impl<'de, N: Noun> Deserialize<'de> for Filter<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&parameters(N::FILTERS), deserializer)
    }
}

/// What a list of what belongs to one thing, which the address names, is asked by.
pub(super) struct OfOne<N>(pub(super) Filter<N>);

/// What goes with an address that names what the things belong to.
const OF_ONE: &[&str] = &["state"];

impl<'de, N: Noun> Deserialize<'de> for OfOne<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Filter::read(&parameters_of_one::<N>(), deserializer).map(Self)
    }
}

fn parameters(own: &[&'static str]) -> Vec<&'static str> {
    COMMON.iter().chain(own).copied().collect()
}

fn parameters_of_one<N: Noun>() -> Vec<&'static str> {
    let own: Vec<&'static str> = N::FILTERS.iter().copied().filter(|name| OF_ONE.contains(name)).collect();
    parameters(&own)
}

impl<N> Filter<N> {
    fn read<'de, D: Deserializer<'de>>(known: &[&str], deserializer: D) -> Result<Self, D::Error> {
        let mut filter = Self::default();
        let mut seen = BTreeSet::new();
        for (name, value) in Vec::<(String, String)>::deserialize(deserializer)? {
            if !known.contains(&name.as_str()) {
                let shown: String = name.chars().take(FILTER_BYTES).collect();
                let known = known.join(", ");
                return Err(D::Error::custom(format!("unknown parameter `{shown}`; there are {known}")));
            }
            if name != "state" && !seen.insert(name.clone()) {
                return Err(D::Error::custom(format!("`{name}` is given twice")));
            }
            filter.take(&name, value).map_err(|error| D::Error::custom(format!("{name}: {error}")))?;
        }
        Ok(filter)
    }

    fn take(&mut self, name: &str, value: String) -> Result<(), String> {
        fn read<T: std::str::FromStr<Err: ToString>>(value: &str) -> Result<Option<T>, String> {
            value.parse().map(Some).map_err(|error: T::Err| error.to_string())
        }
        match name {
            "limit" => self.limit = read(&value)?,
            "cursor" => self.cursor = Some(value),
            "external_id" => self.external_id = Some(value),
            "since" => self.since = Some(moment(&value)?),
            "until" => self.until = Some(moment(&value)?),
            "deleted" => self.deleted = value.parse().map_err(|_| "it is true or false".to_owned())?,
            "email" if value.len() <= FILTER_BYTES => self.email = Some(value),
            "email" => return Err(format!("it has at most {FILTER_BYTES} bytes")),
            "candidate" => self.of.candidate = read(&value)?,
            "job" => self.of.job = read(&value)?,
            "application" => self.of.application = read(&value)?,
            "interview" => self.of.interview = read(&value)?,
            _ => {
                self.states.extend(value.split(',').map(|state| state.trim().to_owned()));
                if self.states.len() > FILTER_STATES || self.states.iter().any(|it| it.len() > FILTER_BYTES) {
                    return Err(format!("at most {FILTER_STATES} states can be asked for"));
                }
            }
        }
        Ok(())
    }
}

/// A `+` that was not written as `%2B` arrives as a blank.
fn moment(value: &str) -> Result<Timestamp, String> {
    let text = value.replace(' ', "+");
    text.parse()
        .or_else(|_| value.parse())
        .map_err(|_| "it is a time as in RFC 3339: `2026-12-01T14:00:00Z`".to_owned())
}

impl<N: Noun> JsonSchema for Filter<N> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}Filter", N::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        describe_all(&parameters(N::FILTERS), generator)
    }
}

impl<N: Noun> JsonSchema for OfOne<N> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("{}OfOneFilter", N::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        describe_all(&parameters_of_one::<N>(), generator)
    }
}

fn describe_all(names: &[&str], generator: &mut SchemaGenerator) -> Schema {
    let described = names.iter().map(|name| ((*name).to_owned(), describe(name, generator)));
    let properties: Map<String, Value> = described.collect();
    json_schema!({ "type": "object", "properties": properties })
}

fn describe(name: &str, generator: &mut SchemaGenerator) -> Value {
    let moment = |meaning: &str| json!({ "type": "string", "format": "date-time", "description": meaning });
    match name {
        "limit" => json!({
            "type": "integer", "minimum": 1, "maximum": PAGE_ITEMS,
            "description": "The most items on the page; 50 if nothing else is said.",
        }),
        "cursor" => json!({ "type": "string", "description": "`next` of the page before." }),
        "external_id" => json!({
            "type": "string", "minLength": 1, "maxLength": FILTER_BYTES,
            "description": "What a platform or another program calls it: `ats:4711`. Without the platform, what any of the \
                company's sources or a platform that is known here calls it.",
        }),
        "since" => moment("Made then or later."),
        "until" => moment("Made before then."),
        "deleted" => json!({ "type": "boolean", "description": "Also those that have been removed." }),
        "state" => json!({
            "type": "string", "maxLength": FILTER_BYTES,
            "description": "In one of these states; several with commas between, or the parameter more than once.",
        }),
        "email" => {
            json!({ "type": "string", "maxLength": FILTER_BYTES, "description": "With this e-mail address." })
        }
        "candidate" => with_meaning(generator.subschema_for::<CandidateId>(), "Of this candidate."),
        "job" => with_meaning(generator.subschema_for::<JobId>(), "For this job."),
        "application" => with_meaning(generator.subschema_for::<ApplicationId>(), "Of this application."),
        _ => with_meaning(generator.subschema_for::<InterviewId>(), "Of this interview."),
    }
}

fn with_meaning(mut schema: Schema, meaning: &str) -> Value {
    schema.insert("description".to_owned(), meaning.into());
    schema.to_value()
}

/// A page of what matches. Where so much did not match that looking on was put off, the page is short and has a next one
/// all the same.
pub(super) async fn listed<N: Noun>(
    hub: &Hub,
    caller: Caller,
    asked: Filter<N>,
) -> Result<Json<List<Shown<N>>>, Problem> {
    let page = Paging::new(asked.limit, asked.cursor).page::<N::Id>()?;
    let page = between(page, asked.since, asked.until);
    let mut filter = ThingFilter::all(caller.company, N::KIND);
    filter.removed = asked.deleted;
    filter.states = Some(asked.states).filter(|states| !states.is_empty());
    let external_id = asked.external_id.map(checked).transpose()?;
    let names = external_id.map(|id| names_of(hub, caller, N::KIND, &id));
    let email = asked.email.map(|email| vec![Name::email(N::KIND, caller.company, &email)]);
    let sought = [names, email].into_iter().flatten().collect();
    let read = hub.ledger.read(move |reader| page_of(reader, filter, sought, &asked.of, page));
    let found = read.await?.map_err(|missing| Problem::not_found(&missing))?;
    Ok(List::going_on::<N::Id>(found.items.iter().map(Shown::of).collect(), found.next))
}

fn checked(external_id: String) -> Result<String, Problem> {
    if external_id.is_empty() || external_id.len() > FILTER_BYTES {
        let detail = format!("`external_id` has 1 to {FILTER_BYTES} bytes");
        return Err(Problem::new(codes::BAD_EXTERNAL_ID, detail));
    }
    Ok(external_id)
}

/// The names by which a thing with this external id may be known.
pub(in crate::api) fn names_of(hub: &Hub, caller: Caller, kind: Kind, text: &str) -> Vec<Name> {
    let directory = hub.ledger.directory();
    let sources: Vec<_> = directory.sources().filter(|source| source.company == caller.company).collect();
    let mut names = Vec::new();
    if let Some((platform, value)) = text.split_once(':') {
        names.push(Name::given(kind, caller.company, platform, value));
        let theirs = sources.iter().filter(|source| source.platform == platform);
        names.extend(theirs.map(|source| Name::external(kind, source.id, value)));
    }
    names.extend(sources.iter().map(|source| Name::external(kind, source.id, text)));
    let platforms = DIALECTS.iter().map(|dialect| dialect.name());
    names.extend(platforms.map(|platform| Name::given(kind, caller.company, platform, text)));
    names
}
