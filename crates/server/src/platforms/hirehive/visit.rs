//! Who is asking, and where: a key, the company that the path names, and what is named below it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::Response;
use callboard_core::{Asker, Command, Entity, Expected, Held, Kind, World};
use callboard_ledger::{Answer, Asking, Carried, Company, Remember, RequestKey, Scope, ThingFilter};
use url::form_urlencoded;

use super::envelope::One;
use crate::api::configuring;
use crate::auth::Caller;
use crate::hub::Hub;
use crate::platforms::gathering::{Counted, count, count_ids};
use crate::problem::{Problem, codes};

/// A request of someone who may see what is in this company.
pub(super) struct Visit {
    pub(super) hub: Arc<Hub>,
    pub(super) company: Arc<Company>,
    caller: Caller,
    uri: Uri,
    path: HashMap<String, String>,
    query: HashMap<String, String>,
}

impl FromRequestParts<Arc<Hub>> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, hub).await?;
        let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, hub)
            .await
            .map_err(|_| Problem::not_found("page"))?;
        let directory = hub.ledger.directory();
        let company = directory.company(caller.company);
        // A company of someone else's is refused in the same way as one that is not there.
        let company = company
            .filter(|company| path.get("company").is_some_and(|name| is_named(company, name)))
            .ok_or_else(|| Problem::not_found("company"))?;
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        Ok(Self {
            hub: Arc::clone(hub),
            company: Arc::clone(company),
            caller,
            query: query.into_owned().collect(),
            uri: parts.uri.clone(),
            path,
        })
    }
}

fn is_named(company: &Company, name: &str) -> bool {
    company.id.to_string() == name || company.name.eq_ignore_ascii_case(name.trim())
}

impl Visit {
    /// What the path names.
    pub(super) fn named(&self, part: &str) -> &str {
        self.path.get(part).map(String::as_str).unwrap_or_default()
    }

    /// What stands behind the `?`.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// The URL of this request, as far as it does not say which page.
    pub(super) fn url(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut others: Vec<_> =
            self.query.iter().filter(|(name, _)| !matches!(name.as_str(), "page" | "page_size")).collect();
        others.sort_unstable();
        query.extend_pairs(others);
        let company = &self.company.id;
        format!("{}/hirehive/v1.0/{company}{}?{}", self.hub.public_url, self.uri.path(), query.finish())
    }

    /// Only if the key may change something.
    pub(super) fn require_write(&self) -> Result<(), Problem> {
        self.caller.require(Scope::Write).map(drop)
    }

    pub(super) async fn world(&self, raw_ids: Vec<u64>) -> Result<World, Problem> {
        Ok(self.hub.ledger.world(raw_ids, Vec::new()).await?)
    }

    /// What is picked of everything that matches, oldest first.
    pub(super) async fn all<T: Send + 'static>(
        &self,
        filter: ThingFilter,
        pick: impl FnMut(&Held) -> Option<T> + Send + 'static,
    ) -> Result<Counted<T>, Problem> {
        Ok(self.hub.ledger.read(move |reader| count(reader, &filter, pick)).await?)
    }

    /// Everything of a kind, by the numbers of the ids.
    pub(super) async fn every(&self, kind: Kind) -> Result<Counted<u64>, Problem> {
        let filter = ThingFilter::all(self.company.id, kind);
        Ok(self.hub.ledger.read(move |reader| count_ids(reader, &filter)).await?)
    }

    /// The thing with this id, as an answer.
    pub(super) async fn show(&self, raw_id: u64) -> Result<One, Problem> {
        let world = self.world(vec![raw_id]).await?;
        let entity: Option<&Entity> = world.entity(raw_id).map(|held| &held.entity);
        entity.and_then(|entity| One::of(&world, entity)).ok_or_else(|| Problem::not_found("thing"))
    }

    /// Carries commands out, once however often they are sent. Answers the number of the id of the thing that they are
    /// about: that of `about`, or of the thing that the first request was about.
    pub(super) async fn carry_out(
        &self,
        commands: Vec<Command>,
        expected: Option<Expected>,
        once: Option<RequestKey>,
        about: u64,
    ) -> Result<u64, Problem> {
        let answer = Answer { status: 200, etag: None, body: about.to_string().into() };
        let remember = once.map(|key| Remember { key, answer: Arc::new(move |_| answer.clone()) });
        let asker = Asker { company: self.company.id, at: self.hub.now(), expected };
        let asking = Asking { asker, commands, blobs: Vec::new(), remember };
        match self.hub.ledger.command(asking).await? {
            Carried::Out(_) => Ok(about),
            Carried::Before(answer) => named_in(&answer),
        }
    }

    /// The answer to what makes something: the thing as it stands. What is refused now may have been carried out when the same
    /// request came before, and need not be possible once more.
    pub(super) async fn made(
        &self,
        made: Result<u64, Problem>,
        once: Option<RequestKey>,
    ) -> Result<Response, Problem> {
        let raw_id = match made {
            Ok(raw_id) => raw_id,
            Err(refused) => match configuring::answered_before(&self.hub, once.as_ref()).await? {
                Some(answer) => named_in(&answer)?,
                None => return Err(refused),
            },
        };
        Ok(self.show(raw_id).await?.made())
    }
}

/// The number of the id of the thing that a request was about.
fn named_in(answer: &Answer) -> Result<u64, Problem> {
    let raw_id = std::str::from_utf8(&answer.body).ok().and_then(|raw_id| raw_id.parse().ok());
    raw_id.ok_or_else(|| Problem::new(codes::DAMAGED, "what was answered before cannot be read back"))
}
