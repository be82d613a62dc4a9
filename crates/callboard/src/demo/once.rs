//! `callboard demo --once`: a fixed script whose every number is known beforehand, or follows from another one.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use callboard_ledger::Totals;
use callboard_simulate::{Counts, Forgery, Playing, Tally};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::cast::{Actor, Cast, player};
use crate::cli::DemoArgs;
use crate::show;

/// Interviews that each platform tells.
const INTERVIEWS: u64 = 12;
/// Interviews that each platform's forger tells.
const FORGED_INTERVIEWS: u64 = 4;
/// How long everything that is owed may take to be told.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);

/// What one platform sent: the truth, the truth again, and lies.
struct Sent {
    platform: &'static str,
    honest: Tally,
    again: Tally,
    forged: Tally,
}

/// What one receiver was told.
struct Told {
    dialect: &'static str,
    counts: Counts,
}

pub(super) async fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let cast = Cast::assemble(args.listen).await?;
    let mut sent = Vec::new();
    for actor in &cast.actors {
        sent.push(tell(actor, args.seed).await?);
    }
    let totals = everything_told(&cast).await?;
    let told: Vec<Told> = cast
        .listeners
        .iter()
        .map(|listener| Told { dialect: listener.dialect.name(), counts: listener.receiver.counts() })
        .collect();
    cast.leave().await;
    let wrong = check(&sent, &told, &totals);
    if args.json {
        show::json(&as_json(&sent, &told, &totals, &wrong));
    } else {
        show::print(&summary(&sent, &told, &totals, &wrong));
    }
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn tell(actor: &Actor, seed: u64) -> anyhow::Result<Sent> {
    let honest = Playing { count: Some(INTERVIEWS), ..actor.playing(seed)? };
    let has_forgeries = !Forgery::of(actor.platform, &honest.credentials).is_empty();
    let forged = Playing { count: Some(FORGED_INTERVIEWS), forge: true, ..honest.clone() };
    Ok(Sent {
        platform: actor.platform.name(),
        honest: play(honest.clone()).await?,
        again: play(honest).await?,
        forged: if has_forgeries { play(forged).await? } else { Tally::default() },
    })
}

async fn play(playing: Playing) -> anyhow::Result<Tally> {
    Ok(player(playing)?.play(|_| {}).await)
}

/// Waits until nothing is owed any more.
async fn everything_told(cast: &Cast) -> anyhow::Result<Totals> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let totals =
            cast.hub.ledger.read(|reader| reader.totals()).await.context("the store cannot be asked")?;
        if totals.pending == 0 {
            return Ok(totals);
        }
        if Instant::now() > deadline {
            bail!("{} deliveries are still owed after {} s", totals.pending, PATIENCE.as_secs());
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// What is not as it must be, one sentence each.
fn check(sent: &[Sent], told: &[Told], totals: &Totals) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, sentence: String| {
        if !holds {
            wrong.push(sentence);
        }
    };
    for Sent { platform, honest, again, forged } in sent {
        must(honest.interviews == INTERVIEWS, format!("{platform} told {} interviews", honest.interviews));
        must(
            honest.accepted == honest.sent,
            format!("{platform}: {} of {} taken", honest.accepted, honest.sent),
        );
        must(
            again.accepted == honest.sent,
            format!("{platform}: {} repetitions answered with 200", again.accepted),
        );
        must(forged.sent > 0, format!("{platform}: nothing was forged"));
        must(
            forged.refused == forged.sent,
            format!("{platform}: {} of {} forgeries refused", forged.refused, forged.sent),
        );
    }
    let requests: u64 = sent.iter().map(|it| it.honest.sent + it.again.sent).sum();
    must(
        totals.receipts == requests,
        format!("{} receipts of {requests} authentic requests", totals.receipts),
    );
    must(totals.failed == 0 && totals.cancelled == 0, format!("{} deliveries failed", totals.failed));
    let taken: u64 = told.iter().map(|it| it.counts.taken).sum();
    must(totals.delivered == taken, format!("{} deliveries, but {taken} were taken", totals.delivered));
    for Told { dialect, counts } in told {
        must(counts.heard > 0, format!("{dialect} heard nothing"));
        must(
            counts.verified == counts.heard,
            format!("{dialect}: {} of {} verified", counts.verified, counts.heard),
        );
        must(counts.unreadable == 0, format!("{dialect}: {} could not be read", counts.unreadable));
        must(counts.duplicates == 0, format!("{dialect}: {} came twice", counts.duplicates));
        must(counts.out_of_order == 0, format!("{dialect}: {} came out of order", counts.out_of_order));
        if matches!(*dialect, "standard" | "cloudevents") {
            must(
                counts.taken == totals.events,
                format!("{dialect} was told {} of {} events", counts.taken, totals.events),
            );
        }
    }
    wrong
}

fn summary(sent: &[Sent], told: &[Told], totals: &Totals, wrong: &[String]) -> String {
    let mut text = String::from("in             sent   taken   again, known   forged, refused\n");
    for Sent { platform, honest, again, forged } in sent {
        text.push_str(&format!(
            "  {platform:9} {:>7} {:>7} {:>14} {:>10} of {}\n",
            honest.sent, honest.accepted, again.accepted, forged.refused, forged.sent
        ));
    }
    text.push_str(&format!("\nevents     {:>7}\ndelivered  {:>7}\n\n", totals.events, totals.delivered));
    text.push_str("out            told   verified   twice   out of order\n");
    for Told { dialect, counts } in told {
        text.push_str(&format!(
            "  {dialect:11} {:>5} {:>10} {:>7} {:>14}\n",
            counts.taken, counts.verified, counts.duplicates, counts.out_of_order
        ));
    }
    if wrong.is_empty() {
        text.push_str("\nevery number is as it must be\n");
    } else {
        text.push_str(&format!("\nNOT as it must be:\n  {}\n", wrong.join("\n  ")));
    }
    text
}

fn as_json(sent: &[Sent], told: &[Told], totals: &Totals, wrong: &[String]) -> Value {
    let platforms = sent.iter().map(|it| {
        let line = json!({
            "sent": it.honest.sent,
            "taken": it.honest.accepted,
            "repeated": it.again.sent,
            "forged": it.forged.sent,
            "refused": it.forged.refused,
        });
        (it.platform.to_owned(), line)
    });
    let receivers = told.iter().map(|it| {
        let line = json!({
            "told": it.counts.taken,
            "verified": it.counts.verified,
            "duplicates": it.counts.duplicates,
            "out_of_order": it.counts.out_of_order,
        });
        (it.dialect.to_owned(), line)
    });
    json!({
        "in": platforms.collect::<serde_json::Map<_, _>>(),
        "out": receivers.collect::<serde_json::Map<_, _>>(),
        "totals": totals,
        "wrong": wrong,
    })
}
