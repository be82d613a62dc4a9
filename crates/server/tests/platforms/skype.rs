//! `/skype/api` (platforms.md 2.2, 2.5).

use callboard_core::{Command, NoteCommand, NotePlace, NoteTold, Timestamp};
use callboard_dialects::{Message, dialect};
use callboard_server::limits::SKYPE_NOTES;
use serde_json::{Value, json};

use crate::hub::{ADMIN, Answer, Hub, OTHER, URL, facts};

const INTERVIEWS: &str = "/skype/api/interviews";

/// The hub's clock.
fn now() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

fn seconds(ago: i64) -> Timestamp {
    Timestamp::from_second(now().as_second() - ago).unwrap()
}

/// An integration that signs with a pair of its own.
struct Integration {
    hub: Hub,
    pair: Value,
    calls: std::cell::Cell<u32>,
}

impl Integration {
    async fn start() -> Self {
        let hub = Hub::start().await;
        let pair = pair(&hub, ADMIN, "admin").await;
        Self { hub, pair, calls: std::cell::Cell::new(0) }
    }

    fn next(&self) -> String {
        self.calls.set(self.calls.get() + 1);
        format!("call {}", self.calls.get())
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let token = token(&self.pair, &self.next(), body, now());
        self.hub.ask(method, path, Some(&token), body).await
    }

    /// Must be answered with a 200.
    async fn ok(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self.send(method, path, body).await;
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
        answer.body
    }

    async fn create(&self, body: &Value) -> Value {
        self.ok("POST", INTERVIEWS, body).await
    }

    async fn put(&self, code: &str, body: &Value) -> Value {
        self.ok("PUT", &format!("{INTERVIEWS}/{code}"), body).await
    }

    async fn get(&self, code: &str) -> Value {
        self.ok("GET", &format!("{INTERVIEWS}/{code}"), &Value::Null).await
    }

    /// Status and code of what this is refused with, in the shape that is documented.
    async fn refused(&self, method: &str, path: &str, body: &Value) -> (u16, String) {
        told(&self.send(method, path, body).await)
    }

    async fn all(&self, kind: &str) -> Vec<Value> {
        let path = format!("/v1/{kind}");
        let answer = self.hub.ask("GET", &path, Some(&format!("Bearer {ADMIN}")), &Value::Null).await;
        answer.body["items"].as_array().unwrap_or_else(|| panic!("{kind}: {}", answer.body)).clone()
    }

    /// What happened to interviews, oldest first.
    async fn events(&self) -> Vec<String> {
        let word = |event: &Value| {
            let stage = &event["event"]["data"]["interview"]["stage"]["value"];
            format!("{} {}", event["event"]["type"].as_str().unwrap(), stage.as_str().unwrap_or_default())
        };
        let mut events: Vec<String> = self.all("events").await.iter().map(word).collect();
        events.retain(|event| event.starts_with("interview."));
        events.reverse();
        events
    }
}

fn told(answer: &Answer) -> (u16, String) {
    let error = &answer.body["error"];
    assert!(error["message"].as_str().is_some_and(|it| !it.is_empty()), "{}", answer.body);
    (answer.status.as_u16(), error["code"].as_str().unwrap().to_owned())
}

/// A pair to sign with, from the API.
async fn pair(hub: &Hub, key: &str, scope: &str) -> Value {
    let new = json!({"name": "ats", "scope": scope, "kind": "skype"});
    let made = hub.ask("POST", "/v1/keys", Some(&format!("Bearer {key}")), &new).await;
    assert_eq!(made.status, 201, "{}", made.body);
    json!({"api_key": made.body["api_key"], "api_secret": made.body["api_secret"]})
}

fn token(pair: &Value, id: &str, body: &Value, at: Timestamp) -> String {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let message = Message { id, body: body.as_bytes(), at };
    let headers = dialect("skype").unwrap().signer(pair).unwrap().sign(&message);
    headers.into_iter().find(|(name, _)| *name == "authorization").unwrap().1
}

fn harvey_meets_louis() -> Value {
    json!({
        "code": "RENE2010",
        "title": ".Net Developer Interview",
        "position": {"code": "SIN-12345", "title": "Software Engineer", "Description": "Skype", "url": "https://c.example/1"},
        "capabilities": {"codeEditor": false},
        "codingConfig": {"defaultCodingLanguage": "java"},
        "tasks": [{"title": "Fibonacci", "definitions": [{"language": "python", "content": "def fib(n):"}]}],
        "participants": [
            {"name": "Harvey Pitman", "email": "harvey@outlook.com", "role": "candidate"},
            {"name": "Louis Dingle", "email": "louis@contoso.com", "role": "interviewer", "timezone": "America/New_York"},
        ],
        "scheduling": {"start": "2026-03-09 14:00", "duration": 45},
    })
}

#[tokio::test]
async fn an_empty_object_is_enough_and_gets_a_guid_and_the_documented_defaults() {
    let ats = Integration::start().await;
    let made = ats.create(&json!({})).await;
    let code = made["code"].as_str().unwrap();
    assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{code}");
    assert_eq!(made["position"]["code"], "everest-default");
    assert_eq!(
        made["stage"],
        json!({"value": "SchedulingTime", "metadata": "2000 - Pending interviewer time selection"})
    );
    assert_eq!(ats.get(code).await, made);
    assert_eq!(ats.all("jobs").await.len(), 0);
    let chain = ["interview.created ", "interview.stage.updated SchedulingTime"];
    assert_eq!(ats.events().await, chain);
}

#[tokio::test]
async fn an_interview_comes_with_its_job_its_candidate_and_reviewers_and_is_answered_whole() {
    let ats = Integration::start().await;

    let made = ats.create(&harvey_meets_louis()).await;

    assert_eq!(ats.get("RENE2010").await, made);
    assert_eq!(made["position"]["description"], "Skype");
    assert_eq!(made["capabilities"]["codeEditor"], false);
    assert_eq!(made["capabilities"]["feedbacks"], true);
    assert_eq!(made["codingConfig"]["defaultCodingLanguage"], "java");
    assert_eq!(made["tasks"][0]["definitions"][0]["content"], "def fib(n):");
    assert_eq!(made["participants"][0]["role"], "Candidate");
    assert_eq!(made["participants"][1]["name"], "Louis Dingle");
    assert_eq!(made["scheduling"]["start"], "2026-03-09T14:00:00");
    assert_eq!(made["scheduling"]["duration"], 45);
    assert_eq!(made["stage"]["value"], "SchedulingCompleted");
    assert_eq!((&made["urls"], &made["notes"], &made["codeSnapshots"]), (&json!([]), &json!([]), &json!([])));
    let [interview] = &ats.all("interviews").await[..] else { panic!() };
    assert_eq!(interview["start"], "2026-03-09T18:00:00Z", "summer time has begun in New York");
    assert_eq!(interview["external_ids"]["skype"], "RENE2010");
    assert_eq!(ats.all("jobs").await[0]["code"], "SIN-12345");
    assert_eq!(ats.all("candidates").await[0]["email"], "harvey@outlook.com");
    assert_eq!(ats.all("users").await[0]["email"], "louis@contoso.com");
    let [feedback] = &ats.all("feedback").await[..] else { panic!() };
    assert_eq!(
        (&feedback["status"], &made["feedback"][0]["interviewer"]["email"]),
        (&json!("pending"), &json!("louis@contoso.com"))
    );
}

#[tokio::test]
async fn the_same_people_and_the_same_position_are_found_again() {
    let ats = Integration::start().await;
    ats.create(&harvey_meets_louis()).await;
    let mut second = harvey_meets_louis();
    second["code"] = json!("RENE2011");
    second["position"] = json!({"code": "SIN-12345"});
    second["participants"][0]["email"] = json!("Harvey@Outlook.com");

    let made = ats.create(&second).await;

    assert_eq!(made["position"]["title"], "Software Engineer");
    for kind in ["jobs", "candidates", "applications", "users"] {
        assert_eq!(ats.all(kind).await.len(), 1, "{kind}");
    }
    assert_eq!(ats.all("interviews").await.len(), 2);
    assert_eq!(ats.refused("POST", INTERVIEWS, &second).await, (409, "external_id_taken".to_owned()));
}

#[tokio::test]
async fn whoever_is_to_propose_a_time_is_asked_for_one_and_nobody_for_feedback_who_is_not_to_give_any() {
    let ats = Integration::start().await;
    let mut body = harvey_meets_louis();
    body["scheduling"] = json!({"duration": 90, "mode": "automatic", "dateproposing": "candidate"});
    body["capabilities"] = json!({"feedbacks": false});

    let made = ats.create(&body).await;

    assert_eq!(made["stage"]["metadata"], "2003 - Pending candidate time proposal");
    let expected = json!({"start": null, "duration": 90, "mode": "automatic", "dateProposing": "Candidate",
        "timezone": "America/New_York"});
    assert_eq!(made["scheduling"], expected);
    assert_eq!(ats.all("feedback").await.len(), 0);
}

#[tokio::test]
async fn a_whole_object_sent_back_changes_nothing() {
    let ats = Integration::start().await;
    for body in [
        harvey_meets_louis(),
        json!({"code": "bare"}),
        json!({"code": "asked", "scheduling": {"mode": "automatic", "dateproposing": "candidate"}}),
    ] {
        let made = ats.create(&body).await;
        let before = ats.events().await;
        assert_eq!(ats.put(made["code"].as_str().unwrap(), &made).await, made);
        assert_eq!(ats.events().await, before);
    }
}

#[tokio::test]
async fn an_interview_is_rescheduled_renamed_recast_and_cancelled_by_what_differs() {
    let ats = Integration::start().await;
    let mut whole = ats.create(&harvey_meets_louis()).await;
    whole["title"] = json!("Second round");
    whole["position"]["title"] = json!("Senior Software Engineer");
    whole["scheduling"]["start"] = json!("2026-03-10 09:30");
    whole["capabilities"]["notes"] = json!(false);
    whole["participants"][1] =
        json!({"name": "Rene Brandel", "email": "rene@contoso.com", "role": "Interviewer"});

    let changed = ats.put("RENE2010", &whole).await;

    assert_eq!(changed["title"], "Second round");
    assert_eq!(changed["position"]["title"], "Senior Software Engineer");
    assert_eq!(changed["scheduling"]["start"], "2026-03-10T09:30:00");
    assert_eq!(changed["scheduling"]["duration"], 45);
    assert_eq!(changed["capabilities"]["notes"], false);
    assert_eq!(changed["participants"][1]["email"], "rene@contoso.com");
    assert_eq!(changed["feedback"][0]["interviewer"]["email"], "rene@contoso.com");
    assert_eq!(changed["feedback"].as_array().unwrap().len(), 1, "Louis is not asked any more");
    let interview = &ats.all("interviews").await[0];
    assert_eq!(interview["start"], "2026-03-10T13:30:00Z");

    let ill = json!({"stage": {"value": "InterviewCanceled", "metadata": "9000 - Louis is ill"}});
    assert_eq!(ats.put("RENE2010", &ill).await["stage"]["metadata"], "9000 - Louis is ill");
    let path = format!("{INTERVIEWS}/RENE2010");
    assert_eq!(
        ats.refused("PUT", &path, &json!({"stage": {"value": "InterviewStarted"}})).await,
        (409, "interview_cancelled".to_owned())
    );
    let archived = ats.put("RENE2010", &json!({"stage": {"value": "InterviewArchived"}})).await;
    assert_eq!(archived["stage"]["metadata"], "10000 - Interview was archived");
    let stages: Vec<String> =
        ats.events().await.into_iter().filter(|it| it.starts_with("interview.stage")).collect();
    assert_eq!(
        stages,
        ["SchedulingCompleted", "InterviewCanceled", "InterviewArchived"]
            .map(|it| format!("interview.stage.updated {it}"))
    );
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_made() {
    let ats = Integration::start().await;
    ats.create(&harvey_meets_louis()).await;
    let (title, notes, start) = (
        json!({"title": "Second round"}),
        json!({"capabilities": {"notes": false}}),
        json!({"scheduling": {"start": "2026-03-10 09:30"}}),
    );

    tokio::join!(ats.put("RENE2010", &title), ats.put("RENE2010", &notes), ats.put("RENE2010", &start));

    let whole = ats.get("RENE2010").await;
    assert_eq!(whole["title"], "Second round");
    assert_eq!(
        (&whole["capabilities"]["notes"], &whole["capabilities"]["codeEditor"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(whole["scheduling"]["start"], "2026-03-10T09:30:00");
}

#[tokio::test]
async fn an_interview_is_held_by_its_stages_and_asks_for_feedback_at_the_end() {
    let ats = Integration::start().await;
    ats.create(&harvey_meets_louis()).await;
    let stage = async |stage: &str| {
        ats.put("RENE2010", &json!({"stage": {"value": stage}})).await["stage"]["value"].clone()
    };
    assert_eq!(stage("InterviewStarted").await, "InterviewStarted");
    assert_eq!(stage("InterviewCompleted").await, "FeedbackCollecting");
    let path = format!("{INTERVIEWS}/RENE2010");
    for (asked, code) in [
        ("FeedbackCompleted", "stage_not_reached"),
        ("InterviewFailed", "stage_not_reached"),
        ("InterviewPaused", "stage_not_reached"),
        ("InterviewCanceled", "interview_over"),
    ] {
        let body = json!({"stage": {"value": asked}});
        assert_eq!(ats.refused("PUT", &path, &body).await, (409, code.to_owned()), "{asked}");
    }
}

#[tokio::test]
async fn an_interview_is_found_by_our_id_and_gets_a_code_of_the_partner_s_own() {
    let ats = Integration::start().await;
    let id = ats.hub.interview(Hub::COMPANY, None).await.to_string();
    assert_eq!(ats.get(&id).await["code"], json!(id), "our webhooks name it so");
    assert_eq!(ats.put(&id, &json!({"code": "RENE2010"})).await["code"], "RENE2010");
    assert_eq!(ats.get("RENE2010").await, ats.get(&id).await);
}

#[tokio::test]
async fn an_interview_that_skype_tells_of_can_be_fetched_and_is_skype_s_to_move() {
    let ats = Integration::start().await;
    let admin = format!("Bearer {ADMIN}");
    let theirs =
        json!({"api_key": "5b2f6f2e-9c53-4b38-8a0a-3f1f0c2f9d11", "api_secret": "Microsoft's secret"});
    let source = ats
        .hub
        .ask("POST", "/v1/sources", Some(&admin), &json!({"platform": "skype", "credentials": theirs}))
        .await;
    let stage = json!({"previousStage": {"value": "InterviewCreated", "metadata": "1 - Interview was created"},
        "currentStage": {"value": "SchedulingTime", "metadata": "as agreed"}, "event": "State",
        "timestamp": "2026-03-02T07:59:00.1234567Z", "interviewCode": "MICRO1"});
    let url = source.body["url"].as_str().unwrap().strip_prefix(URL).unwrap().to_owned();
    let told_of = ats.hub.ask("POST", &url, Some(&token(&theirs, "1", &stage, now())), &stage).await;
    assert_eq!(told_of.status, 200, "{}", told_of.body);

    assert_eq!(ats.get("MICRO1").await["stage"]["metadata"], "as agreed");
    let refused = ats
        .refused("PUT", &format!("{INTERVIEWS}/MICRO1"), &json!({"stage": {"value": "InterviewCanceled"}}))
        .await;
    assert_eq!(refused, (409, "stage_is_told_elsewhere".to_owned()));
}

#[tokio::test]
async fn the_latest_notes_are_shown_and_no_more_than_so_many() {
    // Given one note too many on an application
    let ats = Integration::start().await;
    let application = ats.hub.applicant(Hub::COMPANY, None, "rene@example.com").await;
    let interview = ats.hub.interview(Hub::COMPANY, Some(application)).await;
    let note = |number: usize| {
        let place = NotePlace { application: Some(application), ..NotePlace::default() };
        let told = NoteTold { text: Some(format!("note {number}")), ..NoteTold::default() };
        Command::Note(ats.hub.mint(), NoteCommand::Create { place, facts: facts(told) })
    };
    ats.hub.carry_out(Hub::COMPANY, (0..=SKYPE_NOTES).map(note).collect()).await;

    let shown = ats.get(&interview.to_string()).await;
    let shown = shown["notes"].as_array().unwrap();
    assert_eq!(shown.len(), SKYPE_NOTES);
    let texts = [&shown[0], &shown[SKYPE_NOTES - 1]].map(|note| note["text"].clone());
    assert_eq!(texts, ["note 1".to_owned(), format!("note {SKYPE_NOTES}")]);
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_and_nothing_of_it_is_kept() {
    let ats = Integration::start().await;
    ats.create(&harvey_meets_louis()).await;
    let events = ats.all("events").await.len();
    let one = format!("{INTERVIEWS}/RENE2010");
    let nobody = format!("{INTERVIEWS}/nobody");
    let long = "x".repeat(1_001);
    let people = |people: Value| json!({"participants": people});
    let deep = (0..64).fold(json!("x"), |inner, _| json!([inner]));
    for (method, path, body, expected) in [
        ("POST", INTERVIEWS, json!([]), (400, "bad_body")),
        ("POST", INTERVIEWS, json!({"scheduling": {"start": "noon"}}), (400, "bad_body")),
        (
            "POST",
            INTERVIEWS,
            json!({"scheduling": {"start": "2026-03-09 14:00", "duration": 0}}),
            (400, "bad_body"),
        ),
        (
            "POST",
            INTERVIEWS,
            json!({"scheduling": {"start": "2026-03-29 02:30", "timezone": "Europe/Berlin"}}),
            (422, "ambiguous_time"),
        ),
        ("POST", INTERVIEWS, people(json!([{"name": "x", "timezone": "Moon/Sea"}])), (422, "bad_time_zone")),
        ("POST", INTERVIEWS, people(json!([{"email": "a@b.c"}, {"email": "A@B.C"}])), (400, "bad_body")),
        ("POST", INTERVIEWS, people(vec![json!({"name": "x"}); 101].into()), (400, "too_long")),
        ("POST", INTERVIEWS, json!({"anything": deep}), (422, "bad_fact")),
        ("POST", INTERVIEWS, json!({"title": long}), (400, "too_long")),
        ("POST", INTERVIEWS, json!({"title": "a\u{7}b"}), (400, "bad_text")),
        ("POST", INTERVIEWS, json!({"code": "x".repeat(256)}), (422, "bad_fact")),
        ("POST", INTERVIEWS, json!({"anything": "x".repeat(70_000)}), (413, "too_large")),
        ("PUT", &one, json!({"more": "x".repeat(60_000), "anything": "x".repeat(6_000)}), (413, "too_large")),
        ("GET", &nobody, Value::Null, (404, "not_found")),
        ("PUT", &nobody, json!({}), (404, "not_found")),
        ("PUT", &one, json!({"position": {"code": "another"}}), (400, "bad_body")),
        ("PUT", &one, json!({"stage": {"value": "SchedulingTime"}, "title": long}), (400, "too_long")),
        ("DELETE", &one, Value::Null, (405, "method_not_allowed")),
        ("GET", "/skype/api/positions", Value::Null, (404, "not_found")),
    ] {
        let refused = ats.refused(method, path, &body).await;
        assert_eq!(refused, (expected.0, expected.1.to_owned()), "{method} {path} {:.80}", body.to_string());
    }
    assert_eq!(ats.all("events").await.len(), events);
    assert_eq!(ats.all("interviews").await.len(), 1);
}

#[tokio::test]
async fn a_call_must_be_signed_now_by_a_key_that_is_known_and_only_once() {
    let ats = Integration::start().await;
    let (empty, body) = (Value::Null, json!({}));
    let ask = async |token: &str, sent: &Value| {
        let method = if sent.is_null() { "GET" } else { "POST" };
        let path = if sent.is_null() { "/skype/api/interviews/x" } else { INTERVIEWS };
        ats.hub.ask(method, path, Some(token), sent).await
    };
    let mut forged = ats.pair.clone();
    forged["api_secret"] = json!("another secret");
    let mut unknown = ats.pair.clone();
    unknown["api_key"] = json!("5b2f6f2e-9c53-4b38-8a0a-3f1f0c2f9d11");
    for (token, code) in [
        (token(&forged, "1", &body, now()), "signature"),
        (token(&unknown, "1", &body, now()), "signature"),
        (token(&ats.pair, "1", &json!({"title": "signed"}), now()), "body"),
        (token(&ats.pair, "1", &body, seconds(120)), "clock"),
        (token(&ats.pair, "1", &body, seconds(-120)), "clock"),
        (token(&ats.pair, "1", &body, seconds(-100_000)), "clock"),
        (format!("Bearer {ADMIN}"), "malformed"),
    ] {
        let answer = ask(&token, &body).await;
        assert_eq!(told(&answer), (401, code.to_owned()));
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    let unsigned = ats.hub.ask("POST", INTERVIEWS, None, &body).await;
    assert_eq!(told(&unsigned), (401, "missing_header".to_owned()));

    let good = token(&ats.pair, "1", &body, seconds(30));
    assert_eq!(ask(&good, &body).await.status, 200, "its ten seconds and a minute's difference of clocks");
    assert_eq!(told(&ask(&good, &body).await), (401, "replayed".to_owned()));
    assert_eq!(told(&ask(&token(&ats.pair, "2", &empty, now()), &empty).await).0, 404);
    assert_eq!(ats.all("interviews").await.len(), 1);
}

#[tokio::test]
async fn a_key_does_what_its_scope_says_in_its_own_company() {
    let ats = Integration::start().await;
    ats.create(&json!({"code": "RENE2010"})).await;
    let path = format!("{INTERVIEWS}/RENE2010");
    let reader = pair(&ats.hub, ADMIN, "read").await;
    let other = pair(&ats.hub, OTHER, "admin").await;
    let ask = async |pair: &Value, id: &str, method: &str, path: &str, body: &Value| {
        ats.hub.ask(method, path, Some(&token(pair, id, body, now())), body).await
    };
    assert_eq!(ask(&reader, "1", "GET", &path, &Value::Null).await.status, 200);
    let refused = (403, "scope_too_small".to_owned());
    assert_eq!(told(&ask(&reader, "2", "PUT", &path, &json!({})).await), refused);
    assert_eq!(told(&ask(&reader, "3", "POST", INTERVIEWS, &json!({})).await), refused);
    assert_eq!(told(&ask(&reader, "4", "POST", "/skype/api/tenants", &json!({})).await), refused);
    let id = ats.all("interviews").await[0]["id"].as_str().unwrap().to_owned();
    for code in ["RENE2010", &id] {
        let path = format!("{INTERVIEWS}/{code}");
        assert_eq!(told(&ask(&other, code, "GET", &path, &Value::Null).await).0, 404);
    }
    assert_eq!(
        ask(&other, "5", "POST", INTERVIEWS, &json!({"code": "RENE2010"})).await.status,
        200,
        "codes are per company"
    );
}

#[tokio::test]
async fn a_tenant_is_a_company_with_a_key_to_this_api_and_its_own_webhooks() {
    let ats = Integration::start().await;
    let body = json!({
        "company": {"name": "Contoso"},
        "admin": {"name": "Rene Brandel", "email": "rene@contoso.com"},
        "webHooks": {"endpoint": "https://hooks.contoso.com/interviews"},
    });

    let made = ats.ok("POST", "/skype/api/tenants", &body).await;

    assert_eq!((&made["company"]["name"], &made["admin"]), (&json!("Contoso"), &body["admin"]));
    assert_eq!(made["webHooks"], json!({"endpoint": "https://hooks.contoso.com/interviews", "events": "*"}));
    assert_eq!(made["dashboardUrl"], URL);
    let pair = json!({"api_key": made["company"]["apiKey"], "api_secret": made["company"]["apiSecret"]});
    let body = json!({"code": "first"});
    let answer = ats.hub.ask("POST", INTERVIEWS, Some(&token(&pair, "1", &body, now())), &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(ats.all("interviews").await.len(), 0, "it is another company's");
    let nested = json!({"company": {"name": "Nested"}});
    let refused =
        ats.hub.ask("POST", "/skype/api/tenants", Some(&token(&pair, "2", &nested, now())), &nested).await;
    assert_eq!(told(&refused), (403, "operator_only".to_owned()));
}

#[tokio::test]
async fn a_tenant_s_webhooks_go_where_endpoints_may_be() {
    let ats = Integration::start().await;
    for endpoint in ["http://hooks.contoso.com/", "https://127.0.0.1/", "https://169.254.169.254/", "nowhere"]
    {
        let body = json!({"company": {"name": "Contoso"}, "webHooks": {"endpoint": endpoint}});
        let refused = ats.refused("POST", "/skype/api/tenants", &body).await;
        assert_eq!(refused, (400, "bad_url".to_owned()), "{endpoint}");
    }
    let admin = format!("Bearer {ADMIN}");
    let companies = ats.hub.ask("GET", "/v1/companies", Some(&admin), &Value::Null).await.body;
    assert_eq!(companies["items"].as_array().unwrap().len(), 2, "none was made");
}
