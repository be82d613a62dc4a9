//! What can happen at HireHive between a job and a decision.

use super::telling::Telling;
use crate::story::ending::Ending;
use crate::story::letter::Story;
use crate::story::teller::{Teller, turn};

/// How a story goes. Stories take turns, so any three in a row know all nineteen events.
const PLOTS: [Plot; 3] = [Plot::Hired, Plot::Rejected, Plot::Withdrawn];

#[derive(Clone, Copy)]
enum Plot {
    /// Everything goes well.
    Hired,
    /// The interview is moved, then cancelled, and the candidate rejected.
    Rejected,
    /// The candidate withdraws, and so does the company.
    Withdrawn,
}

pub(in crate::story) fn story(teller: Teller) -> Story {
    let plot = turn(teller.number(), &PLOTS);
    let mut told = Telling::cast(teller);
    let ending = match plot {
        Plot::Hired => hired(&mut told),
        Plot::Rejected => rejected(&mut told),
        Plot::Withdrawn => withdrawn(&mut told),
    };
    told.the_end(ending)
}

fn hired(told: &mut Telling) -> Ending {
    told.job_is_created();
    told.job_status_becomes("published");
    told.candidate_applies();
    told.candidate_fills_in_profile();
    told.tag_is_added("phone screen passed");
    told.application_moves_to("screening");
    told.note_is_written();
    told.application_moves_to("interviewing");
    told.interview_is_created();
    told.meeting_is_arranged();
    let mut feedback = told.feedback_is_requested();
    told.interview_takes_place();
    for form in &mut feedback {
        told.feedback_is_submitted(form);
    }
    if let Some(form) = feedback.first_mut() {
        told.feedback_is_changed(form);
    }
    told.application_moves_to("offered");
    told.application_moves_to("hired");
    told.job_status_becomes("closed");
    Ending {
        interview_status: Some("past"),
        application_stage: Some("hired"),
        job_status: Some("closed"),
        ..told.ending()
    }
}

fn rejected(told: &mut Telling) -> Ending {
    told.job_is_created();
    told.job_status_becomes("published");
    told.job_is_updated();
    told.candidate_applies();
    told.application_moves_to("interviewing");
    told.interview_is_created();
    told.interview_is_moved();
    let mut note = told.note_is_written();
    told.note_is_changed(&mut note);
    told.note_is_deleted(&note);
    told.interview_is_cancelled();
    told.application_moves_to("rejected");
    Ending {
        interview_status: Some("cancelled"),
        application_stage: Some("rejected"),
        job_status: Some("published"),
        ..told.ending()
    }
}

fn withdrawn(told: &mut Telling) -> Ending {
    told.job_is_created();
    told.job_status_becomes("internal");
    told.candidate_applies();
    told.tag_is_added("night shifts");
    told.tag_is_removed();
    told.interview_is_created();
    told.interview_is_cancelled();
    told.application_is_deleted();
    told.job_status_becomes("closed");
    told.job_is_deleted();
    Ending { interview_status: Some("cancelled"), ..told.ending() }
}
