//! Statements of which none needs the answer to another: all of them are on their way before the first one is answered, and so is
//! the commit, while nobody else can write.
//!
//! Nobody looks at an answer before the commit, so what must not come to pass has to fail as a statement. After the first that
//! fails the database does nothing more, and takes back what was done when it comes to the commit.

use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use crate::engine::EngineError;

/// Where it is a conflict, and no fault, if a row is there already.
const TAKEN_ONCE: [&str; 3] = ["seen", "names", "entities"];

/// Statements in the order in which they are carried out.
#[derive(Default)]
pub(super) struct Script<'b>(Vec<Line<'b>>);

/// One statement, with its values.
pub(super) struct Line<'b> {
    pub(super) sql: &'static str,
    values: Vec<Value<'b>>,
}

/// What a statement is given, a whole column of rows as a rule.
pub(super) type Value<'b> = Box<dyn ToSql + Sync + 'b>;

impl<'b> Script<'b> {
    /// Another statement comes last.
    pub(super) fn add(&mut self, sql: &'static str, values: impl Into<Vec<Value<'b>>>) {
        self.0.push(Line { sql, values: values.into() });
    }

    pub(super) fn lines(&self) -> &[Line<'b>] {
        &self.0
    }
}

impl Line<'_> {
    pub(super) fn values(&self) -> impl ExactSizeIterator<Item = &(dyn ToSql + Sync)> {
        self.values.iter().map(|value| &**value as &(dyn ToSql + Sync))
    }
}

/// One column of what is written together.
pub(super) fn each<'b, R, T: ToSql + Sync + 'b>(
    rows: impl IntoIterator<Item = R>,
    value: impl Fn(R) -> T,
) -> Value<'b> {
    Box::new(rows.into_iter().map(value).collect::<Vec<T>>())
}

/// A statement that changes rows, and fails unless it changes exactly as many as its last value says.
macro_rules! changes_exactly {
    ($sql:literal, $count:literal) => {
        concat!(
            "WITH changed AS (",
            $sql,
            " RETURNING 1) SELECT 1 / (COUNT(*) = ",
            $count,
            ")::INT FROM changed"
        )
    };
}
pub(super) use changes_exactly;

/// Why a statement failed: where rows are not as they were when a batch was decided on, that is a conflict.
pub(super) fn why(error: tokio_postgres::Error) -> EngineError {
    let Some(said) = error.as_db_error() else { return error.into() };
    let is_taken = *said.code() == SqlState::UNIQUE_VIOLATION
        && said.table().is_some_and(|table| TAKEN_ONCE.contains(&table));
    // `changes_exactly` divides; nothing else does.
    let is_other_count = *said.code() == SqlState::DIVISION_BY_ZERO;
    if is_taken || is_other_count { EngineError::Conflict } else { error.into() }
}
