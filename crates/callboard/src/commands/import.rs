//! `callboard import`: makes a hub's set-up that of a document. What is there already and alike is left alone, so that it
//! can be done again.

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use callboard_dialects::{CredentialsError, Dialect, Role, dialect};
use callboard_server::new_secret_bytes;
use serde_json::{Map, Value, json};

use super::setup::Setup;
use crate::api::{Api, percent_encoded};
use crate::cli::ImportArgs;
use crate::show;
use crate::table::{Column, text, word};

const COLUMNS: [Column; 4] =
    [word("WHAT", "/what"), word("ID", "/id"), word("BECAME", "/became"), text("NAME", "/name")];

type Thing = Map<String, Value>;

/// A thing of the document, and the one here that it means, if there is one.
struct Wanted {
    thing: Thing,
    here: Option<Thing>,
}

/// What became of each thing of the document.
struct Import<'a> {
    api: &'a Api,
    done: Vec<Value>,
}

pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let setup = read(&args.file)?;
    let api = Api::new(&args.api)?;
    let here = Setup::of(&api)?;
    let sources = matched(setup.sources, here.sources, &["platform", "name"]);
    let endpoints = matched(setup.endpoints, here.endpoints, &["url", "dialect"]);
    check_credentials(&sources, &endpoints)?;
    let mut import = Import { api: &api, done: Vec::new() };
    let outcome = import
        .settings(&setup.settings, &here.settings)
        .and_then(|()| import.sources(sources))
        .and_then(|moved| import.endpoints(endpoints, &moved));
    // Secrets that were made are told once, also where it broke off.
    if outcome.is_ok() || !import.done.is_empty() {
        show_all(&api, &import.done);
    }
    outcome.map(|()| ExitCode::SUCCESS)
}

fn read(path: &Path) -> anyhow::Result<Setup> {
    let cannot = || format!("cannot read {}", path.display());
    let text = std::fs::read_to_string(path).with_context(cannot)?;
    Setup::read(&text).with_context(cannot)
}

/// Finds what each thing of the document means: by its id if this is the same hub, and only then, among what is left on
/// both sides, the first that is alike in these members.
fn matched(wanted: Vec<Thing>, mut here: Vec<Thing>, members: &[&str]) -> Vec<Wanted> {
    let same: Vec<_> = wanted.iter().map(|thing| take(&mut here, thing, &["id"])).collect();
    let pairs = wanted.into_iter().zip(same);
    pairs
        .map(|(thing, same)| {
            let here = same.or_else(|| take(&mut here, &thing, members));
            Wanted { thing, here }
        })
        .collect()
}

fn take(here: &mut Vec<Thing>, wanted: &Thing, members: &[&str]) -> Option<Thing> {
    let is_alike = |it: &Thing| members.iter().all(|member| it.get(*member) == wanted.get(*member));
    here.iter().position(is_alike).map(|place| here.remove(place))
}

/// Says before anything is made which credentials have to be in the document that are not.
fn check_credentials(sources: &[Wanted], endpoints: &[Wanted]) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|it| it.here.is_none()).map(|it| &it.thing) {
        if let Some(Err(error)) = known(source, "platform").map(|it| credentials_of_source(it, source)) {
            wrong.push(format!("\n  {}: {error}", name_of_source(source)));
        }
    }
    for endpoint in endpoints.iter().filter(|it| it.here.is_none()).map(|it| &it.thing) {
        let given = given(endpoint.get("credentials"));
        let made =
            known(endpoint, "dialect").map(|it| it.credentials(given, Role::Endpoint, &mut new_secret_bytes));
        if let Some(Err(error)) = made {
            wrong.push(format!("\n  {}: {error}", name_of_endpoint(endpoint)));
        }
    }
    ensure!(
        wrong.is_empty(),
        "nothing is imported; write into the document what is missing:{}",
        wrong.concat()
    );
    Ok(())
}

/// What the hub does not know, it says itself.
fn known(thing: &Thing, member: &str) -> Option<&'static dyn Dialect> {
    thing.get(member).and_then(Value::as_str).and_then(dialect)
}

fn given(credentials: Option<&Value>) -> Option<&Value> {
    credentials.filter(|it| !it.is_null())
}

fn credentials_of_source(platform: &dyn Dialect, source: &Thing) -> Result<(), String> {
    let told = |error: CredentialsError| format!("`credentials`: {error}");
    let given_here = given(source.get("credentials"));
    let own = platform.credentials(given_here, Role::Source, &mut new_secret_bytes).map_err(told)?;
    let fetch = source.get("fetch").filter(|it| !it.is_null());
    if let (Some(fetch), Some(fetching)) = (fetch, platform.fetching()) {
        let told = |error: CredentialsError| format!("`fetch.credentials`: {error}");
        fetching.credentials(given(fetch.get("credentials")), &own).map_err(told)?;
    }
    Ok(())
}

/// New secrets are shown with what they belong to, once.
fn show_all(api: &Api, done: &[Value]) {
    api.show_list(&json!({"items": done, "next": null}), &COLUMNS, "nothing is in it");
    if !api.json {
        for made in done.iter().filter(|it| it["became"] == "made") {
            show::print("\n");
            show::one(&made["thing"]);
        }
    }
}

impl Import<'_> {
    fn settings(&mut self, wanted: &Thing, here: &Thing) -> anyhow::Result<()> {
        let differing = differing(wanted, here, &[]);
        if !differing.is_empty() {
            self.api.patch("settings", &differing.clone().into(), None).context("settings")?;
        }
        self.note("settings", became(&differing), member(wanted, "name"), Value::Null);
        Ok(())
    }

    /// Answers by which id each source of the document is known here.
    fn sources(&mut self, wanted: Vec<Wanted>) -> anyhow::Result<HashMap<String, Value>> {
        let mut moved = HashMap::new();
        for Wanted { thing: source, here } in wanted {
            let name = member(&source, "name");
            let id = match here {
                Some(here) => {
                    // What is fetched, and with what, is asked for in secrets: it stays as it is.
                    self.note("source", "unchanged", name, json!({"id": here["id"]}));
                    here["id"].clone()
                }
                None => {
                    let form = without(&source, &["id"]).into();
                    let made = self.api.post("sources", &form).with_context(|| name_of_source(&source))?;
                    self.note("source", "made", name, made.clone());
                    made["id"].clone()
                }
            };
            moved.insert(text_of(&source, "id"), id);
        }
        Ok(moved)
    }

    fn endpoints(&mut self, wanted: Vec<Wanted>, moved: &HashMap<String, Value>) -> anyhow::Result<()> {
        for Wanted { thing: mut endpoint, here } in wanted {
            if let Some(Value::Array(sources)) = endpoint.get_mut("sources") {
                for source in sources {
                    let here = source.as_str().and_then(|id| moved.get(id));
                    *source = here.unwrap_or(source).clone();
                }
            }
            let brought = match here {
                Some(here) => self.change(&endpoint, &here),
                None => self.make(&endpoint),
            };
            brought.with_context(|| name_of_endpoint(&endpoint))?;
        }
        Ok(())
    }

    fn make(&mut self, wanted: &Thing) -> anyhow::Result<()> {
        let made = self.api.post("endpoints", &without(wanted, &["id", "state"]).into())?;
        // Whatever comes of switching it off: its secret is told.
        self.note("endpoint", "made", member(wanted, "url"), made.clone());
        self.switch(wanted, &made)?;
        Ok(())
    }

    fn change(&mut self, wanted: &Thing, here: &Thing) -> anyhow::Result<()> {
        // Its secret stays as it is: nobody can tell whether it is another.
        let differing = differing(wanted, here, &["id", "state", "credentials"]);
        if !differing.is_empty() {
            self.api.patch(&one(member(here, "id")), &differing.clone().into(), None)?;
        }
        let here = Value::Object(without(here, &["credentials"]));
        let became = if self.switch(wanted, &here)? { "changed" } else { became(&differing) };
        self.note("endpoint", became, member(wanted, "url"), here);
        Ok(())
    }

    /// Enables or disables an endpoint that stands so, if it is to be the other. Answers whether it was.
    fn switch(&self, wanted: &Thing, stands: &Value) -> anyhow::Result<bool> {
        let Some(state) = wanted.get("state").filter(|state| **state != stands["state"]) else {
            return Ok(false);
        };
        let deed = if state == "disabled" { "disable" } else { "enable" };
        self.api.post(&format!("{}/{deed}", one(&stands["id"])), &json!({}))?;
        Ok(true)
    }

    fn note(&mut self, what: &str, became: &str, name: &Value, thing: Value) {
        let mut done = json!({"what": what, "became": became, "name": name, "id": thing["id"]});
        if became == "made" {
            done["thing"] = thing;
        }
        self.done.push(done);
    }
}

/// The members that are to be another; what the document does not name stays.
fn differing(wanted: &Thing, here: &Thing, but: &[&str]) -> Thing {
    let differs = |name: &str, value: &Value| here.get(name).unwrap_or(&Value::Null) != value;
    let wanted = wanted.iter().filter(|(name, value)| !but.contains(&name.as_str()) && differs(name, value));
    wanted.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn became(differing: &Thing) -> &'static str {
    if differing.is_empty() { "unchanged" } else { "changed" }
}

fn without(thing: &Thing, members: &[&str]) -> Thing {
    let kept = thing.iter().filter(|(name, _)| !members.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn one(id: &Value) -> String {
    format!("endpoints/{}", percent_encoded(id.as_str().unwrap_or_default()))
}

fn name_of_source(source: &Thing) -> String {
    format!("source {} {}", member(source, "platform"), member(source, "name"))
}

fn name_of_endpoint(endpoint: &Thing) -> String {
    format!("endpoint {}", member(endpoint, "url"))
}

/// Nothing where the document does not name it.
fn member<'a>(thing: &'a Thing, name: &str) -> &'a Value {
    thing.get(name).unwrap_or(&Value::Null)
}

fn text_of(thing: &Thing, name: &str) -> String {
    member(thing, name).as_str().unwrap_or_default().to_owned()
}
