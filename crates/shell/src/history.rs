//! What was typed, also in sessions before.

use std::{
    env, fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use rustyline::{
    CompletionType, Config, Editor, Helper, error::ReadlineError, history::FileHistory,
};

use crate::{ask, failure::Result, screen::Screen, words};

/// Lines that are kept.
const MOST: usize = 1000;
/// Bytes of a line that is kept.
const LONGEST: usize = 4096;
/// Words of commands that may have a password in the same line.
const SECRETIVE: [&str; 2] = ["login", "authenticate"];

/// The lines of a session and of those before it, in a file if there can be one.
pub(crate) struct History {
    path: Option<PathBuf>,
    screen: Screen,
}

impl History {
    /// An editor that knows what was typed before.
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

    /// Keeps a line, unless it is blank, begins with a blank, is the one before again, is not to be
    /// read twice, or may hold a password.
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

    /// A session goes on without the file; that is said once.
    fn give_up_if(&mut self, result: rustyline::Result<()>) {
        if let (Err(error), Some(path)) = (result, &self.path) {
            let path = path.display();
            self.screen
                .note(&format!("what is typed is not kept in {path}: {error}"));
            self.path = None;
        }
    }
}

/// Where programs keep what is neither settings nor data: `XDG_STATE_HOME`, or `~/.local/state`.
fn path() -> Option<PathBuf> {
    let absolute = |name| {
        let path = env::var_os(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let state = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")));
    Some(state?.join("imapclient").join("history"))
}

/// Makes the directories that a file is to be in, for nobody else to read.
fn make_room(path: &Path) -> io::Result<()> {
    let Some(directory) = path.parent() else {
        return Ok(());
    };
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(directory)
}

/// Whether there may be a password in it.
fn is_secretive(line: &str) -> bool {
    let secretive = |word: &str| SECRETIVE.iter().any(|one| word.eq_ignore_ascii_case(one));
    match words::commands(line) {
        // After `raw` and `uid` the name is in the second word.
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
