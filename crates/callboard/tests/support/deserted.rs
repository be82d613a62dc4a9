//! An address where nobody listens until a test has somebody listen there.

use std::net::SocketAddr;

use tokio::net::TcpSocket;

/// Keeps a port of the loopback address without listening at it: whoever connects is refused, the system gives the port to
/// nobody else, and whoever is told of it may listen there.
pub struct Deserted(TcpSocket);

impl Deserted {
    pub fn keep() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Self(socket)
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    pub fn port(&self) -> u16 {
        self.address().port()
    }

    /// What an endpoint there would be called by.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address())
    }
}
