//! `callboard migrate-store`: copies a store from files into a database.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Copied, Copying, Phase, copy_store};
use serde_json::json;

use crate::cli::MigrateStoreArgs;
use crate::progress::Progress;
use crate::settings::DATA;
use crate::{show, table};

pub(crate) fn run(args: &MigrateStoreArgs) -> anyhow::Result<ExitCode> {
    let from = args.from.as_deref().unwrap_or(Path::new(DATA));
    if !SqliteStore::is_in(from) {
        bail!("there is no store in {}", from.display());
    }
    let store = SqliteStore::open(from).with_context(|| {
        format!("cannot copy the store in {}; a hub that runs on it has to be stopped", from.display())
    })?;
    let mut shown = Shown::default();
    let copied = copy_store(&store, &args.to, &mut |copying| shown.at(&copying));
    shown.end();
    let copied =
        copied.with_context(|| format!("cannot copy the store in {} into the database", from.display()))?;
    if args.json {
        show::json(&json!(copied));
    } else {
        tell(&copied, from);
    }
    Ok(ExitCode::SUCCESS)
}

/// How far it is: each phase by itself.
#[derive(Default)]
struct Shown {
    now: Option<(Phase, Progress)>,
}

impl Shown {
    fn at(&mut self, copying: &Copying<'_>) {
        if self.now.as_ref().is_none_or(|(phase, _)| *phase != copying.phase) {
            self.end();
            self.now = Some((copying.phase, Progress::begin()));
        }
        let more = match copying.phase {
            Phase::Original => format!("the original: {}", copying.what),
            Phase::Rows => format!("copying {}", copying.what),
            Phase::Copy => format!("the copy: {}", copying.what),
        };
        if let Some((_, progress)) = &self.now {
            progress.at(copying.done, copying.total, &more);
        }
    }

    fn end(&mut self) {
        if let Some((_, progress)) = self.now.take() {
            progress.end();
        }
    }
}

fn tell(copied: &Copied, from: &Path) {
    let columns = [table::word("TABLE", "/name"), table::number("ROWS", "/rows")];
    table::print(&json!({"items": copied.tables}), &columns, "");
    let rows: u64 = copied.tables.iter().map(|table| table.rows).sum();
    let before = match copied.resumed_at {
        0 => String::new(),
        before => format!(", {before} of them before it was interrupted"),
    };
    let whole = if copied.whole {
        "the store is whole, and so is its copy"
    } else {
        "the store is not whole, and its copy is the same: `callboard check` says how"
    };
    show::print(&format!("\n{rows} rows copied{before}; {whole}\n"));
    show::print(&format!(
        "start hubs with --store from now on, and none on {} any more: both would tell what is owed\n",
        from.display()
    ));
}
