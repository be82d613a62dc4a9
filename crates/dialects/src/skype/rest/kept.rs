//! The members of an interview that Callboard has no word for. They are kept as they came and shown again, completed by
//! the defaults that Microsoft documents (`customize-capabilities.md`, `configure-skype.md`, `configure-code.md`).

use callboard_core::Extra;
use serde_json::{Map, Value, json};

use super::members::Members;
use crate::dialect::Unreadable;

/// Members that have words of ours, and those that only answers have: a client may send back whatever it was answered.
const NOT_KEPT: [&str; 10] = [
    "code",
    "title",
    "position",
    "participants",
    "scheduling",
    "stage",
    "urls",
    "notes",
    "feedback",
    "codeSnapshots",
];

/// What is kept of a request. The switches must be objects, and the tasks a list of them.
pub(super) fn read_kept(members: &Members<'_>) -> Result<Map<String, Value>, Unreadable> {
    for name in ["capabilities", "skypeConfig", "codingConfig"] {
        members.object(name)?;
    }
    members.objects("tasks")?;
    let is_kept = |name: &str| !NOT_KEPT.iter().any(|known| known.eq_ignore_ascii_case(name));
    let kept = members.iter().filter(|(name, value)| is_kept(name) && !value.is_null());
    Ok(kept.map(|(name, value)| (spelled(name).to_owned(), value.clone())).collect())
}

/// The platform's own spelling of a member.
fn spelled(name: &str) -> &str {
    let known = ["capabilities", "skypeConfig", "codingConfig", "tasks"];
    known.into_iter().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(name)
}

/// Lays what is kept of a request over what was kept before: objects member by member, anything else as a whole.
pub fn merge(before: Option<&Value>, kept: &Map<String, Value>) -> Value {
    let mut merged = before.and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in kept {
        match (merged.get_mut(name), value) {
            (Some(Value::Object(known)), Value::Object(new)) => {
                known.extend(new.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            _ => {
                merged.insert(name.clone(), value.clone());
            }
        }
    }
    Value::Object(merged)
}

/// Are interviewers asked for feedback? Unless `capabilities.feedbacks` says no.
pub fn asks_for_feedback(extra: &Extra) -> bool {
    let said = extra.get("skype").and_then(|kept| kept.get("capabilities")?.get("feedbacks")?.as_bool());
    said.unwrap_or(true)
}

/// The capabilities as an answer shows them.
pub(super) fn capabilities(kept: Option<&Value>, has_participants: bool) -> Value {
    completed(
        json!({"codeEditor": true, "skype": true, "feedbacks": has_participants, "notes": true, "emails": true}),
        kept.and_then(|kept| kept.get("capabilities")),
    )
}

/// The switches of calls and chats as an answer shows them.
pub(super) fn skype_config(kept: Option<&Value>) -> Value {
    let defaults = json!({"call": true, "chat": true, "lobby": true});
    completed(defaults, kept.and_then(|kept| kept.get("skypeConfig")))
}

/// The code editor's settings as an answer shows them.
pub(super) fn coding_config(kept: Option<&Value>) -> Value {
    let defaults =
        json!({"codeExecution": true, "codingLanguages": ["all"], "defaultCodingLanguage": "javascript"});
    completed(defaults, kept.and_then(|kept| kept.get("codingConfig")))
}

/// The tasks as an answer shows them: numbered, each definition with its description.
pub(super) fn tasks(kept: Option<&Value>) -> Value {
    let tasks = kept.and_then(|kept| kept.get("tasks")?.as_array()).cloned().unwrap_or_default();
    tasks.into_iter().enumerate().map(|(index, task)| shown_task(index + 1, &task)).collect()
}

fn shown_task(number: usize, task: &Value) -> Value {
    let defaults =
        json!({"id": number, "title": null, "description": null, "duration": 0, "definitions": []});
    let mut task = completed(defaults, Some(task));
    if let Some(definitions) = task.get_mut("definitions").and_then(Value::as_array_mut) {
        for definition in definitions {
            let defaults = json!({"languageDescription": null, "language": "all", "content": ""});
            *definition = completed(defaults, Some(definition));
        }
    }
    task
}

/// Every other member that is kept.
pub(super) fn others(kept: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    let known = ["capabilities", "skypeConfig", "codingConfig", "tasks", "scheduling"];
    let members = kept.and_then(Value::as_object).into_iter().flatten();
    members.filter(move |(name, _)| !known.contains(&name.as_str()) && !NOT_KEPT.contains(&name.as_str()))
}

fn completed(mut defaults: Value, given: Option<&Value>) -> Value {
    if let (Some(defaults), Some(given)) = (defaults.as_object_mut(), given.and_then(Value::as_object)) {
        defaults.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    defaults
}
