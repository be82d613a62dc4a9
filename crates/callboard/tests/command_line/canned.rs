//! A hub that says what it is told to: for what a real one does only by accident.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Output;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::callboard;

/// What it does with a request.
pub enum Answer {
    /// It breaks the connection.
    Break,
    /// It answers with this status and body.
    Say(u16, Value),
}

/// A request that it took.
#[derive(Clone)]
pub struct Heard {
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.clone())
    }
}

pub struct Canned {
    url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Canned {
    /// One that takes as many requests as there are answers, a connection each.
    pub fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::default();
        let notes = Arc::clone(&heard);
        std::thread::spawn(move || {
            for answer in answers {
                let (connection, _) = listener.accept().unwrap();
                serve(&connection, &answer, &notes);
            }
        });
        Self { url, heard }
    }

    pub fn run(&self, args: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut all = vec![("CALLBOARD_URL", self.url.as_str()), ("CALLBOARD_KEY", "cbk_any")];
        all.extend(environment);
        callboard(args, &all)
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

fn serve(mut connection: &TcpStream, answer: &Answer, notes: &Mutex<Vec<Heard>>) {
    notes.lock().unwrap().push(request(connection));
    let Answer::Say(status, body) = answer else { return };
    let body = body.to_string();
    let head =
        format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    connection.write_all(format!("{head}{body}").as_bytes()).unwrap();
}

fn request(connection: &TcpStream) -> Heard {
    let mut reader = BufReader::new(connection);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let target = lines[0].split(' ').nth(1).unwrap().to_owned();
    let pair = |line: &String| {
        line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())).unwrap()
    };
    let headers: Vec<(String, String)> = lines[1..].iter().map(pair).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    Heard { target, headers, body }
}
