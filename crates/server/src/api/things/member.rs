//! What the members of bodies may hold: a schema for each, and the check that goes with it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;

use callboard_core::{Identifier, MAX_EXTERNAL_ID_CHARS, MAX_EXTERNAL_IDS, RefusalCode, Score, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use url::Url;

use crate::limits::{
    EMAIL_BYTES, LINE_CHARS, LINK_BYTES, LONG_TEXT_CHARS, MEDIA_TYPE_BYTES, MOMENT_BYTES, ZONE_BYTES,
};
use crate::problem::{Problem, codes};
use crate::time_zone;

/// The longest name of a platform among external ids, in characters.
const PLATFORM_CHARS: usize = 64;

/// What a member may hold.
pub(super) trait Member {
    /// What it is once it is checked.
    type Fact;
    fn checked(self, member: &str) -> Result<Self::Fact, Problem>;
}

/// Something that makes no sense was given.
pub(super) fn senseless(detail: impl Into<String>) -> Problem {
    Problem::new(RefusalCode::BAD_FACT.into(), detail)
}

impl<I: Identifier> Member for I {
    type Fact = Self;

    fn checked(self, _: &str) -> Result<Self, Problem> {
        Ok(self)
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident $schema:tt;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(transparent)]
        pub(super) struct $name(pub(super) String);

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

texts! {
    /// A title or a name.
    Line {
        "type": "string", "maxLength": LINE_CHARS,
        "pattern": "^[^\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f]*$",
    };
    /// A text of many lines.
    Text {
        "type": "string", "maxLength": LONG_TEXT_CHARS,
        "pattern": "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$",
    };
    /// An e-mail address.
    Email {
        "type": "string", "maxLength": EMAIL_BYTES, "pattern": "^[!-?A-~]+@[!-?A-~]+$",
    };
    /// An address on the web.
    Link {
        "type": "string", "maxLength": LINK_BYTES, "format": "uri", "pattern": "^https?://",
    };
    /// A time zone, by its IANA name or by its name in Windows.
    Zone {
        "type": "string", "maxLength": ZONE_BYTES, "examples": ["Europe/Berlin", "W. Europe Standard Time"],
    };
    /// A moment.
    Moment {
        "type": "string", "maxLength": MOMENT_BYTES, "format": "date-time",
    };
    /// A media type.
    MediaType {
        "type": "string", "maxLength": MEDIA_TYPE_BYTES,
        "pattern": "^[0-9A-Za-z!#$&^_.+-]+/[0-9A-Za-z!#$&^_.+-]+(;[ -~]*)?$",
    };
}

fn within(member: &str, text: &str, most: usize) -> Result<(), Problem> {
    // A text with few bytes has few characters, which spares the counting.
    if text.len() <= most || text.chars().count() <= most {
        return Ok(());
    }
    Err(Problem::new(codes::TOO_LONG, format!("`{member}` has at most {most} characters")))
}

fn without_controls(member: &str, text: &str, but: &[char]) -> Result<(), Problem> {
    match text.chars().find(|it| it.is_control() && !but.contains(it)) {
        None => Ok(()),
        Some(_) => Err(Problem::new(codes::BAD_TEXT, format!("`{member}` has a control character in it"))),
    }
}

impl Member for Line {
    type Fact = String;

    fn checked(self, member: &str) -> Result<String, Problem> {
        within(member, &self.0, LINE_CHARS)?;
        without_controls(member, &self.0, &['\n'])?;
        Ok(self.0)
    }
}

impl Member for Text {
    type Fact = String;

    fn checked(self, member: &str) -> Result<String, Problem> {
        within(member, &self.0, LONG_TEXT_CHARS)?;
        without_controls(member, &self.0, &['\n', '\r', '\t'])?;
        Ok(self.0)
    }
}

impl Member for Email {
    type Fact = String;

    /// One `@` with something on either side: whether mail arrives there, only mail can tell.
    fn checked(self, member: &str) -> Result<String, Problem> {
        let email = self.0.trim();
        let is_address = email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !host.contains('@') && email.len() <= EMAIL_BYTES
        });
        if !is_address || email.chars().any(|it| it.is_whitespace() || it.is_control()) {
            let detail =
                format!("`{member}` is an e-mail address, name@host, of at most {EMAIL_BYTES} bytes");
            return Err(senseless(detail));
        }
        Ok(email.to_owned())
    }
}

impl Member for Link {
    type Fact = String;

    fn checked(self, member: &str) -> Result<String, Problem> {
        if self.0.len() > LINK_BYTES {
            return Err(Problem::new(codes::TOO_LONG, format!("`{member}` has at most {LINK_BYTES} bytes")));
        }
        let leads_there = Url::parse(&self.0).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host().is_some_and(|host| !host.to_string().is_empty())
        });
        if !leads_there || self.0.chars().any(|it| it.is_whitespace() || it.is_control()) {
            return Err(senseless(format!("`{member}` is an address that begins with https:// or http://")));
        }
        Ok(self.0)
    }
}

impl Member for Zone {
    type Fact = String;

    fn checked(self, _: &str) -> Result<String, Problem> {
        time_zone::iana_name(&self.0)
    }
}

impl Member for Moment {
    type Fact = Timestamp;

    fn checked(self, member: &str) -> Result<Timestamp, Problem> {
        let read = (self.0.len() <= MOMENT_BYTES).then(|| self.0.parse().ok()).flatten();
        read.ok_or_else(|| {
            let detail = format!("`{member}` is a time as in RFC 3339: `2026-12-01T14:00:00+01:00`");
            Problem::new(codes::BAD_TIME, detail)
        })
    }
}

impl Member for MediaType {
    type Fact = String;

    fn checked(self, member: &str) -> Result<String, Problem> {
        let (essence, parameters) = self.0.split_once(';').unwrap_or((&self.0, ""));
        let is_word = |word: &str| {
            !word.is_empty()
                && word.bytes().all(|it| it.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&it))
        };
        let is_type = essence.trim().split_once('/').is_some_and(|(kind, sub)| is_word(kind) && is_word(sub))
            && parameters.bytes().all(|it| (b' '..=b'~').contains(&it))
            && self.0.len() <= MEDIA_TYPE_BYTES;
        if is_type {
            Ok(self.0)
        } else {
            Err(senseless(format!("`{member}` is a media type: `application/pdf`")))
        }
    }
}

/// A whole number within bounds.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Whole<const LEAST: i64, const MOST: i64>(i64);

impl<const LEAST: i64, const MOST: i64> JsonSchema for Whole<LEAST, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Whole{LEAST}To{MOST}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": LEAST, "maximum": MOST })
    }
}

impl<const LEAST: i64, const MOST: i64> Member for Whole<LEAST, MOST> {
    type Fact = i64;

    fn checked(self, member: &str) -> Result<i64, Problem> {
        let fits = (LEAST..=MOST).contains(&self.0);
        fits.then_some(self.0).ok_or_else(|| senseless(format!("`{member}` goes from {LEAST} to {MOST}")))
    }
}

/// Points: within a billion either way.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Points(f64);

impl JsonSchema for Points {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Score::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Score::json_schema(generator)
    }
}

impl Member for Points {
    type Fact = Score;

    fn checked(self, member: &str) -> Result<Score, Problem> {
        Score::from_f64(self.0)
            .ok_or_else(|| senseless(format!("`{member}` is a number within a billion either way")))
    }
}

/// A word of which some have a meaning. Which those are, is the rules' business.
#[derive(Debug)]
pub(super) struct Word<T>(T);

impl<'de, T: for<'a> From<&'a str>> Deserialize<'de> for Word<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(T::from(&String::deserialize(deserializer)?)))
    }
}

impl<T: JsonSchema> JsonSchema for Word<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    /// The words that an open enumeration gives as examples are all that there are, when it is us who are told.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        if let Some(words) = schema.remove("examples") {
            schema.insert("enum".to_owned(), words);
        }
        schema
    }
}

impl<T> Member for Word<T> {
    type Fact = T;

    fn checked(self, _: &str) -> Result<T, Problem> {
        Ok(self.0)
    }
}

/// A list of so many at the most.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Several<T, const MOST: usize>(Vec<T>);

impl<T: JsonSchema, const MOST: usize> JsonSchema for Several<T, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("UpTo{MOST}{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": generator.subschema_for::<T>(), "maxItems": MOST })
    }
}

impl<T: Member, const MOST: usize> Member for Several<T, MOST> {
    type Fact = Vec<T::Fact>;

    fn checked(self, member: &str) -> Result<Self::Fact, Problem> {
        if self.0.len() > MOST {
            return Err(Problem::new(codes::LIST_TOO_LONG, format!("`{member}` has at most {MOST} members")));
        }
        self.0.into_iter().enumerate().map(|(place, it)| it.checked(&format!("{member}[{place}]"))).collect()
    }
}

/// What platforms and other programs call a thing; null takes a name away.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Names(BTreeMap<String, Option<String>>);

impl JsonSchema for Names {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ExternalIdChanges".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "What platforms and other programs call it, by platform. Null takes a name away.",
            "maxProperties": MAX_EXTERNAL_IDS,
            "propertyNames": { "pattern": "^[a-z0-9_.-]{1,64}$" },
            "additionalProperties": {
                "type": ["string", "null"], "minLength": 1, "maxLength": MAX_EXTERNAL_ID_CHARS,
                "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f]$",
            },
            "examples": [{ "ats": "4711" }],
        })
    }
}

impl Member for Names {
    type Fact = BTreeMap<String, Option<String>>;

    /// A name that only one of several accounts at a platform uses stands under `platform/source`; it can be taken away,
    /// not given.
    fn checked(self, member: &str) -> Result<Self::Fact, Problem> {
        if self.0.len() > MAX_EXTERNAL_IDS {
            let detail = format!("`{member}` has at most {MAX_EXTERNAL_IDS} members");
            return Err(Problem::new(codes::LIST_TOO_LONG, detail));
        }
        let is_platform = |name: &str| {
            (1..=PLATFORM_CHARS).contains(&name.len())
                && name.bytes().all(|it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.' | b'-'))
        };
        for (platform, value) in &self.0 {
            let name =
                if value.is_none() { platform.split('/').next().unwrap_or_default() } else { platform };
            if !is_platform(name) {
                let shown: String = platform.chars().take(PLATFORM_CHARS).collect();
                return Err(senseless(format!(
                    "`{member}` has the member `{shown}`; a platform is named by 1 to {PLATFORM_CHARS} of \
                     a-z, 0-9, `_`, `.` and `-`"
                )));
            }
            if let Some(value) = value {
                let name = format!("{member}.{platform}");
                within(&name, value, MAX_EXTERNAL_ID_CHARS)?;
                without_controls(&name, value, &[])?;
                if value.trim().is_empty() {
                    return Err(senseless(format!("`{name}` is empty; null takes it away")));
                }
            }
        }
        Ok(self.0)
    }
}

/// A whole number of no particular size, such as an amount of seconds.
pub(super) type Amount = Whole<0, 1_000_000_000>;

/// The id as it stands in facts that hold ids as texts.
pub(super) fn as_text(id: impl Display) -> String {
    id.to_string()
}

/// Something that a thing cannot be without was not given.
pub(super) fn missing(member: &str) -> Problem {
    Problem::new(RefusalCode::MISSING_FACT.into(), format!("`{member}` is needed"))
}
