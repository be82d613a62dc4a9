//! A live interview with three reviewers, some of whom think again.

use callboard_core::Timestamp;
use jiff::{SignedDuration, Unit};

use super::callbacks::{
    Assessed, Candidate, Live, Metadata, OverallStatus, Reference, ResultDetails, Reviewer, Scalars, ZoomLink,
};
use crate::story::cast::{Applicant, Colleague, comment, job_title, panel};
use crate::story::ending::{AssessmentEnding, Ending};
use crate::story::letter::Story;
use crate::story::moment::{cut_to, three_digits};
use crate::story::teller::{Teller, later, turn};

const REVIEWERS: usize = 3;
/// Each run has room for this many interviews.
const INTERVIEWS_PER_RUN: u64 = 1_000_000;

/// How an account's callbacks look, and what happens. Stories take turns.
const PLOTS: [Plot; 4] = [
    Plot {
        links: Links::Join,
        scalars: Scalars::Texts,
        says_status: true,
        moved: false,
        decided: false,
        rescored: 1,
    },
    Plot {
        links: Links::Candidate,
        scalars: Scalars::Texts,
        says_status: false,
        moved: true,
        decided: false,
        rescored: 0,
    },
    Plot {
        links: Links::Both,
        scalars: Scalars::Numbers,
        says_status: true,
        moved: false,
        decided: true,
        rescored: 2,
    },
    Plot {
        links: Links::Join,
        scalars: Scalars::Texts,
        says_status: false,
        moved: false,
        decided: false,
        rescored: 0,
    },
];

#[derive(Clone, Copy)]
struct Plot {
    links: Links,
    scalars: Scalars,
    /// The callbacks have `overall_status`, as they do since 2021.
    says_status: bool,
    /// The interview is put off, and the links are sent again.
    moved: bool,
    /// The last callback finds the application decided.
    decided: bool,
    /// How many scores are changed afterwards.
    rescored: usize,
}

/// The documentation has two names for each link.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    /// `join_url` and `start_url`, as in the full sample.
    Join,
    /// `candidate_url` and `reviewer_url`, as in the snippet below it.
    Candidate,
    /// All four.
    Both,
}

/// One live interview with three reviewers; `run` keeps the ids of runs apart.
pub(in crate::story) fn story(mut teller: Teller, run: u64) -> Story {
    let plot = turn(teller.number(), &PLOTS);
    let candidate = Applicant::cast(&mut teller);
    let telling = Telling {
        plot,
        id: run * INTERVIEWS_PER_RUN + teller.number(),
        candidate_id: format!("cnd_{}", teller.hex(32)),
        invite_id: format!("inv-{}", teller.alphanumeric(10)),
        job: job_title(&mut teller),
        candidate,
    };

    let mut appointment = teller.appointment();
    let mut join_url = telling.links(&mut teller, appointment);
    if plot.moved {
        appointment = later(appointment, SignedDuration::from_hours(24));
        join_url = telling.links(&mut teller, appointment);
    }
    teller.wait_until(appointment);

    let mut scores: Vec<_> = panel(&mut teller, REVIEWERS)
        .into_iter()
        .map(|reviewer| Score {
            reviewer,
            points: 5 * teller.number_in(6..=20),
            comment: comment(&mut teller),
        })
        .collect();
    let mut status = telling.assessment(&mut teller, &scores, plot.rescored == 0);
    for changed in 0..plot.rescored {
        let score = &mut scores[changed % REVIEWERS];
        score.points = if score.points > 50 { score.points - 15 } else { score.points + 15 };
        score.comment = comment(&mut teller);
        status = telling.assessment(&mut teller, &scores, changed + 1 == plot.rescored);
    }

    let (average, total) = mean_and_sum(&scores);
    let assessment = AssessmentEnding { average, total, overall_status: plot.says_status.then_some(status) };
    teller.the_end(Ending {
        interview: telling.id.to_string(),
        join_url: Some(join_url),
        assessment: Some(assessment),
        ..Ending::default()
    })
}

struct Telling {
    plot: Plot,
    id: u64,
    candidate_id: String,
    invite_id: String,
    job: &'static str,
    candidate: Applicant,
}

struct Score {
    reviewer: Colleague,
    points: u32,
    comment: &'static str,
}

fn mean_and_sum(scores: &[Score]) -> (f64, u32) {
    let total = scores.iter().map(|score| score.points).sum();
    let count = u32::try_from(scores.len()).expect("there are three reviewers");
    (f64::from(total) / f64::from(count), total)
}

impl Telling {
    /// Tells where and when to meet. Answers the candidate's link.
    fn links(&self, teller: &mut Teller, start: Timestamp) -> String {
        teller.minutes_pass(1..=60);
        let at = cut_to(teller.now(), Unit::Millisecond);
        let minutes = 15 * teller.number_in(2..=4);
        let end = later(start, SignedDuration::from_mins(minutes.into()));
        let join = format!("https://launchpadrecruitsapp.com/live_candidate/{}", teller.alphanumeric(12));
        let host = format!(
            "https://launchpad.zoom.us/s/{}?zak={}",
            teller.number_in(100_000_000..=999_999_999),
            teller.alphanumeric(48)
        );
        let named = |by: Links, link: &str| {
            (self.plot.links == by || self.plot.links == Links::Both).then(|| link.to_owned())
        };
        let body = ZoomLink {
            candidate: self.candidate(self.plot.links != Links::Candidate),
            interview: Live {
                start_time: three_digits(start),
                end_time: three_digits(end),
                duration: self.plot.scalars.whole(minutes.into()),
                join_url: named(Links::Join, &join),
                start_url: named(Links::Join, &host),
                candidate_url: named(Links::Candidate, &join),
                reviewer_url: named(Links::Candidate, &host),
                id: self.plot.scalars.whole(self.id),
                live_meeting_id: (self.plot.links != Links::Join)
                    .then(|| self.plot.scalars.whole(teller.number_in(1_000..=999_999).into())),
            },
            metadata: Metadata { timestamp: three_digits(at) },
            overall_status: self.plot.says_status.then_some(OverallStatus { status: "In Progress" }),
        };
        let summary = format!("{} · Zoom link ready · {}", self.candidate.name(), self.job);
        teller.tell(at, "zoom_link", summary, &body);
        join
    }

    /// Tells what the reviewers think. Answers the overall status.
    fn assessment(&self, teller: &mut Teller, scores: &[Score], last: bool) -> &'static str {
        teller.minutes_pass(30..=600);
        let at = cut_to(teller.now(), Unit::Millisecond);
        let status = if last && self.plot.decided { "Completed" } else { "In Progress" };
        let (average, total) = mean_and_sum(scores);
        let body = Assessed {
            candidate: self.candidate(false),
            interview: Reference { id: self.plot.scalars.whole(self.id) },
            result_details: ResultDetails {
                status: "reviewed",
                average_score: self.plot.scalars.decimal(average),
                total_score: self.plot.scalars.whole(total.into()),
                reviewers: scores
                    .iter()
                    .map(|score| Reviewer {
                        email: score.reviewer.email,
                        score: self.plot.scalars.whole(score.points.into()),
                        comment: score.comment,
                    })
                    .collect(),
            },
            metadata: Metadata { timestamp: three_digits(at) },
            overall_status: self.plot.says_status.then_some(OverallStatus { status }),
        };
        let summary = format!("{} · Assessed, {total} points · {}", self.candidate.name(), self.job);
        teller.tell(at, "assessment", summary, &body);
        status
    }

    fn candidate(&self, by_name: bool) -> Candidate<'_> {
        Candidate {
            id: &self.candidate_id,
            first_name: by_name.then_some(self.candidate.first_name),
            last_name: by_name.then_some(self.candidate.last_name),
            email: &self.candidate.email,
            custom_invite_id: &self.invite_id,
        }
    }
}
