//! What each platform's webhooks are known by, as people enter it and as they are told it once.

use askama::Template;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Source;
use crate::page::{self, Page};

/// A credential that a platform asks for.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
}

/// Who tells us, and by what they are known.
pub(super) struct Platform {
    pub(super) name: &'static str,
    pub(super) fields: &'static [Field],
}

pub(super) const PLATFORMS: [Platform; 5] = [
    Platform {
        name: "skype",
        fields: &[
            Field { name: "api_key", label: "API key", hint: "From Skype Interviews' API settings." },
            Field { name: "api_secret", label: "API secret", hint: "It stands beside the key." },
        ],
    },
    Platform {
        name: "hirehive",
        fields: &[Field {
            name: "secret",
            label: "Secret",
            hint: "HireHive shows it in the webhook's settings (whsec_…). Left empty, one is made.",
        }],
    },
    Platform {
        name: "launchpad",
        fields: &[
            Field {
                name: "username",
                label: "User name",
                hint: "Of the login that you enter at LaunchPad. Left empty, the URL ends in a secret instead.",
            },
            Field { name: "password", label: "Password", hint: "" },
        ],
    },
    Platform { name: "viasto", fields: &[] },
    Platform {
        name: "standard",
        fields: &[Field { name: "secret", label: "Secret", hint: "whsec_…; left empty, one is made." }],
    },
];

/// What was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Given {
    pub(super) platform: String,
    pub(super) name: String,
    /// The same for a form that is sent twice.
    pub(super) once: String,
    api_key: String,
    api_secret: String,
    secret: String,
    username: String,
    password: String,
}

impl Given {
    /// Nothing yet, in a form that is known again.
    pub(super) fn nothing(once: String) -> Self {
        Self { once, ..Self::default() }
    }

    fn value(&self, field: &str) -> &str {
        match field {
            "api_key" => &self.api_key,
            "api_secret" => &self.api_secret,
            "secret" => &self.secret,
            "username" => &self.username,
            _ => &self.password,
        }
    }

    /// What is not secret of it, to be shown again with a refusal.
    pub(super) fn shown(&self, field: &str) -> &str {
        if Field::is_secret(field) { "" } else { self.value(field) }
    }

    /// As the API takes them; nothing, if nothing was entered.
    pub(super) fn credentials(&self, platform: &Platform) -> Option<Value> {
        let filled = platform.fields.iter().filter(|field| !self.value(field.name).is_empty());
        let credentials: Map<String, Value> =
            filled.map(|field| (field.name.to_owned(), json!(self.value(field.name)))).collect();
        (!credentials.is_empty()).then_some(Value::Object(credentials))
    }
}

impl Field {
    pub(super) fn is_secret(name: &str) -> bool {
        !["username", "api_key"].contains(&name)
    }
}

pub(super) fn platform(name: &str) -> Option<&'static Platform> {
    PLATFORMS.iter().find(|it| it.name == name)
}

#[derive(Template)]
#[template(path = "source_secret.html")]
struct Once {
    source: Source,
}

impl Once {
    const SECTION: &str = "Sources";
}

/// What was made, told in the answer: it stands in no address.
pub(super) fn show(source: Source) -> Page {
    page::draw(&Once { source })
}
