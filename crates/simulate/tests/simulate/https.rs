//! A hub behind its own certificate is played to over HTTPS if that certificate is trusted, and not otherwise.

use std::net::SocketAddr;
use std::sync::Arc;

use callboard_simulate::{Platform, Player, Playing};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::common::{clock, credentials, now};

/// Answers everything with 200, under a certificate of its own for `localhost`.
async fn hub() -> (SocketAddr, CertificateDer<'static>) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = own.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let ok = service_fn(async |_| {
                    Ok::<_, hyper::Error>(http::Response::new(Full::<Bytes>::default()))
                });
                let served =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), ok);
                let _ = served.await;
            });
        }
    });
    (address, certificate)
}

fn playing(address: SocketAddr) -> Playing {
    let to = format!("https://localhost:{}/in/src_1", address.port()).parse().unwrap();
    Playing { count: Some(2), ..Playing::new(Platform::Skype, to, credentials(Platform::Skype), now()) }
}

#[tokio::test]
async fn a_certificate_that_is_trusted_is_enough() {
    let (address, certificate) = hub().await;
    let playing = Playing { extra_roots: vec![certificate], ..playing(address) };
    let tally = Player::new(playing, clock()).unwrap().play(|_| ()).await;
    assert_eq!((tally.accepted, tally.failed), (tally.sent, 0));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not() {
    let (address, _) = hub().await;
    let playing = Playing { count: Some(1), ..playing(address) };
    let tally = Player::new(playing, clock()).unwrap().play(|_| ()).await;
    assert_eq!((tally.accepted, tally.failed), (0, tally.sent));
}
