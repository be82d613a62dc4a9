//! A network that breaks connections: before a request has arrived, or after, so that its answer is lost.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use callboard_simulate::Platform;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use crate::dice;
use crate::support::Hub;
use crate::support::accounts::Account;
use crate::support::ear::{Ear, subscribe};
use crate::support::insisting::Platforms;
use crate::support::record::Record;

/// One in so many connections is reset before anything has passed, one in so many answers is lost with its connection.
const ONE_IN: u32 = 6;
const ACKNOWLEDGED: usize = 150;
/// What the hub's requests and the receiver's answers are read in.
const CHUNK_BYTES: usize = 64 * 1024;

/// A way to a receiver on which connections break.
struct Way {
    address: SocketAddr,
    /// Answers that the receiver gave and nobody got.
    lost_answers: Arc<AtomicU64>,
    _runtime: Runtime,
}

impl Way {
    fn to(receiver: SocketAddr, dice: StdRng) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (lost_answers, dice) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(dice)));
        let lost = Arc::clone(&lost_answers);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, receiver, Arc::clone(&dice), Arc::clone(&lost)));
            }
        });
        Self { address, lost_answers, _runtime: runtime }
    }
}

/// Passes on what comes over one connection until it is reset.
async fn pass(mut hub: TcpStream, receiver: SocketAddr, dice: Arc<Mutex<StdRng>>, lost: Arc<AtomicU64>) {
    let breaks = || dice.lock().unwrap().random_ratio(1, ONE_IN);
    // Whoever is dropped now is reset, not closed.
    hub.set_zero_linger().unwrap();
    if breaks() {
        return;
    }
    let mut receiver = TcpStream::connect(receiver).await.unwrap();
    let (mut request, mut answer) = (vec![0; CHUNK_BYTES], vec![0; CHUNK_BYTES]);
    loop {
        tokio::select! {
            read = hub.read(&mut request) => match read {
                Ok(0) | Err(_) => return,
                Ok(bytes) => receiver.write_all(&request[..bytes]).await.unwrap(),
            },
            read = receiver.read(&mut answer) => match read {
                Ok(0) | Err(_) => return,
                Ok(_) if breaks() => {
                    lost.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                Ok(bytes) if hub.write_all(&answer[..bytes]).await.is_err() => return,
                Ok(_) => {}
            },
        }
    }
}

#[test]
fn connections_that_break_cost_attempts_and_nothing_else() {
    let hub = Hub::start();
    let account = Account::open(&hub, Platform::Skype);
    let ear = Ear::open("standard");
    let way = Way::to(ear.address(), dice());
    let delays = [["1s"; 10], ["4s"; 10]].concat();
    let url = ear.url().replace(&ear.address().to_string(), &way.address.to_string());
    subscribe(&hub, &url, "standard", &json!({"retry": {"schedule": delays}}));

    let platforms = Platforms::telling(&account, &hub);
    let (hub, acknowledged) = platforms.through(hub, &account, |hub| {
        platforms.heard_yes(ACKNOWLEDGED);
        hub
    });
    hub.settle();

    let record = Record::of(&hub);
    record.assert_holds(&acknowledged);
    record.assert_delivered(1);
    record.assert_told_to(&ear);
    let lost = way.lost_answers.load(Ordering::Relaxed);
    assert!(lost > 0, "no answer was lost");
    assert!(ear.counts().duplicates <= lost, "{} duplicates, {lost} answers lost", ear.counts().duplicates);
}
