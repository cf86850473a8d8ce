//! The last lines of a conversation, without secrets.

use std::{collections::VecDeque, fmt};

use imapclient_codec::Part;
use imapclient_escape::escaped;

/// The number of lines that are kept.
const LINES: usize = 64;
/// The number of bytes that are kept of each line.
const WIDTH: usize = 240;
/// The memory of the lines in bytes from which an old one makes room for each new one.
const MEMORY: usize = 8 * 1024;

/// The sender of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a connection has two ends")]
pub enum Direction {
    /// Client to server.
    Client,
    /// Server to client.
    Server,
}

/// A line of the conversation, without passwords, tokens and the contents of literals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireLine {
    /// The sender of the line.
    pub direction: Direction,
    head: Vec<u8>,
    size: usize,
}

impl fmt::Display for WireLine {
    /// Writes `C:` or `S:` and the line, with control characters escaped.
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
    /// Returns the beginning of the line as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.head).into_owned()
    }
}

/// Returns the beginning of an incomplete line as text.
pub(crate) fn beginning(bytes: &[u8]) -> String {
    let head = bytes.get(..bytes.len().min(WIDTH)).unwrap_or_default();
    String::from_utf8_lossy(head).into_owned()
}

/// A ring buffer of lines that reuses their memory.
#[derive(Default)]
pub(crate) struct WireLog {
    lines: VecDeque<WireLine>,
    /// The memory of the lines, in bytes.
    memory: usize,
}

impl WireLog {
    /// Logs a command before it is sent.
    pub(crate) fn command(&mut self, tag: &str, parts: &[Part]) {
        self.line(Direction::Client, |head| {
            head.extend_from_slice(tag.as_bytes());
            head.push(b' ');
            for part in parts {
                match part {
                    Part::Text(text) => head.extend_from_slice(text),
                    Part::Secret(text) | Part::SecretLiteral(text) => {
                        head.extend_from_slice(hidden(text.len()).as_bytes());
                    }
                    Part::Literal { data, .. } => {
                        head.extend_from_slice(format!("<{} bytes>", data.len()).as_bytes());
                    }
                    Part::Announced { size, .. } => {
                        head.extend_from_slice(format!("<{size} bytes>").as_bytes());
                    }
                }
            }
            head.len()
        });
    }

    /// Logs a line of the client that is a secret of `size` bytes and not a command.
    pub(crate) fn secret(&mut self, size: usize) {
        self.client(&hidden(size));
    }

    /// Logs a line of the client that is not a command.
    pub(crate) fn client(&mut self, text: &str) {
        self.line(Direction::Client, |head| {
            head.extend_from_slice(text.as_bytes());
            head.len()
        });
    }

    /// Logs the first line of a response, without the contents of literals.
    pub(crate) fn server(&mut self, message: &[u8]) {
        self.line(Direction::Server, |head| {
            let start = message.get(..message.len().min(WIDTH)).unwrap_or_default();
            let end = memchr::memchr(b'\n', start).unwrap_or(start.len());
            let line = start.get(..end).unwrap_or_default();
            head.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            // The final line break is not counted.
            let end = message.strip_suffix(b"\n").unwrap_or(message);
            let end = end.strip_suffix(b"\r").unwrap_or(end);
            end.len().max(head.len())
        });
    }

    /// Returns the last line of the log if the server sent it.
    pub(crate) fn last_of_server(&self) -> Option<String> {
        let last = self.lines.back()?;
        (last.direction == Direction::Server).then(|| last.text())
    }

    /// Returns the lines that are kept, oldest first.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &WireLine> {
        self.lines.iter()
    }

    fn line(&mut self, direction: Direction, write: impl FnOnce(&mut Vec<u8>) -> usize) {
        let mut line = if self.lines.len() >= LINES || self.memory >= MEMORY {
            self.lines.pop_front()
        } else {
            None
        }
        .unwrap_or_else(|| WireLine {
            direction,
            head: Vec::new(),
            size: 0,
        });
        self.memory -= line.head.capacity();
        line.direction = direction;
        line.head.clear();
        line.size = write(&mut line.head);
        line.head.truncate(WIDTH);
        // A long command must not keep its memory here.
        line.head.shrink_to(WIDTH);
        self.memory += line.head.capacity();
        tracing::trace!(target: "imapclient::wire", "{line}");
        self.lines.push_back(line);
    }
}

/// Returns the placeholder for a secret of `size` bytes, including quotes or base64.
fn hidden(size: usize) -> String {
    format!("<secret, {size} bytes>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_leave_the_log_sooner_than_short_ones() {
        let mut log = WireLog::default();
        for n in 0..100 {
            log.client(&format!("{n}{}", "x".repeat(5000)));
        }
        let memory = log.lines.iter().map(|line| line.head.capacity());
        assert!(memory.sum::<usize>() < MEMORY + WIDTH);
        let last = log.lines.back().unwrap();
        assert!(log.lines.len() >= MEMORY / WIDTH && last.text().starts_with("99x"));
        for n in 0..200 {
            log.server(format!("* {n} EXISTS\r\n").as_bytes());
        }
        assert!(log.lines.len() >= MEMORY / WIDTH && log.lines.len() <= LINES);
        let mut short = WireLog::default();
        for n in 0..200 {
            short.server(format!("* {n} EXISTS\r\n").as_bytes());
        }
        assert_eq!(short.lines.len(), LINES);
    }
}
