//! A stage that is asked for, as the command that leads there: partners cancel, archive, start and end an interview by
//! putting it into a stage (`manage-interviews.md`).

use callboard_core::{InterviewCommand, Stage, StageMark, TimeAsked};

use crate::dialect::Unreadable;
use crate::skype::metadata;

/// The command that leads from a stage to the one that is asked for; none if the interview is there already.
///
/// Some stages only follow from what happens, and the sentence of the error says from what.
pub fn stage_command(now: &StageMark, asked: &StageMark) -> Result<Option<InterviewCommand>, Unreadable> {
    if now.value == asked.value && asked.value != Stage::SchedulingTime {
        return Ok(None);
    }
    let reason = metadata::reason(asked);
    let command = match &asked.value {
        Stage::InterviewCanceled => InterviewCommand::Cancel { reason },
        Stage::InterviewArchived => InterviewCommand::Archive,
        Stage::InterviewStarted => InterviewCommand::Start,
        Stage::InterviewCompleted => InterviewCommand::End,
        Stage::SchedulingTime => match metadata::time_asked(asked) {
            // Without words it asks for no other time than is asked for already.
            None if now.value == Stage::SchedulingTime => return Ok(None),
            asked_before if asked_before.is_some() && asked_before == metadata::time_asked(now) => {
                return Ok(None);
            }
            time => InterviewCommand::AskForTime(time.unwrap_or(TimeAsked::InterviewerSelects)),
        },
        Stage::SchedulingFailed | Stage::InterviewFailed | Stage::FeedbackFailed => {
            if failing(&now.value).as_ref() != Some(&asked.value) {
                return Err(unreachable(now, asked, "what fails is what is under way"));
            }
            InterviewCommand::Fail { reason }
        }
        Stage::SchedulingCompleted => return Err(unreachable(now, asked, "set `scheduling.start` instead")),
        Stage::InterviewCreated => return Err(unreachable(now, asked, "each interview begins there")),
        Stage::FeedbackCollecting => {
            return Err(unreachable(now, asked, "it follows from the end of an interview with interviewers"));
        }
        Stage::FeedbackCompleted => {
            return Err(unreachable(now, asked, "it follows from the feedback that interviewers give"));
        }
        Stage::Other(_) => return Err(unreachable(now, asked, "there is no such stage")),
    };
    Ok(Some(command))
}

/// The stage that going wrong leads to.
fn failing(now: &Stage) -> Option<Stage> {
    match now {
        Stage::InterviewCreated | Stage::SchedulingTime => Some(Stage::SchedulingFailed),
        Stage::SchedulingCompleted | Stage::InterviewStarted => Some(Stage::InterviewFailed),
        Stage::InterviewCompleted | Stage::FeedbackCollecting => Some(Stage::FeedbackFailed),
        _ => None,
    }
}

fn unreachable(now: &StageMark, asked: &StageMark, why: &str) -> Unreadable {
    let asked: String = asked.value.as_str().chars().take(40).collect();
    Unreadable(format!("an interview in {} cannot be put into `{asked}`: {why}", now.value))
}
