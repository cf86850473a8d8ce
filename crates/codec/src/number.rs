//! The numbers of messages, each kind with its own type, and their count.

use std::{
    fmt,
    num::{NonZeroU32, ParseIntError},
    str::FromStr,
};

use crate::outgoing::InvalidArgument;

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[cfg_attr(feature = "serde", serde(transparent))]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The lowest number: 1.
            pub const MIN: Self = Self(NonZeroU32::MIN);

            /// The highest number.
            pub const MAX: Self = Self(NonZeroU32::MAX);

            /// Returns the number; `None` for 0, which no message has.
            #[must_use]
            pub const fn new(number: u32) -> Option<Self> {
                match NonZeroU32::new(number) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// Returns the value.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0.get()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidArgument;

            /// Parses decimal digits.
            fn from_str(text: &str) -> Result<Self, InvalidArgument> {
                let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
                let number = text.parse().map_err(|error: ParseIntError| error.to_string());
                match number {
                    Ok(0) => Err(zero($what)),
                    Ok(number) if all_digits => Self::try_from(number),
                    Ok(_) => Err(InvalidArgument::new($what, "it consists of digits only")),
                    Err(why) => Err(InvalidArgument::new($what, why)),
                }
            }
        }

        impl From<NonZeroU32> for $name {
            fn from(number: NonZeroU32) -> Self {
                Self(number)
            }
        }

        impl TryFrom<u32> for $name {
            type Error = InvalidArgument;

            /// Fails for 0, which no message has.
            fn try_from(number: u32) -> Result<Self, InvalidArgument> {
                Self::new(number).ok_or_else(|| zero($what))
            }
        }

        impl From<$name> for NonZeroU32 {
            fn from(number: $name) -> Self {
                number.0
            }
        }

        impl From<$name> for u32 {
            fn from(number: $name) -> Self {
                number.get()
            }
        }

        impl PartialEq<u32> for $name {
            fn eq(&self, other: &u32) -> bool {
                self.get() == *other
            }
        }
    )+};
}

numbers! {
    /// The unique identifier of a message (RFC 9051 §2.3.1.1): its permanent number in a mailbox,
    /// valid as long as the UIDVALIDITY of the mailbox does not change.
    ///
    /// ```
    /// use imapclient_codec::{Uid, UidSet};
    ///
    /// let uid: Uid = "7".parse()?;
    /// assert_eq!((uid.get(), uid.to_string()), (7, "7".to_owned()));
    /// assert_eq!(UidSet::from(uid), UidSet::from(7));
    /// assert_eq!(Uid::new(0), None);
    /// # Ok::<(), imapclient_codec::InvalidArgument>(())
    /// ```
    Uid, "UID";
    /// The sequence number of a message (RFC 9051 §2.3.1.2): its position in the selected mailbox,
    /// which changes when messages before it are removed.
    ///
    /// It is not a [`Uid`], and does not convert to one:
    ///
    /// ```compile_fail,E0277
    /// use imapclient_codec::{Seq, UidSet};
    ///
    /// let uids = UidSet::from(Seq::MIN);
    /// ```
    Seq, "sequence number";
    /// The number of a message in a response that does not say which kind it is: a [`Uid`] if the
    /// command of the response was one by UID, or else a [`Seq`].
    ///
    /// ```
    /// use imapclient_codec::{Decoder, Limits, MessageNumber, RawResponse, Response, Uid};
    ///
    /// let line: &[u8] = b"* SEARCH 2 84 882\r\n";
    /// let response = Decoder::new(Limits::default()).decode(&RawResponse::from(line));
    /// let Response::Search(found) = response else { panic!() };
    /// // The command was UID SEARCH.
    /// let uids: Vec<Uid> = found.numbers.into_iter().map(MessageNumber::as_uid).collect();
    /// assert_eq!(uids, [2, 84, 882]);
    /// ```
    MessageNumber, "message number";
}

impl MessageNumber {
    /// Returns the number as a UID, which it is if the command of its response was one by UID.
    #[must_use]
    pub const fn as_uid(self) -> Uid {
        Uid(self.0)
    }

    /// Returns the number as a sequence number, which it is if the command of its response was not
    /// one by UID.
    #[must_use]
    pub const fn as_seq(self) -> Seq {
        Seq(self.0)
    }
}

/// Returns the error for the number 0.
fn zero(what: &'static str) -> InvalidArgument {
    let why = "no message has the number 0: UIDs and sequence numbers begin at 1";
    InvalidArgument::new(what, why)
}

/// A number of messages, as in EXISTS. It is not the number of a message, and converts to no set.
///
/// ```
/// use imapclient_codec::MessageCount;
///
/// let exists = MessageCount::from(23);
/// assert!(exists > 22 && exists.get() == 23);
/// ```
///
/// ```compile_fail,E0277
/// use imapclient_codec::{MessageCount, UidSet};
///
/// let uids = UidSet::from(MessageCount::from(23));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct MessageCount(u32);

impl MessageCount {
    /// Returns the value.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Returns the count after `removed` messages are gone; 0 if there were fewer.
    #[must_use]
    pub const fn saturating_sub(self, removed: u32) -> Self {
        Self(self.0.saturating_sub(removed))
    }
}

impl fmt::Display for MessageCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<u32> for MessageCount {
    fn from(count: u32) -> Self {
        Self(count)
    }
}

impl From<MessageCount> for u32 {
    fn from(count: MessageCount) -> Self {
        count.0
    }
}

impl From<MessageCount> for u64 {
    fn from(count: MessageCount) -> Self {
        count.0.into()
    }
}

impl PartialEq<u32> for MessageCount {
    fn eq(&self, other: &u32) -> bool {
        self.0 == *other
    }
}

impl PartialOrd<u32> for MessageCount {
    fn partial_cmp(&self, other: &u32) -> Option<std::cmp::Ordering> {
        self.0.partial_cmp(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_digits_without_a_sign() {
        for (text, expected) in [
            ("1", Ok(1)),
            ("4294967295", Ok(u32::MAX)),
            ("007", Ok(7)),
            ("0", Err("begin at 1")),
            ("+1", Err("digits only")),
            ("-1", Err("invalid digit")),
            ("", Err("empty")),
            ("*", Err("invalid digit")),
            ("4294967296", Err("too large")),
        ] {
            match (text.parse::<Uid>(), expected) {
                (Ok(uid), Ok(number)) => assert_eq!(uid, number, "{text}"),
                (Err(error), Err(why)) => {
                    let error = error.to_string();
                    assert!(error.starts_with("invalid UID: "), "{error}");
                    assert!(error.contains(why), "{text}: {error}");
                }
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }
}
