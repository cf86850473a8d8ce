//! DEFLATE (RFC 1951) on one connection, in both directions, as COMPRESS begins it (RFC 4978).

use std::io::{self, ErrorKind};

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// The room for the result of one step, in bytes.
const STEP: usize = 16 * 1024;

/// The state of both directions.
#[derive(Debug)]
pub(crate) struct Deflate {
    compress: Compress,
    decompress: Decompress,
}

impl Deflate {
    pub(crate) fn new() -> Self {
        Self {
            compress: Compress::new(Compression::default(), false),
            decompress: Decompress::new(false),
        }
    }

    /// Returns these bytes compressed, and flushed so that the peer can read all of them.
    pub(crate) fn pack(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut packed = Vec::new();
        let mut rest = bytes;
        let (mut flushed, mut held_back) = (false, false);
        while !flushed {
            let flush = match rest {
                [] => FlushCompress::Sync,
                _ => FlushCompress::None,
            };
            packed.reserve(STEP);
            let before = self.compress.total_in();
            let step = self.compress.compress_vec(rest, &mut packed, flush);
            step.map_err(io::Error::other)?;
            let taken = usize::try_from(self.compress.total_in() - before);
            let is_full = packed.len() == packed.capacity();
            // A step that only has to deliver what an earlier one held back does not flush.
            flushed = rest.is_empty() && !held_back && !is_full;
            held_back = is_full;
            rest = &rest[taken.map_err(io::Error::other)?..];
        }
        Ok(packed)
    }

    /// Appends the original of these bytes to `bytes`. Returns whether the peer may send more.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidData`] if the bytes are not valid.
    pub(crate) fn unpack(&mut self, packed: &[u8], bytes: &mut Vec<u8>) -> io::Result<bool> {
        let mut rest = packed;
        loop {
            bytes.reserve(STEP);
            let (before, length) = (self.decompress.total_in(), bytes.len());
            let step = self
                .decompress
                .decompress_vec(rest, bytes, FlushDecompress::None);
            let step = step.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
            let taken = usize::try_from(self.decompress.total_in() - before);
            let taken = taken.map_err(io::Error::other)?;
            if step == Status::StreamEnd {
                return Ok(false);
            }
            if taken == 0 && bytes.len() == length && !rest.is_empty() {
                return Err(io::Error::new(ErrorKind::InvalidData, "no further step"));
            }
            rest = &rest[taken..];
            if rest.is_empty() && bytes.len() < bytes.capacity() {
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_it_arrives() {
        let (mut here, mut there) = (Deflate::new(), Deflate::new());
        for size in [1, 2, 100, STEP, 300_000] {
            let noise =
                (0_u64..size as u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a) >> 21) as u8);
            for bytes in [noise.collect::<Vec<_>>(), vec![b'x'; size]] {
                let packed = here.pack(&bytes).unwrap();
                let mut got = Vec::new();
                for piece in packed.chunks(7) {
                    assert!(there.unpack(piece, &mut got).unwrap());
                }
                assert_eq!(got, bytes, "{size}");
            }
        }
    }

    #[test]
    fn nonsense_is_an_error_and_an_end_is_an_end() {
        let mut got = Vec::new();
        let error = Deflate::new().unpack(&[7; 50], &mut got).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        // A stored block that is the last one.
        let end = [1, 2, 0, 253, 255, b'h', b'i'];
        assert!(!Deflate::new().unpack(&end, &mut got).unwrap());
        assert_eq!(got, b"hi");
    }
}
