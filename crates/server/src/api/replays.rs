//! `/v1/replays`: telling again what was missed, as work that goes on by itself.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::State;
use callboard_core::{EndpointId, InterviewId, ReplayId, SourceId, Timestamp, time_of};
use callboard_core::{Identifier, ReceiptId};
use callboard_ledger::{Answer, Change, Replay, ReplayAsked, ReplayOf, ReplayState, RequestKey, What};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asking::Posted;
use super::body::{Asked, Id, Nothing};
use super::configuring;
use super::endpoint_form::check_pattern;
use super::text::check_count;
use crate::auth::{Admin, Caller};
use crate::hub::Hub;
use crate::limits::REPLAYS_RUNNING;
use crate::listing::{List, Paging, raw_at};
use crate::openapi::{Accepted, Now, says};
use crate::problem::{Problem, codes};

pub(super) fn routes() -> ApiRouter<Arc<Hub>> {
    ApiRouter::new()
        .api_route(
            "/endpoints/{id}/replay",
            post_with(of_endpoint, says("replayEndpoint", "Tell an endpoint again", OF_ENDPOINT)),
        )
        .api_route(
            "/sources/{id}/replay",
            post_with(of_source, says("replaySource", "Tell again what came from a source", OF_SOURCE)),
        )
        .api_route("/replays", get_with(list, says("listReplays", "List replays", "")))
        .api_route("/replays/{id}", get_with(show, says("getReplay", "Show how a replay stands", "")))
        .api_route(
            "/replays/{id}/cancel",
            post_with(cancel, says("cancelReplay", "Call a replay off", CANCELLING)),
        )
        .with_path_items(|item| item.tag("Replays"))
}

const OF_ENDPOINT: &str = "Goes through a window of time, oldest first, as work of its own: `Location` leads to how it stands. It goes \
    on after a restart. An endpoint has one at a time. What has been erased is not told again.";
const OF_SOURCE: &str = "Goes through a window of time, oldest first, as work of its own: `Location` leads to how it stands. It goes \
    on after a restart. A source has one at a time. What has been erased is not told again.";
const CANCELLING: &str = "What it has done by then stays: what is owed because of it is still told.";

/// What an endpoint is told again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointReplay {
    /// Only what was recorded at this time or later.
    since: Timestamp,
    /// Only what was recorded before this time; left out: until now.
    until: Option<Timestamp>,
    /// Only these events: names, or the beginning of some with a `*` (`interview.*`). Empty means all.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    events: Vec<String>,
    /// Only from these sources. Empty means all.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    sources: Vec<SourceId>,
    /// Only about this interview.
    interview: Option<InterviewId>,
    /// What of it.
    #[serde(default)]
    what: EndpointWhat,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum EndpointWhat {
    /// Deliveries that were given up or called off: the same ones, with the same bytes and the same id.
    #[default]
    Failed,
    /// Events that it would be told now, but of which it has no delivery: it was made later, or asked for less.
    Missed,
    /// Everything that it would be told now, again: a new delivery of each event, under the event's id as before.
    All,
}

/// What came from a source and is taken up again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceReplay {
    /// Only what came in at this time or later.
    since: Timestamp,
    /// Only what came in before this time; left out: until now.
    until: Option<Timestamp>,
    /// Only these events: names, or the beginning of some with a `*` (`interview.*`). Empty means all. Requests that were
    /// not understood are no events yet.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    events: Vec<String>,
    /// What of it.
    #[serde(default)]
    what: SourceWhat,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum SourceWhat {
    /// Requests that could not be understood are read again.
    #[default]
    Quarantined,
    /// Events are told to every endpoint that wants them now and has no delivery of them.
    Events,
    /// Events are told to every endpoint that wants them now, again.
    All,
}

/// A replay, as it is shown.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Replay")]
pub(crate) struct ReplayView {
    id: ReplayId,
    state: ReplayState,
    /// The endpoint that is told again.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<EndpointId>,
    /// The source whose requests or events are taken up again.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<SourceId>,
    /// `failed`, `missed` or `all` of an endpoint; `quarantined`, `events` or `all` of a source.
    what: &'static str,
    since: Timestamp,
    until: Timestamp,
    events: Vec<String>,
    sources: Vec<SourceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interview: Option<InterviewId>,
    /// How much there is to look at, where that can be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// How much was looked at.
    seen: u64,
    /// How many deliveries are owed because of it; how many requests were understood.
    replayed: u64,
    /// How much was looked at and left as it was.
    skipped: u64,
    /// Everything that was recorded until then has been looked at.
    reached_at: Timestamp,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
    /// Why it could not go on.
    error: Option<String>,
}

fn view(replay: &Replay) -> ReplayView {
    let asked = &replay.asked;
    let (endpoint, source) = match asked.of {
        ReplayOf::Endpoint(id) => (Some(id), None),
        ReplayOf::Source(id) => (None, Some(id)),
    };
    let reached = if replay.state == ReplayState::Done {
        asked.until
    } else {
        time_of(ReceiptId::from_raw(replay.reached)).clamp(asked.since, asked.until)
    };
    ReplayView {
        id: replay.id,
        state: replay.state,
        endpoint,
        source,
        what: match asked.what {
            What::Failed => "failed",
            What::Missed if source.is_some() => "events",
            What::Missed => "missed",
            What::All => "all",
            What::Quarantined => "quarantined",
        },
        since: asked.since,
        until: asked.until,
        events: asked.events.clone(),
        sources: asked.sources.clone(),
        interview: asked.interview,
        total: replay.total,
        seen: replay.seen,
        replayed: replay.replayed,
        skipped: replay.skipped,
        reached_at: reached,
        created_at: replay.created_at,
        finished_at: replay.finished_at,
        error: replay.error.clone(),
    }
}

async fn of_endpoint(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<EndpointId>,
    Posted { body, once }: Posted<EndpointReplay>,
) -> Result<Accepted<ReplayView>, Problem> {
    let directory = hub.ledger.directory();
    if directory.endpoint(id).is_none_or(|endpoint| endpoint.company != caller.company) {
        return Err(Problem::not_found("endpoint"));
    }
    let EndpointReplay { since, until, events, sources, interview, what } = body;
    check_count("sources", &sources)?;
    let mine = |id: &SourceId| directory.source(*id).is_some_and(|it| it.company == caller.company);
    if let Some(unknown) = sources.iter().find(|id| !mine(id)) {
        return Err(Problem::new(codes::UNKNOWN_SOURCE, format!("there is no source {unknown}")));
    }
    let what = match what {
        EndpointWhat::Failed => What::Failed,
        EndpointWhat::Missed => What::Missed,
        EndpointWhat::All => What::All,
    };
    let asked = ReplayAsked {
        of: ReplayOf::Endpoint(id),
        what,
        since,
        until: until.unwrap_or_else(|| hub.now()),
        events,
        sources,
        interview,
        before: 0,
    };
    start(&hub, caller, asked, once).await
}

async fn of_source(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<SourceId>,
    Posted { body, once }: Posted<SourceReplay>,
) -> Result<Accepted<ReplayView>, Problem> {
    if hub.ledger.directory().source(id).is_none_or(|source| source.company != caller.company) {
        return Err(Problem::not_found("source"));
    }
    let SourceReplay { since, until, events, what } = body;
    let what = match what {
        SourceWhat::Quarantined if !events.is_empty() => {
            let detail =
                "requests that were not understood are no events yet: leave `events` out, or say `what`";
            return Err(Problem::new(codes::BAD_REPLAY, detail));
        }
        SourceWhat::Quarantined => What::Quarantined,
        SourceWhat::Events => What::Missed,
        SourceWhat::All => What::All,
    };
    let asked = ReplayAsked {
        of: ReplayOf::Source(id),
        what,
        since,
        until: until.unwrap_or_else(|| hub.now()),
        events,
        sources: Vec::new(),
        interview: None,
        before: 0,
    };
    start(&hub, caller, asked, once).await
}

/// Begins a replay, unless the same request has done so before.
async fn start(
    hub: &Hub,
    caller: Caller,
    mut asked: ReplayAsked,
    once: Option<RequestKey>,
) -> Result<Accepted<ReplayView>, Problem> {
    check(&asked)?;
    let one_at_a_time = hub.configuring(caller.company).await?;
    if let Some(before) = configuring::answered_before(hub, once.as_ref()).await? {
        return Ok(Accepted::new(before.body.clone()).at(location(&before)).replayed(true));
    }
    check_running(hub, caller, asked.of).await?;
    // What happens from now on is told anyway: the replay ends where everything ends by now.
    let newest = hub.ledger.read(|reader| reader.newest()).await?;
    asked.before = raw_at(asked.until).min(newest + 1);
    if asked.until >= hub.now() {
        asked.before = newest + 1;
    }
    let since = raw_at(asked.since);
    let replay = Replay::new(hub.mint(), caller.company, asked, since, hub.now());
    let shown = view(&replay);
    let body = serde_json::to_vec(&shown).expect("what is shown is JSON").into();
    let answer = Answer { status: 202, etag: None, body };
    let changes = vec![Change::StartReplay(Box::new(replay))];
    match once {
        Some(key) => drop(one_at_a_time.change_once(changes, key, answer.clone()).await?),
        None => one_at_a_time.change(changes).await?,
    }
    Ok(Accepted::new(answer.body.clone()).at(location(&answer)))
}

fn location(answer: &Answer) -> Option<String> {
    let shown: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    Some(format!("/v1/replays/{}", shown.get("id")?.as_str()?))
}

fn check(asked: &ReplayAsked) -> Result<(), Problem> {
    if asked.since >= asked.until {
        let detail =
            format!("there is no time from {} until {}: `since` comes first", asked.since, asked.until);
        return Err(Problem::new(codes::BAD_REPLAY, detail));
    }
    check_count("events", &asked.events)?;
    asked.events.iter().try_for_each(|pattern| check_pattern(pattern))
}

async fn check_running(hub: &Hub, caller: Caller, of: ReplayOf) -> Result<(), Problem> {
    let running = hub.ledger.running_replays().await?;
    let mine = running.iter().filter(|replay| replay.company == caller.company);
    if let Some(other) = running.iter().find(|replay| replay.asked.of == of) {
        let detail = format!("{} is not at its end: wait for it, or cancel it", other.id);
        return Err(Problem::new(codes::REPLAY_RUNNING, detail));
    }
    if mine.count() >= REPLAYS_RUNNING {
        let detail = format!("{REPLAYS_RUNNING} replays are running: wait for one, or cancel one");
        return Err(Problem::new(codes::REPLAY_RUNNING, detail));
    }
    Ok(())
}

async fn find(hub: &Hub, caller: Caller, id: ReplayId) -> Result<Replay, Problem> {
    let found = hub.ledger.read(move |reader| reader.replay(id)).await?;
    let mine = found.filter(|replay| replay.company == caller.company);
    mine.ok_or_else(|| Problem::not_found("replay"))
}

async fn list(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Asked(paging): Asked<Paging>,
) -> Result<Json<List<ReplayView>>, Problem> {
    let page = paging.page::<ReplayId>()?;
    let replays = hub.ledger.read(move |reader| reader.replays(caller.company, page)).await?;
    Ok(List::new(replays.iter().map(view).collect(), page, |it: &ReplayView| it.id.to_string()))
}

async fn show(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    Id(id): Id<ReplayId>,
) -> Result<Json<ReplayView>, Problem> {
    Ok(Json(view(&find(&hub, caller, id).await?)))
}

async fn cancel(
    State(hub): State<Arc<Hub>>,
    Admin(caller): Admin,
    Id(id): Id<ReplayId>,
    Posted { once, .. }: Posted<Nothing>,
) -> Result<Now<ReplayView>, Problem> {
    let replay = find(&hub, caller, id).await?;
    let mut replayed = configuring::done_before(&hub, once.as_ref()).await?;
    if !replayed {
        if replay.state != ReplayState::Running {
            return Err(Problem::new(codes::REPLAY_ENDED, "it has ended already"));
        }
        let ended = Change::EndReplay { id, state: ReplayState::Cancelled, at: hub.now(), error: None };
        replayed = configuring::change(&hub, vec![ended], once).await?;
    }
    Ok(Now::of(&view(&find(&hub, caller, id).await?)).replayed(replayed))
}
