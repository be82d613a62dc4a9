//! What the outbox needs of a sender, so that it can run without a network.

use std::future::Future;

use crate::sender::{Answer, SendError, Sender, Shipment};

/// Brings a shipment to where it is addressed.
pub trait Carrier: Send + Sync + 'static {
    /// One attempt: what was answered, within the carrier's own time limit.
    fn carry(&self, shipment: Shipment) -> impl Future<Output = Result<Answer, SendError>> + Send;
}

impl Carrier for Sender {
    async fn carry(&self, shipment: Shipment) -> Result<Answer, SendError> {
        self.send(shipment).await
    }
}
