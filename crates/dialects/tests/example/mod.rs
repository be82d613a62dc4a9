//! The examples as programs.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// The example of this name, built from its source as it is now: with what the whole workspace needs of other crates, as its
/// tests are, so that those are not compiled once more for it.
pub fn example(name: &str) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--quiet", "--workspace", "--example", name, "--message-format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    for (told, _) in env::vars_os().filter(|(told, _)| is_about_this_test(&told.to_string_lossy())) {
        cargo.env_remove(told);
    }
    let built = cargo.output().expect("cargo runs, as it runs this test");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let messages: Vec<Value> = serde_json::Deserializer::from_slice(&built.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .expect("cargo tells in JSON what it built");
    messages
        .iter()
        .find(|message| message["target"]["name"] == name)
        .and_then(|message| message["executable"].as_str())
        .expect("what was asked for was built")
        .into()
}

/// Cargo tells a test of which package it is. Where a build is told that as well, libraries that look at it are built anew.
fn is_about_this_test(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}
