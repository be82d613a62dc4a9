//! `/v1/users`: the company's own people, who recruit, interview and review.

use callboard_core::{Command, Facts, Kind, User, UserCommand, UserId, UserTold};
use schemars::JsonSchema;
use serde::Deserialize;

use super::form::{Fact, Form, Reading};
use super::member::{Email, Line, Names, Zone};
use super::noun::{Desk, Makeable, Noun, Removable};
use crate::problem::Problem;

/// What is said of a user.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "UserForm")]
pub(super) struct UserForm {
    /// The name to show.
    name: Fact<Line>,
    /// E-mail address. No two users have the same.
    email: Fact<Email>,
    /// What they do: `recruiter`, `interviewer`, `reviewer`.
    role: Fact<Line>,
    /// The zone they live in: an IANA or a Windows name.
    time_zone: Fact<Zone>,
    external_ids: Names,
}

impl Form for UserForm {
    const NEEDED: &'static [&'static str] = &["email"];
}

impl UserForm {
    fn facts(self) -> Result<Facts<UserTold>, Problem> {
        let mut reading = Reading::default();
        let told = UserTold {
            name: reading.read("name", self.name)?,
            email: reading.read("email", self.email)?,
            role: reading.read("role", self.role)?,
            time_zone: reading.read("time_zone", self.time_zone)?,
            ..UserTold::default()
        };
        reading.into_facts(self.external_ids, told)
    }
}

impl Noun for User {
    type Id = UserId;
    type Form = UserForm;
    const KIND: Kind = Kind::User;
    const COLLECTION: &'static str = "users";
    const FILTERS: &'static [&'static str] = &["email"];

    fn change(id: UserId, form: UserForm, _: &Desk<'_>) -> Result<Vec<Command>, Problem> {
        Ok(vec![Command::User(id, UserCommand::Change(form.facts()?))])
    }
}

impl Removable for User {
    fn remove(id: UserId) -> Command {
        Command::User(id, UserCommand::Delete)
    }
}

impl Makeable for User {
    fn make(id: UserId, form: UserForm, _: &Desk<'_>) -> Result<Command, Problem> {
        Ok(Command::User(id, UserCommand::Create(form.facts()?)))
    }
}
