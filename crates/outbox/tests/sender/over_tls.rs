//! Whom it trusts.

use std::sync::Arc;

use callboard_outbox::{AddressGuard, Answer, SendError, Sender, SenderLimits, client_config};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::stage::{Endpoint, Names, OK, loopback, send};

const NAME: &str = "hooks.example";

/// An authority that the sender trusts, with certificates that it has issued.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "an authority");
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issue(&self, name: &str, alter: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        alter(&mut params);
        let certificate = params.signed_by(&key, &self.0).unwrap();
        server_config(certificate.der().clone(), &key)
    }

    /// Sends to an endpoint called [`NAME`] that shows the certificate of `server`.
    async fn send_to(&self, server: ServerConfig) -> Result<Answer, SendError> {
        let acceptor = TlsAcceptor::from(Arc::new(server));
        let endpoint = Endpoint::open(move |stream, seen| {
            let acceptor = acceptor.clone();
            async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    answer_ok(&mut stream, &seen).await;
                }
            }
        })
        .await;
        self.send_to_port(endpoint.address.port()).await
    }

    async fn send_to_port(&self, port: u16) -> Result<Answer, SendError> {
        let trusted = client_config(std::slice::from_ref(self.0.der())).unwrap();
        let names = Names::answering(&[&["127.0.0.1"]]);
        let guard = AddressGuard { allow_http: false, ..loopback() };
        let sender = Sender::with_lookup(guard, trusted, SenderLimits::default(), names);
        send(&sender, &format!("https://{NAME}:{port}/hook")).await
    }
}

fn server_config(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

async fn answer_ok(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), seen: &Endpoint) {
    while seen.read_request(stream).await {
        stream.write_all(OK.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
    }
}

fn assert_tls_error(outcome: Result<Answer, SendError>, words: &str) {
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains(words)), ("tls", true), "{error}");
}

#[tokio::test]
async fn a_certificate_that_fits_is_trusted() {
    let authority = Authority::new();
    let server = authority.issue(NAME, |_| {});
    assert!(authority.send_to(server).await.unwrap().is_success());
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let authority = Authority::new();
    let server = authority.issue(NAME, |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    assert_tls_error(authority.send_to(server).await, "expired");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let server = authority.issue("other.example", |_| {});
    assert_tls_error(authority.send_to(server).await, "not valid for name");
}

#[tokio::test]
async fn a_certificate_signed_by_nobody_trusted_is_refused() {
    let key = KeyPair::generate().unwrap();
    let alone = CertificateParams::new(vec![NAME.to_owned()]).unwrap().self_signed(&key).unwrap();
    let server = server_config(alone.der().clone(), &key);
    assert_tls_error(Authority::new().send_to(server).await, "UnknownIssuer");

    // An authority of the same name is another one all the same.
    let impostor = Authority::new().issue(NAME, |_| {});
    assert_tls_error(Authority::new().send_to(impostor).await, "BadSignature");
}

#[tokio::test]
async fn an_endpoint_that_does_not_speak_tls_is_named_so() {
    let plain = Endpoint::open(|mut stream, _| async move {
        stream.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
        // Read until the other side hangs up: closing first would look like a reset.
        while matches!(stream.read(&mut [0; 1024]).await, Ok(1..)) {}
    })
    .await;
    assert_tls_error(Authority::new().send_to_port(plain.address.port()).await, "no secure connection");
}

#[tokio::test]
async fn a_client_certificate_that_is_asked_for_after_the_handshake_is_a_tls_failure() {
    let authority = Authority::new();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec![NAME.to_owned()]).unwrap().signed_by(&key, &authority.0).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.0.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    assert_tls_error(authority.send_to(server).await, "ertificate");
}

#[test]
fn an_extra_root_that_is_no_certificate_is_refused() {
    assert!(client_config(&[CertificateDer::from(vec![1, 2, 3])]).is_err());
}
