//! `callboard check`: proves a store whole, or says what is wrong with it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use callboard_ledger::postgres::PostgresStore;
use callboard_ledger::sqlite::SqliteStore;
use callboard_ledger::{Checked, Inspector, check};
use serde_json::{Value, json};

use crate::cli::CheckArgs;
use crate::progress::Progress;
use crate::settings::DATA;
use crate::{show, table};

pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let (mut inspector, of) = match &args.store {
        Some(address) => {
            let inspector = PostgresStore::inspector(address);
            (inspector.context("cannot look at the store in the database")?, "the database".to_owned())
        }
        None => {
            let data = args.data.as_deref().unwrap_or(Path::new(DATA));
            (in_files(data)?, data.display().to_string())
        }
    };
    let progress = Progress::begin();
    let checked = check(inspector.as_mut(), &mut |check, rows| progress.at(rows, None, check.sentence()));
    progress.end();
    let is_whole = checked.iter().all(|it| it.found == 0);
    if args.json {
        show::json(&json!({"store": of, "whole": is_whole, "checks": checked}));
    } else {
        show::print(&format!("the store in {of}\n\n"));
        tell(&checked, is_whole);
    }
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn in_files(data: &Path) -> anyhow::Result<Box<dyn Inspector>> {
    if !SqliteStore::is_in(data) {
        bail!("there is no store in {}", data.display());
    }
    let store = SqliteStore::of_today(data).with_context(|| {
        format!("cannot look at the store in {}; a hub that runs on it has to be stopped", data.display())
    })?;
    Ok(store.inspector()?)
}

fn tell(checked: &[Checked], is_whole: bool) {
    let columns = [
        table::made_word("RESULT", result),
        table::number("ROWS", "/looked_at"),
        table::text("CHECK", "/sentence"),
    ];
    table::print(&json!({"items": checked}), &columns, "");
    for it in checked.iter().filter(|it| it.found > 0) {
        show::print(&format!("\nnot true: {}\n", it.sentence));
        for finding in &it.findings {
            show::print(&format!(
                "  {} {}\n",
                show::harmless(&finding.id),
                show::harmless(&finding.sentence)
            ));
        }
        let more = it.found - it.findings.len() as u64;
        if more > 0 {
            show::print(&format!("  and {more} more\n"));
        }
    }
    show::print(if is_whole { "\nthe store is whole\n" } else { "\nthe store is not whole\n" });
}

fn result(checked: &Value) -> String {
    match checked["found"].as_u64() {
        Some(0) => "ok".to_owned(),
        _ => format!("{} found", checked["found"]),
    }
}
