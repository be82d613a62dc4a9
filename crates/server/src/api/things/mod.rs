//! What the hiring world is made of: jobs, candidates, applications, interviews, and what belongs to them.

mod applications;
mod belonging;
mod candidates;
mod form;
mod interviews;
mod jobs;
mod listing;
mod member;
mod noun;

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use callboard_core::{Application, Candidate, Job};

use self::noun::{change, list, make, remove, show};
use crate::hub::Hub;
use crate::openapi::says;

/// Every door to them, below `/v1`.
pub(crate) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new().merge(jobs()).merge(candidates()).merge(applications()).merge(interviews::routes())
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
