//! Jobs.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entity_macro::entity;
use crate::id::JobId;
use crate::open_enum::open_enum;

open_enum! {
    /// Whether a job is open (platforms.md 1.5.1).
    JobStatus {
        /// Not yet public.
        Drafted = "drafted",
        /// Open to everyone.
        Published = "published",
        /// No longer open.
        Closed = "closed",
        /// Open to the company's own people.
        Internal = "internal",
    }
}

/// A thing with a name, as platforms refer to categories, countries and custom stages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Named {
    /// The platform's id for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

entity! {
    /// A job that people apply for: HireHive's job, viasto's project, Skype's position, the title of LaunchPad's assessment.
    Job(JobId) told as JobTold
    links {}
    facts {
        /// What it is called.
        title: String,
        /// What it is about, as the platform formats it.
        description: String,
        /// Whether it is open.
        status: JobStatus,
        /// Full time, part time and so on, in the platform's word.
        employment: String,
        /// The city it is in.
        city: String,
        /// The user who owns it, by the platform's id.
        owner_id: String,
        /// The company's own code for it.
        code: String,
        /// Where it is advertised.
        url: String,
        /// The category it belongs to.
        category: Named,
        /// When the platform says that it was made.
        opened_at: Timestamp,
        /// When it was first published.
        published_at: Timestamp,
    }
}
