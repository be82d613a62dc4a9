//! What the hub answered: a table for people, JSON for programs.

use std::io::{ErrorKind, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;

/// A column: its title, and where in an item its value is, as a JSON pointer.
pub(crate) type Column = (&'static str, &'static str);

/// Prints JSON, indented.
pub(crate) fn json(value: &Value) {
    print(&format!("{value:#}\n"));
}

/// Prints a list as a table, and how to go on where there is more.
pub(crate) fn list(list: &Value, columns: &[Column], nothing: &str) {
    let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    if items.is_empty() {
        print(&format!("{nothing}\n"));
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns.iter().map(|(title, _)| *title));
    for item in items {
        table.add_row(columns.iter().map(|(_, pointer)| text(item.pointer(pointer).unwrap_or(&Value::Null))));
    }
    let mut out = format!("{}\n", table.trim_fmt());
    if let Some(next) = list["next"].as_str() {
        out.push_str(&format!("\nmore: --cursor {next}\n"));
    }
    print(&out);
}

/// Prints one thing, a member a line.
pub(crate) fn one(thing: &Value) {
    let members: Vec<(&String, String)> = thing
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name, text(value)))
        .collect();
    let width = members.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines = members.iter().map(|(name, value)| format!("{name:width$}  {value}\n"));
    print(&lines.collect::<String>());
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        Value::Object(_) => format!("{value:#}"),
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
