//! What goes of someone who is to be forgotten, as far as it can be found at once.

use std::borrow::Cow;

use bytes::Bytes;
use callboard_core::{
    CandidateCommand, CandidateId, Command, CompanyId, Entity, Erasure, Event, EventType, Identifier,
    ReceiptId,
};
use rustc_hash::FxHashSet;
use serde_json::json;

use crate::batch::{EventRow, Search};
use crate::deciding::Deciding;
use crate::engine::{Engine, EngineError};
use crate::fetching::load;
use crate::publish::Notice;

/// What a delivery says whose event has been erased.
pub(crate) const NOTHING_SAID: &str = r#"{"erased":true}"#;
/// How many requests one page of a search looks at.
pub(crate) const SCAN_ROWS: usize = 2_000;

impl Deciding<'_> {
    /// Commands with everything that belongs to whoever they erase. It is looked up in turn with everything else that is
    /// written, so that nothing can be written about someone between the look-up and the erasure.
    pub(crate) fn with_traces<'c>(
        &mut self,
        engine: &mut dyn Engine,
        commands: &'c [Command],
    ) -> Result<Cow<'c, [Command]>, EngineError> {
        let mut commands = Cow::Borrowed(commands);
        for index in 0..commands.len() {
            if let Command::Candidate(id, erase @ CandidateCommand::Erase { .. }) = &commands[index] {
                let (id, mut erase) = (*id, erase.clone());
                for trace in self.traces(engine, id)? {
                    name_trace(&mut erase, &trace);
                }
                commands.to_mut()[index] = Command::Candidate(id, erase);
            }
        }
        Ok(commands)
    }

    /// What belongs to a candidate, to their applications, or to the interviews held for those.
    fn traces(&mut self, engine: &mut dyn Engine, id: CandidateId) -> Result<Vec<Entity>, EngineError> {
        let applications = match self.world.entity(id.raw()).map(|held| &held.entity) {
            Some(Entity::Candidate(candidate)) => candidate.applications.clone(),
            _ => return Ok(Vec::new()),
        };
        let mut owners = vec![id.raw()];
        for application in applications {
            owners.push(application.raw());
            if let Some(Entity::Application(it)) =
                self.world.entity(application.raw()).map(|held| &held.entity)
            {
                owners.extend(it.interviews.iter().map(|interview| interview.raw()));
            }
        }
        let traces = engine.belonging(&owners)?;
        load(engine, self.world, traces.clone())?;
        Ok(traces.iter().filter_map(|trace| Some(self.world.entity(*trace)?.entity.clone())).collect())
    }

    /// Erases what events about a person say, and the requests that they came from. What else speaks of them is looked
    /// for later: see [`crate::Ledger::resume_erasures`]. An answer about one of the things with these ids goes with them:
    /// a note need not say whom it is about.
    pub(crate) fn erase(
        &mut self,
        engine: &mut dyn Engine,
        company: CompanyId,
        erasure: &Erasure,
        ids: &[String],
    ) -> Result<(), EngineError> {
        let events = engine.events_of(&erasure.subjects, &[])?;
        let mut receipts: Vec<ReceiptId> = events.iter().filter_map(|event| event.receipt).collect();
        receipts.sort_unstable();
        receipts.dedup();
        self.erase_events(engine, &events)?;
        let erased = &mut self.decided.batch.erased;
        erased.receipts.append(&mut receipts);
        let words = erasure.words.iter().chain(ids).cloned().collect();
        erased.answers.push(Search { company, words });
        erased.searches.push(Search { company, words: erasure.words.clone() });
        Ok(())
    }

    /// Erases requests, and why they were not understood, which may quote them.
    pub(crate) fn erase_receipts(
        &mut self,
        engine: &mut dyn Engine,
        company: CompanyId,
        receipts: &[ReceiptId],
    ) -> Result<Vec<ReceiptId>, EngineError> {
        let mut events = engine.events_of(&[], receipts)?;
        // Whose an account was that has been removed is known only from what came of it: that of others stays.
        let of_others = events.iter().filter(|event| event.company != company);
        let of_others: FxHashSet<ReceiptId> = of_others.filter_map(|event| event.receipt).collect();
        events.retain(|event| event.kind == EventType::ReceiptQuarantined && event.company == company);
        self.erase_events(engine, &events)?;
        Ok(receipts.iter().copied().filter(|receipt| !of_others.contains(receipt)).collect())
    }

    fn erase_events(&mut self, engine: &mut dyn Engine, events: &[EventRow]) -> Result<(), EngineError> {
        for event in events {
            for (delivery, endpoint) in engine.owed_of(event.id)? {
                self.decided.notices.push(Notice::Cancelled(delivery, endpoint));
            }
            self.decided.batch.erased.events.push((event.id, without_anything_personal(event)));
        }
        Ok(())
    }
}

/// Names a thing in the command that erases whom it is about, unless it is named there.
fn name_trace(erase: &mut CandidateCommand, trace: &Entity) {
    fn add<I: PartialEq>(ids: &mut Vec<I>, id: I) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let CandidateCommand::Erase { notes, files, answer_videos, feedback } = erase else { return };
    match trace {
        Entity::Note(it) => add(notes, it.id),
        Entity::File(it) => add(files, it.id),
        Entity::AnswerVideo(it) => add(answer_videos, it.id),
        Entity::Feedback(it) => add(feedback, it.id),
        _ => {}
    }
}

/// An event's native form from now on. One that an earlier version wrote in a way that cannot be read any more keeps
/// nothing but what it is.
fn without_anything_personal(row: &EventRow) -> Bytes {
    let erased = match serde_json::from_slice::<Event>(&row.body) {
        Ok(event) => serde_json::to_vec(&event.erased()),
        Err(_) => serde_json::to_vec(&json!({"id": row.id, "type": row.kind, "company": row.company})),
    };
    Bytes::from(erased.expect("an event has text keys only, as JSON asks for"))
}
