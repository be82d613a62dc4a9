//! `GET` on the suite's resources (platforms.md 3.3).

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use callboard_core::{Entity, Held, Identifier, Kind, Note, UserId, World};
use callboard_dialects::rest::viasto::{ProjectOf, Suite};
use callboard_ledger::{Page, ThingFilter};
use serde_json::Value;

use super::auth::Visit;
use super::collections::{Collection, Scope, candidate};
use super::paging;
use super::refused::Refused;
use crate::limits::VIASTO_NOTES;
use crate::platforms::gathering::count_ids;

type Answer = Result<Json<Value>, Refused>;

pub(super) async fn company(visit: Visit) -> Answer {
    let world = World::default();
    Ok(Json(visit.suite(&world).company(&visit.company.name)))
}

pub(super) async fn customers(visit: Visit) -> Answer {
    let users = visit.all(Kind::User).await?;
    visit
        .list(&users, None, |suite, entity| match entity {
            Entity::User(user) => Some(suite.customer(user)),
            _ => None,
        })
        .await
}

pub(super) async fn customer(visit: Visit) -> Answer {
    let id: UserId = named(visit.place.id.as_deref())?;
    let world = visit.world(vec![id.raw()]).await?;
    match visit.present(&world, id.raw()).map(|held| &held.entity) {
        Some(Entity::User(user)) => Ok(Json(visit.suite(&world).customer(user))),
        _ => Err(Refused::not_found()),
    }
}

pub(super) async fn projects(visit: Visit) -> Answer {
    let jobs = visit.all(Kind::Job).await?;
    visit
        .list(&jobs, None, |suite, entity| match entity {
            Entity::Job(job) => Some(suite.project(ProjectOf::Job(job.id)).view()),
            _ => None,
        })
        .await
}

pub(super) async fn project(visit: Visit) -> Answer {
    let (of, world) = visit.project(None).await?;
    Ok(Json(visit.suite(&world).project(of).view()))
}

pub(super) async fn members(visit: Visit) -> Answer {
    let collection = visit.collection()?;
    let (of, all) = visit.things_of_project(collection).await?;
    visit.list(&all, Some(of), |suite, entity| collection.view(&suite.project(of), entity)).await
}

pub(super) async fn member(visit: Visit) -> Answer {
    let collection = visit.collection()?;
    let id = visit.place.id.as_deref().unwrap_or_default();
    let raw_id = collection.raw_id(id).map_err(|_| Refused::not_found())?;
    let (of, world) = visit.project(Some(raw_id)).await?;
    let held = visit.present(&world, raw_id).ok_or_else(Refused::not_found)?;
    if !of.holds(&world, &held.entity) {
        return Err(Refused::not_found());
    }
    let shown = collection.view(&visit.suite(&world).project(of), &held.entity);
    shown.map(Json).ok_or_else(Refused::not_found)
}

pub(super) async fn results(visit: Visit) -> Answer {
    let (of, candidates) = visit.things_of_project(Collection::Candidates).await?;
    let notes = visit.notes_on(paging::asked(&visit.uri)?.of(&candidates)).await?;
    visit
        .list(&candidates, Some(of), |suite, entity| {
            let project = suite.project(of);
            let candidate = candidate(entity)?;
            let on_them = notes.iter().filter(|note| project.is_note_on(note, candidate));
            Some(project.results(candidate, on_them.map(|note| &**note)))
        })
        .await
}

fn named<I: FromStr>(id: Option<&str>) -> Result<I, Refused> {
    id.and_then(|id| id.parse().ok()).ok_or_else(Refused::not_found)
}

impl Visit {
    fn suite<'a>(&'a self, world: &'a World) -> Suite<'a> {
        Suite { public_url: &self.hub.public_url, company: self.company.id, world, now: self.hub.now() }
    }

    fn collection(&self) -> Result<Collection, Refused> {
        self.place.collection.as_deref().and_then(Collection::called).ok_or_else(Refused::not_found)
    }

    async fn world(&self, raw_ids: Vec<u64>) -> Result<World, Refused> {
        Ok(self.hub.ledger.world(raw_ids, Vec::new()).await?)
    }

    /// The thing with this id, if it is this company's and has not been removed.
    fn present<'w>(&self, world: &'w World, raw_id: u64) -> Option<&'w Held> {
        world.entity(raw_id).filter(|held| held.company == self.company.id && !held.record.deleted)
    }

    /// The project that the path names, with what it and another thing lead to. The project of a job that has been
    /// removed is still there: its candidates are, and webhooks about them name it.
    async fn project(&self, other: Option<u64>) -> Result<(ProjectOf, World), Refused> {
        let of: ProjectOf = named(self.place.project.as_deref())?;
        let world = self.world(std::iter::once(of.raw()).chain(other).collect()).await?;
        let held = world.entity(of.raw()).filter(|held| held.company == self.company.id);
        let is_there = match (of, held.map(|held| &held.entity)) {
            (ProjectOf::Job(_), Some(Entity::Job(_))) => true,
            (ProjectOf::Application(_), Some(Entity::Application(_)))
            | (ProjectOf::Interview(_), Some(Entity::Interview(_))) => {
                self.present(&world, of.raw()).is_some()
            }
            _ => false,
        };
        if is_there { Ok((of, world)) } else { Err(Refused::not_found()) }
    }

    /// Everything of a kind, by the numbers of the ids.
    async fn all(&self, kind: Kind) -> Result<Vec<u64>, Refused> {
        let filter = ThingFilter::all(self.company.id, kind);
        Ok(self.hub.ledger.read(move |reader| count_ids(reader, &filter)).await?.all)
    }

    async fn things_of_project(&self, collection: Collection) -> Result<(ProjectOf, Vec<u64>), Refused> {
        let (of, world) = self.project(None).await?;
        let company = self.company.id;
        let all = self
            .hub
            .ledger
            .read(move |reader| Scope { reader, company, of, world: &world }.all(collection))
            .await?;
        Ok((of, all))
    }

    /// The latest notes on these candidates of a project and whoever they are, oldest first: as many as one read brings.
    async fn notes_on(&self, candidates: Vec<u64>) -> Result<Vec<Arc<Note>>, Refused> {
        let world = self.world(candidates.clone()).await?;
        let people = candidates.into_iter().filter_map(|raw_id| match &world.entity(raw_id)?.entity {
            Entity::Application(application) => application.candidate_id.map(Identifier::raw),
            _ => None,
        });
        let filter =
            ThingFilter { parents: Some(people.collect()), ..ThingFilter::all(self.company.id, Kind::Note) };
        let notes = self.hub.ledger.read(move |reader| reader.things(&filter, Page::newest(VIASTO_NOTES)));
        let latest_first = notes.await?.items.into_iter().filter_map(|held| match held.entity {
            Entity::Note(note) => Some(note),
            _ => None,
        });
        let mut notes: Vec<_> = latest_first.collect();
        notes.reverse();
        Ok(notes)
    }

    /// The page of these things that is asked for, with what they and the project lead to.
    async fn list(
        &self,
        all: &[u64],
        of: Option<ProjectOf>,
        view: impl Fn(Suite<'_>, &Entity) -> Option<Value>,
    ) -> Answer {
        let asked = paging::asked(&self.uri)?;
        let shown = asked.of(all);
        let world =
            self.world(of.map(ProjectOf::raw).into_iter().chain(shown.iter().copied()).collect()).await?;
        let suite = self.suite(&world);
        let held = shown.into_iter().filter_map(|raw_id| world.entity(raw_id));
        let objects: Vec<Value> = held.filter_map(|held| view(suite, &held.entity)).collect();
        let list = format!("{}/viasto{}", self.hub.public_url, self.uri.path().trim_end_matches('/'));
        paging::list(&list, asked, all.len(), &objects).map(Json)
    }
}
