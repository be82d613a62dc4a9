//! Where a shipment may go.

use std::net::Ipv4Addr;

use callboard_outbox::{AddressGuard, Refusal, SendError, Sender, SenderLimits, client_config};
use tokio::net::TcpSocket;

use crate::stage::{Endpoint, Names, OK, OK_AND_CLOSE, loopback, send, sender, sender_with_names};

#[tokio::test]
async fn an_address_in_the_url_is_vetted_though_no_name_is_looked_up() {
    let sender = sender(SenderLimits::default());
    for url in
        ["http://10.0.0.1/", "http://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "http://[::1]/"]
    {
        let error = send(&sender, url).await.unwrap_err();
        assert!(matches!(error, SendError::Refused(Refusal::Address { .. })), "{url}: {error}");
        assert_eq!(error.kind(), "refused");
    }
}

#[tokio::test]
async fn plain_http_is_refused_unless_opened() {
    let endpoint = Endpoint::answering(OK).await;
    let guard = AddressGuard { allow_http: false, ..loopback() };
    let sender = Sender::new(guard, client_config(&[]).unwrap(), SenderLimits::default());
    let error = send(&sender, &endpoint.url()).await.unwrap_err();
    assert_eq!(error, SendError::Refused(Refusal::Scheme("http".to_owned())));
    assert_eq!(endpoint.connections(), 0);
}

#[tokio::test]
async fn a_name_that_changes_to_an_inside_address_is_not_followed_there() {
    let endpoint = Endpoint::answering(OK_AND_CLOSE).await;
    let sender = sender_with_names(Names::answering(&[&["127.0.0.1"], &["10.0.0.1"]]));
    let url = format!("http://rebinding.example:{}/", endpoint.address.port());

    assert!(send(&sender, &url).await.unwrap().is_success());
    let error = send(&sender, &url).await.unwrap_err();
    let sentence =
        "rebinding.example leads to 10.0.0.1, which is not allowed, it is a private network (RFC 1918)";
    assert_eq!((error.kind(), error.to_string().as_str()), ("refused", sentence));
}

#[tokio::test]
async fn only_the_permitted_addresses_of_a_name_are_connected_to() {
    let endpoint = Endpoint::answering(OK).await;
    // The first is refused, nobody listens at the second.
    let sender = sender_with_names(Names::answering(&[&["10.0.0.1", "127.0.0.2", "127.0.0.1"]]));
    let answer = send(&sender, &format!("http://hooks.example:{}/", endpoint.address.port())).await.unwrap();
    assert_eq!((answer.status, endpoint.connections()), (200, 1));
}

#[tokio::test]
async fn a_name_without_an_address_and_a_port_without_a_listener_are_told_apart() {
    let error = send(&sender_with_names(Names::answering(&[])), "http://hooks.example/").await.unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains("it has no address")), ("resolve", true), "{error}");

    let kept = TcpSocket::new_v4().unwrap();
    kept.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let nobody = format!("http://{}/", kept.local_addr().unwrap());
    let error = send(&sender(SenderLimits::default()), &nobody).await.unwrap_err();
    assert_eq!((error.kind(), error.to_string().contains("refused")), ("connect", true), "{error}");
}
