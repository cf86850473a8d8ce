//! Sets of message numbers (RFC 9051 §9, `sequence-set`), kept as ranges and never expanded.

use std::{fmt, str::FromStr};

use crate::number::{MessageNumber, Seq, Uid};

mod convert;
mod ranges;

pub(crate) use ranges::Ranges;
pub use ranges::{SetError, SetRange};

macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident of $number:ident)+) => {$(
        $(#[$doc])*
        ///
        /// Parsed from text, it keeps its order; sets are equal if their ranges are equal in order.
        #[derive(Clone, PartialEq, Eq, Hash, Default)]
        pub struct $name(Ranges);

        impl $name {
            /// Creates an empty set.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// Returns whether the set is empty.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.as_slice().is_empty()
            }

            /// Returns whether the set surely contains `number`. Only the server knows the number
            /// of a `*`.
            #[must_use]
            pub fn contains(&self, number: $number) -> bool {
                self.0.contains(number.get())
            }

            /// Returns whether the set can contain `number`: true for every number if the set has a
            /// `*`, which denotes the last message even if its number is below the start of the
            /// range.
            #[must_use]
            pub fn may_contain(&self, number: $number) -> bool {
                self.has_star() || self.contains(number)
            }

            /// Returns whether the set contains a `*`.
            #[must_use]
            pub fn has_star(&self) -> bool {
                self.0.has_star()
            }

            /// Returns the ranges, in order.
            pub fn ranges(&self) -> impl ExactSizeIterator<Item = SetRange<$number>> + '_ {
                self.0.as_slice().iter().map(|range| range.of())
            }

            /// Returns the numbers one by one, in order; `None` with a `*`. A set from a server can
            /// contain four billion numbers, so limit how many you take.
            #[must_use]
            pub fn iter(&self) -> Option<impl Iterator<Item = $number> + '_> {
                let numbers = self.0.numbers()?;
                Some(numbers.filter_map($number::new))
            }

            /// Returns the total size of the ranges; `None` with a `*`.
            #[must_use]
            pub fn len(&self) -> Option<u64> {
                self.0.len()
            }

            /// Adds a number, then sorts and merges the set.
            pub fn insert(&mut self, number: $number) {
                self.0.insert(number.get());
            }

            /// Sorts and merges the ranges, which produces the shortest form of the same set.
            pub fn compact(&mut self) {
                self.0.compact();
            }

            /// Appends the ranges of another set, without changing the order of either.
            pub fn append(&mut self, later: Self) {
                self.0.append(later.0);
            }

            /// Returns the numbers of this set that are not in the other one, sorted and merged.
            /// Only the server knows the number of a `*`: a range with one is kept as it is, and
            /// takes nothing away.
            ///
            /// ```
            #[doc = concat!("use imapclient_codec::", stringify!($name), ";")]
            ///
            #[doc = concat!("let all: ", stringify!($name), " = \"1:9,20\".parse()?;")]
            /// assert_eq!(all.difference(&"3:4,9:30".parse()?).to_string(), "1:2,5:8");
            /// # Ok::<(), imapclient_codec::SetError>(())
            /// ```
            #[must_use]
            pub fn difference(&self, other: &Self) -> Self {
                Self(self.0.difference(&other.0))
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
    )+};
}

sets! {
    /// A set of unique identifiers ([`Uid`]).
    ///
    /// Created from numbers or ranges, it is sorted and merged. The number 0 does not exist: text
    /// that contains it is rejected, and a set that was created with it cannot be sent (see
    /// [`has_zero`](Self::has_zero)).
    ///
    /// ```
    /// use imapclient_codec::{Uid, UidSet};
    ///
    /// let set = UidSet::from([7, 3, 1, 2, 9]);
    /// assert_eq!(set.to_string(), "1:3,7,9");
    /// assert!(set.contains(Uid::MIN));
    /// let open: UidSet = "5,10:*".parse()?;
    /// assert!(open.has_star());
    /// assert_eq!(UidSet::all().to_string(), "1:*");
    /// # Ok::<(), imapclient_codec::SetError>(())
    /// ```
    UidSet of Uid
    /// A set of sequence numbers ([`Seq`]), which change with each EXPUNGE. Prefer UIDs.
    ///
    /// It is created in the same ways as a [`UidSet`], and never from one.
    ///
    /// ```
    /// use imapclient_codec::SeqSet;
    ///
    /// assert_eq!(SeqSet::from(1..=3).to_string(), "1:3");
    /// assert_eq!(SeqSet::last().to_string(), "*");
    /// ```
    SeqSet of Seq
    /// A set of numbers in a response that does not say which kind they are: UIDs if its command
    /// was one by UID, or else sequence numbers.
    ///
    /// ```
    /// use imapclient_codec::{NumberSet, UidSet};
    ///
    /// let modified: NumberSet = "7,9".parse()?;
    /// // The command was UID STORE.
    /// assert_eq!(modified.into_uids(), UidSet::from([7, 9]));
    /// # Ok::<(), imapclient_codec::SetError>(())
    /// ```
    NumberSet of MessageNumber
}
