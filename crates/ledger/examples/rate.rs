//! How many of Skype's webhooks a second the ledger records, what its writer's thread takes for one, and what one takes
//! on disk. Nothing is verified or parsed here, and nothing is sent.
//!
//! `cargo run --release -p callboard-ledger --example rate -- [WEBHOOKS] [DIRECTORY]`; the directory is best one on a
//! disk, where a sync costs what it costs in earnest.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use callboard_core::{
    About, Belonging, CompanyId, EndpointId, Event, Identifier, InterviewTold, News, Observation, Sealed,
    Source, SourceId, Stage, StageMark, Timestamp,
};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{
    Attempt, DeliveryState, Directory, Intake, Ledger, Notice, Plan, Planned, Planner, Settlement,
};
use jiff::SignedDuration;
use tokio::sync::mpsc;
use tokio::time::Instant;

const CALLERS: [usize; 4] = [1, 64, 256, 1_024];
/// The stages that each interview goes through, one webhook a move.
const PATH: [Stage; 8] = [
    Stage::InterviewCreated,
    Stage::SchedulingTime,
    Stage::SchedulingCompleted,
    Stage::InterviewStarted,
    Stage::InterviewCompleted,
    Stage::FeedbackCollecting,
    Stage::FeedbackCompleted,
    Stage::InterviewArchived,
];

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let webhooks: u64 = arguments.next().as_deref().unwrap_or("100000").parse()?;
    let directory = arguments.next().map_or_else(std::env::temp_dir, Into::into);
    println!("callers  settled  webhooks/s  writer us/webhook  bytes/webhook  bytes/event");
    for is_settled in [false, true] {
        for callers in CALLERS {
            let data = tempfile::tempdir_in(&directory)?;
            let webhooks = if callers == 1 { webhooks / 20 } else { webhooks };
            measure(data.path(), callers, webhooks, is_settled).await?;
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people, far below 2^53")]
async fn measure(data: &Path, callers: usize, webhooks: u64, is_settled: bool) -> Result<(), Failure> {
    let store = SqliteStore::open(data)?;
    let (ledger, notices, writing) = Ledger::open(store, 1, Box::new(OneEndpoint))?;
    let outbox = tokio::spawn(deliver(ledger.clone(), notices, is_settled));
    let interviews = Arc::new(AtomicU64::new(0));
    let most = webhooks / (PATH.len() as u64 - 1);
    let before = Instant::now();
    let calling: Vec<_> =
        (0..callers).map(|_| tokio::spawn(call(ledger.clone(), Arc::clone(&interviews), most))).collect();
    for caller in calling {
        caller.await??;
    }
    let took = before.elapsed().as_secs_f64();
    let cpu_us = writer_cpu_us();
    ledger.close().await;
    writing.finished().await;
    outbox.await??;
    drop(ledger);

    let webhooks = (most * (PATH.len() as u64 - 1)) as f64;
    let events = (most * PATH.len() as u64) as f64;
    let bytes = std::fs::metadata(data.join("callboard.db"))?.len() as f64;
    println!(
        "{callers:7}  {is_settled:7}  {:10.0}  {:>17}  {:13.0}  {:11.0}",
        webhooks / took,
        cpu_us.map_or_else(|| "?".to_owned(), |us| format!("{:.1}", us / webhooks)),
        bytes / webhooks,
        bytes / events,
    );
    Ok(())
}

/// Tells whole interviews, one after the other, each webhook after the one before it was answered.
async fn call(ledger: Ledger, interviews: Arc<AtomicU64>, most: u64) -> Result<(), Failure> {
    let source = Arc::new(source());
    loop {
        let interview = interviews.fetch_add(1, Ordering::Relaxed);
        if interview >= most {
            return Ok(());
        }
        for step in 1..PATH.len() {
            ledger.record(intake(&source, interview, step)).await?;
        }
    }
}

/// Takes what is owed, and settles it as told, if it is to be.
async fn deliver(
    ledger: Ledger,
    mut notices: mpsc::Receiver<Notice>,
    is_settled: bool,
) -> Result<(), Failure> {
    while let Some(notice) = notices.recv().await {
        if let Notice::Owed(owed) = notice
            && is_settled
        {
            let settled = owed.into_iter().map(|owed| Settlement {
                delivery: owed.delivery,
                attempt: Attempt {
                    number: 1,
                    at: start(),
                    took_us: 740,
                    status: Some(204),
                    error: None,
                    response: Bytes::new(),
                },
                state: DeliveryState::Delivered,
                next_at: None,
                overtook: Vec::new(),
                news: None,
            });
            // What is still to be settled when the ledger closes stays owed.
            let _ = ledger.settle(settled.collect()).await;
        }
    }
    Ok(())
}

struct OneEndpoint;

impl Planner for OneEndpoint {
    fn plan(&mut self, _event: &Event, _native: &Bytes, _directory: &Directory) -> Plan {
        let owed = vec![Planned { endpoint: EndpointId::from_raw(1), body: None }];
        Plan { owed, skipped: Vec::new() }
    }
}

fn start() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(56 * 366 * 24)
}

fn source() -> Source {
    Source {
        id: SourceId::from_raw(7),
        company: CompanyId::from_raw(1),
        platform: "skype".to_owned(),
        name: "Skype".to_owned(),
        rotated: None,
        credentials: Sealed::default(),
        created_at: start(),
        fetch: None,
    }
}

/// The sample of seed 004, one move further each time.
fn intake(source: &Arc<Source>, interview: u64, step: usize) -> Intake {
    // Spread over the whole range, as the ids that a platform draws are.
    let spread = (interview * 8 + step as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let code =
        format!("{:08x}-1712-1e89-1c3e-743ecbedd117", interview.wrapping_mul(0x9e37_79b1) & 0xffff_ffff);
    let at = start() + SignedDuration::from_micros(i64::try_from(interview * 50 + step as u64).unwrap_or(0));
    let (previous, current) = (PATH[step - 1].clone(), PATH[step].clone());
    let mark = |value| StageMark {
        value,
        code: Some(2000),
        text: Some("Pending interviewer time selection".into()),
    };
    Intake {
        source: Arc::clone(source),
        received_at: at,
        unique: Some(format!("{spread:016x}-0000-4000-8000-{spread:016x}")),
        told_of: Some(at),
        headers: r#"{"authorization":"(hidden)","content-type":"application/json; charset=utf-8","user-agent":"Skype-Interviews-Webhook/1.0","x-request-id":"1c519c56-1712-1e89-1c3e-743ecbedd117"}"#.to_owned(),
        body: Bytes::from(format!(
            r#"{{"previousStage":{{"value":"{previous}","metadata":"2000 - Pending interviewer time selection"}},"currentStage":{{"value":"{current}","metadata":"2000 - Pending interviewer time selection"}},"event":"State","timestamp":"{at:.7}","interviewCode":"{code}"}}"#
        )),
        label: format!("State {current}"),
        points_at: Vec::new(),
        fetch_at: None,
        told: Ok(vec![Observation {
            at: Some(at),
            news: News::Stage {
                interview: About { external_id: Some(code), told: InterviewTold::default() },
                of: Belonging::default(),
                previous: Some(mark(previous)),
                current: mark(current),
            },
        }]),
    }
}

/// What the writer's thread has used of a processor so far, in microseconds, where the system tells.
fn writer_cpu_us() -> Option<f64> {
    /// The clock of `/proc` ticks 100 times a second.
    const TICK_US: f64 = 10_000.0;
    let threads = std::fs::read_dir("/proc/self/task").ok()?;
    let stat = threads
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("stat")).ok())
        .find(|stat| stat.contains("(ledger)"))?;
    let mut numbers = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    Some((user + system) * TICK_US)
}
