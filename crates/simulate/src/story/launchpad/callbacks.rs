//! The two callbacks, their members in the order of the samples.

use serde::{Serialize, Serializer};

/// A scalar: a text for most accounts.
pub(super) enum Scalar {
    Text(String),
    Whole(u64),
    Decimal(f64),
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Whole(number) => serializer.serialize_u64(*number),
            Self::Decimal(number) => serializer.serialize_f64(*number),
        }
    }
}

/// What an account's callbacks have for scalars: the documentation has texts, older callbacks had both.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalars {
    Texts,
    Numbers,
}

impl Scalars {
    pub fn whole(self, number: u64) -> Scalar {
        match self {
            Self::Texts => Scalar::Text(number.to_string()),
            Self::Numbers => Scalar::Whole(number),
        }
    }

    /// Two decimals, unless they are zeros: `50`, `46.67`.
    pub fn decimal(self, number: f64) -> Scalar {
        let text = format!("{number:.2}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        match (self, text.parse()) {
            (Self::Numbers, Ok(rounded)) => Scalar::Decimal(rounded),
            _ => Scalar::Text(text.to_owned()),
        }
    }
}

#[derive(Serialize)]
pub(super) struct ZoomLink<'a> {
    pub candidate: Candidate<'a>,
    pub interview: Live,
    pub metadata: Metadata,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overall_status: Option<OverallStatus>,
}

#[derive(Serialize)]
pub(super) struct Assessed<'a> {
    pub candidate: Candidate<'a>,
    pub interview: Reference,
    pub result_details: ResultDetails<'a>,
    pub metadata: Metadata,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overall_status: Option<OverallStatus>,
}

#[derive(Serialize)]
pub(super) struct Candidate<'a> {
    pub id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<&'a str>,
    pub email: &'a str,
    pub custom_invite_id: &'a str,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are the platform's")]
pub(super) struct Live {
    pub start_time: String,
    pub end_time: String,
    pub duration: Scalar,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewer_url: Option<String>,
    pub id: Scalar,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live_meeting_id: Option<Scalar>,
}

#[derive(Serialize)]
pub(super) struct Reference {
    pub id: Scalar,
}

#[derive(Serialize)]
pub(super) struct ResultDetails<'a> {
    pub status: &'static str,
    pub average_score: Scalar,
    pub total_score: Scalar,
    pub reviewers: Vec<Reviewer<'a>>,
}

#[derive(Serialize)]
pub(super) struct Reviewer<'a> {
    pub email: &'static str,
    pub score: Scalar,
    pub comment: &'a str,
}

#[derive(Serialize)]
pub(super) struct Metadata {
    pub timestamp: String,
}

#[derive(Serialize)]
pub(super) struct OverallStatus {
    pub status: &'static str,
}
