//! What a database says about its own work: what it wrote, and how often it was asked what.

use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio_postgres::Client;

use crate::cluster::{Cluster, HUBS};
use crate::usage::cpu_time_of_all;

/// What the hubs asked so far, statement by statement; and where the write-ahead log is at.
const ASKED: &str = "SELECT queryid, query, calls, rows, total_exec_time, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::FLOAT8
    FROM pg_stat_statements WHERE userid = ($1::TEXT)::REGROLE";

/// A look into them.
pub(crate) struct Books {
    client: Client,
    process: u32,
}

/// A statement that hubs make, and what has come of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) calls: f64,
    pub(crate) rows: f64,
    /// How long it took in the database, in microseconds.
    pub(crate) us: f64,
}

/// What stands in them, or what has been added since an earlier look.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entries {
    /// Bytes of the write-ahead log.
    pub(crate) wal_bytes: f64,
    /// Processor time of all of the database's processes.
    pub(crate) cpu: Duration,
    pub(crate) statements: FxHashMap<i64, Statement>,
}

impl Books {
    pub(crate) async fn open(cluster: &Cluster) -> anyhow::Result<Self> {
        Ok(Self { client: cluster.connect().await?, process: cluster.process() })
    }

    pub(crate) async fn look(&self) -> anyhow::Result<Entries> {
        let mut entries = Entries { cpu: cpu_time_of_all(self.process)?, ..Entries::default() };
        for row in self.client.query(ASKED, &[&HUBS]).await? {
            entries.wal_bytes = row.try_get(5)?;
            let (calls, rows): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
            #[expect(clippy::cast_precision_loss, reason = "no run counts to 2^53")]
            let (calls, rows) = (calls as f64, rows as f64);
            let us = row.try_get::<_, f64>(4)? * 1e3;
            entries.statements.insert(row.try_get(0)?, Statement { text: row.try_get(1)?, calls, rows, us });
        }
        Ok(entries)
    }
}

impl Entries {
    /// What has been added since.
    pub(crate) fn since(mut self, before: &Self) -> Self {
        self.wal_bytes -= before.wal_bytes;
        self.cpu = self.cpu.saturating_sub(before.cpu);
        for (id, statement) in &mut self.statements {
            if let Some(before) = before.statements.get(id) {
                statement.calls -= before.calls;
                statement.rows -= before.rows;
                statement.us -= before.us;
            }
        }
        self.statements.retain(|_, statement| statement.calls > 0.0);
        self
    }

    /// Transactions that write.
    pub(crate) fn transactions(&self) -> f64 {
        let calls = |is_one: fn(&str) -> bool| {
            self.statements.values().filter(|it| is_one(&it.text)).map(|it| it.calls).sum::<f64>()
        };
        calls(|text| text == "COMMIT") - calls(|text| text.ends_with("READ ONLY"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(statements: &[(i64, &str, f64)]) -> Entries {
        let statement = |&(id, text, calls): &(i64, &str, f64)| {
            (id, Statement { text: text.to_owned(), calls, rows: 2.0 * calls, us: 3.0 * calls })
        };
        Entries { statements: statements.iter().map(statement).collect(), ..Entries::default() }
    }

    #[test]
    fn what_was_asked_before_does_not_count_nor_do_transactions_that_only_read() {
        let before = entries(&[(1, "COMMIT", 5.0), (2, "SELECT 1", 7.0)]);
        let now = entries(&[
            (1, "COMMIT", 15.0),
            (2, "SELECT 1", 7.0),
            (3, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", 2.0),
        ]);

        let since = now.since(&before);

        assert!((since.transactions() - 8.0).abs() < f64::EPSILON);
        assert!(!since.statements.contains_key(&2));
        let commits = Statement { text: "COMMIT".to_owned(), calls: 10.0, rows: 20.0, us: 30.0 };
        assert_eq!(since.statements[&1], commits);
    }
}
