//! An endpoint made ready for use: where to, signed with what, and when to try again.

use bytes::Bytes;
use callboard_core::{Endpoint, EndpointId, EventId, Timestamp};
use callboard_dialects::{Message, Sign, dialect, signer};
use http::header::USER_AGENT;
use http::{HeaderName, HeaderValue, Uri};

use crate::retry::RetrySchedule;
use crate::sender::Shipment;

/// What every request says about who sends it, unless its dialect says otherwise.
const DEFAULT_USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("Callboard/", env!("CARGO_PKG_VERSION")));

/// How one endpoint is reached. Made once for each change of the endpoint, used for each attempt.
pub(crate) struct Route {
    pub(crate) endpoint: EndpointId,
    /// Where to, as the endpoint has it.
    pub(crate) url: String,
    pub(crate) schedule: RetrySchedule,
    /// What is wrong with the endpoint's settings is told with each attempt, not held back.
    way: Result<Way, String>,
}

struct Way {
    to: Uri,
    signer: Box<dyn Sign>,
}

impl Route {
    pub(crate) fn new(endpoint: &Endpoint) -> Self {
        Self {
            endpoint: endpoint.id,
            url: endpoint.url.clone(),
            schedule: schedule(endpoint),
            way: Way::new(endpoint),
        }
    }

    /// What is sent in one attempt to tell `event` in `body` (invariant I4: only the signature and its time are fresh).
    pub(crate) fn shipment(&self, event: EventId, body: Bytes, at: Timestamp) -> Result<Shipment, String> {
        let way = self.way.as_ref().map_err(String::clone)?;
        let signed = way.signer.sign(&Message { id: &event.to_string(), body: &body, at });
        let mut headers = Vec::with_capacity(signed.len() + 1);
        for (name, value) in signed {
            let header = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::try_from(value).ok());
            headers.push(
                header.ok_or_else(|| format!("the header {name} cannot be sent: its value is not one"))?,
            );
        }
        if !headers.iter().any(|(name, _)| name == USER_AGENT) {
            headers.push((USER_AGENT, DEFAULT_USER_AGENT));
        }
        Ok(Shipment { url: way.to.clone(), headers, body })
    }
}

impl Way {
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

fn schedule(endpoint: &Endpoint) -> RetrySchedule {
    if endpoint.retry.is_empty() {
        return RetrySchedule::default();
    }
    RetrySchedule::parse(&endpoint.retry).unwrap_or_else(|error| {
        tracing::warn!(endpoint = %endpoint.id, %error, "the default retry schedule is used instead");
        RetrySchedule::default()
    })
}
