//! How a story ends: what anyone who has read all its letters must know.

/// How things stand after the last letter. What the platform does not tell is absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ending {
    /// The platform's name for the interview; viasto has no interviews, so it is the URL of the project's candidate.
    pub interview: String,
    /// Skype: the stage that the interview is in.
    pub stage: Option<&'static str>,
    /// HireHive: the interview's status, one of `active`, `past`, `cancelled`.
    pub interview_status: Option<&'static str>,
    /// HireHive: the application's parent stage; absent if the application was deleted.
    pub application_stage: Option<&'static str>,
    /// HireHive: the job's status; absent if the job was deleted.
    pub job_status: Option<&'static str>,
    /// HireHive, LaunchPad: the link by which the candidate joins.
    pub join_url: Option<String>,
    /// LaunchPad: the assessment.
    pub assessment: Option<AssessmentEnding>,
    /// viasto: the URLs of everything that was told of.
    pub resources: Vec<String>,
}

/// The assessment that an interview ends with.
#[derive(Debug, Clone, PartialEq)]
pub struct AssessmentEnding {
    /// The mean of the scores, exactly; on the wire it has two decimals.
    pub average: f64,
    /// The sum of the scores.
    pub total: u32,
    /// `In Progress` or `Completed`; absent if this account's callbacks do not say (seed 000).
    pub overall_status: Option<&'static str>,
}
