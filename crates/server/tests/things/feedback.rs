use serde_json::{Value, json};

use super::hall::{Hall, OTHER, newest_first};

#[tokio::test]
async fn feedback_is_asked_for_given_changed_and_removed() {
    let hall = Hall::open().await;
    let interview = hall.interview().await;
    let (uma, jon) = (hall.user("uma@example.com").await, hall.user("jon@example.com").await);
    let asked = hall
        .post(
            &format!("/interviews/{interview}/feedback"),
            json!({
                "reviewer_id": uma, "creator_id": jon, "form": { "id": "f", "name": "Panel" },
            }),
        )
        .await
        .is(201);
    let path = format!("/feedback/{}", asked.id());
    assert_eq!(asked.header("location"), format!("/v1{path}"));
    assert_eq!((&asked.body["status"], &asked.body["interview_id"]), (&json!("pending"), &json!(interview)));
    hall.refuses(
        "PUT",
        &path,
        vec![
            (json!({}), 422, "nothing_given"),
            (json!({ "score": 1e10 }), 422, "bad_fact"),
            (json!({ "score": "42" }), 400, "bad_body"),
            (json!({ "reviewer_id": jon }), 400, "bad_body"),
            (json!({ "ratings": [{ "option_id": "o", "rating": 2_000_000_000 }] }), 422, "bad_fact"),
            (json!({ "answers": [{ "question_id": "q" }] }), 400, "bad_body"),
            (
                json!({ "answers": vec![json!({ "question_id": "q", "text": "x" }); 201] }),
                400,
                "list_too_long",
            ),
            (json!({ "ratings": vec![json!({ "option_id": "o", "rating": 1 }); 201] }), 400, "list_too_long"),
            (json!({ "comment": "x".repeat(100_001) }), 400, "too_long"),
        ],
    )
    .await;

    let given = json!({
        "score": 3.5, "comment": "Calm.", "ratings": [{ "option_id": "o", "rating": 4 }],
        "answers": [{ "question_id": "q", "text": "Yes." }],
    });
    let first = hall.put(&path, given).await.is(200);
    assert_eq!((&first.body["status"], &first.body["score"]), (&json!("complete"), &json!(3.5)));
    let changed = hall.put(&path, json!({ "comment": null, "score": 4 })).await.is(200);
    assert_eq!((&changed.body["comment"], &changed.body["score"]), (&Value::Null, &json!(4)));
    assert_eq!(changed.body["ratings"], first.body["ratings"]);

    hall.delete(&path).await.is(204);
    assert_eq!(hall.get(&format!("/interviews/{interview}")).await.body["feedback"], Value::Null);
}

#[tokio::test]
async fn feedback_is_on_an_interview_or_on_an_application() {
    let hall = Hall::open().await;
    let (interview, application) = (hall.interview().await, hall.application("romy@example.com").await);
    let uma = hall.user("uma@example.com").await;
    let theirs = hall.ask(OTHER, "POST", "/users", &json!({ "email": "x@example.com" })).await.id();
    for (body, status, code) in [
        (json!({ "reviewer_id": uma }), 422, "missing_fact"),
        (json!({ "interview_id": interview }), 400, "bad_body"),
        (
            json!({ "interview_id": interview, "application_id": application, "reviewer_id": uma }),
            422,
            "bad_fact",
        ),
        (json!({ "interview_id": interview, "reviewer_id": theirs }), 404, "not_found"),
        (json!({ "interview_id": "int_0000000000001", "reviewer_id": uma }), 404, "not_found"),
        (json!({ "interview_id": interview, "reviewer_id": uma, "score": 1 }), 400, "bad_body"),
    ] {
        hall.post("/feedback", body).await.refused(status, code);
    }
    let elsewhere = json!({ "interview_id": "int_0000000000001", "reviewer_id": uma });
    hall.post(&format!("/interviews/{interview}/feedback"), elsewhere).await.refused(422, "bad_fact");
    assert_eq!(hall.walk("/feedback").await, Vec::<String>::new());

    hall.made("/feedback", json!({ "application_id": application, "reviewer_id": uma })).await;
    hall.made("/feedback", json!({ "interview_id": interview, "reviewer_id": uma })).await;
    let again = json!({ "interview_id": interview, "reviewer_id": uma });
    hall.post("/feedback", again).await.refused(409, "already_assigned");
}

#[tokio::test]
async fn feedback_is_listed_by_interview_application_and_state() {
    let hall = Hall::open().await;
    let application = hall.application("romy@example.com").await;
    let interview = hall.made("/interviews", json!({ "application_id": application })).await;
    let mut made = Vec::new();
    for name in ["a", "b", "c"] {
        let user = hall.user(&format!("{name}@example.com")).await;
        made.push(hall.made("/feedback", json!({ "interview_id": interview, "reviewer_id": user })).await);
    }
    let user = hall.user("d@example.com").await;
    let whole = hall.made("/feedback", json!({ "application_id": application, "reviewer_id": user })).await;
    hall.put(&format!("/feedback/{}", made[1]), json!({ "comment": "Fine." })).await.is(200);

    let of_interview = newest_first(&made.iter().collect::<Vec<_>>());
    assert_eq!(hall.walk(&format!("/feedback?interview={interview}")).await, of_interview);
    assert_eq!(hall.walk(&format!("/interviews/{interview}/feedback")).await, of_interview);
    let all = newest_first(&[&made[0], &made[1], &made[2], &whole]);
    assert_eq!(hall.walk(&format!("/feedback?application={application}")).await, all);
    assert_eq!(hall.walk("/feedback?state=complete").await, vec![made[1].clone()]);
    let below = format!("/interviews/{interview}/feedback");
    assert_eq!(hall.walk(&format!("{below}?state=complete")).await, vec![made[1].clone()]);
    hall.get(&format!("{below}?interview={interview}")).await.refused(400, "bad_query");
}

#[tokio::test]
async fn feedback_is_closed_to_others() {
    let hall = Hall::open().await;
    let (interview, uma) = (hall.interview().await, hall.user("uma@example.com").await);
    let feedback = hall.made("/feedback", json!({ "interview_id": interview, "reviewer_id": uma })).await;
    let changes = [("PUT", "", json!({ "score": 1 })), ("DELETE", "", Value::Null)];
    hall.is_closed_to_others(&format!("/feedback/{feedback}"), &changes).await;
    let assign = json!({ "interview_id": interview, "reviewer_id": uma });
    hall.ask(OTHER, "POST", "/feedback", &assign).await.refused(404, "not_found");
}
