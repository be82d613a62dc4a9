//! A whole interview from a terminal.

use serde_json::{Value, json};

use crate::said::{complaint, failed, id, json, shown, wrong};
use crate::support::Hub;

/// What there is before anyone can be interviewed.
struct Company {
    hub: Hub,
    job: String,
    candidate: String,
    application: String,
    reviewers: [String; 2],
}

impl Company {
    fn start() -> Self {
        let hub = Hub::start();
        let made = |args: &[&str]| id(&json(&hub, args)).to_owned();
        let job = made(&["job", "add", "Backend engineer", "--city", "Berlin", "--status", "published"]);
        let candidate = made(&["candidate", "add", "Ada Lovelace", "--email", "ada@example.com"]);
        let application = made(&["application", "add", &candidate, "--job", &job, "--origin", "referred"]);
        let reviewers = ["grace@example.com", "alan@example.com"]
            .map(|email| made(&["user", "add", email, "--name", &email[..email.find('@').unwrap()]]));
        Self { hub, job, candidate, application, reviewers }
    }

    fn add_interview(&self, more: &[&str]) -> Value {
        let mut add = vec!["interview", "add", "--application", &self.application];
        add.extend(more);
        json(&self.hub, &add)
    }
}

#[test]
fn a_whole_interview_is_held_from_a_terminal() {
    let company = Company::start();
    let Company { hub, application, reviewers: [grace, alan], .. } = &company;

    // given a time of the place, and two who take part
    let both = format!("{application},{grace}");
    let interview = company.add_interview(&[
        "--start",
        "2026-12-01T14:00",
        "--for",
        "45m",
        "--zone",
        "Europe/Berlin",
        "--title",
        "First round",
        "--reviewer",
        grace,
        "--attendees",
        &both,
    ]);
    assert_eq!(
        (&interview["start"], &interview["end"]),
        (&json!("2026-12-01T13:00:00Z"), &json!("2026-12-01T13:45:00Z"))
    );
    assert_eq!(interview["stage"]["value"], "SchedulingCompleted");
    let interview_id = id(&interview);
    let attendees: Vec<&str> =
        interview["attendees"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();

    // when it is moved, given links, answered, joined by two, and ended
    let act = |args: &[&str]| json(hub, &[&["interview"], args].concat());
    let moved = act(&["schedule", interview_id, "--start", "2026-12-02T10:00+01:00", "--for", "1h"]);
    assert_eq!(moved["start"], "2026-12-02T09:00:00Z");
    let links = [
        "--provider",
        "zoom",
        "--join-url",
        "https://zoom.us/j/1",
        "--start-url",
        "https://zoom.us/s/1?zak=t",
    ];
    act(&[&["meeting", "put", interview_id], &links[..]].concat());
    assert!(!shown(hub, &["interview", "show", interview_id]).contains("zak=t"), "a host link is a secret");
    act(&["attendee", "answer", interview_id, attendees[0], "accepted"]);
    act(&["join", interview_id, attendees[0]]);
    assert_eq!(act(&["join", interview_id, attendees[1]])["stage"]["value"], "InterviewStarted");
    json(hub, &["feedback", "assign", interview_id, alan]);
    assert_eq!(act(&["end", interview_id])["stage"]["value"], "FeedbackCollecting");

    // then both reviewers are asked, and what they say comes to an assessment
    let asked = json(hub, &["feedback", "list", "--interview", interview_id, "--state", "pending"]);
    let asked: Vec<&str> = asked["items"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(asked.len(), 2);
    json(
        hub,
        &[
            "feedback",
            "submit",
            asked[0],
            "--score",
            "4",
            "--comment",
            "Thorough",
            "--rating",
            "algorithms=5",
        ],
    );
    let open = shown(hub, &["interview", "assessment", interview_id]);
    assert!(open.contains("pending") && open.contains("open"), "{open}");
    json(hub, &["feedback", "submit", asked[1], "--score", "3.5"]);
    let assessed = shown(hub, &["interview", "assessment", interview_id]);
    for word in ["grace", "alan", "Thorough", "average 3.75", "total 7.5"] {
        assert!(assessed.contains(word), "{word}: {assessed}");
    }
    assert_eq!(act(&["show", interview_id])["stage"]["value"], "FeedbackCompleted");

    // and everything that happened is told, in order
    let timeline = shown(hub, &["interview", "timeline", interview_id]);
    let places: Vec<usize> = [
        "interview.created",
        "InterviewCreated → SchedulingCompleted",
        "interview.meeting.ready",
        "SchedulingCompleted → InterviewStarted",
        "feedback.requested",
        "feedback.submitted",
        "interview.assessed",
    ]
    .iter()
    .map(|word| timeline.find(word).unwrap_or_else(|| panic!("{word}: {timeline}")))
    .collect();
    assert!(places.is_sorted(), "{timeline}");
}

#[test]
fn a_time_is_asked_for_and_an_interview_fails_is_taken_up_again_and_is_cancelled() {
    let company = Company::start();
    let Company { hub, candidate, .. } = &company;
    let interview = json(hub, &["interview", "add", "--candidate", candidate]);
    assert_eq!(interview["application_id"], company.application.as_str(), "the only one they have");
    let stage = |args: &[&str]| json(hub, &[&["interview"], args].concat())["stage"].clone();
    let it = id(&interview);

    assert_eq!(stage(&["ask", it, "candidate_selects"])["text"], "Pending candidate time selection");
    assert_eq!(stage(&["fail", it, "--reason", "nobody answered"])["value"], "SchedulingFailed");
    assert_eq!(stage(&["schedule", it, "--start", "2026-12-02T10:00Z"])["value"], "SchedulingCompleted");
    assert_eq!(stage(&["cancel", it, "--reason", "the job is filled"])["value"], "InterviewCanceled");
    assert!(failed(hub, &["interview", "cancel", it]).contains("already_cancelled"));
    assert_eq!(stage(&["archive", it])["value"], "InterviewArchived");

    let archived = shown(hub, &["interview", "list", "--state", "InterviewArchived", "--job", &company.job]);
    assert!(archived.contains(it), "{archived}");
    assert!(shown(hub, &["interview", "list", "--state", "InterviewStarted"]).starts_with("no interviews"));
}

#[test]
fn of_two_who_change_the_same_version_one_is_told() {
    let company = Company::start();
    let Company { hub, .. } = &company;
    let interview = company.add_interview(&[]);
    let version = interview["version"].to_string();
    let rename = |title: &str| {
        hub.run(&["interview", "change", id(&interview), "--title", title, "--if-match", &version])
    };

    assert_eq!(rename("One").status.code(), Some(0));
    let second = rename("Two");
    assert_eq!(second.status.code(), Some(1));
    assert!(complaint(&second).contains("(outdated)"), "{}", complaint(&second));
    assert_eq!(json(hub, &["interview", "show", id(&interview)])["title"], "One");
}

#[test]
fn what_only_shows_when_options_are_seen_together_is_a_wrong_use_too() {
    let hub = Hub::start();
    for (args, word) in [
        (&["interview", "add", "--deadline", "2026-12-01T14:00"][..], "--zone"),
        (&["interview", "add", "--deadline", "2026-12-01T14:00", "--zone", "Mars/Olympus"], "Mars/Olympus"),
        (&["interview", "add", "--attendees", "nobody"], "nobody"),
        (&["interview", "add", "--for", "45m"], "--start"),
        (&["interview", "schedule", "int_0s9tkcqqw0001"], "--start"),
        (&["candidate", "erase", "can_0s9tkcqqw0001"], "--yes"),
        (&["feedback", "assign", "job_0s9tkcqqw0001", "usr_0s9tkcqqw0001"], "int_"),
        (&["note", "add", "job_0s9tkcqqw0001", "text"], "can_"),
        (&["feedback", "submit", "fdbk_0s9tkcqqw0001", "--rating", "good"], "OPTION=POINTS"),
    ] {
        assert!(wrong(&hub, args).contains(word), "{args:?}");
    }
}
