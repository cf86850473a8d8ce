//! The hierarchy of mailbox names, and the names of mailboxes after a RENAME.

use imapclient_codec::{MailboxName, Namespaces};

/// The hierarchy delimiter, as far as the server has reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Hierarchy {
    /// It is not known.
    #[default]
    Unknown,
    /// All mailboxes and namespaces reported so far have this one, except for flat names.
    Delimiter(char),
    /// They have different ones.
    Several,
}

impl Hierarchy {
    /// Records the delimiter of a mailbox or a namespace; `None` for a flat name.
    pub(super) fn saw(&mut self, delimiter: Option<char>) {
        let Some(delimiter) = delimiter else {
            return;
        };
        *self = match *self {
            Self::Unknown => Self::Delimiter(delimiter),
            Self::Delimiter(known) if known == delimiter => return,
            _ => Self::Several,
        };
    }

    /// Records the delimiters of namespaces.
    pub(super) fn saw_namespaces(&mut self, namespaces: &Namespaces) {
        let kinds = [
            &namespaces.personal,
            &namespaces.other_users,
            &namespaces.shared,
        ];
        for namespace in kinds.into_iter().flatten() {
            self.saw(namespace.delimiter);
        }
    }

    /// Returns the new name of a mailbox after a RENAME of `from`; `None` if it keeps its name.
    ///
    /// A RENAME of INBOX moves its messages to a new mailbox, and changes neither its name nor
    /// those of the mailboxes below it (RFC 9051 §6.3.6). Where the delimiter is not known, a
    /// mailbox that may be below `from` is taken for another one.
    pub(super) fn renamed(
        self,
        name: &MailboxName,
        from: &MailboxName,
        to: &MailboxName,
    ) -> Option<MailboxName> {
        if from.is_inbox() {
            return None;
        }
        if name == from {
            return Some(to.clone());
        }
        let Self::Delimiter(delimiter) = self else {
            return None;
        };
        let below = name.as_str().strip_prefix(from.as_str())?;
        let is_below = below.starts_with(delimiter);
        is_below.then(|| MailboxName::from(format!("{to}{below}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_names() {
        use Hierarchy::{Delimiter, Several, Unknown};
        for (hierarchy, name, from, to, new) in [
            (Unknown, "a", "a", "b", Some("b")),
            (Unknown, "a/x", "a", "b", None),
            (Several, "a/x", "a", "b", None),
            (Delimiter('/'), "a/x/y", "a", "b/c", Some("b/c/x/y")),
            (Delimiter('/'), "a/x", "a/x", "b", Some("b")),
            (Delimiter('/'), "ab/x", "a", "b", None),
            (Delimiter('/'), "a.x", "a", "b", None),
            (Delimiter('.'), "a.x", "a", "b", Some("b.x")),
            (Delimiter('/'), "A", "a", "b", None),
            (Delimiter('/'), "a", "a/x", "b", None),
            (Delimiter('/'), "inbox", "INBOX", "b", None),
            (Delimiter('/'), "INBOX/x", "INBOX", "b", None),
            (Delimiter('/'), "INBOX/x", "INBOX/x", "b", Some("b")),
            (Delimiter('/'), "INBOX/x/y", "INBOX/x", "b", Some("b/y")),
        ] {
            let renamed = hierarchy.renamed(&name.into(), &from.into(), &to.into());
            let renamed = renamed.as_ref().map(MailboxName::as_str);
            assert_eq!(renamed, new, "{hierarchy:?}: {name}, after {from} to {to}");
        }
    }

    #[test]
    fn delimiters_that_differ_are_not_believed() {
        let mut hierarchy = Hierarchy::default();
        for (delimiter, after) in [
            (None, Hierarchy::Unknown),
            (Some('/'), Hierarchy::Delimiter('/')),
            (None, Hierarchy::Delimiter('/')),
            (Some('/'), Hierarchy::Delimiter('/')),
            (Some('.'), Hierarchy::Several),
            (Some('/'), Hierarchy::Several),
        ] {
            hierarchy.saw(delimiter);
            assert_eq!(hierarchy, after);
        }
    }
}
