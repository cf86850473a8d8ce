//! The values that sets are created from.

use std::ops::{RangeFrom, RangeInclusive};

use super::{NumberSet, Ranges, SeqSet, SetRange, UidSet};
use crate::number::{MessageNumber, Seq, Uid};

/// Creates sets from each kind of number. Of the integers, only `u32` is one, so that the type of a
/// literal is known.
macro_rules! sets {
    ($($name:ident from $number:ident)+) => {$(
        impl $name {
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
        }

        from_numbers!($name, u32, |number: u32| number);
        from_numbers!($name, $number, $number::get);
        collections!($name, $number);
    )+};
}

macro_rules! from_numbers {
    ($name:ident, $number:ty, $value:expr) => {
        impl From<$number> for $name {
            fn from(number: $number) -> Self {
                Self::from_iter([number])
            }
        }

        impl From<RangeInclusive<$number>> for $name {
            /// Converts `3..=7` to `3:7`, and a range without numbers to the empty set.
            fn from(range: RangeInclusive<$number>) -> Self {
                let is_empty = range.is_empty();
                let (first, last) = range.into_inner();
                Self(match is_empty {
                    true => Ranges::default(),
                    false => Ranges::from_numbers($value(first)..=$value(last)),
                })
            }
        }

        impl From<RangeFrom<$number>> for $name {
            /// Converts `3..` to `3:*`, which always contains the last message, even if that is
            /// number 2.
            fn from(range: RangeFrom<$number>) -> Self {
                Self(Ranges::from_first($value(range.start)..))
            }
        }

        impl<const N: usize> From<[$number; N]> for $name {
            fn from(numbers: [$number; N]) -> Self {
                Self::from_iter(numbers)
            }
        }

        impl<const N: usize> From<&[$number; N]> for $name {
            fn from(numbers: &[$number; N]) -> Self {
                numbers.iter().copied().collect()
            }
        }

        impl From<&[$number]> for $name {
            fn from(numbers: &[$number]) -> Self {
                numbers.iter().copied().collect()
            }
        }

        impl From<Vec<$number>> for $name {
            fn from(numbers: Vec<$number>) -> Self {
                numbers.into_iter().collect()
            }
        }

        impl From<&Vec<$number>> for $name {
            fn from(numbers: &Vec<$number>) -> Self {
                numbers.iter().copied().collect()
            }
        }

        impl FromIterator<$number> for $name {
            fn from_iter<I: IntoIterator<Item = $number>>(numbers: I) -> Self {
                let mut set = Self::new();
                set.extend(numbers);
                set
            }
        }

        impl Extend<$number> for $name {
            fn extend<I: IntoIterator<Item = $number>>(&mut self, numbers: I) {
                let numbers = numbers.into_iter().map($value);
                self.0
                    .extend(numbers.map(|number| SetRange::Numbers(number, number)));
            }
        }
    };
}

macro_rules! collections {
    ($name:ident, $number:ident) => {
        impl From<&Self> for $name {
            fn from(set: &Self) -> Self {
                set.clone()
            }
        }

        impl FromIterator<Self> for $name {
            fn from_iter<I: IntoIterator<Item = Self>>(sets: I) -> Self {
                let mut all = Self::new();
                all.extend(sets);
                all
            }
        }

        impl Extend<Self> for $name {
            fn extend<I: IntoIterator<Item = Self>>(&mut self, sets: I) {
                for set in sets {
                    self.0.merge(set.0);
                }
            }
        }
    };
}

sets! {
    UidSet from Uid
    SeqSet from Seq
}

impl FromIterator<MessageNumber> for NumberSet {
    fn from_iter<I: IntoIterator<Item = MessageNumber>>(numbers: I) -> Self {
        let mut set = Ranges::default();
        let numbers = numbers.into_iter().map(MessageNumber::get);
        set.extend(numbers.map(|number| SetRange::Numbers(number, number)));
        Self(set)
    }
}

impl UidSet {
    /// Parses a set from a server. Empty members are skipped.
    pub(crate) fn read(wire: &[u8]) -> Result<Self, &'static str> {
        NumberSet::read(wire).map(NumberSet::into_uids)
    }
}

impl NumberSet {
    /// Returns the same set as one of UIDs, which it is if the command of its response was one by
    /// UID.
    #[must_use]
    pub fn into_uids(self) -> UidSet {
        UidSet(self.0)
    }

    /// Returns the same set as one of sequence numbers, which it is if the command of its response
    /// was not one by UID.
    #[must_use]
    pub fn into_seqs(self) -> SeqSet {
        SeqSet(self.0)
    }

    /// Parses a set from a server. Empty members are skipped.
    pub(crate) fn read(wire: &[u8]) -> Result<Self, &'static str> {
        Ranges::read(wire).map(Self)
    }
}
