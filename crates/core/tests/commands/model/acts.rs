//! What can happen in the small world: commands on a few things of two companies, and a few webhooks.

use callboard_core::{Identifier, InterviewChange, JobStatus, ParentStage, TimeAsked};
use proptest::prelude::*;

/// A thing of a company: one of a few, now and then the other company's.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    pub at: usize,
    pub is_foreign: bool,
}

/// Something that is asked for.
#[derive(Debug, Clone)]
pub enum Act {
    MakeUser(usize),
    MakeJob(usize),
    MakeCandidate(usize),
    Apply { application: usize, candidate: Slot, job: Option<Slot> },
    MakeInterview { interview: usize, application: Option<Slot>, start: Option<i64>, on_demand: bool },
    Schedule(Slot, i64),
    Ask(Slot, TimeAsked),
    Attend(Slot, usize),
    Leave(Slot, usize),
    Join(Slot, usize),
    Start(Slot),
    End(Slot),
    Fail(Slot),
    Cancel(Slot),
    Archive(Slot),
    Assign { feedback: usize, interview: Slot, reviewer: Slot },
    Submit(Slot, i64),
    Unassign(Slot),
    Tag { candidate: Slot, tag: usize, on: bool },
    Title(Slot, usize),
    Status(Slot, JobStatus),
    Move(Slot, ParentStage),
    Note { note: usize, candidate: Slot },
    DeleteJob(Slot),
    DeleteApplication(Slot),
    DeleteCandidate(Slot),
    Erase(Slot),
}

/// When a webhook says that something happened: long ago, now, or by a clock that is ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    Late,
    Now,
    Ahead,
}

/// One thing after the other.
#[derive(Debug, Clone)]
pub enum Step {
    /// A company asks for things that belong together.
    Ask { company: usize, acts: Vec<Act> },
    /// A webhook says that an interview of a company ended, or was cancelled.
    HearInterview { company: usize, interview: usize, change: InterviewChange, is_late: bool },
    /// A webhook says what a job is called.
    HearJob { company: usize, job: usize, title: usize, clock: Clock },
}

pub const WORDS: [&str; 3] = ["one", "two", "three"];

/// The number of a thing's id: which company's it is can be read from it.
pub fn raw(company: usize, kind: u64, slot: usize) -> u64 {
    (company as u64 + 1) * 10_000 + kind * 100 + slot as u64
}

pub fn id<I: Identifier>(company: usize, kind: u64, slot: usize) -> I {
    I::from_raw(raw(company, kind, slot))
}

pub const USER: u64 = 1;
pub const JOB: u64 = 2;
pub const CANDIDATE: u64 = 3;
pub const APPLICATION: u64 = 4;
pub const INTERVIEW: u64 = 5;
pub const FEEDBACK: u64 = 6;
pub const NOTE: u64 = 7;
pub const ATTENDEE: u64 = 8;

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..90)
}

fn step() -> impl Strategy<Value = Step> {
    let change = prop_oneof![3 => Just(InterviewChange::Ended), 1 => Just(InterviewChange::Cancelled)];
    let clock = prop::sample::select(&[Clock::Late, Clock::Now, Clock::Ahead][..]);
    let acts = prop_oneof![8 => prop::collection::vec(act(), 1), 2 => prop::collection::vec(act(), 2..4)];
    prop_oneof![
        20 => (0..2_usize, acts).prop_map(|(company, acts)| Step::Ask { company, acts }),
        2 => (0..2_usize, 0..3_usize, change, any::<bool>()).prop_map(|(company, interview, change, is_late)| {
            Step::HearInterview { company, interview, change, is_late }
        }),
        1 => (0..2_usize, 0..2_usize, 0..3_usize, clock)
            .prop_map(|(company, job, title, clock)| Step::HearJob { company, job, title, clock }),
    ]
}

fn slot(of: usize) -> impl Strategy<Value = Slot> {
    // Mostly the first, which is there from the start, so that much of what is asked for is legal.
    (prop_oneof![2 => Just(0), 1 => 0..of], prop::bool::weighted(0.03))
        .prop_map(|(at, is_foreign)| Slot { at, is_foreign })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![20 => course(), 20 => review(), 10 => thing(), 1 => removal()]
}

fn course() -> impl Strategy<Value = Act> {
    let asked = prop::sample::select(&TimeAsked::ALL[..]);
    prop_oneof![
        2 => (0..3_usize, prop::option::of(slot(3)), prop::option::of(0..3_i64), prop::bool::weighted(0.2)).prop_map(
            |(interview, application, start, on_demand)| Act::MakeInterview { interview, application, start, on_demand }
        ),
        2 => (slot(3), 0..3_i64).prop_map(|(interview, start)| Act::Schedule(interview, start)),
        1 => (slot(3), asked).prop_map(|(interview, asked)| Act::Ask(interview, asked)),
        2 => (slot(3), 0..3_usize).prop_map(|(interview, who)| Act::Attend(interview, who)),
        1 => (slot(3), 0..3_usize).prop_map(|(interview, who)| Act::Leave(interview, who)),
        4 => (slot(3), 0..3_usize).prop_map(|(interview, who)| Act::Join(interview, who)),
        6 => slot(3).prop_map(Act::Start),
        8 => slot(3).prop_map(Act::End),
        2 => slot(3).prop_map(Act::Fail),
        1 => slot(3).prop_map(Act::Cancel),
        1 => slot(3).prop_map(Act::Archive),
    ]
}

fn review() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..6_usize, slot(3), slot(3)).prop_map(|(feedback, interview, reviewer)| Act::Assign {
            feedback,
            interview,
            reviewer
        }),
        4 => (slot(6), 0..3_i64).prop_map(|(feedback, points)| Act::Submit(feedback, points)),
        1 => slot(6).prop_map(Act::Unassign),
    ]
}

fn thing() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..3_usize).prop_map(Act::MakeUser),
        (0..2_usize).prop_map(Act::MakeJob),
        (0..2_usize).prop_map(Act::MakeCandidate),
        (0..3_usize, slot(2), prop::option::of(slot(2)))
            .prop_map(|(application, candidate, job)| Act::Apply { application, candidate, job }),
        (slot(2), 0..3_usize, any::<bool>()).prop_map(|(candidate, tag, on)| Act::Tag { candidate, tag, on }),
        (slot(2), 0..3_usize).prop_map(|(candidate, title)| Act::Title(candidate, title)),
        (slot(2), prop::sample::select(JobStatus::KNOWN)).prop_map(|(job, status)| Act::Status(job, status)),
        (slot(3), prop::sample::select(ParentStage::KNOWN)).prop_map(|(id, stage)| Act::Move(id, stage)),
        (0..2_usize, slot(2)).prop_map(|(note, candidate)| Act::Note { note, candidate }),
    ]
}

fn removal() -> impl Strategy<Value = Act> {
    prop_oneof![
        slot(2).prop_map(Act::DeleteJob),
        slot(3).prop_map(Act::DeleteApplication),
        slot(2).prop_map(Act::DeleteCandidate),
        slot(2).prop_map(Act::Erase),
    ]
}
