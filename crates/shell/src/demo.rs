//! `imapclient demo`: opens a session on a server in memory.

mod tour;

use std::io::{self, IsTerminal};

use imapclient_config::Config;
use imapclient_server::Server;

use crate::{
    account,
    args::{Arguments, Demo},
    failure::{Failure, Result},
    screen::Screen,
    session::Session,
};

/// The user of the demo server.
const USER: &str = "bob";

/// The quota of the mailbox: units of 1024 bytes, and messages.
const STORAGE: u64 = 10_240;
const MESSAGES: u64 = 1000;

/// Runs the given commands, opens the prompt, or plays the tour if there is no terminal.
pub(crate) fn run(demo: &Demo, arguments: &Arguments, screen: &Screen) -> Result<()> {
    if let Some(option) = arguments.connection.given().first() {
        return Err(Failure::Usage(format!(
            "demo has a server of its own, and does not accept {option}"
        )));
    }
    // The server stops when it is dropped.
    let server = start(demo);
    let mut account = Config::parse(&server.ini(USER), "demo.ini")?
        .default
        .account()?;
    account::switch(&mut account.connect, &arguments.connection);
    let run = &arguments.run;
    let session = Session::new(account, screen.clone(), run.yes);
    if run.commands.is_none() && run.script.is_none() && !io::stdin().is_terminal() {
        return crate::runtime::with_runtime(|runtime| tour::play(&server, session, runtime));
    }
    crate::open(session, arguments)
}

/// Starts a server with several hundred messages.
fn start(demo: &Demo) -> Server {
    let mut builder = Server::builder()
        .user(USER, "sekret")
        .quota(Some(STORAGE), Some(MESSAGES))
        .sample();
    if let Some(profile) = demo.profile {
        builder = builder.profile(profile);
    }
    match demo.gmail {
        true => builder.gmail().start(),
        false => builder.start(),
    }
}
