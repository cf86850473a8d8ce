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
}

/// The kind of the responses to FETCH and STORE.
pub(crate) const FETCH: &str = "FETCH";
/// The kind of the responses to SEARCH and SORT.
pub(crate) const SEARCH: &str = "SEARCH";

impl Concurrency {
    /// Returns the concurrency of a FETCH of these messages.
    pub(crate) fn fetch(uids: &UidSet) -> Self {
        match uids.has_star() {
            true => Self::Kind(FETCH),
            false => Self::Fetch(uids.clone()),
        }
    }

    /// Returns whether a command of this kind and one of the other kind may be under way together.
    #[must_use]
    pub fn allows(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Alone, _) | (_, Self::Alone) => false,
            (Self::Tagged, _) | (_, Self::Tagged) | (Self::Correlated, Self::Correlated) => true,
            (Self::Kind(one), Self::Kind(other)) => one != other,
            // A server that ignores the result options answers in the other form.
            (Self::Correlated, Self::Kind(kind)) | (Self::Kind(kind), Self::Correlated) => {
                *kind != SEARCH
            }
            (Self::Fetch(_), Self::Kind(kind)) | (Self::Kind(kind), Self::Fetch(_)) => {
                *kind != FETCH
            }
            (Self::Fetch(one), Self::Fetch(other)) => are_disjoint(one, other),
            // Some servers do not distinguish case.
            (Self::Status(one), Self::Status(other)) => {
                !one.as_str().eq_ignore_ascii_case(other.as_str())
            }
            (Self::Status(_), _) | (_, Self::Status(_)) => true,
            (Self::Correlated, Self::Fetch(_)) | (Self::Fetch(_), Self::Correlated) => true,
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
        ] {
            assert_eq!(one.allows(&other), expected, "{one:?} beside {other:?}");
            assert_eq!(other.allows(&one), expected, "{other:?} beside {one:?}");
        }
    }
}
