//! A queue of bytes.

use std::{fmt, io};

/// A queue of bytes with a fixed capacity. Its memory is allocated with the first byte.
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    pub(crate) const CAPACITY: usize = 64 * 1024;

    pub(crate) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            end: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    pub(crate) fn room(&self) -> usize {
        Self::CAPACITY - self.len()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    pub(crate) fn consume(&mut self, count: usize) {
        self.start += count.min(self.len());
        if self.is_empty() {
            self.start = 0;
            self.end = 0;
        }
    }

    /// Appends as much of `bytes` as there is room for and returns the number of bytes.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> usize {
        let count = bytes.len().min(self.room());
        self.space()[..count].copy_from_slice(&bytes[..count]);
        self.end += count;
        count
    }

    /// Reads once, into all the room there is.
    pub(crate) fn fill(&mut self, reader: &mut dyn io::Read) -> io::Result<usize> {
        let space = self.space();
        let room = space.len();
        // A reader that returns more than it was given room for must not lead outside the buffer.
        let count = reader.read(space)?.min(room);
        self.end += count;
        Ok(count)
    }

    fn space(&mut self) -> &mut [u8] {
        if self.bytes.is_empty() {
            self.bytes.resize(Self::CAPACITY, 0);
        }
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        &mut self.bytes[self.end..]
    }
}

/// Shows only the length, since the content may be a password.
impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}
