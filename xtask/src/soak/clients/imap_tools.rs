//! The library `imap_tools`, over Python's `imaplib`.

use std::process::Command;

use imapclient_testkit::{Server, SpecialUse};

use super::{Client, PASSWORD, USER, expect, steps};
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
        for way in ["plain", "starttls", "tls"] {
            let server = Server::builder()
                .user(USER, PASSWORD)
                .sample()
                .mailbox("Entwürfe", |m| m.special_use(SpecialUse::Drafts))
                .start();
            let port = match way {
                "tls" => server.tls_addr().port(),
                _ => server.addr().port(),
            };
            let mut python = Command::new(VENV.program("python"));
            python
                .args(["-c", SCRIPT, way, server.host(), &port.to_string()])
                .args([USER, PASSWORD])
                .arg(server.ca_file());
            count += steps(&mut python, &server, signals)?;
            check(&server)?;
        }
        Ok(count)
    }
}

/// What the script has to leave behind.
fn check(server: &Server) -> Result<()> {
    let subjects_and_flags = |mailbox: &str| -> Vec<(String, String)> {
        let messages = server.messages(USER, mailbox).into_iter();
        messages
            .map(|message| {
                let text = String::from_utf8_lossy(&message.bytes).into_owned();
                let mut lines = text.lines();
                let subject = lines.find_map(|line| line.strip_prefix("Subject: "));
                (subject.unwrap_or_default().into(), message.flags.join(" "))
            })
            .collect()
    };
    let pair = |subject: &str, flags: &str| (subject.to_owned(), flags.to_owned());
    expect(
        "Projekte/Überblick",
        &subjects_and_flags("Projekte/Überblick"),
        &vec![
            pair("one", "\\Seen \\Flagged"),
            pair("two", "\\Answered \\Seen todo"),
        ],
    )?;
    expect(
        "Entwürfe",
        &subjects_and_flags("Entwürfe"),
        &vec![pair("one", "\\Seen \\Flagged")],
    )
}
