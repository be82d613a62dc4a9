//! `callboard export`: what happened, or the set-up, as a file.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use callboard_core::matches_pattern;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::setup::Setup;
use crate::api::Api;
use crate::cli::{Body, ExportArgs};
use crate::progress::Progress;
use crate::show;

pub(crate) fn run(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.to {
        None => drop(write(&api, args, &mut std::io::stdout().lock())?),
        Some(path) => {
            let written = into_file(path, |file| write(&api, args, file))?;
            let said = json!({"file": path, "items": written});
            if api.json { show::json(&said) } else { eprintln!("{written} in {}", path.display()) }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a file that is there whole, or not at all.
fn into_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<u64>) -> anyhow::Result<u64> {
    let cannot = || format!("cannot write {}", path.display());
    let place = path.parent().filter(|place| !place.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(place).with_context(cannot)?;
    let mut buffered = BufWriter::new(file.as_file_mut());
    let written = write(&mut buffered)?;
    buffered.flush().with_context(cannot)?;
    drop(buffered);
    file.as_file().sync_all().with_context(cannot)?;
    file.persist(path).with_context(cannot)?;
    Ok(written)
}

fn write(api: &Api, args: &ExportArgs, to: &mut dyn Write) -> anyhow::Result<u64> {
    if args.setup {
        let setup = Setup::of(api)?;
        serde_json::to_writer_pretty(&mut *to, &setup)?;
        to.write_all(b"\n")?;
        return Ok(setup.items());
    }
    events(api, args, to)
}

/// Events in their native form, a line each, oldest first, page by page.
fn events(api: &Api, args: &ExportArgs, to: &mut dyn Write) -> anyhow::Result<u64> {
    let filters = [Body::given(&args.period).with("order", "oldest_first")];
    let progress = Progress::begin();
    let mut written = 0;
    for page in api.pages("events", &filters) {
        for item in page?["items"].as_array().into_iter().flatten() {
            if is_asked_for(&args.events, &item["event"]) {
                serde_json::to_writer(&mut *to, &item["event"])?;
                to.write_all(b"\n").context("cannot write")?;
                written += 1;
            }
        }
        progress.at(written, None, "events");
    }
    progress.end();
    Ok(written)
}

fn is_asked_for(patterns: &[String], event: &Value) -> bool {
    let kind = event["type"].as_str().unwrap_or_default();
    patterns.is_empty() || patterns.iter().any(|pattern| matches_pattern(pattern, kind))
}
