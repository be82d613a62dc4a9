//! News as the platforms tell it, in few words.

use callboard_core::{
    About, ApplicationStage, ApplicationTold, Belonging, CandidateTold, Change, FeedbackChange, FeedbackTold,
    HostLink, InterviewChange, InterviewTold, JobStatus, JobTold, Meeting, Named, News, NoteTold,
    ParentStage, Person, Score, ScoreTold, Stage,
};

use crate::hub::at;

pub fn about<T>(external_id: &str, told: T) -> About<T> {
    About { external_id: Some(external_id.to_owned()), told }
}

#[expect(clippy::unnecessary_wraps, reason = "every fact is optional, and this is one that is told")]
pub fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

pub fn job_told(title: &str, status: JobStatus) -> JobTold {
    JobTold { title: text(title), status: Some(status), city: text("Cork"), ..JobTold::default() }
}

pub fn job(external_id: &str, told: JobTold, change: Change) -> News {
    News::Job { job: about(external_id, told), change, status_only: false }
}

pub fn candidate_told(name: &str) -> CandidateTold {
    CandidateTold {
        full_name: text(name),
        email: Some(format!("{}@hogwarts.com", name.split(' ').next().unwrap_or_default())),
        ..CandidateTold::default()
    }
}

pub fn candidate(external_id: &str, told: CandidateTold, change: Change) -> News {
    News::Candidate { candidate: about(external_id, told), change }
}

pub fn tag(candidate: &str, name: &str, added: bool) -> News {
    let tag = Named { id: Some(format!("tag_{name}")), name: text(name) };
    News::Tag { candidate: about(candidate, CandidateTold::default()), tag, added }
}

pub fn stage_told(parent: ParentStage) -> ApplicationTold {
    ApplicationTold { stage: Some(ApplicationStage { parent, custom: None }), ..ApplicationTold::default() }
}

/// `app_…` of `can_…` for `job_1`, the candidate told in full.
pub fn application(external_id: &str, told: ApplicationTold, change: Change, stage_only: bool) -> News {
    let of = Belonging {
        job: Some(about("job_1", JobTold { title: text("Auror"), ..JobTold::default() })),
        candidate: Some(about("can_1", candidate_told("hpotter"))),
        application: None,
    };
    News::Application { application: about(external_id, told), of, change, stage_only }
}

/// What is held for `app_1`, which is only referred to.
pub fn of_application(external_id: &str) -> Belonging {
    Belonging { application: Some(about(external_id, ApplicationTold::default())), ..Belonging::default() }
}

pub fn interview_told(title: &str, start: Option<i64>) -> InterviewTold {
    InterviewTold { title: text(title), start: start.map(at), ..InterviewTold::default() }
}

pub fn interview(external_id: &str, told: InterviewTold, change: InterviewChange) -> News {
    News::Interview {
        interview: about(external_id, told),
        of: of_application("app_1"),
        meeting: None,
        change,
    }
}

pub fn stage(external_id: &str, previous: Option<Stage>, current: Stage) -> News {
    News::Stage {
        interview: about(external_id, InterviewTold::default()),
        of: Belonging::default(),
        previous: previous.map(Into::into),
        current: current.into(),
    }
}

pub fn links(join: &str, start: &str) -> Meeting {
    Meeting { join_url: text(join), start_url: Some(HostLink(start.to_owned())), ..Meeting::default() }
}

pub fn meeting(external_id: &str, meeting: Meeting) -> News {
    News::Meeting {
        interview: about(external_id, interview_told("", Some(5_000))),
        of: of_application("app_1"),
        meeting,
        overall_status: None,
    }
}

pub fn reviewer(name: &str) -> Person {
    Person { email: Some(format!("{name}@hogwarts.com")), ..Person::default() }
}

pub fn scores(scores: &[(&str, Option<i64>)]) -> Vec<ScoreTold> {
    let score = |(name, points): &(&str, Option<i64>)| ScoreTold {
        reviewer: reviewer(name),
        score: points.map(Score::from_points),
        comment: text("Reviewer's comment"),
    };
    scores.iter().map(score).collect()
}

pub fn assessed(external_id: &str, told: &[(&str, Option<i64>)]) -> News {
    News::Assessed {
        interview: about(external_id, InterviewTold::default()),
        of: of_application("app_1"),
        scores: scores(told),
        average: None,
        total: None,
        overall_status: None,
    }
}

pub fn feedback(
    external_id: &str,
    interview: Option<&str>,
    by: &str,
    points: Option<i64>,
    change: FeedbackChange,
) -> News {
    let told = FeedbackTold {
        reviewer: Some(reviewer(by)),
        score: points.map(Score::from_points),
        ..FeedbackTold::default()
    };
    News::Feedback {
        feedback: about(external_id, told),
        interview: interview.map(|id| about(id, InterviewTold::default())),
        of: of_application("app_1"),
        change,
    }
}

pub fn note(external_id: &str, words: Option<&str>, change: Change) -> News {
    News::Note {
        note: about(
            external_id,
            NoteTold {
                text: words.and_then(text),
                author: words.map(|_| reviewer("snape")),
                ..NoteTold::default()
            },
        ),
        of: Belonging { candidate: Some(about("can_1", CandidateTold::default())), ..Belonging::default() },
        answer_video: None,
        change,
    }
}
