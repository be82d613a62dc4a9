//! What was filled into the form of an endpoint, and what it asks the API for.

use serde_json::{Map, Value, json};

use super::Endpoint;

/// What people subscribe to. More than that is written out.
pub(super) const GROUPS: [(&str, &str); 9] = [
    ("interview.*", "Interviews"),
    ("feedback.*", "Feedback"),
    ("application.*", "Applications"),
    ("candidate.*", "Candidates"),
    ("job.*", "Jobs"),
    ("answer_video.*", "Recorded answers"),
    ("endpoint.disabled", "An endpoint was disabled"),
    ("delivery.failed", "A delivery was given up"),
    ("receipt.quarantined", "A webhook was not understood"),
];

/// All of it is text, so that it can be shown again as it was entered, however wrong.
#[derive(Debug, Clone, Default)]
pub(super) struct Entered {
    pub(super) url: String,
    pub(super) dialect: String,
    pub(super) description: String,
    /// Those of [`GROUPS`] that are ticked.
    pub(super) groups: Vec<String>,
    /// Other events, with spaces between.
    pub(super) more: String,
    pub(super) sources: Vec<String>,
    pub(super) ordering: String,
    pub(super) hold_for: String,
    pub(super) retry: String,
    pub(super) per_second: String,
    pub(super) secret: String,
    pub(super) algorithm: String,
    pub(super) username: String,
    pub(super) password: String,
    pub(super) api_key: String,
    pub(super) api_secret: String,
    /// How long the credentials before count still, where they are replaced.
    pub(super) overlap: String,
    /// What is shown in the preview.
    pub(super) event: String,
    /// What makes the form one that can be sent again.
    pub(super) once: String,
    /// The version that was seen when it was filled in.
    pub(super) version: String,
    /// Is only a preview asked for?
    pub(super) previews: bool,
}

impl Entered {
    /// From the fields of a form; one that is ticked several times comes several times.
    pub(super) fn read(fields: Vec<(String, String)>) -> Self {
        let mut entered = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "group" => entered.groups.push(value),
                "source" => entered.sources.push(value),
                "then" => entered.previews = value == "preview",
                name => {
                    if let Some(field) = entered.field(name) {
                        value.trim().clone_into(field);
                    }
                }
            }
        }
        entered
    }

    fn field(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "url" => &mut self.url,
            "dialect" => &mut self.dialect,
            "description" => &mut self.description,
            "more" => &mut self.more,
            "ordering" => &mut self.ordering,
            "hold_for" => &mut self.hold_for,
            "retry" => &mut self.retry,
            "per_second" => &mut self.per_second,
            "secret" => &mut self.secret,
            "algorithm" => &mut self.algorithm,
            "username" => &mut self.username,
            "password" => &mut self.password,
            "api_key" => &mut self.api_key,
            "api_secret" => &mut self.api_secret,
            "overlap" => &mut self.overlap,
            "event" => &mut self.event,
            "once" => &mut self.once,
            "version" => &mut self.version,
            _ => return None,
        })
    }

    /// As an endpoint is set up now.
    pub(super) fn of(endpoint: &Endpoint, version: String) -> Self {
        let is_group = |pattern: &String| GROUPS.iter().any(|(group, _)| group == pattern);
        let (groups, more): (Vec<String>, Vec<String>) = endpoint.events.iter().cloned().partition(is_group);
        Self {
            url: endpoint.url.clone(),
            dialect: endpoint.dialect.clone(),
            description: endpoint.description.clone(),
            groups,
            more: more.join(" "),
            sources: endpoint.sources.clone(),
            ordering: endpoint.ordering.clone(),
            hold_for: endpoint.hold_for.clone(),
            retry: endpoint.retry.as_ref().map(|retry| retry.schedule.join(" ")).unwrap_or_default(),
            per_second: endpoint.rate_limit.map(|it| it.per_second.to_string()).unwrap_or_default(),
            version,
            ..Self::default()
        }
    }

    pub(super) fn has_group(&self, group: &str) -> bool {
        self.groups.iter().any(|it| it == group)
    }

    pub(super) fn has_source(&self, source: &str) -> bool {
        self.sources.iter().any(|it| it == source)
    }

    /// What to ask the API for, to make an endpoint.
    pub(super) fn to_make(&self) -> Value {
        let mut body = self.both();
        body.insert("dialect".to_owned(), json!(self.dialect));
        if !self.retry.is_empty() {
            body.insert("retry".to_owned(), json!({ "schedule": words(&self.retry).collect::<Vec<_>>() }));
        }
        if !self.per_second.is_empty() {
            body.insert("rate_limit".to_owned(), self.rate_limit());
        }
        body.into()
    }

    /// What to ask the API for, to change this one. What is emptied is taken away.
    pub(super) fn to_change(&self, endpoint: &Endpoint) -> Value {
        let mut body = self.both();
        // A dialect that is named gets new credentials, so it is named only if it is another.
        if self.dialect != endpoint.dialect {
            body.insert("dialect".to_owned(), json!(self.dialect));
        }
        body.insert("retry".to_owned(), json!({ "schedule": words(&self.retry).collect::<Vec<_>>() }));
        body.insert("rate_limit".to_owned(), self.rate_limit());
        body.into()
    }

    fn both(&self) -> Map<String, Value> {
        let events = self.groups.iter().map(String::as_str).chain(words(&self.more));
        let mut body = Map::new();
        body.insert("url".to_owned(), json!(self.url));
        body.insert("events".to_owned(), events.collect());
        body.insert("sources".to_owned(), json!(self.sources));
        body.insert("description".to_owned(), json!(self.description));
        for (name, value) in [("ordering", &self.ordering), ("hold_for", &self.hold_for)] {
            if !value.is_empty() {
                body.insert(name.to_owned(), json!(value));
            }
        }
        if let Some(credentials) = self.credentials() {
            body.insert("credentials".to_owned(), credentials);
        }
        body
    }

    /// A number that is none is sent as it is: the API says what is wrong with it.
    fn rate_limit(&self) -> Value {
        match self.per_second.parse::<f64>() {
            _ if self.per_second.is_empty() => Value::Null,
            Ok(per_second) => json!({ "per_second": per_second }),
            Err(_) => json!({ "per_second": self.per_second }),
        }
    }

    /// Those of the credentials that the dialect has, if any were given.
    pub(super) fn credentials(&self) -> Option<Value> {
        let has: &[(&str, &String)] = match self.dialect.as_str() {
            "standard" | "cloudevents" => &[("secret", &self.secret), ("algorithm", &self.algorithm)],
            "hirehive" => &[("secret", &self.secret)],
            "launchpad" => &[("username", &self.username), ("password", &self.password)],
            "skype" => &[("api_key", &self.api_key), ("api_secret", &self.api_secret)],
            _ => &[],
        };
        let given = has.iter().filter(|(_, value)| !value.is_empty());
        let given: Map<String, Value> =
            given.map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        (!given.is_empty()).then(|| given.into())
    }

    /// What to ask the API for, to see what such an endpoint would be sent.
    pub(super) fn to_preview(&self) -> Value {
        let mut body = json!({ "dialect": self.dialect });
        for (name, value) in [("url", &self.url), ("event", &self.event)] {
            if !value.is_empty() {
                body[name] = json!(value);
            }
        }
        if let Some(credentials) = self.credentials() {
            body["credentials"] = credentials;
        }
        body
    }
}

/// What stands between blanks or commas.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '\n', '\t', '\r']).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &str)]) -> Entered {
        Entered::read(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn endpoint() -> Endpoint {
        serde_json::from_value(json!({
            "id": "ep_1", "url": "https://a.example/hook", "dialect": "skype",
            "events": ["interview.*", "job.created"], "sources": ["src_1"], "ordering": "none", "hold_for": "4d",
            "retry": {"schedule": ["5s", "1m"]}, "rate_limit": {"per_second": 2.5}, "description": "A",
            "state": "enabled", "created_at": "2026-03-02T08:00:00Z",
        }))
        .unwrap()
    }

    #[test]
    fn what_is_left_empty_is_not_asked_for_in_a_new_one() {
        let body = read(&[("url", " https://a.example "), ("dialect", "hirehive"), ("retry", "")]).to_make();
        assert_eq!(
            body,
            json!({
                "url": "https://a.example", "events": [], "sources": [], "description": "", "dialect": "hirehive",
            })
        );
    }

    #[test]
    fn an_endpoint_that_is_shown_and_sent_back_stays_as_it_is() {
        let endpoint = endpoint();
        let body = Entered::of(&endpoint, "\"1\"".to_owned()).to_change(&endpoint);
        assert_eq!(
            body,
            json!({
                "url": "https://a.example/hook", "events": ["interview.*", "job.created"], "sources": ["src_1"],
                "description": "A", "ordering": "none", "hold_for": "4d", "retry": {"schedule": ["5s", "1m"]},
                "rate_limit": {"per_second": 2.5},
            }),
            "and no dialect is named, which would make new credentials"
        );
    }

    #[test]
    fn what_is_emptied_is_taken_away() {
        let endpoint = endpoint();
        let emptied = Entered {
            retry: String::new(),
            per_second: String::new(),
            ..Entered::of(&endpoint, String::new())
        };
        let body = emptied.to_change(&endpoint);
        assert_eq!((&body["retry"], &body["rate_limit"]), (&json!({"schedule": []}), &Value::Null));
    }

    #[test]
    fn only_credentials_of_the_chosen_dialect_are_sent() {
        let given = [("secret", "whsec_x"), ("username", "u"), ("password", "p"), ("api_key", "k")];
        let of = |dialect| read(&[&[("dialect", dialect)], &given[..]].concat()).credentials();
        assert_eq!(of("standard"), Some(json!({"secret": "whsec_x"})));
        assert_eq!(of("launchpad"), Some(json!({"username": "u", "password": "p"})));
        assert_eq!(of("viasto"), None);
    }
}
