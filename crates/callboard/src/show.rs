//! What the hub answered about one thing: a member a line for people, JSON for programs.

use std::io::{ErrorKind, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Prints JSON, indented.
pub(crate) fn json(value: &Value) {
    print(&format!("{value:#}\n"));
}

/// Prints one thing, a member a line: what has no value is left out, and what is inside is named with a dot.
pub(crate) fn one(thing: &Value) {
    let mut lines = Vec::new();
    members(String::new(), thing, &mut lines);
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let text = lines.iter().map(|(name, value)| format!("{name:width$}  {}\n", indented(value, width + 2)));
    print(&text.collect::<String>());
}

fn members(name: String, value: &Value, lines: &mut Vec<(String, String)>) {
    let inside = |member: &str| if name.is_empty() { member.to_owned() } else { format!("{name}.{member}") };
    match value {
        Value::Null => {}
        Value::Object(object) => {
            object.iter().for_each(|(member, value)| members(inside(member), value, lines));
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let items: Vec<String> = items.iter().map(in_a_line).collect();
            lines.push((name, items.join("\n")));
        }
        _ => {
            let shown = if is_time(&name) { time(value) } else { text(value) };
            lines.push((name, shown));
        }
    }
}

fn is_time(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.ends_with("_at") || ["start", "end", "deadline", "timestamp"].contains(&last)
}

/// A time as people read it, in this machine's zone, which is named.
fn time(value: &Value) -> String {
    match value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
        Some(time) => time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string(),
        None => text(value),
    }
}

/// An item of a list in one line: its values, one after another, named.
fn in_a_line(item: &Value) -> String {
    let mut lines = Vec::new();
    members(String::new(), item, &mut lines);
    lines.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("  ")
}

fn indented(value: &str, by: usize) -> String {
    value.trim_end().replace('\n', &format!("\n{:by$}", ""))
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
