//! A way to a database on which an answer gets lost or all that is said stands still for a while, and at the end of which
//! another database may stand afterwards.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// How the end of a transaction is asked for.
const COMMIT: &[u8] = b"COMMIT\0";
/// How long it takes from one byte to the next where answers drip.
const A_DROP: Duration = Duration::from_micros(200);

/// Passes on what is said over a socket of its own.
pub struct Relay {
    place: TempDir,
    to: Arc<Mutex<Option<PathBuf>>>,
    cut: Arc<Mutex<Option<Cut>>>,
    drips: Arc<AtomicBool>,
    gate: Arc<Gate>,
    connected: Arc<AtomicUsize>,
}

/// What is to be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The connection alone.
    Connection,
    /// The way to the database: nothing is to be reached any more.
    Way,
}

/// Where everything waits while it is shut.
#[derive(Default)]
struct Gate {
    is_shut: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn set(&self, is_shut: bool) {
        *self.is_shut.lock().unwrap() = is_shut;
        self.opened.notify_all();
    }

    fn pass(&self) {
        drop(self.opened.wait_while(self.is_shut.lock().unwrap(), |is_shut| *is_shut).unwrap());
    }
}

impl Relay {
    pub fn to(place: &Path) -> Self {
        let own = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(socket(own.path())).unwrap();
        let relay = Self {
            place: own,
            to: Arc::new(Mutex::new(Some(place.to_owned()))),
            cut: Arc::default(),
            drips: Arc::default(),
            gate: Arc::default(),
            connected: Arc::default(),
        };
        let (to, cut, gate) = (Arc::clone(&relay.to), Arc::clone(&relay.cut), Arc::clone(&relay.gate));
        let (drips, connected) = (Arc::clone(&relay.drips), Arc::clone(&relay.connected));
        thread::spawn(move || {
            for client in listener.incoming() {
                connected.fetch_add(1, Ordering::SeqCst);
                // Where nothing is to be reached, the connection is closed.
                let Some(place) = to.lock().unwrap().clone() else { continue };
                let server = UnixStream::connect(socket(&place)).unwrap();
                pass(client.unwrap(), server, &to, &cut, &drips, &gate);
            }
        });
        relay
    }

    /// The directory of its socket.
    pub fn place(&self) -> &Path {
        self.place.path()
    }

    /// Cuts the next connection on which something is committed, before the answer to that arrives.
    pub fn cut_after_commit(&self, cut: Cut) {
        *self.cut.lock().unwrap() = Some(cut);
    }

    /// Is that still to come?
    pub fn is_to_be_cut(&self) -> bool {
        self.cut.lock().unwrap().is_some()
    }

    /// Nothing is to be cut any more.
    pub fn spare(&self) {
        *self.cut.lock().unwrap() = None;
    }

    /// How many connections have been asked for.
    pub fn connected(&self) -> usize {
        self.connected.load(Ordering::SeqCst)
    }

    /// Answers arrive byte by byte from now on.
    pub fn drip(&self) {
        self.drips.store(true, Ordering::SeqCst);
    }

    /// Nothing is heard any more from the other side, in both directions, though nobody hangs up.
    pub fn stand_still(&self) {
        self.gate.set(true);
    }

    /// Everything that was said meanwhile arrives.
    pub fn go_on(&self) {
        self.gate.set(false);
    }

    /// What is reached from now on.
    pub fn leads_to(&self, place: &Path) {
        *self.to.lock().unwrap() = Some(place.to_owned());
    }
}

fn socket(place: &Path) -> PathBuf {
    place.join(".s.PGSQL.5432")
}

fn pass(
    mut client: UnixStream,
    mut server: UnixStream,
    to: &Arc<Mutex<Option<PathBuf>>>,
    cut: &Arc<Mutex<Option<Cut>>>,
    drips: &Arc<AtomicBool>,
    gate: &Arc<Gate>,
) {
    let (mut answers, mut asks) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let is_cut = Arc::new(AtomicBool::new(false));
    let (has_been_cut, to, armed) = (Arc::clone(&is_cut), Arc::clone(to), Arc::clone(cut));
    let (there, back, drips) = (Arc::clone(gate), Arc::clone(gate), Arc::clone(drips));
    thread::spawn(move || {
        let mut bytes = [0; 16_384];
        while let Ok(read @ 1..) = answers.read(&mut bytes) {
            back.pass();
            // A database that cannot say what it has done takes back what is not committed: it may go on saying it.
            if has_been_cut.load(Ordering::SeqCst) {
                let _ = client.shutdown(Shutdown::Both);
                continue;
            }
            let (piece, pause) =
                if drips.load(Ordering::SeqCst) { (1, A_DROP) } else { (read, Duration::ZERO) };
            let mut pieces = bytes[..read].chunks(piece);
            if !pieces.all(|piece| client.write_all(piece).map(|()| thread::sleep(pause)).is_ok()) {
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let mut bytes = [0; 16_384];
        let mut said = Vec::new();
        while let Ok(read @ 1..) = asks.read(&mut bytes) {
            there.pass();
            // A word may arrive in two pieces.
            said.drain(..said.len().saturating_sub(COMMIT.len() - 1));
            said.extend_from_slice(&bytes[..read]);
            let commits = said.windows(COMMIT.len()).any(|word| word == COMMIT);
            if let Some(cut) = armed.lock().unwrap().take_if(|_| commits) {
                if cut == Cut::Way {
                    *to.lock().unwrap() = None;
                }
                is_cut.store(true, Ordering::SeqCst);
            }
            if server.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        let _ = server.shutdown(Shutdown::Write);
    });
}
