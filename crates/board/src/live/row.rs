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
    /// It did not ask for that, or its dialect has no word for it.
    None,
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
    Skipped {},
}

#[derive(Debug, Deserialize)]
pub(super) struct Delivery {
    id: String,
    endpoint: String,
    state: String,
}

/// A mark, and where it leads.
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
    /// A mark for each column; then how many endpoints beyond those were told, are owed, and have trouble.
    pub(super) cells: Vec<Cell>,
    pub(super) beyond: Option<Beyond>,
}

/// Marks of endpoints that have no column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Beyond {
    pub(super) told: usize,
    pub(super) owed: usize,
    pub(super) failed: usize,
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
        let deliveries = || {
            told.iter().filter_map(|it| match it {
                Telling::Delivery { delivery } => Some(delivery),
                Telling::Skipped {} => None,
            })
        };
        let cells = self.shown.iter().map(|column| {
            let delivery = deliveries().find(|it| it.endpoint == column.endpoint);
            Cell {
                mark: delivery.map_or(Mark::None, |it| Mark::of(&it.state)),
                delivery: delivery.map(|it| it.id.clone()).unwrap_or_default(),
                endpoint: column.name.clone(),
            }
        });
        let beyond = deliveries().filter(|it| self.shown.iter().all(|column| column.endpoint != it.endpoint));
        let beyond = beyond.fold(None, |so_far: Option<Beyond>, delivery| {
            let mut beyond = so_far.unwrap_or_default();
            match Mark::of(&delivery.state) {
                Mark::Told => beyond.told += 1,
                Mark::Owed => beyond.owed += 1,
                _ => beyond.failed += 1,
            }
            Some(beyond)
        });
        Row { line, cells: cells.collect(), beyond }
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
            Self::Owed => "owed",
            Self::Told => "told",
            Self::Failed => "failed",
            Self::CalledOff => "off",
        }
    }

    pub(super) fn says(self) -> &'static str {
        match self {
            Self::None => "not asked for",
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
