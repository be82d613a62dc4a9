//! What a receiver takes, what it turns away, and how it puts into words what it heard.

use callboard_simulate::{Answer, Listening, Platform, Playing, Said, Stories, Story, Verdict};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::{now, play, playing, receiver, verifying};

/// Sends a request as it stands and reads the status line of the answer.
async fn status_of(address: std::net::SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The receiver may answer, and hang up, before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

fn post(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST /hook?a=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

#[tokio::test]
async fn only_posts_of_a_reasonable_length_are_taken() {
    let (receiver, _) = receiver(Listening::to_anything()).await;
    let address = receiver.address();
    let get = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    assert!(status_of(address, get).await.contains("405"));
    let endless = b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 99999999\r\n\r\n{}";
    assert!(status_of(address, endless).await.contains("413"));
    assert!(status_of(address, &post("{}")).await.contains("200"));
    assert_eq!(receiver.counts().heard, 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_finish_a_request_is_hung_up_on() {
    let (receiver, _) = receiver(Listening::to_anything()).await;
    let half_a_head = b"POST / HTTP/1.1\r\nhost: x\r\n";
    assert_eq!(status_of(receiver.address(), half_a_head).await, "");
    let half_a_body = b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 9\r\n\r\n{";
    assert!(status_of(receiver.address(), half_a_body).await.contains("408"));
    assert_eq!(receiver.counts().heard, 0);
}

#[tokio::test]
async fn what_makes_no_sense_is_heard_and_counted_all_the_same() {
    let (receiver, mut heard) = receiver(Listening::to(Platform::Skype.dialect())).await;
    assert!(status_of(receiver.address(), &post("{\"hello\":1}")).await.contains("200"));
    let one = heard.recv().await.unwrap();
    assert_eq!((one.label, one.target.as_str(), one.verdict), (None, "/hook?a=1", Verdict::Unchecked));
    assert!(!one.summary.is_empty());
    assert_eq!(&one.body[..], b"{\"hello\":1}");
    assert_eq!(receiver.counts().unreadable, 1);
}

#[tokio::test]
async fn what_was_not_taken_is_no_duplicate_when_it_comes_again() {
    let listening =
        Listening::to_anything().answering(|heard| Answer::now(if heard.number < 3 { 500 } else { 200 }));
    let (receiver, mut heard) = receiver(listening).await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        status_of(receiver.address(), &post("{\"same\":true}")).await;
        let one = heard.recv().await.unwrap();
        seen.push((one.attempt, one.answered, one.duplicate));
    }
    assert_eq!(seen, [(1, 500, false), (2, 500, false), (3, 500, false), (4, 200, false), (5, 200, true)]);
}

#[tokio::test]
async fn a_stage_that_does_not_follow_the_last_one_is_out_of_order_even_when_it_is_newer() {
    let state = |previous: &str, current: &str, second: u32| {
        let stage = |value: &str| json!({ "value": value, "metadata": "1 - x" });
        let timestamp = format!("2026-03-02T08:00:{second:02}.0000000Z");
        post(
            &json!({
                "previousStage": stage(previous), "currentStage": stage(current), "event": "State",
                "timestamp": timestamp, "interviewCode": "RENE2010",
            })
            .to_string(),
        )
    };
    let (receiver, mut heard) = receiver(Listening::to(Platform::Skype.dialect())).await;
    let mut late = Vec::new();
    for request in [
        state("InterviewCreated", "SchedulingTime", 1),
        state("SchedulingCompleted", "InterviewStarted", 3),
        state("SchedulingTime", "SchedulingCompleted", 2),
    ] {
        status_of(receiver.address(), &request).await;
        late.push(heard.recv().await.unwrap().out_of_order);
    }
    assert_eq!(late, [false, true, true], "one stage was left out, and then came too late");
}

#[tokio::test]
async fn a_forgery_leaves_no_trace_in_what_is_remembered_of_an_interview() {
    // given an interview's last letter, unsigned and before its time
    let (receiver, mut heard) = receiver(verifying(Platform::Skype)).await;
    let story = Stories::new(Platform::Skype, 1, now()).story(0);
    let last = String::from_utf8(story.letters().last().unwrap().body.to_vec()).unwrap();
    // when
    for _ in 0..2 {
        assert!(status_of(receiver.address(), &post(&last)).await.contains("401"));
        let one = heard.recv().await.unwrap();
        assert!(matches!(one.verdict, Verdict::Refused(_)));
        assert_eq!((one.attempt, one.duplicate, one.is_taken()), (1, false, false));
    }
    // then the interview is still told in order
    let playing = Playing { seed: 1, count: Some(1), ..playing(Platform::Skype, &receiver) };
    let (_, honest) = play(playing, receiver, heard).await;
    assert_eq!(honest.len(), story.letters().len());
    assert!(honest.iter().all(|one| one.attempt == 1 && !one.duplicate && !one.out_of_order));
}

fn summary(platform: Platform, kind: &str) -> String {
    let letter = Stories::new(platform, 4, now())
        .take(12)
        .flat_map(Story::into_letters)
        .find(|letter| letter.kind == kind)
        .unwrap();
    Said::read(Some(platform.dialect()), &letter.body).unwrap().summary
}

#[test]
fn summaries_say_what_happened_and_to_whom() {
    let stage = json!({
        "previousStage": { "value": "SchedulingCompleted", "metadata": "3000 - x" },
        "currentStage": { "value": "InterviewStarted", "metadata": "3000 - Two participants have joined" },
        "event": "State", "timestamp": "2026-03-02T08:00:00.0000000Z", "interviewCode": "RENE2010",
    });
    let said = Said::read(None, stage.to_string().as_bytes()).unwrap();
    assert_eq!(said.summary, "InterviewStarted  RENE2010 · Two participants have joined");

    let native = json!({
        "id": "evt_0", "type": "interview.stage.updated", "timestamp": "2026-03-02T08:00:00Z", "company": "cmp_0",
        "data": {
            "candidate": { "id": "can_0", "first_name": "Harriet", "last_name": "Potts" },
            "interview": { "id": "int_0", "title": "Interview: Stage Manager", "stage": { "value": "InterviewStarted" } },
            "previous": { "stage": { "value": "SchedulingCompleted" } },
        },
    });
    let said = Said::read(None, native.to_string().as_bytes()).unwrap();
    assert_eq!(said.summary, "InterviewStarted  Harriet Potts · Interview: Stage Manager");
}

#[test]
fn a_summary_of_each_platform_names_the_candidate_or_what_comes_nearest() {
    assert_eq!(summary(Platform::Viasto, "rating_changed"), "rating_changed created  candidates/1");
    assert!(summary(Platform::HireHive, "job.created").starts_with("job.created  "));
    let interview = summary(Platform::HireHive, "interview.created");
    assert!(
        !interview.contains("can_") && interview.contains(" · Interview: ") && interview.ends_with(" UTC"),
        "{interview}"
    );
    let tag = summary(Platform::HireHive, "candidate.tag.added");
    assert!(tag.ends_with(" · phone screen passed"), "{tag}");
    let assessed = summary(Platform::LaunchPad, "assessment");
    assert!(assessed.contains("@example.org · average ") && assessed.contains(" · total "), "{assessed}");
}

#[test]
fn a_summary_never_shows_the_host_s_link() {
    for letter in Stories::new(Platform::LaunchPad, 4, now()).take(8).flat_map(Story::into_letters) {
        let summary = Said::read(None, &letter.body).unwrap().summary;
        assert!(!summary.contains("zak"), "{summary}");
    }
}
