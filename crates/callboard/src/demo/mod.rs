//! `callboard demo`: a hub, the four platforms sending, a receiver for each dialect verifying, and a board to watch.

mod board;
mod cast;
mod draw;
mod once;
mod plain;
mod watch;

use std::io::IsTerminal;
use std::process::ExitCode;

use crate::cli::DemoArgs;
use crate::logs;
use crate::show;

/// Nothing but trouble is logged: the board is what there is to see.
const LOG: &str = "warn";

pub(crate) fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    tokio::runtime::Runtime::new()?.block_on(async {
        if args.once {
            logs::start(LOG, crate::cli::LogFormat::Text)?;
            return once::run(args).await;
        }
        let cast = cast::Cast::assemble(args.listen).await?;
        let board = if std::io::stdout().is_terminal() {
            draw::run(args, &cast).await?
        } else {
            plain::run(args, &cast).await?
        };
        cast.leave().await;
        show::print(&board.farewell());
        Ok(ExitCode::SUCCESS)
    })
}
