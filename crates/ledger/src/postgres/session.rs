//! One connection to the database, used by one thread at a time: it waits for each answer.

mod copying;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::time::timeout;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Row, Statement};

use super::driving::Driving;
use super::hosts::{self, Connected};
use super::script::{self, Script};
use super::tls::Tls;
use crate::engine::EngineError;

/// How long the database has for one answer.
pub const ANSWERS_WITHIN: Duration = Duration::from_secs(30);
/// How long it takes until a connection on which nothing is heard is looked after.
const SILENT_FOR: Duration = Duration::from_secs(5);
/// Statements that one connection keeps prepared.
const PREPARED: usize = 256;
/// Values of a statement.
pub(super) type Values<'v> = &'v [&'v (dyn ToSql + Sync)];

/// How to reach a database.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) tls: Tls,
    /// What drives connections that nobody waits on.
    pub(super) beside: Arc<Driving>,
}

/// A connection, made anew when it has been lost. Each statement is prepared once and kept.
pub(super) struct Session {
    address: Address,
    driving: Driving,
    client: Client,
    /// Nothing is under way on it that nobody waits for any more.
    is_ready: Cell<bool>,
    /// How long it waits for an answer.
    patience: Duration,
    prepared: RefCell<FxHashMap<String, Statement>>,
}

impl Session {
    pub(super) fn open(address: &Address) -> Result<Self, EngineError> {
        Self::open_for(address, ANSWERS_WITHIN)
    }

    /// One that waits for so long for an answer.
    pub(super) fn open_for(address: &Address, patience: Duration) -> Result<Self, EngineError> {
        let driving = Driving::by_who_waits()?;
        let client = connect(address, &driving, patience.min(ANSWERS_WITHIN))?;
        let (address, is_ready) = (address.clone(), Cell::new(true));
        Ok(Self { address, driving, client, is_ready, patience, prepared: RefCell::default() })
    }

    /// Is the connection there, and does it listen?
    pub(super) fn is_well(&self) -> bool {
        self.driving.look();
        self.is_ready.get() && !self.client.is_closed()
    }

    /// Makes sure of a connection. What was under way on a lost one is over.
    pub(super) fn revive(&mut self) -> Result<(), EngineError> {
        if !self.is_well() {
            self.prepared.get_mut().clear();
            self.client = connect(&self.address, &self.driving, self.patience)?;
            self.is_ready.set(true);
        }
        Ok(())
    }

    /// Waits for an answer. What is not answered in time is to be left off, and nothing more is asked on this connection.
    fn wait<T, E: Into<EngineError>>(
        &self,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<T, EngineError> {
        self.wait_in_time(answer).unwrap_or_else(|late| {
            self.give_up();
            Err(late)
        })
    }

    /// The same, but what is not answered in time goes on.
    fn wait_in_time<T, E: Into<EngineError>>(
        &self,
        answer: impl Future<Output = Result<T, E>>,
    ) -> Result<Result<T, EngineError>, EngineError> {
        let answered = self.driving.until(async { timeout(self.patience, answer).await });
        answered.map(|answered| answered.map_err(Into::into)).map_err(|_| {
            self.is_ready.set(false);
            EngineError::Failed("the database did not answer in time".to_owned())
        })
    }

    /// Commits. One that takes too long is not to be left off: it may wait for a synchronous standby, and would count without
    /// it then.
    pub(super) fn commit(&mut self) -> Result<(), EngineError> {
        self.wait_in_time(self.say("COMMIT")).flatten()
    }

    /// Carries out a script.
    pub(super) fn perform(&mut self, script: &Script<'_>) -> Result<(), EngineError> {
        self.wait(self.performed(script, None))
    }

    /// Carries out a script, and commits, as [`Session::commit`] does.
    pub(super) fn perform_and_commit(&mut self, script: &Script<'_>) -> Result<(), EngineError> {
        self.wait_in_time(self.performed(script, Some("COMMIT"))).flatten()
    }

    /// Carries out a script, and a last statement without values. That one is not sent if one of the others cannot be.
    async fn performed(&self, script: &Script<'_>, last: Option<&str>) -> Result<(), EngineError> {
        // Whatever has to be prepared would be carried out after what comes behind it.
        let mut statements = Vec::with_capacity(script.lines().len());
        for line in script.lines() {
            statements.push(self.statement(line.sql).await?);
        }
        let mut sent = Vec::with_capacity(statements.len());
        for (line, statement) in script.lines().iter().zip(&statements) {
            let mut answer = Box::pin(self.client.execute_raw(statement, line.values()));
            // It is sent when it is first looked at.
            match poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await {
                Poll::Ready(answered) => drop(answered.map_err(script::why)?),
                Poll::Pending => sent.push(answer),
            }
        }
        let ending = async {
            match last {
                Some(last) => self.say(last).await,
                None => Ok(()),
            }
        };
        let answers = async {
            let mut failed = Vec::new();
            for answer in sent {
                failed.extend(answer.await.map_err(script::why).err());
            }
            failed
        };
        // Answers are taken as they come: one that nobody takes holds up all that are behind it.
        let (ended, mut failed) = tokio::join!(ending, answers);
        // After the first that fails, the database does nothing more: what others say then is not why.
        let why = failed.iter().position(|error| !matches!(error, EngineError::Failed(_))).unwrap_or(0);
        if failed.is_empty() { ended } else { Err(failed.swap_remove(why)) }
    }

    /// Asks several things at once, and waits for the answers together: the database does one after the other, in the order in
    /// which they are first waited for, and nobody waits in between.
    pub(super) fn together<T>(
        &mut self,
        asking: impl AsyncFnOnce(&Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.wait(asking(self))
    }

    /// Asks the database to leave off what it is doing for this connection.
    fn give_up(&self) {
        let (cancel, tls) = (self.client.cancel_token(), self.address.tls.clone());
        let beside = self.address.beside.handle();
        beside.spawn(async move { timeout(SILENT_FOR, cancel.cancel_query(tls)).await });
    }

    async fn statement(&self, sql: &str) -> Result<Statement, EngineError> {
        if let Some(statement) = self.prepared.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        let mut prepared = self.prepared.borrow_mut();
        if prepared.len() == PREPARED {
            prepared.clear();
        }
        prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// The rows that a statement answers, for who asks several things at once.
    pub(super) async fn ask(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, EngineError> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query(&statement, values).await?)
    }

    /// Carries out a statement, for who does several things at once. Answers how many rows it changed.
    pub(super) async fn carry_out(&self, sql: &str, values: Values<'_>) -> Result<u64, EngineError> {
        let statement = self.statement(sql).await?;
        Ok(self.client.execute(&statement, values).await?)
    }

    /// Carries out statements without values, for who does several things at once.
    pub(super) async fn say(&self, sql: &str) -> Result<(), EngineError> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// The rows that a statement answers.
    pub(super) fn rows(&mut self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, EngineError> {
        self.wait(self.ask(sql, values))
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
        self.wait(self.carry_out(sql, values))
    }

    /// Carries out statements without values.
    pub(super) fn run(&mut self, sql: &str) -> Result<(), EngineError> {
        self.wait(self.say(sql))
    }

    /// Does all of it, or nothing.
    pub(super) fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let done = self.begun("BEGIN", work)?;
        self.run("COMMIT")?;
        Ok(done)
    }

    /// Asks several questions of one and the same state.
    pub(super) fn in_snapshot<T>(
        &mut self,
        questions: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.revive()?;
        let answered = self.begun("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", questions)?;
        self.run("COMMIT")?;
        Ok(answered)
    }

    /// Begins a transaction that is to be committed, unless what it is for fails.
    pub(super) fn begun<T>(
        &mut self,
        begin: &str,
        work: impl FnOnce(&mut Self) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let done = self.run(begin).and_then(|()| work(self));
        if done.is_err() {
            self.roll_back();
        }
        done
    }

    /// Ends a transaction as if it had never been. Where that cannot be done, the connection is not used any more.
    pub(super) fn roll_back(&mut self) {
        if self.is_well() && self.run("ROLLBACK").is_err() {
            self.is_ready.set(false);
        }
    }
}

fn connect(address: &Address, driving: &Driving, patience: Duration) -> Result<Client, EngineError> {
    let (client, connection) = reach(address, driving, patience)?;
    driving.handle().spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "a connection to the database was lost");
        }
    });
    Ok(client)
}

/// A connection, and what is to be driven for it.
pub(super) fn reach(
    address: &Address,
    driving: &Driving,
    patience: Duration,
) -> Result<Connected, EngineError> {
    let mut config = address.config.clone();
    config.tcp_user_timeout(patience).keepalives_idle(SILENT_FOR);
    driving.until(hosts::connect(&config, &address.tls, patience))
}
