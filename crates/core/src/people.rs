//! People: candidates, and the users who interview and review them.

use serde::{Deserialize, Serialize};

use crate::entity_macro::entity;
use crate::id::{ApplicationId, CandidateId, UserId};
use crate::job::Named;

entity! {
    /// A person who applies.
    Candidate(CandidateId) told as CandidateTold
    links {
        /// What they have applied for, oldest first.
        applications: Vec<ApplicationId>,
    }
    facts {
        /// Given name.
        first_name: String,
        /// Family name.
        last_name: String,
        /// The whole name, where a platform gives it as one.
        full_name: String,
        /// E-mail address; within a company it identifies a candidate.
        email: String,
        /// Phone number as the platform writes it.
        phone: String,
        /// Their present job title.
        title: String,
        /// Their present employer.
        employer: String,
        /// Postal address or place.
        address: String,
        /// A picture.
        image_url: String,
        /// Tags, in the order in which they were given.
        tags: Vec<Named>,
        /// Stars, 1 to 5 (platforms.md 1.5.3).
        rating: i64,
        /// The zone they live in.
        time_zone: String,
    }
}

impl Candidate {
    /// The name to show: the whole one, else made of its parts.
    pub fn display_name(&self) -> Option<String> {
        if let Some(name) = &self.full_name {
            return Some(name.clone());
        }
        let parts: Vec<&str> =
            [&self.first_name, &self.last_name].into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

entity! {
    /// A recruiter, interviewer or reviewer: HireHive's user, viasto's customer and evaluator, LaunchPad's reviewer.
    User(UserId) told as UserTold
    links {}
    facts {
        /// The name to show.
        name: String,
        /// E-mail address; within a company it identifies a user.
        email: String,
        /// What they do: `recruiter`, `interviewer`, `reviewer`.
        role: String,
        /// The zone they live in.
        time_zone: String,
    }
}

/// Someone a platform refers to in passing: a reviewer, an author, an organiser.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Person {
    /// Our user, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The platform's id for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

impl Person {
    /// Is this the same person? Told by our user where both are known, else by e-mail, the platform's id, or the name.
    pub fn is_same(&self, other: &Self) -> bool {
        fn both<'a>(ours: Option<&'a String>, theirs: Option<&'a String>) -> Option<(&'a str, &'a str)> {
            Some((ours?.as_str(), theirs?.as_str()))
        }
        if let (Some(ours), Some(theirs)) = (self.user, other.user) {
            return ours == theirs;
        }
        if let Some((ours, theirs)) = both(self.email.as_ref(), other.email.as_ref()) {
            return ours.trim().to_lowercase() == theirs.trim().to_lowercase();
        }
        if let Some((ours, theirs)) = both(self.id.as_ref(), other.id.as_ref()) {
            return ours == theirs;
        }
        self.name == other.name && (self.name.is_some() || self == other)
    }
}
