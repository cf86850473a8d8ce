//! The prompt.

use rustyline::{DefaultEditor, error::ReadlineError};
use tokio::runtime::Runtime;

use crate::{
    ask,
    command::Command,
    escape,
    failure::{Failure, Result},
    session::Session,
    words,
};

/// Reads commands and runs them until the session is left.
pub(crate) fn run(mut session: Session, runtime: Runtime) -> Result<()> {
    runtime.block_on(session.connect())?;
    let mut editor = DefaultEditor::new().map_err(ask::failure)?;
    while !session.is_left() {
        match editor.readline(&prompt(&session)) {
            Ok(line) => match run_line(&mut session, &runtime, &line) {
                Ok(()) => {}
                Err(Failure::Cancelled) => session.screen.note("cancelled"),
                Err(failure) => session.screen.error(&failure.text()),
            },
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(ask::failure(error)),
        }
    }
    runtime.block_on(session.leave())
}

/// Runs the commands of a line, and shows their answers.
pub(crate) fn run_line(
    session: &mut Session,
    runtime: &Runtime,
    line: &str,
) -> Result<(), Failure> {
    for words in words::commands(line)? {
        let reply = runtime.block_on(session.run(Command::parse(words)?))?;
        session.screen.reply(&reply)?;
    }
    Ok(())
}

/// As in `bob@imap.example.org INBOX> `.
pub(crate) fn prompt(session: &Session) -> String {
    let account = session.account();
    let user = account.username.as_deref().unwrap_or("?");
    let mailbox = session
        .mailbox()
        .map(|name| format!(" {name}"))
        .unwrap_or_default();
    let text = format!("{user}@{}{mailbox}", account.host);
    format!("{}> ", escape::line(&escape::cut(&text, 60)))
}
