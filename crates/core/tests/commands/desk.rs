//! A desk at which one company's people ask for things, one after the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use callboard_core::{
    ApplicationCommand, ApplicationId, ApplicationTold, Asker, Candidate, CandidateCommand, CandidateId,
    CandidateTold, Command, CompanyId, Decision, Entity, Event, EventType, Facts, Feedback, FeedbackCommand,
    FeedbackId, FeedbackTold, Held, IdMint, Identifier, Interview, InterviewCommand, InterviewId,
    InterviewTold, Job, JobCommand, JobId, JobTold, News, Observation, Refusal, Schedule, Score, SourceId,
    Stage, Teller, Timestamp, UserCommand, UserId, UserTold, World, command, decide,
};

/// Seconds after some Wednesday in 2018.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_516_800_000 + seconds).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "every fact is optional, and this is one that is told")]
pub fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

pub fn facts<T>(told: T) -> Facts<T> {
    Facts { told, external_ids: std::collections::BTreeMap::new(), clear: Vec::new() }
}

pub fn called<T>(mut facts: Facts<T>, platform: &str, value: Option<&str>) -> Facts<T> {
    facts.external_ids.insert(platform.to_owned(), value.map(str::to_owned));
    facts
}

pub fn without<T: Default>(fact: &str) -> Facts<T> {
    Facts { clear: vec![fact.to_owned()], ..Facts::default() }
}

pub struct Desk {
    pub world: World,
    pub mint: IdMint,
    pub company: CompanyId,
    pub source: SourceId,
    /// The second in which the next thing is asked; goes up by one with each.
    pub now: i64,
}

impl Desk {
    pub fn new() -> Self {
        let (company, source) = (CompanyId::from_raw(1), SourceId::from_raw(2));
        Self { world: World::default(), mint: IdMint::new(1, 0), company, source, now: 0 }
    }

    pub fn id<I: Identifier>(&mut self) -> I {
        self.mint.mint(at(self.now))
    }

    pub fn asker(&self) -> Asker {
        Asker { company: self.company, at: at(self.now), expected: None }
    }

    /// Asks for things that belong together. What they speak of is all that they may look at.
    pub fn ask(&mut self, commands: &[Command]) -> Result<Decision, Refusal> {
        self.now += 1;
        let asker = self.asker();
        let part = self.spoken_of(commands);
        let by_part = command(&part, commands, &asker, &mut self.mint.clone());
        let decision = command(&self.world, commands, &asker, &mut self.mint);
        assert_eq!(decision, by_part, "something was looked at that was not spoken of: {commands:?}");
        if let Ok(decision) = &decision {
            self.world.apply(decision);
        }
        decision
    }

    pub fn done(&mut self, asked: Command) -> Vec<Event> {
        self.ask(&[asked]).unwrap().events
    }

    /// The types of the events that something asked for comes to.
    pub fn kinds(&mut self, asked: Command) -> Vec<EventType> {
        self.done(asked).into_iter().map(|event| event.kind).collect()
    }

    /// The code with which something is refused.
    pub fn refused(&mut self, asked: Command) -> &'static str {
        self.ask(&[asked]).unwrap_err().code()
    }

    /// The stages that something asked for moves an interview through.
    pub fn moves(&mut self, id: InterviewId, asked: InterviewCommand) -> Vec<Stage> {
        stages(&self.done(Command::Interview(id, asked)))
    }

    pub fn hear(&mut self, seconds: i64, news: News) -> Decision {
        let teller = Teller {
            company: self.company,
            source: Some(self.source),
            platform: "platform",
            received_at: at(self.now),
        };
        let told = Observation { at: Some(at(seconds)), news };
        let decision = decide(&self.world, &told, &teller, &mut self.mint);
        self.world.apply(&decision);
        decision
    }

    fn spoken_of(&self, commands: &[Command]) -> World {
        let mut part = World::default();
        let mut ahead: Vec<u64> = commands.iter().flat_map(Command::ids).collect();
        for name in commands.iter().flat_map(|command| command.names(self.company)) {
            if let Some(id) = self.world.named(&name) {
                part.name(name, id);
                ahead.push(id);
            }
        }
        let mut seen = BTreeSet::new();
        while let Some(id) = ahead.pop() {
            if seen.insert(id)
                && let Some(held) = self.world.entity(id)
            {
                ahead.extend(held.entity.links());
                part.put(held.clone());
            }
        }
        part
    }

    pub fn held<I: Identifier>(&self, id: I) -> &Held {
        self.world.entity(id.raw()).unwrap()
    }

    pub fn version<I: Identifier>(&self, id: I) -> u64 {
        self.held(id).record.version
    }

    pub fn a_job(&mut self) -> JobId {
        let id = self.id();
        let told = JobTold { title: text("Auror"), ..JobTold::default() };
        self.done(Command::Job(id, JobCommand::Create(facts(told))));
        id
    }

    pub fn a_candidate(&mut self, name: &str) -> CandidateId {
        let id = self.id();
        let told = CandidateTold {
            full_name: text(name),
            email: Some(format!("{name}@hogwarts.com")),
            ..CandidateTold::default()
        };
        self.done(Command::Candidate(id, CandidateCommand::Create(facts(told))));
        id
    }

    pub fn a_user(&mut self, name: &str) -> UserId {
        let id = self.id();
        let told =
            UserTold { name: text(name), email: Some(format!("{name}@hogwarts.com")), ..UserTold::default() };
        self.done(Command::User(id, UserCommand::Create(facts(told))));
        id
    }

    pub fn an_application(&mut self) -> ApplicationId {
        let (job, candidate) = (self.a_job(), self.a_candidate("hpotter"));
        self.applied(candidate, Some(job))
    }

    pub fn applied(&mut self, candidate: CandidateId, job: Option<JobId>) -> ApplicationId {
        let id = self.id();
        let facts = facts(ApplicationTold::default());
        self.done(Command::Application(id, ApplicationCommand::Create { candidate, job, facts }));
        id
    }

    /// An interview of a new application.
    pub fn an_interview(&mut self, start: Option<i64>) -> InterviewId {
        let application = self.an_application();
        self.held_for(application, start)
    }

    pub fn held_for(&mut self, application: ApplicationId, start: Option<i64>) -> InterviewId {
        let id = self.id();
        let told = InterviewTold { title: text("Duel"), start: start.map(at), ..InterviewTold::default() };
        let command = InterviewCommand::Create { application: Some(application), facts: facts(told) };
        self.done(Command::Interview(id, command));
        id
    }

    pub fn over(&mut self) -> InterviewId {
        let id = self.an_interview(Some(9_000));
        self.done(Command::Interview(id, InterviewCommand::Start));
        self.done(Command::Interview(id, InterviewCommand::End));
        id
    }

    pub fn assign(&mut self, interview: InterviewId, reviewer: UserId) -> (FeedbackId, Vec<Event>) {
        let id = self.id();
        let command = FeedbackCommand::Assign { interview, reviewer, creator: None, facts: Facts::default() };
        (id, self.done(Command::Feedback(id, command)))
    }

    pub fn score(&mut self, id: FeedbackId, points: i64) -> Vec<Event> {
        let told = FeedbackTold { score: Some(Score::from_points(points)), ..FeedbackTold::default() };
        self.done(Command::Feedback(id, FeedbackCommand::Submit(facts(told))))
    }

    pub fn interview(&self, id: InterviewId) -> &Arc<Interview> {
        let Entity::Interview(interview) = &self.held(id).entity else { panic!("{id} is no interview") };
        interview
    }

    pub fn stage(&self, id: InterviewId) -> Stage {
        self.interview(id).stage.value.clone()
    }
}

/// A time for an interview.
pub fn schedule(start: i64) -> InterviewCommand {
    InterviewCommand::Schedule(Schedule { start: at(start), end: None, time_zone: None })
}

pub fn stages(events: &[Event]) -> Vec<Stage> {
    let moves = events.iter().filter(|event| event.kind == EventType::InterviewStageUpdated);
    moves.map(|event| event.data.interview.as_ref().unwrap().stage.value.clone()).collect()
}

pub fn previous(event: &Event) -> serde_json::Value {
    event.data.previous.clone().into()
}

impl Desk {
    pub fn job(&self, id: JobId) -> &Arc<Job> {
        let Entity::Job(job) = &self.held(id).entity else { panic!("{id} is no job") };
        job
    }

    pub fn candidate(&self, id: CandidateId) -> &Arc<Candidate> {
        let Entity::Candidate(candidate) = &self.held(id).entity else { panic!("{id} is no candidate") };
        candidate
    }

    pub fn feedback(&self, id: FeedbackId) -> &Arc<Feedback> {
        let Entity::Feedback(feedback) = &self.held(id).entity else { panic!("{id} is no feedback") };
        feedback
    }
}
