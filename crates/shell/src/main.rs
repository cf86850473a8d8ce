//! The program `imapclient`: look at, repair and script mailboxes by IMAP.
//!
//! ```text
//!  args ──▶ account ──▶ session ◀── interactive | script      a line is typed (history, complete), or read
//!                          │             │
//!                          │             ▼
//!                          │   words ─▶ command ─▶ reply       once for people, once for programs
//!                          ▼                         ▼
//!                 imapclient::tokio::Client       screen       escapes, cuts, colours; or json
//! ```

mod account;
mod args;
mod arguments;
mod ask;
mod command;
mod complete;
mod completions;
mod demo;
mod doctor;
mod escape;
mod failure;
mod history;
mod interactive;
mod json;
mod layout;
mod manual;
mod oauth2;
mod progress;
mod reply;
mod screen;
mod script;
mod session;
mod trace;
mod updates;
mod words;

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

use clap::Parser;
use tokio::runtime::Runtime;

use crate::{
    args::{Arguments, Program},
    failure::{Failure, Result},
    screen::Screen,
    session::Session,
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let screen = Screen::new(arguments.run.json);
    trace::install(screen.clone());
    trace::switch(arguments.run.trace);
    match run(&arguments, &screen) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has closed it, and wants no more.
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Told) => ExitCode::FAILURE,
        Err(failure) => {
            screen.error(&failure.text());
            failure.exit_code()
        }
    }
}

fn run(arguments: &Arguments, screen: &Screen) -> Result<()> {
    if let Some(clash) = arguments.connection.clash() {
        return Err(Failure::Usage(clash));
    }
    match &arguments.program {
        None => {
            let account = account::account(&arguments.connection, screen)?;
            open(
                Session::new(account, screen.clone(), arguments.run.yes),
                arguments,
            )
        }
        Some(Program::Demo(demo)) => demo::run(demo, arguments, screen),
        Some(Program::Doctor) => doctor::run(&arguments.connection, screen),
        Some(Program::Oauth2(oauth2)) => oauth2.run(&arguments.connection, screen),
        Some(Program::Completions { shell }) => completions::print(*shell, screen),
        Some(Program::Man) => manual::print(screen),
    }
}

/// A session, with whoever types its commands.
fn open(mut session: Session, arguments: &Arguments) -> Result<()> {
    let runtime = runtime()?;
    let from = &arguments.run;
    if let Some(mailbox) = &from.mailbox {
        runtime.block_on(session.open(mailbox))?;
    }
    if from.commands.is_none() && from.script.is_none() && io::stdin().is_terminal() {
        return interactive::run(session, runtime);
    }
    script::run(&mut session, &runtime, from)
}

/// What waits for the network, for Ctrl-C and for time to pass.
fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
