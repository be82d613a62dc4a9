//! `callboard answer-video` and `file`.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use callboard_server::FILE_BYTES;
use serde_json::Value;

use super::noun::Noun;
use crate::api::Api;
use crate::cli::{Alike, AnswerVideoArgs, FileArgs, FileCommand, Form, NewFile, Whole};
use crate::show;
use crate::table::{number, text, time, word};

const ANSWER_VIDEOS: Noun = Noun {
    path: "answer-videos",
    columns: &[
        word("ID", "/id"),
        time("RECORDED", "/recorded_at"),
        number("SECONDS", "/duration_s"),
        text("URL", "/url"),
        word("APPLICATION", "/application_id"),
    ],
    nothing: "no recorded answers yet: callboard answer-video add",
};
const FILES: Noun = Noun {
    path: "files",
    columns: &[
        word("ID", "/id"),
        text("NAME", "/name"),
        text("TYPE", "/content_type"),
        number("BYTES", "/size_bytes"),
        text("PURPOSE", "/purpose"),
        word("CANDIDATE", "/candidate_id"),
    ],
    nothing: "no files yet: callboard file add",
};
/// What a file is when its name does not tell.
const UNTOLD: &str = "application/octet-stream";

pub(crate) fn answer_video(args: &AnswerVideoArgs) -> anyhow::Result<ExitCode> {
    ANSWER_VIDEOS.whole(&Api::new(&args.api)?, &args.command)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn file(args: &FileArgs) -> anyhow::Result<ExitCode> {
    let api = Api::new(&args.api)?;
    match &args.command {
        FileCommand::Whole(Whole::Alike(Alike::Add(new))) => add(&api, new)?,
        FileCommand::Whole(command) => FILES.whole(&api, command)?,
        FileCommand::Upload { id, path, content_type, seen } => {
            let bytes = read(path)?;
            api.show_one(&upload(&api, id, path, bytes, content_type.as_deref(), seen.if_match)?);
        }
        FileCommand::Download { id, to } => download(&api, id, to.as_deref())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes a file and, if it is on this machine, uploads it.
fn add(api: &Api, new: &NewFile) -> anyhow::Result<()> {
    let Some(path) = &new.path else { return FILES.add(api, new.form()?) };
    let bytes = read(path)?;
    let made = api.post(FILES.path, &new.form()?.into())?;
    let id = made["id"].as_str().unwrap_or_default();
    let kept = upload(api, id, path, bytes, new.fields.content_type.as_deref(), None);
    let retry =
        || format!("{id} was made without its bytes; again: callboard file upload {id} {}", path.display());
    api.show_one(&kept.with_context(retry)?);
    Ok(())
}

/// The bytes of a file that the hub will take: one that breaks off halfway could not say why.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("cannot read {}", path.display());
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(cannot)?;
    file.take(FILE_BYTES as u64 + 1).read_to_end(&mut bytes).with_context(cannot)?;
    if bytes.len() > FILE_BYTES {
        let most = FILE_BYTES / 1024 / 1024;
        bail!("{} is larger than the {most} MiB that a hub keeps: give a --link to it", path.display());
    }
    Ok(bytes)
}

fn upload(
    api: &Api,
    id: &str,
    path: &Path,
    bytes: Vec<u8>,
    content_type: Option<&str>,
    seen: Option<u64>,
) -> anyhow::Result<Value> {
    let told = mime_guess::from_path(path).first_raw();
    let kind = content_type.or(told).unwrap_or(UNTOLD);
    api.put_bytes(&format!("{}/content", FILES.one(id)), bytes, kind, seen)
}

fn download(api: &Api, id: &str, to: Option<&Path>) -> anyhow::Result<()> {
    let to = match to {
        Some(to) => to.to_owned(),
        None => place(&api.get(&FILES.one(id))?)?,
    };
    let bytes = api.get_bytes(&format!("{}/content", FILES.one(id)))?;
    if to.as_os_str() == "-" {
        return std::io::stdout().write_all(&bytes).context("cannot print");
    }
    let cannot = || format!("cannot write {}", to.display());
    // What is there already is somebody's: only a path that was asked for by name is written over.
    std::fs::write(&to, &bytes).with_context(cannot)?;
    show::print(&format!("{}\n", to.display()));
    Ok(())
}

/// Where a file goes when nothing is said: its own name, without any way that leads elsewhere, where there is none yet.
fn place(file: &Value) -> anyhow::Result<PathBuf> {
    let name = file["name"].as_str().unwrap_or_default();
    let Some(name) = Path::new(name).file_name() else { bail!("it has no name to put it under: say --to") };
    let place = PathBuf::from(name);
    if place.exists() {
        bail!("there is a {} here already: say --to", place.display());
    }
    Ok(place)
}
