//! A platform is played to a receiver over loopback: what is honest arrives verified and in order, and everything else
//! is noticed.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use callboard_dialects::Headers;
use callboard_simulate::{
    Answer, Clock, Counts, Forgery, Listening, Outcome, Platform, PlayError, Player, Playing, Receiver,
    Stories, Story, Verdict,
};
use jiff::SignedDuration;
use serde_json::json;

use crate::common::{TOKEN, clock, credentials, now, play, playing, receiver, verifying};

#[tokio::test]
async fn each_platform_s_interviews_arrive_verified_in_order_and_once() {
    for platform in Platform::ALL {
        // given
        let (receiver, heard) = receiver(verifying(platform)).await;
        let told: usize =
            Stories::new(platform, 5, now()).take(12).map(|story| story.into_letters().len()).sum();
        // when
        let (tally, heard) = play(playing(platform, &receiver), receiver, heard).await;
        // then
        assert_eq!((tally.interviews, tally.sent), (12, told as u64), "{platform}");
        assert_eq!((tally.accepted, tally.refused, tally.failed), (told as u64, 0, 0), "{platform}");
        assert_eq!(tally.by_status.into_iter().collect::<Vec<_>>(), [(200, told as u64)], "{platform}");
        assert_eq!(heard.len(), told, "{platform}");
        for one in &heard {
            assert_eq!(one.verdict, Verdict::Verified, "{platform}: {}", one.summary);
            assert!(
                one.label.is_some() && !one.duplicate && !one.out_of_order,
                "{platform}: {}",
                one.summary
            );
        }
    }
}

#[tokio::test]
async fn one_interview_at_a_time_is_told_letter_by_letter() {
    let (receiver, heard) = receiver(verifying(Platform::HireHive)).await;
    let playing = Playing { at_once: 1, ..playing(Platform::HireHive, &receiver) };
    let told = Stories::new(Platform::HireHive, 5, now()).take(12).flat_map(Story::into_letters);
    let (_, heard) = play(playing, receiver, heard).await;
    assert!(heard.into_iter().map(|one| one.body).eq(told.map(|letter| letter.body)));
}

#[tokio::test]
async fn a_letter_sent_twice_is_noticed_as_the_same_message() {
    for platform in Platform::ALL {
        let (receiver, heard) = receiver(verifying(platform)).await;
        let playing = Playing { duplicate: true, ..playing(platform, &receiver) };
        let (tally, heard) = play(playing, receiver, heard).await;
        assert_eq!(tally.duplicates * 2, tally.sent, "{platform}");
        assert_eq!(tally.accepted, tally.sent, "{platform}");
        let noticed = heard.iter().filter(|one| one.duplicate).count() as u64;
        assert_eq!(noticed, tally.duplicates, "{platform}");
        assert!(heard.iter().all(|one| !one.out_of_order), "{platform}");
    }
}

#[tokio::test]
async fn every_forgery_is_refused_whichever_way_it_was_made() {
    let without_login = (Platform::LaunchPad, json!({ "token": TOKEN }));
    for (platform, credentials) in
        Platform::ALL.map(|it| (it, credentials(it))).into_iter().chain([without_login])
    {
        // given
        let listening = Listening::to(platform.dialect()).verifying(credentials.clone());
        let (receiver, _) = receiver(listening).await;
        let playing =
            Playing { forge: true, credentials: credentials.clone(), ..playing(platform, &receiver) };
        let player = Player::new(playing, clock()).unwrap();
        let ways = Arc::new(Mutex::new(BTreeSet::new()));
        // when
        let used = Arc::clone(&ways);
        let tally = player
            .play(move |delivered| {
                assert!(delivered.outcome.is_refused(), "{:?} got in", delivered.forgery);
                used.lock().unwrap().extend(delivered.forgery);
            })
            .await;
        // then
        assert_eq!((tally.accepted, tally.refused, tally.failed), (0, tally.sent, 0), "{platform}");
        assert_eq!(receiver.counts().refused, tally.sent, "{platform}");
        let all: BTreeSet<_> = Forgery::of(platform, &credentials).iter().copied().collect();
        assert_eq!(*ways.lock().unwrap(), all, "{platform}");
    }
}

#[tokio::test]
async fn the_forged_ways_fail_for_the_reasons_they_should() {
    let (receiver, heard) = receiver(verifying(Platform::Skype)).await;
    let playing = Playing { forge: true, ..playing(Platform::Skype, &receiver) };
    let (_, heard) = play(playing, receiver, heard).await;
    let reasons: BTreeSet<_> = heard
        .into_iter()
        .map(|one| match one.verdict {
            Verdict::Refused(reason) => reason,
            other => panic!("{other:?}"),
        })
        .collect();
    for word in ["signature is not by", "does not match the hash", "HS256", "no header", "expired"] {
        assert!(reasons.iter().any(|reason| reason.contains(word)), "{word}: {reasons:?}");
    }
}

#[tokio::test]
async fn a_shuffled_interview_is_the_same_letters_and_is_noticed() {
    for platform in Platform::ALL {
        let (receiver, heard) = receiver(verifying(platform)).await;
        let playing = Playing { shuffle: true, ..playing(platform, &receiver) };
        let mut told: Vec<_> = Stories::new(platform, 5, now())
            .calling(playing.to.to_string())
            .take(12)
            .flat_map(Story::into_letters)
            .map(|letter| letter.body)
            .collect();
        let (tally, heard) = play(playing, receiver, heard).await;
        assert_eq!(tally.accepted, tally.sent);
        // viasto names no interviews, and an order is promised for nothing else.
        let noticed = heard.iter().any(|one| one.out_of_order);
        assert_eq!(noticed, platform != Platform::Viasto, "{platform}");
        let mut bodies: Vec<_> = heard.into_iter().map(|one| one.body).collect();
        bodies.sort();
        told.sort();
        assert_eq!(bodies, told, "{platform}");
    }
}

#[tokio::test]
async fn whoever_is_asked_to_come_again_comes_with_the_same_message_freshly_signed() {
    // given a receiver that is busy at first
    let listening = verifying(Platform::HireHive).answering(|heard| match heard.attempt {
        1..=3 => Answer { headers: vec![("retry-after", "0".to_owned())], ..Answer::now(503) },
        _ => Answer::now(200),
    });
    let (receiver, mut heard) = receiver(listening).await;
    // when one interview is told by a clock on which a second passes at each look
    let seconds = AtomicI64::new(0);
    let ticking: Clock =
        Arc::new(move || now() + SignedDuration::from_secs(seconds.fetch_add(1, Ordering::Relaxed)));
    let playing = Playing { count: Some(1), ..playing(Platform::HireHive, &receiver) };
    let tally = Player::new(playing, ticking).unwrap().play(|_| ()).await;
    receiver.stop().await;
    // then
    assert_eq!((tally.accepted, tally.retries), (tally.sent, 3 * tally.sent));
    let mut attempts: HashMap<String, Vec<_>> = HashMap::new();
    while let Some(one) = heard.recv().await {
        assert_eq!((&one.verdict, one.duplicate, one.out_of_order), (&Verdict::Verified, false, false));
        let header = |name| one.headers.header(name).unwrap().to_owned();
        let timestamp: i64 = header("webhook-timestamp").parse().unwrap();
        attempts.entry(header("webhook-id")).or_default().push((one.attempt, timestamp, one.body));
    }
    assert_eq!(attempts.len() as u64, tally.sent);
    for attempts in attempts.values() {
        assert!(attempts.iter().map(|(number, ..)| *number).eq(1..=4));
        assert!(attempts.is_sorted_by(|(_, earlier, _), (_, later, _)| earlier < later));
        assert!(attempts.iter().all(|(.., body)| *body == attempts[0].2));
    }
}

#[tokio::test]
async fn any_other_answer_is_not_tried_again() {
    let (receiver, heard) = receiver(verifying(Platform::Skype).answering(|_| Answer::now(500))).await;
    let (tally, heard) = play(playing(Platform::Skype, &receiver), receiver, heard).await;
    assert_eq!((tally.failed, tally.retries), (tally.sent, 0));
    assert_eq!(tally.by_status[&500], tally.sent);
    assert!(heard.iter().all(|one| one.answered == 500 && !one.is_taken()));
}

#[tokio::test]
async fn nobody_at_the_other_end_is_a_failure_with_a_reason() {
    let (receiver, _) = receiver(Listening::to_anything()).await;
    let playing = Playing { count: Some(1), ..playing(Platform::LaunchPad, &receiver) };
    receiver.stop().await;
    let tally = Player::new(playing, clock())
        .unwrap()
        .play(|delivered| {
            let Outcome::Unanswered(reason) = &delivered.outcome else { panic!("answered") };
            assert!(reason.contains("refused"), "{reason}");
        })
        .await;
    assert_eq!((tally.failed, tally.accepted), (tally.sent, 0));
}

#[tokio::test]
async fn playing_again_goes_on_with_the_interviews_that_come_next() {
    let (receiver, _) = receiver(verifying(Platform::Skype)).await;
    let player = Player::new(playing(Platform::Skype, &receiver), clock()).unwrap();
    player.play(|delivered| assert!(delivered.letter.interview < 12)).await;
    player.play(|delivered| assert!((12..24).contains(&delivered.letter.interview))).await;
    let Counts { heard, taken, duplicates, .. } = receiver.counts();
    assert_eq!((taken, duplicates), (heard, 0));
}

#[tokio::test]
async fn without_a_dialect_each_platform_is_recognised() {
    for platform in Platform::ALL {
        let (receiver, heard) = receiver(Listening::to_anything()).await;
        let (_, heard) = play(playing(platform, &receiver), receiver, heard).await;
        for one in heard {
            assert_eq!(one.dialect, Some(platform.name()), "{}", one.summary);
            assert_eq!(one.verdict, Verdict::Unchecked);
        }
    }
}

#[tokio::test]
async fn a_forwarded_request_is_unchanged_and_its_answer_is_passed_back() {
    // given a receiver behind another one
    let (behind, behind_heard) =
        receiver(verifying(Platform::HireHive).answering(|_| Answer::now(202))).await;
    let url = format!("http://{}/hooks", behind.address()).parse().unwrap();
    let (front, front_heard) = receiver(verifying(Platform::HireHive).forwarding(url)).await;
    // when
    let (tally, in_front) = play(playing(Platform::HireHive, &front), front, front_heard).await;
    // then
    assert_eq!(tally.by_status.into_iter().collect::<Vec<_>>(), [(202, tally.sent)]);
    let counts = behind.stop().await;
    assert_eq!((counts.heard, counts.verified), (tally.sent, tally.sent));
    drop(behind_heard);
    assert!(in_front.iter().all(|one| one.answered == 202));
}

#[tokio::test]
async fn what_is_not_authentic_is_not_forwarded_and_a_dead_end_is_a_502() {
    let (behind, _) = receiver(Listening::to_anything()).await;
    let url: http::Uri = format!("http://{}/hooks", behind.address()).parse().unwrap();

    let (front, _) = receiver(verifying(Platform::Skype).forwarding(url.clone())).await;
    let forged = Playing { forge: true, ..playing(Platform::Skype, &front) };
    let tally = Player::new(forged, clock()).unwrap().play(|_| ()).await;
    assert_eq!((tally.refused, behind.stop().await.heard), (tally.sent, 0));

    let honest = Playing { count: Some(1), ..playing(Platform::Skype, &front) };
    let tally = Player::new(honest, clock()).unwrap().play(|_| ()).await;
    assert_eq!(tally.by_status[&502], tally.sent);
}

#[tokio::test]
async fn a_stopped_receiver_leaves_its_port_to_the_next() {
    let (first, _) = receiver(verifying(Platform::Skype)).await;
    let playing = playing(Platform::Skype, &first);
    let address = first.address();
    let player = Player::new(playing, clock()).unwrap();
    player.play(|_| ()).await;
    first.stop().await;

    let (second, _) = Receiver::listen(address, verifying(Platform::Skype), clock()).await.unwrap();
    let tally = player.play(|_| ()).await;
    assert_eq!((tally.accepted, second.counts().verified), (tally.sent, tally.sent));
}

#[tokio::test]
async fn what_cannot_be_played_is_said_at_once() {
    let to = |url: &str| {
        Player::new(
            Playing::new(Platform::Skype, url.parse().unwrap(), credentials(Platform::Skype), now()),
            clock(),
        )
    };
    assert!(matches!(to("ftp://example.org/x").err(), Some(PlayError::Url(_))));
    assert!(matches!(to("/in/src_1").err(), Some(PlayError::Url(_))));

    let url: http::Uri = "http://127.0.0.1:1/".parse().unwrap();
    let nobody = Playing::new(Platform::Skype, url.clone(), json!({}), now());
    assert!(matches!(Player::new(nobody, clock()).err(), Some(PlayError::Credentials(_))));
    let idle = Playing::new(Platform::Skype, url, credentials(Platform::Skype), now());
    let idle = Playing { per_second: Some(0.0), ..idle };
    assert!(matches!(Player::new(idle, clock()).err(), Some(PlayError::Rate)));
}
