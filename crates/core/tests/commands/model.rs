//! A thousand sequences of commands, legal and illegal, of two companies in one world, with webhooks in between, against
//! a small model of the rules; and what holds whatever is asked.

mod acts;
mod asked;
mod course;
mod small;
mod watch;

use callboard_core::{
    Asker, Candidate, CompanyId, Decision, Entity, Event, IdMint, Identifier, Interview, Job, Observation,
    Score, SourceId, Teller, TimeAsked, World, command, decide,
};
use proptest::prelude::*;

use self::acts::{Act, CANDIDATE, Clock, INTERVIEW, JOB, Slot, Step, WORDS, raw, steps};
use self::small::{Due, Small};
use self::watch::Watch;
use crate::desk::at;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_sequence_of_commands_comes_to_what_the_rules_say(steps in steps()) {
        let mut two = Two::new();
        for company in 0..2 {
            two.step(&Step::Ask { company, acts: prelude() })?;
        }
        for step in &steps {
            two.step(step)?;
        }
    }
}

/// Enough for an interview to be held.
fn prelude() -> Vec<Act> {
    let first = Slot { at: 0, is_foreign: false };
    vec![
        Act::MakeUser(0),
        Act::MakeUser(1),
        Act::MakeJob(0),
        Act::MakeCandidate(0),
        Act::Apply { application: 0, candidate: first, job: Some(first) },
        Act::MakeInterview { interview: 0, application: Some(first), start: Some(1), on_demand: false },
        Act::Attend(first, 0),
        Act::Attend(first, 1),
        Act::Assign { feedback: 0, interview: first, reviewer: first },
    ]
}

/// Two companies, as they are and as they should be.
struct Two {
    world: World,
    mint: IdMint,
    should: [Small; 2],
    watch: Watch,
    now: i64,
}

impl Two {
    fn new() -> Self {
        let should = [Small::default(), Small::default()];
        // Ids that are minted are far above those of the things.
        let mint = IdMint::new(1, 1 << 40);
        Self { world: World::default(), mint, should, watch: Watch::default(), now: 0 }
    }

    fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        self.now += 1;
        for small in &mut self.should {
            small.now = self.now;
        }
        match step {
            Step::Ask { company, acts } => self.ask(*company, acts),
            Step::HearInterview { company, interview, change, is_late } => {
                let known = self.should[*company].interviews[*interview].as_ref();
                if known.is_none_or(|known| known.is_erased) {
                    return Ok(());
                }
                let when = if *is_late { 0 } else { self.now };
                let decision = self.hear(*company, when, asked::of_interview(*interview, *change));
                let due =
                    if *is_late { vec![] } else { self.should[*company].hear_interview(*interview, *change) };
                self.is_so(*company, &decision, &due)
            }
            Step::HearJob { company, job, title, clock } => {
                if self.should[*company].jobs[*job].is_none() {
                    return Ok(());
                }
                let when = match clock {
                    Clock::Late => 0,
                    Clock::Now => self.now,
                    Clock::Ahead => self.now + 10,
                };
                let decision = self.hear(*company, when, asked::of_job(*job, *title));
                let due = self.should[*company].hear_job(*job, *title, when);
                self.is_so(*company, &decision, &due)
            }
        }
    }

    fn ask(&mut self, company: usize, acts: &[Act]) -> Result<(), TestCaseError> {
        let commands: Vec<_> = acts.iter().map(|act| asked::command(company, act)).collect();
        let asker = Asker { company: company_id(company), at: at(self.now), expected: None };
        let mut should = self.should[company].clone();
        let due: Option<Vec<Vec<Due>>> = acts.iter().map(|act| should.act(act)).collect();
        let outcome = command(&self.world, &commands, &asker, &mut self.mint);
        match (outcome, due) {
            (Ok(decision), Some(due)) => {
                self.should[company] = should;
                self.is_so(company, &decision, &due.concat())
            }
            (Err(_), None) => self.stands(),
            (Ok(decision), None) => Err(TestCaseError::fail(format!(
                "not refused: {acts:?}, but told {:?}",
                kinds(&decision.events)
            ))),
            (Err(refusal), Some(_)) => Err(TestCaseError::fail(format!("refused: {acts:?}: {refusal}"))),
        }
    }

    fn hear(&mut self, company: usize, when: i64, news: callboard_core::News) -> Decision {
        let teller = Teller {
            company: company_id(company),
            source: Some(SourceId::from_raw(company as u64 + 1)),
            platform: "platform",
            received_at: at(self.now),
        };
        decide(&self.world, &Observation { at: Some(at(when)), news }, &teller, &mut self.mint)
    }

    /// Takes in what was decided, which must be what is due.
    fn is_so(&mut self, company: usize, decision: &Decision, due: &[Due]) -> Result<(), TestCaseError> {
        let expected: Vec<&str> = due.iter().map(|due| due.kind).collect();
        prop_assert_eq!(kinds(&decision.events), expected);
        for (event, due) in decision.events.iter().zip(due) {
            let points = || due.scores.iter().map(|points| Score::from_points(*points));
            if let Some(assessment) = &event.data.assessment {
                prop_assert_eq!(Some(assessment.average), Score::mean(points()));
                prop_assert_eq!(assessment.total, Score::total(points()));
                prop_assert_eq!(assessment.reviewers.len(), due.scores.len());
            }
        }
        self.watch.look(&self.world, company_id(company), decision)?;
        self.world.apply(decision);
        self.stands()
    }

    /// What is known is what should be known.
    fn stands(&self) -> Result<(), TestCaseError> {
        for (company, small) in self.should.iter().enumerate() {
            for (slot, known) in small.interviews.iter().enumerate() {
                let Some(known) = known else { continue };
                let interview = self.interview(company, slot);
                let text = interview.stage.text.as_deref();
                prop_assert_eq!(&interview.stage.value, &known.stage);
                prop_assert_eq!(known.asked.map(TimeAsked::text), text.filter(|_| known.asked.is_some()));
                prop_assert_eq!((interview.start, interview.assessed), (known.start.map(at), known.assessed));
                prop_assert_eq!(interview.feedback.len(), known.assigned.len());
                prop_assert_eq!(interview.attendees.iter().flatten().count(), known.attendees.len());
            }
            for (slot, known) in small.candidates.iter().enumerate() {
                let Some(known) = known else { continue };
                let candidate = self.candidate(company, slot);
                prop_assert_eq!(candidate.title.as_deref(), known.title.map(|title| WORDS[title]));
                prop_assert_eq!(candidate.tags.iter().flatten().count(), known.tags.len());
            }
            for (slot, known) in small.jobs.iter().enumerate() {
                let Some(known) = known else { continue };
                let job = self.job(company, slot);
                prop_assert_eq!(job.status.as_ref(), Some(&known.status));
                prop_assert_eq!(
                    job.title.as_deref(),
                    Some(WORDS.get(known.title).map_or("zero", |word| word))
                );
            }
        }
        Ok(())
    }

    fn entity(&self, company: usize, kind: u64, slot: usize) -> &Entity {
        &self.world.entity(raw(company, kind, slot)).unwrap().entity
    }

    fn interview(&self, company: usize, slot: usize) -> &Interview {
        let Entity::Interview(it) = self.entity(company, INTERVIEW, slot) else { panic!("an interview") };
        it
    }

    fn candidate(&self, company: usize, slot: usize) -> &Candidate {
        let Entity::Candidate(it) = self.entity(company, CANDIDATE, slot) else { panic!("a candidate") };
        it
    }

    fn job(&self, company: usize, slot: usize) -> &Job {
        let Entity::Job(it) = self.entity(company, JOB, slot) else { panic!("a job") };
        it
    }
}

fn company_id(company: usize) -> CompanyId {
    CompanyId::from_raw(company as u64 + 1)
}

fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}
