//! `/v1/applications`: a candidate for a job, and where that stands.

use std::borrow::Cow;

use callboard_core::{
    Application, ApplicationCommand, ApplicationId, ApplicationStage, ApplicationTold, CandidateId, Command,
    Facts, JobId, Kind, Named, ParentStage, RefusalCode,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::form::{Fact, Form, Reading};
use super::jobs::NamedForm;
use super::member::{Line, Member, Moment, Names, Text, Word, missing};
use super::noun::{Desk, Makeable, Noun, Removable};
use crate::problem::Problem;

/// What is said of an application.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "ApplicationForm")]
pub(super) struct ApplicationForm {
    /// Who applies.
    candidate_id: Fact<CandidateId>,
    /// What for. A candidate applies for a job once.
    job_id: Fact<JobId>,
    /// Where it stands; `new` when nothing is said.
    stage: Fact<StageForm>,
    /// When it was made; now when nothing is said.
    applied_at: Fact<Moment>,
    /// The cover letter's text.
    cover_letter: Fact<Text>,
    /// How it came in: `applied`, `referred` and so on.
    origin: Fact<Line>,
    /// The partner's own id for the invitation.
    custom_invite_id: Fact<Line>,
    external_ids: Names,
}

/// A stage: a word, or one of the six that everyone has with the company's own name within it.
pub(super) enum StageForm {
    Word(String),
    Whole(WholeStage),
}

/// A stage of an application.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ApplicationStageForm")]
pub(super) struct WholeStage {
    /// One of the six that everyone has.
    parent: Word<ParentStage>,
    /// The company's own stage within it.
    #[serde(default)]
    custom: Fact<NamedForm>,
}

impl<'de> Deserialize<'de> for StageForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(word) => Ok(Self::Word(word)),
            whole => WholeStage::deserialize(whole).map(Self::Whole).map_err(D::Error::custom),
        }
    }
}

impl JsonSchema for StageForm {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "StageForm".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let whole = generator.subschema_for::<WholeStage>();
        let mut word = generator.subschema_for::<Line>();
        let meaning = "One of the six, or the id or the name of one of the company's own stages.";
        word.insert("description".to_owned(), meaning.into());
        json_schema!({ "anyOf": [word, whole] })
    }
}

impl StageForm {
    /// The stage that is meant. The company's own stages come first: they lie within one of the six.
    fn meant(self, desk: &Desk<'_>) -> Result<ApplicationStage, Problem> {
        let word = match self {
            Self::Word(word) => Line(word).checked("stage")?,
            Self::Whole(whole) => {
                let custom = whole.custom.told().map(|custom| custom.checked("stage.custom")).transpose()?;
                return Ok(ApplicationStage { parent: whole.parent.checked("stage.parent")?, custom });
            }
        };
        let company = desk.directory.companies().find(|company| company.id == desk.caller.company);
        let own = company.map(|company| company.stages.as_slice()).unwrap_or_default();
        let parent = ParentStage::from(word.as_str());
        let meant =
            own.iter().find(|stage| stage.id == word).or_else(|| own.iter().find(|stage| stage.name == word));
        match meant {
            Some(stage) => Ok(ApplicationStage {
                parent: stage.parent.clone(),
                custom: Some(Named { id: Some(stage.id.clone()), name: Some(stage.name.clone()) }),
            }),
            None if parent.is_known() => Ok(ApplicationStage { parent, custom: None }),
            None => {
                let six: Vec<&str> = ParentStage::KNOWN.iter().map(ParentStage::as_str).collect();
                let detail = format!(
                    "`{word}` is no stage; it is one of {}, or one of the company's own",
                    six.join(", ")
                );
                Err(Problem::new(RefusalCode::UNKNOWN_WORD.into(), detail))
            }
        }
    }
}

impl Form for ApplicationForm {
    const NEEDED: &'static [&'static str] = &["candidate_id"];
    const ONCE: &'static [(&'static str, &'static str)] = &[
        ("candidate_id", "make another application for another candidate"),
        ("job_id", "make another application for another job"),
    ];
}

/// A form that has been read: the stage stands apart, since an application is moved there.
struct Said {
    facts: Facts<ApplicationTold>,
    stage: Option<ApplicationStage>,
}

impl ApplicationForm {
    fn said(self, desk: &Desk<'_>) -> Result<Said, Problem> {
        let mut reading = Reading::default();
        let stage = match self.stage {
            Fact::Told(stage) => Some(stage.meant(desk)?),
            Fact::Untold => None,
            Fact::Cleared => {
                let detail = "an application always has a stage; move it to another one";
                return Err(Problem::new(RefusalCode::MISSING_FACT.into(), detail));
            }
        };
        let told = ApplicationTold {
            applied_at: reading.read("applied_at", self.applied_at)?,
            cover_letter: reading.read("cover_letter", self.cover_letter)?,
            origin: reading.read("origin", self.origin)?,
            custom_invite_id: reading.read("custom_invite_id", self.custom_invite_id)?,
            ..ApplicationTold::default()
        };
        Ok(Said { facts: reading.into_facts(self.external_ids, told)?, stage })
    }
}

impl Noun for Application {
    type Id = ApplicationId;
    type Form = ApplicationForm;
    const KIND: Kind = Kind::Application;
    const COLLECTION: &'static str = "applications";
    const FILTERS: &'static [&'static str] = &["state", "candidate", "job"];

    fn change(id: ApplicationId, form: ApplicationForm, desk: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        let Said { facts, stage } = form.said(desk)?;
        let change = ApplicationCommand::Change(facts);
        let moved = stage.map(ApplicationCommand::Move);
        Ok([change].into_iter().chain(moved).map(|command| Command::Application(id, command)).collect())
    }
}

impl Removable for Application {
    fn remove(id: ApplicationId) -> Command {
        Command::Application(id, ApplicationCommand::Delete)
    }
}

impl Makeable for Application {
    fn make(id: ApplicationId, mut form: ApplicationForm, desk: &Desk<'_>) -> Result<Command, Problem> {
        let candidate = std::mem::take(&mut form.candidate_id).told();
        let candidate = candidate.ok_or_else(|| missing("candidate_id"))?;
        let job = std::mem::take(&mut form.job_id).told();
        let Said { mut facts, stage } = form.said(desk)?;
        facts.told.stage = stage;
        Ok(Command::Application(id, ApplicationCommand::Create { candidate, job, facts }))
    }
}
