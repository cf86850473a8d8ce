//! Sets of message numbers (RFC 9051 §9, `sequence-set`), kept as ranges and never expanded.

use std::{
    fmt,
    ops::{RangeFrom, RangeInclusive},
    str::FromStr,
};

mod ranges;

pub(crate) use ranges::Ranges;
pub use ranges::{SetError, SetRange};

macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        ///
        /// Created from numbers or ranges, it is sorted and merged. Parsed from text, it keeps its
        /// order; sets are equal if their ranges are equal in order. The number 0 does not exist:
        /// text that contains it is rejected, and a set that was created with it cannot be sent
        /// (see [`has_zero`](Self::has_zero)).
        ///
        /// ```
        #[doc = concat!("use imapclient_codec::", stringify!($name), ";")]
        ///
        #[doc = concat!("let set = ", stringify!($name), "::from([7, 3, 1, 2, 9]);")]
        /// assert_eq!(set.to_string(), "1:3,7,9");
        #[doc = concat!("let open: ", stringify!($name), " = \"5,10:*\".parse()?;")]
        /// assert!(open.contains(5) && open.contains(4_000_000_000) && !open.contains(6));
        #[doc = concat!("assert_eq!(", stringify!($name), "::all().to_string(), \"1:*\");")]
        /// # Ok::<(), imapclient_codec::SetError>(())
        /// ```
        #[derive(Clone, PartialEq, Eq, Hash, Default)]
        pub struct $name(Ranges);

        impl $name {
            /// Creates an empty set.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// Returns the set of all messages: `1:*`.
            #[must_use]
            pub fn all() -> Self {
                Self(Ranges::of(SetRange::From(1)))
            }

            /// Returns the set of the last message in the mailbox: `*`.
            #[must_use]
            pub fn last() -> Self {
                Self(Ranges::of(SetRange::Last))
            }

            /// Returns whether the set was created with the number 0. The number is not in the set,
            /// since no message has it, and commands with such a set are refused before anything is
            /// sent.
            #[must_use]
            pub fn has_zero(&self) -> bool {
                self.0.has_zero()
            }

            /// Returns whether the set is empty.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.as_slice().is_empty()
            }

            /// Returns whether the set surely contains `number`. Only the server knows the number
            /// of a `*`.
            #[must_use]
            pub fn contains(&self, number: u32) -> bool {
                self.0.contains(number)
            }

            /// Returns whether the set can contain `number`: true for every number if the set has a
            /// `*`, which denotes the last message even if its number is below the start of the
            /// range.
            #[must_use]
            pub fn may_contain(&self, number: u32) -> bool {
                self.has_star() || self.contains(number)
            }

            /// Returns whether the set contains a `*`.
            #[must_use]
            pub fn has_star(&self) -> bool {
                self.0.has_star()
            }

            /// Returns the ranges, in order.
            pub fn ranges(&self) -> impl ExactSizeIterator<Item = SetRange> + '_ {
                self.0.as_slice().iter().copied()
            }

            /// Returns the numbers one by one, in order; `None` with a `*`. A set from a server can
            /// contain four billion numbers, so limit how many you take.
            #[must_use]
            pub fn iter(&self) -> Option<impl Iterator<Item = u32> + '_> {
                self.0.numbers()
            }

            /// Returns the total size of the ranges; `None` with a `*`.
            #[must_use]
            pub fn len(&self) -> Option<u64> {
                self.0.len()
            }

            /// Adds a number, then sorts and merges the set.
            pub fn insert(&mut self, number: u32) {
                self.0.insert(number);
            }

            /// Sorts and merges the ranges, which produces the shortest form of the same set.
            pub fn compact(&mut self) {
                self.0.compact();
            }

            /// Appends the ranges of another set, without changing the order of either.
            pub fn append(&mut self, later: Self) {
                self.0.append(later.0);
            }

            /// Splits the set into pieces whose text has at most `max_bytes` bytes, except that
            /// each has at least one range. The empty set has no pieces.
            pub fn split(&self, max_bytes: usize) -> impl Iterator<Item = Self> + '_ {
                self.0.split(max_bytes).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = SetError;

            /// Parses `1:5,7,9:*`. Spaces around members are ignored, and `7:3` means `3:7`.
            fn from_str(text: &str) -> Result<Self, SetError> {
                Ranges::parse(text).map(Self)
            }
        }

        impl From<u32> for $name {
            fn from(number: u32) -> Self {
                Self::from_iter([number])
            }
        }

        impl From<RangeInclusive<u32>> for $name {
            /// Converts `3..=7` to `3:7`, and a range without numbers to the empty set.
            fn from(range: RangeInclusive<u32>) -> Self {
                Self(Ranges::from_numbers(range))
            }
        }

        impl From<RangeFrom<u32>> for $name {
            /// Converts `3..` to `3:*`, which always contains the last message, even if that is
            /// number 2.
            fn from(range: RangeFrom<u32>) -> Self {
                Self(Ranges::from_first(range))
            }
        }

        impl<const N: usize> From<[u32; N]> for $name {
            fn from(numbers: [u32; N]) -> Self {
                Self::from_iter(numbers)
            }
        }

        impl<const N: usize> From<&[u32; N]> for $name {
            fn from(numbers: &[u32; N]) -> Self {
                numbers.iter().copied().collect()
            }
        }

        impl From<&[u32]> for $name {
            fn from(numbers: &[u32]) -> Self {
                numbers.iter().copied().collect()
            }
        }

        impl From<Vec<u32>> for $name {
            fn from(numbers: Vec<u32>) -> Self {
                numbers.into_iter().collect()
            }
        }

        impl From<&Vec<u32>> for $name {
            fn from(numbers: &Vec<u32>) -> Self {
                numbers.iter().copied().collect()
            }
        }

        impl From<&Self> for $name {
            fn from(set: &Self) -> Self {
                set.clone()
            }
        }

        impl FromIterator<u32> for $name {
            fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
                let mut set = Self::new();
                set.extend(numbers);
                set
            }
        }

        impl FromIterator<Self> for $name {
            fn from_iter<I: IntoIterator<Item = Self>>(sets: I) -> Self {
                let mut all = Self::new();
                all.extend(sets);
                all
            }
        }

        impl Extend<u32> for $name {
            fn extend<I: IntoIterator<Item = u32>>(&mut self, numbers: I) {
                self.0.extend(numbers.into_iter().map(|n| SetRange::Numbers(n, n)));
            }
        }

        impl Extend<Self> for $name {
            fn extend<I: IntoIterator<Item = Self>>(&mut self, sets: I) {
                for set in sets {
                    self.0.merge(set.0);
                }
            }
        }
    )+};
}

sets! {
    /// A set of unique identifiers (UIDs).
    UidSet
    /// A set of message sequence numbers, which change with each EXPUNGE. Prefer UIDs.
    SeqSet
}

impl UidSet {
    /// Parses a set from a server. Empty members are skipped.
    pub(crate) fn read(wire: &[u8]) -> Result<Self, &'static str> {
        Ranges::read(wire).map(Self)
    }
}
