//! A server in a process of its own, from the line that says where it listens to the code that it ends with.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use anyhow::{Context, bail};

/// A process that serves. If it is not stopped, it is killed when this goes out of scope.
pub(crate) struct Server {
    child: Child,
    /// Kept open, so that the process can go on printing.
    _stdout: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts it, and waits until it takes requests.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let mut stdout = BufReader::new(child.stdout.take().context("the output is piped")?);
        match listening(&mut stdout) {
            Ok(address) => Ok(Self { child, _stdout: stdout, address }),
            Err(error) => {
                let _ = child.kill();
                let ended = child.wait()?;
                Err(error.context(format!("{} ended ({ended})", command.get_program().display())))
            }
        }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop (SIGTERM), and waits until it has.
    pub(crate) fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        let asked = Command::new("kill").arg("-TERM").arg(self.id().to_string()).status();
        if !asked.context("cannot run `kill`")?.success() {
            bail!("process {} cannot be asked to stop", self.id());
        }
        Ok(self.child.wait()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn listening(stdout: &mut impl BufRead) -> anyhow::Result<SocketAddr> {
    for line in stdout.lines() {
        if let Some(address) = line?.strip_prefix("listening on http://") {
            return Ok(address.parse()?);
        }
    }
    bail!("it never said where it listens")
}
