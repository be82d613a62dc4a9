//! What the hub answered about one thing: a member a line for people, JSON for programs.

use std::io::{ErrorKind, IsTerminal, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

/// How many characters a value has at least, however narrow the terminal is.
const LEAST_ROOM: usize = 20;

/// Prints JSON, indented.
pub(crate) fn json(value: &Value) {
    print(&format!("{value:#}\n"));
}

/// Prints one thing, a member a line: what has no value is left out, and what is inside is named with a dot.
pub(crate) fn one(thing: &Value) {
    let lines = lines(thing);
    let names = lines.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let room = width().map(|width| width.saturating_sub(names + 2).max(LEAST_ROOM));
    let between = format!("\n{:names$}  ", "");
    let text = lines.iter().map(|(name, value)| {
        let value: Vec<String> = value.lines().flat_map(|line| broken(line, room)).collect();
        format!("{name:names$}  {}\n", value.join(&between))
    });
    print(&text.collect::<String>());
}

/// How wide a line may be: what `COLUMNS` says, or the terminal; without either, as wide as it gets.
pub(crate) fn width() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || crossterm::terminal::size().ok().map(|(columns, _)| columns.into());
    said.or_else(|| if std::io::stdout().is_terminal() { terminal() } else { None })
        .filter(|width| *width > 0)
}

/// A line broken where words end. A word without room, such as a URL, stays whole: it is there to be copied.
fn broken(line: &str, room: Option<usize>) -> Vec<String> {
    let Some(room) = room else { return vec![line.to_owned()] };
    let mut done = Vec::new();
    let mut last = String::new();
    for word in line.split_inclusive(' ') {
        if !last.is_empty() && last.chars().count() + word.trim_end().chars().count() > room {
            done.push(std::mem::take(&mut last).trim_end().to_owned());
        }
        last.push_str(word);
    }
    done.push(last);
    done
}

/// Each member's name and value. When it is to be is shown in the thing's own zone, everything else in this machine's.
fn lines(thing: &Value) -> Vec<(String, String)> {
    let own = thing["time_zone"].as_str().and_then(|zone| TimeZone::get(zone).ok());
    let mut lines = Vec::new();
    members(String::new(), thing, &own.unwrap_or_else(TimeZone::system), &mut lines);
    lines
}

fn members(name: String, value: &Value, zone: &TimeZone, lines: &mut Vec<(String, String)>) {
    let inside = |member: &str| if name.is_empty() { member.to_owned() } else { format!("{name}.{member}") };
    match value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::Object(object) => {
            object.iter().for_each(|(member, value)| members(inside(member), value, zone, lines));
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let items: Vec<String> = items.iter().map(in_a_line).collect();
            lines.push((name, items.join("\n")));
        }
        _ => {
            let last = name.rsplit('.').next().unwrap_or(&name);
            let shown = match last {
                "start" | "end" | "deadline" => time(value, zone),
                _ if last.ends_with("_at") => time(value, &TimeZone::system()),
                _ => text(value),
            };
            lines.push((name, shown));
        }
    }
}

/// A time as people read it, with its zone.
fn time(value: &Value, zone: &TimeZone) -> String {
    match value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
        Some(time) => time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string(),
        None => text(value),
    }
}

/// An item of a list in one line: its values, one after another. Ids and words say what they are.
fn in_a_line(item: &Value) -> String {
    lines(item).into_iter().map(|(_, value)| value).collect::<Vec<_>>().join("  ")
}

/// A text that a stranger may have written, so that it does not get to steer the terminal.
pub(crate) fn harmless(text: &str) -> String {
    text.replace(|c: char| c.is_control() && !"\n\t".contains(c), "\u{fffd}")
}

/// A value in words.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// Prints to standard output. A reader who has seen enough (`| head`) is no error.
pub(crate) fn print(text: &str) {
    if let Err(error) = std::io::stdout().write_all(text.as_bytes())
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("callboard: cannot print: {error}");
    }
}
