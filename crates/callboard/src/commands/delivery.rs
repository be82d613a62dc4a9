//! `callboard delivery`.

use std::process::ExitCode;

use super::noun::Noun;
use crate::api::Api;
use crate::cli::{Body, DeliveryArgs, DeliveryCommand, NOT_SEEN};
use crate::table::{Column, number, text, time, word};

const DELIVERIES: Noun = Noun {
    path: "deliveries",
    columns: &[
        word("ID", "/id"),
        word("STATE", "/state"),
        number("ATTEMPTS", "/attempts"),
        word("EVENT", "/event"),
        word("ENDPOINT", "/endpoint"),
        time("NEXT", "/next_at"),
    ],
    nothing: "no deliveries",
};
const ATTEMPTS: [Column; 6] = [
    number("#", "/number"),
    time("WHEN", "/at"),
    number("TOOK µs", "/took_us"),
    number("STATUS", "/status"),
    text("ERROR", "/error"),
    text("ANSWER", "/response"),
];

pub(crate) fn run(args: &DeliveryArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        DeliveryCommand::List { filter, period, page } => {
            DELIVERIES.page(&api, page, &[Body::given(filter), Body::given(period)])?;
        }
        DeliveryCommand::Show { id } => DELIVERIES.show(&api, id)?,
        DeliveryCommand::Attempts { id } => {
            let attempts = api.get(&format!("{}/attempts", DELIVERIES.one(id)))?;
            api.show_list(&attempts, &ATTEMPTS, "not tried yet");
        }
        DeliveryCommand::Retry { id } => DELIVERIES.act(&api, id, "retry", Body::default(), &NOT_SEEN)?,
        DeliveryCommand::Cancel { id } => DELIVERIES.act(&api, id, "cancel", Body::default(), &NOT_SEEN)?,
    }
    Ok(ExitCode::SUCCESS)
}
