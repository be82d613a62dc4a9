//! `POST /1/live/{interview_id}/invite`: a candidate is invited to meet reviewers at a time.

use callboard_core::{Application, Candidate, Interview, Job, Snapshot, Timestamp};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::members::{Members, read};
use crate::dialect::Unreadable;
use crate::launchpad::writing;

/// The most reviewers of an invitation.
pub const REVIEWERS: usize = 8;
/// The longest meeting, in minutes: a day.
const LONGEST_MIN: u16 = 24 * 60;

/// An invitation that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The candidate's given name.
    pub first_name: String,
    /// The candidate's family name.
    pub last_name: String,
    /// The candidate's e-mail address.
    pub email: String,
    /// The partner's own id for the invitation.
    pub custom_invite_id: String,
    /// Is LaunchPad to write to the candidate?
    pub send_email: bool,
    /// When it starts; left blank, it starts now.
    pub start: Option<Timestamp>,
    /// How long it takes, in minutes.
    pub duration_min: u16,
    /// Who reviews, in order.
    pub reviewers: Vec<InvitedReviewer>,
}

/// A reviewer of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitedReviewer {
    /// Their e-mail address.
    pub email: String,
    /// Do they host the meeting? One of them does: the first, unless another is said to.
    pub is_host: bool,
}

impl Invite {
    /// Reads a body. The sentence of an error names the member that is wrong.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let body = read(body)?;
        let candidate = Members::needed(&body, "candidate")?;
        let schedule = Members::needed(&body, "schedule")?;
        let start = schedule.scalar("start_time")?;
        let start = start.map(|it| it.time().ok_or_else(|| schedule.must_be("start_time", "a time in UTC")));
        let duration = schedule.scalar("duration")?;
        let duration = duration.ok_or_else(|| Unreadable("`schedule.duration` is missing".to_owned()))?;
        let minutes = duration.minutes().filter(|minutes| (1..=LONGEST_MIN).contains(minutes));
        Ok(Self {
            first_name: candidate.needed_text("first_name")?,
            last_name: candidate.needed_text("last_name")?,
            email: candidate.address("email")?,
            custom_invite_id: candidate.needed_text("custom_invite_id")?,
            send_email: candidate.flag("send_email")?,
            start: start.transpose()?,
            duration_min: minutes
                .ok_or_else(|| schedule.must_be("duration", "a number of minutes, from 1 to 1440"))?,
            reviewers: reviewers(&body)?,
        })
    }

    /// When it ends if it starts then.
    pub fn end(&self, start: Timestamp) -> Option<Timestamp> {
        start.checked_add(SignedDuration::from_mins(self.duration_min.into())).ok()
    }
}

fn reviewers(body: &Value) -> Result<Vec<InvitedReviewer>, Unreadable> {
    let list = match body.get("reviewers") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(list) => list.as_array().ok_or_else(|| Unreadable("`reviewers` must be a list".to_owned()))?,
    };
    if list.len() > REVIEWERS {
        return Err(Unreadable(format!("`reviewers` names at most {REVIEWERS}")));
    }
    let mut reviewers: Vec<InvitedReviewer> = Vec::with_capacity(list.len());
    for reviewer in list {
        let members = Members::of(Some(reviewer), "reviewers[]")?
            .ok_or_else(|| Unreadable("`reviewers[]` must be an object".to_owned()))?;
        let (email, is_host) = (members.address("email")?, members.flag("host")?);
        if reviewers.iter().any(|known| known.email.eq_ignore_ascii_case(&email)) {
            return Err(Unreadable(format!("`reviewers` names `{email}` twice")));
        }
        let is_host = is_host && !reviewers.iter().any(|known| known.is_host);
        reviewers.push(InvitedReviewer { email, is_host });
    }
    if reviewers.iter().all(|reviewer| !reviewer.is_host)
        && let Some(first) = reviewers.first_mut()
    {
        first.is_host = true;
    }
    Ok(reviewers)
}

/// What an invitation came to.
pub struct Made<'a> {
    /// The assessment.
    pub job: &'a Job,
    /// Who is invited.
    pub candidate: &'a Candidate,
    /// The invitation.
    pub application: &'a Application,
    /// The meeting.
    pub interview: &'a Interview,
    /// Who reviews, in order.
    pub reviewers: &'a [InvitedReviewer],
    /// When it was made.
    pub at: Timestamp,
}

impl Made<'_> {
    /// What the partner is answered: the same ids that the callbacks about it will carry. The links are empty until a
    /// meeting is set; then the Zoom Link Callback tells them.
    pub fn answer(&self) -> Value {
        let snapshot = Snapshot {
            job: Some(self.job.clone().into()),
            candidate: Some(self.candidate.clone().into()),
            application: Some(self.application.clone().into()),
            interview: Some(self.interview.clone().into()),
            ..Snapshot::default()
        };
        let reviewer = |it: &InvitedReviewer| json!({"email": it.email, "host": it.is_host.to_string()});
        json!({
            "candidate": writing::invited(&snapshot),
            "interview": writing::live_meeting(&snapshot),
            "reviewers": self.reviewers.iter().map(reviewer).collect::<Vec<_>>(),
            "metadata": {"timestamp": format!("{:.0}", self.at)},
        })
    }
}
