//! `imapclient demo`: a server in memory, and a session on it.

use imapclient_config::{Account, Config};
use imapclient_testkit::Server;

use crate::{args::Demo, failure::Result};

/// Who has the mailbox.
const USER: &str = "bob";

/// What the mailbox may hold: units of 1024 bytes, and messages.
const STORAGE: u64 = 10_240;
const MESSAGES: u64 = 1000;

/// A server with several hundred messages, and the account on it. It goes when it is dropped.
pub(crate) fn start(demo: &Demo) -> Result<(Server, Account)> {
    let builder = Server::builder()
        .user(USER, "sekret")
        .quota(Some(STORAGE), Some(MESSAGES))
        .sample();
    let server = match demo.gmail {
        true => builder.gmail().start(),
        false => builder.start(),
    };
    let account = Config::parse(&server.ini(USER), "demo.ini")?.default;
    Ok((server, account))
}
