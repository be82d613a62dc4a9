//! LaunchPad's two callbacks, read and written (seeds 000 and 001, platforms.md 4).

#![expect(clippy::unwrap_used, reason = "a test may take its samples for granted")]

mod wire;

use callboard_core::{
    Application, ApplicationId, ApplicationStage, Assessment, Candidate, CandidateId, CompanyId, Event,
    EventType, FeedbackId, HostLink, IdMint, Identifier, Interview, InterviewId, Meeting, News,
    OverallStatus, ParentStage, Person, ReviewerScore, Score, Snapshot, SourceId, Teller, Timestamp, World,
    decide,
};
use callboard_dialects::Recipient;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;
use wire::{event, fixture, pretty, speaking, told};

const TO: Recipient<'static> =
    Recipient { url: "https://partner-url.com/callback", public_url: "https://callboard.example" };

const READABLE: [&str; 6] = [
    "seed_001_assessment_status",
    "zoom_link_join_url",
    "zoom_link_candidate_url",
    "zoom_link_numbers",
    "assessment_status_numbers",
    "assessment_status_no_numbers",
];

fn news_of(body: &[u8]) -> News {
    speaking("launchpad").parse(body).unwrap().observations.remove(0).news
}

fn said(body: &[u8]) -> String {
    speaking("launchpad").parse(body).unwrap_err().0
}

fn written(event: &Event) -> Vec<u8> {
    let mut bodies = speaking("launchpad").render(event, &TO);
    assert_eq!(bodies.len(), 1);
    bodies.remove(0)
}

/// Harry's interview of seed 000, as it is known before the hub has told anyone.
fn invited() -> (Candidate, Application, Interview) {
    let mut candidate = Candidate::new(CandidateId::from_raw(2));
    candidate.external_ids.note("launchpad", SourceId::from_raw(9), "cnd_chuvacheness123");
    candidate.first_name = Some("harry".to_owned());
    candidate.last_name = Some("potter".to_owned());
    candidate.email = Some("hpotter@hogwarts.com".to_owned());
    let mut application = Application::new(ApplicationId::from_raw(3));
    application.custom_invite_id = Some("123test".to_owned());
    let mut interview = Interview::new(InterviewId::from_raw(4));
    interview.external_ids.note("launchpad", SourceId::from_raw(9), "123");
    interview.start = Some("2018-01-24T14:45:00Z".parse().unwrap());
    interview.end = Some("2018-01-24T15:15:00Z".parse().unwrap());
    interview.meeting = Some(Meeting {
        join_url: Some("https://launchpadrecruitsapp.com/live_candidate/asdbaedasda".to_owned()),
        start_url: Some(HostLink("https://launchpad.zoom.us/s/331305421?zak=eyJ".to_owned())),
        provider: None,
        id: Some("456".to_owned()),
    });
    (candidate, application, interview)
}

fn known((candidate, application, interview): (Candidate, Application, Interview)) -> Snapshot {
    Snapshot {
        candidate: Some(candidate.into()),
        application: Some(application.into()),
        interview: Some(interview.into()),
        ..Snapshot::default()
    }
}

fn scored(raw: u64, email: &str, points: f64, comment: Option<&str>) -> ReviewerScore {
    ReviewerScore {
        feedback_id: FeedbackId::from_raw(raw),
        reviewer: Person { email: Some(email.to_owned()), ..Person::default() },
        score: Score::from_f64(points).unwrap(),
        comment: comment.map(str::to_owned),
    }
}

#[test]
fn both_callbacks_are_read_in_either_spelling_as_texts_or_as_numbers() {
    for name in READABLE {
        let reading = speaking("launchpad").parse(&fixture(&format!("launchpad/{name}.json"))).unwrap();
        insta::assert_snapshot!(format!("launchpad_reads_{name}"), told(&reading));
    }
}

#[test]
fn the_two_spellings_of_the_links_mean_the_same() {
    let meeting = |name: &str| match news_of(&fixture(&format!("launchpad/{name}.json"))) {
        News::Meeting { meeting, .. } => (meeting.join_url.unwrap(), meeting.start_url.unwrap()),
        other => panic!("{other:?}"),
    };
    assert_eq!(meeting("zoom_link_join_url"), meeting("zoom_link_candidate_url"));
}

#[test]
fn an_end_that_is_not_told_follows_from_the_duration() {
    let News::Meeting { interview, .. } = news_of(&fixture("launchpad/zoom_link_numbers.json")) else {
        panic!()
    };
    assert_eq!(interview.told.end, Some("2018-01-24T15:15:00Z".parse().unwrap()));
}

#[test]
fn numbers_and_times_that_make_no_sense_are_not_known_rather_than_wrong() {
    let body = fixture("launchpad/assessment_status_no_numbers.json");
    let reading = speaking("launchpad").parse(&body).unwrap();
    assert_eq!(reading.observations[0].at, None, "there is no 30 February");
    let News::Assessed { scores, average, total, .. } = news_of(&body) else { panic!() };
    assert_eq!((average, total, scores[0].score), (None, None, None));
    assert_eq!(scores[0].comment.as_deref(), Some("Reviewer 1 comment"));
}

#[test]
fn overall_status_may_be_an_object_a_text_or_absent() {
    let status = |text: &str| {
        let body = format!(r#"{{"interview":{{"id":1,"join_url":"https://x"}}{text}}}"#);
        let News::Meeting { overall_status, .. } = news_of(body.as_bytes()) else { panic!() };
        overall_status
    };
    assert_eq!(status(""), None);
    assert_eq!(status(r#","overall_status":null"#), None);
    assert_eq!(status(r#","overall_status":"Completed""#), Some(OverallStatus::Completed));
    assert_eq!(
        status(r#","overall_status":{"since":1,"status":"In Progress"}"#),
        Some(OverallStatus::InProgress)
    );
    assert_eq!(
        status(r#","overall_status":{"status":"Paused"}"#),
        Some(OverallStatus::Other("Paused".to_owned()))
    );
}

#[test]
fn the_samples_that_are_no_json_are_unreadable_and_say_so() {
    for name in [
        "seed_000_zoom_link",
        "seed_000_candidate_snippet",
        "seed_000_interview_snippet",
        "seed_000_metadata_snippet",
        "seed_001_candidate_snippet",
        "seed_001_interview_snippet",
        "seed_001_result_details_snippet",
        "seed_001_reviewers_snippet",
        "seed_001_metadata_snippet",
        "seed_001_overall_status_snippet",
    ] {
        let said = said(&fixture(&format!("launchpad/{name}.txt")));
        assert!(said.contains("key must be a string") && said.contains("line 2"), "{name}: {said}");
    }
}

#[test]
fn the_sample_of_seed_000_is_read_once_its_doubled_brace_is_gone() {
    let sample = String::from_utf8(fixture("launchpad/seed_000_zoom_link.txt")).unwrap();
    let News::Meeting { interview, of, meeting, .. } = news_of(sample.replacen("{\n", "", 1).as_bytes())
    else {
        panic!()
    };
    assert_eq!(interview.external_id.as_deref(), Some("123/123test"));
    assert_eq!(of.job.unwrap().external_id.as_deref(), Some("123"));
    assert_eq!(of.application.unwrap().external_id.as_deref(), Some("123test"));
    assert_eq!(of.candidate.unwrap().external_id.as_deref(), Some("cnd_chuvacheness123"));
    assert!(meeting.is_ready());
}

#[test]
fn two_who_are_invited_to_one_assessment_have_an_interview_each_and_are_told_on_under_its_name() {
    // Given the link of one candidate, and that of another who was invited to the same assessment
    let first = String::from_utf8(fixture("launchpad/zoom_link_join_url.json")).unwrap();
    let second = first
        .replace("cnd_chuvacheness123", "cnd_2")
        .replace("hpotter", "hgranger")
        .replace("123test", "124test");
    let teller = Teller {
        company: CompanyId::from_raw(1),
        source: Some(SourceId::from_raw(2)),
        platform: "launchpad",
        received_at: "2018-01-24T15:00:00Z".parse().unwrap(),
    };
    let (mut world, mut mint) = (World::default(), IdMint::new(1, 0));
    let mut ready = Vec::new();
    for body in [first, second] {
        let decision = decide(
            &world,
            &speaking("launchpad").parse(body.as_bytes()).unwrap().observations[0],
            &teller,
            &mut mint,
        );
        world.apply(&decision);
        ready.extend(decision.events.into_iter().filter(|it| it.kind == EventType::InterviewMeetingReady));
    }

    // Then these are two interviews of two people for one job
    let [one, other] = &ready[..] else { panic!("{ready:?}") };
    let ids = |event: &Event| {
        let data = &event.data;
        (
            data.interview.as_ref().unwrap().id,
            data.candidate.as_ref().unwrap().id,
            data.job.as_ref().unwrap().id,
        )
    };
    assert_ne!(ids(one).0, ids(other).0);
    assert_ne!(ids(one).1, ids(other).1);
    assert_eq!(ids(one).2, ids(other).2);
    // And whoever is told in LaunchPad's words sees the assessment's own id
    for event in &ready {
        let body: Value = serde_json::from_slice(&written(event)).unwrap();
        assert_eq!(body["interview"]["id"], "123");
    }
}

#[test]
fn what_is_none_of_the_two_says_what_it_is() {
    for (body, why) in [
        ("{}", "neither links to join an interview nor `result_details`"),
        ("null", "no callback of LaunchPad"),
        (r#"{"status":"question"}"#, "neither links to join an interview nor `result_details`"),
        (r#"{"interview":{"join_url":"https://x"}}"#, "no `interview.id`"),
        (r#"{"result_details":{}}"#, "no `interview.id`"),
        (r#"{"interview":{"id":"1","id":"2"}}"#, "duplicate field `id`"),
        (r#"{"interview":{"id":{},"join_url":"https://x"}}"#, "expected a text or a number"),
        (r#"{"interview":{"id":1e999}}"#, "number out of range"),
    ] {
        let said = said(body.as_bytes());
        assert!(said.contains(why), "{body}: {said}");
    }
}

#[test]
fn why_a_body_is_unreadable_never_repeats_a_host_s_link() {
    let link = r#"https://launchpad.zoom.us/s/1?zak=\"eyJ\""#;
    for body in [
        format!(r#"{{"interview":"{link}"}}"#),
        format!(r#"{{"interview":{{"start_url":"{link}"}},"result_details":"{link}"}}"#),
        format!(r#""{link}""#),
    ] {
        let said = said(body.as_bytes());
        assert!(said.contains("string …, expected an object at line 1") && !said.contains("zoom"), "{said}");
    }
}

#[test]
fn a_meeting_is_written_with_both_spellings_and_every_scalar_a_text() {
    let body = written(&event(EventType::InterviewMeetingReady, known(invited())));
    insta::assert_snapshot!(pretty(&body));
}

#[test]
fn an_assessment_is_written_as_in_seed_001() {
    let assessment = Assessment {
        average: Score::from_points(50),
        total: Score::from_points(150),
        reviewers: vec![
            scored(1, "adumbledore@hogwarts.com", 50.0, Some("Reviewer 1 comment")),
            scored(2, "mmcgonagall@hogwarts.com", 50.0, Some("Reviewer 2 comment")),
            scored(3, "ssnape@hogwarts.com", 50.0, Some("Reviewer 3 comment")),
        ],
        overall_status: OverallStatus::InProgress,
    };
    let (mut candidate, application, interview) = invited();
    candidate.external_ids = Candidate::new(candidate.id).external_ids;
    candidate.external_ids.note("launchpad", SourceId::from_raw(9), "cnd_71419fjasdfsdak123");
    let data = Snapshot { assessment: Some(assessment), ..known((candidate, application, interview)) };
    let at: Timestamp = "2018-01-24T15:25:00Z".parse().unwrap();

    let body = written(&Event { timestamp: at, ..event(EventType::InterviewAssessed, data) });

    let without_space = |text: &str| text.split_whitespace().collect::<String>();
    let seed = String::from_utf8(fixture("launchpad/seed_001_assessment_status.json")).unwrap();
    assert_eq!(without_space(&String::from_utf8(body).unwrap()), without_space(&seed));
}

#[test]
fn what_is_always_present_is_there_as_an_empty_text_when_it_is_not_known() {
    let mut interview = Interview::new(InterviewId::from_raw(4));
    interview.meeting = Some(Meeting { join_url: Some("https://x".to_owned()), ..Meeting::default() });
    let data = Snapshot { interview: Some(interview.into()), ..Snapshot::default() };
    insta::assert_snapshot!(pretty(&written(&event(EventType::InterviewMeetingReady, data))));
}

#[test]
fn a_link_to_join_a_decided_application_s_interview_is_told_as_completed() {
    let (candidate, mut application, interview) = invited();
    application.stage = Some(ApplicationStage { parent: ParentStage::Hired, custom: None });
    let body = written(&event(EventType::InterviewMeetingReady, known((candidate, application, interview))));
    let News::Meeting { overall_status, .. } = news_of(&body) else { panic!() };
    assert_eq!(overall_status, Some(OverallStatus::Completed));
}

#[test]
fn events_that_launchpad_has_no_word_for_are_not_told() {
    for kind in EventType::KNOWN {
        let bodies = speaking("launchpad").render(&event(kind.clone(), known(invited())), &TO);
        assert_eq!(bodies.len(), usize::from(*kind == EventType::InterviewMeetingReady), "{kind}");
    }
    let (candidate, application, mut interview) = invited();
    interview.meeting = None;
    let data = known((candidate, application, interview));
    assert!(speaking("launchpad").render(&event(EventType::InterviewMeetingReady, data), &TO).is_empty());
}

fn text() -> impl Strategy<Value = Option<String>> {
    of("[!-~][ -~äß]{0,8}[!-~]")
}

fn minute() -> impl Strategy<Value = Option<Timestamp>> {
    of((0_i64..4_000_000_000_000).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap()))
}

prop_compose! {
    fn meeting_ready()(first_name in text(), last_name in text(), email in text(), invite in text(),
                       start in minute(), end in minute(), join_url in "https://[a-z]{1,9}", start_url in text(),
                       id in text()) -> (Candidate, Application, Interview) {
        let (candidate, application, interview) = invited();
        let start_url = start_url.map(HostLink);
        let meeting = Some(Meeting { join_url: Some(join_url), start_url, provider: None, id });
        (
            Candidate { first_name, last_name, email, ..candidate },
            Application { custom_invite_id: invite, ..application },
            Interview { start, end, meeting, ..interview },
        )
    }
}

proptest! {
    #[test]
    fn a_meeting_reads_back_as_it_was_written((candidate, application, interview) in meeting_ready()) {
        let data = known((candidate.clone(), application.clone(), interview.clone()));
        let body = written(&event(EventType::InterviewMeetingReady, data));
        let News::Meeting { interview: told, of, meeting, .. } = news_of(&body) else { panic!() };
        let invite = application.custom_invite_id.unwrap_or_else(|| application.id.to_string());
        prop_assert_eq!(told.external_id, Some(format!("123/{invite}")));
        prop_assert_eq!((told.told.start, told.told.end), (interview.start, interview.end));
        prop_assert_eq!(Some(meeting), interview.meeting);
        let who = of.candidate.unwrap();
        prop_assert_eq!(who.external_id.as_deref(), Some("cnd_chuvacheness123"));
        prop_assert_eq!(
            (who.told.first_name, who.told.last_name, who.told.email),
            (candidate.first_name, candidate.last_name, candidate.email)
        );
        prop_assert_eq!(of.application.unwrap().told.custom_invite_id, Some(invite));
    }

    #[test]
    fn an_assessment_reads_back_as_it_was_written(
        scores in prop::collection::vec(("[a-z]{1,5}@[a-z]{1,5}", -1e6..1e6, text()), 0..5), completed: bool,
    ) {
        let reviewers: Vec<_> =
            scores.iter().map(|(email, points, comment)| scored(1, email, *points, comment.as_deref())).collect();
        let total = Score::total(reviewers.iter().map(|it| it.score));
        let average = Score::mean(reviewers.iter().map(|it| it.score)).unwrap_or(total);
        let status = if completed { OverallStatus::Completed } else { OverallStatus::InProgress };
        let assessment = Assessment { average, total, reviewers: reviewers.clone(), overall_status: status.clone() };
        let data = Snapshot { assessment: Some(assessment), ..known(invited()) };

        let body = written(&event(EventType::InterviewAssessed, data));

        let News::Assessed { scores, average: mean, total: sum, overall_status, .. } = news_of(&body) else { panic!() };
        prop_assert_eq!((mean, sum, overall_status), (Some(average), Some(total), Some(status)));
        let told: Vec<_> = scores.into_iter().map(|it| (it.reviewer, it.score, it.comment)).collect();
        let known: Vec<_> = reviewers.into_iter().map(|it| (it.reviewer, Some(it.score), it.comment)).collect();
        prop_assert_eq!(told, known);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
        let _ = speaking("launchpad").parse(&bytes);
    }

    #[test]
    fn no_change_to_a_sample_makes_the_reader_panic(
        name in select(&READABLE), edits in prop::collection::vec((any::<Index>(), any::<u8>(), 0..4_u8), 1..6),
    ) {
        let mut body = fixture(&format!("launchpad/{name}.json"));
        for (at, byte, edit) in edits {
            let at = at.index(body.len());
            match edit {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                2 => drop(body.remove(at)),
                _ => body.extend_from_within(at..),
            }
        }
        let _ = speaking("launchpad").parse(&body);
    }
}
