//! Any sequence of observations: a small world of jobs, applications, interviews and reviewers, in which everything is
//! said about everything, fully and thinly, in any order, each at a time of its own.

use callboard_core::{
    About, Belonging, CandidateTold, Change, FeedbackChange, FeedbackTold, InterviewChange, InterviewTold,
    JobStatus, JobTold, Meeting, News, NoteTold, Observation, ParentStage, QuestionTold, Stage, UserTold,
};
use proptest::prelude::*;

use crate::hub::told;
use crate::news::{
    about, application, assessed, candidate, candidate_told, feedback, interview, interview_told, job,
    job_told, links, meeting, note, of_application, stage, stage_told, tag, text,
};

const REVIEWERS: [&str; 3] = ["dumbledore", "mcgonagall", "snape"];

/// Some observations at distinct times, in any order of arrival.
pub fn observations() -> impl Strategy<Value = Vec<Observation>> {
    timed(any::<[u8; 5]>().prop_map(news))
}

/// Full objects only, each of one thing and with all its facts.
pub fn full_objects() -> impl Strategy<Value = Vec<Observation>> {
    timed(any::<[u8; 3]>().prop_map(full))
}

/// Stages of one interview, as a platform that has stages tells them.
pub fn told_stages() -> impl Strategy<Value = Vec<Observation>> {
    let known = || prop::sample::select(Stage::KNOWN);
    timed((prop::option::of(known()), known()).prop_map(|(from, to)| stage("skype", from, to)))
}

fn timed(news: impl Strategy<Value = News>) -> impl Strategy<Value = Vec<Observation>> {
    prop::collection::vec(news, 1..30).prop_flat_map(|news| {
        let times: Vec<i64> = (1..).take(news.len()).collect();
        (Just(news), Just(times).prop_shuffle()).prop_map(|(news, times)| {
            news.into_iter().zip(times).map(|(news, time)| told(time, news)).collect()
        })
    })
}

fn pick<T: Clone>(all: &[T], by: u8) -> T {
    all[usize::from(by) % all.len()].clone()
}

fn change(by: u8) -> Change {
    // Removal is rare, so that most sequences go on.
    match by % 12 {
        0..6 => Change::Created,
        6..11 => Change::Updated,
        _ => Change::Deleted,
    }
}

fn full([kind, which, value]: [u8; 3]) -> News {
    let (word, made) = (["one", "two", "three"][usize::from(value % 3)], Change::Updated);
    match kind % 5 {
        0 => job(pick(&["job_1", "job_2"], which), job_told(word, pick(JobStatus::KNOWN, value)), made),
        1 => candidate(
            "can_2",
            CandidateTold { email: text("rweasley@hogwarts.com"), ..candidate_told(word) },
            made,
        ),
        2 => application("app_1", stage_told(pick(ParentStage::KNOWN, value)), made, value.is_multiple_of(2)),
        3 => {
            let told = interview_told(word, Some(i64::from(value)));
            let News::Interview { interview, of, change, .. } =
                interview(pick(&["int_1", "int_2"], which), told, InterviewChange::Updated)
            else {
                unreachable!("an interview's news is news of an interview")
            };
            News::Interview { interview, of, meeting: Some(links(word, word)), change }
        }
        _ => note("note_1", Some(word), made),
    }
}

fn news([kind, which, value, other, flags]: [u8; 5]) -> News {
    let word = ["one", "two", "three"][usize::from(value % 3)];
    let an_interview = pick(&["int_1", "int_2"], which);
    let thin = flags.is_multiple_of(3);
    match kind % 15 {
        0 => {
            let told = if thin { JobTold::default() } else { job_told(word, pick(JobStatus::KNOWN, value)) };
            job("job_1", told, change(other))
        }
        1 => {
            let told = if thin {
                CandidateTold::default()
            } else {
                candidate_told(pick(&["hpotter", "rweasley"], which))
            };
            candidate(pick(&["can_1", "can_2"], which), told, change(other))
        }
        2 => tag(pick(&["can_1", "can_2"], which), word, flags.is_multiple_of(2)),
        3 => application(
            "app_1",
            stage_told(pick(ParentStage::KNOWN, value)),
            change(other),
            flags.is_multiple_of(2),
        ),
        4 => {
            let of = Belonging {
                job: Some(about("job_1", JobTold::default())),
                candidate: Some(about("can_2", CandidateTold::default())),
                application: None,
            };
            let application = About { external_id: None, told: stage_told(pick(ParentStage::KNOWN, value)) };
            News::Application { application, of, change: change(other), stage_only: false }
        }
        5 | 6 => {
            let changes = [
                InterviewChange::Created,
                InterviewChange::Updated,
                InterviewChange::Ended,
                InterviewChange::Cancelled,
                InterviewChange::Archived,
            ];
            let start = flags.is_multiple_of(2).then_some(i64::from(value));
            let told = if thin { InterviewTold::default() } else { interview_told(word, start) };
            interview(an_interview, told, pick(&changes, other))
        }
        7 => {
            let from = (!thin).then(|| pick(Stage::KNOWN, other));
            stage(pick(&["int_1", "skype"], which), from, pick(Stage::KNOWN, value))
        }
        8 => meeting(an_interview, if thin { Meeting::default() } else { links(word, word) }),
        9 => {
            let points = |by: u8| (!by.is_multiple_of(5)).then_some(i64::from(by % 3) * 25);
            let scores =
                [(REVIEWERS[0], points(value)), (REVIEWERS[1], points(other)), (REVIEWERS[2], points(flags))];
            assessed(an_interview, &scores[..usize::from(value % 4)])
        }
        10 => {
            let changes = [FeedbackChange::Requested, FeedbackChange::Submitted, FeedbackChange::Updated];
            let change = pick(&changes, flags);
            let points = (change != FeedbackChange::Requested).then_some(i64::from(value % 4) * 25);
            let tied = [None, Some(an_interview)][usize::from(other % 2)];
            let by = pick(&REVIEWERS, which);
            if thin {
                let of = of_application("app_1");
                let feedback = about(by, FeedbackTold::default());
                News::Feedback {
                    feedback,
                    interview: tied.map(|id| about(id, InterviewTold::default())),
                    of,
                    change,
                }
            } else {
                feedback(by, tied, by, points, change)
            }
        }
        11 => {
            let News::Note { of, change, .. } = note("note_1", None, change(other)) else {
                unreachable!("a note's news is news of a note")
            };
            let told = NoteTold { text: if thin { None } else { text(word) }, ..NoteTold::default() };
            let answer_video = thin.then(|| about("answer_1", callboard_core::AnswerVideoTold::default()));
            News::Note { note: about("note_1", told), of, answer_video, change }
        }
        12 => question(pick(&["job_1", "job_2"], which), word),
        13 => user(pick(&["dumbledore", "someone"], which), word, thin),
        _ => News::AnswerVideo {
            answer_video: about(
                "answer_1",
                callboard_core::AnswerVideoTold {
                    url: if thin { None } else { text(word) },
                    ..callboard_core::AnswerVideoTold::default()
                },
            ),
            question: Some(about("question_1", QuestionTold::default())),
            of: of_application("app_1"),
            change: if flags.is_multiple_of(2) { Change::Created } else { Change::Updated },
        },
    }
}

fn question(job: &str, word: &str) -> News {
    let of = Belonging { job: Some(about(job, JobTold::default())), ..Belonging::default() };
    let told = QuestionTold { text: text(word), ..QuestionTold::default() };
    News::Question { question: about("question_1", told), of }
}

fn user(called: &str, word: &str, thin: bool) -> News {
    let email = if thin { None } else { text("dumbledore@hogwarts.com") };
    News::User { user: about(called, UserTold { name: text(word), email, ..UserTold::default() }) }
}
