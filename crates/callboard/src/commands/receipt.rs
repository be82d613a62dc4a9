//! `callboard receipt`.

use std::process::ExitCode;

use super::noun::Noun;
use crate::api::Api;
use crate::cli::{Body, NOT_SEEN, ReceiptArgs, ReceiptCommand};
use crate::table::{text, time, word};

const RECEIPTS: Noun = Noun {
    path: "receipts",
    columns: &[
        word("ID", "/id"),
        time("RECEIVED", "/received_at"),
        word("OUTCOME", "/outcome"),
        text("WHAT", "/detail"),
        word("SOURCE", "/source"),
    ],
    nothing: "nothing was received yet",
};

pub(crate) fn run(args: &ReceiptArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        ReceiptCommand::List { filter, period, page } => {
            RECEIPTS.page(&api, page, &[Body::given(filter), Body::given(period)])?;
        }
        ReceiptCommand::Show { id } => RECEIPTS.show(&api, id)?,
        ReceiptCommand::Reprocess { id } => {
            RECEIPTS.act(&api, id, "reprocess", Body::default(), &NOT_SEEN)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
