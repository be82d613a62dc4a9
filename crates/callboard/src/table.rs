//! Lists as tables for people: one line an item, as wide as the terminal. Ids, times and states are never cut, texts are;
//! where even that is too wide, the last columns are left out.

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table, presets};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::show;

/// What is left of a text when there is little room, in characters.
const TEXT_CHARS: usize = 20;
/// What ends a word in a cell: nothing that ever stands in one, so that texts are cut where the room ends.
const NO_DELIMITER: char = '\u{0}';
/// Between two columns, in characters.
const GAP_CHARS: u16 = 2;

/// A column: its title, and what of an item it shows.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    title: &'static str,
    shown: Shown,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Shown {
    /// The value at a JSON pointer.
    At(&'static str),
    /// What is made of the item.
    Made(fn(&Value) -> String),
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Word,
    Time,
    Number,
    Text,
}

/// An id, a state, or another word that is of no use in part.
pub(crate) const fn word(title: &'static str, at: &'static str) -> Column {
    Column { title, shown: Shown::At(at), kind: Kind::Word }
}

/// A text, cut where there is no room for it.
pub(crate) const fn text(title: &'static str, at: &'static str) -> Column {
    Column { title, shown: Shown::At(at), kind: Kind::Text }
}

/// A text that is made of several values.
pub(crate) const fn made(title: &'static str, made: fn(&Value) -> String) -> Column {
    Column { title, shown: Shown::Made(made), kind: Kind::Text }
}

/// A word that is made of several values.
pub(crate) const fn made_word(title: &'static str, made: fn(&Value) -> String) -> Column {
    Column { title, shown: Shown::Made(made), kind: Kind::Word }
}

/// A time, shown to the minute in this machine's zone.
pub(crate) const fn time(title: &'static str, at: &'static str) -> Column {
    Column { title, shown: Shown::At(at), kind: Kind::Time }
}

/// A number.
pub(crate) const fn number(title: &'static str, at: &'static str) -> Column {
    Column { title, shown: Shown::At(at), kind: Kind::Number }
}

impl Column {
    fn cell(&self, item: &Value) -> String {
        let value = match self.shown {
            Shown::Made(made) => return line(&made(item)),
            Shown::At(pointer) => item.pointer(pointer).unwrap_or(&Value::Null),
        };
        let time = || value.as_str()?.parse::<Timestamp>().ok();
        match self.kind {
            Kind::Time => match time() {
                Some(time) => time.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
                None => line(&show::text(value)),
            },
            _ => line(&show::text(value)),
        }
    }

    fn constraint(&self) -> ColumnConstraint {
        match self.kind {
            Kind::Text => ColumnConstraint::LowerBoundary(comfy_table::Width::Fixed(1)),
            _ => ColumnConstraint::ContentWidth,
        }
    }

    fn alignment(&self) -> CellAlignment {
        if self.kind == Kind::Number { CellAlignment::Right } else { CellAlignment::Left }
    }
}

/// A text in one line. What a stranger wrote does not get to steer the terminal.
fn line(text: &str) -> String {
    show::harmless(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Prints a list as a table, and how to go on where there is more.
pub(crate) fn print(list: &Value, columns: &[Column], nothing: &str) {
    let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    if items.is_empty() {
        show::print(&format!("{nothing}\n"));
        return;
    }
    let mut out = table(items, columns, show::width());
    if let Some(next) = list["next"].as_str() {
        out.push_str(&format!("\nmore: --all, or --cursor {next}\n"));
    }
    show::print(&out);
}

fn table(items: &[Value], columns: &[Column], width: Option<usize>) -> String {
    let rows: Vec<Vec<String>> =
        items.iter().map(|item| columns.iter().map(|column| column.cell(item)).collect()).collect();
    let columns = &columns[..fitting(&rows, columns, width)];
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_truncation_indicator("…").set_delimiter(NO_DELIMITER);
    if let Some(width) = width.and_then(|width| u16::try_from(width).ok()) {
        table.set_width(width);
    }
    table.set_header(columns.iter().map(|column| Cell::new(column.title).set_alignment(column.alignment())));
    for cells in rows {
        let cells = cells.into_iter().zip(columns);
        let mut row: Row =
            cells.map(|(text, column)| Cell::new(text).set_alignment(column.alignment())).into();
        table.add_row(std::mem::take(row.max_height(1)));
    }
    for (index, (shown, column)) in table.column_iter_mut().zip(columns).enumerate() {
        let gap = if index + 1 == columns.len() { 0 } else { GAP_CHARS };
        shown.set_padding((0, gap)).set_constraint(column.constraint());
    }
    format!("{}\n", table.trim_fmt())
}

/// How many of the columns fit, from the first on.
fn fitting(rows: &[Vec<String>], columns: &[Column], width: Option<usize>) -> usize {
    let Some(width) = width else { return columns.len() };
    let mut needed = 0;
    for (index, column) in columns.iter().enumerate() {
        let content = rows.iter().map(|row| row[index].chars().count()).max().unwrap_or_default();
        let content = content.max(column.title.chars().count());
        needed += if column.kind == Kind::Text { content.min(TEXT_CHARS) } else { content };
        if index > 0 && needed > width {
            return index;
        }
        needed += usize::from(GAP_CHARS);
    }
    columns.len()
}
