//! Asks the user questions at the terminal.

#[cfg(unix)]
mod unseen;

use std::io::{self, IsTerminal};

use imapclient::SecretString;
use rustyline::{Behavior, Config, Editor, error::ReadlineError, history::MemHistory};

use crate::failure::{Failure, Result};

/// Asks for a line of text. The prompt goes to the terminal itself, since standard output may be a
/// file.
pub(crate) fn line(prompt: &str) -> Result<String> {
    let config = Config::builder().behavior(Behavior::PreferTerm).build();
    let mut editor =
        Editor::<(), MemHistory>::with_history(config, MemHistory::new()).map_err(failure)?;
    let line = editor.readline(prompt).map_err(failure)?;
    Ok(line.trim().to_owned())
}

/// Asks for a line without echoing it.
///
/// # Errors
/// Returns [`Failure::Usage`] without a terminal.
pub(crate) fn secret(prompt: &str) -> Result<SecretString> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "a password is needed, and there is no terminal to ask for it at",
        ));
    }
    unseen(prompt)
}

#[cfg(unix)]
use unseen::line as unseen;

#[cfg(not(unix))]
fn unseen(prompt: &str) -> Result<SecretString> {
    match rpassword::prompt_password(prompt) {
        Ok(secret) => Ok(secret.into()),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Failure::Cancelled),
        Err(error) => Err(error.into()),
    }
}

/// Asks a question and returns whether the answer begins with `y`.
pub(crate) fn yes(question: &str) -> Result<bool> {
    let answer = line(&format!("{question} [y/N] "))?;
    Ok(answer.to_lowercase().starts_with('y'))
}

/// Converts an error of the line editor: Ctrl-C and Ctrl-D cancel the question.
pub(crate) fn failure(error: ReadlineError) -> Failure {
    match error {
        ReadlineError::Interrupted | ReadlineError::Eof => Failure::Cancelled,
        ReadlineError::Io(error) => Failure::Io(error),
        other => Failure::Other(other.to_string()),
    }
}
