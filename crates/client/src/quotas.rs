//! The result of GETQUOTAROOT.

use imapclient_codec::{MailboxName, Quota, QuotaRoot};

/// The quota roots of a mailbox, and their quotas (RFC 9208 §4.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MailboxQuotas {
    /// The mailbox.
    pub mailbox: MailboxName,
    /// The names of its quota roots. They are empty if nothing limits the mailbox.
    pub roots: Vec<String>,
    /// The quotas of these roots. Some servers omit roots without a limit.
    pub quotas: Vec<Quota>,
}

impl MailboxQuotas {
    /// Creates a result without any root, for tests of programs that use it.
    ///
    /// ```
    /// use imapclient::{MailboxQuotas, codec::Quota};
    ///
    /// let mut found = MailboxQuotas::new("INBOX");
    /// found.roots.push("user".into());
    /// found.quotas.push(Quota::new("user"));
    /// assert_eq!(found.quotas[0].root, found.roots[0]);
    /// ```
    #[must_use]
    pub fn new(mailbox: impl Into<MailboxName>) -> Self {
        Self {
            mailbox: mailbox.into(),
            roots: Vec::new(),
            quotas: Vec::new(),
        }
    }

    pub(crate) fn of(root: QuotaRoot, quotas: Vec<Quota>) -> Self {
        Self {
            roots: root.roots,
            quotas,
            ..Self::new(root.mailbox)
        }
    }
}
