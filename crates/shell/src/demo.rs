//! `imapclient demo`: a server in memory, and a session on it.

use imapclient_config::{Account, Config};
use imapclient_testkit::Server;

use crate::failure::Result;

/// Who has the mailbox.
const USER: &str = "bob";

/// A server with several hundred messages, and the account on it. It goes when it is dropped.
pub(crate) fn start() -> Result<(Server, Account)> {
    let server = Server::builder().user(USER, "sekret").sample().start();
    let account = Config::parse(&server.ini(USER), "demo.ini")?.default;
    Ok((server, account))
}
