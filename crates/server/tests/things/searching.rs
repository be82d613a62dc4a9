use std::sync::Arc;

use callboard_core::{Candidate, CandidateId, Entity, Identifier, Interview, InterviewId};
use callboard_server::limits::SEARCHED_ROWS;
use serde_json::{Value, json};

use super::hall::{Answer, Hall, NOW, OTHER, READER};

impl Hall {
    async fn search(&self, body: Value) -> Answer {
        self.ask(READER, "POST", "/search", &body).await
    }

    /// The ids that are found by a text, on one page.
    async fn find(&self, text: &str) -> Vec<String> {
        let found = self.search(json!({ "text": text })).await.is(200);
        assert_eq!(found.body["next"], Value::Null, "{}", found.body);
        found.ids()
    }

    /// Goes from page to page. Answers the ids, and how many pages there were.
    async fn find_all(&self, text: &str, limit: usize) -> (Vec<String>, usize) {
        let (mut all, mut cursor) = (Vec::new(), Value::Null);
        for pages in 1..100 {
            let asked = json!({ "text": text, "limit": limit, "cursor": cursor });
            let page = self.search(asked).await.is(200);
            assert!(page.ids().len() <= limit, "{}", page.body);
            all.extend(page.ids());
            cursor = page.body["next"].clone();
            if cursor.is_null() {
                return (all, pages);
            }
        }
        panic!("a search for {text} has no end");
    }
}

/// A candidate with an interview, and the application between them.
async fn scene(hall: &Hall) -> [String; 3] {
    let job = hall.made("/jobs", json!({ "title": "Night porter" })).await;
    let person = json!({ "full_name": "Åsa ØSTBY", "email": "asa@example.com", "external_ids": { "hirehive": "p-9" } });
    let candidate = hall.made("/candidates", person).await;
    let applies = json!({ "candidate_id": candidate, "job_id": job, "external_ids": { "hirehive": "a-9" }, "stage": "screening" });
    let application = hall.made("/applications", applies).await;
    let interview = json!({
        "title": "Second Rehearsal", "application_id": application, "external_ids": { "skype": "RENE2010" },
        "start": "2026-03-09T10:00:00Z", "end": "2026-03-09T11:00:00Z",
    });
    let interview = hall.made("/interviews", interview).await;
    [candidate, application, interview]
}

#[tokio::test]
async fn an_interview_and_a_candidate_are_found_by_whatever_is_known_of_them() {
    let hall = Hall::open().await;
    let [candidate, application, interview] = scene(&hall).await;
    hall.candidate("romy@example.com").await;
    hall.interview().await;

    for exactly in [&candidate, "hirehive:p-9", "p-9", "asa@example.com", " ASA@Example.com ", "øst", "åSA ø"]
    {
        assert_eq!(hall.find(exactly).await, [candidate.as_str()], "{exactly}");
    }
    for exactly in [&interview, "skype:RENE2010", "RENE2010", "second reh", "REHEARSAL"] {
        assert_eq!(hall.find(exactly).await, [interview.as_str()], "{exactly}");
    }
    for exactly in [&application, "hirehive:a-9", "a-9"] {
        assert_eq!(hall.find(exactly).await, [interview.clone(), candidate.clone()], "{exactly}");
    }
    for nothing in ["p-", "hirehive:p", "rene2010x", "sa@example.com", "Øst%", "_st", "' OR 1=1 --", "int_"]
    {
        assert_eq!(hall.find(nothing).await, Vec::<String>::new(), "{nothing}");
    }
    let number = candidate.strip_prefix("can_").unwrap();
    assert_eq!(hall.find(&format!("int_{number}")).await, Vec::<String>::new(), "there is no such interview");
}

#[tokio::test]
async fn what_is_found_says_enough_for_a_line_in_a_list() {
    let hall = Hall::open().await;
    let [candidate, application, interview] = scene(&hall).await;
    let by_title = hall.search(json!({ "text": "rehearsal" })).await.is(200).body["items"][0].clone();
    let by_name = hall.search(json!({ "text": "Østby" })).await.is(200).body["items"][0].clone();

    for (found, kind, id) in [(&by_title, "interview", &interview), (&by_name, "candidate", &candidate)] {
        assert_eq!((&found["kind"], &found["id"]), (&json!(kind), &json!(id)));
        assert_eq!((&found["candidate_id"], &found["candidate"]), (&json!(candidate), &json!("Åsa ØSTBY")));
        assert_eq!((&found["application_id"], &found["job"]), (&json!(application), &json!("Night porter")));
        assert!(found["job_id"].is_string() && found["created_at"] == NOW, "{found}");
    }
    assert_eq!(
        (&by_title["title"], &by_title["at"]),
        (&json!("Second Rehearsal"), &json!("2026-03-09T10:00:00Z"))
    );
    assert_eq!(by_title["external_ids"], json!({ "skype": "RENE2010" }));
    assert_eq!(
        (&by_name["state"], &by_name["external_ids"]),
        (&json!("screening"), &json!({ "hirehive": "p-9" }))
    );
    let theirs = &by_name["interviews"];
    assert_eq!((theirs.as_array().unwrap().len(), &theirs[0]["id"]), (1, &json!(interview)));
    assert_eq!((&theirs[0]["state"], &theirs[0]["at"]), (&by_title["state"], &by_title["at"]));

    let alone = hall.made("/candidates", json!({ "first_name": "Ida", "last_name": "Vale" })).await;
    assert_eq!(hall.find("ida vale").await, [alone], "names in parts are found as they are shown");
}

#[tokio::test]
async fn pages_show_what_is_found_exactly_first_and_everything_once() {
    // Given some that have the text in their names, among others, and two that are called by it
    let hall = Hall::open().await;
    let mut expected = Vec::new();
    for number in 0..7 {
        for name in [format!("Vale {number}"), format!("Reed {number}")] {
            let candidate = hall.made("/candidates", json!({ "full_name": name })).await;
            let interview = hall.made("/interviews", json!({ "title": format!("With {name}") })).await;
            expected.extend([candidate, interview].into_iter().filter(|_| name.starts_with("Vale")));
        }
    }
    let title = json!({ "title": "vale", "external_ids": { "hirehive": "vale" } });
    expected.push(hall.made("/interviews", title).await);
    let name = json!({ "full_name": "Ida Reed", "external_ids": { "hirehive": "vale" } });
    expected.push(hall.made("/candidates", name).await);
    let newest = hall.made("/interviews", json!({ "title": "The last of Vale" })).await;
    expected.insert(expected.len() - 2, newest);
    expected.reverse();

    // Then
    for limit in [1, 2, 3, 5, 8, 16, 17, 18, 200] {
        assert_eq!(hall.find_all("vale", limit).await.0, expected, "{limit} at a time");
    }
}

#[tokio::test]
async fn a_name_far_back_is_found_by_going_on_and_no_page_looks_at_everything() {
    // Given twice as many candidates as are looked at at once, with an interview among them, and two that are older than all
    let person = |number: usize, name: &str| {
        let mut candidate = Candidate::new(CandidateId::from_raw(number as u64));
        candidate.full_name = Some(name.to_owned());
        Entity::Candidate(Arc::new(candidate))
    };
    let held = |number: usize| {
        let mut interview = Interview::new(InterviewId::from_raw(number as u64));
        interview.title = Some("For Mira".to_owned());
        Entity::Interview(Arc::new(interview))
    };
    let among = 2 * SEARCHED_ROWS + 1;
    let others = (10..10 + 2 * SEARCHED_ROWS).map(|number| person(2 * number, "Somebody Else"));
    let hall = Hall::holding(others.chain([person(1, "Mira Kjær"), held(3), held(among)])).await;

    // When
    let first = hall.search(json!({ "text": "mira" })).await.is(200);

    // Then
    assert_eq!((first.ids(), first.body["next"].is_string()), (Vec::new(), true), "{}", first.body);
    let interviews = [among, 3].map(|number| InterviewId::from_raw(number as u64).to_string());
    let expected = [interviews[0].clone(), interviews[1].clone(), CandidateId::from_raw(1).to_string()];
    assert_eq!(hall.find_all("mira", 50).await, (expected.to_vec(), 3));
}

#[tokio::test]
async fn what_was_removed_and_who_was_erased_is_not_found() {
    let hall = Hall::open().await;
    let [candidate, _, interview] = scene(&hall).await;
    let removed =
        hall.made("/candidates", json!({ "full_name": "Ida Removed", "email": "ida@example.com" })).await;
    hall.delete(&format!("/candidates/{removed}")).await.is(204);
    for text in ["ida@example.com", "Removed", &removed] {
        assert_eq!(hall.find(text).await, Vec::<String>::new(), "{text}");
    }
    let erase = format!("/candidates/{candidate}/erase");
    hall.ask(super::hall::ADMIN, "POST", &erase, &json!({})).await.is(200);
    for text in ["asa@example.com", "p-9", "Østby", &candidate] {
        assert_eq!(hall.find(text).await, Vec::<String>::new(), "{text}");
    }
    let left = hall.search(json!({ "text": interview })).await.is(200).body["items"][0].clone();
    assert_eq!((&left["id"], &left["candidate"]), (&json!(interview), &Value::Null), "{left}");
}

#[tokio::test]
async fn another_company_finds_nothing_of_it() {
    let hall = Hall::open().await;
    let [candidate, application, interview] = scene(&hall).await;
    let known = [
        &candidate,
        &application,
        &interview,
        "hirehive:p-9",
        "a-9",
        "RENE2010",
        "asa@example.com",
        "s",
        "ø",
    ];
    for text in known {
        assert!(!hall.find(text).await.is_empty(), "{text}");
        let found = hall.ask(OTHER, "POST", "/search", &json!({ "text": text })).await.is(200);
        assert_eq!(found.body, json!({ "items": [], "next": null }), "{text}");
    }
}

#[tokio::test]
async fn a_search_that_says_nothing_of_use_is_refused() {
    let hall = Hall::open().await;
    let refused = [
        (json!({}), "bad_body"),
        (json!({ "text": 7 }), "bad_body"),
        (json!({ "text": "x", "texts": "y" }), "bad_body"),
        (json!({ "text": "" }), "bad_text"),
        (json!({ "text": " \n" }), "bad_text"),
        (json!({ "text": "a\u{0}b" }), "bad_text"),
        (json!({ "text": "é".repeat(1_001) }), "too_long"),
        (json!({ "text": "x", "limit": 0 }), "bad_limit"),
        (json!({ "text": "x", "limit": 201 }), "bad_limit"),
        (json!({ "text": "x", "limit": -1 }), "bad_limit"),
        (json!({ "text": "x", "limit": 1.5 }), "bad_body"),
        (json!({ "text": "x", "cursor": "" }), "bad_cursor"),
        (json!({ "text": "x", "cursor": "é0000000000000000" }), "bad_cursor"),
        (json!({ "text": "x", "cursor": "n+000000000000001" }), "bad_cursor"),
        (json!({ "text": "x", "cursor": "n00000000000000001" }), "bad_cursor"),
        (json!({ "text": "x", "cursor": "nFFFFFFFFFFFFFFFF" }), "bad_cursor"),
        (json!({ "text": "x", "cursor": "can_0000000000001" }), "bad_cursor"),
    ];
    for (body, code) in refused {
        hall.search(body).await.refused(400, code);
    }
    hall.search(json!({ "text": "x", "limit": 2.0 })).await.is(200);
    hall.ask("cbk_nobody", "POST", "/search", &json!({ "text": "x" })).await.is(401);
    for cursor in ["nffffffffffffffff", "effffffffffffffff", "n0000000000000000", "e0000000000000000"] {
        let found = hall.search(json!({ "text": "é".repeat(1_000), "cursor": cursor })).await.is(200);
        assert_eq!(found.body, json!({ "items": [], "next": null }), "{cursor}");
    }
}
