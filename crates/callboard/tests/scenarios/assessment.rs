//! LaunchPad's Candidate Assessment Status (seed 001): sent when all assigned reviewers have scored, and again when one
//! changes a score.

use serde_json::{Value, json};

use crate::company::{Company, body};
use crate::support::ear::Ear;

/// What the partner has been told so far about the result.
fn told(company: &Company, partner: &Ear) -> Vec<Value> {
    company.hub.settle();
    partner.heard().iter().map(body).collect()
}

#[test]
fn the_callback_comes_with_the_last_score_and_again_with_a_changed_one_and_a_fourth_reviewer_reopens_it() {
    // Given three assigned reviewers, and an interview that is over
    let company = Company::open();
    let partner = Ear::open("launchpad");
    partner.subscribe(&company.hub, &json!({"events": ["interview.assessed"]}));
    let interview = company.interview(&json!({"external_ids": {"launchpad": "123"}}));
    let names = ["adumbledore", "mmcgonagall", "ssnape"];
    let feedback: Vec<String> =
        names.iter().map(|name| company.assign(&interview, &company.user(name))).collect();
    company.act(&interview, "start", &json!({}));
    company.act(&interview, "end", &json!({}));

    // When the first two have scored, nothing is told
    company.score(&feedback[0], 50.0, "Reviewer 1 comment");
    company.score(&feedback[1], 50.0, "Reviewer 2 comment");
    assert_eq!(told(&company, &partner), Vec::<Value>::new());

    // With the third, the callback comes, as in the documentation
    company.score(&feedback[2], 50.0, "Reviewer 3 comment");
    let first = told(&company, &partner);
    assert_eq!(first.len(), 1);
    let reviewer = |number: usize| {
        let (name, comment) = (names[number - 1], format!("Reviewer {number} comment"));
        json!({"email": format!("{name}@hogwarts.com"), "score": "50", "comment": comment})
    };
    assert_eq!(
        first[0]["result_details"],
        json!({
            "status": "reviewed", "average_score": "50", "total_score": "150",
            "reviewers": [reviewer(1), reviewer(2), reviewer(3)],
        })
    );
    assert_eq!(first[0]["candidate"]["custom_invite_id"], "123test");
    assert_eq!(first[0]["interview"], json!({"id": "123"}));
    assert_eq!(first[0]["overall_status"], json!({"status": "Completed"}), "it is the only interview");

    // And again with a changed score, but not with the same one
    company.score(&feedback[0], 80.0, "Reviewer 1 comment");
    company.score(&feedback[0], 80.0, "Reviewer 1 comment");
    let second = told(&company, &partner);
    assert_eq!(second.len(), 2);
    assert_eq!(second[1]["result_details"]["average_score"], "60");
    assert_eq!(second[1]["result_details"]["total_score"], "180");

    // A fourth reviewer opens it again: a change of the others' is not told until the fourth has scored
    let fourth = company.assign(&interview, &company.user("rhagrid"));
    let path = format!("/v1/interviews/{interview}/assessment");
    assert_eq!(company.hub.get(&path)["status"], "open");
    company.score(&feedback[1], 60.0, "On reflection");
    assert_eq!(told(&company, &partner).len(), 2);
    company.score(&fourth, 10.0, "I shouldn't have said that");
    let third = told(&company, &partner);
    assert_eq!(third.len(), 3);
    assert_eq!(third[2]["result_details"]["average_score"], "50");
    assert_eq!(third[2]["result_details"]["total_score"], "200");
    assert_eq!(third[2]["result_details"]["reviewers"].as_array().unwrap().len(), 4);
    assert_eq!(company.hub.get(&path)["status"], "assessed");
    partner.assert_sound();
}

#[test]
fn the_whole_stays_in_progress_until_every_interview_that_was_not_cancelled_is_assessed() {
    // Given a candidate with three interviews, each with one reviewer
    let company = Company::open();
    let partner = Ear::open("launchpad");
    partner.subscribe(&company.hub, &json!({"events": ["interview.assessed"]}));
    let reviewer = company.user("mmcgonagall");
    let interviews: Vec<String> = (0..3).map(|_| company.interview(&json!({}))).collect();
    let feedback: Vec<String> = interviews.iter().map(|it| company.assign(it, &reviewer)).collect();

    // When the first is assessed, the third is cancelled, and the second is assessed
    company.score(&feedback[0], 7.0, "");
    company.act(&interviews[2], "cancel", &json!({"reason": "no longer needed"}));
    company.score(&feedback[1], 8.0, "");

    // Then it is completed with the second
    let overall: Vec<Value> =
        told(&company, &partner).iter().map(|it| it["overall_status"]["status"].clone()).collect();
    assert_eq!(overall, ["In Progress", "Completed"]);
}
