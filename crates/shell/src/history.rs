//! Keeps the lines that were typed, also in earlier sessions.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use imapclient_config::state_folder;
use rustyline::{
    CompletionType, Config, Editor, Helper, error::ReadlineError, history::FileHistory,
};

use crate::{ask, failure::Result, screen::Screen, words};

/// The number of lines that are kept.
const MOST: usize = 1000;
/// Upper bound on the length of a line that is kept, in bytes.
const LONGEST: usize = 4096;
/// The commands whose line may contain a password.
const SECRETIVE: [&str; 2] = ["login", "authenticate"];

/// The lines of this session and of earlier ones, in a file if possible.
pub(crate) struct History {
    path: Option<PathBuf>,
    screen: Screen,
}

impl History {
    /// Returns an editor with the lines of earlier sessions.
    pub(crate) fn open<H: Helper>(screen: &Screen) -> Result<(Self, Editor<H, FileHistory>)> {
        let config = Config::builder()
            .max_history_size(MOST)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(ask::failure)?
            .history_ignore_space(true)
            .completion_type(CompletionType::List)
            .build();
        let mut editor = Editor::with_config(config).map_err(ask::failure)?;
        let mut history = Self {
            path: path(),
            screen: screen.clone(),
        };
        if let Some(path) = history.path.clone() {
            match make_room(&path).map_err(ReadlineError::Io) {
                Ok(()) => match editor.load_history(&path) {
                    Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::NotFound => {}
                    loaded => history.give_up_if(loaded),
                },
                failed => history.give_up_if(failed),
            }
        }
        Ok((history, editor))
    }

    /// Keeps a line, unless it is blank, begins with a space, repeats the previous line, is too
    /// long, or may contain a password.
    pub(crate) fn keep<H: Helper>(
        &mut self,
        editor: &mut Editor<H, FileHistory>,
        line: &str,
    ) -> Result<()> {
        if line.len() > LONGEST || is_secretive(line) {
            return Ok(());
        }
        let added = editor.add_history_entry(line).map_err(ask::failure)?;
        if let (true, Some(path)) = (added, self.path.clone()) {
            let appended = editor.append_history(&path);
            self.give_up_if(appended);
        }
        Ok(())
    }

    /// Continues without the file after an error, which is reported once.
    fn give_up_if(&mut self, result: rustyline::Result<()>) {
        if let (Err(error), Some(path)) = (result, &self.path) {
            let path = path.display();
            self.screen
                .note(&format!("the history is not saved in {path}: {error}"));
            self.path = None;
        }
    }
}

/// Returns the path of the history in the directory for state.
fn path() -> Option<PathBuf> {
    Some(state_folder()?.join("imapclient").join("history"))
}

/// Creates the directories of a file, accessible only to the user.
fn make_room(path: &Path) -> io::Result<()> {
    let Some(directory) = path.parent() else {
        return Ok(());
    };
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(directory)
}

/// Returns whether a line may contain a password.
fn is_secretive(line: &str) -> bool {
    let secretive = |word: &str| SECRETIVE.iter().any(|one| word.eq_ignore_ascii_case(one));
    match words::commands(line) {
        // After `raw` and `uid` the command is the second word.
        Ok(commands) => commands
            .iter()
            .flat_map(|words| words.iter().take(2))
            .flat_map(|word| word.split_whitespace())
            .any(secretive),
        Err(_) => line
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(secretive),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_a_password_is_known() {
        for line in [
            "login bob sekret",
            "ls; LOGIN bob sekret",
            "raw LOGIN bob sekret",
            "uid login bob sekret",
            "login 'bob",
            "raw authenticate plain",
        ] {
            assert!(is_secretive(line), "{line}");
        }
        for line in ["search subject 'last login'", "ls", "cd \"Logins"] {
            assert!(!is_secretive(line), "{line}");
        }
    }
}
