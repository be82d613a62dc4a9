//! What something belongs to, told by its id: an id says what kind of thing it is of.

use std::convert::Infallible;
use std::str::FromStr;

use super::form::{Body, Usage};

/// By an id's prefix, the member of a request that it goes into.
const MEMBERS: [(&str, &str); 7] = [
    ("can_", "candidate_id"),
    ("app_", "application_id"),
    ("int_", "interview_id"),
    ("job_", "job_id"),
    ("ansv_", "answer_video_id"),
    ("note_", "note_id"),
    ("usr_", "user_id"),
];

/// The id of a thing of any kind.
#[derive(Debug, Clone)]
pub(crate) struct Subject(String);

impl FromStr for Subject {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl Subject {
    /// The member that the id goes into; `None` if it is no id of a kind that anything belongs to.
    pub(crate) fn member(&self) -> Option<&'static str> {
        let known = MEMBERS.iter().find(|(prefix, _)| self.0.starts_with(prefix));
        known.map(|(_, member)| *member)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The body with the id in it, if it is of one of these kinds.
    pub(crate) fn among(&self, members: &[&str], body: Body) -> anyhow::Result<Body> {
        match self.member().filter(|member| members.contains(member)) {
            Some(member) => Ok(body.with(member, self.as_str())),
            None => {
                let kinds: Vec<&str> = MEMBERS
                    .iter()
                    .filter(|(_, member)| members.contains(member))
                    .map(|(prefix, _)| *prefix)
                    .collect();
                let kinds = kinds.join("…, ");
                Err(Usage::error(format!("{} is no id of anything that fits: {kinds}…", self.0)))
            }
        }
    }
}
