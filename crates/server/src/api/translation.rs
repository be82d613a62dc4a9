//! What a body says, by whichever platform's way it can be read, and how that reads in every dialect.

use std::cmp::Reverse;

use callboard_core::{
    CompanyId, Event, IdMint, MAX_REVIEWERS, Observation, Source, SourceId, Teller, Timestamp, World, decide,
};
use callboard_dialects::{DIALECTS, Dialect, Recipient};
use callboard_outbox::render;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::endpoint_form::DialectName;
use super::events::Native;
use super::request_view::{NO_WORD, SOMEWHERE};
use crate::host_links;
use crate::limits::{DETAIL_BYTES, TRANSLATED_BYTES, TRANSLATED_EVENTS};

/// A body as one platform's way of speaking has it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Understood {
    #[schemars(with = "DialectName")]
    platform: &'static str,
    /// The platform's own word for it.
    label: String,
    /// What would come of it if nothing were known yet, in order. Ids of ours in it are made up.
    events: Vec<Translated>,
    /// How many more events would come of it than are listed, since the answer would be too long. Left out if none would.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default)]
    left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// An event, and how it reads in each dialect.
#[derive(Serialize, JsonSchema)]
struct Translated {
    /// Its native form, with host links hidden.
    #[schemars(with = "Native")]
    event: Box<RawValue>,
    readings: Vec<InDialect>,
}

/// How an event reads in a dialect.
#[derive(Serialize, JsonSchema)]
struct InDialect {
    #[schemars(with = "DialectName")]
    dialect: &'static str,
    /// What is sent; null where the dialect has no word for the event.
    body: Option<String>,
    /// Where the dialect tells the event in several requests: what the others say. Left out if there is one only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    further_bodies: Vec<String>,
    /// Why there is no body. Left out if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

/// Why a body is no webhook of a platform's.
#[derive(Serialize, JsonSchema)]
pub(crate) struct NotUnderstood {
    #[schemars(with = "DialectName")]
    platform: &'static str,
    reason: String,
}

/// Who asks for a translation, and where and when.
pub(super) struct Desk<'a> {
    pub(super) company: CompanyId,
    /// The account that the body may have come from.
    pub(super) source: Option<&'a Source>,
    pub(super) public_url: &'a str,
    pub(super) now: Timestamp,
}

impl Desk<'_> {
    /// What a body says by each platform's way, the likeliest first, and why it says nothing by the others'.
    pub(super) fn translate(&self, body: &[u8]) -> (Vec<Understood>, Vec<NotUnderstood>) {
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for dialect in DIALECTS {
            match self.read(dialect, body) {
                Ok((label, events)) => read.push((dialect, label, events)),
                Err(reason) => unread.push(NotUnderstood { platform: dialect.name(), reason }),
            }
        }
        // The open forms stand first among the dialects, and read what is somebody's own as well.
        read.reverse();
        read.sort_by_key(|(dialect, _, events)| Reverse((self.is_of(*dialect), events.len())));
        let mut room = TRANSLATED_BYTES;
        let understood = read.into_iter().map(|(dialect, label, events)| {
            let translated = self.in_every_dialect(&events, &mut room);
            let left_out = events.len() - translated.len();
            Understood { platform: dialect.name(), label, events: translated, left_out }
        });
        (understood.collect(), unread)
    }

    fn is_of(&self, dialect: &dyn Dialect) -> bool {
        self.source.is_some_and(|source| source.platform == dialect.name())
    }

    /// The platform's word for what a body says, and the events that would come of it.
    fn read(&self, dialect: &dyn Dialect, body: &[u8]) -> Result<(String, Vec<Event>), String> {
        let reading = dialect.parse(body).map_err(|unreadable| shortened(&unreadable.0))?;
        let label = shortened(&reading.label);
        if reading.observations.is_empty() {
            return Err(format!("it says `{label}`, of which nothing comes"));
        }
        // Each has feedback, which all others are compared with: deciding it would take its time.
        if reading.observations.iter().any(|told| told.scores() > MAX_REVIEWERS) {
            return Err(format!("it lists more than {MAX_REVIEWERS} reviewers, too many to be shown"));
        }
        Ok((label, self.decided(dialect, &reading.observations)))
    }

    /// What comes of these observations where nothing is known.
    fn decided(&self, dialect: &dyn Dialect, told: &[Observation]) -> Vec<Event> {
        let mut mint = IdMint::new(0, 0);
        let known = self.source.filter(|_| self.is_of(dialect)).map(|source| source.id);
        let source: SourceId = known.unwrap_or_else(|| mint.mint(self.now));
        let teller = Teller {
            company: self.company,
            source: Some(source),
            platform: dialect.name(),
            received_at: self.now,
        };
        let mut world = World::default();
        let mut events = Vec::new();
        for observation in told {
            let decision = decide(&world, observation, &teller, &mut mint);
            world.apply(&decision);
            events.extend(decision.events);
        }
        events
    }

    /// As many of the events as there is room for, in bytes; the first one in any case.
    fn in_every_dialect(&self, events: &[Event], room: &mut usize) -> Vec<Translated> {
        let mut translated = Vec::new();
        for event in events.iter().take(TRANSLATED_EVENTS) {
            let next = self.translated(event);
            let fits = next.bytes() <= *room;
            if !fits && !translated.is_empty() {
                break;
            }
            *room = room.saturating_sub(next.bytes());
            translated.push(next);
        }
        translated
    }

    fn translated(&self, event: &Event) -> Translated {
        let native = serde_json::to_string(event).expect("events have text keys only");
        let event_shown = RawValue::from_string(host_links::hide(&native).into_owned())
            .expect("JSON with another text for a text is JSON");
        let to = Recipient { url: SOMEWHERE, public_url: self.public_url };
        let reading = |dialect: &&'static dyn Dialect| {
            let bodies = render(*dialect, event, &to);
            let mut texts =
                bodies.iter().map(|it| host_links::hide(&String::from_utf8_lossy(it)).into_owned());
            let body = texts.next();
            let reason = body.is_none().then_some(NO_WORD);
            InDialect { dialect: dialect.name(), body, further_bodies: texts.collect(), reason }
        };
        Translated { event: event_shown, readings: DIALECTS.iter().map(reading).collect() }
    }
}

impl Translated {
    fn bytes(&self) -> usize {
        let of = |it: &InDialect| it.body.iter().chain(&it.further_bodies).map(String::len).sum::<usize>();
        self.event.get().len() + self.readings.iter().map(of).sum::<usize>()
    }
}

/// What a body says of itself may be as long as the body.
fn shortened(text: &str) -> String {
    let end = (0..=DETAIL_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    if text.len() <= DETAIL_BYTES { text.to_owned() } else { format!("{}…", &text[..end]) }
}
