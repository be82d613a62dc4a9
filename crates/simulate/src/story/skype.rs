//! Skype Interviews: an interview moves from stage to stage, and each move is told (seed 004).

use serde::Serialize;

use super::cast::{Applicant, job_title};
use super::ending::Ending;
use super::letter::Story;
use super::moment::seven_digits;
use super::teller::{Teller, turn};

/// A stage with its metadata. Three of the codes are Microsoft's (platforms.md 2.4); the others are made up, as any
/// receiver has to expect codes that it does not know.
#[derive(Clone, Copy, Serialize)]
struct Stage {
    value: &'static str,
    metadata: &'static str,
}

const fn stage(value: &'static str, metadata: &'static str) -> Stage {
    Stage { value, metadata }
}

const CREATED: Stage = stage("InterviewCreated", "1 - Interview was created");
const INTERVIEWER_PICKS: Stage = stage("SchedulingTime", "2000 - Pending interviewer time selection");
const CANDIDATE_PICKS: Stage = stage("SchedulingTime", "2010 - Pending candidate time selection");
const NO_TIME_FOUND: Stage = stage("SchedulingFailed", "2404 - None of the proposed times suits everyone");
const TIME_SET: Stage = stage("SchedulingCompleted", "2200 - Interview time was confirmed");
const STARTED: Stage = stage("InterviewStarted", "3000 - Two participants have joined");
const BROKEN_OFF: Stage = stage("InterviewFailed", "3503 - The call was lost and nobody came back");
const COMPLETED: Stage = stage("InterviewCompleted", "3200 - Interview was ended by a participant");
const FEEDBACK_DUE: Stage = stage("FeedbackCollecting", "4000 - Pending interviewer feedback");
const FEEDBACK_LOST: Stage = stage("FeedbackFailed", "4500 - Feedback could not be saved");
const FEEDBACK_IN: Stage = stage("FeedbackCompleted", "4200 - Interviewer submitted feedback");
const CANCELED: Stage = stage("InterviewCanceled", "9000 - Interview was canceled by the recruiter");
const ARCHIVED: Stage = stage("InterviewArchived", "10000 - Interview was archived");

/// What can become of an interview after it was created. Stories take turns, so any six in a row know all stages.
const PLOTS: [&[Stage]; 6] = [
    &[INTERVIEWER_PICKS, CANDIDATE_PICKS, TIME_SET, STARTED, COMPLETED, FEEDBACK_DUE, FEEDBACK_IN],
    &[
        INTERVIEWER_PICKS,
        NO_TIME_FOUND,
        INTERVIEWER_PICKS,
        TIME_SET,
        STARTED,
        COMPLETED,
        FEEDBACK_DUE,
        FEEDBACK_IN,
    ],
    &[INTERVIEWER_PICKS, TIME_SET, STARTED, BROKEN_OFF],
    &[INTERVIEWER_PICKS, TIME_SET, STARTED, COMPLETED, FEEDBACK_DUE, FEEDBACK_IN],
    &[INTERVIEWER_PICKS, CANDIDATE_PICKS, CANCELED],
    &[TIME_SET, STARTED, COMPLETED, FEEDBACK_DUE, FEEDBACK_LOST, FEEDBACK_DUE, FEEDBACK_IN, ARCHIVED],
];

/// The body, in the order of the sample.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct State<'a> {
    previous_stage: Stage,
    current_stage: Stage,
    event: &'static str,
    timestamp: String,
    interview_code: &'a str,
}

pub(super) fn story(mut teller: Teller) -> Story {
    let candidate = Applicant::cast(&mut teller);
    let job = job_title(&mut teller);
    let code = interview_code(&mut teller, &candidate);
    let plot = turn(teller.number(), &PLOTS);

    let mut previous = CREATED;
    for &current in plot {
        wait_for(current, &mut teller);
        let at = teller.now();
        let summary = format!("{} · {} · {job}", candidate.name(), in_words(current));
        let state = State {
            previous_stage: previous,
            current_stage: current,
            event: "State",
            timestamp: seven_digits(at),
            interview_code: &code,
        };
        teller.tell(at, current.value, summary, &state);
        previous = current;
    }
    teller.the_end(Ending { interview: code, stage: Some(previous.value), ..Ending::default() })
}

/// A GUID; at times one with a number behind it, or a code of the partner's own (platforms.md 2.1).
fn interview_code(teller: &mut Teller, candidate: &Applicant) -> String {
    match teller.number_in(0..=9) {
        0 | 1 => {
            let name: String = candidate.last_name.chars().filter(char::is_ascii_alphabetic).collect();
            format!("{}{}", name.to_uppercase(), teller.alphanumeric(10))
        }
        2 => format!("{}-{:05}", teller.guid(), teller.number_in(0..=99_999)),
        _ => teller.guid(),
    }
}

fn wait_for(stage: Stage, teller: &mut Teller) {
    match stage.value {
        "InterviewStarted" => {
            let appointment = teller.appointment();
            teller.wait_until(appointment);
        }
        "InterviewCompleted" => teller.minutes_pass(20..=70),
        "InterviewFailed" => teller.minutes_pass(1..=30),
        "FeedbackCollecting" => teller.minutes_pass(0..=0),
        "InterviewArchived" => teller.minutes_pass(1_000..=10_000),
        _ => teller.minutes_pass(1..=300),
    }
}

/// `InterviewStarted` as `Interview started`.
fn in_words(stage: Stage) -> String {
    let mut words = String::with_capacity(stage.value.len() + 1);
    for letter in stage.value.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}
