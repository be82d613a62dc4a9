//! A new source: first the platform, then what it asks for.

use askama::Template;
use axum::extract::{Form, Query};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Source;
use super::one::{self, Asked};
use crate::api::Fault;
use crate::page::{self, Page};
use crate::session::Visitor;

/// What a platform asks for: the credential's name, what to call it, and whether one is made if it is left empty.
struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
}

struct Platform {
    name: &'static str,
    fields: &'static [Field],
}

const PLATFORMS: [Platform; 5] = [
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

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    platform: String,
}

/// What was entered.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Given {
    platform: String,
    name: String,
    api_key: String,
    api_secret: String,
    secret: String,
    username: String,
    password: String,
}

#[derive(Template)]
#[template(path = "source_new.html")]
struct New {
    platform: Option<&'static Platform>,
    given: Given,
    refused: Option<Fault>,
}

impl New {
    const SECTION: &str = "Sources";
}

impl Given {
    /// What was entered as this; secrets are not shown again, so they have to be entered anew.
    fn value(&self, field: &str) -> &str {
        match field {
            "api_key" => &self.api_key,
            "api_secret" => &self.api_secret,
            "secret" => &self.secret,
            "username" => &self.username,
            _ => &self.password,
        }
    }
}

fn platform(name: &str) -> Option<&'static Platform> {
    PLATFORMS.iter().find(|it| it.name == name)
}

pub(super) async fn ask(_: Visitor, Query(wanted): Query<Wanted>) -> Page {
    let platform = platform(&wanted.platform);
    page::draw(&New { platform, given: Given::default(), refused: None })
}

pub(super) async fn make(visitor: Visitor, Form(given): Form<Given>) -> Result<Response, Fault> {
    let Some(platform) = platform(&given.platform) else {
        return Ok(page::draw(&New { platform: None, given, refused: None }).into_response());
    };
    let filled = platform.fields.iter().filter(|field| !given.value(field.name).is_empty());
    let credentials: Map<String, Value> =
        filled.map(|field| (field.name.to_owned(), json!(given.value(field.name)))).collect();
    let mut form = json!({ "platform": platform.name, "name": given.name });
    if !credentials.is_empty() {
        form["credentials"] = Value::Object(credentials);
    }
    match visitor.api.send::<Source>(Method::POST, "/v1/sources", &form).await {
        Ok(source) => Ok(one::draw(&visitor, source, Asked::default()).await?.into_response()),
        Err(fault) if fault.status == StatusCode::BAD_REQUEST => {
            let page = page::draw(&New { platform: Some(platform), given, refused: Some(fault) });
            Ok((StatusCode::BAD_REQUEST, page).into_response())
        }
        Err(fault) => Err(fault),
    }
}
