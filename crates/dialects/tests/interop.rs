//! `PyJWT`, `standardwebhooks` and the CloudEvents SDK accept what we sign, and we accept what they sign.

mod example;

use std::path::{Path, PathBuf};
use std::process::Command;

use example::example;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/interop/interop.py");

/// The interpreter that has the libraries: `CALLBOARD_PYTHON`, else the workspace's own.
fn python() -> PathBuf {
    let in_workspace = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    std::env::var_os("CALLBOARD_PYTHON").map_or_else(in_workspace, PathBuf::from)
}

#[test]
fn independent_libraries_and_we_accept_each_other_s_messages() {
    let python = python();
    let has_libraries = Command::new(&python)
        .args(["-c", "import jwt, standardwebhooks, cloudevents"])
        .output()
        .is_ok_and(|output| output.status.success());
    assert!(
        has_libraries,
        "{} has no libraries to compare with: run ./ci/setup once, or point CALLBOARD_PYTHON to an interpreter with \
         those of crates/dialects/tests/interop/requirements.txt",
        python.display()
    );
    let output = Command::new(python).arg(SCRIPT).arg(example("interop")).output().unwrap();
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && report.contains("Ran 11 tests"), "{report}");
}
