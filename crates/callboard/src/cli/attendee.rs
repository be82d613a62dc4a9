//! `callboard interview attendee`: who takes part.

use std::convert::Infallible;
use std::str::FromStr;

use clap::{Args, Subcommand};

use super::alike::Seen;
use super::form::{Body, Form, Usage};
use super::subject::Subject;

#[derive(Subcommand)]
pub(crate) enum AttendeeCommand {
    /// Someone takes part
    Add {
        /// The interview's id
        id: String,
        #[command(flatten)]
        attendee: NewAttendee,
        #[command(flatten)]
        seen: Seen,
    },
    /// What an attendee answered to the invitation
    Answer {
        /// The interview's id
        id: String,
        /// The attendee's id
        attendee: String,
        /// What the answer is
        #[arg(value_parser = ["accepted", "maybe", "declined", "pending"])]
        answer: String,
        #[command(flatten)]
        seen: Seen,
    },
    /// Someone does not take part after all
    Remove {
        /// The interview's id
        id: String,
        /// The attendee's id
        attendee: String,
        #[command(flatten)]
        seen: Seen,
    },
}

#[derive(Args)]
pub(crate) struct NewAttendee {
    /// The id of a user, the id of the candidate's application, or a guest's e-mail address
    who: Who,
    /// The name to show
    #[arg(long)]
    name: Option<String>,
}

impl Form for NewAttendee {
    fn form(&self) -> anyhow::Result<Body> {
        Ok(self.who.form()?.with_some("display_name", self.name.as_deref()))
    }
}

/// Someone who takes part: one of the company's people, the candidate, or a guest.
#[derive(Debug, Clone)]
pub(crate) struct Who(Subject);

impl FromStr for Who {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        text.parse().map(Self)
    }
}

impl Form for Who {
    fn form(&self) -> anyhow::Result<Body> {
        let who = self.0.as_str();
        let kind = match self.0.member() {
            Some("user_id") => "user",
            Some("application_id") => "candidate",
            _ if who.contains('@') => return Ok(Body::default().with("type", "guest").with("email", who)),
            _ => {
                return Err(Usage::error(format!(
                    "{who} is no one: give the id of a user or an application, or an e-mail address"
                )));
            }
        };
        self.0.among(&["user_id", "application_id"], Body::default().with("type", kind))
    }
}
