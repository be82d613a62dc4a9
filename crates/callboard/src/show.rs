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
    let lines = lines(thing);
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let text = lines.iter().map(|(name, value)| format!("{name:width$}  {}\n", indented(value, width + 2)));
    print(&text.collect::<String>());
}

/// Each member's name and value. Times are shown in the thing's own zone, else in this machine's.
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
        Value::Object(object) => {
            object.iter().for_each(|(member, value)| members(inside(member), value, zone, lines));
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let items: Vec<String> = items.iter().map(in_a_line).collect();
            lines.push((name, items.join("\n")));
        }
        _ => {
            let shown = if is_time(&name) { time(value, zone) } else { text(value) };
            lines.push((name, shown));
        }
    }
}

fn is_time(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.ends_with("_at") || ["start", "end", "deadline", "timestamp"].contains(&last)
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
