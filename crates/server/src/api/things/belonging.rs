//! Lists by what things belong to: read from the store, within the company.

use callboard_core::{ApplicationId, CandidateId, Entity, Held, Identifier, InterviewId, JobId, Kind, Name};
use callboard_ledger::{EngineError, Listed, Page, Reader, ThingFilter};

use crate::limits::{LISTED_THINGS, LISTING_READS, LISTING_ROWS};

/// What the things of a list belong to.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Belonging {
    pub(super) candidate: Option<CandidateId>,
    pub(super) job: Option<JobId>,
    pub(super) application: Option<ApplicationId>,
    pub(super) interview: Option<InterviewId>,
}

/// The things on a page; or what was named and is not there. `sought` are names of which a thing must have one each.
pub(super) fn page_of(
    reader: &mut dyn Reader,
    mut filter: ThingFilter,
    sought: Vec<Vec<Name>>,
    of: &Belonging,
    page: Page,
) -> Result<Result<Listed<Held>, String>, EngineError> {
    for names in sought {
        let ids = reader.named(&names)?.into_iter().flatten().collect();
        keep(&mut filter.ids, ids);
    }
    if let Err(missing) = narrow(reader, &mut filter, of)? {
        return Ok(Err(missing));
    }
    let mut things = reader.things(&filter, page)?;
    things.items.retain(|held| is_of_interview(held, of.interview));
    Ok(Ok(things))
}

/// An answer belongs to its application, so those of one interview are found among that application's.
fn is_of_interview(held: &Held, interview: Option<InterviewId>) -> bool {
    match (&held.entity, interview) {
        (Entity::AnswerVideo(video), Some(_)) => video.interview_id == interview,
        _ => true,
    }
}

fn narrow(
    reader: &mut dyn Reader,
    filter: &mut ThingFilter,
    of: &Belonging,
) -> Result<Result<(), String>, EngineError> {
    let named = [
        of.candidate.map(|id| (id.raw(), id.to_string())),
        of.job.map(|id| (id.raw(), id.to_string())),
        of.application.map(|id| (id.raw(), id.to_string())),
        of.interview.map(|id| (id.raw(), id.to_string())),
    ];
    for (raw_id, id) in named.into_iter().flatten() {
        let held =
            reader.entity(raw_id)?.filter(|held| held.company == filter.company && held.entity.id() == id);
        let Some(held) = held else { return Ok(Err(id)) };
        match &held.entity {
            Entity::Job(job) => narrow_to_job(reader, filter, job.id)?,
            entity => narrow_to(filter, entity),
        }
    }
    Ok(Ok(()))
}

fn narrow_to(filter: &mut ThingFilter, owner: &Entity) {
    fn raw<I: Identifier>(ids: &[I]) -> Vec<u64> {
        ids.iter().copied().map(I::raw).collect()
    }
    match (owner, filter.kind) {
        (Entity::Candidate(it), Kind::Application) => keep(&mut filter.ids, raw(&it.applications)),
        (Entity::Candidate(it), Kind::Interview | Kind::AnswerVideo) => {
            keep(&mut filter.parents, raw(&it.applications));
        }
        (Entity::Application(it), Kind::Feedback) => {
            let interviews = raw(&it.interviews);
            keep(&mut filter.parents, interviews.into_iter().chain([it.id.raw()]).collect());
        }
        (Entity::Interview(it), Kind::AnswerVideo) => {
            if let Some(application) = it.application_id {
                keep(&mut filter.parents, vec![application.raw()]);
            }
        }
        (owner, _) => keep(&mut filter.parents, vec![owner.raw_id()]),
    }
}

fn narrow_to_job(reader: &mut dyn Reader, filter: &mut ThingFilter, job: JobId) -> Result<(), EngineError> {
    match filter.kind {
        Kind::Interview => filter.grandparent = Some(job.raw()),
        Kind::Candidate => {
            let applied = ThingFilter {
                parents: Some(vec![job.raw()]),
                removed: filter.removed,
                ..ThingFilter::all(filter.company, Kind::Application)
            };
            let candidates = picked(reader, &applied, |held| match &held.entity {
                Entity::Application(application) => application.candidate_id.map(CandidateId::raw),
                _ => None,
            })?;
            keep(&mut filter.ids, candidates);
        }
        _ => keep(&mut filter.parents, vec![job.raw()]),
    }
    Ok(())
}

/// Only those that are among these, too.
fn keep(wanted: &mut Option<Vec<u64>>, ids: Vec<u64>) {
    match wanted {
        Some(wanted) => wanted.retain(|id| ids.contains(id)),
        None => *wanted = Some(ids),
    }
}

/// What is picked of the things that match, the latest first; at most [`LISTED_THINGS`]. No more of them is held than one read
/// brings.
pub(super) fn picked<T>(
    reader: &mut dyn Reader,
    filter: &ThingFilter,
    pick: impl Fn(&Held) -> Option<T>,
) -> Result<Vec<T>, EngineError> {
    let mut all = Vec::new();
    let mut page = Page::newest(LISTING_ROWS);
    for _ in 0..LISTING_READS {
        let things = reader.things(filter, page)?;
        all.extend(things.items.iter().filter_map(&pick));
        page.before = things.next;
        if page.before.is_none() || all.len() >= LISTED_THINGS {
            break;
        }
    }
    all.truncate(LISTED_THINGS);
    Ok(all)
}
