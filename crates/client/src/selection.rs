//! The messages that a command applies to, and the kind of number that identifies them.

use std::{
    fmt,
    hash::Hash,
    num::NonZeroU32,
    ops::{RangeFrom, RangeInclusive},
};

use imapclient_codec::{
    Fetch, InvalidArgument, NumberSet, Seq, SeqSet, Uid, UidSet, command::MessageSet,
};

use crate::{error::Missing, found::Found};

/// The kind of number that identifies a message: [`Uid`] or [`Seq`]. No other type implements it.
pub trait MessageId:
    Copy
    + Ord
    + Hash
    + fmt::Debug
    + fmt::Display
    + From<NonZeroU32>
    + Into<NonZeroU32>
    + Into<u32>
    + Send
    + Sync
    + 'static
    + sealed::Id
{
    /// A set of such numbers.
    type Set: MessageSelection<Id = Self>
        + Clone
        + Default
        + PartialEq
        + fmt::Debug
        + fmt::Display
        + Send
        + Sync;
}

impl MessageId for Uid {
    type Set = UidSet;
}

impl MessageId for Seq {
    type Set = SeqSet;
}

/// The messages that a command applies to.
///
/// | created from | identifies messages by | results by |
/// | --- | --- | --- |
/// | a [`Uid`], an integer (`u32`), a range, array, slice or vector of these; text such as `"1:5,9:*"`; a [`UidSet`]; the result of a [`search`](crate::Client::search) | UID | [`Uid`] |
/// | [`Saved`] | UID | [`Uid`] |
/// | a [`SeqSet`]; the result of a [`search_seq`](crate::Client::search_seq) | sequence number | [`Seq`] |
///
/// No other type implements it. In particular, a single [`Seq`] has to be put into a [`SeqSet`],
/// and a number of messages, such as [`Mailbox::exists`](crate::Mailbox::exists), is not the number
/// of a message:
///
/// ```
/// # imapclient_example::blocking!(|mut client| {
/// use imapclient::{Seq, SeqSet, Uid};
///
/// for (uid, flags) in client.flags([1, 2])? {
///     let uid: Uid = uid;
///     println!("{uid}: {flags}");
/// }
/// for (seq, flags) in client.flags(SeqSet::last())? {
///     let seq: Seq = seq;
///     println!("{seq}: {flags}");
/// }
/// # Ok(()) });
/// ```
///
/// ```compile_fail,E0277
/// # fn f(mut client: imapclient::blocking::Client) -> imapclient::Result {
/// let seq = imapclient::Seq::MIN;
/// client.flags(seq)?;
/// # Ok(()) }
/// ```
///
/// ```compile_fail,E0277
/// # fn f(mut client: imapclient::blocking::Client) -> imapclient::Result {
/// let mailbox = client.select("INBOX")?;
/// client.flags(mailbox.exists)?;
/// # Ok(()) }
/// ```
pub trait MessageSelection: sealed::Selection {
    /// The kind of number under which results are returned.
    type Id: MessageId;
}

/// A single message, by its [`Uid`] or by an integer (`u32`) that is one.
pub trait SingleMessage: MessageSelection<Id = Uid> {}

impl SingleMessage for Uid {}
impl SingleMessage for u32 {}

/// The messages that the last search with [`SearchReturn::Save`](crate::SearchReturn::Save) found:
/// `$` (RFC 5182). Needs the capability `SEARCHRES`.
///
/// ```
/// # imapclient_example::blocking!(|mut client| {
/// use imapclient::{FlagChange, Flag, Saved, SearchQuery, SearchReturn};
///
/// client.search(SearchQuery::new("FLAGGED").returning([SearchReturn::Save]))?;
/// client.store(Saved, FlagChange::add([Flag::Seen]))?;
/// # Ok(()) });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it has no data")]
pub struct Saved;

#[expect(unnameable_types, reason = "they seal the traits")]
pub(crate) mod sealed {
    use imapclient_codec::{Fetch, InvalidArgument, NumberSet, Uid, command::MessageSet};

    use super::MessageId;
    use crate::error::Missing;

    /// The differences between the two kinds of number.
    pub trait Id: Sized {
        /// True for UIDs: their commands have the prefix `UID`.
        const BY_UID: bool;

        /// Returns the number of the message that a response is about.
        fn of(fetch: &Fetch) -> Option<Self>;

        /// Returns the number of a message that could not be kept.
        fn of_missing(missing: &Missing) -> Option<Self>;

        /// Returns the number of a message that is known by its UID.
        fn of_uid(uid: Uid) -> Option<Self>;

        /// Returns the UID, if this is one.
        fn uid(self) -> Option<Uid>;

        /// Returns the numbers in the response to a command by this kind of number.
        fn set(numbers: NumberSet) -> Self::Set
        where
            Self: MessageId;

        /// Returns whether a set contains a message.
        fn contains(set: &Self::Set, message: Self) -> bool
        where
            Self: MessageId;

        /// Appends a set to another.
        fn append(set: &mut Self::Set, later: Self::Set)
        where
            Self: MessageId;
    }

    /// A value that selects messages.
    pub trait Selection {
        fn into_set(self) -> Result<MessageSet, InvalidArgument>;
    }
}

impl sealed::Id for Uid {
    const BY_UID: bool = true;

    fn of(fetch: &Fetch) -> Option<Self> {
        fetch.uid()
    }

    fn of_missing(missing: &Missing) -> Option<Self> {
        missing.uid
    }

    fn of_uid(uid: Uid) -> Option<Self> {
        Some(uid)
    }

    fn uid(self) -> Option<Uid> {
        Some(self)
    }

    fn set(numbers: NumberSet) -> UidSet {
        numbers.into_uids()
    }

    fn contains(set: &UidSet, message: Self) -> bool {
        set.contains(message)
    }

    fn append(set: &mut UidSet, later: UidSet) {
        set.append(later);
    }
}

impl sealed::Id for Seq {
    const BY_UID: bool = false;

    fn of(fetch: &Fetch) -> Option<Self> {
        fetch.seq()
    }

    fn of_missing(missing: &Missing) -> Option<Self> {
        missing.seq
    }

    fn of_uid(_uid: Uid) -> Option<Self> {
        None
    }

    fn uid(self) -> Option<Uid> {
        None
    }

    fn set(numbers: NumberSet) -> SeqSet {
        numbers.into_seqs()
    }

    fn contains(set: &SeqSet, message: Self) -> bool {
        set.contains(message)
    }

    fn append(set: &mut SeqSet, later: SeqSet) {
        set.append(later);
    }
}

/// Implements the selection by UID for types that convert to a set of UIDs.
macro_rules! uids {
    ($($type:ty $(where [$($generics:tt)*])?;)+) => {$(
        impl<$($($generics)*)?> sealed::Selection for $type {
            fn into_set(self) -> Result<MessageSet, InvalidArgument> {
                let set = MessageSet::Uids(UidSet::from(self));
                set.check()?;
                Ok(set)
            }
        }

        impl<$($($generics)*)?> MessageSelection for $type {
            type Id = Uid;
        }
    )+};
}

uids! {
    Uid;
    RangeInclusive<Uid>;
    RangeFrom<Uid>;
    [Uid; N] where [const N: usize];
    &[Uid; N] where [const N: usize];
    &[Uid];
    Vec<Uid>;
    &Vec<Uid>;
    u32;
    RangeInclusive<u32>;
    RangeFrom<u32>;
    [u32; N] where [const N: usize];
    &[u32; N] where [const N: usize];
    &[u32];
    Vec<u32>;
    &Vec<u32>;
    UidSet;
    &UidSet;
    Found<Uid>;
    &Found<Uid>;
}

/// Implements the selection by sequence number for types that convert to a set of these.
macro_rules! seqs {
    ($($type:ty;)+) => {$(
        impl sealed::Selection for $type {
            fn into_set(self) -> Result<MessageSet, InvalidArgument> {
                let set = MessageSet::Seqs(SeqSet::from(self));
                set.check()?;
                Ok(set)
            }
        }

        impl MessageSelection for $type {
            type Id = Seq;
        }
    )+};
}

seqs! {
    SeqSet;
    &SeqSet;
    Found<Seq>;
    &Found<Seq>;
}

impl sealed::Selection for Saved {
    fn into_set(self) -> Result<MessageSet, InvalidArgument> {
        Ok(MessageSet::Saved)
    }
}

impl MessageSelection for Saved {
    type Id = Uid;
}

impl sealed::Selection for &str {
    fn into_set(self) -> Result<MessageSet, InvalidArgument> {
        match self.parse::<UidSet>() {
            Ok(mut uids) => {
                // Some servers refuse sets that do not ascend.
                uids.compact();
                Ok(MessageSet::Uids(uids))
            }
            Err(error) => Err(InvalidArgument::new("message set", error.to_string())),
        }
    }
}

impl MessageSelection for &str {
    type Id = Uid;
}

impl sealed::Selection for &String {
    fn into_set(self) -> Result<MessageSet, InvalidArgument> {
        self.as_str().into_set()
    }
}

impl MessageSelection for &String {
    type Id = Uid;
}
