//! TLS to the database, with the authorities that the system trusts: always with `sslmode=require` in its address, never with
//! `disable`, and otherwise if the database offers it.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::engine::EngineError;

/// How connections are secured.
pub(super) type Tls = MakeRustlsConnect;

pub(super) fn tls() -> Result<Tls, EngineError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| EngineError::Failed(error.to_string()))?;
    Ok(MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth()))
}
