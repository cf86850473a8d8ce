//! The program `imapclient`: inspects, repairs and scripts mailboxes over IMAP.
//!
//! ```text
//!  args ──▶ account ──▶ session ◀── interactive | script      a line is typed (history, complete), or read
//!                          │             │
//!                          │             ▼
//!                          │   words ─▶ command ─▶ reply       one form for people, one for programs
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
mod runtime;
mod screen;
mod script;
mod session;
mod trace;
mod updates;
mod words;

use std::{
    io::{self, IsTerminal},
    process::ExitCode,
    rc::Rc,
    time::Duration,
};

use clap::Parser;
use imapclient_config::settle_tokens;

use crate::{
    args::{Arguments, Program},
    failure::{Failure, Result},
    runtime::with_runtime,
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
        // The reader of our output has closed it and wants no more, so nothing is printed. The exit
        // status still reports that not everything was done, as shells do after SIGPIPE.
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(141),
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
            let result = open(
                Session::new(account, screen.clone(), arguments.run.yes),
                arguments,
            );
            settle(screen);
            result
        }
        Some(Program::Demo(demo)) => demo::run(demo, arguments, screen),
        Some(Program::Doctor) => doctor::run(&arguments.connection, screen),
        Some(Program::Oauth2(oauth2)) => oauth2.run(&arguments.connection, screen),
        Some(Program::Completions { shell }) => completions::print(*shell, screen),
        Some(Program::Man) => manual::print(screen),
    }
}

/// Time limit for a provider's answer when the program ends: it may have a new refresh token, which
/// must be kept.
pub(crate) const TOKEN_TIME: Duration = Duration::from_secs(5);

/// Waits for a provider that may still answer with a new refresh token, for example after Ctrl-C.
fn settle(screen: &Screen) {
    if !settle_tokens(TOKEN_TIME) {
        screen.warn(
            "the provider has not answered: if it issues a new refresh token, that one is lost, and the \
             one in the settings may be invalid; `imapclient oauth2 login` gets another",
        );
    }
}

/// Opens a session and runs the commands that are typed, scripted or given as arguments.
fn open(mut session: Session, arguments: &Arguments) -> Result<()> {
    let from = &arguments.run;
    with_runtime(|runtime| {
        if let Some(mailbox) = &from.mailbox {
            let open = async |session: &mut Session| session.open(mailbox).await;
            if let Err(failure) = runtime.block_on(session.run(open)) {
                return runtime.block_on(session.leave_after(Err(failure)));
            }
        }
        if from.commands.is_none() && from.script.is_none() && io::stdin().is_terminal() {
            return interactive::run(session, Rc::clone(runtime));
        }
        script::run(&mut session, runtime, from)
    })
}
