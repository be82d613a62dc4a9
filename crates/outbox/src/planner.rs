//! Who is owed an event, and in what words. It runs inside the ledger's writer, once for each event.

use std::sync::Arc;

use bytes::Bytes;
use callboard_core::{CompanyId, Endpoint, EndpointId, Event, EventType};
use callboard_dialects::{Dialect, Recipient, dialect};
use callboard_ledger::{Directory, Plan, Planned, Planner};
use rustc_hash::FxHashMap;

/// The dialect whose bodies are events in their native form, which the ledger keeps anyway.
const NATIVE: &str = "standard";
/// Dialects whose bodies are the same whoever is told, so that each is rendered once. Others may name the recipient.
const SAME_FOR_ALL: [&str; 4] = ["cloudevents", "launchpad", "hirehive", "skype"];

/// What an event that tests an endpoint is told as in a dialect that has no word for it.
const TOLD_AS: [EventType; 2] = [EventType::InterviewStageUpdated, EventType::InterviewMeetingReady];

/// Plans deliveries by what endpoints asked for. Those of a disabled endpoint are planned too: they wait.
#[derive(Debug)]
pub struct Planning {
    public_url: String,
    /// By company, oldest first, as they were in one generation of the directory.
    endpoints: FxHashMap<CompanyId, Vec<Arc<Endpoint>>>,
    generation: Option<u64>,
}

impl Planning {
    /// `public_url` is where this hub can be reached from outside: what resource URLs in bodies begin with.
    pub fn new(public_url: &str) -> Self {
        let public_url = public_url.trim_end_matches('/').to_owned();
        Self { public_url, endpoints: FxHashMap::default(), generation: None }
    }

    fn look_up(&mut self, directory: &Directory) {
        if self.generation == Some(directory.generation()) {
            return;
        }
        self.generation = Some(directory.generation());
        self.endpoints.clear();
        for endpoint in directory.endpoints() {
            self.endpoints.entry(endpoint.company).or_default().push(Arc::clone(endpoint));
        }
        for endpoints in self.endpoints.values_mut() {
            endpoints.sort_unstable_by_key(|endpoint| endpoint.id);
        }
    }

    fn render(&self, event: &Event, endpoint: &Endpoint) -> Vec<Bytes> {
        let recipient = Recipient { url: &endpoint.url, public_url: &self.public_url };
        let Some(dialect) = dialect(&endpoint.dialect) else { return Vec::new() };
        render(dialect, event, &recipient).into_iter().map(Bytes::from).collect()
    }
}

/// The bodies in which this event is told in a dialect, in order; none where it has no word for it. What tests an endpoint
/// is told in every dialect.
pub fn render(dialect: &dyn Dialect, event: &Event, to: &Recipient<'_>) -> Vec<Vec<u8>> {
    let bodies = dialect.render(event, to);
    if event.kind != EventType::EndpointTest || !bodies.is_empty() {
        return bodies;
    }
    let told = TOLD_AS.into_iter().map(|kind| Event { kind, ..event.clone() });
    let mut rendered = told.map(|event| dialect.render(&event, to));
    rendered.find(|bodies| !bodies.is_empty()).unwrap_or_default()
}

impl Planner for Planning {
    fn plan(&mut self, event: &Event, _native: &Bytes, directory: &Directory) -> Plan {
        self.look_up(directory);
        let mut plan = Plan::default();
        let mut rendered: Vec<(&str, Vec<Bytes>)> = Vec::new();
        let endpoints = self.endpoints.get(&event.company).map_or(&[][..], Vec::as_slice);
        for endpoint in endpoints.iter().filter(|endpoint| endpoint.wants(event)) {
            if endpoint.dialect == NATIVE {
                plan.owed.push(Planned { endpoint: endpoint.id, body: None });
                continue;
            }
            let known = rendered.iter().find(|(dialect, _)| *dialect == endpoint.dialect);
            let bodies = known.map_or_else(|| self.render(event, endpoint), |(_, bodies)| bodies.clone());
            if known.is_none() && SAME_FOR_ALL.contains(&endpoint.dialect.as_str()) {
                rendered.push((&endpoint.dialect, bodies.clone()));
            }
            if bodies.is_empty() {
                plan.skipped.push(endpoint.id);
            }
            let planned = bodies.into_iter().map(|body| Planned { endpoint: endpoint.id, body: Some(body) });
            plan.owed.extend(planned);
        }
        plan
    }

    /// Only what is asked for is rendered.
    fn again(
        &mut self,
        event: &Event,
        native: &Bytes,
        only: Option<EndpointId>,
        directory: &Directory,
    ) -> Vec<Planned> {
        let Some(only) = only else { return self.plan(event, native, directory).owed };
        let Some(endpoint) = directory.endpoint(only).filter(|it| it.wants(event)) else { return Vec::new() };
        if endpoint.dialect == NATIVE {
            return vec![Planned { endpoint: only, body: None }];
        }
        let bodies = self.render(event, endpoint);
        bodies.into_iter().map(|body| Planned { endpoint: only, body: Some(body) }).collect()
    }
}
