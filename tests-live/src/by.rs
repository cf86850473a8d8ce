//! Messages by UID or sequence number: a trial that runs with both is marked `#[trial(Uid, Seq)]`.

use std::any::Any;

use imapclient::{MessageId, Seq as SeqNumber, SeqSet, Uid as UidNumber, UidSet};

/// The kind of numbers by which a trial identifies messages.
pub trait Kind: Copy + 'static {
    /// The type of the numbers.
    type Id: MessageId;

    /// True for UIDs.
    const IS_UID: bool;

    /// Returns the numbers of all messages in a mailbox, given their UIDs.
    fn numbers(self, uids: &[UidNumber]) -> Vec<Self::Id>;

    /// Returns the messages with these numbers.
    fn messages(self, numbers: &[Self::Id]) -> <Self::Id as MessageId>::Set;
}

/// UIDs.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "it has no data")]
pub struct Uid;

/// Sequence numbers.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "it has no data")]
pub struct Seq;

impl Kind for Uid {
    type Id = UidNumber;

    const IS_UID: bool = true;

    fn numbers(self, uids: &[UidNumber]) -> Vec<UidNumber> {
        uids.to_vec()
    }

    fn messages(self, numbers: &[UidNumber]) -> UidSet {
        numbers.into()
    }
}

impl Kind for Seq {
    type Id = SeqNumber;

    const IS_UID: bool = false;

    fn numbers(self, uids: &[UidNumber]) -> Vec<SeqNumber> {
        let numbers = (1..).zip(uids).filter_map(|(seq, _)| SeqNumber::new(seq));
        numbers.collect()
    }

    fn messages(self, numbers: &[SeqNumber]) -> SeqSet {
        numbers.into()
    }
}

/// Converts a value to its own type, which a function that is generic over the kind cannot name.
///
/// # Panics
/// Panics if the types differ.
pub(crate) fn same<A: Any, B: Any>(value: A) -> B {
    let value: Box<dyn Any> = Box::new(value);
    *value.downcast().expect("the kind decides the type")
}
