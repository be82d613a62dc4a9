//! What the fuzz targets share: each feeds one dialect with whatever the fuzzer finds, and nothing may panic.
//!
//! `cargo +nightly fuzz run skype_parse` runs one of them. What it is named after come folders to begin with: `seeds/skype_rest`
//! for the targets that have one there, `../crates/dialects/tests/fixtures/launchpad` for `launchpad_parse` and its like. What
//! is found goes into the first folder, so that one is of the corpus.

#![forbid(unsafe_code)]

use callboard_core::{Application, ApplicationId, Identifier, StageMark, Timestamp};
use callboard_dialects::rest::{hirehive, launchpad, skype};
use callboard_dialects::{BaseUrl, Fetching, Request, Role, dialect};
use serde_json::json;

/// The corpus has no way to know it.
const SECRET: &str = "a secret that is not in the corpus";

/// Reads the data as a body.
pub fn parse(name: &str, data: &[u8]) {
    let dialect = dialect(name).expect("the targets name dialects that there are");
    if let Err(unreadable) = dialect.parse(data) {
        assert!(!unreadable.to_string().is_empty(), "a body that makes no sense is told why");
    }
}

/// Verifies the data as a request: header lines, an empty line, the body. Nobody guesses a signature or a token.
pub fn verify(name: &str, data: &[u8]) {
    let dialect = dialect(name).expect("the targets name dialects that there are");
    let given = (name == "skype").then(|| json!({"api_key": "key", "api_secret": SECRET}));
    let mut random = |bytes: &mut [u8]| bytes.fill(0xa5);
    let credentials = dialect
        .credentials(given.as_ref(), Role::Source, &mut random)
        .expect("a source's credentials are given or made");
    let verifier = dialect.verifier(&credentials).expect("complete credentials make a verifier");

    let text = String::from_utf8_lossy(data);
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let headers: Vec<(&str, &str)> = head.lines().filter_map(|line| line.split_once(": ")).collect();
    let token = headers.iter().find(|(name, _)| *name == "token").map(|(_, value)| *value);
    let answer = verifier.verify(&Request { headers: &headers, token, body: body.as_bytes() }, now());
    let rejection = answer.expect_err("a request that nobody signed is refused");
    assert!(!rejection.code.is_empty() && !rejection.explanation.is_empty(), "a refusal says why");
}

/// Reads the data as bodies of Skype's API. What is asked of the stage comes to a command or to a reason against it.
pub fn skype_rest(data: &[u8]) {
    let _ = skype::Tenant::read(data);
    let Ok(asked) = skype::Asked::read(data) else { return };
    let kept = skype::merge(None, &asked.kept);
    assert_eq!(skype::merge(Some(&kept), &asked.kept), kept, "the same said again changes nothing");
    if let Some(stage) = &asked.stage {
        let _ = skype::stage_command(&StageMark::default(), stage);
    }
}

/// Reads the data as bodies of LaunchPad's API.
pub fn launchpad_rest(data: &[u8]) {
    let _ = launchpad::NewAssessment::read(data);
    if let Ok(invite) = launchpad::Invite::read(data) {
        let _ = (invite.end(now()), invite.end(Timestamp::MAX), invite.end(Timestamp::MIN));
        assert!(invite.reviewers.len() <= launchpad::REVIEWERS, "a list has its limit");
    }
}

/// Reads the data as bodies of HireHive's API.
pub fn hirehive_rest(data: &[u8]) {
    let _ = (hirehive::job(data), hirehive::candidate(data), hirehive::note(data), hirehive::interview(data));
    let _ = hirehive::source(data, &Application::new(ApplicationId::from_raw(3)));
    let _ = hirehive::answers(data).map(|completed| completed.told(None));
}

/// Reads the first line as a resource, and the rest as its platform's answer and as a webhook.
pub fn fetched(name: &str, data: &[u8]) {
    let fetching =
        dialect(name).and_then(|it| it.fetching()).expect("the targets name platforms that are fetched from");
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (resource, answer) = (String::from_utf8_lossy(&data[..end]), data.get(end + 1..).unwrap_or_default());
    let _ = (
        fetching.read(&resource, answer),
        fetching.is_behind(data, answer),
        fetching.is_behind(answer, data),
    );
    if let Ok(ticket) = fetching.ticket(answer) {
        assert!(ticket.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "a ticket is one line of a header");
    }
    for pointed_at in fetching.points_at(answer) {
        assert!(stays_below(fetching, &pointed_at), "what a webhook points at can be asked for");
    }
    stays_below(fetching, &resource);
}

/// The path of a resource leads below any address and nowhere else. Is there one?
fn stays_below(fetching: &dyn Fetching, resource: &str) -> bool {
    let Some(path) = fetching.path(resource) else { return false };
    let url = base().below(&path).expect("a path leads below the address");
    assert!(url.as_str().starts_with(BASE), "{url} is beside the address");
    true
}

const BASE: &str = "https://acme.example/suite";

fn base() -> BaseUrl {
    BaseUrl::parse(BASE).expect("it is an address")
}

/// Reads the data as an address, and as a path below one.
pub fn base_url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(url) = base().below(&text) {
        assert!(url.as_str().starts_with("https://acme.example/suite/"), "{url} is beside the address");
    }
    if let Ok(address) = BaseUrl::parse(&text) {
        let written = address.to_string();
        assert_eq!(BaseUrl::parse(&written).map(|it| it.to_string()), Ok(written), "the normal form is one");
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).expect("the year 2023 is a time")
}
