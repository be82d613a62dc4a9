//! Help on everything, completions, and what is no use of the program.

use crate::said::{complaint, printed};
use crate::support::callboard;

const COMMANDS: [&str; 31] = [
    "serve",
    "demo",
    "simulate",
    "listen",
    "verify",
    "job",
    "candidate",
    "application",
    "interview",
    "feedback",
    "question",
    "answer-video",
    "note",
    "user",
    "file",
    "source",
    "endpoint",
    "event",
    "delivery",
    "receipt",
    "replay",
    "export",
    "import",
    "settings",
    "company",
    "key",
    "ready",
    "check",
    "migrate-store",
    "config",
    "completions",
];
const WHOLE: &[&str] = &["add", "list", "show", "change", "remove"];
const BELOW: [(&str, &[&str]); 21] = [
    ("job", WHOLE),
    ("candidate", WHOLE),
    ("candidate", &["note", "tag", "erase"]),
    ("application", WHOLE),
    ("application", &["move"]),
    ("interview", &["add", "list", "show", "change", "schedule", "ask", "attendee", "join", "start", "end"]),
    ("interview", &["fail", "cancel", "archive", "meeting", "assessment", "timeline"]),
    ("feedback", &["assign", "submit", "list", "show", "remove"]),
    ("question", WHOLE),
    ("answer-video", WHOLE),
    ("note", WHOLE),
    ("user", WHOLE),
    ("file", &["add", "list", "show", "change", "remove", "upload", "download"]),
    ("source", &["add", "list", "show", "change", "rotate", "rejections", "remove"]),
    ("endpoint", &["add", "list", "show", "change", "rotate", "test", "enable", "disable", "remove"]),
    ("event", &["list", "show", "deliveries"]),
    ("delivery", &["list", "show", "attempts", "retry", "cancel"]),
    ("receipt", &["list", "show", "reprocess"]),
    ("replay", &["list", "show", "cancel"]),
    ("company", &["add", "list", "show"]),
    ("key", &["add", "list", "remove"]),
];

#[test]
fn there_is_help_on_every_command() {
    let all = printed(&callboard(&["--help"], &[]));
    for command in COMMANDS {
        assert!(all.contains(&format!("\n  {command} ")), "{command} is not in the help:\n{all}");
        assert_helps(&[command, "--help"]);
    }
    for (command, below) in BELOW {
        let help = printed(&callboard(&[command, "--help"], &[]));
        for word in below {
            assert!(help.contains(&format!("\n  {word} ")), "{command} {word} is not in the help:\n{help}");
            assert_helps(&[command, word, "--help"]);
        }
    }
}

fn assert_helps(args: &[&str]) {
    let help = printed(&callboard(args, &[]));
    assert!(help.contains("Usage: callboard"), "{args:?}:\n{help}");
    assert!(help.contains("Example:\n  callboard "), "{args:?}:\n{help}");
    assert!(!help.contains('\u{1b}'), "{args:?}: colours without a terminal");
}

#[test]
fn the_help_does_not_tell_secrets_of_the_environment() {
    let environment = [("CALLBOARD_KEY", "cbk_topsecret"), ("CALLBOARD_SECRET", "whsec_topsecret")];
    for command in COMMANDS {
        let help = printed(&callboard(&[command, "--help"], &environment));
        assert!(!help.contains("topsecret"), "{command}:\n{help}");
    }
}

#[test]
fn the_version_is_told() {
    assert_eq!(
        printed(&callboard(&["--version"], &[])),
        format!("callboard {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn each_shell_gets_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&callboard(&["completions", shell], &[]));
        assert!(script.contains("callboard") && script.contains("endpoint"), "{shell}");
    }
}

#[test]
fn a_wrong_use_is_2_and_says_what_was_wrong() {
    let wrong: [(&[&str], &str); 13] = [
        (&[], "Usage"),
        (&["frobnicate"], "frobnicate"),
        (&["source"], "Usage"),
        (&["source", "add"], "PLATFORM"),
        (&["delivery", "list", "--state", "lost"], "lost"),
        (&["event", "list", "--limit", "201"], "201"),
        (&["simulate", "skype", "--to", "http://127.0.0.1:9", "--rate", "fast"], "rate"),
        (&["demo", "--json"], "--once"),
        (&["candidate", "add", "Ada", "--rating", "6"], "6"),
        (&["interview", "schedule", "int_1", "--start", "soon"], "soon"),
        (&["settings", "change"], "--name"),
        (&["replay", "--since", "2h"], "--endpoint"),
        (&["replay", "--endpoint", "ep_1"], "--since"),
    ];
    for (args, word) in wrong {
        let output = callboard(args, &[]);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let said = complaint(&output);
        assert!(said.contains(word), "{args:?}: {said}");
    }
}

#[test]
fn what_cannot_be_done_is_1_and_says_why() {
    let nowhere = [("CALLBOARD_URL", "http://127.0.0.1:9"), ("CALLBOARD_KEY", "cbk_any")];
    let impossible: [(&[&str], &str); 6] = [
        (&["source", "list"], "http://127.0.0.1:9"),
        (&["simulate", "monster", "--to", "http://127.0.0.1:9"], "monster"),
        (&["simulate", "skype", "--to", "http://127.0.0.1:9"], "--api-key"),
        (&["listen", "--dialect", "klingon", "--port", "0"], "klingon"),
        (
            &["verify", "standard", "/no/such/file", "--secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
            "/no/such",
        ),
        (&["verify", "standard"], "--secret"),
    ];
    for (args, word) in impossible {
        let output = callboard(args, &nowhere);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let said = complaint(&output);
        assert!(said.starts_with("callboard: ") && said.contains(word), "{args:?}: {said}");
    }
}
