//! The program as it is run: a real hub, a real load, a real sink. Counts are checked, speed is not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Runs the program and reads the report that it wrote.
fn report(arguments: &[&str]) -> Value {
    let bench = Path::new(env!("CARGO_BIN_EXE_callboard-bench"));
    build_the_hub_beside(bench);
    let file = tempfile::NamedTempFile::new().unwrap();

    let ran = Command::new(bench).args(arguments).arg("--json").arg(file.path()).output().unwrap();

    let printed = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{printed}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(printed.contains("sound"), "{printed}");
    serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap()
}

/// The measured hub is another package's program, which a test of this one alone does not build.
fn build_the_hub_beside(bench: &Path) {
    if !bench.with_file_name("callboard").exists() {
        let built = Command::new(env!("CARGO")).args(["build", "--package", "callboard"]).status().unwrap();
        assert!(built.success());
    }
}

fn count(report: &Value, pointer: &str) -> u64 {
    report
        .pointer(pointer)
        .and_then(Value::as_u64)
        .unwrap_or_else(|| panic!("no count at {pointer}: {report:#}"))
}

fn number(report: &Value, pointer: &str) -> f64 {
    report
        .pointer(pointer)
        .and_then(Value::as_f64)
        .unwrap_or_else(|| panic!("no number at {pointer}: {report:#}"))
}

fn assert_nothing_went_wrong(report: &Value) {
    for fault in ["lost", "faults/forged", "faults/duplicates", "faults/disordered", "faults/strays"] {
        assert_eq!(count(report, &format!("/checks/{fault}")), 0, "{fault}");
    }
    assert_eq!(report["checks"]["refused"], serde_json::json!({}));
}

#[test]
fn a_sustained_run_accounts_for_every_webhook_and_measures_the_limits_beside_it() {
    let report = report(&[
        "sustained",
        "--seconds",
        "1",
        "--warm-up",
        "0.2",
        "--connections",
        "8",
        "--endpoints",
        "2",
    ]);

    assert_nothing_went_wrong(&report);
    assert!(count(&report, "/checks/events") > count(&report, "/checks/webhooks"), "creations are told too");
    for measured in [
        "/rates/sustained_webhooks",
        "/limits/relay_per_s",
        "/limits/fsyncs_per_s",
        "/cost/hub_peak_memory_bytes",
        "/cost/disk_bytes_per_event",
        "/latencies/ack/p50_us",
        "/latencies/arrival_to_sink/p99_us",
    ] {
        assert!(number(&report, measured) > 0.0, "{measured}");
    }
}

#[test]
fn a_steady_run_sends_what_the_schedule_says() {
    let report =
        report(&["steady", "--seconds", "1", "--warm-up", "0.2", "--rate", "50", "--connections", "4"]);

    assert_nothing_went_wrong(&report);
    assert_eq!(count(&report, "/checks/webhooks"), 60, "50 a second for 1.2 seconds");
    assert!(report["limits"].is_null());
}

#[test]
fn all_measurements_come_out_in_one_table_one_json_and_one_picture() {
    let picture = tempfile::NamedTempFile::new().unwrap();
    let path = picture.path().to_str().unwrap();
    let report =
        report(&["all", "--seconds", "0.5", "--webhooks", "300", "--deliveries", "2000", "--svg", path]);

    for measured in [
        "/idle/memory_bytes",
        "/sustained/limits/sqlite_per_s",
        "/quiet/latencies/arrival_to_sink/p50_us",
        "/half/latencies/arrival_to_sink/p99_us",
        "/fan_out/rates/deliveries",
        "/neighbours/rounds/0/beside/deliveries_per_s",
        "/replay/replayed_per_s",
        "/backlog/first_delivery_ms",
        "/backlog/drained_per_s",
    ] {
        assert!(number(&report, measured) > 0.0, "{measured}");
    }
    assert!(count(&report, "/backlog/pending") > 0);
    for (measurement, fault) in [("replay", "lost"), ("backlog", "lost")] {
        assert_eq!(count(&report, &format!("/{measurement}/{fault}")), 0);
    }
    let drawn = std::fs::read_to_string(picture.path()).unwrap();
    assert!(drawn.contains("<svg") && drawn.contains("sustained, events"), "{drawn}");
}

#[test]
fn on_a_database_it_is_told_what_that_had_to_do_and_what_it_does_without_a_hub() {
    let report = report(&[
        "sustained",
        "--store",
        "postgres",
        "--seconds",
        "1",
        "--warm-up",
        "0.2",
        "--connections",
        "8",
    ]);

    assert_nothing_went_wrong(&report);
    for measured in [
        "/rates/events",
        "/database/alone_per_s",
        "/database/of_alone",
        "/database/events_per_transaction",
        "/database/statements_per_event",
        "/database/wal_bytes_per_event",
        "/database/cpu_us_per_event",
        "/database/completion/rows",
        "/database/completion/us",
        "/cost/disk_bytes_per_event",
    ] {
        assert!(number(&report, measured) > 0.0, "{measured}");
    }
    let claiming = number(&report, "/database/claim/statements");
    assert!(claiming < 1.0, "whoever writes a delivery down knows of it: {claiming}");
}

#[test]
fn several_hubs_share_a_database_and_tell_everything_once_and_in_order() {
    let report = report(&[
        "steady",
        "--store",
        "postgres",
        "--hubs",
        "3",
        "--seconds",
        "1",
        "--rate",
        "30",
        "--connections",
        "6",
    ]);

    assert_nothing_went_wrong(&report);
    assert_eq!(count(&report, "/database/hubs"), 3);
    assert!(report["database"]["alone_per_s"].is_null(), "that is for full speed");
}
