//! HTTP/1.1 by hand, for requests that no client library would send.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::support::PATIENCE;

/// One connection.
pub struct Wire {
    stream: TcpStream,
    /// Read, and not yet taken as part of an answer.
    ahead: Vec<u8>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The code of a problem, which has its own content type.
    pub fn code(&self) -> String {
        assert!(self.head.contains("application/problem+json"), "{self:?}");
        self.json()["code"].as_str().unwrap().to_owned()
    }
}

impl Wire {
    pub fn to(hub: &str) -> Self {
        let stream = TcpStream::connect(hub.strip_prefix("http://").unwrap()).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { stream, ahead: Vec::new() }
    }

    pub fn send(&mut self, bytes: &[u8]) -> &mut Self {
        self.stream.write_all(bytes).unwrap();
        self
    }

    /// Sends as much as the other side takes.
    pub fn try_send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Says that nothing more will be sent, and goes on reading.
    pub fn end(&mut self) -> &mut Self {
        self.stream.shutdown(Shutdown::Write).unwrap();
        self
    }

    /// The next answer; `None` if the connection is closed instead.
    pub fn answer(&mut self) -> Option<Answer> {
        let head = loop {
            if let Some(end) = self.ahead.windows(4).position(|it| it == b"\r\n\r\n") {
                break String::from_utf8(self.ahead.drain(..end + 4).collect()).unwrap();
            }
            if !self.read() {
                return None;
            }
        };
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head.to_ascii_lowercase().lines().find_map(|line| {
            line.strip_prefix("content-length:").map(|length| length.trim().parse::<usize>().unwrap())
        });
        let length = length.unwrap_or_default();
        while self.ahead.len() < length {
            assert!(self.read(), "the answer broke off: {head}");
        }
        Some(Answer { status, head, body: self.ahead.drain(..length).collect() })
    }

    /// Everything that comes until this has come.
    pub fn read_until(&mut self, last: &str) -> String {
        loop {
            let read = String::from_utf8_lossy(&self.ahead);
            if read.contains(last) {
                return read.into_owned();
            }
            assert!(self.read(), "the connection was closed before {last} came");
        }
    }

    /// Sends a byte again and again, slowly, until the other side answers or hangs up.
    pub fn drip(&mut self, byte: u8) -> Option<Answer> {
        let mut drops = 0;
        self.stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        loop {
            let _ = self.stream.write_all(&[byte]);
            let mut read = [0; 4096];
            match self.stream.read(&mut read) {
                Ok(0) => return None,
                Ok(count) => {
                    self.ahead.extend(&read[..count]);
                    return self.answer();
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    drops += 1;
                }
                Err(_) => return None,
            }
            assert!(drops < 300, "gave up waiting for the other side to lose patience");
        }
    }

    fn read(&mut self) -> bool {
        let mut read = [0; 4096];
        match self.stream.read(&mut read) {
            Ok(count) => {
                self.ahead.extend(&read[..count]);
                count > 0
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("{error}"),
        }
    }
}

/// A request with its length.
pub fn request(method: &str, path: &str, headers: &[(&str, String)], body: &[u8]) -> Vec<u8> {
    let length = ("content-length", body.len().to_string());
    let mut request = head(method, path, &[headers, &[length]].concat());
    request.extend(body);
    request
}

/// A request up to its body.
pub fn head(method: &str, path: &str, headers: &[(&str, String)]) -> Vec<u8> {
    let headers: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("{method} {path} HTTP/1.1\r\nhost: hub\r\n{}\r\n", headers.concat()).into_bytes()
}

/// A body in chunks of this size.
pub fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in body.chunks(size) {
        out.extend(format!("{:x}\r\n", chunk.len()).bytes());
        out.extend(chunk);
        out.extend(b"\r\n");
    }
    out.extend(b"0\r\n\r\n");
    out
}

/// Sends one request on a connection of its own.
pub fn exchange(hub: &str, request: &[u8]) -> Option<Answer> {
    Wire::to(hub).send(request).answer()
}
