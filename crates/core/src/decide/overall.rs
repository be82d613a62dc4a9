//! How far an application is as a whole: in progress until every interview that was not cancelled is assessed, or the
//! application is decided.

use super::draft::Draft;
use crate::application::{Application, OverallStatus};
use crate::id::{ApplicationId, Identifier, InterviewId};
use crate::interview::Interview;
use crate::world::{Entity, World};

/// How far an application is as a whole, in a world that holds it and its interviews. One that has no interview yet is
/// in progress until it is decided.
pub fn overall_status(world: &World, application: &Application) -> OverallStatus {
    of_application(application, |id| match &world.entity(id.raw())?.entity {
        Entity::Interview(interview) => Some(interview),
        _ => None,
    })
}

/// How far the application is that an interview is held for; by that interview alone where none is known.
pub(super) fn overall_of(draft: &Draft<'_>, id: InterviewId) -> OverallStatus {
    let find = |id: InterviewId| draft.get::<Interview>(id).map(AsRef::as_ref);
    let Some(interview) = find(id) else { return OverallStatus::InProgress };
    let application = interview.application_id.and_then(|id: ApplicationId| draft.get::<Application>(id));
    of_interview(interview, application.map(AsRef::as_ref), find)
}

/// How far the application is that an interview is held for.
pub(super) fn of_interview<'w>(
    interview: &Interview,
    application: Option<&Application>,
    find: impl Fn(InterviewId) -> Option<&'w Interview>,
) -> OverallStatus {
    match application {
        Some(application) => of_application(application, find),
        None if is_settled(interview) => OverallStatus::Completed,
        None => OverallStatus::InProgress,
    }
}

/// Remarks on a platform that sees the application elsewhere than we do.
pub(super) fn check_overall(draft: &mut Draft<'_>, id: InterviewId, told: Option<&OverallStatus>) {
    let Some(told) = told else { return };
    let ours = overall_of(draft, id);
    if *told != ours {
        draft.unreconciled(format!(
            "the overall status is told as {told}; by all that is known it is {ours}, which is kept"
        ));
    }
}

fn of_application<'w>(
    application: &Application,
    find: impl Fn(InterviewId) -> Option<&'w Interview>,
) -> OverallStatus {
    let is_settled = |id: &InterviewId| find(*id).is_some_and(is_settled);
    let is_done = !application.interviews.is_empty() && application.interviews.iter().all(is_settled);
    if is_done || application.is_decided() { OverallStatus::Completed } else { OverallStatus::InProgress }
}

fn is_settled(interview: &Interview) -> bool {
    interview.assessed || interview.is_cancelled()
}
