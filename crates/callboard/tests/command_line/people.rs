//! Candidates, users, notes, files, questions, answers, settings, companies: each made, found, changed and removed.

use serde_json::{Value, json};

use crate::said::{failed, id, json, shown, wrong};
use crate::support::{Hub, callboard};

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(id).collect()
}

#[test]
fn a_candidate_is_made_tagged_noted_found_and_erased() {
    let hub = Hub::start();
    let user =
        json(&hub, &["user", "add", "grace@example.com", "--name", "Grace Hopper", "--role", "recruiter"]);
    let made = json(
        &hub,
        &[
            "candidate",
            "add",
            "Ada Lovelace",
            "--email",
            "ada@example.com",
            "--tags",
            "remote",
            "--rating",
            "5",
            "--zone",
            "Europe/London",
            "--external-id",
            "ats=4711",
        ],
    );
    assert_eq!((&made["rating"], &made["external_ids"]), (&json!(5), &json!({"ats": "4711"})));

    // what the terminal prints is what the API says
    assert_eq!(
        json(&hub, &["candidate", "show", id(&made)]),
        hub.get(&format!("/v1/candidates/{}", id(&made)))
    );
    assert_eq!(json(&hub, &["candidate", "list", "--limit", "3"]), hub.get("/v1/candidates?limit=3"));

    shown(&hub, &["candidate", "tag", "add", id(&made), "a/b c"]);
    shown(&hub, &["candidate", "tag", "remove", id(&made), "remote"]);
    let table = shown(&hub, &["candidate", "list", "--external-id", "ats:4711"]);
    assert!(
        table.contains("Ada Lovelace") && table.contains("a/b c") && !table.contains("remote"),
        "{table}"
    );

    let note = json(&hub, &["candidate", "note", id(&made), "Knows her engines", "--author", id(&user)]);
    shown(&hub, &["note", "change", id(&note), "--text", "Built some, too"]);
    let notes = shown(&hub, &["note", "list", "--candidate", id(&made)]);
    assert!(notes.contains("Built some, too") && notes.contains("Grace Hopper"), "{notes}");

    let changed = json(
        &hub,
        &[
            "candidate",
            "change",
            id(&made),
            "--phone",
            "+49 30 123",
            "--clear",
            "rating",
            "--external-id",
            "ats=",
        ],
    );
    assert_eq!((&changed["phone"], &changed["rating"]), (&json!("+49 30 123"), &Value::Null));
    assert_eq!(changed["full_name"], "Ada Lovelace", "what is not named stays");

    shown(&hub, &["candidate", "erase", id(&made), "--yes"]);
    assert!(!shown(&hub, &["event", "list", "--all", "--json"]).contains("Lovelace"));
    let erased = json(&hub, &["note", "show", id(&note)]);
    assert_eq!((&erased["deleted"], &erased["text"]), (&json!(true), &Value::Null));
}

#[test]
fn a_file_is_uploaded_and_downloaded_byte_for_byte() {
    let hub = Hub::start();
    let home = tempfile::tempdir().unwrap();
    let candidate = json(&hub, &["candidate", "add", "Ada Lovelace"]);
    let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let [cv, copy] = ["cv.pdf", "copy.pdf"].map(|name| home.path().join(name));
    std::fs::write(&cv, &bytes).unwrap();

    let file = json(&hub, &["file", "add", id(&candidate), cv.to_str().unwrap(), "--purpose", "resume"]);
    assert_eq!((&file["name"], &file["content_type"]), (&json!("cv.pdf"), &json!("application/pdf")));
    assert_eq!((&file["size_bytes"], &file["stored"]), (&json!(10_000), &json!(true)));
    shown(&hub, &["file", "download", id(&file), "--to", copy.to_str().unwrap()]);
    assert_eq!(std::fs::read(&copy).unwrap(), bytes);

    let link = json(&hub, &["file", "add", id(&candidate), "--link", "https://example.com/letter.txt"]);
    assert_eq!(link["name"], "letter.txt");
    assert_eq!(ids(&json(&hub, &["file", "list", "--candidate", id(&candidate)])), [id(&link), id(&file)]);
    shown(&hub, &["file", "remove", id(&link)]);
    assert!(shown(&hub, &["file", "show", id(&link)]).contains("deleted"));
    assert_eq!(ids(&json(&hub, &["file", "list"])), [id(&file)]);
    assert_eq!(ids(&json(&hub, &["file", "list", "--deleted"])), [id(&link), id(&file)]);
    std::fs::write(&copy, vec![0; 8 * 1024 * 1024 + 1]).unwrap();
    assert!(failed(&hub, &["file", "add", id(&candidate), copy.to_str().unwrap()]).contains("8 MiB"));
    assert_eq!(ids(&json(&hub, &["file", "list"])), [id(&file)], "nothing is left of it");
    let beside = home.path().join("not-there.pdf");
    let missing = failed(&hub, &["file", "add", id(&candidate), beside.to_str().unwrap()]);
    assert!(missing.contains("cannot read"), "{missing}");
}

#[test]
fn questions_and_recorded_answers_belong_to_a_job_and_an_application() {
    let hub = Hub::start();
    let job = json(&hub, &["job", "add", "Backend engineer"]);
    let candidate = json(&hub, &["candidate", "add", "Ada Lovelace"]);
    let application = json(&hub, &["application", "add", id(&candidate), "--job", id(&job)]);
    let question =
        json(&hub, &["question", "add", id(&job), "Why this job?", "--time-limit", "3m", "--position", "1"]);
    assert_eq!(question["limit_s"], 180);

    let video = json(
        &hub,
        &[
            "answer-video",
            "add",
            id(&application),
            "--question",
            id(&question),
            "--link",
            "https://video.example.com/7",
            "--length",
            "82s",
            "--recorded-at",
            "2026-11-30T10:00Z",
        ],
    );
    assert_eq!((&video["question_id"], &video["duration_s"]), (&question["id"], &json!(82)));
    assert_eq!(ids(&json(&hub, &["answer-video", "list", "--candidate", id(&candidate)])), [id(&video)]);
    let note = json(&hub, &["note", "add", id(&video), "Look at minute 1"]);
    assert_eq!(note["candidate_id"], candidate["id"]);

    let moved =
        json(&hub, &["application", "move", id(&application), "screening", "--custom", "Phone screen"]);
    assert_eq!(moved["stage"], json!({"parent": "screening", "custom": {"name": "Phone screen"}}));
    let table = shown(&hub, &["application", "list", "--state", "screening", "--job", id(&job)]);
    assert!(table.contains("Phone screen (screening)"), "{table}");
    shown(&hub, &["job", "change", id(&job), "--status", "closed"]);
    assert_eq!(ids(&json(&hub, &["job", "list", "--state", "closed,internal"])), [id(&job)]);
    assert_eq!(ids(&json(&hub, &["job", "list", "--until", "2020-01-01"])), [""; 0]);
}

#[test]
fn a_company_has_settings_and_keys_of_its_own() {
    let hub = Hub::start();
    let change = [
        "settings",
        "change",
        "--name",
        "Acme",
        "--zone",
        "W. Europe Standard Time",
        "--stage",
        "screening:phone:Phone screen",
    ];
    let settings = json(&hub, &change);
    assert_eq!((&settings["name"], &settings["time_zone"]), (&json!("Acme"), &json!("Europe/Berlin")));
    assert_eq!(settings["stages"][0]["parent"], "screening");
    assert_eq!(json(&hub, &["settings", "show"]), settings);
    let mut without_zone = settings.clone();
    without_zone["time_zone"] = Value::Null;
    let cleared = json(&hub, &["settings", "change", "--clear", "time_zone"]);
    for name in ["name", "time_zone", "stages"] {
        assert_eq!(cleared[name], without_zone[name], "{name}");
    }
    assert!(wrong(&hub, &["settings", "change"]).contains("--clear"));

    let other = json(&hub, &["company", "add", "Other"]);
    let key = other["key"]["key"].as_str().unwrap();
    shown(&hub, &["job", "add", "Backend engineer"]);
    let as_other = callboard(&["job", "list"], &[("CALLBOARD_URL", &hub.url), ("CALLBOARD_KEY", key)]);
    assert!(String::from_utf8_lossy(&as_other.stdout).starts_with("no jobs"), "nothing crosses");
    assert!(shown(&hub, &["company", "list"]).contains("Other"));
    let pair = json(&hub, &["key", "add", "old integration", "--scope", "write", "--kind", "skype"]);
    assert!(pair["api_key"].is_string() && pair["api_secret"].is_string(), "{pair}");
}

#[test]
fn a_list_is_walked_page_by_page_or_all_at_once() {
    let hub = Hub::start();
    for number in 0..5 {
        shown(&hub, &["job", "add", &format!("Job {number}")]);
    }
    let page = shown(&hub, &["job", "list", "--limit", "2"]);
    let (_, rest) = page.split_once("--cursor ").unwrap();
    let next = shown(&hub, &["job", "list", "--limit", "2", "--cursor", rest.trim()]);
    assert!(next.contains("Job 2") && next.contains("Job 1") && !next.contains("Job 3"), "{next}");
    let all = json(&hub, &["job", "list", "--all"]);
    assert_eq!((ids(&all).len(), &all["next"]), (5, &Value::Null));
}
