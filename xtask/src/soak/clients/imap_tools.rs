//! The library `imap_tools`, over Python's `imaplib`.

use std::process::Command;

use imapclient_testkit::{Server, SpecialUse};

use super::{Client, PASSWORD, USER, WAYS, connect_by, expect, steps, subjects};
use crate::{failure::Result, signals::Signals, venv::Venv};

const VENV: Venv = Venv::new("imap-tools", &["imap-tools==1.16.0"]);
const SCRIPT: &str = include_str!("imap_tools.py");

pub(super) struct ImapTools;

impl Client for ImapTools {
    fn name(&self) -> &'static str {
        "imap_tools"
    }

    fn obstacle(&self) -> Option<String> {
        VENV.obstacle()
    }

    fn install(&self, signals: &Signals) -> Result<String> {
        if VENV.version().is_none() {
            VENV.install(signals)?;
        }
        Ok(VENV.version().unwrap_or_default())
    }

    fn work(&self, signals: &Signals) -> Result<usize> {
        let mut count = 0;
        for way in WAYS {
            let server = Server::builder()
                .user(USER, PASSWORD)
                .sample()
                .mailbox("Entwürfe", |m| m.special_use(SpecialUse::Drafts))
                .start();
            let mut python = Command::new(VENV.program("python"));
            let python = connect_by(way, python.args(["-c", SCRIPT]), &server);
            count += steps(python, &server, signals)?;
            check(&server)?;
        }
        Ok(count)
    }
}

/// Checks the mailboxes after the script.
fn check(server: &Server) -> Result<()> {
    expect(
        "Projekte/Überblick",
        &subjects(server, "Projekte/Überblick"),
        &["one: \\Flagged \\Seen", "two: \\Answered \\Seen todo"],
    )?;
    expect(
        "Entwürfe",
        &subjects(server, "Entwürfe"),
        &["one: \\Flagged \\Seen"],
    )
}
