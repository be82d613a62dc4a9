//! `callboard simulate`: acts as a platform.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use callboard_outbox::{Clock, SystemClock};
use callboard_simulate::{Platform, Player, Playing, Tally};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::cli::SimulateArgs;
use crate::show;

/// When the first story begins, before now: stories run over days, and what they tell has happened.
const LONG_AGO: SignedDuration = SignedDuration::from_hours(60 * 24);
/// How often the progress line is drawn anew.
const PROGRESS: Duration = Duration::from_millis(200);

pub(crate) fn run(args: &SimulateArgs) -> anyhow::Result<ExitCode> {
    let platform: Platform = args.platform.parse()?;
    let (json, forge) = (args.json, args.forge);
    let seed = args.seed.unwrap_or_else(|| u64::from(SystemClock.now().subsec_nanosecond().unsigned_abs()));
    let playing = Playing {
        seed,
        count: Some(args.count),
        at_once: args.at_once,
        per_second: args.rate,
        forge,
        duplicate: args.duplicate,
        shuffle: args.shuffle,
        ..Playing::new(
            platform,
            args.to.parse().with_context(|| format!("`{}` is no URL", args.to))?,
            credentials(platform, args)?,
            SystemClock.now() - LONG_AGO,
        )
    };
    let player = Player::new(playing, Arc::new(|| SystemClock.now()))?;
    let tally = tokio::runtime::Runtime::new()?.block_on(play(player));
    if json {
        show::json(&as_json(seed, &tally));
    } else {
        show::print(&summary(platform, seed, &tally));
    }
    let as_it_must_be = if forge { tally.refused == tally.sent } else { tally.accepted == tally.sent };
    Ok(if as_it_must_be { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was given; for a URL that carries its token, that token.
fn credentials(platform: Platform, args: &SimulateArgs) -> anyhow::Result<Value> {
    if let Some(given) = args.credentials.json()? {
        return Ok(given);
    }
    let token = args.to.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    match platform {
        Platform::Viasto | Platform::LaunchPad => Ok(json!({"token": token})),
        Platform::Skype => anyhow::bail!("skype signs with --api-key and --api-secret"),
        Platform::HireHive => anyhow::bail!("hirehive signs with --secret"),
    }
}

async fn play(player: Player) -> Tally {
    let sent = Arc::new(AtomicU64::new(0));
    let counting = Arc::clone(&sent);
    let playing = player.play(move |_| {
        counting.fetch_add(1, Ordering::Relaxed);
    });
    if !std::io::stderr().is_terminal() {
        return playing.await;
    }
    tokio::pin!(playing);
    let mut redraw = tokio::time::interval(PROGRESS);
    loop {
        tokio::select! {
            tally = &mut playing => {
                draw("");
                return tally;
            }
            _ = redraw.tick() => draw(&format!("{} sent", sent.load(Ordering::Relaxed))),
        }
    }
}

/// Draws a progress line over the one before. A terminal that has gone is no reason to stop.
fn draw(line: &str) {
    let mut terminal = std::io::stderr();
    let _ = write!(terminal, "\r\x1b[2K{line}").and_then(|()| terminal.flush());
}

fn summary(platform: Platform, seed: u64, tally: &Tally) -> String {
    let mut text = format!(
        "{platform}: {} interviews, {} webhooks sent: {} accepted, {} refused, {} failed",
        tally.interviews, tally.sent, tally.accepted, tally.refused, tally.failed
    );
    if tally.duplicates > 0 {
        text.push_str(&format!("; {} of them were sent a second time", tally.duplicates));
    }
    if tally.retries > 0 {
        text.push_str(&format!("; {} tries had to be repeated", tally.retries));
    }
    text.push_str(&format!("; seed {seed}\n"));
    text
}

fn as_json(seed: u64, tally: &Tally) -> Value {
    json!({
        "seed": seed,
        "interviews": tally.interviews,
        "sent": tally.sent,
        "accepted": tally.accepted,
        "refused": tally.refused,
        "failed": tally.failed,
        "duplicates": tally.duplicates,
        "retries": tally.retries,
    })
}
