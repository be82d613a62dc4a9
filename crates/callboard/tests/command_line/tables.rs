//! What a person sees: tables at a fixed width, with what matters first and no id broken in two.

use serde_json::{Value, json};

use crate::canned::{Answer, Canned};
use crate::said::printed;

fn table(args: &[&str], columns: &str, answer: &Value) -> String {
    let hub = Canned::start(vec![Answer::Say(200, answer.clone())]);
    printed(&hub.run(args, &[("COLUMNS", columns), ("TZ", "Europe/Berlin")]))
}

fn interviews() -> Value {
    let interview = |number: u32, stage: &str, title: &str| {
        json!({
            "id": format!("int_0s9tkcqqw000{number}"),
            "application_id": "app_0s9tkcqgr0003",
            "stage": {"value": stage},
            "start": "2026-12-01T13:00:00Z",
            "title": title,
            "version": 2,
            "created_at": "2026-11-21T09:30:00.123456789Z",
        })
    };
    let long = "A first conversation with the whole team, and a walk through the house";
    json!({"items": [interview(1, "SchedulingCompleted", long), interview(2, "InterviewStarted", "二回目の面接")],
           "next": "int_0s9tkcqqw0002"})
}

#[test]
fn a_list_is_cut_to_what_matters_most_at_80_columns_and_has_more_at_120() {
    assert_eq!(
        table(&["interview", "list"], "80", &interviews()),
        "\
ID                 STAGE                STARTS            TITLE
int_0s9tkcqqw0001  SchedulingCompleted  2026-12-01 14:00  A first conversation …
int_0s9tkcqqw0002  InterviewStarted     2026-12-01 14:00  二回目の面接

more: --all, or --cursor int_0s9tkcqqw0002
"
    );
    assert_eq!(
        table(&["interview", "list"], "120", &interviews()),
        "\
ID                 STAGE                STARTS            TITLE                      APPLICATION        MADE
int_0s9tkcqqw0001  SchedulingCompleted  2026-12-01 14:00  A first conversation wit…  app_0s9tkcqgr0003  2026-11-21 10:30
int_0s9tkcqqw0002  InterviewStarted     2026-12-01 14:00  二回目の面接               app_0s9tkcqgr0003  2026-11-21 10:30

more: --all, or --cursor int_0s9tkcqqw0002
"
    );
}

#[test]
fn a_table_that_nobody_looks_at_is_not_cut() {
    let whole = table(&["interview", "list"], "0", &interviews());
    assert!(whole.contains("and a walk through the house"), "{whole}");
}

#[test]
fn a_timeline_is_a_line_an_event_at_80_columns() {
    let event = |number: u32, kind: &str, data: &Value, states: &[&str]| {
        let deliveries: Vec<Value> = states.iter().map(|state| json!({"state": state})).collect();
        let id = format!("evt_0s9tkcqgr000{number}");
        json!({"id": id, "event": {"id": id, "type": kind, "timestamp": "2026-11-21T09:30:00Z", "data": data},
               "deliveries": deliveries})
    };
    let moved = json!({"interview": {"stage": {"value": "SchedulingCompleted"}},
                       "previous": {"stage": {"value": "SchedulingTime"}}});
    let timeline = json!({"items": [
        event(1, "interview.created", &json!({}), &["delivered"]),
        event(2, "interview.stage.updated", &moved, &["delivered", "pending", "delivered"]),
        event(3, "interview.meeting.ready", &json!({}), &[]),
    ], "next": null});
    assert_eq!(
        table(&["interview", "timeline", "int_1"], "80", &timeline),
        "\
WHEN              WHAT HAPPENED                         WHO WAS TOLD
2026-11-21 10:30  interview.created                     1 delivered
2026-11-21 10:30  SchedulingTime → SchedulingCompleted  2 delivered, 1 pending
2026-11-21 10:30  interview.meeting.ready
"
    );
}

#[test]
fn one_thing_is_a_member_a_line_without_what_has_no_value() {
    let thing = json!({
        "id": "int_0s9tkcqqw0001", "external_ids": {}, "meeting": null, "stage": {"value": "SchedulingCompleted"},
        "start": "2026-12-01T13:00:00Z", "time_zone": "Asia/Tokyo", "location": "",
        "title": "A first conversation with the whole team, and a walk through the house", "attendees": [
            {"id": "attd_0s9tkcqqw0001", "type": "user", "status": "accepted"},
            {"id": "attd_0s9tkcqqw0002", "type": "candidate"},
        ], "feedback": [], "version": 3,
    });
    assert_eq!(
        table(&["interview", "show", "int_1"], "60", &thing),
        "\
id           int_0s9tkcqqw0001
stage.value  SchedulingCompleted
start        2026-12-01 22:00:00 JST
time_zone    Asia/Tokyo
title        A first conversation with the whole team, and a
             walk through the house
attendees    attd_0s9tkcqqw0001  user  accepted
             attd_0s9tkcqqw0002  candidate
version      3
"
    );
}

#[test]
fn what_a_stranger_wrote_does_not_steer_the_terminal() {
    let list =
        json!({"items": [{"id": "can_1", "full_name": "Eve\u{1b}[2J\u{9b}1m\r\nfake line"}], "next": null});
    let shown = table(&["candidate", "list"], "80", &list);
    assert!(!shown.contains(['\u{1b}', '\u{9b}', '\r']), "{shown:?}");
    assert_eq!(shown.lines().count(), 2, "{shown:?}");
}
