//! `POST` and `PUT` of jobs, candidates, notes and where an application came from (platforms.md 1.6).

use axum::response::Response;
use callboard_core::{
    ApplicationCommand, ApplicationId, Candidate, CandidateCommand, CandidateId, CandidateTold, Command,
    Entity, Expected, Extra, Facts, Held, Identifier, JobCommand, JobId, Kind, Named, NoteCommand, NoteId,
    NotePlace, RefusalCode, UserId, World,
};
use callboard_dialects::rest::hirehive::{self, Shown};
use callboard_ledger::RequestKey;
use serde_json::Value;
use serde_json::value::RawValue;

use super::body::{check_candidate, check_extra, check_job, check_long, check_source, unreadable};
use super::envelope::One;
use super::visit::Visit;
use crate::api::asking::Posted;
use crate::problem::Problem;

/// How often a change that builds on what was there is made anew when someone else changes it in between.
const TRIES: usize = 5;

/// What a body says before it is read any further.
pub(super) type Given = Posted<Box<RawValue>>;

pub(super) async fn create_job(visit: Visit, given: Given) -> Result<Response, Problem> {
    visit.require_write()?;
    let once = given.once.clone();
    visit.made(visit.make_job(given).await, once).await
}

/// What the body does not say, or says to be `null`, stays. Tags become those that the body lists, if it lists any.
pub(super) async fn change_candidate(visit: Visit, given: Given) -> Result<One, Problem> {
    visit.require_write()?;
    let asked = hirehive::candidate(given.body.get().as_bytes()).map_err(|error| unreadable(&error))?;
    check_candidate(&asked)?;
    for _ in 1..TRIES {
        match visit.try_to_change_candidate(asked.clone(), given.once.clone()).await {
            Err(problem) if problem.is(RefusalCode::OUTDATED) => {}
            done => return visit.show(done?).await,
        }
    }
    let done = visit.try_to_change_candidate(asked, given.once).await?;
    visit.show(done).await
}

pub(super) async fn create_note(visit: Visit, given: Given) -> Result<Response, Problem> {
    visit.require_write()?;
    let once = given.once.clone();
    visit.made(visit.make_note(given).await, once).await
}

/// Answers the source as it stands then, not the whole application.
pub(super) async fn change_source(visit: Visit, given: Given) -> Result<One, Problem> {
    visit.require_write()?;
    for _ in 1..TRIES {
        match visit.try_to_change_source(&given).await {
            Err(problem) if problem.is(RefusalCode::OUTDATED) => {}
            done => {
                done?;
                return visit.source().await;
            }
        }
    }
    visit.try_to_change_source(&given).await?;
    visit.source().await
}

impl Visit {
    async fn make_job(&self, given: Given) -> Result<u64, Problem> {
        let mut told = hirehive::job(given.body.get().as_bytes()).map_err(|error| unreadable(&error))?;
        check_job(&told)?;
        self.put_ours::<UserId>(Kind::User, &mut told.owner_id).await?;
        // When it was made and published is not for the body to say.
        (told.opened_at, told.published_at) = (None, None);
        let id: JobId = self.hub.mint();
        let create = Command::Job(id, JobCommand::Create(Facts { told, ..Facts::default() }));
        self.carry_out(vec![create], None, given.once, id.raw()).await
    }

    async fn make_note(&self, given: Given) -> Result<u64, Problem> {
        let candidate: CandidateId = self.ours(Kind::Candidate, self.named("id")).await?;
        let mut note = hirehive::note(given.body.get().as_bytes()).map_err(|error| unreadable(&error))?;
        check_long("text", note.told.text.as_ref())?;
        check_extra(&note.told.extra)?;
        let mut place = NotePlace { candidate: Some(candidate), ..NotePlace::default() };
        if let Some(application) = self.asked("application_id").or(note.application.as_deref()) {
            place.application = Some(self.ours(Kind::Application, application).await?);
        }
        if let Some(author) = note.told.author.take().and_then(|author| author.id) {
            place.author = Some(self.ours(Kind::User, &author).await?);
        }
        note.told.written_at = None;
        let id: NoteId = self.hub.mint();
        let facts = Facts { told: note.told, ..Facts::default() };
        let create = Command::Note(id, NoteCommand::Create { place, facts });
        self.carry_out(vec![create], None, given.once, id.raw()).await
    }

    async fn try_to_change_candidate(
        &self,
        mut told: CandidateTold,
        once: Option<RequestKey>,
    ) -> Result<u64, Problem> {
        let (id, world) = self.find::<CandidateId>(Kind::Candidate, self.named("id")).await?;
        let Some((held, Entity::Candidate(before))) = held(&world, id.raw()) else {
            return Err(Problem::not_found("candidate"));
        };
        merge(&before.extra, &mut told.extra);
        check_extra(&told.extra)?;
        let tags = told.tags.take();
        let change = CandidateCommand::Change(Facts { told, ..Facts::default() });
        let commands =
            std::iter::once(Command::Candidate(id, change)).chain(retagged(before, tags)).collect();
        self.carry_out(commands, Some(as_it_stands(held)), once, id.raw()).await
    }

    async fn try_to_change_source(&self, given: &Given) -> Result<u64, Problem> {
        let id = self.application_of_candidate().await?;
        let world = self.world(vec![id.raw()]).await?;
        let Some((held, Entity::Application(before))) = held(&world, id.raw()) else {
            return Err(Problem::not_found("application"));
        };
        let told =
            hirehive::source(given.body.get().as_bytes(), before).map_err(|error| unreadable(&error))?;
        check_source(&told)?;
        let clear = if told.origin.is_none() { vec!["origin".to_owned()] } else { Vec::new() };
        let change = ApplicationCommand::Change(Facts { told, clear, ..Facts::default() });
        let commands = vec![Command::Application(id, change)];
        self.carry_out(commands, Some(as_it_stands(held)), given.once.clone(), id.raw()).await
    }

    async fn source(&self) -> Result<One, Problem> {
        let id: ApplicationId = self.application_of_candidate().await?;
        let world = self.world(vec![id.raw()]).await?;
        match held(&world, id.raw()) {
            Some((_, Entity::Application(it))) => Ok(One::new(Shown(&world).source(it))),
            _ => Err(Problem::not_found("application")),
        }
    }
}

fn held(world: &World, raw_id: u64) -> Option<(&Held, &Entity)> {
    world.entity(raw_id).map(|held| (held, &held.entity))
}

fn as_it_stands(held: &Held) -> Expected {
    Expected { raw_id: held.entity.raw_id(), versions: vec![held.record.version] }
}

/// What was kept, under what is kept now: a change says a part of a thing.
fn merge(before: &Extra, now: &mut Extra) {
    for (platform, kept) in now.iter_mut() {
        let Some(mut members) = before.get(platform).and_then(Value::as_object).cloned() else { continue };
        members.extend(kept.as_object().cloned().unwrap_or_default());
        *kept = members.into();
    }
}

/// Takes the tags off that are not listed, and puts those on that are not there.
fn retagged(candidate: &Candidate, listed: Option<Vec<Named>>) -> Vec<Command> {
    let Some(listed) = listed else { return Vec::new() };
    let worn = candidate.tags.as_deref().unwrap_or_default();
    let is_same = |one: &Named, other: &Named| match (&one.id, &other.id) {
        (Some(one), Some(other)) => one == other,
        _ => one.name == other.name,
    };
    let dropped = worn.iter().filter(|tag| !listed.iter().any(|other| is_same(tag, other)));
    let removals = dropped
        .filter_map(|tag| tag.id.clone().or_else(|| tag.name.clone()))
        .map(CandidateCommand::RemoveTag);
    let new = listed.iter().filter(|tag| !worn.iter().any(|other| is_same(tag, other)));
    let additions = new.cloned().map(CandidateCommand::AddTag);
    removals.chain(additions).map(|command| Command::Candidate(candidate.id, command)).collect()
}
