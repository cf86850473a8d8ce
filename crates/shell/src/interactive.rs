//! The interactive prompt.

use std::{cell::RefCell, rc::Rc};

use rustyline::{Editor, error::ReadlineError, history::FileHistory};
use tokio::runtime::Runtime;

use crate::{
    ask,
    command::Command,
    complete::{Completion, Shell},
    failure::{Failure, Result},
    history::History,
    session::Session,
    words,
};

/// The text at the beginning.
const WELCOME: &str = "`help` lists the commands, Tab completes them, Ctrl-D leaves";
/// The prompt for the rest of a line.
const MORE: &str = "> ";

/// Reads commands and runs them until the session ends.
pub(crate) fn run(mut session: Session, runtime: Rc<Runtime>) -> Result<()> {
    session.commands_come_by_standard_input();
    runtime.block_on(session.client())?;
    session.screen.note(WELCOME);
    let (mut history, mut editor) = History::open(&session.screen)?;
    let shell = Rc::new(RefCell::new(Shell::new(session, runtime)));
    editor.set_helper(Some(Completion(Rc::clone(&shell))));
    while !shell.borrow().session.is_left() {
        let line = match read(&mut editor, &shell) {
            Ok(line) => line,
            // The line is discarded.
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(ask::failure(error)),
        };
        history.keep(&mut editor, &line)?;
        let shell = &mut *shell.borrow_mut();
        let screen = shell.session.screen.clone();
        match run_line(&mut shell.session, &shell.runtime, &line) {
            Ok(()) => {}
            Err(Failure::Cancelled) => {
                screen.note("cancelled");
                shell.runtime.block_on(shell.session.drain());
            }
            Err(failure) => screen.error(&failure.text()),
        }
    }
    let shell = &mut *shell.borrow_mut();
    // As with the command `logout`, a failure to log out is reported but is not an error.
    if let Err(failure) = shell.runtime.block_on(shell.session.leave()) {
        shell.session.screen.error(&failure.text());
    }
    Ok(())
}

/// Runs the commands of a line and shows their replies.
pub(crate) fn run_line(session: &mut Session, runtime: &Runtime, line: &str) -> Result<()> {
    for words in words::commands(line)? {
        let command = Command::parse(words)?;
        let reply = runtime.block_on(session.run(async |session| command.run(session).await))?;
        runtime.block_on(session.show(reply))?;
        if session.is_left() {
            break;
        }
    }
    Ok(())
}

/// Returns the prompt, for example `bob@imap.example.org INBOX> `, without and with colours.
pub(crate) fn prompt(session: &Session) -> (String, String) {
    let account = session.account();
    let user = account.username().unwrap_or("?");
    let mailbox = session.mailbox().map(ToString::to_string);
    session.screen.prompt(
        &format!("{user}@{}", account.connect.server.host()),
        &mailbox.unwrap_or_default(),
    )
}

/// Reads a line, and further ones as long as a quote is open.
fn read(
    editor: &mut Editor<Completion, FileHistory>,
    shell: &RefCell<Shell>,
) -> rustyline::Result<String> {
    let prompt = prompt(&shell.borrow().session);
    let mut line = editor.readline(&prompt)?;
    while words::is_unfinished(&line) {
        line.push('\n');
        shell.borrow_mut().before = line.clone();
        let more = editor.readline(MORE);
        shell.borrow_mut().before.clear();
        match more {
            Ok(more) => line.push_str(&more),
            // Only the line is discarded.
            Err(ReadlineError::Eof) => return Err(ReadlineError::Interrupted),
            Err(error) => return Err(error),
        }
    }
    Ok(line)
}
