//! Compressed connections whose data cannot be read.

use std::fmt;

/// The reason for which a compressed connection (RFC 4978) cannot be used any further, in
/// [`Error::Compression`](crate::Error::Compression).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CompressionProblem {
    /// The data of the server are not valid (RFC 1951).
    Damaged,
    /// The server has ended its data by a final block, although the connection goes on.
    Ended,
}

impl fmt::Display for CompressionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Damaged => "the compressed data from the server are damaged",
            Self::Ended => "the server has ended its compressed data",
        })
    }
}
