//! Questions, and the answers recorded to them.

use std::sync::Arc;

use callboard_core::{AnswerVideo, Entity, Question};
use serde_json::{Value, json};

use super::belonging::CandidateOf;
use super::suite::Project;
use crate::viasto::writing::microseconds;

impl Project<'_> {
    /// A question of this project.
    pub fn question(&self, question: &Question) -> Value {
        json!({
            "resource_uri": self.url.question(question.id),
            "project": self.url.0,
            "text": question.text,
            "description": question.description,
            "position": question.position,
            "answer_type": question.answered_by,
            "max_answer_time": question.limit_s,
        })
    }

    /// An answer recorded for this project; its fields are those of a welcome video, and after them whose it is.
    pub fn answer_video(&self, video: &Arc<AnswerVideo>) -> Value {
        let candidate = CandidateOf::of(self.suite.world, &Entity::AnswerVideo(Arc::clone(video)));
        json!({
            "resource_uri": self.url.answer_video(video.id),
            "file": video.url,
            "length": video.duration_s,
            "submit_date": video.recorded_at.map(microseconds),
            "thumb": video.thumbnail_url,
            "project": self.url.0,
            "candidate": candidate.map(|of| self.candidate_url(of)),
            "question": video.question_id.map(|id| self.url.question(id)),
        })
    }
}
