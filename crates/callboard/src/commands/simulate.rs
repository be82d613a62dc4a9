//! stub
pub(crate) fn run(args: crate::cli::SimulateArgs) -> anyhow::Result<std::process::ExitCode> { let _ = args; anyhow::bail!("x") }
