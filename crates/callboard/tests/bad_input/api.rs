//! Every route of the API, asked in every wrong way: 4xx, a problem with a code, and never 5xx.

use callboard_server::BODY_BYTES;
use callboard_simulate::Platform;
use serde_json::{Value, json};

use crate::ground::Ground;
use crate::wire::{Answer, exchange, request};

const LISTS: [&str; 6] = ["sources", "endpoints", "events", "deliveries", "receipts", "keys"];

/// What is asked of one thing, with its id in place of the braces.
const OF_ONE: [(&str, &str); 18] = [
    ("GET", "/v1/sources/{}"),
    ("DELETE", "/v1/sources/{}"),
    ("GET", "/v1/sources/{}/rejections"),
    ("GET", "/v1/endpoints/{}"),
    ("PATCH", "/v1/endpoints/{}"),
    ("DELETE", "/v1/endpoints/{}"),
    ("POST", "/v1/endpoints/{}/enable"),
    ("POST", "/v1/endpoints/{}/disable"),
    ("GET", "/v1/events/{}"),
    ("GET", "/v1/events/{}/deliveries"),
    ("GET", "/v1/deliveries/{}"),
    ("GET", "/v1/deliveries/{}/attempts"),
    ("GET", "/v1/deliveries/{}/request"),
    ("POST", "/v1/deliveries/{}/retry"),
    ("POST", "/v1/deliveries/{}/cancel"),
    ("GET", "/v1/receipts/{}"),
    ("POST", "/v1/receipts/{}/reprocess"),
    ("DELETE", "/v1/keys/{}"),
];

fn ask(ground: &Ground, method: &str, path: &str, body: &[u8]) -> Answer {
    let headers = [
        ("authorization", format!("Bearer {}", ground.hub.key)),
        ("content-type", "application/json".to_owned()),
    ];
    exchange(&ground.hub.url, &request(method, path, &headers, body)).unwrap()
}

#[track_caller]
fn assert_problem(answer: &Answer, status: u16, asked: &str) {
    let asked: String = asked.chars().take(200).collect();
    assert_eq!(answer.status, status, "{asked} {}", answer.json());
    assert!(!answer.code().is_empty(), "{asked}");
    let problem = answer.json();
    assert_eq!(problem["status"], status, "{asked}");
    assert!(answer.body.len() < 2048, "an answer is not as long as what was asked: {asked}");
}

#[test]
fn ids_that_name_nothing_are_not_found() {
    let ground = Ground::of(Platform::Skype);
    let long = "x".repeat(5000);
    ground.nothing_comes_of(|| {
        for (method, path) in OF_ONE {
            let prefix = match path.split('/').nth(2).unwrap() {
                "sources" => "src",
                "endpoints" => "ep",
                "events" => "evt",
                "deliveries" => "dlv",
                "receipts" => "rcp",
                _ => "key",
            };
            let absent = ["0000000000000", "7zzzzzzzzzzzz", "0123456789abc"]
                .map(|digits| format!("{prefix}_{digits}"));
            let hostile = [
                "zzzzzzzzzzzzz",
                "000000000000",
                "00000000000000",
                "000000000000u",
                "0000000000%200",
                "00000000000%C3%A4",
                "000000000000%00",
                "-000000000001",
                "",
            ]
            .map(|digits| format!("{prefix}_{digits}"));
            let strange = [
                "0",
                "-1",
                "null",
                "%00",
                "%FF%FE",
                "%F0%9F%8E%AD",
                "..%2f..%2fetc",
                "'%20OR%201=1--",
                "*",
                "{}",
                "%25",
                &long,
            ]
            .map(str::to_owned);
            for id in absent.iter().chain(&hostile).chain(&strange) {
                let path = path.replace("{}", id);
                assert_problem(&ask(&ground, method, &path, b"{}"), 404, &path);
            }
        }
    });
}

#[test]
fn lists_refuse_what_they_cannot_be_asked() {
    let ground = Ground::of(Platform::Skype);
    let long = format!("cursor={}", "x".repeat(5000));
    ground.nothing_comes_of(|| {
        for list in LISTS {
            for query in [
                "limit=0",
                "limit=201",
                "limit=-1",
                "limit=1.5",
                "limit=1e2",
                "limit=",
                "limit=many",
                "limit=99999999999999999999999",
                "limit=1&limit=2",
                "limit[]=1",
                "limit=%FF",
                "cursor=",
                "cursor=0",
                "cursor=job_0000000000000",
                "cursor=%00",
                "cursor=%FF",
                "cursor='%20OR%201=1--",
                "cursor=x&cursor=y",
                "unheard_of=1",
                "Limit=1",
                &long,
            ] {
                let path = format!("/v1/{list}?{query}");
                assert_problem(&ask(&ground, "GET", &path, b""), 400, &path);
            }
        }
        for filter in [
            "events?source=x",
            "events?interview=src_0000000000000",
            "events?receipt=%00",
            "events?source=src_0000000000000&source=src_0000000000000",
            "receipts?outcome=lost",
            "receipts?source=",
            "deliveries?state=PENDING",
            "deliveries?endpoint=1",
            "deliveries?event=evt_zzzzzzzzzzzzz",
        ] {
            assert_problem(&ask(&ground, "GET", &format!("/v1/{filter}"), b""), 400, filter);
        }
    });
}

#[test]
fn bodies_that_are_not_what_was_asked_for_are_refused() {
    let ground = Ground::of(Platform::Skype);
    let endpoint = ground.hub.all("/v1/endpoints")[0]["id"].as_str().unwrap().to_owned();
    let doors = [
        ("POST", "/v1/sources".to_owned()),
        ("POST", "/v1/endpoints".to_owned()),
        ("POST", "/v1/keys".to_owned()),
        ("POST", "/v1/endpoints/preview".to_owned()),
        ("POST", "/v1/translate".to_owned()),
        ("PATCH", format!("/v1/endpoints/{endpoint}")),
    ];
    let deep = "[".repeat(200_000);
    let deeper = format!(r#"{{"credentials":{}"#, r#"{"a":"#.repeat(100_000));
    ground.nothing_comes_of(|| {
        for (method, path) in &doors {
            for body in [
                &b"{"[..],
                b"null",
                b"[]",
                b"17",
                b"\"text\"",
                b"\xff\xfe",
                b"{\"name\":\"\xff\"}",
                b"\xef\xbb\xbf{}",
                br#"{"unheard_of":1}"#,
                br#"{"name":"a","name":"b","url":"a","url":"b"}"#,
                b"{} {}",
                deep.as_bytes(),
                deeper.as_bytes(),
            ] {
                assert_problem(
                    &ask(&ground, method, path, body),
                    400,
                    &format!("{path} {}", String::from_utf8_lossy(body)),
                );
            }
            assert_problem(&ask(&ground, method, path, &vec![b' '; BODY_BYTES + 1]), 413, path);
        }
    });
}

#[test]
fn members_that_are_not_what_was_asked_for_are_refused() {
    let ground = Ground::of(Platform::Skype);
    let endpoint = ground.hub.all("/v1/endpoints")[0]["id"].as_str().unwrap().to_owned();
    let long = "x".repeat(500_000);
    let with = |base: &Value, member: &str, value: &Value| {
        let mut body = base.clone();
        body[member] = value.clone();
        body.to_string()
    };
    let strange = [
        json!(7),
        json!(-1.5),
        json!([]),
        json!({"a": 1}),
        json!(true),
        json!(long),
        json!("a\u{0}b"),
        json!("\u{1b}[2J"),
    ];
    let source = json!({"platform": "hirehive", "name": "n"});
    let key = json!({"name": "n", "scope": "read"});
    let new = json!({"url": ground.ear.url(), "dialect": "standard"});

    ground.nothing_comes_of(|| {
        let refused = |method: &str, path: &str, body: &str| {
            assert_problem(&ask(&ground, method, path, body.as_bytes()), 400, &format!("{path} {body}"));
        };
        for value in &strange {
            for member in ["platform", "name", "credentials"] {
                refused("POST", "/v1/sources", &with(&source, member, value));
            }
            for member in ["name", "scope"] {
                refused("POST", "/v1/keys", &with(&key, member, value));
            }
            for member in [
                "url",
                "dialect",
                "credentials",
                "ordering",
                "hold_for",
                "retry",
                "rate_limit",
                "description",
            ] {
                refused("POST", "/v1/endpoints", &with(&new, member, value));
                refused("PATCH", &format!("/v1/endpoints/{endpoint}"), &with(&json!({}), member, value));
            }
            for member in ["events", "sources"] {
                let value = if value.as_array().is_some() { &json!([[]]) } else { value };
                refused("POST", "/v1/endpoints", &with(&new, member, value));
                refused("POST", "/v1/endpoints", &with(&new, member, &json!([value])));
            }
        }
        for (member, value) in [
            ("url", json!("")),
            ("url", json!("ftp://127.0.0.1/")),
            ("url", json!("file:///etc/passwd")),
            ("url", json!("http://")),
            ("url", json!("//127.0.0.1/")),
            ("url", json!("http://user:secret@127.0.0.1:1/")),
            ("url", json!("http://10.0.0.1/")),
            ("url", json!("http://169.254.169.254/latest/meta-data")),
            ("url", json!("http://[::ffff:10.0.0.1]/")),
            ("url", json!(format!("http://127.0.0.1/{long}"))),
            ("dialect", json!("klingon")),
            ("events", json!(["interview.began"])),
            ("events", json!(vec!["interview.*"; 10_000])),
            ("sources", json!(["src_0000000000000"])),
            ("sources", json!(["src_"])),
            ("sources", json!(vec![&ground.account.id; 10_000])),
            ("ordering", json!("alphabetical")),
            ("hold_for", json!("-1s")),
            ("hold_for", json!("99999999999999999999d")),
            ("retry", json!({"schedule": vec!["1s"; 1000]})),
            ("retry", json!({"schedule": ["0s"]})),
            ("retry", json!({"schedule": "1s"})),
            ("retry", json!([["1s"]])),
            ("rate_limit", json!([5])),
            ("rate_limit", json!({"per_second": 0})),
            ("rate_limit", json!({"per_second": -1})),
            ("rate_limit", json!({"per_second": "fast"})),
            ("rate_limit", json!({"per_second": 1e300})),
            ("rate_limit", json!({"per_second": 1, "per_day": 1})),
            ("credentials", json!({"secret": ""})),
            ("credentials", json!({"secret": "whsec_ä"})),
            ("credentials", json!({"secret": "a", "secrets": ["b"]})),
            ("credentials", json!({"secret": long})),
        ] {
            refused("POST", "/v1/endpoints", &with(&new, member, &value));
        }
    });
}

#[test]
fn keys_that_are_none_open_nothing() {
    let ground = Ground::of(Platform::Skype);
    let key = &ground.hub.key;
    let wrong = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Basic {key}"),
        key.clone(),
        format!("Bearer {}", key.to_ascii_uppercase()),
        format!("Bearer {key}x"),
        format!("Bearer {}", &key[..key.len() - 1]),
        format!("Bearer {key} {key}"),
        format!("Bearer {}", "x".repeat(20_000)),
        "Bearer \u{e4}\u{f6}".to_owned(),
        "Bearer ' OR 1=1--".to_owned(),
    ];
    ground.nothing_comes_of(|| {
        let lists = LISTS.map(|list| ("GET", format!("/v1/{list}")));
        let ones = OF_ONE.map(|(method, path)| (method, path.replace("{}", &ground.account.id)));
        for (method, path) in lists.into_iter().chain(ones).chain([("GET", "/v1/live".to_owned())]) {
            let nothing = exchange(&ground.hub.url, &request(method, &path, &[], b"{}")).unwrap();
            assert_problem(&nothing, 401, &path);
            for wrong in &wrong {
                let headers = [("authorization", wrong.clone())];
                let answer = exchange(&ground.hub.url, &request(method, &path, &headers, b"{}")).unwrap();
                assert_problem(&answer, 401, &path);
                assert_eq!(answer.code(), "unauthorized");
            }
        }
        for last in ["x", "evt_", "job_0000000000000", "\u{0}"] {
            let headers = [("authorization", format!("Bearer {key}")), ("last-event-id", last.to_owned())];
            let answer = exchange(&ground.hub.url, &request("GET", "/v1/live", &headers, b"")).unwrap();
            assert_eq!(answer.status, 400, "{last:?}");
        }
    });
}
