//! What happens to an interview: it is scheduled, joined, started, ended and so on.

use std::sync::Arc;

use axum::extract::State;
use callboard_core::{Command, Interview, InterviewCommand, InterviewId, RefusalCode, Schedule, TimeAsked};
use schemars::JsonSchema;
use serde::Deserialize;

use super::slot::{Minutes, Slot, SlotForm, When};
use crate::api::asking::{IfMatch, Posted};
use crate::api::body::{Id, Nothing};
use crate::api::order::Order;
use crate::api::things::form::Fact;
use crate::api::things::member::{Line, Member, Zone, missing, senseless};
use crate::api::things::noun::Desk;
use crate::auth::{Caller, Writer};
use crate::hub::Hub;
use crate::openapi::{Now, View};
use crate::problem::Problem;

type Changed = Result<Now<View<Interview>>, Problem>;

/// A time to set; or who is asked for one, and nothing else.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "ScheduleForm")]
pub(super) struct ScheduleForm {
    /// When it starts. Without an offset from UTC it is a time in `time_zone`, else in the company's.
    start: Fact<When>,
    /// When it ends.
    end: Fact<When>,
    /// How long it is, instead of `end`.
    duration_min: Fact<Minutes>,
    /// The zone in which it is arranged: an IANA or a Windows name.
    time_zone: Fact<Zone>,
    /// Who is asked for a time.
    ask: Fact<AskForm>,
}

/// Who is asked for a time, and in which way.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TimeAsked")]
enum AskForm {
    InterviewerSelects,
    InterviewerProposes,
    CandidateSelects,
    CandidateProposes,
}

impl From<AskForm> for TimeAsked {
    fn from(ask: AskForm) -> Self {
        match ask {
            AskForm::InterviewerSelects => Self::InterviewerSelects,
            AskForm::InterviewerProposes => Self::InterviewerProposes,
            AskForm::CandidateSelects => Self::CandidateSelects,
            AskForm::CandidateProposes => Self::CandidateProposes,
        }
    }
}

impl ScheduleForm {
    fn command(self, desk: &Desk<'_>) -> Result<InterviewCommand, Problem> {
        let slot = SlotForm {
            start: self.start,
            end: self.end,
            duration_min: self.duration_min,
            time_zone: self.time_zone,
        };
        let Slot { start, end, time_zone } = slot.meant(desk)?;
        match (self.ask.told(), start) {
            (None, Some(start)) => Ok(InterviewCommand::Schedule(Schedule { start, end, time_zone })),
            (Some(ask), None) if end.is_none() && time_zone.is_none() => {
                Ok(InterviewCommand::AskForTime(ask.into()))
            }
            (Some(_), _) => Err(senseless("a time is set, or asked for with `ask` alone, not both")),
            (None, None) => {
                let detail = "`start` is needed; or ask for a time with `ask`";
                Err(Problem::new(RefusalCode::MISSING_FACT.into(), detail))
            }
        }
    }
}

/// Who joined.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "JoinForm")]
pub(super) struct JoinForm {
    /// The attendee's id, as the interview shows it.
    attendee_id: Line,
}

/// Why.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "ReasonForm")]
pub(super) struct ReasonForm {
    /// Why, in words.
    reason: Fact<Line>,
}

impl ReasonForm {
    fn told(self) -> Result<Option<String>, Problem> {
        self.reason.told().map(|reason| reason.checked("reason")).transpose()
    }
}

async fn carry_out<T>(
    hub: &Hub,
    caller: Caller,
    id: InterviewId,
    if_match: IfMatch,
    posted: Posted<T>,
    command: impl FnOnce(T, &Desk<'_>) -> Result<InterviewCommand, Problem>,
) -> Changed {
    let command = command(posted.body, &Desk { directory: &hub.ledger.directory(), caller })?;
    let commands = vec![Command::Interview(id, command)];
    Order::of(caller, commands).only_if(id, if_match).once(posted.once).now(hub, id).await
}

macro_rules! deeds {
    ($($name:ident($body:ty) $command:expr;)*) => {$(
        pub(super) async fn $name(
            State(hub): State<Arc<Hub>>,
            Writer(caller): Writer,
            Id(id): Id<InterviewId>,
            if_match: IfMatch,
            posted: Posted<$body>,
        ) -> Changed {
            carry_out(&hub, caller, id, if_match, posted, $command).await
        }
    )*};
}

deeds! {
    schedule(ScheduleForm) ScheduleForm::command;
    join(JoinForm) |form, _| {
        let attendee = form.attendee_id.checked("attendee_id")?;
        if attendee.is_empty() { Err(missing("attendee_id")) } else { Ok(InterviewCommand::Join { attendee }) }
    };
    start(Nothing) |_, _| Ok(InterviewCommand::Start);
    end(Nothing) |_, _| Ok(InterviewCommand::End);
    fail(ReasonForm) |form, _| Ok(InterviewCommand::Fail { reason: form.told()? });
    cancel(ReasonForm) |form, _| Ok(InterviewCommand::Cancel { reason: form.told()? });
    archive(Nothing) |_, _| Ok(InterviewCommand::Archive);
}
