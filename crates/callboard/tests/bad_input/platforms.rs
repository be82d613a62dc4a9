//! The platforms' own APIs, called in every wrong way: each answers in that platform's own shape, and nothing has changed.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use callboard_server::BODY_BYTES;
use serde_json::{Value, json};

use crate::clients::Api::{self, HireHive, LaunchPad, Skype, Viasto};
use crate::clients::{Client, assert_refused};
use crate::jwt::{HS256, signed_with, unsigned};
use crate::support::accounts::now;
use crate::wire::{Wire, head};

const RS256: &str = r#"{"typ":"JWT","alg":"RS256"}"#;
const NONE: &str = r#"{"typ":"JWT","alg":"none"}"#;

/// Each platform-shaped write: a good body, and the members in it (or to be put into it) that nonsense is put for.
const WRITES: [(Api, &str, &str, &str, &str); 11] = [
    (
        Skype,
        "POST",
        "/skype/api/interviews",
        "{}",
        "/code /title /position /position/code /position/title /capabilities \
        /skypeConfig /codingConfig /tasks /tasks/0 /participants /participants/0 /participants/0/name /participants/0/email \
        /participants/0/role /scheduling /scheduling/start /scheduling/duration /stage",
    ),
    (
        Skype,
        "PUT",
        "/skype/api/interviews/C1",
        "{}",
        "/title /participants /participants/0 /participants/0/email /scheduling \
        /scheduling/start /scheduling/duration /stage /stage/value /tasks",
    ),
    (
        Skype,
        "POST",
        "/skype/api/tenants",
        r#"{"company":{"name":"x"},"admin":{"email":"a@b.c"}}"#,
        "/company /company/name \
        /admin /admin/email /webHooks /webHooks/endpoint",
    ),
    (
        LaunchPad,
        "POST",
        "/launchpad/1/live",
        r#"{"interview":{"title":"x","email":"a@b.c"}}"#,
        "/interview /interview/title \
        /interview/email /interview/description",
    ),
    (
        LaunchPad,
        "POST",
        "/launchpad/1/live/{job}/invite",
        r#"{"candidate":{"first_name":"x","last_name":"y","email":"x@y.z",
        "custom_invite_id":"1"},"schedule":{"start_time":"","duration":"30"},"reviewers":[{"email":"grace@example.com"}]}"#,
        "/candidate /candidate/first_name /candidate/email /candidate/custom_invite_id /candidate/send_email /schedule \
        /schedule/start_time /schedule/duration /reviewers /reviewers/0 /reviewers/0/email /reviewers/0/host",
    ),
    (
        HireHive,
        "POST",
        "/hirehive/v1.0/{com}/jobs",
        r#"{"title":"x"}"#,
        "/title /description /location /location/city \
        /owner_id /category /category/name",
    ),
    (
        HireHive,
        "PUT",
        "/hirehive/v1.0/{com}/candidates/{can}",
        "{}",
        "/first_name /email /phone_number /tags /tags/0/name \
        /location",
    ),
    (HireHive, "POST", "/hirehive/v1.0/{com}/candidates/{can}/notes", r#"{"text":"x"}"#, "/text"),
    (
        HireHive,
        "POST",
        "/hirehive/v1.0/{com}/interviews",
        r#"{"application_id":"{app}","event":{"start":"2039-01-01T09:00:00Z"}}"#,
        "/application_id /event /event/title /event/start /event/end /event/time_zone /event/organizer_id /event/attendees \
        /event/attendees/0/user_id /meta /meta/meeting_url",
    ),
    (
        HireHive,
        "POST",
        "/hirehive/v1.0/{com}/feedback",
        r#"{"application_id":"{app}","reviewer_id":"{usr}","answers":[
        {"question_id":"1","text":"x"}]}"#,
        "/application_id /reviewer_id /answers /answers/0 /answers/0/question_id",
    ),
    (
        Viasto,
        "POST",
        "/viasto/api-token-auth/",
        r#"{"username":"x","password":"y","company":"default"}"#,
        "/username /password /company /extended_expiration_period",
    ),
];

/// What none of these members may be.
fn nonsense() -> Vec<String> {
    let mut nonsense: Vec<String> =
        ["1e999", "NaN", "-Infinity", "[[7]]", r#""\ud800""#, r#"{"a":1,"a":1}"#, r#""a\u0000b""#]
            .map(str::to_owned)
            .into();
    nonsense.push(format!("\"{}\"", "x".repeat(BODY_BYTES - 500)));
    nonsense.push("[".repeat(200) + &"]".repeat(200));
    nonsense.push(r#"{"a":"#.repeat(200) + "1" + &"}".repeat(200));
    nonsense.push(json!(vec!["x"; 10_000]).to_string());
    nonsense
}

/// The body with this value at this place, which is made if it is not there.
fn put(body: &str, place: &str, value: &str) -> String {
    const MARK: &str = "the value";
    let mut whole: Value = serde_json::from_str(body).unwrap();
    let mut at = &mut whole;
    for part in place.split('/').skip(1) {
        if part == "0" {
            if at.as_array().is_none_or(Vec::is_empty) {
                *at = json!([{}]);
            }
            at = &mut at[0];
        } else {
            at = &mut at[part];
        }
    }
    *at = MARK.into();
    whole.to_string().replace(&format!("\"{MARK}\""), value)
}

#[test]
fn a_write_that_makes_no_sense_is_refused_in_the_platform_s_own_shape() {
    let client = Client::new();
    let nonsense = nonsense();
    client.scene.nothing_comes_of(|| {
        for (api, method, path, good, places) in WRITES {
            for body in ["{", "null", "[]", "17", "\"text\"", "{} {}", "\u{feff}{}", r#"{"x":1,"x":1}"#] {
                client.refused(api, 400, method, path, body);
            }
            let path = &path.replace("{com}", &client.scene.company);
            let headers = [
                ("authorization", client.authorization(api, b"")),
                ("content-type", "application/json".to_owned()),
                ("content-length", (2 * BODY_BYTES).to_string()),
            ];
            let large = head(method, &client.scene.said(path), &headers);
            let answer = Wire::to(&client.scene.hub.url).send(&large).answer().unwrap();
            assert_refused(api, 413, &answer, path);
            for place in places.split_whitespace() {
                for value in &nonsense {
                    client.refused(api, 400, method, path, &put(good, place, value));
                }
            }
        }
    });
}

#[test]
fn a_write_that_reads_well_and_cannot_be_is_refused() {
    let client = Client::new();
    let [interviews, change, _, assessments, invite, jobs, candidate, _, calls, feedback, login] = WRITES;
    client.scene.nothing_comes_of(|| {
        for (write, place, values) in [
            (
                interviews,
                "/scheduling/start",
                &[
                    "\"-000001-01-01 14:00\"",
                    "\"9999-12-31 23:59\"",
                    "\"2039-02-30 14:00\"",
                    "\"-000001-01-01T00:00:00Z\"",
                ][..],
            ),
            (
                interviews,
                "/scheduling",
                &[
                    r#"{"start":"2039-01-01 14:00","duration":0}"#,
                    r#"{"start":"2039-01-01 14:00","duration":-1}"#,
                    r#"{"start":"2039-01-01 14:00","duration":65535}"#,
                    r#"{"start":"2039-01-01 14:00","timezone":"Mars"}"#,
                ],
            ),
            (
                interviews,
                "/participants",
                &[r#"[{"email":"a@b.c"},{"email":"A@B.C"}]"#, r#"[{"email":"a\u202e@b.c"}]"#],
            ),
            (interviews, "/title", &["\"a\\u202eb\""]),
            (interviews, "/position/description", &["\"a\\u001b[2J\""]),
            (change, "/stage/value", &["\"FeedbackCompleted\"", "\"Nowhere\"", "\"InterviewCompleted\""]),
            (assessments, "/interview/description", &["\"a\\u0000b\"", "\"a\\u202eb\""]),
            (invite, "/schedule/start_time", &["\"-000001-01-01T00:00:00Z\"", "\"soon\""]),
            (
                invite,
                "/schedule/duration",
                &["\"0\"", "\"-30\"", "\"30.5\"", "\"99999\"", "\"1e999\"", "\"NaN\""],
            ),
            (invite, "/reviewers/0/email", &["\"nobody@example.com\""]),
            (jobs, "/owner_id", &["\"{can}\"", "\"{theirs}\"", "\"usr_0000000000000\""]),
            (candidate, "/email", &["\"@\"", "\"nobody\""]),
            (calls, "/event/start", &["\"-000001-01-01T00:00:00Z\"", "\"2039-02-30T00:00:00Z\""]),
            (calls, "/event/end", &["\"2038-01-01T00:00:00Z\""]),
            (calls, "/event/attendees", &[r#"[{"user_id":"{theirs}"}]"#]),
            (calls, "/application_id", &["\"{can}\"", "\"{theirs}\""]),
            (calls, "/meta/meeting_url", &["\"javascript:alert(1)\""]),
            (feedback, "/reviewer_id", &["\"{can}\"", "\"{theirs}\""]),
            (login, "/extended_expiration_period", &["0", "-1", "31", "1.5", "\"x\""]),
        ] {
            let (api, method, path, good, _) = write;
            for value in values {
                client.refused(api, 400, method, path, &put(good, place, value));
            }
        }
        let source = "/hirehive/v1.0/{com}/candidates/{can}/applications/{app}/source";
        client.refused(HireHive, 400, "PUT", source, r#"{"origin":"a\u0000b"}"#);
    });
}

#[test]
fn whoever_cannot_show_who_they_are_is_refused_in_the_platform_s_own_shape() {
    let client = Client::new();
    let stranger = &client.scene.stranger;
    let body = br#"{"title":"forged"}"#;
    let mut wrong: Vec<(Api, u16, String)> = Vec::new();
    for nothing in
        ["", "Bearer", "Basic", "Token", "Bearer a.b.c", "Bearer nonsense", "Digest x", "\u{e4}\u{f6}"]
    {
        wrong.extend([Skype, LaunchPad, HireHive].map(|api| (api, 401, nothing.to_owned())));
    }
    let basic = |login: &[u8]| format!("Basic {}", STANDARD.encode(login));
    for login in [
        &b""[..],
        b":",
        b"nobody:",
        b"\xff:",
        client.scene.hub.key.as_bytes(),
        format!(":{}", client.scene.hub.key).as_bytes(),
    ] {
        wrong.push((LaunchPad, 401, basic(login)));
    }
    wrong.push((LaunchPad, 401, "Basic %%%".to_owned()));
    wrong.push((HireHive, 401, format!("Token {}", client.scene.hub.key)));
    wrong.push((HireHive, 404, format!("Bearer {stranger}")));
    let iat = now().as_second();
    for changed in [
        json!({"sub": "0".repeat(64)}),
        json!({"sub": null}),
        json!({"iss": "somebody else"}),
        json!({"jti": null}),
        json!({"iat": iat - 200, "exp": iat - 100}),
        json!({"iat": iat + 5000, "exp": iat + 5010}),
        json!({"exp": iat + 10_000_000}),
        json!({"exp": 1e300}),
        json!({"exp": i64::MAX}),
        json!({"exp": "tomorrow"}),
    ] {
        wrong.push((Skype, 401, client.token(body, &changed)));
    }
    let claims = client.claims(body);
    wrong.push((Skype, 401, format!("Bearer {}.", unsigned(NONE, &claims))));
    wrong.push((Skype, 401, signed_with(client.api_secret.as_bytes(), RS256, &claims)));
    wrong.push((Skype, 401, signed_with(b"", HS256, &claims)));
    wrong.push((Skype, 401, format!("Bearer {}", URL_SAFE_NO_PAD.encode("{}".repeat(5000)))));
    client.scene.nothing_comes_of(|| {
        for (api, status, authorization) in &wrong {
            for (_, method, path, _, _) in WRITES.iter().filter(|write| write.0 == *api) {
                let answer = client.call_as(authorization, method, path, body);
                assert_refused(*api, *status, &answer, &format!("{authorization} {method} {path}"));
            }
        }
        let once = client.token(b"", &json!({}));
        assert_eq!(client.call_as(&once, "GET", "/skype/api/interviews/C1", b"").status, 200);
        let again = client.call_as(&once, "GET", "/skype/api/interviews/C1", b"");
        assert_refused(Skype, 401, &again, "the same token again");
    });
}

#[test]
fn viasto_s_lists_are_closed_to_strangers_and_no_page_or_path_is_too_strange() {
    let client = Client::new();
    let scene = &client.scene;
    let log_in = |password: &str, company: &str| {
        let login = json!({"username": "x", "password": password, "company": company});
        scene.ask_with(&[], "POST", "/viasto/api-token-auth/", login.to_string().as_bytes())
    };
    let token = |password: &str, company: &str| {
        format!("Token {}", log_in(password, company).json()["token"].as_str().unwrap())
    };
    let (ours, theirs) = (token(&scene.hub.key, "default"), token(&scene.stranger, "durmstrang"));
    scene.nothing_comes_of(|| {
        assert_refused(Viasto, 401, &log_in(&scene.hub.key, "durmstrang"), "a key of another company");
        let projects = "/viasto/api/v3/companies/{com}/projects";
        for wrong in [
            "",
            "Token",
            "Token x",
            "Token ",
            &format!("Bearer {}", scene.hub.key),
            &format!("Token {}", scene.hub.key),
        ] {
            assert_refused(Viasto, 401, &client.call_as(wrong, "GET", projects, b""), wrong);
        }
        assert_refused(
            Viasto,
            403,
            &client.call_as(&theirs, "GET", projects, b""),
            "another company's token",
        );
        for page in
            ["page=0", "page=-1", "page=1000000000000000000", "page=x", "page=%FF", "page=1e3", "page="]
        {
            assert_refused(
                Viasto,
                404,
                &client.call_as(&ours, "GET", &format!("{projects}/?{page}"), b""),
                page,
            );
            let page = if page.starts_with("page=%") { "page=%FF&page_size=0" } else { page };
            client.refused(HireHive, 400, "GET", &format!("/hirehive/v1.0/{{com}}/jobs?{page}"), "");
        }
        for size in ["page_size=1000000000", "page_size=0", "page_size=-1", "page_size=x"] {
            assert_eq!(
                client.call_as(&ours, "GET", &format!("{projects}/?{size}"), b"").status,
                200,
                "{size}"
            );
            client.refused(HireHive, 400, "GET", &format!("/hirehive/v1.0/{{com}}/jobs?{size}"), "");
        }
        let long = "x".repeat(5000);
        for part in
            ["%2e%2e%2f%2e%2e%2fetc", "%00", "%FF", "%252e", "%20", "'%20OR%201=1--", "{theirs}", &long]
        {
            for path in [
                "companies/{com}/projects/",
                "companies/{com}/projects/{job}/candidates/",
                "companies/{com}/projects/{job}/",
                "customers/",
            ] {
                let answer = client.call_as(&ours, "GET", &format!("/viasto/api/v3/{path}{part}/"), b"");
                assert_refused(Viasto, 404, &answer, &format!("{path}{part}"));
            }
            let answer =
                client.call_as(&ours, "GET", &format!("/viasto/api/v3/companies/{part}/projects"), b"");
            assert_refused(Viasto, if part == "%FF" { 404 } else { 403 }, &answer, part);
            client.refused(Skype, 404, "GET", &format!("/skype/api/interviews/{part}"), "");
            client.refused(Skype, 404, "PUT", &format!("/skype/api/interviews/{part}"), "{}");
            client.refused(LaunchPad, 404, "POST", &format!("/launchpad/1/live/{part}/invite"), WRITES[4].3);
            client.refused(HireHive, 404, "GET", &format!("/hirehive/v1.0/{part}/jobs"), "");
            client.refused(HireHive, 404, "GET", &format!("/hirehive/v1.0/{{com}}/jobs/{part}"), "");
            client.refused(HireHive, 404, "PUT", &format!("/hirehive/v1.0/{{com}}/candidates/{part}"), "{}");
        }
    });
}
