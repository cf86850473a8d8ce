use crate::Error;
use std::{
    io,
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{Child, Command, Stdio},
};

/// A child process that lives no longer than this value.
#[derive(Debug)]
pub(crate) struct ChildGuard(Child);

impl ChildGuard {
    /// Starts a shell command and gives our end of what is its standard input and output. A socket pair instead of two pipes: it can be
    /// waited for like any other connection.
    pub(crate) fn spawn(command: &str) -> Result<(Self, UnixStream), Error> {
        start(command).map_err(|source| Error::Command {
            command: command.to_owned(),
            source,
        })
    }
}

impl Drop for ChildGuard {
    fn drop(&mut self) {
        // Both fail only if the process is gone and reaped already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(command: &str) -> io::Result<(ChildGuard, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let child = Command::new("/bin/sh")
        .args(["-c", command])
        .stdin(Stdio::from(OwnedFd::from(theirs.try_clone()?)))
        .stdout(Stdio::from(OwnedFd::from(theirs)))
        .spawn()?;
    Ok((ChildGuard(child), ours))
}
