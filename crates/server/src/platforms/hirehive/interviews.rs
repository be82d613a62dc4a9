//! `POST /interviews` (platforms.md 1.5.6, 1.6).

use axum::response::Response;
use callboard_core::{
    ApplicationId, Command, Facts, Identifier, InterviewCommand, InterviewId, InterviewTold, Kind, UserId,
};
use callboard_dialects::rest::hirehive;

use super::body::{check_interview, unreadable};
use super::visit::Visit;
use super::writing::Given;
use crate::problem::Problem;

pub(super) async fn create(visit: Visit, given: Given) -> Result<Response, Problem> {
    visit.require_write()?;
    let once = given.once.clone();
    visit.made(visit.make_interview(given).await, once).await
}

impl Visit {
    /// The links to join are told in an event of their own, which follows that of the interview at once.
    async fn make_interview(&self, given: Given) -> Result<u64, Problem> {
        let mut asked =
            hirehive::interview(given.body.get().as_bytes()).map_err(|error| unreadable(&error))?;
        check_interview(&mut asked.told, asked.meeting.as_ref())?;
        let application = match &asked.application {
            Some(id) => Some(self.ours::<ApplicationId>(Kind::Application, id).await?),
            None => None,
        };
        self.put_ours_in(&mut asked.told).await?;
        let id: InterviewId = self.hub.mint();
        let facts = Facts { told: asked.told, ..Facts::default() };
        let create = Command::Interview(id, InterviewCommand::Create { application, facts });
        let meeting = asked
            .meeting
            .filter(callboard_core::Meeting::is_ready)
            .map(|meeting| Command::Interview(id, InterviewCommand::PutMeeting(meeting)));
        let commands = std::iter::once(create).chain(meeting).collect();
        self.carry_out(commands, None, given.once, id.raw()).await
    }

    /// Our ids for the people whom an interview names.
    async fn put_ours_in(&self, told: &mut InterviewTold) -> Result<(), Problem> {
        self.put_ours::<UserId>(Kind::User, &mut told.organizer_id).await?;
        for attendee in told.attendees.iter_mut().flatten() {
            self.put_ours::<UserId>(Kind::User, &mut attendee.user_id).await?;
            self.put_ours::<ApplicationId>(Kind::Application, &mut attendee.application_id).await?;
        }
        Ok(())
    }
}
