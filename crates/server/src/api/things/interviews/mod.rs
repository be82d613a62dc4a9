//! `/v1/interviews`: made, changed, and what happens to them.

mod attendees;
mod deeds;
mod looking;
mod making;
mod meeting;
mod slot;

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, patch_with, post_with, put_with};
use callboard_core::Interview;

use super::feedback;
use super::noun::{change, list, show};
use crate::hub::Hub;
use crate::openapi::says;

const MAKING: &str = "With a time it is scheduled at once; without one, a time is asked for. With an application and \
    without attendees, the application's candidate takes part. The links in `meeting` and the `reviewers` come with it: all \
    of it is made, or nothing. The host's link is shown in this answer only.";
const SCHEDULING: &str = "Sets its time, or another one; or asks somebody for a time, with `ask` alone. A cancelled interview \
    is taken up again by that. A time without an offset from UTC is one in `time_zone`, else in the company's; one that \
    clocks there skip or show twice is refused as `ambiguous_time`.";

const ASSIGNING: &str =
    "An interview that is over asks for the feedback at once, one that is not when it ends.";

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/interviews",
            get_with(list::<Interview>, says("listInterviews", "List interviews", ""))
                .post_with(making::make, says("createInterview", "Make an interview", MAKING)),
        )
        .api_route(
            "/interviews/{id}",
            get_with(show::<Interview>, says("getInterview", "Show an interview", ""))
                .patch_with(change::<Interview>, says("updateInterview", "Change an interview", "")),
        )
        .api_route(
            "/interviews/{id}/meeting",
            put_with(
                meeting::put,
                says("putMeeting", "Set the links to join", "The host's link is shown in this answer only."),
            )
            .delete_with(meeting::remove, says("deleteMeeting", "Take the links to join away", "")),
        )
        .api_route(
            "/interviews/{id}/attendees",
            post_with(
                attendees::add,
                says("addAttendee", "Add an attendee", "Answers the interview, with the attendee's id."),
            ),
        )
        .api_route(
            "/interviews/{id}/attendees/{attendee}",
            patch_with(attendees::answer, says("answerInvitation", "Note an attendee's answer", ""))
                .delete_with(attendees::remove, says("removeAttendee", "Remove an attendee", "")),
        )
        .api_route(
            "/interviews/{id}/feedback",
            get_with(
                feedback::list_of_interview,
                says("listInterviewFeedback", "List an interview's feedback", ""),
            )
            .post_with(feedback::make_on_interview, says("assignReviewer", "Assign a reviewer", ASSIGNING)),
        )
        .api_route(
            "/interviews/{id}/assessment",
            get_with(
                looking::assess,
                says("getAssessment", "Show an interview's assessment", "As it stands, told or not."),
            ),
        )
        .api_route(
            "/interviews/{id}/timeline",
            get_with(
                looking::timeline,
                says("getTimeline", "Show what happened", "Oldest first, each with who was told of it."),
            ),
        )
        .merge(what_happens())
        .with_path_items(|item| item.tag("Interviews"))
}

fn what_happens() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/interviews/{id}/schedule",
            post_with(deeds::schedule, says("scheduleInterview", "Schedule an interview", SCHEDULING)),
        )
        .api_route(
            "/interviews/{id}/join",
            post_with(
                deeds::join,
                says(
                    "joinInterview",
                    "Note that an attendee joined",
                    "With the second one it starts; one on demand with the first.",
                ),
            ),
        )
        .api_route(
            "/interviews/{id}/start",
            post_with(deeds::start, says("startInterview", "Note that an interview started", "")),
        )
        .api_route(
            "/interviews/{id}/end",
            post_with(
                deeds::end,
                says(
                    "endInterview",
                    "Note that an interview ended",
                    "The reviewers assigned are asked for feedback.",
                ),
            ),
        )
        .api_route(
            "/interviews/{id}/fail",
            post_with(
                deeds::fail,
                says(
                    "failInterview",
                    "Note that something went wrong",
                    "What was under way: the scheduling, the interview, or the feedback.",
                ),
            ),
        )
        .api_route(
            "/interviews/{id}/cancel",
            post_with(deeds::cancel, says("cancelInterview", "Cancel an interview", "")),
        )
        .api_route(
            "/interviews/{id}/archive",
            post_with(deeds::archive, says("archiveInterview", "Put an interview away", "")),
        )
}
