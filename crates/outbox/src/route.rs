//! An endpoint made ready for use: where to, signed with what, and when to try again.

use bytes::Bytes;
use callboard_core::{DeliveryId, Endpoint, EndpointId, EventId, Timestamp};
use callboard_dialects::{Message, Sign, dialect, signer};
use http::header::USER_AGENT;
use http::{HeaderName, HeaderValue};

use crate::destination::Destination;
use crate::retry::RetrySchedule;
use crate::sender::Shipment;

/// What every request says about who sends it, unless its dialect says otherwise.
const DEFAULT_USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("Callboard/", env!("CARGO_PKG_VERSION")));

/// Headers that are added to the dialect's.
const OWN_HEADERS: usize = 1;

/// How one endpoint is reached. Made once for each change of the endpoint, used for each attempt.
pub(crate) struct Route {
    pub(crate) endpoint: EndpointId,
    /// Where to, as the endpoint has it.
    pub(crate) url: String,
    pub(crate) schedule: RetrySchedule,
    /// What is wrong with the endpoint's settings is told with each attempt, not held back.
    way: Result<Way, String>,
    /// The ways of what was owed before the endpoint got another dialect, each with the last delivery that it is for.
    formerly: Vec<(DeliveryId, Result<Way, String>)>,
}

struct Way {
    to: Destination,
    signer: Box<dyn Sign>,
}

impl Route {
    pub(crate) fn new(endpoint: &Endpoint) -> Self {
        Self {
            endpoint: endpoint.id,
            url: endpoint.url.clone(),
            schedule: schedule(endpoint),
            way: Way::new(endpoint),
            formerly: endpoint
                .formerly
                .iter()
                .map(|former| (former.until, Way::new(&endpoint.told(former.until))))
                .collect(),
        }
    }

    /// What is sent in one attempt at a delivery, to tell `event` in `body`.
    pub(crate) fn shipment(
        &self,
        delivery: DeliveryId,
        event: EventId,
        body: Bytes,
        at: Timestamp,
    ) -> Result<Shipment, String> {
        let former = self.formerly.iter().find(|(until, _)| delivery <= *until);
        let way = former.map_or(&self.way, |(_, way)| way);
        way.as_ref().map_err(String::clone)?.shipment(event, body, at)
    }
}

/// What one attempt at `at` sends to tell this endpoint of `event` in `body`: for whoever wants to see it. An endpoint that has
/// changed its dialect is to be [as it is told](Endpoint::told) the delivery.
///
/// # Errors
/// What is wrong with the endpoint's settings, in a sentence; an attempt fails for the same reason.
pub fn shipment(endpoint: &Endpoint, event: EventId, body: Bytes, at: Timestamp) -> Result<Shipment, String> {
    Way::new(endpoint)?.shipment(event, body, at)
}

impl Way {
    /// Invariant I4: only the signature and its time are fresh.
    fn shipment(&self, event: EventId, body: Bytes, at: Timestamp) -> Result<Shipment, String> {
        let signed = self.signer.sign(&Message { id: &event.to_string(), body: &body, at });
        let mut headers = Vec::with_capacity(signed.len() + OWN_HEADERS);
        for ((name, _), value) in signed.iter().zip(texts(&signed)) {
            let value = HeaderValue::from_maybe_shared(value)
                .map_err(|_| format!("the header {name} cannot be sent: its value is not one"))?;
            headers.push((HeaderName::from_static(name), value));
        }
        if !headers.iter().any(|(name, _)| name == USER_AGENT) {
            headers.push((USER_AGENT, DEFAULT_USER_AGENT));
        }
        Ok(Shipment { url: self.to.clone(), headers, body })
    }

    fn new(endpoint: &Endpoint) -> Result<Self, String> {
        let dialect = dialect(&endpoint.dialect)
            .ok_or_else(|| format!("this program does not speak the dialect {:?}", endpoint.dialect))?;
        let signer = signer(dialect, &endpoint.credentials.0, endpoint.rotated.as_ref())
            .map_err(|error| format!("the endpoint's credentials cannot be used: {error}"))?;
        let to =
            endpoint.url.parse().map_err(|error| format!("the endpoint's URL cannot be used: {error}"))?;
        Ok(Self { to, signer })
    }
}

/// The headers' texts, all in one piece of memory: another one for each costs more than signing does.
fn texts(headers: &[(&'static str, String)]) -> impl Iterator<Item = Bytes> {
    let texts: Vec<&str> = headers.iter().map(|(_, text)| text.as_str()).collect();
    let mut rest = Bytes::from(texts.concat());
    headers.iter().map(move |(_, text)| rest.split_to(text.len()))
}

fn schedule(endpoint: &Endpoint) -> RetrySchedule {
    if endpoint.retry.is_empty() {
        return RetrySchedule::default();
    }
    RetrySchedule::parse(&endpoint.retry).unwrap_or_else(|error| {
        tracing::warn!(endpoint = %endpoint.id, %error, "the default retry schedule is used instead");
        RetrySchedule::default()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use callboard_core::{CompanyId, EndpointState, Identifier, Sealed};
    use callboard_dialects::{DIALECTS, Role};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_each_dialect_signs_is_sent_as_it_was_signed_and_one_user_agent_with_it() {
        for dialect in DIALECTS {
            let given = (dialect.name() == "launchpad")
                .then(|| serde_json::json!({ "username": "callboard", "password": "secret" }));
            let random = &mut |bytes: &mut [u8]| bytes.fill(7);
            let credentials = dialect.credentials(given.as_ref(), Role::Endpoint, random).unwrap();
            let signer = dialect.signer(&credentials).unwrap();
            let message =
                Message { id: &EventId::from_raw(1).to_string(), body: b"{}", at: Timestamp::UNIX_EPOCH };
            let expected = signer.sign(&message);
            let route = Route {
                endpoint: EndpointId::from_raw(1),
                url: "https://ats.example/hooks".to_owned(),
                schedule: RetrySchedule::default(),
                way: Ok(Way { to: "https://ats.example/hooks".parse().unwrap(), signer }),
                formerly: Vec::new(),
            };

            let body = Bytes::from_static(b"{}");
            let sent = route
                .shipment(DeliveryId::from_raw(2), EventId::from_raw(1), body, message.at)
                .unwrap()
                .headers;

            let is_sent =
                |(name, text): &(&str, String)| sent.iter().any(|(n, v)| n == name && v == text.as_str());
            assert!(expected.iter().all(is_sent), "{}: {expected:?} {sent:?}", dialect.name());
            assert_eq!(sent.iter().filter(|(name, _)| name == USER_AGENT).count(), 1, "{}", dialect.name());
        }
    }

    #[test]
    fn what_is_owed_in_a_former_dialect_goes_out_as_such() {
        let credentials = |name: &str| {
            let random = &mut |bytes: &mut [u8]| bytes.fill(7);
            Sealed(dialect(name).unwrap().credentials(None, Role::Endpoint, random).unwrap())
        };
        let mut endpoint: Endpoint = serde_json::from_value(json!({
            "id": EndpointId::from_raw(1), "company": CompanyId::from_raw(1), "url": "https://ats.example/hooks",
            "dialect": "skype", "credentials": credentials("skype"), "hold_for": Duration::from_secs(60),
            "state": EndpointState::Enabled, "created_at": Timestamp::UNIX_EPOCH,
        }))
        .unwrap();
        for (until, next) in [(10, "standard"), (20, "cloudevents")] {
            endpoint.change_dialect_after(DeliveryId::from_raw(until));
            (endpoint.dialect, endpoint.credentials) = (next.to_owned(), credentials(next));
        }
        let route = Route::new(&endpoint);
        let sent = |delivery| {
            let (delivery, event) = (DeliveryId::from_raw(delivery), EventId::from_raw(1));
            let headers = route
                .shipment(delivery, event, Bytes::from_static(b"{}"), Timestamp::UNIX_EPOCH)
                .unwrap()
                .headers;
            ["authorization", "webhook-id", "content-type"]
                .map(|name| headers.iter().find(|(header, _)| header == name).map(|(_, text)| text.clone()))
        };
        let in_skype_s = sent(10);
        assert!(in_skype_s[0].is_some() && in_skype_s[1].is_none());
        let [authorization, id, kind] = sent(11);
        assert!(authorization.is_none() && id.is_some());
        assert_eq!((sent(1)[1].is_none(), sent(20)[2].clone()), (true, kind.clone()));
        assert_ne!(sent(21)[2], kind, "it says that it is a CloudEvent");
    }
}
