//! One deed of the command line a file.

pub(crate) mod delivery;
pub(crate) mod endpoint;
pub(crate) mod event;
pub(crate) mod key;
pub(crate) mod listen;
pub(crate) mod receipt;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod source;
pub(crate) mod verify;

use clap::CommandFactory;

/// Prints a completion script.
pub(crate) fn completions(shell: clap_complete::Shell) {
    clap_complete::generate(shell, &mut crate::cli::Cli::command(), "callboard", &mut std::io::stdout());
}
