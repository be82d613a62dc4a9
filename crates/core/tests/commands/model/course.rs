//! The rules of an interview's course and of feedback once more, in few words.

use callboard_core::{Stage, TimeAsked};

use super::acts::{Act, Slot};
use super::small::{Due, Outcome, Small, SmallFeedback, SmallInterview, due, is_to_come, put};

impl SmallInterview {
    /// Gets to a stage by what a webhook said.
    pub fn turn(&mut self, stage: Stage) {
        self.stage = stage;
        self.asked = None;
    }

    /// Gets to a stage by what was asked for.
    pub fn go(&mut self, stage: Stage, now: i64) {
        self.turn(stage);
        self.moved_at = now;
    }

    fn is_over(&self) -> bool {
        matches!(
            self.stage,
            Stage::InterviewCompleted
                | Stage::FeedbackCollecting
                | Stage::FeedbackFailed
                | Stage::FeedbackCompleted
        )
    }

    /// How many have joined since it came to where it stands.
    fn present(&self) -> usize {
        let is_in = |joined: &Option<i64>| joined.is_some_and(|at| at >= self.moved_at);
        self.attendees.iter().filter(|(_, joined)| is_in(joined)).count()
    }
}

impl Small {
    /// What is asked of an interview.
    pub fn hold(&mut self, act: &Act) -> Outcome {
        let now = self.now;
        if let Act::MakeInterview { interview, application, start, on_demand } = act {
            return self.make_interview(*interview, *application, *start, *on_demand);
        }
        let (Act::Schedule(slot, _)
        | Act::Ask(slot, _)
        | Act::Attend(slot, _)
        | Act::Leave(slot, _)
        | Act::Join(slot, _)
        | Act::Start(slot)
        | Act::End(slot)
        | Act::Fail(slot)
        | Act::Cancel(slot)
        | Act::Archive(slot)) = act
        else {
            unreachable!("only interviews are held: {act:?}")
        };
        let known = self.interviews[slot.at].as_mut().filter(|known| !slot.is_foreign && !known.is_erased)?;
        let moved = || vec![due("interview.stage.updated")];
        let stage = known.stage.clone();
        match act {
            Act::Schedule(..) | Act::Ask(..) => self.schedule(slot.at, act),
            Act::Attend(_, who) => {
                let is_new = known.attendees.iter().all(|(known, _)| known != who);
                (is_to_come(&stage) && is_new).then(|| known.attendees.push((*who, None)))?;
                Some(vec![due("interview.updated")])
            }
            Act::Leave(_, who) => {
                let place = known.attendees.iter().position(|(known, _)| known == who)?;
                is_to_come(&stage).then(|| known.attendees.remove(place))?;
                Some(vec![due("interview.updated")])
            }
            Act::Join(_, who) => join(known, *who, now),
            Act::Start(_) => {
                (is_to_come(&stage) && stage != Stage::InterviewStarted)
                    .then(|| known.go(Stage::InterviewStarted, now))?;
                Some(moved())
            }
            Act::End(_) => {
                (stage == Stage::InterviewStarted).then(|| known.go(Stage::InterviewCompleted, now))?;
                Some(self.end(slot.at))
            }
            Act::Fail(_) => {
                let to = match stage {
                    Stage::SchedulingTime => Stage::SchedulingFailed,
                    Stage::SchedulingCompleted | Stage::InterviewStarted => Stage::InterviewFailed,
                    Stage::InterviewCompleted | Stage::FeedbackCollecting => Stage::FeedbackFailed,
                    _ => return None,
                };
                known.go(to, now);
                Some(moved())
            }
            Act::Cancel(_) => {
                is_to_come(&stage).then(|| known.go(Stage::InterviewCanceled, now))?;
                Some(vec![due("interview.stage.updated"), due("interview.cancelled")])
            }
            _ => {
                (stage != Stage::InterviewArchived).then(|| known.go(Stage::InterviewArchived, now))?;
                Some(vec![due("interview.stage.updated"), due("interview.archived")])
            }
        }
    }

    fn make_interview(
        &mut self,
        at: usize,
        application: Option<Slot>,
        start: Option<i64>,
        on_demand: bool,
    ) -> Outcome {
        if let Some(application) = application {
            self.application(application)?;
        }
        let needs_time = start.is_none() && !on_demand;
        let made = SmallInterview {
            application: application.map(|slot| slot.at),
            stage: if needs_time { Stage::SchedulingTime } else { Stage::SchedulingCompleted },
            asked: needs_time.then_some(TimeAsked::InterviewerSelects),
            start,
            on_demand,
            moved_at: self.now,
            attendees: Vec::new(),
            assigned: Vec::new(),
            assessed: false,
            is_erased: false,
        };
        put(&mut self.interviews[at], made)?;
        self.held.push(at);
        Some(vec![due("interview.created"), due("interview.stage.updated")])
    }

    fn schedule(&mut self, at: usize, act: &Act) -> Outcome {
        let now = self.now;
        let known = self.interviews[at].as_mut()?;
        let is_off = known.stage == Stage::InterviewCanceled;
        let of = known.application.and_then(|at| self.applications[at].as_ref());
        let is_open = is_to_come(&known.stage) && known.stage != Stage::InterviewStarted;
        (is_open || (is_off && of.is_none_or(|application| !application.is_gone))).then_some(())?;
        let mut all = Vec::new();
        let (start, stage, asked) = match act {
            Act::Ask(_, asked) if !known.on_demand => (None, Stage::SchedulingTime, Some(*asked)),
            Act::Schedule(_, start) => (Some(*start), Stage::SchedulingCompleted, None),
            _ => return None,
        };
        let is_told = known.start.is_some() || (known.stage == stage && stage == Stage::SchedulingCompleted);
        if known.start != start && is_told {
            all.push(due("interview.updated"));
        }
        known.start = start;
        if known.stage != stage || known.asked != asked {
            known.go(stage, now);
            known.asked = asked;
            all.push(due("interview.stage.updated"));
        }
        Some(all)
    }

    fn end(&mut self, at: usize) -> Vec<Due> {
        let mut all = vec![due("interview.stage.updated")];
        all.extend(self.ask(at));
        let to = if self.scores(at).is_some() { Stage::FeedbackCompleted } else { Stage::FeedbackCollecting };
        let now = self.now;
        if let Some(known) = self.interviews[at].as_mut().filter(|known| !known.assigned.is_empty()) {
            known.go(to, now);
            all.push(due("interview.stage.updated"));
        }
        all
    }

    /// Asks whoever is assigned and has neither been asked nor given anything.
    pub fn ask(&mut self, interview: usize) -> Vec<Due> {
        let assigned =
            self.interviews[interview].as_ref().map(|known| known.assigned.clone()).unwrap_or_default();
        let mut all = Vec::new();
        for at in assigned {
            if let Some(feedback) = self.feedback[at].as_mut().filter(|feedback| !feedback.is_told) {
                feedback.is_told = true;
                all.push(due("feedback.requested"));
            }
        }
        all
    }

    /// The scores of an interview whose assigned reviewers have all scored.
    pub fn scores(&self, interview: usize) -> Option<Vec<i64>> {
        let assigned = &self.interviews[interview].as_ref()?.assigned;
        let score = |at: &usize| self.feedback[*at].as_ref()?.score;
        assigned.iter().map(score).collect::<Option<Vec<i64>>>().filter(|scores| !scores.is_empty())
    }

    pub fn assign(&mut self, at: usize, interview: Slot, reviewer: Slot) -> Outcome {
        let now = self.now;
        let is_there = !reviewer.is_foreign && self.users.contains(&reviewer.at);
        let known = self.interviews[interview.at].as_ref().filter(|_| is_there && !interview.is_foreign)?;
        let is_off =
            matches!(known.stage, Stage::InterviewCanceled | Stage::InterviewArchived) || known.is_erased;
        let is_theirs = |at: &usize| self.feedback[*at].as_ref().is_some_and(|it| it.reviewer == reviewer.at);
        (!is_off && !known.assigned.iter().any(is_theirs)).then_some(())?;
        let over = known.is_over();
        let made = SmallFeedback {
            interview: interview.at,
            reviewer: reviewer.at,
            score: None,
            is_told: over,
            is_gone: false,
        };
        put(&mut self.feedback[at], made)?;
        let known = self.interviews[interview.at].as_mut()?;
        known.assigned.push(at);
        known.assessed = false;
        if !over {
            return Some(Vec::new());
        }
        let mut all = vec![due("feedback.requested")];
        if known.stage != Stage::FeedbackCollecting {
            known.go(Stage::FeedbackCollecting, now);
            all.push(due("interview.stage.updated"));
        }
        Some(all)
    }

    pub fn submit(&mut self, slot: Slot, points: i64) -> Outcome {
        let interview = self.of(slot)?;
        let before = self.scores(interview);
        let feedback = self.feedback[slot.at].as_mut()?;
        let known = feedback.score.replace(points);
        feedback.is_told = true;
        if known == Some(points) {
            return Some(Vec::new());
        }
        let mut all = vec![due(if known.is_none() { "feedback.submitted" } else { "feedback.updated" })];
        let now = self.now;
        let is_done = self.scores(interview).is_some();
        if let Some(known) = self.interviews[interview].as_mut()
            && known.stage == Stage::FeedbackFailed
            && !is_done
        {
            known.go(Stage::FeedbackCollecting, now);
            all.push(due("interview.stage.updated"));
        }
        all.extend(self.settle(interview, before.as_ref()));
        Some(all)
    }

    pub fn unassign(&mut self, slot: Slot) -> Outcome {
        let interview = self.of(slot)?;
        let before = self.scores(interview);
        self.feedback[slot.at].as_mut()?.is_gone = true;
        self.interviews[interview].as_mut()?.assigned.retain(|at| *at != slot.at);
        Some(self.settle(interview, before.as_ref()))
    }

    /// The interview of feedback that is there.
    fn of(&self, slot: Slot) -> Option<usize> {
        let feedback = self.feedback[slot.at].as_ref().filter(|it| !slot.is_foreign && !it.is_gone)?;
        let is_erased = self.interviews[feedback.interview].as_ref().is_some_and(|it| it.is_erased);
        (!is_erased).then_some(feedback.interview)
    }

    /// Where that leaves an interview, and whether its assessment is due.
    fn settle(&mut self, interview: usize, before: Option<&Vec<i64>>) -> Vec<Due> {
        let (now, scores) = (self.now, self.scores(interview));
        let Some(known) = &mut self.interviews[interview] else { return Vec::new() };
        let mut all = Vec::new();
        let Some(scores) = scores else {
            known.assessed = false;
            return all;
        };
        if known.is_over() && known.stage != Stage::FeedbackCompleted {
            known.go(Stage::FeedbackCompleted, now);
            all.push(due("interview.stage.updated"));
        }
        if !known.assessed || before != Some(&scores) {
            all.push(Due { kind: "interview.assessed", scores });
        }
        known.assessed = true;
        all
    }
}

/// With the second who joins it starts; one on demand with the first.
fn join(known: &mut SmallInterview, who: usize, now: i64) -> Outcome {
    is_to_come(&known.stage).then_some(())?;
    let (has_started, moved_at) = (known.stage == Stage::InterviewStarted, known.moved_at);
    let (_, joined) = known.attendees.iter_mut().find(|(known, _)| *known == who)?;
    let mut all = Vec::new();
    if joined.is_none_or(|at| at < moved_at && !has_started) {
        *joined = Some(now);
        all.push(due("interview.updated"));
    }
    let wanted = if known.on_demand { 1 } else { 2 };
    if !has_started && known.present() >= wanted {
        known.go(Stage::InterviewStarted, now);
        all.push(due("interview.stage.updated"));
    }
    Some(all)
}
