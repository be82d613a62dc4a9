//! What the tests of wire forms share: samples, and bodies and readings as a person can compare them.

use std::path::PathBuf;

use callboard_core::{CompanyId, Event, EventId, EventType, Identifier, Snapshot};
use callboard_dialects::{Dialect, Reading, dialect};

/// The dialect of this name.
pub fn speaking(name: &str) -> &'static dyn Dialect {
    dialect(name).expect("the dialect is in the table")
}

/// A sample as it came over the wire.
pub fn fixture(path: &str) -> Vec<u8> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path);
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// An event that happened at 2018-01-24T14:59:34.522087812Z.
pub fn event(kind: EventType, data: Snapshot) -> Event {
    Event {
        id: EventId::from_raw(42),
        kind,
        timestamp: "2018-01-24T14:59:34.522087812Z".parse().unwrap(),
        company: CompanyId::from_raw(1),
        data,
    }
}

/// A body with a line for each member, in its own order.
pub fn pretty(body: &[u8]) -> String {
    let (mut text, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    for char in std::str::from_utf8(body).unwrap().chars() {
        let closes = !quoted && matches!(char, '}' | ']');
        if closes {
            depth -= 1;
            let inside = text.trim_end().len();
            if text[..inside].ends_with(['{', '[']) {
                text.truncate(inside);
            } else {
                newline(&mut text, depth);
            }
        }
        text.push(char);
        if !quoted && matches!(char, '{' | '[') {
            depth += 1;
            newline(&mut text, depth);
        } else if !quoted && char == ',' {
            newline(&mut text, depth);
        } else if !quoted && char == ':' {
            text.push(' ');
        } else if char == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = char == '\\' && !escaped;
    }
    text
}

fn newline(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

/// What was read, without everything that was not told.
pub fn told(reading: &Reading) -> String {
    let text = format!("{reading:#?}");
    let is_told = |line: &&str| {
        let line = line.trim();
        !line.ends_with(": None,") && line != "extra: {},"
    };
    text.lines().filter(is_told).collect::<Vec<_>>().join("\n")
}
