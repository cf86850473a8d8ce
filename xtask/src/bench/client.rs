//! The clients that are compared.

use std::{fs, path::Path, process::Command};

use super::{build, case::Case, report::Part, stage::Ports};
use crate::{
    failure::{Doing as _, Result},
    servers::{apt, find_program},
    signals::Signals,
    soak::IMAPFLOW,
    test::IMAPCLIENT,
};

/// The environment variable that makes our programs count allocations.
const ALLOCATIONS: &str = "BENCH_ALLOCATIONS";
const PYTHON: &str = include_str!("imapclient.py");
const NODE: &str = include_str!("imapflow.mjs");

/// A client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client {
    pub(super) name: &'static str,
    pub(super) part: Part,
    kind: Kind,
    version: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A program in `bench/`.
    Program(&'static str),
    /// IMAPClient, on Python.
    Python,
    /// `ImapFlow`, on Node.
    Node,
    /// The program `mbsync`, which fills Maildirs and does nothing else.
    Mbsync,
}

const fn program(
    name: &'static str,
    part: Part,
    program: &'static str,
    version: &'static str,
) -> Client {
    Client {
        name,
        part,
        kind: Kind::Program(program),
        version,
    }
}

const CLIENTS: &[Client] = &[
    program("ours, blocking", Part::Ours, "ours-blocking", ""),
    program("ours, tokio", Part::Ours, "ours-tokio", ""),
    program("null client", Part::Null, "null", ""),
    program("async-imap", Part::Peer, "async-imap", "0.12.0"),
    program("imap", Part::Peer, "imap", "3.0.0-alpha.15"),
    program("io-imap", Part::Peer, "io-imap", "0.7.1"),
    program("imap-next", Part::Peer, "imap-next", "0.3.4"),
    Client {
        name: "IMAPClient",
        part: Part::Peer,
        kind: Kind::Python,
        version: "",
    },
    Client {
        name: "ImapFlow",
        part: Part::Peer,
        kind: Kind::Node,
        version: "",
    },
    Client {
        name: MBSYNC,
        part: Part::Peer,
        kind: Kind::Mbsync,
        version: "",
    },
];

const MBSYNC: &str = "mbsync";
/// The Debian package of mbsync.
const ISYNC: &str = "isync";

/// Returns the clients that can run here and whose names contain one of `names`, and a line for
/// each that cannot.
pub(super) fn available(names: &[String], signals: &Signals) -> Result<(Vec<Client>, Vec<String>)> {
    let (mut clients, mut notes) = (Vec::new(), Vec::new());
    for client in CLIENTS {
        if !names.is_empty() && !names.iter().any(|name| client.name.contains(name.as_str())) {
            continue;
        }
        match client.obstacle(signals)? {
            None => clients.push(*client),
            Some(why) => notes.push(format!("{} is left out: {why}", client.name)),
        }
    }
    Ok((clients, notes))
}

impl Client {
    /// Installs the runtime of the client. Returns the reason if that is not possible.
    fn obstacle(&self, signals: &Signals) -> Result<Option<String>> {
        let (obstacle, installed) = match self.kind {
            Kind::Program(_) => return Ok(None),
            Kind::Python => (IMAPCLIENT.obstacle(), IMAPCLIENT.version().is_some()),
            Kind::Node => (IMAPFLOW.obstacle(), IMAPFLOW.version().is_some()),
            Kind::Mbsync => {
                let is_there = find_program(MBSYNC).is_some();
                let obstacle = || apt::how_to(MBSYNC, &[ISYNC]);
                let possible = is_there || apt::may_install();
                ((!possible).then(obstacle), is_there)
            }
        };
        if obstacle.is_some() || installed {
            return Ok(obstacle);
        }
        let done = match self.kind {
            Kind::Python => IMAPCLIENT.install(signals),
            Kind::Mbsync => apt::install(&[ISYNC], signals),
            _ => IMAPFLOW.install(signals),
        };
        signals.check()?;
        Ok(done.err().map(|failure| failure.to_string()))
    }

    /// Returns the version, or nothing for our own programs.
    pub(super) fn version(&self) -> String {
        match self.kind {
            Kind::Program(_) => self.version.into(),
            Kind::Python => IMAPCLIENT.version().unwrap_or_default(),
            Kind::Node => IMAPFLOW.version().unwrap_or_default().into(),
            Kind::Mbsync => apt::version(ISYNC).unwrap_or_default(),
        }
    }

    /// Returns `true` if the client can count its allocations.
    pub(super) fn counts_allocations(&self) -> bool {
        matches!(self.kind, Kind::Program(_)) && self.part != Part::Null
    }

    /// Returns `true` if the client runs on an interpreter.
    pub(super) fn is_interpreted(&self) -> bool {
        matches!(self.kind, Kind::Python | Kind::Node)
    }

    /// Returns `true` if the client can do this workload.
    pub(super) fn takes_part(&self, case: &Case) -> bool {
        match self.kind {
            Kind::Mbsync => case.workload == "pull",
            _ => case.peers || self.part != Part::Peer,
        }
    }

    /// Returns `true` if the client prints what it has done.
    pub(super) fn reports(&self) -> bool {
        self.kind != Kind::Mbsync
    }

    /// Returns the command that runs a workload.
    pub(super) fn command(
        &self,
        case: &Case,
        ports: Ports,
        folder: &Path,
        counting: bool,
    ) -> Result<Command> {
        let mut command = match self.kind {
            Kind::Program(name) => Command::new(build::program(name)),
            Kind::Python => {
                let mut command = Command::new(IMAPCLIENT.program("python"));
                command.args(["-c", PYTHON]);
                command
            }
            Kind::Node => IMAPFLOW.script("bench.mjs", NODE)?,
            Kind::Mbsync => return mbsync(ports.plain, folder),
        };
        command.arg(case.workload);
        match case.tls {
            true => command.arg(ports.tls.to_string()).arg(&ports.ca),
            false => command.arg(ports.plain.to_string()).arg("-"),
        };
        command
            .arg(case.count.to_string())
            .arg(case.size.to_string())
            .arg(folder);
        if counting {
            command.env(ALLOCATIONS, "1");
        }
        Ok(command)
    }
}

/// Returns the command that fills a Maildir in `folder`.
fn mbsync(port: u16, folder: &Path) -> Result<Command> {
    let files = folder.display();
    let settings = format!(
        "FSync no\n\n\
         IMAPAccount bench\nHost 127.0.0.1\nPort {port}\nUser user1\nPass pass\n\
         SSLType None\nAuthMechs LOGIN\n\n\
         IMAPStore far\nAccount bench\n\n\
         MaildirStore near\nPath {files}/\nInbox {files}\n\n\
         Channel bench\nFar :far:\nNear :near:\nSync Pull\nCreate Near\nSyncState *\n"
    );
    let file = folder.with_extension("mbsyncrc");
    fs::write(&file, settings).doing(|| format!("write {file:?}"))?;
    let mut command = Command::new(MBSYNC);
    command
        .arg("--quiet")
        .arg("--config")
        .arg(file)
        .arg("bench");
    Ok(command)
}
