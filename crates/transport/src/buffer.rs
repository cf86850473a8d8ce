//! A queue of bytes.

use std::{fmt, io};

/// A queue of bytes with a limited capacity. Its memory grows with what it has to hold, and is
/// given back by [`release`](Self::release).
pub(crate) struct Buffer {
    /// `start..end` is the content.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// The last read took all the room that it was offered, so more may be waiting.
    full: bool,
}

/// The smallest room that is offered to a read.
const READ: usize = 16 * 1024;
/// The smallest size of the memory.
const LEAST: usize = 256;

impl Buffer {
    pub(crate) const CAPACITY: usize = 64 * 1024;

    pub(crate) fn new() -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            end: 0,
            full: false,
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
        self.space(count)[..count].copy_from_slice(&bytes[..count]);
        self.end += count;
        count
    }

    /// Reads once, into at least 16 KiB or all the room there is.
    pub(crate) fn fill(&mut self, reader: &mut dyn io::Read) -> io::Result<usize> {
        let least = if self.full { Self::CAPACITY } else { READ };
        let space = self.space(least.min(self.room()));
        let room = space.len();
        // A reader that returns more than it was given room for must not lead outside the buffer.
        let count = reader.read(space)?.min(room);
        self.end += count;
        self.full = count == room;
        Ok(count)
    }

    /// Frees the memory if there is no content.
    pub(crate) fn release(&mut self) {
        if self.is_empty() {
            *self = Self::new();
        }
    }

    /// Returns the room behind the content, of at least `least` bytes.
    fn space(&mut self, least: usize) -> &mut [u8] {
        if self.bytes.len() - self.end < least {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.bytes.len() - self.end < least {
            let size = (self.end + least).next_power_of_two();
            self.bytes.resize(size.clamp(LEAST, Self::CAPACITY), 0);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_grows_with_the_content_and_is_given_back() {
        let mut buffer = Buffer::new();
        assert_eq!(buffer.append(b"A1 NOOP\r\n"), 9);
        assert_eq!(buffer.bytes.len(), LEAST);
        buffer.release();
        assert_eq!(buffer.bytes(), b"A1 NOOP\r\n");
        assert_eq!(
            buffer.append(&[0; 2 * Buffer::CAPACITY]),
            Buffer::CAPACITY - 9
        );
        assert_eq!(buffer.bytes.len(), Buffer::CAPACITY);
        buffer.consume(Buffer::CAPACITY);
        buffer.release();
        assert_eq!(buffer.bytes.capacity(), 0);
    }

    #[test]
    fn a_read_that_is_filled_makes_the_next_one_larger() {
        let mut buffer = Buffer::new();
        let mut source: &[u8] = &[1; 4 * READ + 1];
        assert_eq!(buffer.fill(&mut source).unwrap(), READ);
        assert_eq!(buffer.fill(&mut source).unwrap(), Buffer::CAPACITY - READ);
        buffer.consume(1);
        assert_eq!(buffer.fill(&mut source).unwrap(), 1);
        assert_eq!(buffer.bytes(), [1; 4 * READ]);
    }
}
