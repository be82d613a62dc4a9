//! Hints of what happens elsewhere: notifications on a connection of their own.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, Client};

use super::session::{Address, reach};
use crate::engine::EngineError;
use crate::sharing::{Ear, Hint, LEASE};

/// The channel that hubs call each other on.
pub(super) const CHANNEL: &str = "callboard";
/// What is said there by one that has come, gone, or let go of shards. One that has written says its number as a writer.
pub(super) const CREW: &str = "crew";
/// Hints that may wait; more of them say nothing new.
const HINTS: usize = 64;

pub(super) struct PostgresEar {
    address: Address,
    /// This hub's number as a writer.
    own: Arc<AtomicI64>,
    listening: Option<Listening>,
}

struct Listening {
    /// The connection ends with it.
    _client: Client,
    heard: mpsc::Receiver<Hint>,
}

impl PostgresEar {
    pub(super) fn new(address: Address, own: Arc<AtomicI64>) -> Self {
        Self { address, own, listening: None }
    }

    fn begin(&self) -> Result<Listening, EngineError> {
        let beside = &self.address.beside;
        let (client, mut connection) = reach(&self.address, beside, LEASE)?;
        let (tell, heard) = mpsc::channel(HINTS);
        let own = Arc::clone(&self.own);
        beside.handle().spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
                if let AsyncMessage::Notification(said) = message {
                    let crew = said.payload() == CREW;
                    let is_own = said.payload().parse() == Ok(own.load(Ordering::Relaxed));
                    if !is_own {
                        let _ = tell.try_send(Hint { written: !crew, crew });
                    }
                }
            }
        });
        let listen = format!("LISTEN {CHANNEL}");
        match beside.until(async { timeout(LEASE, client.batch_execute(&listen)).await }) {
            Ok(listens) => listens?,
            Err(_) => return Err(EngineError::Failed("the database did not answer in time".to_owned())),
        }
        Ok(Listening { _client: client, heard })
    }
}

impl Ear for PostgresEar {
    fn listen(&mut self, at_most: Duration) -> Result<Hint, EngineError> {
        let mut listening = match self.listening.take() {
            Some(listening) => listening,
            None => self.begin()?,
        };
        let first = self.address.beside.until(async { timeout(at_most, listening.heard.recv()).await });
        let mut hint = match first {
            // Time to look without one.
            Err(_) => Hint { written: true, crew: false },
            Ok(Some(hint)) => hint,
            Ok(None) => return Err(EngineError::Failed("the connection was lost".to_owned())),
        };
        while let Ok(more) = listening.heard.try_recv() {
            hint = Hint { written: hint.written || more.written, crew: hint.crew || more.crew };
        }
        self.listening = Some(listening);
        Ok(hint)
    }
}
