//! `GET` on the suite's resources (platforms.md 3.3).

use std::str::FromStr;

use axum::Json;
use callboard_core::{Entity, Held, Identifier, Kind, UserId, World};
use callboard_dialects::rest::viasto::{ProjectOf, Suite};
use callboard_ledger::ThingFilter;
use serde_json::Value;

use super::auth::Visit;
use super::collections::{Collection, Scope, candidate};
use super::paging;
use super::refused::Refused;
use crate::platforms::gathering::gather;

type Answer = Result<Json<Value>, Refused>;

pub(super) async fn company(visit: Visit) -> Answer {
    let world = World::default();
    Ok(Json(visit.suite(&world).company(&visit.company.name)))
}

pub(super) async fn customers(visit: Visit) -> Answer {
    let users = visit.all(Kind::User).await?;
    visit.list(users, |suite, entity| match entity {
        Entity::User(user) => Some(suite.customer(user)),
        _ => None,
    })
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
    visit.list(jobs, |suite, entity| match entity {
        Entity::Job(job) => Some(suite.project(ProjectOf::Job(job.id)).view()),
        _ => None,
    })
}

pub(super) async fn project(visit: Visit) -> Answer {
    let (of, world) = visit.project(None).await?;
    Ok(Json(visit.suite(&world).project(of).view()))
}

pub(super) async fn members(visit: Visit) -> Answer {
    let collection = visit.collection()?;
    let (of, all) = visit.things_of_project(collection).await?;
    visit.list_around(all, of, |suite, entity| collection.view(&suite.project(of), entity)).await
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
    let (_, notes) = visit.things_of_project(Collection::Notes).await?;
    let notes: Vec<_> = notes
        .into_iter()
        .filter_map(|held| match held.entity {
            Entity::Note(note) => Some(note),
            _ => None,
        })
        .collect();
    visit
        .list_around(candidates, of, |suite, entity| {
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

    async fn all(&self, kind: Kind) -> Result<Vec<Held>, Refused> {
        let filter = ThingFilter::all(self.company.id, kind);
        Ok(self.hub.ledger.read(move |reader| gather(reader, &filter)).await?)
    }

    async fn things_of_project(&self, collection: Collection) -> Result<(ProjectOf, Vec<Held>), Refused> {
        let (of, world) = self.project(None).await?;
        let company = self.company.id;
        let all = self
            .hub
            .ledger
            .read(move |reader| Scope { reader, company, of, world: &world }.all(collection))
            .await?;
        Ok((of, all))
    }

    /// A page of things that need nothing around them.
    fn list(&self, all: Vec<Held>, view: impl Fn(Suite<'_>, &Entity) -> Option<Value>) -> Answer {
        self.page(all, &World::default(), view)
    }

    /// A page of things of a project, with what they lead to.
    async fn list_around(
        &self,
        all: Vec<Held>,
        of: ProjectOf,
        view: impl Fn(Suite<'_>, &Entity) -> Option<Value>,
    ) -> Answer {
        let asked = paging::asked(&self.uri)?;
        let shown = asked.of(all.iter().map(|held| held.entity.raw_id()).collect());
        let world = self.world(std::iter::once(of.raw()).chain(shown).collect()).await?;
        self.page(all, &world, view)
    }

    fn page(
        &self,
        all: Vec<Held>,
        world: &World,
        view: impl Fn(Suite<'_>, &Entity) -> Option<Value>,
    ) -> Answer {
        let asked = paging::asked(&self.uri)?;
        let total = all.len();
        let suite = self.suite(world);
        let objects: Vec<Value> = asked.of(all).iter().filter_map(|held| view(suite, &held.entity)).collect();
        let list = format!("{}/viasto{}", self.hub.public_url, self.uri.path().trim_end_matches('/'));
        paging::list(&list, asked, total, &objects).map(Json)
    }
}
