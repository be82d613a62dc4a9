//! Where a request goes, worked out once: there are many attempts, and an address changes seldom.

use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use http::uri::{InvalidUri, Parts, Scheme};
use http::{HeaderValue, Uri};

use crate::lines::Place;

/// A URL, and what every request to it has in common. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Destination(Arc<Known>);

#[derive(Debug)]
struct Known {
    url: Uri,
    place: Option<Place>,
    host: Option<HeaderValue>,
    target: Uri,
}

impl Destination {
    /// Where a connection has to lead; nowhere if the URL is not absolute.
    pub(crate) fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// The host as a header: with the port where it is not its scheme's own.
    pub(crate) fn host_header(&self) -> Option<&HeaderValue> {
        self.0.host.as_ref()
    }

    /// The path and the query, which is all of the URL that a request's first line says.
    pub(crate) fn request_target(&self) -> &Uri {
        &self.0.target
    }
}

impl From<Uri> for Destination {
    fn from(url: Uri) -> Self {
        Self(Arc::new(Known { place: Place::of(&url), host: host(&url), target: target(&url), url }))
    }
}

impl FromStr for Destination {
    type Err = InvalidUri;

    fn from_str(url: &str) -> Result<Self, InvalidUri> {
        url.parse::<Uri>().map(Self::from)
    }
}

impl Deref for Destination {
    type Target = Uri;

    fn deref(&self) -> &Uri {
        &self.0.url
    }
}

fn host(url: &Uri) -> Option<HeaderValue> {
    let (host, port) = (url.host()?, url.port_u16());
    let own = if url.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    match port.filter(|port| *port != own) {
        Some(port) => HeaderValue::try_from(format!("{host}:{port}")).ok(),
        None => HeaderValue::from_str(host).ok(),
    }
}

fn target(url: &Uri) -> Uri {
    let mut parts = Parts::default();
    parts.path_and_query = url.path_and_query().cloned();
    Uri::from_parts(parts).unwrap_or_default()
}
