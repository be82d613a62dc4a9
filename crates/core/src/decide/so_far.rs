//! How far the assessment of an interview is, for whoever looks before it is told.

use super::overall::of_interview;
use crate::application::Application;
use crate::feedback::{AssessmentSoFar, AssessmentStatus, Feedback, ReviewerSoFar};
use crate::id::{ApplicationId, FeedbackId, Identifier, InterviewId};
use crate::interview::Interview;
use crate::score::Score;
use crate::world::{Entity, World};

/// The present assessment of an interview, in a world that holds it and what it is linked to: what each assigned reviewer
/// gave, with the mean and the sum once all have scored.
pub fn assessment(world: &World, interview: &Interview) -> AssessmentSoFar {
    let assigned: Vec<&Feedback> = interview.feedback.iter().filter_map(|id| feedback(world, *id)).collect();
    let scores: Option<Vec<Score>> =
        assigned.iter().map(|feedback| feedback.score.filter(|_| feedback.is_scored())).collect();
    let scores = scores.filter(|scores| !scores.is_empty());
    AssessmentSoFar {
        status: if scores.is_some() { AssessmentStatus::Assessed } else { AssessmentStatus::Open },
        average: scores.iter().find_map(|scores| Score::mean(scores.iter().copied())),
        total: scores.map(Score::total),
        overall_status: of_interview(interview, application(world, interview.application_id), |id| {
            find_interview(world, id)
        }),
        reviewers: assigned.into_iter().map(reviewer).collect(),
    }
}

fn reviewer(feedback: &Feedback) -> ReviewerSoFar {
    ReviewerSoFar {
        feedback_id: feedback.id,
        reviewer: feedback.reviewer.clone().unwrap_or_default(),
        status: feedback.status.clone(),
        score: feedback.score,
        comment: feedback.comment.clone(),
    }
}

fn feedback(world: &World, id: FeedbackId) -> Option<&Feedback> {
    match &world.entity(id.raw())?.entity {
        Entity::Feedback(feedback) => Some(feedback),
        _ => None,
    }
}

fn application(world: &World, id: Option<ApplicationId>) -> Option<&Application> {
    match &world.entity(id?.raw())?.entity {
        Entity::Application(application) => Some(application),
        _ => None,
    }
}

fn find_interview(world: &World, id: InterviewId) -> Option<&Interview> {
    match &world.entity(id.raw())?.entity {
        Entity::Interview(interview) => Some(interview),
        _ => None,
    }
}
