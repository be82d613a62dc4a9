//! The API of the real program, tried by the document that it tells of itself: `schemathesis` makes up requests, good and
//! bad, and holds every answer against what the document says.
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::Hub;

const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemathesis.toml");
/// How many requests it makes up for an operation in each way it has of doing so.
const EXAMPLES: &str = "8";

/// The program: beside the interpreter in `CALLBOARD_PYTHON`, else in the workspace's own environment.
fn schemathesis() -> PathBuf {
    let in_workspace = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    let python = std::env::var_os("CALLBOARD_PYTHON").map_or_else(in_workspace, PathBuf::from);
    python.with_file_name("schemathesis")
}

#[test]
fn schemathesis_finds_nothing_that_the_document_does_not_say() {
    let hub = Hub::start();
    let away = tempfile::tempdir().unwrap();

    let output = Command::new(schemathesis())
        .current_dir(away.path())
        .args(["--config-file", CONFIG, "--no-color", "run", &format!("{}/openapi.json", hub.url)])
        .args(["--header", &format!("Authorization: Bearer {}", hub.key)])
        .args(["--seed", "1", "--workers", "1", "--max-examples", EXAMPLES])
        // A stream has no end to wait for; `tests/live.rs` reads it.
        .args(["--exclude-operation-id", "live"])
        // It would withdraw the key that it asks with, having made itself another.
        .args(["--exclude-operation-id", "deleteKey"])
        .output()
        .unwrap();

    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(!report.contains("Authentication failed"), "the run was hollow from some point on: {report}");
    // Every operation was tried, and every way of trying it was gone through to its end.
    let number = |label: &str| {
        let line = report.lines().find_map(|line| line.trim().strip_prefix(label));
        line.and_then(|rest| rest.trim().split('/').next()?.parse::<usize>().ok())
    };
    assert!(number("Selected:").is_some_and(|selected| selected > 100), "{report}");
    assert_eq!(number("Tested:"), number("Selected:"), "{report}");
    for phase in ["Examples", "Coverage", "Fuzzing", "Stateful"] {
        assert!(report.contains(&format!("✅ {phase}")), "{phase}: {report}");
    }
}
