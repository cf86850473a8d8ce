//! What copies and moves did, and what a call had done before it failed.

use std::fmt;

use imapclient_codec::{AppendUid, CopyUid, UidSet};

/// What came of a [`copy`](crate::Client::copy) or a [`move_to`](crate::Client::move_to) that
/// succeeded.
///
/// Only [`Nothing`](Self::Nothing) means that nothing was done. A server that says OK may leave
/// out the UIDs, or send them in a form that cannot be read, though it has copied the messages.
///
/// ```
/// # imapclient_testkit::example::blocking(|mut client| {
/// use imapclient::Copied;
///
/// match client.copy([3, 5], "Archive")? {
///     Copied::Nothing => println!("no messages were named"),
///     Copied::Untold => println!("copied, but the server does not say under which UIDs"),
///     Copied::Told(uids) => println!("copied as UID {}", uids.destination),
/// }
/// # Ok(()) });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Copied {
    /// The set of messages was empty, so no command was sent.
    #[default]
    Nothing,
    /// The server said OK and told no UIDs. It copied (or moved) those of the messages that exist.
    Untold,
    /// The server said OK and told the old and the new UIDs (RFC 4315 §3). Of a set that was sent
    /// in several commands, they are those that were told.
    Told(CopyUid),
}

impl Copied {
    /// Returns the old and the new UIDs, if the server told them.
    #[must_use]
    pub fn uids(&self) -> Option<&CopyUid> {
        match self {
            Self::Told(uids) => Some(uids),
            Self::Nothing | Self::Untold => None,
        }
    }

    /// Returns the old and the new UIDs, if the server told them.
    #[must_use]
    pub fn into_uids(self) -> Option<CopyUid> {
        match self {
            Self::Told(uids) => Some(uids),
            Self::Nothing | Self::Untold => None,
        }
    }

    /// The result of one command to which the server said OK.
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

/// What a call had done before it failed: it takes several commands, and the first ones had
/// succeeded. Who repeats the call does this part a second time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Done {
    /// Messages that [`append_all`](crate::Client::append_all) had stored.
    Appended {
        /// How many of the messages are known to be stored, counted from the first one.
        messages: usize,
        /// Their UIDs in order, if the server told all of them.
        uids: Option<AppendUid>,
    },
    /// Messages that [`copy`](crate::Client::copy) had copied.
    Copied {
        /// The messages of the commands to which the server said OK, numbered as in the call.
        messages: UidSet,
        /// The old and the new UIDs, as far as the server told them; also those of the command
        /// that failed.
        uids: Option<CopyUid>,
    },
    /// Messages that [`move_to`](crate::Client::move_to) had moved.
    Moved {
        /// The messages of the commands to which the server said OK, numbered as in the call.
        messages: UidSet,
        /// The old and the new UIDs, as far as the server told them; also those of the command
        /// that failed.
        uids: Option<CopyUid>,
    },
}

impl Done {
    /// Whether nothing is known to be done.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Appended { messages, .. } => *messages == 0,
            Self::Copied { messages, uids } | Self::Moved { messages, uids } => {
                messages.is_empty() && uids.is_none()
            }
        }
    }

    /// Adds what was done after this.
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
            (all, later) if all.is_nothing() => *all = later,
            _ => {}
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
            Self::Copied { messages, uids } => ("copied", messages, uids),
            Self::Moved { messages, uids } => ("moved", messages, uids),
        };
        match uids {
            Some(uids) => write!(
                f,
                "UID {} was {what} as UID {}",
                brief(&uids.source),
                brief(&uids.destination)
            ),
            None => write!(f, "what there is of {} was {what}", brief(messages)),
        }
    }
}

/// A set in an error: of a long one, its beginning.
fn brief(set: &UidSet) -> String {
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

/// Puts together what is told of the steps of one copy.
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
