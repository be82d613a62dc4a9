//! A world that is told things, one after the other.

use std::sync::Arc;

use callboard_core::{
    CompanyId, Decision, Entity, Event, EventType, IdMint, Identifier, Interview, InterviewId, Kind, Name,
    News, Observation, SourceId, Teller, Timestamp, World, decide,
};

pub const COMPANY: u64 = 1;
pub const SOURCE: u64 = 2;

/// Seconds after some Wednesday in 2018.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_516_800_000 + seconds).unwrap()
}

/// News that happened at this second.
pub fn told(seconds: i64, news: News) -> Observation {
    Observation { at: Some(at(seconds)), news }
}

pub struct Hub {
    pub world: World,
    pub mint: IdMint,
    pub company: CompanyId,
    pub source: SourceId,
}

impl Hub {
    pub fn new() -> Self {
        Self {
            world: World::default(),
            mint: IdMint::new(1, 0),
            company: CompanyId::from_raw(COMPANY),
            source: SourceId::from_raw(SOURCE),
        }
    }

    pub fn teller(&self) -> Teller<'static> {
        Teller {
            company: self.company,
            source: Some(self.source),
            platform: "platform",
            received_at: at(1_000_000),
        }
    }

    /// Decides on an observation and takes the decision in.
    pub fn hear(&mut self, observation: &Observation) -> Decision {
        let decision = decide(&self.world, observation, &self.teller(), &mut self.mint);
        self.world.apply(&decision);
        decision
    }

    /// The events that news of this second comes to.
    pub fn events(&mut self, seconds: i64, news: News) -> Vec<Event> {
        self.hear(&told(seconds, news)).events
    }

    /// The types of those events.
    pub fn kinds(&mut self, seconds: i64, news: News) -> Vec<EventType> {
        self.events(seconds, news).into_iter().map(|event| event.kind).collect()
    }

    pub fn entity(&self, kind: Kind, external_id: &str) -> &Entity {
        let raw_id = self.world.named(&Name::external(kind, self.source, external_id)).unwrap();
        &self.world.entity(raw_id).unwrap().entity
    }

    pub fn interview(&self, external_id: &str) -> Arc<Interview> {
        match self.entity(Kind::Interview, external_id) {
            Entity::Interview(interview) => Arc::clone(interview),
            other => panic!("{other:?} is no interview"),
        }
    }

    pub fn interview_by_id(&self, id: InterviewId) -> Arc<Interview> {
        match &self.world.entity(id.raw()).unwrap().entity {
            Entity::Interview(interview) => Arc::clone(interview),
            other => panic!("{other:?} is no interview"),
        }
    }
}
