//! What is in `deploy/` and on its page, held against the program and against those who read such files.
#![expect(clippy::unwrap_used, reason = "a test that cannot get ready must fail, and says where")]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{CALLBOARD, callboard};

/// Everything that tells somebody how to start a hub, or what to say to one.
const FILES: [&str; 7] = [
    "deploy/callboard.service",
    "deploy/callboard.env",
    "deploy/Dockerfile",
    "deploy/compose.yaml",
    "docs/deliveries.md",
    "docs/deploying.md",
    "docs/operating.md",
];

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn file(name: &str) -> String {
    std::fs::read_to_string(top().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn help(command: &[&str]) -> String {
    let help = callboard(&[command, &["--help"]].concat(), &[]);
    assert!(help.status.success(), "there is no {command:?}");
    String::from_utf8(help.stdout).unwrap()
}

/// Everything in a text that begins so, as far as these characters go.
fn words<'t>(text: &'t str, start: &'static str, goes_on: fn(char) -> bool) -> impl Iterator<Item = &'t str> {
    text.match_indices(start).map(move |(at, _)| {
        let rest = &text[at..];
        &rest[..rest.find(|c| !goes_on(c)).unwrap_or(rest.len())]
    })
}

fn variables(text: &str) -> BTreeSet<&str> {
    words(text, "CALLBOARD_", |c| c.is_ascii_uppercase() || c == '_')
        .filter(|it| *it != "CALLBOARD_")
        .collect()
}

#[test]
fn each_variable_of_the_environment_is_one_that_a_hub_heeds() {
    let help = help(&["serve"]);
    let known = variables(&help);
    for name in FILES {
        let text = file(name);
        let unknown: Vec<_> = variables(&text).difference(&known).copied().collect();
        assert!(unknown.is_empty(), "{name}: {unknown:?}");
    }
}

/// What is said to the program in a text: the words after its name, to the end of the command.
fn said(text: &str) -> Vec<Vec<String>> {
    let text =
        text.replace("\\\n", " ").replace("/usr/local/bin/callboard", "callboard").replace(['"', ','], " ");
    let commands = text.split(['\n', '`', '|', '&', ';', '[', ']']);
    let words = |command: &str| command.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let said = commands.map(words).filter_map(|words| {
        let at = words.iter().position(|word| word.trim_start_matches("ExecStart=") == "callboard")?;
        // Its name is also that of an image, of a user, of a database, and of a directory.
        let is_said = words.get(at + 1).is_some_and(|next| COMMANDS.contains(&next.as_str()));
        is_said.then(|| words[at + 1..].to_vec())
    });
    said.collect()
}

const COMMANDS: [&str; 14] = [
    "serve",
    "ready",
    "check",
    "config",
    "migrate-store",
    "simulate",
    "listen",
    "export",
    "import",
    "replay",
    "source",
    "endpoint",
    "delivery",
    "receipt",
];

/// Those that are followed by what is to be done.
const NOUNS: [&str; 4] = ["source", "endpoint", "delivery", "receipt"];

#[test]
fn each_option_on_a_command_line_is_one_that_the_program_has() {
    let mut seen = 0;
    for name in FILES {
        for words in said(&file(name)) {
            let nouns: Vec<&str> =
                words.iter().map(String::as_str).take_while(|it| !it.starts_with('-')).collect();
            let help = help(&nouns[..nouns.len().min(if NOUNS.contains(&nouns[0]) { 2 } else { 1 })]);
            for option in words.iter().filter(|word| word.starts_with("--")) {
                let option = option.split('=').next().unwrap();
                assert!(help.contains(option), "{name}: {words:?}: there is no {option}");
                seen += 1;
            }
        }
    }
    assert!(seen > 5, "{seen} options were found");
}

#[test]
fn the_container_s_own_commands_are_the_program_s() {
    let dockerfile = file("deploy/Dockerfile");
    assert_eq!(said(&dockerfile), [["ready"]]);
    assert!(dockerfile.contains("CMD [\"serve\"]"));
}

#[test]
fn systemd_takes_the_unit_and_finds_it_confined() {
    let place = tempfile::tempdir().unwrap();
    let unit = place.path().join("callboard.service");
    let text = file("deploy/callboard.service").replace("/usr/local/bin/callboard", CALLBOARD);
    std::fs::write(&unit, text).unwrap();
    run(Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit));
    run(Command::new("systemd-analyze").args(["security", "--offline=true", "--threshold=20"]).arg(&unit));
}

#[test]
fn whoever_checks_containers_finds_nothing_wrong() {
    let tool = |name| {
        let in_workspace = || top().join(".venv/bin/python");
        let python = std::env::var_os("CALLBOARD_PYTHON").map_or_else(in_workspace, PathBuf::from);
        Command::new(python.with_file_name(name))
    };
    run(tool("hadolint").arg(top().join("deploy/Dockerfile")));
    run(tool("check-jsonschema")
        .args(["--builtin-schema", "vendor.compose-spec"])
        .arg(top().join("deploy/compose.yaml")));
}

fn run(command: &mut Command) {
    let output =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; ./ci/setup installs it"));
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    // A word in a unit that means nothing is only warned of.
    let is_warned_of = said[1].contains("callboard.service");
    assert!(output.status.success() && !is_warned_of, "{command:?}: {said:#?}");
}
