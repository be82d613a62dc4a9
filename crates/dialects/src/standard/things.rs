//! Things as an event shows them: an id of any form, the facts, and little else.
//!
//! These mirror the entities of the core, so that a fact which is added there does not compile until it is read here.
//! The ids are the sender's, so they are text: what another hub, or a program of one's own, calls its things.

use callboard_core::{
    About, Answer, AnswerVideoTold, ApplicationStage, ApplicationTold, Attendee, CandidateTold, Extra,
    FeedbackStatus, FeedbackTold, InterviewFormat, InterviewMode, InterviewTold, JobStatus, JobTold, Meeting,
    Named, NoteTold, Person, QuestionTold, Rating, Score, StageMark, Timestamp,
};
use serde::Deserialize;

macro_rules! thing {
    ($name:ident tells $told:ident { $($fact:ident: $type:ty,)* } besides { $($other:ident: $other_type:ty,)* }) => {
        #[derive(Deserialize)]
        pub(super) struct $name {
            id: Option<String>,
            $(pub $fact: Option<$type>,)*
            $(pub $other: Option<$other_type>,)*
            #[serde(default)]
            extra: Extra,
        }

        impl From<$name> for About<$told> {
            fn from(thing: $name) -> Self {
                Self {
                    external_id: thing.id,
                    told: $told { $($fact: thing.$fact,)* extra: thing.extra },
                }
            }
        }
    };
}

thing! {
    Job tells JobTold {
        title: String,
        description: String,
        status: JobStatus,
        employment: String,
        city: String,
        owner_id: String,
        code: String,
        url: String,
        category: Named,
        opened_at: Timestamp,
        published_at: Timestamp,
    } besides {}
}

thing! {
    Candidate tells CandidateTold {
        first_name: String,
        last_name: String,
        full_name: String,
        email: String,
        phone: String,
        title: String,
        employer: String,
        address: String,
        image_url: String,
        tags: Vec<Named>,
        rating: i64,
        time_zone: String,
    } besides {}
}

thing! {
    Application tells ApplicationTold {
        stage: ApplicationStage,
        applied_at: Timestamp,
        cover_letter: String,
        origin: String,
        custom_invite_id: String,
    } besides {}
}

thing! {
    Interview tells InterviewTold {
        title: String,
        location: String,
        format: InterviewFormat,
        start: Timestamp,
        end: Timestamp,
        time_zone: String,
        organizer_id: String,
        attendees: Vec<Attendee>,
        mode: InterviewMode,
        deadline: Timestamp,
    } besides {
        stage: StageMark,
        meeting: Meeting,
    }
}

thing! {
    Feedback tells FeedbackTold {
        status: FeedbackStatus,
        reviewer: Person,
        creator: Person,
        score: Score,
        comment: String,
        form: Named,
        ratings: Vec<Rating>,
        answers: Vec<Answer>,
        requested_at: Timestamp,
        completed_at: Timestamp,
    } besides {}
}

thing! {
    Note tells NoteTold {
        text: String,
        author: Person,
        written_at: Timestamp,
    } besides {}
}

thing! {
    Question tells QuestionTold {
        text: String,
        description: String,
        answered_by: String,
        limit_s: i64,
        position: i64,
    } besides {}
}

thing! {
    AnswerVideo tells AnswerVideoTold {
        url: String,
        recorded_at: Timestamp,
        duration_s: i64,
        thumbnail_url: String,
    } besides {}
}
