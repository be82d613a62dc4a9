//! One account at each platform, a clock that stands still, and a player that is heard by a receiver.

use std::sync::Arc;

use callboard_core::Timestamp;
use callboard_simulate::{Clock, Heard, Listening, Platform, Player, Playing, Receiver, Tally};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// Where platforms that cannot sign carry their secret.
pub const TOKEN: &str = "tok_7Jq2mV9xWn4bRt6yLc8z";

pub fn now() -> Timestamp {
    "2026-03-02T08:00:00Z".parse().expect("a time")
}

pub fn clock() -> Clock {
    Arc::new(now)
}

pub fn credentials(platform: Platform) -> Value {
    match platform {
        Platform::Skype => json!({
            "api_key": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "api_secret": "a secret that is long enough for everyone",
        }),
        Platform::HireHive => json!({ "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }),
        Platform::Viasto => json!({ "token": TOKEN }),
        Platform::LaunchPad => json!({ "username": "launchpad", "password": "correct horse battery" }),
    }
}

/// A receiver for this platform, on a free port.
pub async fn receiver(listening: Listening) -> (Receiver, mpsc::Receiver<Heard>) {
    Receiver::listen("127.0.0.1:0".parse().expect("an address"), listening, clock())
        .await
        .expect("a free port")
}

pub fn verifying(platform: Platform) -> Listening {
    Listening::to(platform.dialect()).verifying(credentials(platform))
}

/// Twelve interviews of this platform, told to the receiver.
pub fn playing(platform: Platform, receiver: &Receiver) -> Playing {
    let to = format!("http://{}/in/src_1/{TOKEN}", receiver.address()).parse().expect("a URL");
    Playing { count: Some(12), seed: 5, ..Playing::new(platform, to, credentials(platform), now()) }
}

/// Plays to the end, and answers with the tally and with everything that was heard.
pub async fn play(
    playing: Playing,
    receiver: Receiver,
    mut heard: mpsc::Receiver<Heard>,
) -> (Tally, Vec<Heard>) {
    let player = Player::new(playing, clock()).expect("playable");
    let hearing = tokio::spawn(async move {
        let mut all = Vec::new();
        while let Some(one) = heard.recv().await {
            all.push(one);
        }
        all
    });
    let tally = player.play(|_| ()).await;
    receiver.stop().await;
    (tally, hearing.await.expect("the hearing ends with the receiver"))
}
