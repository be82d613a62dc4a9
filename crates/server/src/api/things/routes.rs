//! Which door to the things of the hiring world is where.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with, put_with};
use callboard_core::{AnswerVideo, Application, Candidate, Feedback, File, Job, Note, Question, User};

use super::noun::{change, list, make, remove, show};
use super::{erasing, feedback, files, interviews, notes, tags, users};
use crate::hub::Hub;
use crate::openapi::{refused_with, says};

/// Every door to them, below `/v1`.
pub(crate) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .merge(jobs())
        .merge(candidates())
        .merge(of_candidates())
        .merge(applications())
        .merge(interviews::routes())
        .merge(feedback())
        .merge(questions())
        .merge(answer_videos())
        .merge(of_users())
        .merge(files())
}

fn jobs() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/jobs",
            get_with(list::<Job>, says("listJobs", "List jobs", ""))
                .post_with(make::<Job>, says("createJob", "Make a job", "")),
        )
        .api_route(
            "/jobs/{id}",
            get_with(show::<Job>, says("getJob", "Show a job", ""))
                .patch_with(change::<Job>, says("updateJob", "Change a job", ""))
                .delete_with(remove::<Job>, says("deleteJob", "Remove a job", "Applications for it stay.")),
        )
        .with_path_items(|item| item.tag("Jobs"))
}

fn candidates() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/candidates",
            get_with(list::<Candidate>, says("listCandidates", "List candidates", "")).post_with(
                make::<Candidate>,
                says("createCandidate", "Make a candidate", "A name or an e-mail address is needed."),
            ),
        )
        .api_route(
            "/candidates/{id}",
            get_with(show::<Candidate>, says("getCandidate", "Show a candidate", ""))
                .patch_with(change::<Candidate>, says("updateCandidate", "Change a candidate", ""))
                .delete_with(
                    remove::<Candidate>,
                    says(
                        "deleteCandidate",
                        "Remove a candidate",
                        "With their applications; interviews that are still to come are cancelled.",
                    ),
                ),
        )
        .with_path_items(|item| item.tag("Candidates"))
}

const ERASING: &str = "Removes the candidate, and everything personal about them: from what is known, from events, deliveries and \
    kept requests, and from files. The shape of what happened stays: ids, times, stages, scores. This cannot be undone. \
    Answers what is left. It may take a while, since everything that was kept is gone through.";

fn of_candidates() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/candidates/{id}/erase",
            post_with(erasing::erase, |it| {
                refused_with(says("eraseCandidate", "Erase a candidate everywhere", ERASING)(it), &[409])
            }),
        )
        .api_route(
            "/candidates/{id}/tags/{tag}",
            put_with(
                tags::put,
                says("addTag", "Put a tag on a candidate", "One that is on already stays as it is."),
            )
            .delete_with(tags::remove, says("removeTag", "Take a tag off a candidate", "")),
        )
        .api_route(
            "/candidates/{id}/notes",
            get_with(notes::list_of_candidate, says("listCandidateNotes", "List a candidate's notes", ""))
                .post_with(
                    notes::make_on_candidate,
                    says("createCandidateNote", "Write a note on a candidate", ""),
                ),
        )
        .api_route(
            "/notes",
            get_with(list::<Note>, says("listNotes", "List notes", "")).post_with(
                make::<Note>,
                says("createNote", "Write a note", "On a candidate, an application, or a recorded answer."),
            ),
        )
        .api_route(
            "/notes/{id}",
            get_with(show::<Note>, says("getNote", "Show a note", ""))
                .patch_with(change::<Note>, says("updateNote", "Change a note", ""))
                .delete_with(remove::<Note>, says("deleteNote", "Remove a note", "")),
        )
        .with_path_items(|item| item.tag("Candidates"))
}

fn applications() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/applications",
            get_with(list::<Application>, says("listApplications", "List applications", ""))
                .post_with(make::<Application>, says("createApplication", "Make an application", "")),
        )
        .api_route(
            "/applications/{id}",
            get_with(show::<Application>, says("getApplication", "Show an application", ""))
                .patch_with(
                    change::<Application>,
                    says("updateApplication", "Change an application", "Its `stage` moves it there."),
                )
                .delete_with(
                    remove::<Application>,
                    says(
                        "deleteApplication",
                        "Remove an application",
                        "Its interviews that are still to come are cancelled.",
                    ),
                ),
        )
        .with_path_items(|item| item.tag("Applications"))
}

const SUBMITTING: &str = "Gives it the first time, and changes what was given later: what is left out stays as it is, and \
    null takes it away. Once every reviewer assigned to an interview has given a score, it is assessed.";

fn feedback() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/feedback",
            get_with(list::<Feedback>, says("listFeedback", "List feedback", "")).post_with(
                feedback::make,
                says(
                    "requestFeedback",
                    "Ask for feedback",
                    "On an interview, or on an application as a whole.",
                ),
            ),
        )
        .api_route(
            "/feedback/{id}",
            get_with(show::<Feedback>, says("getFeedback", "Show feedback", ""))
                .put_with(
                    change::<Feedback>,
                    says("submitFeedback", "Give feedback, or change it", SUBMITTING),
                )
                .delete_with(
                    remove::<Feedback>,
                    says("removeFeedback", "Remove a reviewer", "What the reviewer gave is removed with it."),
                ),
        )
        .with_path_items(|item| item.tag("Feedback"))
}

fn questions() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/questions",
            get_with(list::<Question>, says("listQuestions", "List questions", ""))
                .post_with(make::<Question>, says("createQuestion", "Make a question", "")),
        )
        .api_route(
            "/questions/{id}",
            get_with(show::<Question>, says("getQuestion", "Show a question", ""))
                .patch_with(change::<Question>, says("updateQuestion", "Change a question", ""))
                .delete_with(
                    remove::<Question>,
                    says("deleteQuestion", "Remove a question", "Answers to it stay."),
                ),
        )
        .with_path_items(|item| item.tag("Questions"))
}

fn answer_videos() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/answer-videos",
            get_with(list::<AnswerVideo>, says("listAnswerVideos", "List recorded answers", "")).post_with(
                make::<AnswerVideo>,
                says("createAnswerVideo", "Note a recorded answer", "Of an interview, or of an application."),
            ),
        )
        .api_route(
            "/answer-videos/{id}",
            get_with(show::<AnswerVideo>, says("getAnswerVideo", "Show a recorded answer", ""))
                .patch_with(change::<AnswerVideo>, says("updateAnswerVideo", "Change a recorded answer", ""))
                .delete_with(
                    remove::<AnswerVideo>,
                    says("deleteAnswerVideo", "Remove a recorded answer", "Notes on it stay."),
                ),
        )
        .with_path_items(|item| item.tag("Answer videos"))
}

const REMOVING_A_USER: &str = "What they wrote stays; feedback that they were asked for and have not given is not waited for any \
    more.";

fn of_users() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/users",
            get_with(list::<User>, says("listUsers", "List users", ""))
                .post_with(make::<User>, says("createUser", "Make a user", "")),
        )
        .api_route(
            "/users/{id}",
            get_with(show::<User>, says("getUser", "Show a user", ""))
                .patch_with(change::<User>, says("updateUser", "Change a user", ""))
                .delete_with(users::remove, says("deleteUser", "Remove a user", REMOVING_A_USER)),
        )
        .with_path_items(|item| item.tag("Users"))
}

fn files() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/files",
            get_with(list::<File>, says("listFiles", "List files", "")).post_with(
                make::<File>,
                says(
                    "createFile",
                    "Make a file",
                    "With the `url` where it can be had; or PUT its bytes to `/v1/files/{id}/content` then.",
                ),
            ),
        )
        .api_route(
            "/files/{id}",
            get_with(show::<File>, says("getFile", "Show a file", "What it is, not its bytes."))
                .patch_with(change::<File>, says("updateFile", "Change a file", ""))
                .delete_with(remove::<File>, says("deleteFile", "Remove a file", "With its bytes.")),
        )
        .api_route(
            "/files/{id}/content",
            get_with(files::content, says("getFileContent", "Get a file's bytes", "")).put_with(
                files::put_content,
                says(
                    "putFileContent",
                    "Keep a file's bytes",
                    "As they are, up to 8 MiB, in place of those that were kept.",
                ),
            ),
        )
        .with_path_items(|item| item.tag("Files"))
}
