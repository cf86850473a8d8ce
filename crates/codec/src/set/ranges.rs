//! The representation of both kinds of set.

use std::{
    cmp::Ordering,
    fmt,
    num::NonZeroU32,
    ops::{RangeFrom, RangeInclusive},
};

/// One range of a set of numbers of type `N`: [`Uid`](crate::Uid), [`Seq`](crate::Seq) or
/// [`MessageNumber`](crate::MessageNumber).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the grammar has no others")]
pub enum SetRange<N> {
    /// From the first number to the last, both included. The first is never greater than the last.
    Numbers(N, N),
    /// `n:*`: all numbers from `n`, and in any case the last message.
    From(N),
    /// `*`: the last message.
    Last,
}

/// The error for text that is not a set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why} at byte {at} of the set {text:?}")]
pub struct SetError {
    why: &'static str,
    at: usize,
    text: String,
}

impl SetError {
    /// Returns the position of the error in the text, in bytes.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }
}

/// Ranges in order. They may be unsorted, since the order matters in COPYUID.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Ranges {
    list: Vec<SetRange<u32>>,
    /// True if the list is not ascending, so that only a linear search finds a number.
    unsorted: bool,
    /// True if it was created with the number 0, which is not in the list.
    zero: bool,
}

impl Ranges {
    pub(crate) fn of(range: SetRange<u32>) -> Self {
        Self {
            list: vec![range],
            ..Self::default()
        }
    }

    pub(crate) fn from_numbers(range: RangeInclusive<u32>) -> Self {
        let mut ranges = Self::default();
        if !range.is_empty() {
            ranges.extend([SetRange::Numbers(*range.start(), *range.end())]);
        }
        ranges
    }

    pub(crate) fn from_first(range: RangeFrom<u32>) -> Self {
        Self {
            zero: range.start == 0,
            ..Self::of(SetRange::From(range.start.max(1)))
        }
    }

    pub(crate) fn has_zero(&self) -> bool {
        self.zero
    }

    /// Appends the ranges of another set, without changing the order of either.
    pub(crate) fn append(&mut self, later: Self) {
        self.zero |= later.zero;
        for range in later.list {
            self.push(range);
        }
    }

    /// Adds the ranges of another set, then sorts and merges all.
    pub(crate) fn merge(&mut self, other: Self) {
        self.zero |= other.zero;
        self.extend(other.list);
    }

    /// Parses the input of a user: strictly, with a reason for each error.
    pub(crate) fn parse(text: &str) -> Result<Self, SetError> {
        let mut ranges = Self::default();
        let mut at = 0;
        for member in text.split(',') {
            let blanks = member.len() - member.trim_start().len();
            let range = read_range(member.trim().as_bytes()).map_err(|why| SetError {
                why,
                at: at + blanks,
                text: text.to_owned(),
            })?;
            ranges.push(range);
            at += member.len() + 1;
        }
        Ok(ranges)
    }

    /// Parses the input of a server: leniently. The result is at most a small multiple of `wire`.
    pub(crate) fn read(wire: &[u8]) -> Result<Self, &'static str> {
        let mut ranges = Self::default();
        for member in wire.split(|&byte| byte == b',').map(<[u8]>::trim_ascii) {
            if !member.is_empty() {
                ranges.push(read_range(member)?);
            }
        }
        if ranges.list.is_empty() {
            Err("the set is empty")
        } else {
            Ok(ranges)
        }
    }

    pub(crate) fn as_slice(&self) -> &[SetRange<u32>] {
        &self.list
    }

    pub(crate) fn has_star(&self) -> bool {
        let star = |range: &SetRange<u32>| !matches!(range, SetRange::Numbers(..));
        if self.unsorted {
            self.list.iter().any(star)
        } else {
            self.list.last().is_some_and(star)
        }
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        if number == 0 {
            return false;
        }
        if self.unsorted {
            return self.list.iter().any(|range| range.contains(number));
        }
        let below = self
            .list
            .partition_point(|range| range.end() < u64::from(number));
        self.list
            .get(below)
            .is_some_and(|range| range.contains(number))
    }

    pub(crate) fn numbers(&self) -> Option<impl Iterator<Item = u32> + '_> {
        (!self.has_star()).then(|| {
            self.list.iter().flat_map(|range| match *range {
                SetRange::Numbers(first, last) => first..=last,
                // There are none without a `*`.
                SetRange::From(_) | SetRange::Last => RangeInclusive::new(1, 0),
            })
        })
    }

    pub(crate) fn len(&self) -> Option<u64> {
        self.list.iter().try_fold(0_u64, |sum, range| match *range {
            SetRange::Numbers(first, last) => sum.checked_add(u64::from(last - first) + 1),
            SetRange::From(_) | SetRange::Last => None,
        })
    }

    pub(crate) fn insert(&mut self, number: u32) {
        if !self.contains(number) {
            self.extend([SetRange::Numbers(number, number)]);
        }
    }

    /// Adds ranges, then sorts and merges all. Numbers in ascending order need no sorting.
    pub(crate) fn extend(&mut self, ranges: impl IntoIterator<Item = SetRange<u32>>) {
        for range in ranges {
            let range = match range {
                SetRange::Numbers(0, last) => {
                    self.zero = true;
                    SetRange::Numbers(1, last)
                }
                range => range,
            };
            match (self.list.last_mut(), range) {
                (_, SetRange::Numbers(_, 0)) => {}
                (Some(SetRange::Numbers(_, end)), SetRange::Numbers(first, last))
                    if end.checked_add(1) == Some(first) =>
                {
                    *end = last;
                }
                _ => self.push(range),
            }
        }
        if self.unsorted {
            self.compact();
        }
    }

    pub(crate) fn compact(&mut self) {
        if self.unsorted {
            self.list.sort_unstable_by(SetRange::order);
        }
        self.unsorted = false;
        self.list.dedup_by(|next, range| match (*range, *next) {
            (SetRange::From(_), _) => true,
            (SetRange::Last, SetRange::Last) => true,
            (SetRange::Numbers(start, end), SetRange::Numbers(first, last))
                if u64::from(first) <= u64::from(end) + 1 =>
            {
                *range = SetRange::Numbers(start, end.max(last));
                true
            }
            (SetRange::Numbers(start, end), SetRange::From(first))
                if u64::from(first) <= u64::from(end) + 1 =>
            {
                *range = SetRange::From(start);
                true
            }
            _ => false,
        });
    }

    /// Returns the numbers that are not in `other`, sorted.
    pub(crate) fn difference(&self, other: &Self) -> Self {
        let (mut ours, mut others) = (self.clone(), other.clone());
        ours.compact();
        others.compact();
        let mut rest = Self::default();
        let mut gone = others.list.iter().filter_map(|range| match *range {
            SetRange::Numbers(first, last) => Some((first, last)),
            SetRange::From(_) | SetRange::Last => None,
        });
        let mut next = gone.next();
        for range in ours.list {
            let SetRange::Numbers(mut first, last) = range else {
                rest.push(range);
                continue;
            };
            // Both are sorted, so that each range of `other` is passed once.
            let mut is_left = true;
            while let Some((from, to)) = next.filter(|(from, _)| *from <= last) {
                if from > first {
                    rest.push(SetRange::Numbers(first, from - 1));
                }
                if to >= last {
                    is_left = false;
                    break;
                }
                first = first.max(to + 1);
                next = gone.next();
            }
            if is_left {
                rest.push(SetRange::Numbers(first, last));
            }
        }
        rest
    }

    /// Splits into pieces of at most `max_bytes` bytes of text.
    pub(crate) fn split(&self, max_bytes: usize) -> impl Iterator<Item = Self> + '_ {
        let mut left = self.as_slice();
        std::iter::from_fn(move || {
            let mut bytes = 0;
            let fits = left.iter().take_while(|range| {
                bytes += range.wire_len() + usize::from(bytes > 0);
                bytes <= max_bytes
            });
            let count = fits.count().max(1);
            let (piece, rest) = left.split_at_checked(count)?;
            left = rest;
            Some(Self {
                list: piece.to_vec(),
                unsorted: self.unsorted,
                zero: self.zero,
            })
        })
    }

    pub(crate) fn push(&mut self, range: SetRange<u32>) {
        if let Some(last) = self.list.last() {
            // A `*` ends the order, since what follows it cannot be compared.
            self.unsorted |= last.end() >= range.start();
        }
        self.list.push(range);
    }
}

impl SetRange<u32> {
    /// Returns the range with numbers of their own type. No range of a set contains 0.
    pub(super) fn of<N: From<NonZeroU32>>(self) -> SetRange<N> {
        let typed = |number| N::from(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN));
        match self {
            Self::Numbers(first, last) => SetRange::Numbers(typed(first), typed(last)),
            Self::From(first) => SetRange::From(typed(first)),
            Self::Last => SetRange::Last,
        }
    }

    fn contains(self, number: u32) -> bool {
        match self {
            Self::Numbers(first, last) => (first..=last).contains(&number),
            Self::From(first) => first <= number,
            Self::Last => false,
        }
    }

    /// Returns the first number; for `*` alone, one above every number.
    fn start(self) -> u64 {
        match self {
            Self::Numbers(first, _) | Self::From(first) => u64::from(first),
            Self::Last => u64::from(u32::MAX) + 1,
        }
    }

    /// Returns the last number; with a `*`, one above every number.
    fn end(self) -> u64 {
        match self {
            Self::Numbers(_, last) => u64::from(last),
            Self::From(_) | Self::Last => u64::MAX,
        }
    }

    /// Orders by first number. Of ranges with the same first number, one with a `*` comes first, so
    /// that it absorbs the others; `*` alone comes last.
    fn order(&self, other: &Self) -> Ordering {
        let key = |range: Self| match range {
            Self::From(first) => (0, first, 0),
            Self::Numbers(first, _) => (0, first, 1),
            Self::Last => (1, 0, 0),
        };
        key(*self).cmp(&key(*other))
    }

    fn wire_len(self) -> usize {
        let digits = |n: u32| n.checked_ilog10().unwrap_or(0) as usize + 1;
        match self {
            Self::Numbers(first, last) if first == last => digits(first),
            Self::Numbers(first, last) => digits(first) + 1 + digits(last),
            Self::From(first) => digits(first) + 2,
            Self::Last => 1,
        }
    }
}

impl<N: fmt::Display + PartialEq> fmt::Display for SetRange<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbers(first, last) if first == last => write!(f, "{first}"),
            Self::Numbers(first, last) => write!(f, "{first}:{last}"),
            Self::From(first) => write!(f, "{first}:*"),
            Self::Last => f.write_str("*"),
        }
    }
}

impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            range.fmt(f)?;
        }
        Ok(())
    }
}

fn read_range(text: &[u8]) -> Result<SetRange<u32>, &'static str> {
    let Some(colon) = memchr::memchr(b':', text) else {
        return Ok(match read_number(text)? {
            Some(number) => SetRange::Numbers(number, number),
            None => SetRange::Last,
        });
    };
    let (first, last) = text.split_at_checked(colon).unwrap_or_default();
    Ok(
        match (
            read_number(first)?,
            read_number(last.get(1..).unwrap_or_default())?,
        ) {
            (Some(a), Some(b)) => SetRange::Numbers(a.min(b), a.max(b)),
            (Some(n), None) | (None, Some(n)) => SetRange::From(n),
            (None, None) => SetRange::Last,
        },
    )
}

/// Parses a number; `*` is `None`.
fn read_number(text: &[u8]) -> Result<Option<u32>, &'static str> {
    match text {
        b"*" => return Ok(None),
        b"" => return Err("a number is missing"),
        _ if !text.iter().all(u8::is_ascii_digit) => return Err("a number or `*` was expected"),
        _ => {}
    }
    let number = std::str::from_utf8(text)
        .ok()
        .and_then(|text| text.parse::<u32>().ok());
    match number {
        Some(0) => Err("there is no number 0"),
        Some(number) => Ok(Some(number)),
        None => Err("the number is too large"),
    }
}
