//! The company: its name, the zone that its people live in, its pipeline.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Asked, draw};
use crate::Board;
use crate::api::Fault;
use crate::session::Visitor;

/// The stages that every company has, of which its own are a part.
pub(super) const PARENTS: [&str; 6] = ["new", "screening", "interviewing", "offered", "hired", "rejected"];
/// So many lines are free for more stages.
const FREE: usize = 2;

/// A company's settings as the API shows them.
#[derive(Debug, Deserialize)]
pub(super) struct Company {
    name: String,
    time_zone: Option<String>,
    stages: Vec<Stage>,
}

/// A stage of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Stage {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) parent: String,
}

/// What is filled into the form.
#[derive(Debug, Default)]
pub(super) struct Entered {
    pub(super) name: String,
    pub(super) time_zone: String,
    /// The last ones are free.
    pub(super) stages: Vec<Stage>,
    /// The version that was seen when it was filled in.
    pub(super) version: String,
}

impl Entered {
    pub(super) fn of(company: Company, version: String) -> Self {
        let Company { name, time_zone, stages } = company;
        Self { name, time_zone: time_zone.unwrap_or_default(), stages, version }.with_free_lines()
    }

    /// From the fields of a form, where each stage has three, in a row.
    fn read(fields: Vec<(String, String)>) -> Self {
        let mut entered = Self::default();
        for (field, value) in fields {
            let value = value.trim().to_owned();
            match (field.as_str(), entered.stages.last_mut()) {
                ("name", _) => entered.name = value,
                ("time_zone", _) => entered.time_zone = value,
                ("version", _) => entered.version = value,
                ("stage", _) => entered.stages.push(Stage { name: value, ..Stage::default() }),
                ("stage_id", Some(stage)) => stage.id = value,
                ("stage_parent", Some(stage)) => stage.parent = value,
                _ => {}
            }
        }
        // A line whose name was emptied is taken away.
        entered.stages.retain(|stage| !stage.name.is_empty());
        for stage in &mut entered.stages {
            if stage.id.is_empty() {
                stage.id.clone_from(&stage.name);
            }
        }
        entered
    }

    fn with_free_lines(mut self) -> Self {
        let lines = self.stages.len() + FREE;
        self.stages.resize(lines, Stage::default());
        self
    }

    /// What to ask the API for.
    fn body(&self) -> Value {
        let stages = self
            .stages
            .iter()
            .map(|Stage { id, name, parent }| json!({ "id": id, "name": name, "parent": parent }));
        let time_zone = (!self.time_zone.is_empty()).then_some(&self.time_zone);
        json!({ "name": self.name, "time_zone": time_zone, "stages": stages.collect::<Vec<_>>() })
    }
}

pub(super) async fn change(
    State(board): State<Arc<Board>>,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let api = visitor.api;
    let entered = Entered::read(fields);
    let seen = (header::IF_MATCH, entered.version.as_str());
    match api.send_if::<Value>(seen, Method::PATCH, "/v1/settings", &entered.body()).await {
        Ok(_) => Ok(Redirect::to("/board/settings?done=company").into_response()),
        Err(fault) if fault.is_refusal() => {
            let status: StatusCode = fault.status;
            let entered = entered.with_free_lines();
            Ok((status, draw(&board, &api, Asked::default(), entered, Some(fault)).await?).into_response())
        }
        Err(fault) => Err(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_whose_name_is_emptied_is_taken_away_and_a_new_one_is_called_by_its_name() {
        let fields = [
            ("name", "Aula"),
            ("time_zone", ""),
            ("stage", "Phone"),
            ("stage_id", "7"),
            ("stage_parent", "screening"),
            ("stage", ""),
            ("stage_id", "8"),
            ("stage_parent", "offered"),
            ("stage", "Board"),
            ("stage_id", ""),
            ("stage_parent", "interviewing"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(
            Entered::read(fields).body(),
            json!({
                "name": "Aula", "time_zone": null,
                "stages": [
                    {"id": "7", "name": "Phone", "parent": "screening"},
                    {"id": "Board", "name": "Board", "parent": "interviewing"},
                ],
            })
        );
    }
}
