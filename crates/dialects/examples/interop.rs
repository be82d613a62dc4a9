//! Verifies, reads, tells and signs on request: one JSON object a line in, one out. It lets a program in another language
//! try this crate against its own libraries; `tests/interop` does.
//!
//! ```json
//! {"do": "sign", "dialect": "skype", "credentials": {…}, "rotated": {"credentials": {…}, "until": "…"}, "id": "evt_1", "at": 1519667420, "body": "…"}
//! {"do": "verify", "dialect": "skype", "credentials": {…}, "headers": {…}, "now": 1519667420, "body": "…"}
//! {"do": "parse", "dialect": "skype", "body": "…"}
//! {"do": "render", "dialect": "skype", "event": {…}}
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};

use callboard_core::{Event, Rotated, Timestamp};
use callboard_dialects::{Dialect, Message, Recipient, Request, dialect, signer, verifier};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Job {
    Sign {
        dialect: String,
        credentials: Value,
        rotated: Option<Rotated>,
        id: String,
        at: i64,
        body: String,
    },
    Verify {
        dialect: String,
        credentials: Value,
        rotated: Option<Rotated>,
        headers: BTreeMap<String, String>,
        now: i64,
        body: String,
    },
    Parse {
        dialect: String,
        body: String,
    },
    Render {
        dialect: String,
        event: Box<Event>,
    },
}

fn main() -> Result<(), Box<dyn Error>> {
    for line in stdin().lock().lines() {
        let answer = answer(serde_json::from_str(&line?)?)?;
        writeln!(stdout(), "{answer}")?;
    }
    Ok(())
}

fn answer(job: Job) -> Result<Value, Box<dyn Error>> {
    Ok(match job {
        Job::Sign { dialect, credentials, rotated, id, at, body } => {
            let message = Message { id: &id, body: body.as_bytes(), at: Timestamp::from_second(at)? };
            let headers = signer(known(&dialect)?, &credentials, rotated.as_ref())?.sign(&message);
            json!({"headers": BTreeMap::from_iter(headers)})
        }
        Job::Verify { dialect, credentials, rotated, headers, now, body } => {
            let headers: Vec<_> = headers.into_iter().collect();
            let request = Request { headers: &headers, token: None, body: body.as_bytes() };
            let verifier = verifier(known(&dialect)?, &credentials, rotated.as_ref())?;
            match verifier.verify(&request, Timestamp::from_second(now)?) {
                Ok(authentic) => json!({"authentic": true, "unique": authentic.unique}),
                Err(rejection) => {
                    json!({"authentic": false, "code": rejection.code, "why": rejection.explanation})
                }
            }
        }
        Job::Parse { dialect, body } => match known(&dialect)?.parse(body.as_bytes()) {
            Ok(reading) => json!({"label": reading.label, "observations": reading.observations.len()}),
            Err(unreadable) => json!({"unreadable": unreadable.to_string()}),
        },
        Job::Render { dialect, event } => {
            let to = Recipient { url: "https://partner.example/hooks", public_url: "https://hub.example" };
            let bodies = known(&dialect)?.render(&event, &to).into_iter().map(String::from_utf8);
            json!({"bodies": bodies.collect::<Result<Vec<_>, _>>()?})
        }
    })
}

fn known(name: &str) -> Result<&'static dyn Dialect, String> {
    dialect(name).ok_or_else(|| format!("there is no dialect `{name}`"))
}
