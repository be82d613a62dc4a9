//! `/v1/endpoints/{id}/rotate` and `/v1/sources/{id}/rotate`: other credentials, and the ones before count for a while
//! still, so that both sides can change over in their own time.

use std::sync::Arc;
use std::time::Duration;

use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use axum::extract::State;
use callboard_core::{Endpoint, EndpointId, Rotated, Sealed, Source, SourceId, Timestamp};
use callboard_dialects::{CredentialsError, Dialect, Role, dialect};
use callboard_ledger::Change;
use callboard_outbox::{parse_delay_up_to, write_delay};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::asking::{IfMatch, Posted};
use super::body::Id;
use super::configuring;
use super::endpoints::{self, EndpointView};
use super::sources::{self, SourceView};
use super::text::check_credentials;
use crate::auth::Admin;
use crate::hub::Hub;
use crate::keys::new_secret_bytes;
use crate::limits::{ROTATION_OVERLAP, ROTATION_OVERLAP_MOST};
use crate::openapi::{Now, refused_with, says};
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    let of_endpoint = says("rotateEndpoint", "Replace an endpoint's credentials", OF_ENDPOINT);
    let of_source = says("rotateSource", "Replace a source's credentials", OF_SOURCE);
    ApiRouter::new()
        .api_route(
            "/endpoints/{id}/rotate",
            post_with(rotate_endpoint, |it| refused_with(of_endpoint(it).tag("Endpoints"), &[422])),
        )
        .api_route(
            "/sources/{id}/rotate",
            post_with(rotate_source, |it| refused_with(of_source(it).tag("Sources"), &[422])),
        )
}

const OF_ENDPOINT: &str = "The answer shows the new credentials, this once. Until the overlap is over each request carries \
    the signatures of both, the newest first, so that a receiver who has either can verify it. `skype` and `launchpad` have \
    room for one only: they change over at once, and an overlap that is asked for is refused. Credentials that were \
    replaced before do not count any more.";
const OF_SOURCE: &str = "The answer shows the new credentials, and the `url` if a token is part of it, this once. Until the \
    overlap is over, webhooks are accepted with the new credentials and with those before them, under either URL. \
    Credentials that were replaced before do not count any more.";

/// Other credentials, and how long the ones before count still.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// What is signed or verified with from now on. What is not given is made, of the same kind as before; what only the
    /// other side can make has to be given.
    credentials: Option<Value>,
    /// How long the credentials before count still, such as `24h`; `0`: not at all. At most 30 days; a day if nothing else
    /// is said, and not at all where a request has room for one signature only.
    #[schemars(regex(pattern = r"^([0-9]+[smhd]|0)$"))]
    overlap: Option<String>,
}

async fn rotate_endpoint(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<EndpointId>,
    if_match: IfMatch,
    Posted { body, once }: Posted<Rotation>,
) -> Result<Now<EndpointView>, Problem> {
    let configuring = hub.configuring(caller.company).await?;
    endpoints::find(&hub, caller, id)?;
    if let Some(before) = configuring::answered_before(&hub, once.as_ref()).await? {
        return Ok(Now::of_before(before));
    }
    let mut endpoint = Endpoint::clone(&*endpoints::find(&hub, caller, id)?);
    if_match.check(endpoints::version(&hub, &endpoint))?;
    let overlap = body.overlap()?;
    let dialect = known(&endpoint.dialect)?;
    let newest = body.newest(dialect, Role::Endpoint, &endpoint.credentials.0)?;
    let both =
        dialect.signer_of_both(&newest, &endpoint.credentials.0).map_err(|error| bad_credentials(&error))?;
    let overlap = match overlap {
        Some(overlap) if both.is_none() && !overlap.is_zero() => return Err(room_for_one(dialect)),
        None if both.is_none() => Duration::ZERO,
        overlap => overlap.unwrap_or(ROTATION_OVERLAP),
    };
    endpoint.rotated = replaced(&mut endpoint.credentials, newest, overlap, hub.now());
    let version = endpoints::version(&hub, &endpoint);
    let shown = endpoints::view(&hub, &endpoint, true);
    let kept = endpoints::view(&hub, &endpoint, false);
    configuring::replace(&configuring, vec![Change::PutEndpoint(endpoint)], once, (&shown, &kept), version)
        .await
}

async fn rotate_source(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<SourceId>,
    if_match: IfMatch,
    Posted { body, once }: Posted<Rotation>,
) -> Result<Now<SourceView>, Problem> {
    let configuring = hub.configuring(caller.company).await?;
    sources::find(&hub, caller, id)?;
    if let Some(before) = configuring::answered_before(&hub, once.as_ref()).await? {
        return Ok(Now::of_before(before));
    }
    let mut source = Source::clone(&*sources::find(&hub, caller, id)?);
    if_match.check(hub.version_of(&source))?;
    let overlap = body.overlap()?.unwrap_or(ROTATION_OVERLAP);
    let newest = body.newest(known(&source.platform)?, Role::Source, &source.credentials.0)?;
    source.rotated = replaced(&mut source.credentials, newest, overlap, hub.now());
    let version = hub.version_of(&source);
    let shown = sources::view(&hub, &source, true);
    let kept = sources::view(&hub, &source, false);
    configuring::replace(&configuring, vec![Change::PutSource(source)], once, (&shown, &kept), version).await
}

/// Puts new credentials in the place of others; answers how long those count still. Whatever those had replaced is
/// forgotten.
fn replaced(credentials: &mut Sealed, newest: Value, overlap: Duration, now: Timestamp) -> Option<Rotated> {
    let credentials = std::mem::replace(credentials, Sealed(newest));
    let until = now.checked_add(overlap).unwrap_or(Timestamp::MAX);
    (!overlap.is_zero()).then_some(Rotated { credentials, until })
}

impl Rotation {
    /// How long the credentials before are to count, if anything is said of it.
    fn overlap(&self) -> Result<Option<Duration>, Problem> {
        let Some(written) = self.overlap.as_deref() else { return Ok(None) };
        if matches!(written, "0" | "0s" | "0m" | "0h" | "0d") {
            return Ok(Some(Duration::ZERO));
        }
        let overlap = parse_delay_up_to(written, ROTATION_OVERLAP_MOST);
        overlap.map(Some).map_err(|_| {
            let most = write_delay(ROTATION_OVERLAP_MOST);
            let detail = format!("`overlap` is a time such as `24h`, at most `{most}`, or `0`");
            Problem::new(codes::BAD_OVERLAP, detail)
        })
    }

    /// The credentials that are to count from now on: other ones, with which the dialect works.
    fn newest(&self, dialect: &dyn Dialect, role: Role, replaced: &Value) -> Result<Value, Problem> {
        let given = self.credentials.as_ref();
        check_credentials(given)?;
        let newest = match given {
            Some(_) => dialect.credentials(given, role, &mut new_secret_bytes),
            None => dialect.renewed(replaced, role, &mut new_secret_bytes),
        };
        let newest = newest
            .and_then(|newest| usable(dialect, role, newest))
            .map_err(|error| bad_credentials(&error))?;
        let detail = if newest.as_object().is_none_or(Map::is_empty) {
            "nothing is signed here; give the `credentials` that are to be used, or change its `url`"
        } else if newest == *replaced {
            "these are the credentials that it has"
        } else {
            return Ok(newest);
        };
        Err(Problem::new(codes::NOTHING_TO_ROTATE, detail))
    }
}

fn usable(dialect: &dyn Dialect, role: Role, newest: Value) -> Result<Value, CredentialsError> {
    match role {
        Role::Source => dialect.verifier(&newest).map(drop)?,
        Role::Endpoint => dialect.signer(&newest).map(drop)?,
    }
    Ok(newest)
}

fn known(name: &str) -> Result<&'static dyn Dialect, Problem> {
    dialect(name).ok_or_else(|| Problem::not_found("dialect"))
}

fn bad_credentials(error: &CredentialsError) -> Problem {
    Problem::new(codes::BAD_CREDENTIALS, error.to_string())
}

fn room_for_one(dialect: &dyn Dialect) -> Problem {
    let detail = format!(
        "a request of `{}` has room for one signature only: the credentials change at once; ask for the overlap `0`",
        dialect.name()
    );
    Problem::new(codes::NO_OVERLAP, detail)
}
