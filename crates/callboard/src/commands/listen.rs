//! stub
pub(crate) fn run(args: crate::cli::ListenArgs) -> anyhow::Result<std::process::ExitCode> { let _ = args; anyhow::bail!("x") }
