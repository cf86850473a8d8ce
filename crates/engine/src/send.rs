//! Output to the server, and the places in it that wait for a continuation request.

use std::collections::VecDeque;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use imapclient_codec::{Part, Tag};
use zeroize::{Zeroize, Zeroizing};

/// Literals of at least this size are queued without being copied.
const BIG: usize = 16 * 1024;

/// The literals that may be sent without waiting (RFC 7888).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NonSync {
    Never,
    /// `LITERAL-`: up to 4096 bytes.
    Small,
    /// `LITERAL+`: always.
    Always,
}

impl NonSync {
    fn allows(self, size: u64) -> bool {
        match self {
            Self::Never => false,
            Self::Small => size <= 4096,
            Self::Always => true,
        }
    }
}

#[derive(Default)]
pub(crate) struct Sender {
    queue: VecDeque<Piece>,
    /// The number of bytes of the first piece that have been written.
    sent: usize,
    /// The number of bytes ever queued.
    queued: u64,
    /// The number of bytes ever written or discarded.
    written: u64,
}

enum Piece {
    /// Small parts, joined. If `start` is true, a command begins here that must be kept when an
    /// earlier one is refused.
    Text {
        bytes: Vec<u8>,
        secret: bool,
        start: bool,
    },
    /// One big literal.
    Shared(Bytes),
    /// This many bytes of a literal, which the owner of the connection writes itself.
    Due(u64),
    /// Nothing more of this command may be sent before the server's continuation request.
    Wait(Tag),
}

impl Sender {
    /// Queues a whole command.
    pub(crate) fn command(&mut self, tag: &Tag, parts: Vec<Part>, non_sync: NonSync) {
        if self
            .queue
            .iter()
            .any(|piece| matches!(piece, Piece::Wait(_)))
        {
            self.queue.push_back(Piece::Text {
                bytes: Vec::new(),
                secret: false,
                start: true,
            });
        }
        self.text(tag.as_ref().as_bytes());
        self.text(b" ");
        for part in parts {
            match part {
                Part::Text(text) => self.text(&text),
                Part::Secret(text) => self.secret(&text),
                Part::Literal { data, binary } => {
                    self.announce(tag, data.len() as u64, binary, non_sync);
                    if data.len() >= BIG {
                        self.queued += data.len() as u64;
                        self.queue.push_back(Piece::Shared(data));
                    } else {
                        self.text(&data);
                    }
                }
                Part::Announced { size, binary } => {
                    self.announce(tag, size, binary, non_sync);
                    if size > 0 {
                        self.queued += size;
                        self.queue.push_back(Piece::Due(size));
                    }
                }
                Part::SecretLiteral(data) => {
                    self.announce(tag, data.len() as u64, false, non_sync);
                    self.secret(&data);
                }
            }
        }
        self.text(b"\r\n");
    }

    /// Queues a SASL response and returns its length in base64.
    pub(crate) fn base64(&mut self, data: &[u8]) -> usize {
        let text = Zeroizing::new(BASE64_STANDARD.encode(data));
        self.secret(text.as_bytes());
        self.text(b"\r\n");
        text.len()
    }

    /// Queues text of the client.
    pub(crate) fn text(&mut self, text: &[u8]) {
        self.queued += text.len() as u64;
        match self.queue.back_mut() {
            // A `Vec` with a secret must not reallocate: the old copy would not be wiped.
            Some(Piece::Text { bytes, secret, .. })
                if !*secret || bytes.capacity() - bytes.len() >= text.len() =>
            {
                bytes.extend_from_slice(text);
            }
            _ => self.piece(text.to_vec(), false),
        }
    }

    /// Returns the bytes that can be written now.
    pub(crate) fn output(&self) -> &[u8] {
        let bytes: &[u8] = match self.queue.front() {
            Some(Piece::Text { bytes, .. }) => bytes,
            Some(Piece::Shared(bytes)) => bytes,
            Some(Piece::Due(_) | Piece::Wait(_)) | None => &[],
        };
        bytes.get(self.sent..).unwrap_or_default()
    }

    /// Records that `n` bytes of the output have been written.
    pub(crate) fn wrote(&mut self, n: usize) {
        let n = n.min(self.output().len());
        self.sent += n;
        self.written += n as u64;
        if !self.output().is_empty() {
            return;
        }
        if matches!(
            self.queue.front(),
            Some(Piece::Text { .. } | Piece::Shared(_))
        ) {
            if let Some(piece) = self.queue.pop_front() {
                piece.wipe();
            }
            self.sent = 0;
        }
    }

    /// Returns the number of bytes that the owner of the connection has to write itself, before
    /// there is more output.
    pub(crate) fn due(&self) -> u64 {
        match self.queue.front() {
            Some(Piece::Due(left)) => *left,
            _ => 0,
        }
    }

    /// Records that the owner of the connection has written `n` of the bytes that were due.
    pub(crate) fn wrote_due(&mut self, n: u64) {
        let Some(Piece::Due(left)) = self.queue.front_mut() else {
            return;
        };
        let n = n.min(*left);
        *left -= n;
        self.written += n;
        if *left == 0 {
            self.queue.pop_front();
        }
    }

    /// Returns whether a command has bytes that only its caller knows and that are not written yet.
    pub(crate) fn lacks_bytes(&self) -> bool {
        let mut queue = self.queue.iter();
        queue.any(|piece| matches!(piece, Piece::Due(_)))
    }

    /// Returns the command whose literal waits for a continuation request, once the line that
    /// announces it has been written.
    pub(crate) fn waits(&self) -> Option<&Tag> {
        match self.queue.front() {
            Some(Piece::Wait(tag)) => Some(tag),
            _ => None,
        }
    }

    /// Handles a continuation request: the literal that waits may be sent.
    pub(crate) fn go_on(&mut self) {
        if self.waits().is_some() {
            self.queue.pop_front();
        }
    }

    /// Discards the rest of an answered command that still waits for a continuation request.
    pub(crate) fn answered(&mut self, answered: &Tag) {
        let Some(at) = self
            .queue
            .iter()
            .position(|piece| matches!(piece, Piece::Wait(tag) if tag == answered))
        else {
            return;
        };
        let next = self
            .queue
            .iter()
            .skip(at)
            .position(|piece| matches!(piece, Piece::Text { start: true, .. }))
            .map_or(self.queue.len(), |next| at + next);
        for piece in self.queue.drain(at..next) {
            self.written += piece.len();
            piece.wipe();
        }
    }

    /// Returns the number of bytes ever queued.
    pub(crate) fn queued(&self) -> u64 {
        self.queued
    }

    /// Returns the number of bytes ever written, including those that were discarded.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Returns whether everything that was queued has been written.
    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    fn announce(&mut self, tag: &Tag, size: u64, binary: bool, non_sync: NonSync) {
        let tilde = if binary { "~" } else { "" };
        if non_sync.allows(size) {
            self.text(format!("{tilde}{{{size}+}}\r\n").as_bytes());
        } else {
            self.text(format!("{tilde}{{{size}}}\r\n").as_bytes());
            self.queue.push_back(Piece::Wait(tag.clone()));
        }
    }

    fn secret(&mut self, text: &[u8]) {
        self.queued += text.len() as u64;
        match self.queue.back_mut() {
            Some(Piece::Text { bytes, secret, .. }) => {
                let mut grown = Vec::with_capacity(bytes.len() + text.len() + 64);
                grown.extend_from_slice(bytes);
                grown.extend_from_slice(text);
                if *secret {
                    bytes.zeroize();
                }
                *bytes = grown;
                *secret = true;
            }
            _ => {
                let mut bytes = Vec::with_capacity(text.len() + 64);
                bytes.extend_from_slice(text);
                self.piece(bytes, true);
            }
        }
    }

    fn piece(&mut self, bytes: Vec<u8>, secret: bool) {
        self.queue.push_back(Piece::Text {
            bytes,
            secret,
            start: false,
        });
    }
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::Text { bytes, .. } => bytes.len() as u64,
            Self::Shared(bytes) => bytes.len() as u64,
            Self::Due(left) => *left,
            Self::Wait(_) => 0,
        }
    }

    fn wipe(self) {
        if let Self::Text {
            mut bytes,
            secret: true,
            ..
        } = self
        {
            bytes.zeroize();
        }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.queue.drain(..).for_each(Piece::wipe);
    }
}
