//! Records the commands that clients send.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use imapclient_loopback::lock;

/// The number of bytes that are kept of the data of clients.
const KEPT: usize = 16 * 1024 * 1024;

/// The longest time to wait for data of a client.
const LIMIT: Duration = Duration::from_secs(10);

/// Data that a client has sent: a command with its literals, or a line within one, such as `DONE`.
///
/// Passwords are included, so `Debug` shows only the tag and the name of a command.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The number of the connection, from 1, in the order in which they were opened.
    pub connection: u64,
    /// The bytes without the last CRLF.
    pub bytes: Vec<u8>,
}

/// The newest part of the data of all clients.
#[derive(Default)]
pub(super) struct Record {
    kept: Mutex<Kept>,
    changed: Condvar,
}

#[derive(Default)]
struct Kept {
    all: VecDeque<Received>,
    bytes: usize,
}

impl Received {
    /// Returns the bytes as text, in which invalid UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Returns the text without its first word, which is the tag of a command.
    pub fn command(&self) -> String {
        let text = self.text();
        text.split_once(' ')
            .map(|(_, rest)| rest.to_owned())
            .unwrap_or_default()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text after the second word may be secret, and so may a line of a single word, which
        // may be the response to a challenge.
        let text = self.text();
        let words: Vec<&str> = match text.split(' ').collect::<Vec<_>>()[..] {
            [tag, name, ..] => vec![tag, name],
            _ => Vec::new(),
        };
        f.debug_struct("Received")
            .field("connection", &self.connection)
            .field("words", &words)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

impl Record {
    pub(super) fn add(&self, connection: u64, bytes: &[u8]) {
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes).to_vec();
        let mut kept = lock(&self.kept);
        kept.bytes += bytes.len();
        kept.all.push_back(Received { connection, bytes });
        // The size of the struct counts as well, since otherwise empty lines would be free.
        while kept.bytes + kept.all.len() * size_of::<Received>() > KEPT {
            let Some(oldest) = kept.all.pop_front() else {
                break;
            };
            kept.bytes -= oldest.bytes.len();
        }
        drop(kept);
        self.changed.notify_all();
    }

    pub(super) fn all(&self) -> Vec<Received> {
        lock(&self.kept).all.iter().cloned().collect()
    }

    pub(super) fn clear(&self) {
        *lock(&self.kept) = Kept::default();
    }

    /// Waits for the first for which `wanted` returns true.
    pub(super) fn wait_for(&self, mut wanted: impl FnMut(&Received) -> bool) -> Option<Received> {
        let end = Instant::now() + LIMIT;
        let mut kept = lock(&self.kept);
        loop {
            if let Some(found) = kept.all.iter().find(|received| wanted(received)) {
                return Some(found.clone());
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let waited = self.changed.wait_timeout(kept, left);
            kept = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let record = Record::default();
        record.add(1, b"first\r\n");
        record.add(2, &vec![b'x'; KEPT - 200]);
        assert_eq!(record.all().len(), 2);
        record.add(3, &[b'y'; 200]);
        let left: Vec<_> = record.all().iter().map(|r| r.connection).collect();
        assert_eq!(left, [3]);
        record.clear();
        assert!(record.all().is_empty());
    }

    #[test]
    fn secrets_are_kept_but_not_shown() {
        let record = Record::default();
        record.add(1, b"a LOGIN bob sekret\r\n");
        record.add(1, b"c2VrcmV0\r\n");
        let all = record.all();
        assert_eq!(all[0].command(), "LOGIN bob sekret");
        assert_eq!(all[1].text(), "c2VrcmV0");
        let shown = format!("{all:?}");
        assert!(shown.contains("LOGIN"), "{shown}");
        assert!(
            !shown.contains("sekret") && !shown.contains("c2V"),
            "{shown}"
        );
    }
}
