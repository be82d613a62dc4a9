//! Texts: lines, long ones, addresses, times, zones.

use std::borrow::Cow;

use callboard_core::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use url::Url;

use super::{Member, senseless};
use crate::api::text::is_control;
use crate::limits::{
    EMAIL_BYTES, LINE_CHARS, LINK_BYTES, LONG_TEXT_CHARS, MEDIA_TYPE_BYTES, MOMENT_BYTES, ZONE_BYTES,
};
use crate::problem::{Problem, codes};
use crate::time_zone;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident $schema:tt;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        #[serde(transparent)]
        pub(in crate::api::things) struct $name(pub(in crate::api::things) String);

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
        "pattern": "^[^\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]*$",
    };
    /// A text of many lines.
    Text {
        "type": "string", "maxLength": LONG_TEXT_CHARS,
        // Said this way around, a pattern need not be matched against all of a long text at once.
        "not": { "pattern": "[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069]" },
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

pub(super) fn within(member: &str, text: &str, most: usize) -> Result<(), Problem> {
    // A text with few bytes has few characters, which spares the counting.
    if text.len() <= most || text.chars().count() <= most {
        return Ok(());
    }
    Err(Problem::new(codes::TOO_LONG, format!("`{member}` has at most {most} characters")))
}

pub(super) fn without_controls(member: &str, text: &str, but: &[char]) -> Result<(), Problem> {
    match text.chars().find(|it| is_control(*it) && !but.contains(it)) {
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
        if !is_address || email.chars().any(|it| it.is_whitespace() || is_control(it)) {
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
        if !leads_there || self.0.chars().any(|it| it.is_whitespace() || is_control(it)) {
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
        let read: Option<Timestamp> = (self.0.len() <= MOMENT_BYTES).then(|| self.0.parse().ok()).flatten();
        read.filter(|at| time_zone::is_writable(*at)).ok_or_else(|| {
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
