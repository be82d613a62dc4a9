//! The demo without a terminal: a line an event, as it is told.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::board::{Board, EventLine, Mark};
use super::cast::Cast;
use super::watch::Watch;
use crate::cli::DemoArgs;
use crate::show;

const LOOK: Duration = Duration::from_millis(200);

pub(super) async fn run(args: &DemoArgs, cast: &Cast) -> anyhow::Result<Board> {
    show::print(&format!("hub {0}, the board {0}/board, to sign in {1}\n", cast.hub.url, cast.key));
    let dialects: Vec<&str> = cast.listeners.iter().map(|listener| listener.dialect.name()).collect();
    show::print(&format!(
        "a mark for each receiver: {}  (● told, ○ owed, · no word for it, ✗ failed)\n",
        dialects.join(" ")
    ));
    let mut watch = Watch::begin(cast, args.rate, args.seed)?;
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut look = tokio::time::interval(LOOK);
    let mut printed = BTreeSet::new();
    loop {
        tokio::select! {
            _ = look.tick() => {}
            _ = terminate.recv() => return watch.look().await,
            _ = interrupt.recv() => return watch.look().await,
        }
        let board = watch.look().await?;
        for line in board.lines.iter().rev().filter(|line| line.is_settled()) {
            if printed.insert(line.id) {
                show::print(&text(line));
            }
        }
        if args.seconds.is_some_and(|end| board.seconds >= end) {
            return Ok(board);
        }
    }
}

fn text(line: &EventLine) -> String {
    let marks: String = line.marks.iter().flatten().map(|mark| symbol(*mark)).collect();
    let platform = line.platform.map(callboard_simulate::Platform::name).unwrap_or_default();
    let from = line.from.as_deref().unwrap_or_default();
    format!("{} {platform:9} {marks} {from}{}  {}\n", line.at.strftime("%H:%M:%S"), line.what, line.who)
}

pub(super) fn symbol(mark: Mark) -> char {
    match mark {
        Mark::NoWord => '·',
        Mark::Owed => '○',
        Mark::Told => '●',
        Mark::Failed => '✗',
    }
}
