//! A line of the board: what happened, and a mark for each endpoint.

use askama::Template;
use serde::Deserialize;

use crate::listing::Endpoint;
use crate::words::{Line, mark, platform_words};

/// The most endpoints that have a column of their own.
const COLUMNS: usize = 10;

/// Who may be told.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub(super) shown: Vec<Column>,
}

/// One endpoint's.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) endpoint: String,
    pub(super) mark: &'static str,
    pub(super) name: String,
}

/// Was an endpoint told?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// It did not ask for that.
    None,
    /// It did, but its dialect has no word for it.
    NoWord,
    Owed,
    Told,
    Failed,
    CalledOff,
}

/// Whether one endpoint was told of one event, as the API says it.
#[derive(Debug, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub(super) enum Telling {
    Delivery { delivery: Delivery },
    Skipped { endpoint: String },
}

#[derive(Debug, Deserialize)]
pub(super) struct Delivery {
    id: String,
    endpoint: String,
    state: String,
}

/// A mark, and where it leads: nowhere if there is no delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) mark: Mark,
    pub(super) delivery: String,
    pub(super) endpoint: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "live_row.html")]
pub(super) struct Row {
    pub(super) line: Line,
    /// A mark for each column.
    pub(super) cells: Vec<Cell>,
    pub(super) beyond: Option<Beyond>,
}

/// Marks of endpoints that have no column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Beyond {
    pub(super) told: usize,
    pub(super) owed: usize,
    pub(super) failed: usize,
    pub(super) called_off: usize,
}

impl Columns {
    /// The oldest endpoints first, as they always were: a column that moves is not found again.
    pub(super) fn of(mut endpoints: Vec<Endpoint>) -> Self {
        endpoints.sort_by(|a, b| a.id.cmp(&b.id));
        let shown = endpoints.into_iter().take(COLUMNS).map(|it| Column {
            mark: mark(Some(&it.dialect)),
            name: format!("{}, {}", it.name(), platform_words(&it.dialect)),
            endpoint: it.id,
        });
        Self { shown: shown.collect() }
    }

    pub(super) fn row(&self, line: Line, told: &[Telling]) -> Row {
        let cells = self.shown.iter().map(|column| {
            let telling = told.iter().find(|it| it.endpoint() == column.endpoint);
            Cell {
                mark: telling.map_or(Mark::None, Telling::mark),
                delivery: telling.and_then(Telling::delivery).map(|it| it.id.clone()).unwrap_or_default(),
                endpoint: column.name.clone(),
            }
        });
        let beyond = told.iter().filter_map(Telling::delivery);
        let beyond = beyond.filter(|it| self.shown.iter().all(|column| column.endpoint != it.endpoint));
        let beyond = beyond.fold(None, |so_far: Option<Beyond>, delivery| {
            Some(so_far.unwrap_or_default().and(Mark::of(&delivery.state)))
        });
        Row { line, cells: cells.collect(), beyond }
    }
}

impl Telling {
    fn endpoint(&self) -> &str {
        match self {
            Self::Delivery { delivery } => &delivery.endpoint,
            Self::Skipped { endpoint } => endpoint,
        }
    }

    fn delivery(&self) -> Option<&Delivery> {
        match self {
            Self::Delivery { delivery } => Some(delivery),
            Self::Skipped { .. } => None,
        }
    }

    fn mark(&self) -> Mark {
        self.delivery().map_or(Mark::NoWord, |it| Mark::of(&it.state))
    }
}

impl Beyond {
    fn and(mut self, mark: Mark) -> Self {
        match mark {
            Mark::Told => self.told += 1,
            Mark::Owed => self.owed += 1,
            Mark::Failed => self.failed += 1,
            Mark::CalledOff => self.called_off += 1,
            Mark::None | Mark::NoWord => {}
        }
        self
    }
}

impl Mark {
    fn of(state: &str) -> Self {
        match state {
            "pending" => Self::Owed,
            "delivered" => Self::Told,
            "failed" => Self::Failed,
            _ => Self::CalledOff,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NoWord => "no-word",
            Self::Owed => "owed",
            Self::Told => "told",
            Self::Failed => "failed",
            Self::CalledOff => "off",
        }
    }

    pub(super) fn says(self) -> &'static str {
        match self {
            Self::None => "not asked for",
            Self::NoWord => "no word for it",
            Self::Owed => "owed",
            Self::Told => "told",
            Self::Failed => "given up",
            Self::CalledOff => "called off",
        }
    }
}

impl Row {
    /// Is there nothing more to wait for?
    pub(super) fn is_settled(&self) -> bool {
        self.cells.iter().all(|cell| cell.mark != Mark::Owed) && self.beyond.is_none_or(|it| it.owed == 0)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A row whose event each endpoint, in order, was told of like this.
    pub(in crate::live) fn row(event: &str, states: &[&str]) -> Row {
        let endpoint = |number: usize| format!("ep_{number:02}");
        let endpoints = (0..states.len()).map(|number| Endpoint {
            id: endpoint(number),
            url: "https://example.org".to_owned(),
            dialect: "standard".to_owned(),
            state: "enabled".to_owned(),
            description: String::new(),
        });
        let told = states.iter().enumerate().filter_map(|(number, state)| match *state {
            "" => None,
            "skipped" => Some(Telling::Skipped { endpoint: endpoint(number) }),
            state => Some(Telling::Delivery {
                delivery: Delivery {
                    id: format!("dlv_{number}"),
                    endpoint: endpoint(number),
                    state: state.to_owned(),
                },
            }),
        });
        let line = Line {
            id: event.to_owned(),
            at: "2026-03-02T08:00:00Z".parse().unwrap(),
            kind: "job.created".to_owned(),
            platform: None,
            who: String::new(),
            what: String::new(),
            from: None,
            to: None,
            interview: None,
        };
        Columns::of(endpoints.collect()).row(line, &told.collect::<Vec<_>>())
    }

    #[test]
    fn who_has_no_word_for_it_is_told_apart_from_who_did_not_ask() {
        let row = row("evt_1", &["skipped", "", "cancelled"]);
        let marks: Vec<Mark> = row.cells.iter().map(|it| it.mark).collect();
        assert_eq!(marks, [Mark::NoWord, Mark::None, Mark::CalledOff]);
        let html = row.render().unwrap();
        assert!(html.contains("no word for it") && html.contains("not asked for"), "{html}");
    }

    #[test]
    fn beyond_the_columns_what_was_called_off_has_not_failed() {
        let mut states = ["delivered"; COLUMNS + 4];
        states[COLUMNS + 1..].copy_from_slice(&["pending", "failed", "cancelled"]);
        let row = row("evt_1", &states);
        assert_eq!(row.beyond, Some(Beyond { told: 1, owed: 1, failed: 1, called_off: 1 }));
        assert!(row.render().unwrap().contains("1 called off"));
    }
}
