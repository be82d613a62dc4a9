//! The rules once more, in few words, for a company with a handful of things: what is refused, and what is told.

use std::collections::BTreeSet;

use callboard_core::{InterviewChange, JobStatus, ParentStage, Stage, TimeAsked};

use super::acts::{Act, Slot};

/// Something that is to be told: its type, and for an assessment the scores that it sums up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub kind: &'static str,
    pub scores: Vec<i64>,
}

/// What is told, or a refusal.
pub type Outcome = Option<Vec<Due>>;

#[derive(Debug, Clone)]
pub struct SmallJob {
    pub title: usize,
    pub status: JobStatus,
    pub is_gone: bool,
    pub as_of: i64,
}

#[derive(Debug, Clone, Default)]
pub struct SmallCandidate {
    pub title: Option<usize>,
    pub tags: BTreeSet<usize>,
    pub is_gone: bool,
    pub is_erased: bool,
}

#[derive(Debug, Clone)]
pub struct SmallApplication {
    pub candidate: usize,
    pub job: Option<usize>,
    pub stage: ParentStage,
    pub is_gone: bool,
}

#[derive(Debug, Clone)]
pub struct SmallInterview {
    pub application: Option<usize>,
    pub stage: Stage,
    pub asked: Option<TimeAsked>,
    pub start: Option<i64>,
    pub on_demand: bool,
    pub moved_at: i64,
    /// Who takes part, and when they joined.
    pub attendees: Vec<(usize, Option<i64>)>,
    /// The feedback that is assigned.
    pub assigned: Vec<usize>,
    pub assessed: bool,
    pub is_erased: bool,
}

#[derive(Debug, Clone)]
pub struct SmallFeedback {
    pub interview: usize,
    pub reviewer: usize,
    pub score: Option<i64>,
    pub is_told: bool,
    pub is_gone: bool,
}

/// A company.
#[derive(Debug, Clone, Default)]
pub struct Small {
    pub users: BTreeSet<usize>,
    pub jobs: [Option<SmallJob>; 2],
    pub candidates: [Option<SmallCandidate>; 2],
    pub applications: [Option<SmallApplication>; 3],
    /// The order in which applications were made.
    pub applied: Vec<usize>,
    pub interviews: [Option<SmallInterview>; 3],
    /// The order in which interviews were made.
    pub held: Vec<usize>,
    pub feedback: [Option<SmallFeedback>; 6],
    pub notes: BTreeSet<usize>,
    pub now: i64,
}

pub fn due(kind: &'static str) -> Due {
    Due { kind, scores: Vec::new() }
}

#[expect(clippy::unnecessary_wraps, reason = "it is what comes of something that is not refused")]
fn told(kind: &'static str) -> Outcome {
    Some(vec![due(kind)])
}

impl Small {
    pub fn act(&mut self, act: &Act) -> Outcome {
        match act {
            Act::MakeUser(at) => self.users.insert(*at).then(Vec::new),
            Act::MakeJob(at) => {
                let job = SmallJob { title: 9, status: JobStatus::Drafted, is_gone: false, as_of: self.now };
                put(&mut self.jobs[*at], job)?;
                told("job.created")
            }
            Act::MakeCandidate(at) => {
                put(&mut self.candidates[*at], SmallCandidate::default())?;
                told("candidate.created")
            }
            Act::Apply { application, candidate, job } => self.apply(*application, *candidate, *job),
            Act::Tag { candidate, tag, on } => {
                let candidate = self.candidate(*candidate)?;
                if *on {
                    Some(if candidate.tags.insert(*tag) { vec![due("candidate.tag.added")] } else { vec![] })
                } else {
                    candidate.tags.remove(tag).then(|| vec![due("candidate.tag.removed")])
                }
            }
            Act::Title(candidate, title) => {
                let known = self.candidate(*candidate)?.title.replace(*title);
                Some(if known == Some(*title) { vec![] } else { vec![due("candidate.updated")] })
            }
            Act::Status(job, status) => {
                let now = self.now;
                let job = self.job(*job)?;
                if job.status == *status {
                    return Some(vec![]);
                }
                job.status = status.clone();
                job.as_of = job.as_of.max(now);
                told("job.status.updated")
            }
            Act::Move(application, stage) => {
                let application = self.application(*application)?;
                let known = std::mem::replace(&mut application.stage, stage.clone());
                Some(if known == *stage { vec![] } else { vec![due("application.stage.updated")] })
            }
            Act::Note { note, candidate } => {
                self.candidate(*candidate)?;
                self.notes.insert(*note).then(|| vec![due("candidate.note.created")])
            }
            Act::DeleteJob(job) => {
                self.job(*job)?.is_gone = true;
                told("job.deleted")
            }
            Act::DeleteApplication(application) => {
                self.application(*application)?;
                Some(self.close(application.at))
            }
            Act::DeleteCandidate(candidate) => {
                self.candidate(*candidate)?.is_gone = true;
                Some(self.close_all(candidate.at))
            }
            Act::Erase(candidate) => self.erase(*candidate),
            Act::Assign { feedback, interview, reviewer } => self.assign(*feedback, *interview, *reviewer),
            Act::Submit(feedback, points) => self.submit(*feedback, *points),
            Act::Unassign(feedback) => self.unassign(*feedback),
            of_interview => self.hold(of_interview),
        }
    }

    fn apply(&mut self, at: usize, candidate: Slot, job: Option<Slot>) -> Outcome {
        self.candidate(candidate)?;
        if let Some(job) = job {
            self.job(job)?;
        }
        let job = job.map(|job| job.at);
        let mut live = self.applications.iter().flatten().filter(|known| !known.is_gone);
        if job.is_some() && live.any(|known| known.candidate == candidate.at && known.job == job) {
            return None;
        }
        let stage = ParentStage::New;
        put(
            &mut self.applications[at],
            SmallApplication { candidate: candidate.at, job, stage, is_gone: false },
        )?;
        self.applied.push(at);
        told("application.created")
    }

    /// Removes an application, after cancelling what is still to come of it.
    fn close(&mut self, at: usize) -> Vec<Due> {
        let mut all = Vec::new();
        for interview in self.held.clone() {
            let now = self.now;
            let Some(known) = &mut self.interviews[interview] else { continue };
            if known.application == Some(at) && is_to_come(&known.stage) {
                known.go(Stage::InterviewCanceled, now);
                all.extend([due("interview.stage.updated"), due("interview.cancelled")]);
            }
        }
        if let Some(application) = &mut self.applications[at] {
            application.is_gone = true;
        }
        all.push(due("application.deleted"));
        all
    }

    fn close_all(&mut self, candidate: usize) -> Vec<Due> {
        let mut all = Vec::new();
        for at in self.applied.clone() {
            let is_theirs = |known: &SmallApplication| known.candidate == candidate && !known.is_gone;
            if self.applications[at].as_ref().is_some_and(is_theirs) {
                all.extend(self.close(at));
            }
        }
        all.push(due("candidate.deleted"));
        all
    }

    fn erase(&mut self, slot: Slot) -> Outcome {
        let candidate =
            self.candidates[slot.at].as_mut().filter(|known| !slot.is_foreign && !known.is_erased)?;
        let was_gone = std::mem::replace(&mut candidate.is_gone, true);
        candidate.is_erased = true;
        candidate.tags.clear();
        candidate.title = None;
        let all = if was_gone { Vec::new() } else { self.close_all(slot.at) };
        for interview in self.interviews.iter_mut().flatten() {
            let of = interview.application.and_then(|at| self.applications[at].as_ref());
            interview.is_erased |= of.is_some_and(|application| application.candidate == slot.at);
        }
        Some(all)
    }

    pub fn hear_job(&mut self, at: usize, title: usize, when: i64) -> Vec<Due> {
        let Some(job) = self.jobs[at].as_mut().filter(|job| !job.is_gone) else { return Vec::new() };
        if when < job.as_of {
            return Vec::new();
        }
        job.as_of = when;
        let known = std::mem::replace(&mut job.title, title);
        if known == title { Vec::new() } else { vec![due("job.updated")] }
    }

    pub fn hear_interview(&mut self, at: usize, change: InterviewChange) -> Vec<Due> {
        let Some(known) = &mut self.interviews[at] else { return Vec::new() };
        if change == InterviewChange::Cancelled {
            if matches!(known.stage, Stage::InterviewCanceled | Stage::InterviewArchived) {
                return Vec::new();
            }
            known.turn(Stage::InterviewCanceled);
            return vec![due("interview.stage.updated"), due("interview.cancelled")];
        }
        if !is_to_come(&known.stage) {
            return Vec::new();
        }
        known.turn(Stage::InterviewCompleted);
        let mut all = vec![due("interview.stage.updated")];
        let asked = self.ask(at);
        let is_asked = !asked.is_empty();
        all.extend(asked);
        let next = if self.scores(at).is_some() {
            Some(Stage::FeedbackCompleted)
        } else {
            is_asked.then_some(Stage::FeedbackCollecting)
        };
        if let Some((known, stage)) = self.interviews[at].as_mut().zip(next) {
            known.turn(stage);
            all.push(due("interview.stage.updated"));
        }
        all
    }

    fn job(&mut self, slot: Slot) -> Option<&mut SmallJob> {
        self.jobs[slot.at].as_mut().filter(|job| !slot.is_foreign && !job.is_gone)
    }

    fn candidate(&mut self, slot: Slot) -> Option<&mut SmallCandidate> {
        self.candidates[slot.at].as_mut().filter(|candidate| !slot.is_foreign && !candidate.is_gone)
    }

    pub fn application(&mut self, slot: Slot) -> Option<&mut SmallApplication> {
        self.applications[slot.at].as_mut().filter(|application| !slot.is_foreign && !application.is_gone)
    }
}

/// Puts something where nothing was.
pub fn put<T>(place: &mut Option<T>, thing: T) -> Option<()> {
    if place.is_some() {
        return None;
    }
    *place = Some(thing);
    Some(())
}

pub fn is_to_come(stage: &Stage) -> bool {
    matches!(
        stage,
        Stage::SchedulingTime
            | Stage::SchedulingFailed
            | Stage::SchedulingCompleted
            | Stage::InterviewStarted
            | Stage::InterviewFailed
    )
}
