//! `/viasto` (platforms.md 3.2, 3.3).

use axum::body::Body;
use axum::http::{Request, StatusCode};
use callboard_core::{Command, JobCommand};
use serde_json::{Value, json};

use crate::hub::{ADMIN, Answer, Hub, OTHER, READER, URL};

const COMPANY: &str = "com_0000000000001";

async fn login(hub: &Hub, fields: &Value) -> Answer {
    hub.ask("POST", "/viasto/api-token-auth/", None, fields).await
}

/// The header that a key's token goes into.
async fn token(hub: &Hub, key: &str, company: &str) -> String {
    let credentials = json!({"username": "ada", "password": key, "company": company});
    let answer = login(hub, &credentials).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    format!("Token {}", answer.body["token"].as_str().unwrap())
}

async fn get(hub: &Hub, token: &str, url: &str) -> Answer {
    hub.ask("GET", url, Some(token), &Value::Null).await
}

fn api(path: &str) -> String {
    format!("{URL}/viasto/api/v3/{path}")
}

/// Every object of a list, and how many pages it took, going by `next` alone.
async fn walk(hub: &Hub, token: &str, url: &str) -> (Vec<Value>, usize) {
    let (mut objects, mut pages, mut next) = (Vec::new(), 0, Some(url.to_owned()));
    while let Some(url) = next {
        let answer = get(hub, token, &url).await;
        assert_eq!(answer.status, StatusCode::OK, "{url}: {}", answer.body);
        objects.extend(answer.body["objects"].as_array().unwrap().iter().cloned());
        pages += 1;
        next = answer.body["meta"]["next"].as_str().map(str::to_owned);
    }
    (objects, pages)
}

#[tokio::test]
async fn a_key_has_one_token_however_its_owner_logs_in() {
    let hub = Hub::start().await;
    let by_id = token(&hub, ADMIN, COMPANY).await;
    assert_eq!(by_id.len(), "Token ".len() + 40);
    assert_eq!(token(&hub, ADMIN, "stage door").await, by_id, "by name");
    assert_ne!(token(&hub, READER, COMPANY).await, by_id);
    let form = Request::post("/viasto/api-token-auth")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!(
            "username=a&password={ADMIN}&company=Stage+Door&extended_expiration_period=30"
        )))
        .unwrap();
    let answer = hub.send(form).await;
    assert_eq!(format!("Token {}", answer.body["token"].as_str().unwrap()), by_id);
    assert_eq!(get(&hub, &by_id, &api("customers/")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_new_key_has_its_token_from_the_start_and_logging_in_writes_nothing() {
    let hub = Hub::start().await;
    let admin = format!("Bearer {ADMIN}");
    let made = hub.ask("POST", "/v1/keys", Some(&admin), &json!({"name": "ats", "scope": "read"})).await.body;
    let before = hub.ledger.directory().generation();

    let token = token(&hub, made["key"].as_str().unwrap(), COMPANY).await;

    assert_eq!(hub.ledger.directory().generation(), before);
    assert_eq!(get(&hub, &token, &api("customers/")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_cannot_log_in_is_told_why() {
    let hub = Hub::start().await;
    let required = json!(["This field is required."]);
    let answer = login(&hub, &json!({})).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body, json!({"username": required, "password": required, "company": required}));
    let odd = json!({"username": " ", "password": 7, "company": "c", "extended_expiration_period": 31});
    let answer = login(&hub, &odd).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.body["username"], json!(["This field may not be blank."]));
    assert!(answer.body["password"].is_array() && answer.body["extended_expiration_period"].is_array());
    let broken = Request::post("/viasto/api-token-auth/").body(Body::from("{\"username\": ")).unwrap();
    let answer = hub.send(broken).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body["detail"].as_str().unwrap().starts_with("JSON parse error"), "{}", answer.body);
    for (key, company) in [("cbk_nobody", COMPANY), (OTHER, COMPANY), (ADMIN, "Elsewhere")] {
        let answer = login(&hub, &json!({"username": "a", "password": key, "company": company})).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{key} of {company}");
    }
}

#[tokio::test]
async fn only_a_token_opens_and_only_one_s_own_company() {
    let hub = Hub::start().await;
    let (mine, theirs) = (token(&hub, READER, COMPANY).await, token(&hub, OTHER, "Elsewhere").await);
    let job = hub.job(1, "Stage manager").await;
    let project = api(&format!("companies/{COMPANY}/projects/{job}/"));
    assert_eq!(get(&hub, &mine, &project).await.status, StatusCode::OK);

    for auth in [None, Some("Token 0000"), Some("Token"), Some("Bearer cbk_admin"), Some("ActivationKey x")] {
        let answer = hub.ask("GET", &project, auth, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{auth:?}");
        assert!(answer.body["detail"].is_string());
        assert_eq!(answer.headers["www-authenticate"], "Token");
    }
    assert_eq!(get(&hub, &theirs, &project).await.status, StatusCode::FORBIDDEN);
    let nobody_s = api("companies/com_0000000000009/projects/");
    assert_eq!(get(&hub, &mine, &nobody_s).await.status, StatusCode::FORBIDDEN);
    let through_theirs = api(&format!("companies/com_0000000000002/projects/{job}/"));
    assert_eq!(get(&hub, &theirs, &through_theirs).await.status, StatusCode::NOT_FOUND, "a job of another's");
    let answer = hub.ask("DELETE", &project, Some(&mine), &Value::Null).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.body["detail"], "Method \"DELETE\" not allowed.");
}

#[tokio::test]
async fn lists_are_walked_to_their_end_by_next_alone() {
    let hub = Hub::start().await;
    let token = token(&hub, READER, COMPANY).await;
    let (job, other) = (hub.job(1, "Stage manager").await, hub.job(1, "Prompter").await);
    let mut expected = Vec::new();
    for number in 0..25 {
        expected.push(hub.applicant(1, Some(job), &format!("{number}@example.com")).await.to_string());
    }
    hub.applicant(1, Some(other), "other@example.com").await;
    let list = api(&format!("companies/{COMPANY}/projects/{job}/candidates"));

    let (candidates, pages) = walk(&hub, &token, &format!("{list}/?page_size=10")).await;

    assert_eq!(pages, 3);
    let uris: Vec<_> = candidates.iter().map(|it| it["resource_uri"].as_str().unwrap().to_owned()).collect();
    let expected: Vec<_> = expected.iter().map(|id| format!("{list}/{id}/")).collect();
    assert_eq!(uris, expected, "each once, oldest first");
    let second = get(&hub, &token, &format!("{list}?page=2&page_size=10")).await.body;
    assert_eq!(second["meta"]["total_count"], 25);
    assert_eq!(second["meta"]["previous"], format!("{list}/?page=1&page_size=10"));
    for beyond in
        ["page=4&page_size=10", "page=0", "page=x", "page=9999999999999999999", "page=1001&page_size=10"]
    {
        let answer = get(&hub, &token, &format!("{list}/?{beyond}")).await;
        assert_eq!(
            (answer.status, &answer.body["detail"]),
            (StatusCode::NOT_FOUND, &json!("Invalid page.")),
            "{beyond}"
        );
    }
    let (projects, _) = walk(&hub, &token, &api(&format!("companies/{COMPANY}/projects/"))).await;
    assert_eq!(projects.len(), 2);
}

#[tokio::test]
async fn what_a_list_holds_is_found_under_its_own_url() {
    let hub = Hub::start().await;
    let token = token(&hub, READER, COMPANY).await;
    let (job, author) = (hub.job(1, "Stage manager").await, hub.user(1, "grace@example.com").await);
    let application = hub.applicant(1, Some(job), "ada@example.com").await;
    let interview = hub.interview(1, Some(application)).await;
    hub.score(1, interview, author, 4).await;
    hub.recording(1, job, interview, author).await;
    let alone = hub.interview(1, None).await;

    for of in [job.to_string(), application.to_string(), alone.to_string()] {
        let project = api(&format!("companies/{COMPANY}/projects/{of}/"));
        let view = get(&hub, &token, &project).await;
        assert_eq!((view.status, &view.body["resource_uri"]), (StatusCode::OK, &json!(project)));
        for collection in ["candidates", "questions", "answervideos", "ratings", "notes"] {
            let (objects, _) = walk(&hub, &token, &format!("{project}{collection}/")).await;
            let expected = usize::from(of != alone.to_string() || collection == "candidates");
            assert_eq!(objects.len(), expected, "{collection} of {of}");
            for object in objects {
                let found = get(&hub, &token, object["resource_uri"].as_str().unwrap()).await;
                assert_eq!(found.body, object);
            }
        }
    }
    let (customers, _) = walk(&hub, &token, &api("customers/")).await;
    assert_eq!(customers.len(), 1);
    let customer = get(&hub, &token, customers[0]["resource_uri"].as_str().unwrap()).await;
    assert_eq!(customer.body["email"], "grace@example.com");
    let company = get(&hub, &token, &api(&format!("companies/{COMPANY}/"))).await;
    assert_eq!(company.body["name"], "Stage Door");
}

#[tokio::test]
async fn the_results_of_a_project_are_those_of_its_candidates() {
    let hub = Hub::start().await;
    let token = token(&hub, READER, COMPANY).await;
    let (job, author) = (hub.job(1, "Stage manager").await, hub.user(1, "grace@example.com").await);
    let second = hub.user(1, "alan@example.com").await;
    let application = hub.applicant(1, Some(job), "ada@example.com").await;
    hub.applicant(1, Some(job), "nobody@example.com").await;
    let interview = hub.interview(1, Some(application)).await;
    hub.score(1, interview, author, 4).await;
    hub.score(1, interview, second, 3).await;
    hub.recording(1, job, interview, author).await;

    let (results, _) =
        walk(&hub, &token, &api(&format!("companies/{COMPANY}/projects/{job}/results/"))).await;

    assert_eq!(results.len(), 2);
    assert_eq!(results[0]["overall_rating"], 3.5);
    assert_eq!(results[0]["ratings"].as_array().unwrap().len(), 2);
    assert_eq!(results[0]["notes"][0]["text"], "Call back");
    assert_eq!((&results[1]["overall_rating"], &results[1]["notes"]), (&Value::Null, &json!([])));
}

#[tokio::test]
async fn what_is_in_no_such_project_or_has_been_removed_is_not_found() {
    let hub = Hub::start().await;
    let token = token(&hub, READER, COMPANY).await;
    let (job, other) = (hub.job(1, "Stage manager").await, hub.job(1, "Prompter").await);
    let application = hub.applicant(1, Some(job), "ada@example.com").await;
    let below = |of: &str, path: &str| api(&format!("companies/{COMPANY}/projects/{of}/{path}"));
    for url in [
        below("job_0000000000099", ""),
        below("nonsense", ""),
        below(&application.to_string().replace("app_", "job_"), ""),
        below(&other.to_string(), &format!("candidates/{application}/")),
        below(&job.to_string(), &format!("ratings/{application}/")),
        below(&job.to_string(), &format!("candidates/{job}/")),
        below(&job.to_string(), "vetos/"),
        api("customers/usr_0000000000099/"),
        api("nothing/"),
    ] {
        let answer = get(&hub, &token, &url).await;
        assert_eq!(
            (answer.status, &answer.body["detail"]),
            (StatusCode::NOT_FOUND, &json!("Not found.")),
            "{url}"
        );
    }

    hub.carry_out(1, vec![Command::Job(job, JobCommand::Delete)]).await;

    let project = get(&hub, &token, &below(&job.to_string(), "")).await;
    assert_eq!((project.status, &project.body["status"]), (StatusCode::OK, &json!("deleted")));
    let candidate = get(&hub, &token, &below(&job.to_string(), &format!("candidates/{application}/"))).await;
    assert_eq!(candidate.status, StatusCode::OK, "webhooks about the candidate still name that project");
    let (projects, _) = walk(&hub, &token, &api(&format!("companies/{COMPANY}/projects/"))).await;
    assert_eq!(projects.len(), 1, "a removed one is not listed");
}

#[tokio::test]
async fn nothing_of_another_company_s_is_found() {
    let hub = Hub::start().await;
    let token = token(&hub, READER, COMPANY).await;
    let (mine, job) = (hub.job(1, "Stage manager").await, hub.job(2, "Theirs").await);
    let user = hub.user(2, "grace@example.com").await;
    let application = hub.applicant(2, Some(job), "ada@example.com").await;
    let interview = hub.interview(2, Some(application)).await;
    let rating = hub.score(2, interview, user, 4).await;
    let note = hub.recording(2, job, interview, user).await;
    // A thing of which it is not known where it belongs may be asked for in any project: but not in any company.
    let nowhere = hub.interview(2, None).await;
    for below in [
        format!("customers/{user}/"),
        format!("companies/{COMPANY}/projects/{job}/"),
        format!("companies/{COMPANY}/projects/{nowhere}/"),
        format!("companies/{COMPANY}/projects/{mine}/candidates/{application}/"),
        format!("companies/{COMPANY}/projects/{mine}/candidates/{nowhere}/"),
        format!("companies/{COMPANY}/projects/{mine}/ratings/{rating}/"),
        format!("companies/{COMPANY}/projects/{mine}/notes/{note}/"),
    ] {
        assert_eq!(get(&hub, &token, &api(&below)).await.status, StatusCode::NOT_FOUND, "{below}");
    }
}
