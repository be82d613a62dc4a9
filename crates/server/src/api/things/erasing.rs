//! A candidate is forgotten: `POST /v1/candidates/{id}/erase`.

use std::sync::Arc;

use axum::extract::State;
use callboard_core::{Candidate, CandidateCommand, CandidateId, Command};

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
    // The ledger names what belongs to them, at the moment in which they are erased.
    let erase = CandidateCommand::Erase {
        notes: Vec::new(),
        files: Vec::new(),
        answer_videos: Vec::new(),
        feedback: Vec::new(),
    };
    let commands = vec![Command::Candidate(id, erase)];
    Order::of(caller, commands).only_if(id, if_match).once(once).now(&hub, id).await
}
