//! The last lines of a conversation, secrets left out.

use std::{collections::VecDeque, fmt};

use imapclient_codec::{Outgoing, Part};
use imapclient_escape::escaped;

/// Lines that are kept.
const LINES: usize = 64;
/// Bytes of a line that are kept.
const WIDTH: usize = 240;

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Client to server.
    Client,
    /// Server to client.
    Server,
}

/// A line of the conversation. Passwords, tokens and the contents of literals are not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireLine {
    /// Who said it.
    pub direction: Direction,
    head: Vec<u8>,
    size: usize,
}

impl fmt::Display for WireLine {
    /// `C:` or `S:` and the line, control characters escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = match self.direction {
            Direction::Client => 'C',
            Direction::Server => 'S',
        };
        write!(f, "{who}: ")?;
        for chunk in self.head.utf8_chunks() {
            write!(f, "{}", escaped(chunk.valid()))?;
            write!(f, "{}", chunk.invalid().escape_ascii())?;
        }
        match self.size - self.head.len() {
            0 => Ok(()),
            more => write!(f, " ... ({more} bytes more)"),
        }
    }
}

impl WireLine {
    /// Its beginning as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.head).into_owned()
    }
}

/// The beginning of bytes that are no whole line, as text.
pub(crate) fn beginning(bytes: &[u8]) -> String {
    let head = bytes.get(..bytes.len().min(WIDTH)).unwrap_or_default();
    String::from_utf8_lossy(head).into_owned()
}

/// A ring of lines that reuses their memory.
#[derive(Default)]
pub(crate) struct WireLog {
    lines: VecDeque<WireLine>,
}

impl WireLog {
    /// A command, before it is sent.
    pub(crate) fn command(&mut self, tag: &str, outgoing: &Outgoing) {
        self.line(Direction::Client, |head| {
            head.extend_from_slice(tag.as_bytes());
            head.push(b' ');
            for part in outgoing.parts() {
                match part {
                    Part::Text(text) => head.extend_from_slice(text),
                    Part::Secret(text) | Part::SecretLiteral(text) => {
                        head.extend_from_slice(hidden(text.len()).as_bytes());
                    }
                    Part::Literal { data, .. } => {
                        head.extend_from_slice(format!("<{} bytes>", data.len()).as_bytes());
                    }
                }
            }
            head.len()
        });
    }

    /// A secret line of ours that is no command, of so many bytes.
    pub(crate) fn secret(&mut self, size: usize) {
        self.client(&hidden(size));
    }

    /// A line of ours that is no command.
    pub(crate) fn client(&mut self, text: &str) {
        self.line(Direction::Client, |head| {
            head.extend_from_slice(text.as_bytes());
            head.len()
        });
    }

    /// A response. Only its first line is kept, without what follows in a literal.
    pub(crate) fn server(&mut self, message: &[u8]) {
        self.line(Direction::Server, |head| {
            let start = message.get(..message.len().min(WIDTH)).unwrap_or_default();
            let line = start
                .split(|byte| *byte == b'\n')
                .next()
                .unwrap_or_default();
            head.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            // The final line break says nothing.
            let end = message.strip_suffix(b"\n").unwrap_or(message);
            let end = end.strip_suffix(b"\r").unwrap_or(end);
            end.len().max(head.len())
        });
    }

    /// What the server has said last, if that is the last line of all.
    pub(crate) fn last_of_server(&self) -> Option<String> {
        let last = self.lines.back()?;
        (last.direction == Direction::Server).then(|| last.text())
    }

    /// What is kept, oldest first.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &WireLine> {
        self.lines.iter()
    }

    fn line(&mut self, direction: Direction, write: impl FnOnce(&mut Vec<u8>) -> usize) {
        let mut line = if self.lines.len() >= LINES {
            self.lines.pop_front()
        } else {
            None
        }
        .unwrap_or_else(|| WireLine {
            direction,
            head: Vec::new(),
            size: 0,
        });
        line.direction = direction;
        line.head.clear();
        line.size = write(&mut line.head);
        line.head.truncate(WIDTH);
        tracing::trace!(target: "imapclient::wire", "{line}");
        self.lines.push_back(line);
    }
}

/// What stands for a secret, quotes or base64 included.
fn hidden(size: usize) -> String {
    format!("<secret, {size} bytes>")
}
