//! `callboard import`: makes a hub's set-up that of a document. What is there already and alike is left alone, so that it
//! can be done again.

use std::collections::HashMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::{Map, Value, json};

use super::setup::Setup;
use crate::api::{Api, percent_encoded};
use crate::cli::ImportArgs;
use crate::show;
use crate::table::{Column, text, word};

const COLUMNS: [Column; 4] =
    [word("WHAT", "/what"), word("ID", "/id"), word("BECAME", "/became"), text("NAME", "/name")];

type Thing = Map<String, Value>;

/// What became of one thing of the document.
struct Import<'a> {
    api: &'a Api,
    done: Vec<Value>,
}

pub(crate) fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let setup = read(&args.file)?;
    let api = Api::new(&args.api)?;
    let here = Setup::of(&api)?;
    let mut import = Import { api: &api, done: Vec::new() };
    import.settings(&setup.settings, &here.settings)?;
    let moved = import.sources(setup.sources, here.sources)?;
    import.endpoints(setup.endpoints, here.endpoints, &moved)?;
    show_all(&api, &import.done);
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> anyhow::Result<Setup> {
    let cannot = || format!("cannot read {}", path.display());
    let text = std::fs::read_to_string(path).with_context(cannot)?;
    Setup::read(&text).with_context(cannot)
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
        self.note("settings", became(&differing), &wanted["name"], Value::Null);
        Ok(())
    }

    /// Answers by which id each source of the document is known here.
    fn sources(
        &mut self,
        wanted: Vec<Thing>,
        mut here: Vec<Thing>,
    ) -> anyhow::Result<HashMap<String, Value>> {
        let mut moved = HashMap::new();
        for source in wanted {
            let name = format!("source {} {}", source["platform"], source["name"]);
            let id = match take_alike(&mut here, &source, &["platform", "name"]) {
                Some(alike) => {
                    // What is fetched, and with what, is asked for in secrets: it stays as it is.
                    self.note("source", "unchanged", &source["name"], json!({"id": alike["id"]}));
                    alike["id"].clone()
                }
                None => {
                    let made = self.api.post("sources", &without(&source, &["id"]).into()).context(name)?;
                    self.note("source", "made", &source["name"], made.clone());
                    made["id"].clone()
                }
            };
            moved.insert(text_of(&source, "id"), id);
        }
        Ok(moved)
    }

    fn endpoints(
        &mut self,
        wanted: Vec<Thing>,
        mut here: Vec<Thing>,
        moved: &HashMap<String, Value>,
    ) -> anyhow::Result<()> {
        for mut endpoint in wanted {
            let name = format!("endpoint {}", endpoint["url"]);
            if let Some(Value::Array(sources)) = endpoint.get_mut("sources") {
                for source in sources {
                    let here = source.as_str().and_then(|id| moved.get(id));
                    *source = here.unwrap_or(source).clone();
                }
            }
            let alike = take_alike(&mut here, &endpoint, &["url", "dialect"]);
            self.endpoint(&endpoint, alike.as_ref()).context(name)?;
        }
        Ok(())
    }

    fn endpoint(&mut self, wanted: &Thing, here: Option<&Thing>) -> anyhow::Result<()> {
        let (stands, became) = match here {
            Some(here) => {
                // Its secret stays as it is: nobody can tell whether it is another.
                let differing = differing(wanted, here, &["id", "state", "credentials"]);
                if !differing.is_empty() {
                    self.api.patch(&one(here), &differing.clone().into(), None)?;
                }
                (Value::Object(without(here, &["credentials"])), became(&differing))
            }
            None => (self.api.post("endpoints", &without(wanted, &["id", "state"]).into())?, "made"),
        };
        let switched = wanted.get("state").is_some_and(|state| *state != stands["state"]);
        if switched {
            let deed = if wanted["state"] == "disabled" { "disable" } else { "enable" };
            let path = stands.as_object().map(one).unwrap_or_default();
            self.api.post(&format!("{path}/{deed}"), &json!({}))?;
        }
        let became = if switched && became == "unchanged" { "changed" } else { became };
        self.note("endpoint", became, &wanted["url"], stands);
        Ok(())
    }

    fn note(&mut self, what: &str, became: &str, name: &Value, thing: Value) {
        let mut done = json!({"what": what, "became": became, "name": name, "id": thing["id"]});
        if became == "made" {
            done["thing"] = thing;
        }
        self.done.push(done);
    }
}

/// Takes the one that is meant: by its id if this is the same hub, else the first that is alike in these members.
fn take_alike(here: &mut Vec<Thing>, wanted: &Thing, members: &[&str]) -> Option<Thing> {
    let same = here.iter().position(|it| it.get("id").is_some() && it.get("id") == wanted.get("id"));
    let alike =
        || here.iter().position(|it| members.iter().all(|member| it.get(*member) == wanted.get(*member)));
    same.or_else(alike).map(|place| here.remove(place))
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

fn one(endpoint: &Thing) -> String {
    format!("endpoints/{}", percent_encoded(&text_of(endpoint, "id")))
}

fn text_of(thing: &Thing, member: &str) -> String {
    thing.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}
