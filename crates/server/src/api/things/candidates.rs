//! `/v1/candidates`: people who apply.

use std::borrow::Cow;

use callboard_core::{
    Candidate, CandidateCommand, CandidateId, CandidateTold, Command, Facts, Kind, MAX_TAGS, Named,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::form::{Fact, Form, Reading};
use super::jobs::NamedForm;
use super::member::{Email, Line, Link, Member, Names, Several, Text, Whole, Zone};
use super::noun::{Desk, Makeable, Noun, Removable};
use crate::problem::Problem;

/// What is said of a candidate. A name or an e-mail address is needed.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "CandidateForm")]
pub(super) struct CandidateForm {
    /// Given name.
    first_name: Fact<Line>,
    /// Family name.
    last_name: Fact<Line>,
    /// The whole name, where it is not known in parts.
    full_name: Fact<Line>,
    /// E-mail address. No two candidates have the same.
    email: Fact<Email>,
    /// Phone number.
    phone: Fact<Line>,
    /// Their present job title.
    title: Fact<Line>,
    /// Their present employer.
    employer: Fact<Line>,
    /// Postal address or place.
    address: Fact<Text>,
    /// A picture.
    image_url: Fact<Link>,
    /// Tags, in order. Replaces those that are on.
    tags: Fact<Several<TagForm, MAX_TAGS>>,
    /// Stars, 1 to 5.
    rating: Fact<Whole<1, 5>>,
    /// The zone they live in: an IANA or a Windows name.
    time_zone: Fact<Zone>,
    external_ids: Names,
}

/// A tag: its name alone, or as it is shown.
pub(super) enum TagForm {
    Name(Line),
    Named(NamedForm),
}

impl<'de> Deserialize<'de> for TagForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self::Name(Line(name))),
            named => NamedForm::deserialize(named).map(Self::Named).map_err(D::Error::custom),
        }
    }
}

impl JsonSchema for TagForm {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "TagForm".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (name, named) = (generator.subschema_for::<Line>(), generator.subschema_for::<NamedForm>());
        json_schema!({ "anyOf": [name, named] })
    }
}

impl Member for TagForm {
    type Fact = Named;

    fn checked(self, member: &str) -> Result<Named, Problem> {
        match self {
            Self::Name(name) => Ok(Named { id: None, name: Some(name.checked(member)?) }),
            Self::Named(named) => named.checked(member),
        }
    }
}

impl Form for CandidateForm {}

impl CandidateForm {
    fn facts(self) -> Result<Facts<CandidateTold>, Problem> {
        let mut reading = Reading::default();
        let told = CandidateTold {
            first_name: reading.read("first_name", self.first_name)?,
            last_name: reading.read("last_name", self.last_name)?,
            full_name: reading.read("full_name", self.full_name)?,
            email: reading.read("email", self.email)?,
            phone: reading.read("phone", self.phone)?,
            title: reading.read("title", self.title)?,
            employer: reading.read("employer", self.employer)?,
            address: reading.read("address", self.address)?,
            image_url: reading.read("image_url", self.image_url)?,
            tags: reading.read("tags", self.tags)?,
            rating: reading.read("rating", self.rating)?,
            time_zone: reading.read("time_zone", self.time_zone)?,
            ..CandidateTold::default()
        };
        reading.into_facts(self.external_ids, told)
    }
}

impl Noun for Candidate {
    type Id = CandidateId;
    type Form = CandidateForm;
    const KIND: Kind = Kind::Candidate;
    const COLLECTION: &'static str = "candidates";
    const FILTERS: &'static [&'static str] = &["email", "job"];

    fn change(id: CandidateId, form: CandidateForm, _: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        Ok(vec![Command::Candidate(id, CandidateCommand::Change(form.facts()?))])
    }
}

impl Removable for Candidate {
    fn remove(id: CandidateId) -> Command {
        Command::Candidate(id, CandidateCommand::Delete)
    }
}

impl Makeable for Candidate {
    fn make(id: CandidateId, form: CandidateForm, _: &Desk<'_>) -> Result<Command, Problem> {
        Ok(Command::Candidate(id, CandidateCommand::Create(form.facts()?)))
    }
}
