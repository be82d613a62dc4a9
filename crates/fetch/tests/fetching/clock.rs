//! The clock was set back: what was heard before that, or was to be tried again, does not wait until that time comes again.

use crate::hub::{Hub, limits, open_guard};
use crate::lag::{INTERVIEW, shown, stage_webhook};
use crate::platform::{Platform, Reply};
use crate::viasto::{PROJECT, project_changed};

const DAY_S: i64 = 24 * 60 * 60;
/// The longest wait of the table, six hours, with its jitter and a little.
const LONGEST_S: i64 = 6 * 60 * 60 * 11 / 10 + 1;

#[tokio::test]
async fn what_was_heard_before_the_clock_was_set_back_is_fetched_after_the_longest_wait_there_is() {
    let platform = Platform::open().await;
    platform.says(PROJECT, r#"{"name":"Seeker"}"#);
    let mut hub = Hub::idle("viasto", &platform.url, open_guard(), limits()).await;
    hub.hears(project_changed(1)).await;

    hub.pass(-30 * DAY_S);
    hub.start();
    hub.pass(LONGEST_S);
    hub.settles().await;

    assert_eq!(hub.details().await, ["fetched project"]);
}

#[tokio::test]
async fn what_failed_before_the_clock_was_set_back_is_tried_again_after_the_longest_wait_there_is() {
    let platform = Platform::open().await;
    let down = Reply::With(503, "down".to_owned());
    platform.has(PROJECT, [down, Reply::With(200, r#"{"name":"Seeker"}"#.to_owned())]);
    let hub = Hub::viasto(&platform.url).await;
    hub.hears(project_changed(1)).await;
    hub.tried(1).await;

    hub.pass(-30 * DAY_S);
    hub.pass(LONGEST_S);
    hub.settles().await;

    assert_eq!(platform.paths(), [PROJECT, PROJECT]);
}

#[tokio::test]
async fn data_that_may_lag_behind_a_webhook_of_a_clock_that_was_set_back_is_looked_at_once_more_and_no_oftener()
 {
    let platform = Platform::open().await;
    platform.says(INTERVIEW, shown("Call", "SchedulingTime"));
    let mut hub = Hub::idle("skype", &platform.url, open_guard(), limits()).await;
    hub.hears(stage_webhook(1, "SchedulingCompleted")).await;

    hub.pass(-30 * DAY_S);
    hub.start();
    let pointer = hub.tried(1).await;
    assert_eq!(pointer.due_at.duration_since(hub.now()).as_secs(), 30);
    hub.pass(30);
    hub.settles().await;

    assert_eq!(platform.paths(), [INTERVIEW, INTERVIEW]);
}
