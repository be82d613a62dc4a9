//! A connection that breaks: a request that may have been carried out is sent again as the same one, once.

use serde_json::json;

use crate::canned::{Answer, Canned};
use crate::said::complaint;

#[test]
fn a_post_whose_connection_breaks_is_sent_once_more_under_the_same_key() {
    let hub =
        Canned::start(vec![Answer::Break, Answer::Say(201, json!({"id": "job_1", "title": "Engineer"}))]);

    let output = hub.run(&["job", "add", "Engineer"], &[]);

    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    let [first, second] = &hub.heard()[..] else { panic!("two requests") };
    assert_eq!(first.body, second.body);
    let keys = [first, second].map(|request| request.header("idempotency-key").expect("a POST has one"));
    assert_eq!(keys[0], keys[1]);
    assert!(keys[0].len() >= 32, "nobody else has it: {}", keys[0]);
}

#[test]
fn two_requests_never_have_the_same_key() {
    let hub = Canned::start(vec![Answer::Say(201, json!({})), Answer::Say(201, json!({}))]);

    for _ in 0..2 {
        assert_eq!(hub.run(&["job", "add", "Engineer"], &[]).status.code(), Some(0));
    }

    let keys: Vec<_> = hub.heard().iter().map(|request| request.header("idempotency-key")).collect();
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn what_breaks_twice_is_told() {
    let hub = Canned::start(vec![Answer::Break, Answer::Break]);

    let output = hub.run(&["job", "add", "Engineer"], &[]);

    assert_eq!(output.status.code(), Some(1));
    assert!(complaint(&output).contains("does not answer"), "{}", complaint(&output));
}

#[test]
fn a_change_that_has_no_key_is_not_repeated() {
    let hub = Canned::start(vec![
        Answer::Break,
        Answer::Say(412, json!({"code": "outdated", "detail": "changed"})),
    ]);

    let output = hub.run(&["job", "change", "job_1", "--title", "Engineer", "--if-match", "3"], &[]);

    assert!(complaint(&output).contains("does not answer"), "it may have been made: {}", complaint(&output));
    assert_eq!(hub.heard().len(), 1);
}

#[test]
fn a_refusal_is_not_repeated_and_says_what_the_hub_said() {
    let problem = json!({"code": "already_cancelled", "detail": "it is cancelled already"});
    let hub = Canned::start(vec![Answer::Say(409, problem)]);

    let output = hub.run(&["interview", "cancel", "int_1", "--if-match", "7"], &[]);

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(complaint(&output), "callboard: it is cancelled already (already_cancelled)\n");
    assert_eq!(hub.heard()[0].header("if-match").as_deref(), Some("\"7\""));
}

#[test]
fn an_id_cannot_lead_elsewhere() {
    let hub = Canned::start(vec![Answer::Say(200, json!({}))]);

    hub.run(&["job", "show", "../keys?limit=1"], &[]);

    assert_eq!(hub.heard()[0].target, "/v1/jobs/..%2Fkeys%3Flimit%3D1");
}
