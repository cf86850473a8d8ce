//! Questions to who sits at the terminal.

#[cfg(unix)]
mod unseen;

use std::io::{self, IsTerminal};

use imapclient::SecretString;
use rustyline::{Behavior, Config, Editor, error::ReadlineError, history::MemHistory};

use crate::failure::{Failure, Result};

/// A line of text. It is asked for at the terminal itself: answers may go into a file.
pub(crate) fn line(prompt: &str) -> Result<String> {
    let config = Config::builder().behavior(Behavior::PreferTerm).build();
    let mut editor =
        Editor::<(), MemHistory>::with_history(config, MemHistory::new()).map_err(failure)?;
    let line = editor.readline(prompt).map_err(failure)?;
    Ok(line.trim().to_owned())
}

/// A line that is not shown while it is typed.
///
/// # Errors
/// [`Failure::Usage`] without a terminal.
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

/// Whether the answer begins with a `y`.
pub(crate) fn yes(question: &str) -> Result<bool> {
    let answer = line(&format!("{question} [y/N] "))?;
    Ok(answer.to_lowercase().starts_with('y'))
}

/// Ctrl-C and Ctrl-D take the question back.
pub(crate) fn failure(error: ReadlineError) -> Failure {
    match error {
        ReadlineError::Interrupted | ReadlineError::Eof => Failure::Cancelled,
        ReadlineError::Io(error) => Failure::Io(error),
        other => Failure::Other(other.to_string()),
    }
}
