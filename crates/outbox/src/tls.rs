//! Opening a connection: the guard, the name, TCP, then TLS.
//!
//! Whom to trust is decided once, in [`client_config`]. What goes wrong is told apart here, where it happens, because
//! an operator does something else about a refused address than about an expired certificate.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::guard::{AddressGuard, GuardedResolver, ResolveError, bare_host};
use crate::sender::{Phase, SendError};

/// How the hub speaks TLS to endpoints: TLS 1.2 and 1.3, HTTP/1.1, no client certificate.
///
/// Trusted are the machine's certificates (`SSL_CERT_FILE` and `SSL_CERT_DIR` are heeded), Mozilla's when the machine
/// has none, and `extra_roots`.
///
/// # Errors
/// When one of `extra_roots` is not a certificate.
pub fn client_config(extra_roots: &[CertificateDer<'static>]) -> Result<Arc<ClientConfig>, rustls::Error> {
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "some of the machine's certificates could not be loaded");
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(native.certs);
    if roots.is_empty() {
        tracing::warn!("the machine has no certificates to trust, Mozilla's are used instead");
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    for root in extra_roots {
        roots.add(root.clone())?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Opens connections to endpoints.
pub(crate) struct Connector {
    guard: Arc<AddressGuard>,
    tcp: HttpConnector<GuardedResolver>,
    tls: TlsConnector,
    limit: Duration,
}

impl Connector {
    /// `limit` is for all of it: the name, TCP and TLS.
    pub(crate) fn new(
        guard: Arc<AddressGuard>,
        resolver: GuardedResolver,
        tls: Arc<ClientConfig>,
        limit: Duration,
    ) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(resolver);
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        // Shared out among a name's addresses, so that one that is dead leaves time for the next.
        tcp.set_connect_timeout(Some(limit));
        Self { guard, tcp, tls: TlsConnector::from(tls), limit }
    }

    /// Opens a connection to the host of this URL.
    pub(crate) async fn open(&self, destination: Uri) -> Result<Wire, SendError> {
        match timeout(self.limit, self.connect(destination)).await {
            Ok(opened) => opened,
            Err(_) => Err(self.took_too_long()),
        }
    }

    async fn connect(&self, destination: Uri) -> Result<Wire, SendError> {
        self.guard.check_destination(&destination)?;
        let encrypted = destination.scheme() == Some(&Scheme::HTTPS);
        let server = bare_host(destination.host().unwrap_or_default()).to_owned();

        let tcp = self.tcp.clone().call(destination).await.map_err(|error| self.why_not_connected(&error))?;
        if !encrypted {
            return Ok(Box::new(tcp));
        }
        let server = ServerName::try_from(server).map_err(|error| SendError::Tls(error.to_string()))?;
        let tls = self.tls.connect(server, tcp.into_inner()).await;
        Ok(Box::new(TokioIo::new(tls.map_err(|error| SendError::Tls(error.to_string()))?)))
    }

    fn why_not_connected(&self, error: &(dyn StdError + 'static)) -> SendError {
        let causes = || std::iter::successors(Some(error), |&error| error.source());
        match causes().find_map(|cause| cause.downcast_ref::<ResolveError>()) {
            Some(ResolveError::Refused(refusal)) => return SendError::Refused(refusal.clone()),
            Some(unresolved) => return SendError::Resolve(unresolved.to_string()),
            None => {}
        }
        match causes().find_map(|cause| cause.downcast_ref::<io::Error>()) {
            Some(cause) if cause.kind() == io::ErrorKind::TimedOut => self.took_too_long(),
            Some(cause) => SendError::Connect(cause.to_string()),
            None => SendError::Connect(error.to_string()),
        }
    }

    fn took_too_long(&self) -> SendError {
        SendError::Timeout { phase: Phase::Connect, limit: self.limit }
    }
}

/// An open connection to an endpoint, plain or encrypted.
pub(crate) type Wire = Box<dyn ReadWrite>;

pub(crate) trait ReadWrite: Read + Write + Send + Unpin {}
impl<T: Read + Write + Send + Unpin> ReadWrite for T {}
