//! The commands that may be under way together.

use crate::{
    mailbox::MailboxName,
    number::Uid,
    set::{SetRange, UidSet},
};

/// The answer of a command, as far as it decides which other commands may be under way at the same
/// time.
///
/// A client may send a command before an earlier one is answered, unless the server's responses
/// could then belong to either of them (RFC 9051 §5.5). Each function of
/// [`command`](crate::command) states the kind of answer of the command that it writes:
/// [`Outgoing::concurrency`](crate::Outgoing::concurrency).
///
/// ```
/// use imapclient_codec::{UidSet, command::{self, MessageSet}};
///
/// let fetch = |set: &str| {
///     let uids: UidSet = set.parse()?;
///     Ok::<_, Box<dyn std::error::Error>>(command::fetch(&MessageSet::Uids(uids), &"FLAGS".into())?)
/// };
/// let (one, other, same) = (fetch("1:4")?, fetch("5:9")?, fetch("4")?);
/// assert!(one.concurrency().allows(other.concurrency()));
/// assert!(!one.concurrency().allows(same.concurrency()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a kind that a caller does not know would be sent beside the wrong commands"
)]
pub enum Concurrency {
    /// No other command may be under way: this one changes the meaning of others, uses sequence
    /// numbers, or its answer is not known.
    #[default]
    Alone,
    /// The command opens a mailbox and needs none of the extensions that an earlier one enables. It
    /// may be sent behind [`Enable`](Self::Enable) and ID, and nothing behind it: whether another
    /// command is valid depends on its success.
    Select,
    /// The command enables extensions that change neither how a SELECT is written nor how it is
    /// answered. The untagged response is ENABLED.
    Enable,
    /// The tagged response is the whole answer.
    Tagged,
    /// The untagged responses of the answer have the tag of the command (ESEARCH, RFC 4731).
    Correlated,
    /// The untagged responses are of this kind, and do not tell which command they answer.
    Kind(&'static str),
    /// The untagged responses are STATUS responses with this name.
    Status(MailboxName),
    /// The untagged responses are FETCH responses with these UIDs.
    Fetch(UidSet),
    /// The same, and the command changes these messages.
    Store(UidSet),
    /// The messages with these UIDs are copied or removed by a command of this name, without `UID`.
    /// The untagged responses are EXPUNGE, VANISHED, and OK with COPYUID.
    Transfer(&'static str, UidSet),
}

/// The kind of the response to ID.
pub(crate) const ID: &str = "ID";
/// The kind of the responses to FETCH and STORE.
pub(crate) const FETCH: &str = "FETCH";
/// The kind of the responses to SEARCH and SORT.
pub(crate) const SEARCH: &str = "SEARCH";
/// The kind of the responses to commands that copy and remove messages: EXPUNGE, VANISHED, and OK
/// with COPYUID.
const REMOVAL: &str = "EXPUNGE";

impl Concurrency {
    /// Returns the concurrency of a FETCH of these messages.
    pub(crate) fn fetch(uids: &UidSet) -> Self {
        match uids.has_star() {
            true => Self::Kind(FETCH),
            false => Self::Fetch(uids.clone()),
        }
    }

    /// Returns the concurrency of a STORE of these messages.
    pub(crate) fn store(uids: &UidSet) -> Self {
        match uids.has_star() {
            true => Self::Kind(FETCH),
            false => Self::Store(uids.clone()),
        }
    }

    /// Returns the concurrency of a command with this name that copies or removes these messages.
    pub(crate) fn transfer(verb: &'static str, uids: &UidSet) -> Self {
        match uids.has_star() {
            true => Self::Kind(REMOVAL),
            false => Self::Transfer(verb, uids.clone()),
        }
    }

    /// Returns whether a command of the other kind may be sent while one of this kind is under way.
    #[must_use]
    pub fn allows(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Alone | Self::Select, _) | (_, Self::Alone) => false,
            (one, Self::Select) => *one == Self::Enable || *one == Self::Kind(ID),
            // Other commands may be answered in another way once an extension is enabled.
            (Self::Enable, other) | (other, Self::Enable) => *other == Self::Kind(ID),
            (Self::Tagged, _) | (_, Self::Tagged) | (Self::Correlated, Self::Correlated) => true,
            (Self::Kind(one), Self::Kind(other)) => one != other,
            // A server that ignores the result options answers in the other form.
            (Self::Correlated, Self::Kind(kind)) | (Self::Kind(kind), Self::Correlated) => {
                *kind != SEARCH
            }
            (Self::Fetch(_) | Self::Store(_), Self::Kind(kind))
            | (Self::Kind(kind), Self::Fetch(_) | Self::Store(_)) => *kind != FETCH,
            (Self::Transfer(..), Self::Kind(kind)) | (Self::Kind(kind), Self::Transfer(..)) => {
                *kind != REMOVAL
            }
            // The new flags could be those from before the change or from after it.
            (Self::Fetch(_), Self::Store(_)) | (Self::Store(_), Self::Fetch(_)) => false,
            (Self::Fetch(one), Self::Fetch(other)) | (Self::Store(one), Self::Store(other)) => {
                are_disjoint(one, other)
            }
            // RFC 9051 §5.5 forbids COPY behind COPY because the first one may report removed
            // messages, after which the sequence numbers of the second refer to others. UIDs always
            // refer to the same messages, COPYUID names them, and neither command changes what the
            // other finds, as long as no message is in both sets. The reports of removed messages
            // do not tell which command has removed them, so only commands of one name go together.
            (Self::Transfer(verb, one), Self::Transfer(other_verb, other)) => {
                verb == other_verb && are_disjoint(one, other)
            }
            // Some servers do not distinguish case.
            (Self::Status(one), Self::Status(other)) => {
                !one.as_str().eq_ignore_ascii_case(other.as_str())
            }
            (Self::Status(_), _) | (_, Self::Status(_)) => true,
            (Self::Correlated, Self::Fetch(_) | Self::Store(_) | Self::Transfer(..))
            | (Self::Fetch(_) | Self::Store(_) | Self::Transfer(..), Self::Correlated) => true,
            (Self::Transfer(..), Self::Fetch(_) | Self::Store(_))
            | (Self::Fetch(_) | Self::Store(_), Self::Transfer(..)) => true,
        }
    }
}

/// Returns whether no UID is in both sets. Sets with `*` may contain any UID.
fn are_disjoint(one: &UidSet, other: &UidSet) -> bool {
    let (Some(a), Some(b)) = (bounds(one), bounds(other)) else {
        return false;
    };
    // Pieces of a long set do not overlap.
    if a.1 < b.0 || b.1 < a.0 {
        return true;
    }
    numbers(one).all(|(first, last)| {
        numbers(other).all(|(other_first, other_last)| last < other_first || other_last < first)
    })
}

/// Returns the smallest and the largest UID; `None` for an empty set and one with `*`.
fn bounds(set: &UidSet) -> Option<(Uid, Uid)> {
    if set.has_star() {
        return None;
    }
    let first = numbers(set).map(|(first, _)| first).min()?;
    let last = numbers(set).map(|(_, last)| last).max()?;
    Some((first, last))
}

fn numbers(set: &UidSet) -> impl Iterator<Item = (Uid, Uid)> {
    set.ranges().filter_map(|range| match range {
        SetRange::Numbers(first, last) => Some((first, last)),
        SetRange::From(_) | SetRange::Last => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uids(set: &str) -> Concurrency {
        Concurrency::fetch(&set.parse().unwrap())
    }

    #[test]
    fn commands_whose_answers_can_be_told_apart_go_together() {
        let status = |name: &str| Concurrency::Status(name.into());
        let search = || Concurrency::Kind(SEARCH);
        let store = |set: &str| Concurrency::store(&set.parse().unwrap());
        let copy = |set: &str| Concurrency::transfer("COPY", &set.parse().unwrap());
        let remove = |set: &str| Concurrency::transfer("MOVE", &set.parse().unwrap());
        for (one, other, expected) in [
            (Concurrency::Alone, Concurrency::Tagged, false),
            (Concurrency::Tagged, Concurrency::Tagged, true),
            (Concurrency::Tagged, uids("1:*"), true),
            (uids("1:4,9"), uids("5:8"), true),
            (uids("1:4,9"), uids("5:9"), false),
            (uids("1:4"), uids("5:*"), false),
            (uids("1:4"), Concurrency::Kind(FETCH), false),
            (uids("1:4"), search(), true),
            (status("a"), status("b"), true),
            (status("INBOX"), status("inbox"), false),
            (status("a"), uids("1"), true),
            (search(), search(), false),
            (search(), Concurrency::Correlated, false),
            (Concurrency::Correlated, Concurrency::Correlated, true),
            (Concurrency::Correlated, uids("1"), true),
            (search(), Concurrency::Kind("LIST"), true),
            (store("1:4,9"), store("5:8"), true),
            (store("1:4,9"), store("5:9"), false),
            (store("1:4"), store("5:*"), false),
            (store("1:4"), uids("5:8"), false),
            (store("1:4"), copy("5:8"), true),
            (store("1:4"), search(), true),
            (copy("1:4"), copy("5:8"), true),
            (copy("1:4"), copy("4:8"), false),
            (copy("1:4"), copy("5:*"), false),
            (copy("1:4"), remove("5:8"), false),
            (remove("1:4"), remove("5:8"), true),
            (remove("1:4"), uids("5:8"), true),
            (remove("1:4"), Concurrency::Correlated, true),
            (remove("1:4"), status("a"), true),
        ] {
            assert_eq!(one.allows(&other), expected, "{one:?} beside {other:?}");
            assert_eq!(other.allows(&one), expected, "{other:?} beside {one:?}");
        }
    }

    #[test]
    fn a_mailbox_is_opened_behind_commands_that_do_not_matter_to_it() {
        let id = || Concurrency::Kind(ID);
        for (one, next, expected) in [
            (id(), Concurrency::Select, true),
            (Concurrency::Select, id(), false),
            (Concurrency::Enable, Concurrency::Select, true),
            (Concurrency::Select, Concurrency::Enable, false),
            (Concurrency::Select, Concurrency::Select, false),
            (Concurrency::Select, Concurrency::Tagged, false),
            (Concurrency::Tagged, Concurrency::Select, false),
            (uids("1"), Concurrency::Select, false),
            (id(), Concurrency::Enable, true),
            (Concurrency::Enable, id(), true),
            (Concurrency::Enable, Concurrency::Enable, false),
            (Concurrency::Enable, Concurrency::Tagged, false),
            (uids("1"), Concurrency::Enable, false),
            (id(), Concurrency::Tagged, true),
            (id(), id(), false),
        ] {
            assert_eq!(one.allows(&next), expected, "{next:?} behind {one:?}");
        }
    }
}
