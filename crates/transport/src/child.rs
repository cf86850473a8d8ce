//! Child processes that end with their owner.

use std::{
    io,
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{Child, Command, Stdio},
};

use crate::Error;

/// A child process that is killed when this value is dropped.
#[derive(Debug)]
pub(crate) struct ChildGuard(Child);

impl ChildGuard {
    /// Starts a shell command and returns our end of the socket that is its standard input and
    /// output. One socket pair instead of two pipes can be waited for like any other connection.
    pub(crate) fn spawn(command: &str) -> Result<(Self, UnixStream), Error> {
        start(command).map_err(|source| Error::Command {
            command: command.to_owned(),
            source,
        })
    }
}

impl Drop for ChildGuard {
    fn drop(&mut self) {
        // Both fail only if the process is already gone and reaped.
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
