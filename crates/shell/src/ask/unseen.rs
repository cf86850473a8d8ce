//! Reads a line without echo at a Unix terminal. The terminal is restored however reading ends,
//! including by Ctrl-C; otherwise the program would leave a terminal without echo.

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
/// More bytes than a terminal accepts in a line.
const MOST: usize = 8192;

/// Asks for a line without echoing it.
pub(super) fn line(prompt: &str) -> Result<SecretString> {
    let terminal = File::options().read(true).write(true).open("/dev/tty")?;
    let unseen = Unseen::begin(&terminal)?;
    (&terminal).write_all(prompt.as_bytes())?;
    // Sized beforehand, since growing would leave a copy behind.
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
                _ if line.len() == MOST => break Err(Failure::usage("the input is too long")),
                [byte] => line.push(byte),
            },
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error.into()),
        }
    };
    drop(unseen);
    (&terminal).write_all(b"\n")?;
    end?;
    let line = String::from_utf8(line).map_err(|_| Failure::usage("the input is not UTF-8"))?;
    Ok(line.into())
}

/// A terminal without echo, until this is dropped.
struct Unseen<'t> {
    terminal: &'t File,
    before: Termios,
}

impl<'t> Unseen<'t> {
    /// Turns off echo. The terminal still handles its editing keys.
    fn begin(terminal: &'t File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut unseen = before.clone();
        unseen
            .local_modes
            .remove(LocalModes::ECHO | LocalModes::ISIG);
        // Ctrl-C is read as the end of a line and sends no signal.
        unseen.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
        tcsetattr(terminal, OptionalActions::Flush, &unseen)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Unseen<'_> {
    fn drop(&mut self) {
        // If the terminal is gone there is nothing to restore.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}
