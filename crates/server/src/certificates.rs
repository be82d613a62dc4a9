//! The certificate that HTTPS is served with: read from two files, and read again when they change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// The files do not hold a certificate and its key.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct CertificatesError {
    file: PathBuf,
    reason: String,
}

/// A certificate chain and its key, in PEM files.
#[derive(Debug)]
pub struct Certificates {
    chain: PathBuf,
    key: PathBuf,
    /// When the files had changed last before they were first read.
    changed_at: ChangedAt,
    current: ArcSwap<CertifiedKey>,
}

/// When a chain and its key were written, as far as that can be told.
type ChangedAt = [Option<SystemTime>; 2];

impl Certificates {
    /// Reads the two files.
    pub fn read(chain: &Path, key: &Path) -> Result<Arc<Self>, CertificatesError> {
        let changed_at = changed_at([chain, key]);
        let current = ArcSwap::from_pointee(certified(chain, key)?);
        Ok(Arc::new(Self { chain: chain.to_owned(), key: key.to_owned(), changed_at, current }))
    }

    /// What a listener needs to speak TLS with the certificate that is current at each handshake.
    pub(crate) fn server_config(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    /// Reads the files again whenever they change. A file that cannot be read leaves the old certificate in force.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut seen = self.changed_at;
        let mut look = tokio::time::interval(LOOK);
        loop {
            look.tick().await;
            let changed = changed_at([&self.chain, &self.key]);
            if changed == seen {
                continue;
            }
            match certified(&self.chain, &self.key) {
                Ok(certified) => {
                    self.current.store(Arc::new(certified));
                    seen = changed;
                    tracing::info!(chain = %self.chain.display(), "the certificate was read again");
                }
                Err(error) => {
                    tracing::warn!(%error, "the certificate has changed but cannot be read; the old one stays");
                }
            }
        }
    }
}

fn changed_at(files: [&Path; 2]) -> ChangedAt {
    files.map(|path| std::fs::metadata(path).and_then(|file| file.modified()).ok())
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

fn certified(chain: &Path, key: &Path) -> Result<CertifiedKey, CertificatesError> {
    let error = |file: &Path, reason: String| CertificatesError { file: file.to_owned(), reason };
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect)
        .map_err(|reason| error(chain, reason.to_string()))?;
    if certificates.is_empty() {
        return Err(error(chain, "holds no certificate".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|reason| error(key, reason.to_string()))?;
    CertifiedKey::from_der(certificates, private, &ring::default_provider())
        .map_err(|reason| error(key, reason.to_string()))
}
