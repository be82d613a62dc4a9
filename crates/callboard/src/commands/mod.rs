//! One deed of the command line a file.

mod assessment;
pub(crate) mod check;
pub(crate) mod config;
pub(crate) mod delivery;
pub(crate) mod endpoint;
pub(crate) mod event;
pub(crate) mod export;
pub(crate) mod feedback;
pub(crate) mod hiring;
pub(crate) mod house;
pub(crate) mod import;
pub(crate) mod interview;
pub(crate) mod listen;
pub(crate) mod migrate_store;
mod noun;
pub(crate) mod people;
pub(crate) mod ready;
pub(crate) mod receipt;
pub(crate) mod recordings;
pub(crate) mod replay;
pub(crate) mod serve;
mod setup;
pub(crate) mod simulate;
pub(crate) mod source;
mod timeline;
pub(crate) mod verify;

/// Prints a completion script.
pub(crate) fn completions(shell: clap_complete::Shell) {
    clap_complete::generate(shell, &mut crate::cli::program(), "callboard", &mut std::io::stdout());
}
