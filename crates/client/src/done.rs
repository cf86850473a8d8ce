//! The results of copies, moves and expunges, and the part of a call that was done before it
//! failed.

use std::fmt;

use imapclient_codec::{
    AppendUid, CopyUid, MessageCount, Seq, SetRange, Uid, UidSet, command::MessageSet,
};

use crate::moving::MoveSteps;

/// The copies made by a [`copy`](crate::Client::copy) or a [`move_to`](crate::Client::move_to) that
/// succeeded.
///
/// Only [`Nothing`](Self::Nothing) means that no message was copied. A server that says OK may
/// leave out the UIDs, or send impossible ones, although it has copied the messages.
///
/// ```
/// # imapclient_example::blocking!(|mut client| {
/// use imapclient::Copied;
///
/// match client.copy([3, 5], "Archive")? {
///     Copied::Nothing => println!("no messages were named"),
///     Copied::Untold => println!("the server said OK, and reports no UIDs"),
///     Copied::Told(uids) => println!("copied as UID {}", uids.destination),
/// }
/// # Ok(()) });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a caller has to deal with each of them"
)]
pub enum Copied {
    /// The set of messages was empty, so no command was sent.
    #[default]
    Nothing,
    /// The server said OK and sent no plausible UIDs. The messages that exist were copied (or
    /// moved), but their new UIDs are not known.
    ///
    /// UIDs are not plausible if they belong to messages that were not asked for, if there are more
    /// of them than messages, or if they do not pair old and new messages.
    Untold,
    /// The server said OK and sent the old and the new UIDs (RFC 4315 §3). For a set that was sent
    /// in several commands, these are the UIDs of those commands for which the server sent them. A
    /// move by copying adds those copies that it has found in the target itself.
    Told(CopyUid),
}

impl Copied {
    /// Returns the old and the new UIDs, if the server sent them.
    #[must_use]
    pub fn uids(&self) -> Option<&CopyUid> {
        match self {
            Self::Told(uids) => Some(uids),
            Self::Nothing | Self::Untold => None,
        }
    }

    /// Returns the old and the new UIDs, if the server sent them.
    #[must_use]
    pub fn into_uids(self) -> Option<CopyUid> {
        match self {
            Self::Told(uids) => Some(uids),
            Self::Nothing | Self::Untold => None,
        }
    }

    /// Returns the result of one command to which the server said OK.
    pub(crate) fn of(told: Option<CopyUid>) -> Self {
        told.map_or(Self::Untold, Self::Told)
    }

    /// Adds the result of the next command.
    pub(crate) fn add(&mut self, step: Self) {
        let all = std::mem::take(self);
        *self = match (all, step) {
            (Self::Nothing, step) => step,
            (all, Self::Nothing) => all,
            (all, step) => {
                let mut uids = all.into_uids();
                merge(&mut uids, step.into_uids());
                Self::of(uids)
            }
        };
    }
}

/// The result of an [`expunge`](crate::Client::expunge) or a
/// [`uid_expunge`](crate::Client::uid_expunge) that succeeded.
///
/// The server also reports messages that another client removes at the same time, so its responses
/// prove little about the messages that were asked for. [`left`](Self::left) has those of them that
/// are still there.
///
/// ```
/// # imapclient_example::blocking!(|mut client| {
/// use imapclient::{Flag, FlagChange};
///
/// client.store([3, 5], FlagChange::add([Flag::Deleted]).silent())?;
/// let removed = client.uid_expunge([3, 5])?;
/// assert!(removed.left.is_empty(), "{} are still there", removed.left);
/// # Ok(()) });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Removed {
    /// The sequence numbers that the server reported (`EXPUNGE`), each as of the moment when the
    /// message was removed.
    pub seqs: Vec<Seq>,
    /// The UIDs that the server reported instead of them (`VANISHED`, RFC 7162 §3.2.10), as it does
    /// once QRESYNC is enabled.
    pub uids: UidSet,
    /// The UIDs of those requested messages that are still in the mailbox: the server kept them
    /// without reporting a failure, or they were not marked as deleted. Always empty after
    /// [`expunge`](crate::Client::expunge), which is not asked for particular messages.
    pub left: UidSet,
}

impl Removed {
    /// Returns the number of messages that the server reported as removed, including those removed
    /// by other clients.
    #[must_use]
    pub fn named(&self) -> u64 {
        self.seqs.len() as u64 + self.uids.len().unwrap_or_default()
    }

    /// Adds the result of the next command.
    pub(crate) fn add(&mut self, step: Self) {
        self.seqs.extend(step.seqs);
        self.uids.append(step.uids);
        self.left.append(step.left);
    }
}

/// The part of a call that was done although the call failed: it takes several commands, and some
/// of them succeeded. Repeating the call does this part a second time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Done {
    /// Messages that [`append_all`](crate::Client::append_all) had stored.
    Appended {
        /// The number of messages that are known to be stored, counted from the first one.
        messages: usize,
        /// Their UIDs in order, if the server sent all of them.
        uids: Option<AppendUid>,
    },
    /// Messages that [`copy`](crate::Client::copy) had copied.
    Copied {
        /// The UIDs of the commands to which the server said OK. A command by sequence number is
        /// never the first of several.
        messages: UidSet,
        /// The old and the new UIDs, as far as the server sent them, including those of the command
        /// that failed.
        uids: Option<CopyUid>,
    },
    /// Messages that [`move_to`](crate::Client::move_to) had moved, by `MOVE`.
    Moved {
        /// The UIDs of the commands to which the server said OK. A command by sequence number is
        /// never the first of several.
        messages: UidSet,
        /// The old and the new UIDs, as far as the server sent them, including those of the command
        /// that failed.
        uids: Option<CopyUid>,
    },
    /// The steps of a [`move_to`](crate::Client::move_to) on a server without `MOVE`.
    MovedBySteps(Box<MoveSteps>),
    /// Messages that [`store`](crate::Client::store) or
    /// [`store_labels`](crate::Client::store_labels) had changed.
    Stored {
        /// The UIDs of the commands to which the server said OK. A command by sequence number is
        /// never the first of several.
        messages: UidSet,
    },
    /// The steps of a
    /// [`dangerous_expunge_shared`](crate::Client::dangerous_expunge_shared) on a server without
    /// `UIDPLUS`.
    ExpungedShared {
        /// The UIDs of those messages of the call that EXPUNGE has removed.
        removed: UidSet,
        /// The UIDs of the messages of others from which the flag `\Deleted` was taken, or may
        /// have been, and to which it was not put back: add it to those that exist.
        unmarked: UidSet,
    },
    /// Messages that [`uid_expunge`](crate::Client::uid_expunge) had removed.
    Expunged {
        /// The messages of the commands to which the server said OK. Those without `\Deleted`
        /// are still there.
        messages: UidSet,
    },
}

impl Done {
    /// Returns whether nothing is known to be done.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Appended { messages, .. } => *messages == 0,
            Self::Copied { messages, uids } | Self::Moved { messages, uids } => {
                messages.is_empty() && uids.is_none()
            }
            Self::MovedBySteps(steps) => steps.is_nothing(),
            Self::ExpungedShared { removed, unmarked } => removed.is_empty() && unmarked.is_empty(),
            Self::Stored { messages } | Self::Expunged { messages } => messages.is_empty(),
        }
    }

    /// Adds a part to those that were done before, if any.
    pub(crate) fn add_to(before: &mut Option<Self>, step: Self) {
        match before {
            Some(before) => before.add(step),
            none => *none = Some(step),
        }
    }

    /// Adds the part that was done afterwards.
    pub(crate) fn add(&mut self, later: Self) {
        match (self, later) {
            (
                Self::Copied { messages, uids } | Self::Moved { messages, uids },
                Self::Copied {
                    messages: more,
                    uids: told,
                }
                | Self::Moved {
                    messages: more,
                    uids: told,
                },
            ) => {
                messages.append(more);
                merge(uids, told);
            }
            (Self::MovedBySteps(steps), Self::MovedBySteps(more)) => steps.add(*more),
            (Self::Stored { messages }, Self::Stored { messages: more })
            | (Self::Expunged { messages }, Self::Expunged { messages: more }) => {
                messages.append(more);
            }
            (
                Self::Appended { messages, uids },
                Self::Appended {
                    messages: more,
                    uids: told,
                },
            ) => {
                *messages += more;
                *uids = match (uids.take(), told) {
                    (Some(mut uids), Some(told)) if uids.uid_validity == told.uid_validity => {
                        uids.uids.append(told.uids);
                        Some(uids)
                    }
                    _ => None,
                };
            }
            (all, later) if all.is_nothing() => *all = later,
            _ => {}
        }
    }
}

impl Done {
    /// Returns the value for the user, with UIDs in their shortest form and without impossible
    /// ones; `None` if nothing was done.
    pub(crate) fn told(self) -> Option<Self> {
        match self {
            Self::Appended { messages, uids } if messages > 0 => {
                let uids = uids.map(|told| AppendUid {
                    uids: in_short(told.uids),
                    ..told
                });
                let uids = uids.filter(|told| distinct(&told.uids) == Some(messages as u64));
                Some(Self::Appended { messages, uids })
            }
            done => (!done.is_nothing()).then_some(done),
        }
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, messages, uids) = match self {
            Self::Appended { messages, uids } => {
                match messages {
                    1 => f.write_str("1 message was stored")?,
                    n => write!(f, "{n} messages were stored")?,
                }
                return match uids {
                    Some(uids) => write!(f, " as UID {}", brief(&uids.uids)),
                    None => Ok(()),
                };
            }
            Self::MovedBySteps(steps) => return steps.fmt(f),
            Self::Copied { messages, uids } => ("copied", messages, uids),
            Self::Moved { messages, uids } => ("moved", messages, uids),
            Self::Stored { messages } => {
                return write!(
                    f,
                    "the messages of {} that exist were changed",
                    brief(messages)
                );
            }
            Self::ExpungedShared { removed, unmarked } => {
                if !removed.is_empty() {
                    write!(f, "UID {} was removed", brief(removed))?;
                }
                if !unmarked.is_empty() {
                    let and = if removed.is_empty() { "" } else { ", and " };
                    write!(
                        f,
                        "{and}the mark as deleted of UID {} was taken off, which belongs to \
                         others and has to be put back,",
                        brief(unmarked)
                    )?;
                }
                return Ok(());
            }
            Self::Expunged { messages } => {
                let messages = brief(messages);
                return write!(
                    f,
                    "the messages of {messages} marked as deleted were removed"
                );
            }
        };
        write_transferred(f, what, messages, uids.as_ref())
    }
}

/// Writes that messages were copied or moved, by their UIDs if these are known.
pub(crate) fn write_transferred(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    messages: &UidSet,
    uids: Option<&CopyUid>,
) -> fmt::Result {
    match uids {
        Some(uids) => write!(
            f,
            "UID {} was {what} as UID {}",
            brief(&uids.source),
            brief(&uids.destination)
        ),
        None => write!(
            f,
            "the messages of {} that exist were {what}",
            brief(messages)
        ),
    }
}

/// Returns the text for a set in an error, shortened if it is long.
pub(crate) fn brief(set: &UidSet) -> String {
    let text = set.to_string();
    let end = text
        .match_indices(',')
        .map(|(at, _)| at)
        .find(|at| *at > 100);
    match end.and_then(|end| text.get(..end)) {
        Some(start) => format!("{start},..."),
        None => text,
    }
}

/// Merges the UIDs of one more command of the same copy.
pub(crate) fn merge(all: &mut Option<CopyUid>, step: Option<CopyUid>) {
    match (all.as_mut(), step) {
        (Some(all), Some(step)) if all.uid_validity == step.uid_validity => {
            all.source.append(step.source);
            all.destination.append(step.destination);
        }
        (None, step) => *all = step,
        _ => {}
    }
}

/// Merges adjacent ranges if the numbers stay in their order, which pairs old and new UIDs.
pub(crate) fn in_short(mut set: UidSet) -> UidSet {
    let ranges: Vec<SetRange<Uid>> = set.ranges().collect();
    let ascending = ranges.windows(2).all(|pair| {
        matches!(pair, [SetRange::Numbers(_, end), SetRange::Numbers(first, _)] if end < first)
    });
    if ascending {
        set.compact();
    }
    set
}

/// Returns a COPYUID if it is plausible: it pairs messages one to one, all of them were asked for,
/// and there are not more of them than that. Exchange sends one with empty sets.
///
/// `exists` is the highest number of messages that the mailbox may have had.
pub(crate) fn proved(copied: CopyUid, asked: &MessageSet, exists: MessageCount) -> Option<CopyUid> {
    let pairs = distinct(&copied.source)?;
    if pairs == 0 || distinct(&copied.destination) != Some(pairs) {
        return None;
    }
    let exists = u64::from(exists);
    let possible = match asked {
        MessageSet::Uids(asked) if asked.has_star() => pairs <= exists,
        MessageSet::Uids(asked) => contains_all(asked, &copied.source),
        MessageSet::Seqs(asked) => asked.len().map_or(pairs <= exists, |most| pairs <= most),
        _ => pairs <= exists,
    };
    possible.then_some(copied)
}

/// Counts the numbers of a set. Returns `None` if it contains a `*` or a duplicate.
pub(crate) fn distinct(set: &UidSet) -> Option<u64> {
    let mut compact = set.clone();
    compact.compact();
    let count = set.len()?;
    (compact.len() == Some(count)).then_some(count)
}

/// Returns whether one set contains another. Only ranges are compared, because a server may send
/// any number of them.
pub(crate) fn contains_all(all: &UidSet, some: &UidSet) -> bool {
    let (mut all, mut some) = (all.clone(), some.clone());
    all.compact();
    some.compact();
    let all: Vec<SetRange<Uid>> = all.ranges().collect();
    some.ranges().all(|range| {
        let SetRange::Numbers(first, last) = range else {
            return false;
        };
        let at = all.partition_point(|range| matches!(range, SetRange::Numbers(_, end) if *end < first));
        matches!(all.get(at), Some(SetRange::Numbers(start, end)) if *start <= first && last <= *end)
    })
}

#[cfg(test)]
mod tests;
