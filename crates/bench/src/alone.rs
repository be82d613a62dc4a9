//! The limit beside a hub on a database: the same rows, written without one.
//!
//! What the hubs left is copied out, batch by batch, and goes into tables that are made alike, by one connection: new rows by
//! `COPY`, which is what PostgreSQL does best, and what changes by one statement a table. A batch has as many events as the
//! hubs' own transactions had, and its attempts are written with the next one, as theirs are.

use anyhow::{Context, ensure};
use bytes::Bytes;
use futures_util::{SinkExt, TryStreamExt};
use tokio::time::Instant;
use tokio_postgres::{Client, Statement, Transaction};

use crate::cluster::Cluster;
use crate::report::float;

/// How many requests are taken from what the hubs left, at the most.
const RECEIPTS: i64 = 60_000;
/// Tables that take rows for each request. `entities` is also changed by each.
const TABLES: [&str; 7] = ["receipts", "seen", "entities", "names", "events", "deliveries", "attempts"];
/// Finding the rows of a request in the order of the requests, where hubs have no use for that.
const PREPARED: &str =
    "CREATE INDEX ON seen (receipt); CREATE INDEX ON names (entity); CREATE INDEX ON events (receipt);
    CREATE INDEX ON deliveries (event); ANALYZE; CHECKPOINT";
/// Plans as hubs ask for them: one that is made while a table is empty would read all of it ever after.
const PLANS: &str =
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";
/// The interviews that begin with some requests.
const BEGUN: &str =
    "SELECT subject FROM events WHERE receipt BETWEEN $1 AND $2 AND kind = 'interview.created'";

/// What belongs to some requests that follow each other.
struct Batch {
    /// Rows to be added, by table.
    rows: Vec<(&'static str, Bytes)>,
    /// Things that are changed: ids, records and bodies.
    changed: (Vec<i64>, Vec<String>, Vec<String>),
    attempts: Bytes,
    deliveries: Vec<i64>,
    events: u64,
}

/// How many events a second the database takes with all their rows, in transactions of so many events.
pub(crate) async fn events_per_second(cluster: &Cluster, events_per_transaction: f64) -> anyhow::Result<f64> {
    let client = cluster.connect().await?;
    make_tables(&client).await?;
    client.batch_execute(PREPARED).await.context("what the hubs left is not as it should be")?;
    let batches = batches(&client, events_per_transaction).await?;
    let mut alone = Alone::prepare(client).await?;
    let (begin, mut events) = (Instant::now(), 0);
    let mut before = None;
    for batch in &batches {
        alone.write(batch, before).await?;
        events += batch.events;
        before = Some(batch);
    }
    let took = begin.elapsed();
    let written: i64 = alone.client.query_one("SELECT COUNT(*) FROM alone.events", &[]).await?.try_get(0)?;
    ensure!(events > 0 && written.cast_unsigned() == events, "of {events} events {written} were written");
    Ok(float(events) / took.as_secs_f64())
}

/// Tables like the hubs', with their indexes and settings, in a schema of their own.
async fn make_tables(client: &Client) -> anyhow::Result<()> {
    client.batch_execute("CREATE SCHEMA alone").await?;
    for table in TABLES {
        client.batch_execute(&format!("CREATE TABLE alone.{table} (LIKE {table} INCLUDING ALL)")).await?;
        let settings =
            "SELECT array_to_string(reloptions, ', ') FROM pg_class WHERE oid = ($1::TEXT)::REGCLASS";
        let settings: Option<String> = client.query_one(settings, &[&table]).await?.try_get(0)?;
        if let Some(settings) = settings {
            client.batch_execute(&format!("ALTER TABLE alone.{table} SET ({settings})")).await?;
        }
    }
    Ok(())
}

async fn batches(client: &Client, events_per_transaction: f64) -> anyhow::Result<Vec<Batch>> {
    let counted =
        "SELECT (SELECT COUNT(*) FROM events)::FLOAT8 / GREATEST((SELECT COUNT(*) FROM receipts), 1)";
    let events_per_receipt: f64 = client.query_one(counted, &[]).await?.try_get(0)?;
    let receipts = (events_per_transaction / events_per_receipt.max(1.0)).round().max(1.0);
    let bounds = client
        .query(
            "SELECT MIN(id), MAX(id) FROM (
                SELECT id, FLOOR((ROW_NUMBER() OVER (ORDER BY id) - 1) / $1::FLOAT8) AS batch
                FROM (SELECT id FROM receipts ORDER BY id LIMIT $2) AS taken) AS numbered
             GROUP BY batch ORDER BY batch",
            &[&receipts, &RECEIPTS],
        )
        .await?;
    let mut batches = Vec::with_capacity(bounds.len());
    for row in &bounds {
        batches.push(batch(client, row.try_get(0)?, row.try_get(1)?).await?);
    }
    Ok(batches)
}

/// What belongs to the requests from the first to the last id.
async fn batch(client: &Client, first: i64, last: i64) -> anyhow::Result<Batch> {
    let between = |sql: &str| sql.replace("$1", &first.to_string()).replace("$2", &last.to_string());
    let of_events = "JOIN events e ON e.id = d.event WHERE e.receipt BETWEEN $1 AND $2";
    let new = [
        ("receipts", "SELECT * FROM receipts WHERE id BETWEEN $1 AND $2 ORDER BY id".to_owned()),
        ("seen", "SELECT * FROM seen WHERE receipt BETWEEN $1 AND $2 ORDER BY source, hash".to_owned()),
        ("entities", format!("SELECT * FROM entities WHERE id IN ({BEGUN}) ORDER BY id")),
        ("names", format!("SELECT * FROM names WHERE entity IN ({BEGUN}) ORDER BY name")),
        ("events", "SELECT * FROM events WHERE receipt BETWEEN $1 AND $2 ORDER BY id".to_owned()),
        (
            "deliveries (id, endpoint, event, lane, body, state)",
            format!(
                "SELECT d.id, d.endpoint, d.event, d.lane, d.body, 0::BIGINT FROM deliveries d {of_events} ORDER BY d.id"
            ),
        ),
    ];
    let mut rows = Vec::with_capacity(new.len());
    for (table, select) in new {
        rows.push((table, copied(client, &between(&select)).await?));
    }
    let attempts = format!(
        "SELECT a.* FROM attempts a JOIN deliveries d ON d.id = a.delivery {of_events} ORDER BY d.id"
    );
    let deliveries = format!("SELECT d.id FROM deliveries d {of_events} ORDER BY d.id");
    let deliveries = client.query(&between(&deliveries), &[]).await?;
    let counted = "SELECT COUNT(*) FROM events WHERE receipt BETWEEN $1 AND $2";
    let counted = client.query_one(counted, &[&first, &last]).await?;
    Ok(Batch {
        rows,
        changed: changed(client, first, last).await?,
        attempts: copied(client, &between(&attempts)).await?,
        deliveries: deliveries.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?,
        events: counted.try_get::<_, i64>(0)?.cast_unsigned(),
    })
}

/// The things that these requests speak of and that there were before.
async fn changed(
    client: &Client,
    first: i64,
    last: i64,
) -> anyhow::Result<(Vec<i64>, Vec<String>, Vec<String>)> {
    let sql = format!(
        "SELECT id, record, body FROM entities
         WHERE id IN (SELECT subject FROM events WHERE receipt BETWEEN $1 AND $2) AND id NOT IN ({BEGUN}) ORDER BY id"
    );
    let mut changed = (Vec::new(), Vec::new(), Vec::new());
    for row in client.query(&sql, &[&first, &last]).await? {
        changed.0.push(row.try_get(0)?);
        changed.1.push(row.try_get(1)?);
        changed.2.push(row.try_get(2)?);
    }
    Ok(changed)
}

/// What a question answers, as `COPY` takes it.
async fn copied(client: &Client, select: &str) -> anyhow::Result<Bytes> {
    let rows = client.copy_out(&format!("COPY ({select}) TO STDOUT (FORMAT binary)")).await?;
    let rows: Vec<Bytes> = rows.try_collect().await?;
    Ok(rows.concat().into())
}

/// The one connection that writes.
struct Alone {
    client: Client,
    change: Statement,
    settle: Statement,
}

impl Alone {
    async fn prepare(client: Client) -> anyhow::Result<Self> {
        client.batch_execute(PLANS).await?;
        let change = client
            .prepare(
                "UPDATE alone.entities SET version = version + 1, record = new.record, body = new.body
                 FROM UNNEST($1::BIGINT[], $2::TEXT[], $3::TEXT[]) AS new (id, record, body)
                 WHERE entities.id = new.id",
            )
            .await?;
        let settle =
            client.prepare("UPDATE alone.deliveries SET state = 1, attempts = 1 WHERE id = ANY($1)").await?;
        Ok(Self { client, change, settle })
    }

    async fn write(&mut self, batch: &Batch, before: Option<&Batch>) -> anyhow::Result<()> {
        let transaction = self.client.transaction().await?;
        for (table, rows) in &batch.rows {
            copy(&transaction, table, rows).await?;
        }
        let (ids, records, bodies) = &batch.changed;
        transaction.execute(&self.change, &[ids, records, bodies]).await?;
        if let Some(before) = before {
            copy(&transaction, "attempts", &before.attempts).await?;
            transaction.execute(&self.settle, &[&before.deliveries]).await?;
        }
        Ok(transaction.commit().await?)
    }
}

async fn copy(transaction: &Transaction<'_>, table: &str, rows: &Bytes) -> anyhow::Result<()> {
    let sink = transaction.copy_in(&format!("COPY alone.{table} FROM STDIN (FORMAT binary)")).await?;
    let mut sink = std::pin::pin!(sink);
    sink.send(rows.clone()).await?;
    sink.finish().await?;
    Ok(())
}
