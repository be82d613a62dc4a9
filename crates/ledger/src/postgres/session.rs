//! One connection to the database, used by one thread at a time: it waits for each answer.

use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Row, Statement};

use super::error::failed;
use super::tls::Tls;
use crate::engine::EngineError;

/// How long the database has for one answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(30);

/// How long who wrote before has to be gone.
const HAS_GONE_WITHIN: Duration = Duration::from_secs(5);

/// Values of a statement.
pub(super) type Values<'v> = &'v [&'v (dyn ToSql + Sync)];

/// How to reach a database.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: Tls,
    /// Where connections are driven.
    pub(super) runtime: Handle,
}

/// Who writes holds this for as long as its connection lasts: what another one writes cannot come in between.
const WRITER_LOCK: i64 = 0x0043_414c_4c42_5752;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Questions, and whatever several may do at once.
    Reading,
    /// Writing, which one hub does.
    Writing,
}

/// A connection, made anew when it has been lost. Each statement is prepared once and kept.
pub(super) struct Session {
    address: Address,
    purpose: Purpose,
    /// It may do what it is for.
    is_ready: bool,
    client: Client,
    prepared: FxHashMap<String, Statement>,
}

impl Session {
    pub(super) fn open(address: &Address, purpose: Purpose) -> Result<Self, EngineError> {
        let client = connect(address)?;
        let address = address.clone();
        let mut session = Self { address, purpose, is_ready: false, client, prepared: FxHashMap::default() };
        session.claim()?;
        Ok(session)
    }

    /// Makes sure that nobody else writes. Whoever did may be about to go.
    fn claim(&mut self) -> Result<(), EngineError> {
        if self.purpose == Purpose::Writing {
            self.run(&format!("SET lock_timeout = {}", HAS_GONE_WITHIN.as_millis()))?;
            self.run(&format!("SELECT pg_advisory_lock({WRITER_LOCK})"))?;
            self.run("SET lock_timeout = 0")?;
        }
        self.is_ready = true;
        Ok(())
    }

    /// Makes sure of a connection. What was under way on a lost one is over.
    pub(super) fn revive(&mut self) -> Result<(), EngineError> {
        if self.client.is_closed() || !self.is_ready {
            self.is_ready = false;
            self.prepared.clear();
            self.client = connect(&self.address)?;
            self.claim()?;
        }
        Ok(())
    }

    fn wait<T>(
        &self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, EngineError> {
        self.address.runtime.block_on(async {
            match timeout(ANSWERS_WITHIN, answer).await {
                Ok(answered) => Ok(answered?),
                Err(_) => Err(EngineError::Failed("the database did not answer in time".to_owned())),
            }
        })
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, EngineError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.wait(self.client.prepare(sql))?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// The rows that a statement answers.
    pub(super) fn rows(&mut self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, EngineError> {
        let statement = self.statement(sql)?;
        self.wait(self.client.query(&statement, values))
    }

    /// The first of them, if there is one.
    pub(super) fn maybe(&mut self, sql: &str, values: Values<'_>) -> Result<Option<Row>, EngineError> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// The only one.
    pub(super) fn one(&mut self, sql: &str, values: Values<'_>) -> Result<Row, EngineError> {
        self.maybe(sql, values)?
            .ok_or_else(|| EngineError::Failed("the database answered nothing".to_owned()))
    }

    /// Carries out a statement. Answers how many rows it changed.
    pub(super) fn execute(&mut self, sql: &str, values: Values<'_>) -> Result<u64, EngineError> {
        let statement = self.statement(sql)?;
        self.wait(self.client.execute(&statement, values))
    }

    /// Carries out statements without values.
    pub(super) fn run(&mut self, sql: &str) -> Result<(), EngineError> {
        self.wait(self.client.batch_execute(sql))
    }

    /// Does all of it, or nothing.
    pub(super) fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.between("BEGIN", work)
    }

    /// Asks several questions of one and the same state.
    pub(super) fn in_snapshot<T>(
        &mut self,
        questions: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.between("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", questions)
    }

    fn between<T>(
        &mut self,
        begin: &str,
        work: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.revive()?;
        self.run(begin)?;
        let done = work(self).and_then(|done| self.run("COMMIT").map(|()| done));
        if done.is_err() {
            // On a connection that is lost there is nothing left to undo.
            let _ = self.run("ROLLBACK");
        }
        done
    }
}

fn connect(address: &Address) -> Result<Client, EngineError> {
    let Address { config, tls, runtime } = address;
    runtime
        .block_on(async {
            let (client, connection) = config.connect(tls.clone()).await?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::warn!(%error, "a connection to the database was lost");
                }
            });
            Ok(client)
        })
        .map_err(|error: tokio_postgres::Error| failed(&error))
}
