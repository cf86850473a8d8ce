//! Compression (RFC 1951) between the plaintext and TLS, in both directions, without I/O.
//!
//! ```text
//!   write ─▶ Deflater ─▶ outgoing ─▶ TLS
//!   read  ◀─ Inflater ◀─ packed   ◀─ TLS
//! ```
//!
//! The inflater never produces more than the reader has room for, except for [`AHEAD`] bytes, so
//! that a few bytes that inflate to a gibibyte take no memory. The deflater is flushed when there
//! is nothing more to write, not after each piece.

use std::io::{self, Read};

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use crate::{Error, buffer::Buffer};

/// The number of bytes that are inflated before they are read, to know whether there are any.
const AHEAD: usize = 4 * 1024;
/// The number of compressed bytes that are taken from the layer below at once.
const PACKED: usize = 16 * 1024;
/// The longest end of the compressed output without any data in it: a flush adds an empty block of
/// at most 5 bytes, and two more if the room was used up.
const MARKER: usize = 15;

/// The input of the peer.
pub(crate) struct Inflater {
    state: Decompress,
    /// Compressed bytes, of which the first `taken` have been inflated.
    packed: Vec<u8>,
    taken: usize,
    /// True if the last step may have left output behind for the lack of room.
    is_full: bool,
    /// Inflated bytes, of which the first `read` have been read.
    ahead: Vec<u8>,
    read: usize,
    failure: Option<Failure>,
}

/// The reason why no more can be inflated.
#[derive(Clone, Copy)]
enum Failure {
    Damaged,
    Ended,
}

impl Inflater {
    /// Creates an inflater that begins with these compressed bytes.
    pub(crate) fn new(packed: &[u8]) -> Self {
        Self {
            state: Decompress::new(false),
            packed: packed.to_vec(),
            taken: 0,
            is_full: false,
            ahead: Vec::new(),
            read: 0,
            failure: None,
        }
    }

    /// Returns whether [`read`](Self::read) would return any bytes now, provided that
    /// [`look_ahead`](Self::look_ahead) was called after the last change of the layer below.
    pub(crate) fn has_input(&self) -> bool {
        self.read < self.ahead.len()
    }

    /// Returns the error for data that cannot be inflated, once everything before has been read.
    pub(crate) fn failure(&self) -> Option<Error> {
        let failure = self.failure.filter(|_| !self.has_input())?;
        Some(match failure {
            Failure::Damaged => Error::Inflate,
            Failure::Ended => Error::CompressionEnded,
        })
    }

    /// Copies inflated bytes and returns their number: 0 if there are none now. `below` reads from
    /// the layer below in the same way.
    ///
    /// # Errors
    /// Returns the errors of `below`, and that of the data, once everything before it has been
    /// read.
    pub(crate) fn read(
        &mut self,
        plaintext: &mut [u8],
        below: &mut dyn FnMut(&mut [u8]) -> Result<usize, Error>,
    ) -> Result<usize, Error> {
        let ahead = &self.ahead[self.read..];
        let mut count = ahead.len().min(plaintext.len());
        plaintext[..count].copy_from_slice(&ahead[..count]);
        self.read += count;
        while count < plaintext.len() {
            match self.inflate(&mut plaintext[count..], below) {
                Ok(0) => break,
                Ok(more) => count += more,
                Err(error) if count == 0 => return Err(error),
                // The error comes again when the bytes before it have been read.
                Err(_) => break,
            }
        }
        self.look_ahead(below);
        Ok(count)
    }

    /// Inflates a few bytes if there are any, for [`has_input`](Self::has_input).
    pub(crate) fn look_ahead(&mut self, below: &mut dyn FnMut(&mut [u8]) -> Result<usize, Error>) {
        if self.has_input() {
            return;
        }
        let mut ahead = std::mem::take(&mut self.ahead);
        ahead.resize(AHEAD, 0);
        // An error comes again with the next call.
        let count = self.inflate(&mut ahead, below).unwrap_or(0);
        ahead.truncate(count);
        self.read = 0;
        // Nothing is kept while nothing arrives.
        self.ahead = if count > 0 { ahead } else { Vec::new() };
    }

    /// Inflates until there is something, and returns the number of bytes: 0 if more input is
    /// needed.
    fn inflate(
        &mut self,
        room: &mut [u8],
        below: &mut dyn FnMut(&mut [u8]) -> Result<usize, Error>,
    ) -> Result<usize, Error> {
        loop {
            if let Some(error) = self.failure() {
                return Err(error);
            }
            if self.taken == self.packed.len() && !self.is_full {
                self.packed.resize(PACKED, 0);
                self.taken = 0;
                let more = below(&mut self.packed);
                self.packed.truncate(*more.as_ref().unwrap_or(&0));
                if more? == 0 {
                    self.packed = Vec::new();
                    return Ok(0);
                }
            }
            let packed = &self.packed[self.taken..];
            let (before_in, before_out) = (self.state.total_in(), self.state.total_out());
            let step = self.state.decompress(packed, room, FlushDecompress::None);
            let taken = moved(before_in, self.state.total_in(), packed.len());
            let count = moved(before_out, self.state.total_out(), room.len());
            let is_stuck = taken == 0 && count == 0 && !packed.is_empty();
            self.taken += taken;
            self.is_full = count == room.len();
            match step {
                Ok(Status::StreamEnd) => self.failure = Some(Failure::Ended),
                Ok(_) if !is_stuck => {}
                Ok(_) | Err(_) => self.failure = Some(Failure::Damaged),
            }
            if count > 0 {
                return Ok(count);
            }
        }
    }
}

/// The output of this end.
pub(crate) struct Deflater {
    state: Compress,
    progress: Progress,
    /// True if the last step may have left output behind for the lack of room.
    is_full: bool,
}

/// The part of the plaintext that has left the deflater.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// All of it.
    Flushed,
    /// All of it may have, and a part of the flush may be missing.
    Flushing,
    /// At least its last byte has not.
    Held,
}

impl Deflater {
    pub(crate) fn new() -> Self {
        Self {
            state: Compress::new(Compression::default(), false),
            progress: Progress::Flushed,
            is_full: false,
        }
    }

    /// Compresses plaintext into `outgoing` as far as there is room, and returns the number of
    /// bytes taken. Some of them stay here until [`flush`](Self::flush).
    pub(crate) fn write(
        &mut self,
        plaintext: &[u8],
        outgoing: &mut Buffer,
    ) -> Result<usize, Error> {
        let mut count = 0;
        while count < plaintext.len() && outgoing.room() > 0 {
            let (taken, made) = self.step(&plaintext[count..], FlushCompress::None, outgoing)?;
            if taken > 0 {
                self.progress = Progress::Held;
            }
            count += taken;
            if taken == 0 && made == 0 {
                break;
            }
        }
        Ok(count)
    }

    /// Moves everything that was written into `outgoing`, as far as there is room.
    pub(crate) fn flush(&mut self, outgoing: &mut Buffer) -> Result<(), Error> {
        while !self.is_flushed() && outgoing.room() > 0 {
            self.progress = Progress::Flushing;
            // A step that delivers what an earlier one held back does not flush.
            let delivers = self.is_full;
            self.step(&[], FlushCompress::Sync, outgoing)?;
            if !delivers && !self.is_full {
                self.progress = Progress::Flushed;
            }
        }
        Ok(())
    }

    /// Returns whether everything that was written has left the deflater.
    pub(crate) fn is_flushed(&self) -> bool {
        self.progress == Progress::Flushed
    }

    /// Returns whether a flush was begun and could not be completed yet.
    pub(crate) fn is_flushing(&self) -> bool {
        self.progress == Progress::Flushing
    }

    /// Returns whether the last byte of plaintext is certainly still here or in `outgoing`.
    pub(crate) fn holds_end(&self, outgoing: &Buffer) -> bool {
        self.progress == Progress::Held || outgoing.len() > MARKER
    }

    /// Compresses once. Returns the number of bytes taken, and that of the output.
    fn step(
        &mut self,
        plaintext: &[u8],
        flush: FlushCompress,
        outgoing: &mut Buffer,
    ) -> Result<(usize, usize), Error> {
        let before = self.state.total_in();
        let mut step = Step {
            state: &mut self.state,
            plaintext,
            flush,
            is_full: false,
        };
        let made = outgoing.fill(&mut step).map_err(Error::Io)?;
        self.is_full = step.is_full;
        let taken = moved(before, self.state.total_in(), plaintext.len());
        Ok((taken, made))
    }
}

/// One step of a deflater, as the reader of its output.
struct Step<'a> {
    state: &'a mut Compress,
    plaintext: &'a [u8],
    flush: FlushCompress,
    /// True if the output takes all the room.
    is_full: bool,
}

impl Read for Step<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let before = self.state.total_out();
        self.state
            .compress(self.plaintext, room, self.flush)
            .map_err(io::Error::other)?;
        let made = moved(before, self.state.total_out(), room.len());
        self.is_full = made == room.len();
        Ok(made)
    }
}

/// Returns the difference of two totals, which is at most `most`.
fn moved(before: u64, after: u64, most: usize) -> usize {
    usize::try_from(after - before).map_or(most, |count| count.min(most))
}

#[cfg(test)]
mod tests;
