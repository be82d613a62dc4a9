//! `callboard event`.

use std::process::ExitCode;

use crate::api::Api;
use crate::cli::{EventArgs, EventCommand};
use crate::show::{self, Column};

const COLUMNS: [Column; 4] = [
    ("ID", "/id"),
    ("HAPPENED", "/event/timestamp"),
    ("TYPE", "/event/type"),
    ("INTERVIEW", "/event/data/interview/id"),
];
const TOLD: [Column; 6] = [
    ("TOLD", "/told"),
    ("DELIVERY", "/delivery/id"),
    ("ENDPOINT", "/delivery/endpoint"),
    ("STATE", "/delivery/state"),
    ("ATTEMPTS", "/delivery/attempts"),
    ("WHY NOT", "/reason"),
];

pub(crate) fn run(args: EventArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match args.command {
        EventCommand::List { page, r#type, source, interview } => {
            let filters = [
                ("type", r#type.as_deref()),
                ("source", source.as_deref()),
                ("interview", interview.as_deref()),
            ];
            api.show_list(&api.list("events", &page, &filters)?, &COLUMNS, "nothing has happened yet");
        }
        EventCommand::Show { id } => show::json(&api.get(&format!("events/{id}"), &[])?),
        EventCommand::Deliveries { id } => {
            let told = api.get(&format!("events/{id}/deliveries"), &[])?;
            api.show_list(&told, &TOLD, "no one asked for it");
        }
    }
    Ok(ExitCode::SUCCESS)
}
