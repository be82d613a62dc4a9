//! What a callback of LaunchPad says, in our words. No member names the callback: its shape tells (platforms.md 4.3).

use std::fmt;

use callboard_core::{
    About, ApplicationTold, Belonging, CandidateTold, HostLink, InterviewTold, JobTold, Meeting, News,
    Observation, OverallStatus, Person, ScoreTold, Timestamp,
};
use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::scalar::Scalar;
use super::{naming, progress};
use crate::dialect::{self, Reading, Unreadable};

/// The titles of seeds 000 and 001: the platform's only names for the two.
const ZOOM_LINK_CALLBACK: &str = "Zoom Link Callback";
const CANDIDATE_ASSESSMENT_STATUS: &str = "Candidate Assessment Status";

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Callback<'a> {
    #[serde(borrow)]
    candidate: Option<CandidateIn<'a>>,
    #[serde(borrow)]
    interview: Option<InterviewIn<'a>>,
    #[serde(borrow)]
    result_details: Option<ResultDetails<'a>>,
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
    overall_status: Option<Overall>,
    /// These are members of the older, flat callbacks only.
    status: Option<IgnoredAny>,
    candidate_id: Option<IgnoredAny>,
    interview_id: Option<IgnoredAny>,
    custom_invite_id: Option<IgnoredAny>,
}

impl Callback<'_> {
    /// Is this one of the older, flat callbacks?
    fn is_flat(&self) -> bool {
        let names_someone =
            self.candidate_id.is_some() || self.interview_id.is_some() || self.custom_invite_id.is_some();
        self.status.is_some() && names_someone && self.interview.is_none() && self.result_details.is_none()
    }
}

#[derive(Default, Deserialize)]
#[serde(expecting = "an object")]
struct CandidateIn<'a> {
    #[serde(borrow)]
    id: Option<Scalar<'a>>,
    #[serde(borrow)]
    first_name: Option<Scalar<'a>>,
    #[serde(borrow)]
    last_name: Option<Scalar<'a>>,
    #[serde(borrow)]
    email: Option<Scalar<'a>>,
    #[serde(borrow)]
    custom_invite_id: Option<Scalar<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(expecting = "an object")]
struct InterviewIn<'a> {
    #[serde(borrow)]
    id: Option<Scalar<'a>>,
    #[serde(borrow)]
    start_time: Option<Scalar<'a>>,
    #[serde(borrow)]
    end_time: Option<Scalar<'a>>,
    #[serde(borrow)]
    duration: Option<Scalar<'a>>,
    #[serde(borrow)]
    join_url: Option<Scalar<'a>>,
    #[serde(borrow)]
    start_url: Option<Scalar<'a>>,
    #[serde(borrow)]
    candidate_url: Option<Scalar<'a>>,
    #[serde(borrow)]
    reviewer_url: Option<Scalar<'a>>,
    #[serde(borrow)]
    live_meeting_id: Option<Scalar<'a>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct ResultDetails<'a> {
    #[serde(borrow)]
    average_score: Option<Scalar<'a>>,
    #[serde(borrow)]
    total_score: Option<Scalar<'a>>,
    #[serde(borrow)]
    reviewers: Option<Vec<Reviewer<'a>>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Reviewer<'a> {
    #[serde(borrow)]
    email: Option<Scalar<'a>>,
    #[serde(borrow)]
    score: Option<Scalar<'a>>,
    #[serde(borrow)]
    comment: Option<Scalar<'a>>,
}

#[derive(Deserialize)]
#[serde(expecting = "an object")]
struct Metadata<'a> {
    #[serde(borrow)]
    timestamp: Option<Scalar<'a>>,
}

/// Reads a body.
pub(super) fn read(body: &[u8]) -> Result<Reading, Unreadable> {
    let callback: Callback<'_> = serde_json::from_str(dialect::text(body)?).map_err(|error| {
        Unreadable(format!("the body is no callback of LaunchPad: {}", explained(&error)))
    })?;
    if callback.is_flat() {
        return progress::read(body);
    }
    let at = callback.metadata.and_then(|metadata| metadata.timestamp?.time());
    let overall_status =
        callback.overall_status.and_then(|it| it.0).map(|word| OverallStatus::from(word.as_str()));
    let candidate = callback.candidate.unwrap_or_default();
    let interview = callback.interview.unwrap_or_default();
    let of = candidate.belonging(&interview);
    let meeting = interview.meeting();
    let (label, news) = if let Some(details) = callback.result_details {
        let interview = interview.about(&candidate)?;
        let average = details.average_score.and_then(|score| score.score());
        let total = details.total_score.and_then(|score| score.score());
        let scores = details.reviewers.unwrap_or_default().iter().map(Reviewer::told).collect();
        let news = News::Assessed { interview, of, scores, average, total, overall_status };
        (CANDIDATE_ASSESSMENT_STATUS, news)
    } else if meeting.is_ready() {
        (
            ZOOM_LINK_CALLBACK,
            News::Meeting { interview: interview.about(&candidate)?, of, meeting, overall_status },
        )
    } else {
        return Err(Unreadable(
            "the body has neither links to join an interview nor `result_details`, so it is none of \
             LaunchPad's callbacks"
                .to_owned(),
        ));
    };
    Ok(Reading { label: label.to_owned(), observations: vec![Observation { at, news }] })
}

/// What is wrong with the body, without the text that was found there: it may be a host's link, and this is shown.
fn explained(error: &serde_json::Error) -> String {
    let sentence = error.to_string();
    match (sentence.split_once('"'), sentence.rsplit_once('"')) {
        (Some((before, _)), Some((_, after))) => format!("{before}…{after}"),
        _ => sentence,
    }
}

fn text(scalar: Option<&Scalar<'_>>) -> Option<String> {
    scalar.and_then(Scalar::text)
}

impl CandidateIn<'_> {
    /// Who, the invitation that is their application, by the partner's own id for it, and what they are invited to.
    fn belonging(&self, interview: &InterviewIn<'_>) -> Belonging {
        let candidate = About {
            external_id: text(self.id.as_ref()),
            told: CandidateTold {
                first_name: text(self.first_name.as_ref()),
                last_name: text(self.last_name.as_ref()),
                email: text(self.email.as_ref()),
                ..CandidateTold::default()
            },
        };
        let application = text(self.custom_invite_id.as_ref()).map(|invite| About {
            external_id: Some(invite.clone()),
            told: ApplicationTold { custom_invite_id: Some(invite), ..ApplicationTold::default() },
        });
        let job = text(interview.id.as_ref());
        let job = job.map(|id| About { external_id: Some(id), told: JobTold::default() });
        let nobody = About::default();
        Belonging { job, candidate: Some(candidate).filter(|it| *it != nobody), application }
    }
}

impl InterviewIn<'_> {
    fn about(&self, candidate: &CandidateIn<'_>) -> Result<About<InterviewTold>, Unreadable> {
        let assessment = text(self.id.as_ref()).ok_or_else(|| {
            Unreadable("the body has no `interview.id`, so it is about no interview".to_owned())
        })?;
        let start = self.start_time.as_ref().and_then(Scalar::time);
        let end = self.end_time.as_ref().and_then(Scalar::time).or_else(|| self.end_by_duration(start?));
        let (invite, candidate) = (text(candidate.custom_invite_id.as_ref()), text(candidate.id.as_ref()));
        let name = naming::interview(&assessment, invite.as_deref(), candidate.as_deref());
        Ok(About { external_id: Some(name), told: InterviewTold { start, end, ..InterviewTold::default() } })
    }

    fn end_by_duration(&self, start: Timestamp) -> Option<Timestamp> {
        let minutes = self.duration.as_ref()?.minutes()?;
        start.checked_add(SignedDuration::from_mins(minutes.into())).ok()
    }

    /// The links, in either spelling.
    fn meeting(&self) -> Meeting {
        let either = |one: &Option<Scalar<'_>>, other: &Option<Scalar<'_>>| {
            text(one.as_ref()).or_else(|| text(other.as_ref()))
        };
        Meeting {
            join_url: either(&self.join_url, &self.candidate_url),
            start_url: either(&self.start_url, &self.reviewer_url).map(HostLink),
            provider: None,
            id: text(self.live_meeting_id.as_ref()),
        }
    }
}

impl Reviewer<'_> {
    fn told(&self) -> ScoreTold {
        ScoreTold {
            reviewer: Person { email: text(self.email.as_ref()), ..Person::default() },
            score: self.score.as_ref().and_then(Scalar::score),
            comment: text(self.comment.as_ref()),
        }
    }
}

/// `{"status": "In Progress"}` here, a plain text in LaunchPad's other API (platforms.md 4.7).
struct Overall(Option<String>);

impl<'de> Deserialize<'de> for Overall {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OverallVisitor)
    }
}

struct OverallVisitor;

impl<'de> Visitor<'de> for OverallVisitor {
    type Value = Overall;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or an object with a `status`")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Overall, E> {
        Ok(Overall(Some(word.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Overall, A::Error> {
        let mut status: Option<Scalar<'_>> = None;
        while let Some(name) = map.next_key::<String>()? {
            if name == "status" {
                status = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Overall(text(status.as_ref())))
    }
}
