//! `POST /1/live`: an assessment, to which candidates are invited. It is our job.

use callboard_core::{Job, Timestamp};
use serde_json::{Value, json};

use super::members::{Members, read};
use crate::dialect::Unreadable;

/// An assessment that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAssessment {
    /// What it is called.
    pub title: String,
    /// What it is about. The platform's own table spells it `descrption`, so that is read as well.
    pub description: Option<String>,
    /// Whose it is.
    pub email: String,
}

impl NewAssessment {
    /// Reads a body. The sentence of an error names the member that is wrong.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let body = read(body)?;
        let interview = Members::needed(&body, "interview")?;
        let description = interview.text("description")?;
        Ok(Self {
            title: interview.needed_text("title")?,
            description: description.map_or_else(|| interview.text("descrption"), |it| Ok(Some(it)))?,
            email: interview.address("email")?,
        })
    }
}

/// What the partner is answered.
pub fn assessment_answer(job: &Job, email: &str, at: Timestamp) -> Value {
    json!({
        "interview": {
            "id": crate::launchpad::writing::assessment_id(job),
            "title": job.title.as_deref().unwrap_or_default(),
            "description": job.description.as_deref().unwrap_or_default(),
            "email": email,
        },
        "metadata": {"timestamp": format!("{at:.0}")},
    })
}
