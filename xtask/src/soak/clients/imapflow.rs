//! The library `ImapFlow`, on Node.

use imapclient_testkit::Server;

use super::{Client, PASSWORD, USER, WAYS, connect_by, expect, steps, subjects};
use crate::{failure::Result, npm::Npm, signals::Signals};

pub(crate) const PACKAGE: Npm = Npm::new("imapflow", "2.10.2", "2026-11-30");
const SCRIPT: &str = include_str!("imapflow.mjs");

pub(super) struct ImapFlow;

impl Client for ImapFlow {
    fn name(&self) -> &'static str {
        "ImapFlow"
    }

    fn obstacle(&self) -> Option<String> {
        PACKAGE.obstacle()
    }

    fn install(&self, signals: &Signals) -> Result<String> {
        if PACKAGE.version().is_none() {
            PACKAGE.install(signals)?;
        }
        Ok(PACKAGE.version().unwrap_or_default().into())
    }

    fn work(&self, signals: &Signals) -> Result<usize> {
        let mut count = 0;
        for way in WAYS {
            let server = Server::builder()
                .user(USER, PASSWORD)
                .quota(Some(1024 * 1024), None)
                .sample()
                .mailbox("Entwürfe", |m| m)
                .start();
            let mut node = PACKAGE.script("session.mjs", SCRIPT)?;
            count += steps(connect_by(way, &mut node, &server), &server, signals)?;
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
