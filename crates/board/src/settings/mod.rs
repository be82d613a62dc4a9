//! The company's own settings, who may ask, and what this hub is.

mod company;
mod keys;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use futures_util::join;
use serde::Deserialize;

use self::company::Entered;
use self::keys::Key;
use crate::Board;
use crate::api::{Api, Fault, Seen};
use crate::in_address::InAddress;
use crate::page::{self, Page};
use crate::session::Visitor;

pub(crate) fn routes() -> Router<Arc<Board>> {
    Router::new()
        .route("/settings", get(show))
        .route("/settings/company", post(company::change))
        .route("/settings/keys", post(keys::make))
        .route("/settings/keys/{id}/remove", get(keys::ask_to_remove).post(keys::remove))
}

/// A hub as the API shows it.
#[derive(Debug, Deserialize)]
struct Hub {
    version: String,
    store: String,
    public_url: String,
    hubs: Option<usize>,
    limits: Vec<Limit>,
}

#[derive(Debug, Deserialize)]
struct Limit {
    name: String,
    value: u64,
    unit: String,
    meaning: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// What was just done.
    done: String,
}

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings {
    asked: Asked,
    entered: Entered,
    /// Why the API did not take what was entered.
    refused: Option<Fault>,
    /// Nothing if the visitor's key may not see them, and so may change nothing here either.
    keys: Option<Vec<Key>>,
    /// What makes the form for a key one that can be sent again.
    once: String,
    hub: Result<Hub, Fault>,
}

impl Settings {
    const SECTION: &str = "Settings";

    fn done(&self) -> Option<&'static str> {
        match self.asked.done.as_str() {
            "company" => Some("The settings are changed."),
            "key" => Some("The key is deleted: it opens nothing any more."),
            _ => None,
        }
    }
}

async fn show(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    InAddress(asked): InAddress<Asked>,
) -> Result<Page, Fault> {
    let Seen { thing, version } = visitor.api.see("/v1/settings").await?;
    draw(&board, &visitor.api, asked, Entered::of(thing, version), None).await
}

async fn draw(
    board: &Board,
    api: &Api,
    asked: Asked,
    entered: Entered,
    refused: Option<Fault>,
) -> Result<Page, Fault> {
    let (keys, hub) = join!(keys::all(api), api.get("/v1/hub"));
    let once = board.once();
    Ok(page::draw(&Settings { asked, entered, refused, keys: keys?, once, hub }))
}

impl Limit {
    /// The value in a unit that one can grasp.
    fn words(&self) -> String {
        match self.unit.as_str() {
            "bytes" => largest(self.value, &[("MiB", 1024 * 1024), ("KiB", 1024)], "bytes"),
            "seconds" => largest(self.value, &[("days", 86_400), ("h", 3_600), ("min", 60)], "s"),
            "count" => grouped(self.value),
            unit => format!("{} {unit}", grouped(self.value)),
        }
    }
}

/// In the largest unit that leaves nothing over.
fn largest(value: u64, units: &[(&str, u64)], smallest: &str) -> String {
    let fits = units.iter().find(|(_, size)| value >= *size && value.is_multiple_of(*size));
    let (unit, size) = fits.copied().unwrap_or((smallest, 1));
    match (value / size, unit) {
        (1, "days") => "1 day".to_owned(),
        (count, unit) => format!("{} {unit}", grouped(count)),
    }
}

/// A number with its thousands apart.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_reads_in_the_largest_unit_that_leaves_nothing_over() {
        let words = |value, unit: &str| {
            Limit { name: String::new(), value, unit: unit.to_owned(), meaning: String::new() }.words()
        };
        assert_eq!(words(2 * 1024 * 1024, "bytes"), "2 MiB");
        assert_eq!(words(1_500, "bytes"), "1\u{202f}500 bytes");
        assert_eq!(words(86_400 * 5, "seconds"), "5 days");
        assert_eq!(words(86_400, "seconds"), "1 day");
        assert_eq!(words(90, "seconds"), "90 s");
        assert_eq!(words(1_000_000, "count"), "1\u{202f}000\u{202f}000");
        assert_eq!(words(100, "characters"), "100 characters");
    }
}
