//! `callboard listen`, run as a program.

use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::ear::{subscribe, verifying};
use crate::support::reader::Said;
use crate::support::{CALLBOARD, Hub, ended, signal};

/// A receiver that verifies what it is told.
pub struct Listener {
    pub dialect: &'static str,
    pub endpoint: String,
    child: Child,
    said: Said,
}

impl Listener {
    /// Starts one on a free port, and makes it known to the hub.
    pub fn start(hub: &Hub, dialect: &'static str) -> Self {
        let credentials = verifying(dialect);
        let mut child = Command::new(CALLBOARD)
            .args(["listen", "--port", "0", "--json", "--dialect", dialect])
            .args(["--credentials", &credentials.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Said::by(child.stdout.take().unwrap());
        let first = said.next().unwrap();
        let mut url = format!("{}/hook", first.strip_prefix("listening on ").unwrap());
        if let Some(token) = credentials["token"].as_str() {
            url = format!("{url}/{token}");
        }
        let endpoint = subscribe(hub, &url, dialect, &serde_json::json!({}));
        Self { dialect, endpoint, child, said }
    }

    /// Everything it heard, once that is so many requests. It must have found all of them sound.
    pub fn heard(mut self, requests: usize) -> Vec<Value> {
        let read = |line: String| serde_json::from_str(&line).unwrap();
        let heard: Vec<Value> = (0..requests).map(|_| read(self.said.next().unwrap())).collect();
        signal(self.child.id(), "TERM");
        assert_eq!(self.said.rest(), [""; 0], "{} heard more than it was owed", self.dialect);
        let status = ended(&mut self.child);
        for one in &heard {
            let flags = [&one["verified"], &one["duplicate"], &one["out_of_order"]];
            assert_eq!(flags, [true, false, false], "{}: {one}", self.dialect);
            assert!(one["label"].is_string(), "{} cannot read {one}", self.dialect);
        }
        assert!(status.success(), "{}: {status}", self.dialect);
        heard
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
