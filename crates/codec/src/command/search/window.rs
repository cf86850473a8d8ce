//! Positions in a result.

use std::{fmt, ops::RangeInclusive};

use crate::outgoing::{InvalidArgument, Outgoing};

/// A range of positions in a result, from its beginning or from its end (RFC 9394 §3.1,
/// RFC 5267 §4.4).
///
/// ```
/// use imapclient_codec::command::PartialRange;
///
/// assert_eq!(PartialRange::first(1..=100).to_string(), "1:100");
/// assert_eq!(PartialRange::last(1..=100).to_string(), "-1:-100");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartialRange {
    sign: &'static str,
    from: u32,
    to: u32,
}

impl PartialRange {
    /// Creates a range of positions from the beginning, where the first is 1.
    #[must_use]
    pub fn first(places: RangeInclusive<u32>) -> Self {
        Self::new("", &places)
    }

    /// Creates a range of positions from the end, where the last is 1 (RFC 9394).
    #[must_use]
    pub fn last(places: RangeInclusive<u32>) -> Self {
        Self::new("-", &places)
    }

    fn new(sign: &'static str, places: &RangeInclusive<u32>) -> Self {
        Self {
            sign,
            from: *places.start(),
            to: *places.end(),
        }
    }

    /// Writes `PARTIAL 1:100`.
    pub(crate) fn write(self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        if self.from == 0 || self.from > self.to {
            return Err(InvalidArgument::new(
                "window",
                format!("{self} has to be like 1:100 or -1:-100"),
            ));
        }
        outgoing.push(&format!("PARTIAL {self}"));
        Ok(())
    }
}

impl fmt::Display for PartialRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sign, from, to } = self;
        write!(f, "{sign}{from}:{sign}{to}")
    }
}
