//! stub
pub(crate) fn run(args: &crate::cli::DemoArgs) -> anyhow::Result<std::process::ExitCode> { let _ = args; anyhow::bail!("x") }
