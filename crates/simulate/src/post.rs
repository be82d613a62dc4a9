//! Posting to a URL over HTTP/1.1 or HTTPS, connections kept open in between.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, RETRY_AFTER};
use http::uri::Scheme;
use http::{Method, Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

/// How long the other side may take to answer: what Skype Interviews allows (platforms.md 2.1).
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// How long an unused connection is kept open.
const IDLE_LIMIT: Duration = Duration::from_secs(20);
/// How much of an answer is read, so that its connection can be used again; it is not looked at.
const READ_LIMIT_BYTES: usize = 64 * 1024;

/// What came back.
pub(crate) struct Reply {
    pub status: u16,
    /// The `Retry-After` header, as it came.
    pub retry_after: Option<String>,
}

/// Nothing came back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error("no answer within {} s", ANSWER_LIMIT.as_secs())]
    TimedOut,
    #[error("{0}")]
    NotReached(String),
}

/// Cheap to clone; clones share connections.
#[derive(Clone)]
pub(crate) struct Post {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Post {
    /// A client for this URL. Over HTTPS it trusts the machine's certificates and these.
    pub fn to(url: &Uri, extra_roots: &[CertificateDer<'static>]) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        if url.scheme() == Some(&Scheme::HTTPS) {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        for root in extra_roots {
            roots.add(root.clone())?;
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_LIMIT)
            .build(connector);
        Ok(Self { client })
    }

    /// Posts once.
    pub async fn post(&self, to: Uri, headers: HeaderMap, body: Bytes) -> Result<Reply, Unanswered> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = to;
        *request.headers_mut() = headers;
        let exchange = async {
            let response = self.client.request(request).await.map_err(|error| not_reached(&error))?;
            let (head, body) = response.into_parts();
            // Whatever becomes of the body, the status has been given.
            let _ = Limited::new(body, READ_LIMIT_BYTES).collect().await;
            let retry_after = head.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            Ok(Reply { status: head.status.as_u16(), retry_after: retry_after.map(str::to_owned) })
        };
        timeout(ANSWER_LIMIT, exchange).await.unwrap_or(Err(Unanswered::TimedOut))
    }
}

/// The innermost cause says most: "connection refused" rather than "client error".
fn not_reached(error: &dyn StdError) -> Unanswered {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    Unanswered::NotReached(cause.to_string())
}
