//! What holds of every decision, whatever was asked or told.

use std::collections::{BTreeMap, BTreeSet};

use callboard_core::{
    CompanyId, Decision, Event, EventType, Identifier, InterviewId, JobId, StageMark, World,
};
use proptest::prelude::*;
use serde_json::Value;

/// What has been told up to now.
#[derive(Default)]
pub struct Watch {
    stages: BTreeMap<InterviewId, StageMark>,
    created: BTreeSet<u64>,
    gone: BTreeSet<u64>,
}

impl Watch {
    pub fn look(
        &mut self,
        world: &World,
        company: CompanyId,
        decision: &Decision,
    ) -> Result<(), TestCaseError> {
        for event in &decision.events {
            prop_assert_eq!(event.company, company);
            self.chains(event)?;
            self.is_created_once_and_first(event)?;
            crosses_nothing(event, company)?;
        }
        let mut put = BTreeSet::new();
        for held in &decision.entities {
            let before = world.entity(held.entity.raw_id());
            prop_assert!(put.insert(held.entity.raw_id()), "put twice: {:?}", held);
            prop_assert_eq!(held.record.version, before.map_or(0, |held| held.record.version) + 1);
            prop_assert_eq!(held.company, company);
            prop_assert!(before.is_none_or(|before| before.company == company), "not theirs: {:?}", held);
            let is_new = before
                .is_none_or(|before| before.entity != held.entity || *before.record != stamped(before, held));
            prop_assert!(is_new, "a version for nothing: {:?}", held);
        }
        Ok(())
    }

    /// Each move starts where the one before ended, and nothing else is told from elsewhere.
    fn chains(&mut self, event: &Event) -> Result<(), TestCaseError> {
        let Some(interview) = &event.data.interview else { return Ok(()) };
        if event.kind == EventType::InterviewStageUpdated {
            let previous: StageMark = serde_json::from_value(event.data.previous["stage"].clone()).unwrap();
            let told = self.stages.get(&interview.id).map(|told| &told.value);
            prop_assert_eq!(told, Some(&previous.value), "a gap");
            prop_assert_ne!(&previous, &interview.stage);
        } else if event.kind != EventType::InterviewCreated {
            let told = self.stages.get(&interview.id).map(|told| &told.value);
            prop_assert_eq!(told, Some(&interview.stage.value), "a move that was not told");
        }
        self.stages.insert(interview.id, interview.stage.clone());
        Ok(())
    }

    fn is_created_once_and_first(&mut self, event: &Event) -> Result<(), TestCaseError> {
        let Some(id) = about(event) else { return Ok(()) };
        let kind = event.kind.as_str();
        prop_assert!(!self.gone.contains(&id), "{} of something that is gone", kind);
        if kind.ends_with(".created") {
            prop_assert!(self.created.insert(id), "{} twice", kind);
        } else {
            prop_assert!(self.created.contains(&id), "{} before it was created", kind);
        }
        if kind.ends_with(".deleted") {
            self.gone.insert(id);
        }
        Ok(())
    }
}

/// The record of a thing as it was, in the version that it has now: what would be there if nothing had changed.
fn stamped(before: &callboard_core::Held, after: &callboard_core::Held) -> callboard_core::Record {
    callboard_core::Record { version: after.record.version, ..(*before.record).clone() }
}

/// The thing that an event is told of.
fn about(event: &Event) -> Option<u64> {
    let data = &event.data;
    let kind = event.kind.as_str();
    match kind.split('.').next()? {
        "job" => data.job.as_ref().map(|it| it.id.raw()),
        "candidate" if kind.starts_with("candidate.note") => data.note.as_ref().map(|it| it.id.raw()),
        "candidate" => data.candidate.as_ref().map(|it| it.id.raw()),
        "application" => data.application.as_ref().map(|it| it.id.raw()),
        "interview" | "feedback" => data.interview.as_ref().map(|it| it.id.raw()),
        _ => None,
    }
}

/// No id in an event, wherever it stands, is of another company's thing.
fn crosses_nothing(event: &Event, company: CompanyId) -> Result<(), TestCaseError> {
    let mut ahead = vec![serde_json::to_value(event).unwrap()];
    while let Some(value) = ahead.pop() {
        match value {
            Value::Array(values) => ahead.extend(values),
            Value::Object(members) => ahead.extend(members.into_iter().map(|(_, value)| value)),
            Value::String(text) => {
                let digits = text.rsplit_once('_').map(|(_, digits)| digits);
                let id = digits.and_then(|digits| format!("job_{digits}").parse::<JobId>().ok());
                // Ids of things are small numbers that start with their company's.
                let owner = id.map(|id| id.raw() / 10_000).filter(|owner| (1..=2).contains(owner));
                prop_assert!(owner.is_none_or(|owner| owner == company.raw()), "{} in {:?}", text, event);
            }
            _ => {}
        }
    }
    Ok(())
}
