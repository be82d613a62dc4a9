//! Readers that wait for what they are to be told, but not for ever.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use serde_json::Value;

use super::{Hub, PATIENCE};

/// What somebody says line by line. It is read as it comes, whether anybody asks for it or not.
pub struct Said(Receiver<String>);

impl Said {
    pub fn by(somebody: impl Read + Send + 'static) -> Self {
        let (tell, told) = channel();
        thread::spawn(move || {
            for line in BufReader::new(somebody).lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        Self(told)
    }

    /// The next line, if there is one before the end.
    pub fn next(&self) -> Option<String> {
        match self.0.recv_timeout(PATIENCE) {
            Err(RecvTimeoutError::Timeout) => panic!("gave up waiting for the next line"),
            line => line.ok(),
        }
    }

    /// All that is left, up to the end.
    pub fn rest(&self) -> Vec<String> {
        std::iter::from_fn(|| self.next()).collect()
    }
}

/// A reader of the stream of events.
pub struct Reader {
    told: Receiver<Told>,
}

/// One event as the stream tells it.
pub struct Told {
    pub id: String,
    pub kind: String,
    pub data: Value,
}

impl Reader {
    /// Begins to read: with what comes from now on, or after the event that was seen last.
    pub fn open(hub: &Hub, last: Option<&str>) -> Self {
        let mut request =
            ureq::get(format!("{}/v1/live", hub.url)).header("authorization", format!("Bearer {}", hub.key));
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.config().timeout_recv_response(Some(PATIENCE)).build().call().unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let lines = BufReader::new(response.into_body().into_reader()).lines();
        let (tell, told) = channel();
        thread::spawn(move || {
            let (mut id, mut kind) = (String::new(), String::new());
            for line in lines.map_while(Result::ok) {
                match line.split_once(": ") {
                    Some(("id", value)) => value.clone_into(&mut id),
                    Some(("event", value)) => value.clone_into(&mut kind),
                    Some(("data", value)) => {
                        let data = serde_json::from_str(value).unwrap();
                        let told =
                            Told { id: std::mem::take(&mut id), kind: std::mem::take(&mut kind), data };
                        if tell.send(told).is_err() {
                            return;
                        }
                    }
                    _ => {}
                }
            }
        });
        Self { told }
    }

    pub fn next(&self) -> Told {
        self.told.recv_timeout(PATIENCE).expect("the next event")
    }

    pub fn take(&self, events: usize) -> Vec<Told> {
        (0..events).map(|_| self.next()).collect()
    }
}
