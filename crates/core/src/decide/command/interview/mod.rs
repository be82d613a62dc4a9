//! What can be asked of an interview.

mod attending;
mod holding;
mod making;
mod meeting;
mod scheduling;
mod standing;

pub(super) use holding::cancel_if_open;
pub(super) use standing::{go, is_not_archived_or_cancelled};

use super::Done;
use crate::command::InterviewCommand;
use crate::decide::draft::Draft;
use crate::id::InterviewId;

pub(super) fn carry_out(draft: &mut Draft<'_>, id: InterviewId, command: &InterviewCommand) -> Done {
    match command {
        InterviewCommand::Create { application, facts } => making::create(draft, id, *application, facts),
        InterviewCommand::Change(facts) => making::change(draft, id, facts),
        InterviewCommand::Schedule(schedule) => scheduling::schedule(draft, id, schedule),
        InterviewCommand::AskForTime(asked) => scheduling::ask(draft, id, *asked),
        InterviewCommand::AddAttendee(attendee) => attending::add(draft, id, attendee),
        InterviewCommand::RemoveAttendee(attendee) => attending::remove(draft, id, attendee),
        InterviewCommand::Answer { attendee, answer } => attending::answer(draft, id, attendee, answer),
        InterviewCommand::Join { attendee } => attending::join(draft, id, attendee),
        InterviewCommand::Start => holding::start(draft, id),
        InterviewCommand::End => holding::end(draft, id),
        InterviewCommand::Fail { reason } => holding::fail(draft, id, reason.as_deref()),
        InterviewCommand::Cancel { reason } => holding::cancel(draft, id, reason.as_deref()),
        InterviewCommand::Archive => holding::archive(draft, id),
        InterviewCommand::PutMeeting(links) => meeting::put(draft, id, links),
        InterviewCommand::RemoveMeeting => meeting::remove(draft, id),
    }
}
