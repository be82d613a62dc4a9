//! One interview: its way through the stages, everything that happened on one axis of time, what reviewers said, and what
//! each endpoint was told, in its words.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use callboard_core::{Event, EventType, Stage, Timestamp};
use futures_util::future::try_join_all;
use serde::Deserialize;

use super::track::{Stop, stops};
use super::{Interview, With};
use crate::api::{Api, Fault, List};
use crate::in_address::{InAddress, asking};
use crate::listing::{self, Endpoint, Source, encoded};
use crate::page::{self, Page};
use crate::session::Visitor;
use crate::words::Line;

/// So many events are shown at once.
const ITEMS: usize = 100;
/// So many requests are shown in an endpoint's words.
const REQUESTS: usize = 25;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    cursor: String,
    /// In the words of which endpoint.
    told: String,
}

/// Something that happened, as the API's time line shows it.
#[derive(Deserialize)]
struct Moment {
    receipt: Option<String>,
    recorded_at: Timestamp,
    event: Event,
    deliveries: Vec<Told>,
    /// Are there more than these?
    #[serde(default)]
    more_deliveries: bool,
}

#[derive(Debug, Clone, Deserialize)]
struct Told {
    id: String,
    endpoint: String,
    state: String,
}

#[derive(Deserialize)]
struct Assessment {
    status: String,
    average: Option<f64>,
    total: Option<f64>,
    overall_status: String,
    reviewers: Vec<Reviewer>,
}

#[derive(Deserialize)]
struct Reviewer {
    #[serde(rename = "reviewer")]
    who: Person,
    status: Option<String>,
    score: Option<f64>,
    comment: Option<String>,
}

#[derive(Deserialize)]
struct Person {
    name: Option<String>,
    email: Option<String>,
    id: Option<String>,
}

/// A line of the axis.
struct Row {
    line: Line,
    receipt: Option<String>,
    told: Vec<Mark>,
    /// Were more told than these?
    more: bool,
}

/// A delivery on the axis.
struct Mark {
    told: Told,
    endpoint: String,
}

/// A request to the endpoint that was asked for.
struct Request {
    line: Line,
    delivery: String,
    state: String,
    body: String,
}

#[derive(Deserialize)]
struct Shown {
    body: Option<String>,
}

#[derive(Template)]
#[template(path = "interview.html")]
struct One {
    asked: Asked,
    interview: Interview,
    with: With,
    stops: Vec<Stop>,
    rows: Vec<Row>,
    next: Option<String>,
    assessment: Assessment,
    /// Who was told something of it.
    endpoints: Vec<Endpoint>,
    requests: Vec<Request>,
}

impl One {
    const SECTION: &str = "Interviews";
}

pub(super) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    InAddress(asked): InAddress<Asked>,
) -> Result<Page, Fault> {
    let api = visitor.api;
    let interview: Interview = api.get(&format!("/v1/interviews/{}", encoded(&id))).await?;
    let timeline = format!("/v1/interviews/{}/timeline", interview.id);
    let moments: List<Moment> =
        api.get(&asking(&timeline, &[("limit", &ITEMS.to_string()), ("cursor", &asked.cursor)])).await?;
    let assessment = api.get(&format!("/v1/interviews/{}/assessment", interview.id)).await?;
    let (sources, mut endpoints) = (listing::sources(&api).await?, listing::endpoints(&api).await?);
    let moves: Vec<(Stage, Timestamp)> = moments.items.iter().filter_map(move_to).collect();
    let stops = stops(&moves, &Stage::from(interview.stage.value.as_str()));
    let rows: Vec<Row> = moments.items.into_iter().map(|it| it.row(&sources, &endpoints)).collect();
    endpoints
        .retain(|endpoint| rows.iter().any(|row| row.told.iter().any(|it| it.told.endpoint == endpoint.id)));
    let requests = requests(&api, &rows, &asked.told).await?;
    let with = interview.with(&api).await?;
    let page = format!("/board/interviews/{}", interview.id);
    let next = moments.next.map(|cursor| asking(&page, &[("told", &asked.told), ("cursor", &cursor)]));
    Ok(page::draw(&One { asked, interview, with, stops, rows, next, assessment, endpoints, requests }))
}

fn move_to(moment: &Moment) -> Option<(Stage, Timestamp)> {
    let event = &moment.event;
    let tells = matches!(event.kind, EventType::InterviewCreated | EventType::InterviewStageUpdated);
    let interview = event.data.interview.as_ref().filter(|_| tells)?;
    Some((interview.stage.value.clone(), event.timestamp))
}

impl Moment {
    fn row(self, sources: &[Source], endpoints: &[Endpoint]) -> Row {
        let source = self.event.data.source.map(|source| source.to_string());
        let platform =
            sources.iter().find(|it| Some(&it.id) == source.as_ref()).map(|it| it.platform.as_str());
        let mut told: Vec<Mark> = self.deliveries.into_iter().map(|told| Mark::of(told, endpoints)).collect();
        told.sort_by(|a, b| a.told.endpoint.cmp(&b.told.endpoint));
        Row {
            line: Line::of(&self.event, platform, self.recorded_at),
            receipt: self.receipt,
            told,
            more: self.more_deliveries,
        }
    }
}

impl Mark {
    fn of(told: Told, endpoints: &[Endpoint]) -> Self {
        let endpoint = endpoints.iter().find(|it| it.id == told.endpoint);
        Self { endpoint: endpoint.map_or("an endpoint that was removed", Endpoint::name).to_owned(), told }
    }

    fn class(&self) -> &str {
        match self.told.state.as_str() {
            "pending" => "owed",
            "delivered" => "told",
            "failed" => "failed",
            _ => "off",
        }
    }
}

/// What the endpoint was told, as it was sent; what is no longer kept, or has been erased, is left out.
async fn requests(api: &Api, rows: &[Row], endpoint: &str) -> Result<Vec<Request>, Fault> {
    let to_it = |row: &Row| row.told.iter().find(|it| it.told.endpoint == endpoint).map(|it| it.told.clone());
    let asked = rows.iter().filter_map(|row| Some((row.line.clone(), to_it(row)?))).take(REQUESTS);
    let asked = asked.map(async |(line, told)| {
        match api.get::<Shown>(&format!("/v1/deliveries/{}/request", told.id)).await {
            Ok(Shown { body }) => {
                Ok(body.map(|body| Request { line, delivery: told.id, state: told.state, body }))
            }
            Err(fault) if matches!(fault.status, StatusCode::NOT_FOUND | StatusCode::CONFLICT) => Ok(None),
            Err(fault) => Err(fault),
        }
    });
    Ok(try_join_all(asked).await?.into_iter().flatten().collect())
}

impl Person {
    fn called(&self) -> &str {
        [&self.name, &self.email, &self.id].into_iter().flatten().next().map_or("somebody", String::as_str)
    }
}
