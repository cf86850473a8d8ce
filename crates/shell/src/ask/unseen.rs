//! Typing unseen, at a terminal of Unix: it is left as it was however the typing ends, Ctrl-C
//! included, by which a program would otherwise end with a terminal that shows nothing any more.

use std::{
    fs::File,
    io::{self, Read, Write},
};

use imapclient::SecretString;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use crate::failure::{Failure, Result};

/// Ctrl-C.
const INTERRUPT: u8 = 3;
/// More than a terminal takes in a line.
const MOST: usize = 8192;

/// A line that is not shown while it is typed.
pub(super) fn line(prompt: &str) -> Result<SecretString> {
    let terminal = File::options().read(true).write(true).open("/dev/tty")?;
    let unseen = Unseen::begin(&terminal)?;
    (&terminal).write_all(prompt.as_bytes())?;
    // With room for all of it, so that no copy is left behind.
    let mut line = Vec::with_capacity(MOST);
    let end = loop {
        let mut byte = [0];
        match (&terminal).read(&mut byte) {
            // Ctrl-D.
            Ok(0) if line.is_empty() => break Err(Failure::Cancelled),
            Ok(0) => {}
            Ok(_) => match byte {
                [b'\n'] => break Ok(()),
                [INTERRUPT] => break Err(Failure::Cancelled),
                _ if line.len() == MOST => break Err(Failure::usage("that is too long")),
                [byte] => line.push(byte),
            },
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error.into()),
        }
    };
    drop(unseen);
    (&terminal).write_all(b"\n")?;
    end?;
    let line = String::from_utf8(line).map_err(|_| Failure::usage("that is no UTF-8"))?;
    Ok(line.into())
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Unseen<'t> {
    terminal: &'t File,
    before: Termios,
}

impl<'t> Unseen<'t> {
    /// The terminal itself goes on to do what its keys for corrections say.
    fn begin(terminal: &'t File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut unseen = before.clone();
        unseen
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ISIG);
        // Ctrl-C is read, as the end of a line, and is no signal.
        unseen.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
        tcsetattr(terminal, OptionalActions::Flush, &unseen)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Unseen<'_> {
    fn drop(&mut self) {
        // If the terminal is gone there is nothing to put in order.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}
