//! The hiring world's doors below `/v1`, asked in every wrong way: each is told so, and nothing has changed.

use callboard_server::BODY_BYTES;
use serde_json::{Value, json};

use crate::scene::{Scene, assert_refused};
use crate::wire::{Wire, head, request};

/// Each door that makes or changes a thing: what is enough for it, and what else may be said.
const DOORS: [(&str, &str, &str, &str); 31] = [
    (
        "POST",
        "/v1/jobs",
        r#""title":"x""#,
        "title description status employment city owner_id code url category external_ids",
    ),
    (
        "PATCH",
        "/v1/jobs/{job}",
        "",
        "title description status employment city owner_id code url category external_ids",
    ),
    (
        "POST",
        "/v1/candidates",
        r#""email":"x@example.com""#,
        "first_name last_name full_name email phone title employer \
        address image_url tags rating time_zone external_ids",
    ),
    (
        "PATCH",
        "/v1/candidates/{can}",
        "",
        "first_name last_name full_name email phone title employer address image_url tags \
        rating time_zone external_ids",
    ),
    ("POST", "/v1/candidates/{can}/notes", r#""text":"x""#, "text author_id application_id answer_video_id"),
    (
        "POST",
        "/v1/notes",
        r#""candidate_id":"{can}","text":"x""#,
        "candidate_id text author_id application_id answer_video_id",
    ),
    ("PATCH", "/v1/notes/{note}", "", "text"),
    (
        "POST",
        "/v1/applications",
        r#""candidate_id":"{can}""#,
        "candidate_id job_id stage applied_at cover_letter origin \
        custom_invite_id external_ids",
    ),
    (
        "PATCH",
        "/v1/applications/{app}",
        "",
        "stage applied_at cover_letter origin custom_invite_id external_ids",
    ),
    (
        "POST",
        "/v1/interviews",
        r#""title":"x""#,
        "application_id title format mode start end duration_min time_zone location \
        deadline organizer_id attendees meeting reviewers external_ids",
    ),
    ("PATCH", "/v1/interviews/{int}", "", "title format location deadline organizer_id external_ids"),
    ("POST", "/v1/interviews/{int}/schedule", "", "start end duration_min time_zone ask"),
    ("POST", "/v1/interviews/{int}/join", "", "attendee_id"),
    ("POST", "/v1/interviews/{int}/fail", "", "reason"),
    ("POST", "/v1/interviews/{int}/cancel", "", "reason"),
    ("PUT", "/v1/interviews/{int}/meeting", "", "provider join_url start_url id"),
    ("POST", "/v1/interviews/{int}/attendees", "", "type user_id application_id display_name email"),
    ("PATCH", "/v1/interviews/{int}/attendees/{attd}", "", "status"),
    ("POST", "/v1/interviews/{int}/feedback", "", "reviewer_id creator_id form"),
    (
        "POST",
        "/v1/feedback",
        r#""application_id":"{app}""#,
        "application_id interview_id reviewer_id creator_id form",
    ),
    ("PUT", "/v1/feedback/{fdbk}", "", "score comment ratings answers form"),
    (
        "POST",
        "/v1/questions",
        r#""job_id":"{job}","text":"x""#,
        "job_id text description answered_by limit_s position",
    ),
    ("PATCH", "/v1/questions/{qustn}", "", "text description answered_by limit_s position"),
    (
        "POST",
        "/v1/answer-videos",
        r#""interview_id":"{int}""#,
        "interview_id application_id question_id url recorded_at \
        duration_s thumbnail_url",
    ),
    ("PATCH", "/v1/answer-videos/{ansv}", "", "url recorded_at duration_s thumbnail_url"),
    ("POST", "/v1/users", r#""email":"x@example.com""#, "name email role time_zone external_ids"),
    ("PATCH", "/v1/users/{usr}", "", "name email role time_zone external_ids"),
    (
        "POST",
        "/v1/files",
        r#""candidate_id":"{can}","name":"x""#,
        "candidate_id application_id note_id name content_type purpose url",
    ),
    ("PATCH", "/v1/files/{file}", "", "name content_type purpose url"),
    ("PATCH", "/v1/settings", "", "name time_zone stages"),
    ("POST", "/v1/companies", r#""name":"x""#, "name"),
];

/// What no member of any of them may be.
fn nonsense() -> Vec<String> {
    let mut nonsense: Vec<String> = [
        "true",
        "1e999",
        "NaN",
        "-Infinity",
        "+1",
        "0x7",
        r#""\ud800""#,
        r#""\udc00\ud800""#,
        r#""a\u0000b""#,
        r#""\u001b[2J""#,
        "[[[]]]",
        "[[7]]",
        r#"{"unheard_of":1}"#,
        r#"{"\u0000":"x"}"#,
        r#"{"a":1,"a":1}"#,
    ]
    .map(str::to_owned)
    .into();
    nonsense.push(format!("\"{}\"", "x".repeat(BODY_BYTES - 200)));
    nonsense.push("[".repeat(200) + &"]".repeat(200));
    nonsense.push(r#"{"a":"#.repeat(200) + "1" + &"}".repeat(200));
    nonsense.push(json!(vec!["x"; 10_000]).to_string());
    nonsense.push(json!(vec![json!({"name": "x"}); 10_000]).to_string());
    nonsense.push(Value::Object((0..10_000).map(|it| (format!("k{it}"), json!("x"))).collect()).to_string());
    nonsense
}

#[test]
fn a_member_that_makes_no_sense_is_refused_whichever_it_is() {
    let scene = Scene::set();
    let nonsense = nonsense();
    scene.nothing_comes_of(|| {
        for (method, path, enough, members) in DOORS {
            let enough: Vec<&str> = enough.split(',').filter(|it| !it.is_empty()).collect();
            for member in members.split_whitespace() {
                let mut others = enough.clone();
                others.retain(|other| !other.starts_with(&format!("\"{member}\"")));
                for value in &nonsense {
                    let member = format!("\"{member}\":{value}");
                    let body = [&others[..], &[&member]].concat().join(",");
                    scene.refused(400, method, path, &format!("{{{body}}}"));
                }
            }
        }
    });
}

#[test]
fn a_body_that_is_not_what_the_door_takes_is_refused() {
    let scene = Scene::set();
    let key = || ("authorization", format!("Bearer {}", scene.hub.key));
    let reader = scene.hub.post("/v1/keys", &json!({"name": "r", "scope": "read"}))["key"]
        .as_str()
        .unwrap()
        .to_owned();
    scene.nothing_comes_of(|| {
        for (method, path, enough, members) in DOORS {
            let first = members.split_whitespace().next().unwrap();
            let twice = format!(
                r#"{{{enough}{}"{first}":null,"{first}":null}}"#,
                if enough.is_empty() { "" } else { "," }
            );
            let unknown =
                format!(r#"{{{enough}{}"unheard_of":1}}"#, if enough.is_empty() { "" } else { "," });
            for body in [
                "{",
                "null",
                "[]",
                r#"["x","x"]"#,
                "17",
                "\"text\"",
                "{} {}",
                "{,}",
                "\u{feff}{}",
                &twice,
                &unknown,
            ] {
                scene.refused(400, method, path, body);
            }
            let enough = scene.said(&format!("{{{enough}}}"));
            let asked = format!("{method} {path}");
            assert_refused(&scene.ask(method, path, b"{\"title\":\"\xff\"}"), 400, &asked);
            let large = [key(), ("content-length", (2 * BODY_BYTES).to_string())];
            let answer =
                Wire::to(&scene.hub.url).send(&head(method, &scene.said(path), &large)).answer().unwrap();
            assert_refused(&answer, 413, &asked);
            let with = |headers: &[(&str, String)]| scene.ask_with(headers, method, path, enough.as_bytes());
            for wrong in [
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "\u{e4}",
            ] {
                assert_refused(&with(&[key(), ("content-type", wrong.to_owned())]), 415, &asked);
            }
            for wrong in ["", "Bearer", "Bearer nonsense", "Basic YTo=", "Token x"] {
                assert_refused(&with(&[("authorization", wrong.to_owned())]), 401, &asked);
            }
            assert_refused(&with(&[("authorization", format!("Bearer {reader}"))]), 403, &asked);
            if path.contains('{') {
                let answer = with(&[("authorization", format!("Bearer {}", scene.stranger))]);
                assert!(matches!(answer.status, 400 | 404 | 422), "{asked} {}", answer.json());
            }
            if method == "POST" {
                for wrong in ["", "a b", "\u{e4}", &"x".repeat(256)] {
                    assert_refused(&with(&[key(), ("idempotency-key", wrong.to_owned())]), 400, &asked);
                }
                let mut wire = Wire::to(&scene.hub.url);
                wire.try_send(&request(
                    method,
                    &scene.said(path),
                    &[key(), ("idempotency-key", "x".repeat(1 << 20))],
                    b"{}",
                ));
                assert!(wire.answer().is_none_or(|answer| answer.status == 431));
            } else if path != "/v1/settings" && !path.ends_with("{attd}") {
                for (wrong, status) in [
                    ("3", 400),
                    ("\"", 400),
                    ("\"1\" \"2\"", 400),
                    ("\u{e4}", 400),
                    ("\"99\"", 412),
                    ("", 412),
                ] {
                    assert_refused(
                        &with(&[key(), ("if-match", wrong.to_owned())]),
                        status,
                        &format!("{asked} {wrong}"),
                    );
                }
            }
        }
    });
}

#[test]
fn what_reads_well_and_cannot_be_is_refused() {
    let scene = Scene::set();
    let external_ids = |value: &str| format!(r#"{{"title":"x","external_ids":{{"ats":"{value}"}}}}"#);
    let long = "x".repeat(1000);
    scene.nothing_comes_of(|| {
        for (job, status) in
            [("{can}", 400), ("{theirs}", 404), ("job_0000000000000", 404), ("job_", 400), ("{int}", 400)]
        {
            scene.refused(status, "POST", "/v1/questions", &format!(r#"{{"job_id":"{job}","text":"x"}}"#));
            scene.refused(
                status,
                "POST",
                "/v1/applications",
                &format!(r#"{{"candidate_id":"{{can}}","job_id":"{job}"}}"#),
            );
        }
        let when = |start: &str, more: &str| format!(r#"{{"start":"{start}"{more}}}"#);
        for (start, more) in [
            ("-000001-01-01T00:00:00Z", ""),
            ("0000-01-01T00:00:00+00:01", ""),
            ("10000-01-01T00:00:00Z", ""),
            ("9999-12-31T23:59:59Z", ""),
            ("9999-12-30T21:59:59Z", r#","duration_min":30"#),
            ("2039-02-30T00:00:00Z", ""),
            ("2039-01-01T25:00:00Z", ""),
            ("2039-01-01", ""),
            ("2039-01-01T09:00:00", r#","time_zone":"Mars/Olympus""#),
            ("2039-03-27T02:30:00", r#","time_zone":"Europe/Berlin""#),
            ("2039-01-01T09:00:00Z", r#","end":"2039-01-01T08:00:00Z""#),
            ("2039-01-01T09:00:00Z", r#","duration_min":0"#),
            ("2039-01-01T09:00:00Z", r#","duration_min":-30"#),
            ("2039-01-01T09:00:00Z", r#","duration_min":1.5"#),
            ("2039-01-01T09:00:00Z", r#","duration_min":9223372036854775808"#),
            ("2039-01-01T09:00:00Z", r#","duration_min":100000"#),
            ("2039-01-01T09:00:00Z", r#","end":"2039-01-01T10:00:00Z","duration_min":60"#),
        ] {
            scene.refused(400, "POST", "/v1/interviews", &when(start, more));
            scene.refused(400, "POST", "/v1/interviews/{int}/schedule", &when(start, more));
        }
        for (path, body) in [
            ("/v1/users", r#"{"email":"a@b@c"}"#.to_owned()),
            ("/v1/users", r#"{"email":"@"}"#.to_owned()),
            ("/v1/users", r#"{"email":"a\u202eb@c.com"}"#.to_owned()),
            ("/v1/users", r#"{"email":"x@y.com","name":"\u202egnp.exe"}"#.to_owned()),
            ("/v1/users", format!(r#"{{"email":"{long}@y.com"}}"#)),
            ("/v1/candidates", r#"{"email":"x@y.com","rating":6}"#.to_owned()),
            ("/v1/candidates", r#"{"full_name":"\u2067x"}"#.to_owned()),
            ("/v1/jobs", external_ids("")),
            ("/v1/jobs", external_ids(r"\u0000")),
            ("/v1/jobs", external_ids(r"a\u202eb")),
            ("/v1/jobs", external_ids(&long)),
            ("/v1/jobs", r#"{"title":"x","external_ids":{"A T S":"1"}}"#.to_owned()),
            ("/v1/jobs", r#"{"title":"x","url":"javascript:alert(1)"}"#.to_owned()),
            ("/v1/jobs", r#"{"title":"x","category":["1","Magic"]}"#.to_owned()),
            ("/v1/feedback", r#"{"interview_id":"{int}","reviewer_id":"{can}"}"#.to_owned()),
        ] {
            scene.refused(400, "POST", path, &body);
        }
        for score in ["1e10", "-1e300", "1e308", "\"NaN\""] {
            scene.refused(400, "PUT", "/v1/feedback/{fdbk}", &format!(r#"{{"score":{score}}}"#));
        }
        for tag in ["%00", "%FF", "%20", "%1B%5B2J", &"x".repeat(2000)] {
            let answer = scene.ask("PUT", &format!("/v1/candidates/{{can}}/tags/{tag}"), b"");
            assert!(
                (400..500).contains(&answer.status) && !answer.code().is_empty(),
                "{tag} {}",
                answer.json()
            );
        }
        for (method, path, _, _) in DOORS.iter().filter(|(_, path, ..)| path.contains('{')) {
            for id in
                ["..%2f..%2fetc", "%00", "%FF", "{theirs}", "com_0000000000000", "job_0000000000000", &long]
            {
                let path = path.replacen(&path[path.find('{').unwrap()..=path.find('}').unwrap()], id, 1);
                scene.refused(404, method, &path, "{}");
            }
        }
        for list in ["jobs", "candidates", "interviews", "feedback", "files"] {
            for query in [
                "limit=0",
                "limit=-1",
                "limit=1000000000000000000",
                "cursor=%00",
                "limit=%FF",
                "since=-000001",
                "page=1",
                "external_id=",
                "created=x",
                "candidate=%27%20OR%201=1",
            ] {
                scene.refused(400, "GET", &format!("/v1/{list}?{query}"), "");
            }
        }
    });
}
