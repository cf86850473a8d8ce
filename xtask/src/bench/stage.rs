//! The servers that clients are measured with.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use tempfile::TempDir;

use super::{
    build,
    case::{Case, Server},
    dovecot::Seeded,
};
use crate::{
    failure::{Doing as _, Failure, Result},
    signals::Signals,
};

/// A file system in memory, so that disks are not measured.
const MEMORY: &str = "/dev/shm";

/// The ports of a server.
#[derive(Clone, Debug)]
pub(super) struct Ports {
    pub(super) plain: u16,
    pub(super) tls: u16,
    /// The path of the certificate.
    pub(super) ca: PathBuf,
}

/// The traffic that a server has seen since the last report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// The round trips of each connection.
    pub(super) round_trips: Vec<u64>,
    /// The number of messages that were uploaded.
    pub(super) appended: u64,
    /// The bytes of these messages.
    pub(super) bytes: u64,
}

/// A server that runs for one case.
pub(super) enum Stage<'a> {
    Blaster(Blaster),
    Dovecot(&'a Seeded),
}

/// A server that sends prepared responses. It ends when this value is dropped.
pub(super) struct Blaster {
    child: Child,
    /// `None` only while the value is dropped.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    ports: Ports,
    // Removed last.
    _folder: TempDir,
}

/// Makes a folder in memory, which is removed when the value is dropped.
pub(super) fn folder() -> Result<TempDir> {
    let memory = Path::new(MEMORY);
    let parent = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    tempfile::Builder::new()
        .prefix("imapclient-bench-")
        .tempdir_in(&parent)
        .doing(|| format!("make a folder in {parent:?}"))
}

impl<'a> Stage<'a> {
    /// Starts the server of a case.
    pub(super) fn start(
        case: &Case,
        dovecot: &'a mut Option<Seeded>,
        signals: &Signals,
    ) -> Result<Self> {
        match case.server {
            Server::Blaster => Ok(Self::Blaster(Blaster::start(case)?)),
            Server::Dovecot => {
                let running = match dovecot.take() {
                    Some(running) => running,
                    None => Seeded::start(signals)?,
                };
                Ok(Self::Dovecot(dovecot.insert(running)))
            }
        }
    }

    pub(super) fn ports(&self) -> Ports {
        match self {
            Self::Blaster(blaster) => blaster.ports.clone(),
            Self::Dovecot(dovecot) => dovecot.ports(),
        }
    }

    /// Returns what the server has seen since the last call.
    pub(super) fn report(&mut self) -> Result<Seen> {
        match self {
            Self::Blaster(blaster) => blaster.report(),
            Self::Dovecot(_) => Ok(Seen::default()),
        }
    }
}

impl Blaster {
    fn start(case: &Case) -> Result<Self> {
        let folder = folder()?;
        let mut command = Command::new(build::program("blaster"));
        command
            .arg(folder.path())
            .args([case.messages(), case.size, case.delay, case.piece].map(|n| n.to_string()))
            .arg(case.capabilities)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().doing(|| "start the blaster".into())?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output = output.ok_or_else(|| Failure::set_up("the blaster has no output"))?;
        let mut blaster = Self {
            child,
            input,
            output: BufReader::new(output),
            ports: Ports {
                plain: 0,
                tls: 0,
                ca: folder.path().join("ca.pem"),
            },
            _folder: folder,
        };
        let line = blaster.line()?;
        let port = |name| value(&line, name).and_then(|text| text.parse().ok());
        let (plain, tls) = (port("plain"), port("tls"));
        let (Some(plain), Some(tls)) = (plain, tls) else {
            return Err(Failure::set_up(format!("the blaster printed {line:?}")));
        };
        blaster.ports.plain = plain;
        blaster.ports.tls = tls;
        Ok(blaster)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        let count = self
            .output
            .read_line(&mut line)
            .doing(|| "read from the blaster".into())?;
        match count {
            0 => Err(Failure::set_up("the blaster has ended")),
            _ => Ok(line),
        }
    }

    fn report(&mut self) -> Result<Seen> {
        if let Some(input) = &mut self.input {
            input
                .write_all(b"report\n")
                .doing(|| "write to the blaster".into())?;
        }
        let line = self.line()?;
        Seen::read(&line).ok_or_else(|| Failure::set_up(format!("the blaster printed {line:?}")))
    }
}

impl Drop for Blaster {
    fn drop(&mut self) {
        // The end of its input ends it. Errors mean that it has already ended.
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Seen {
    fn read(line: &str) -> Option<Self> {
        let rounds = value(line, "round_trips")?;
        let rounds = rounds.split(',').filter(|text| !text.is_empty());
        Some(Self {
            round_trips: rounds
                .map(|text| text.parse().ok())
                .collect::<Option<_>>()?,
            appended: value(line, "appended")?.parse().ok()?,
            bytes: value(line, "bytes")?.parse().ok()?,
        })
    }
}

/// Returns the value of a name in a line of `NAME=VALUE`.
fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let words = line
        .split_whitespace()
        .filter_map(|word| word.split_once('='));
    words
        .into_iter()
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Removes everything in a folder.
pub(super) fn empty(folder: &Path) -> Result<()> {
    let remove = || -> std::io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            match path.is_dir() {
                true => fs::remove_dir_all(path)?,
                false => fs::remove_file(path)?,
            }
        }
        Ok(())
    };
    remove().doing(|| format!("empty {folder:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read() {
        let line = "round_trips=2,13 appended=500 bytes=10240000\n";
        let expected = Seen {
            round_trips: vec![2, 13],
            appended: 500,
            bytes: 10_240_000,
        };
        assert_eq!(Seen::read(line), Some(expected));
        let none = Seen::read("round_trips= appended=0 bytes=0\n").unwrap();
        assert_eq!(none, Seen::default());
        assert_eq!(Seen::read("round_trips=x appended=0 bytes=0"), None);
    }

    #[test]
    fn a_folder_is_emptied_and_removed() {
        let folder = folder().unwrap();
        let path = folder.path().to_owned();
        fs::create_dir(path.join("cur")).unwrap();
        fs::write(path.join("cur/1"), "x").unwrap();
        fs::write(path.join("message"), "x").unwrap();
        empty(&path).unwrap();
        assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
        drop(folder);
        assert!(!path.exists());
    }
}
