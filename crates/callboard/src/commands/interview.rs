//! `callboard interview`.

use std::process::ExitCode;

use anyhow::bail;
use serde_json::{Value, json};

use super::noun::Noun;
use super::{assessment, timeline};
use crate::api::{Api, percent_encoded};
use crate::cli::{
    Alike, AttendeeCommand, Body, Form, InterviewArgs, InterviewCommand, MeetingCommand, NewInterview,
    PageArgs, ReasonArgs, Seen,
};
use crate::table::{text, time, word};

const INTERVIEWS: Noun = Noun {
    path: "interviews",
    columns: &[
        word("ID", "/id"),
        word("STAGE", "/stage/value"),
        time("STARTS", "/start"),
        text("TITLE", "/title"),
        word("APPLICATION", "/application_id"),
        time("MADE", "/created_at"),
    ],
    nothing: "no interviews yet: callboard interview add",
};

pub(crate) fn run(args: &InterviewArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        InterviewCommand::Alike(Alike::Add(new)) => add(&api, new)?,
        InterviewCommand::Alike(command) => INTERVIEWS.alike(&api, command)?,
        InterviewCommand::Schedule { id, time, seen } => {
            INTERVIEWS.act(&api, id, "schedule", time.to_set()?, seen)?;
        }
        InterviewCommand::Ask { id, how, seen } => {
            INTERVIEWS.act(&api, id, "schedule", Body::default().with("ask", how.as_str()), seen)?;
        }
        InterviewCommand::Attendee { command } => attendee(&api, command)?,
        InterviewCommand::Join { id, attendee, seen } => {
            let body = Body::default().with("attendee_id", attendee.as_str());
            INTERVIEWS.act(&api, id, "join", body, seen)?;
        }
        InterviewCommand::Start(one) => INTERVIEWS.act(&api, &one.id, "start", Body::default(), &one.seen)?,
        InterviewCommand::End(one) => INTERVIEWS.act(&api, &one.id, "end", Body::default(), &one.seen)?,
        InterviewCommand::Fail(why) => with_reason(&api, "fail", why)?,
        InterviewCommand::Cancel(why) => with_reason(&api, "cancel", why)?,
        InterviewCommand::Archive(one) => {
            INTERVIEWS.act(&api, &one.id, "archive", Body::default(), &one.seen)?;
        }
        InterviewCommand::Meeting { command } => meeting(&api, command)?,
        InterviewCommand::Assessment { id } => {
            assessment::show(&api, &api.get(&format!("{}/assessment", INTERVIEWS.one(id)))?);
        }
        InterviewCommand::Timeline { id, page } => {
            timeline::show(&api, &api.list(&format!("{}/timeline", INTERVIEWS.one(id)), page, &[])?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn add(api: &Api, new: &NewInterview) -> anyhow::Result<()> {
    let application =
        new.candidate.as_deref().map(|candidate| only_application(api, candidate)).transpose()?;
    INTERVIEWS.add(api, new.form()?.with_some("application_id", application))
}

/// The one application that a candidate has.
fn only_application(api: &Api, candidate: &str) -> anyhow::Result<Value> {
    let page = PageArgs { limit: 2, cursor: None, all: false };
    let list = api.list("applications", &page, &[Body::default().with("candidate", candidate)])?;
    match list["items"].as_array().map(Vec::as_slice) {
        Some([only]) => Ok(only["id"].clone()),
        Some([_, ..]) => bail!(
            "{candidate} has several applications: say which with --application \
             (callboard application list --candidate {candidate})"
        ),
        _ => bail!("{candidate} has no application: callboard application add {candidate}"),
    }
}

fn with_reason(api: &Api, deed: &str, why: &ReasonArgs) -> anyhow::Result<()> {
    let body = Body::default().with_some("reason", why.reason.as_deref());
    INTERVIEWS.act(api, &why.one.id, deed, body, &why.one.seen)
}

fn attendee(api: &Api, command: &AttendeeCommand) -> anyhow::Result<()> {
    let path =
        |id: &str, attendee: &str| format!("{}/attendees/{}", INTERVIEWS.one(id), percent_encoded(attendee));
    match command {
        AttendeeCommand::Add { id, attendee, seen } => {
            INTERVIEWS.act(api, id, "attendees", attendee.form()?, seen)?;
        }
        AttendeeCommand::Answer { id, attendee, answer, seen } => {
            api.show_one(&api.patch(&path(id, attendee), &json!({"status": answer}), seen.if_match)?);
        }
        AttendeeCommand::Remove { id, attendee, seen } => {
            api.delete(&path(id, attendee), seen.if_match)?;
        }
    }
    Ok(())
}

fn meeting(api: &Api, command: &MeetingCommand) -> anyhow::Result<()> {
    let path = |id: &str| format!("{}/meeting", INTERVIEWS.one(id));
    match command {
        MeetingCommand::Put { id, meeting, seen: Seen { if_match } } => {
            api.show_one(&api.put(&path(id), Some(&meeting.form()?.into()), *if_match)?);
        }
        MeetingCommand::Remove(one) => {
            api.delete(&path(&one.id), one.seen.if_match)?;
        }
    }
    Ok(())
}
