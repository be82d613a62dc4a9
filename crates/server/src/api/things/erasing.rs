//! A candidate is forgotten: `POST /v1/candidates/{id}/erase`.

use std::sync::Arc;

use axum::extract::State;
use callboard_core::{
    AnswerVideoId, Candidate, CandidateCommand, CandidateId, Command, CompanyId, Entity, FeedbackId, FileId,
    Held, Identifier, Kind, NoteId,
};
use callboard_ledger::{EngineError, Reader};

use super::belonging::every;
use super::noun::held;
use crate::api::asking::{IfMatch, Posted};
use crate::api::body::{Id, Nothing};
use crate::api::order::Order;
use crate::auth::Admin;
use crate::hub::Hub;
use crate::openapi::{Now, View};
use crate::problem::Problem;

pub(super) async fn erase(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<CandidateId>,
    if_match: IfMatch,
    Posted { once, .. }: Posted<Nothing>,
) -> Result<Now<View<Candidate>>, Problem> {
    let Entity::Candidate(candidate) = held::<Candidate>(&hub, caller, id).await?.entity else {
        return Err(Problem::not_found(&id.to_string()));
    };
    let company = caller.company;
    let erase = hub.ledger.read(move |reader| traces(reader, company, &candidate)).await?;
    let commands = vec![Command::Candidate(id, erase)];
    Order::of(caller, commands).only_if(id, if_match).once(once).now(&hub, id).await
}

/// What no link of the candidate leads to, removed or not.
fn traces(
    reader: &mut dyn Reader,
    company: CompanyId,
    candidate: &Candidate,
) -> Result<CandidateCommand, EngineError> {
    let applications: Vec<u64> = candidate.applications.iter().map(|id| id.raw()).collect();
    let mut of = |kind, parents: Vec<u64>| every(reader, company, kind, parents, true);
    let interviews = of(Kind::Interview, applications.clone())?;
    let assessed = interviews.iter().map(|held| held.entity.raw_id()).chain(applications.iter().copied());
    Ok(CandidateCommand::Erase {
        feedback: ids::<FeedbackId>(of(Kind::Feedback, assessed.collect())?),
        notes: ids::<NoteId>(of(Kind::Note, vec![candidate.id.raw()])?),
        files: ids::<FileId>(of(Kind::File, vec![candidate.id.raw()])?),
        answer_videos: ids::<AnswerVideoId>(of(Kind::AnswerVideo, applications)?),
    })
}

fn ids<I: Identifier>(things: Vec<Held>) -> Vec<I> {
    things.into_iter().map(|held| I::from_raw(held.entity.raw_id())).collect()
}
