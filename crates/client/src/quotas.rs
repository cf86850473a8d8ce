//! The result of GETQUOTAROOT.

use imapclient_codec::{MailboxName, Quota, QuotaRoot};

/// The quota roots of a mailbox, and their quotas (RFC 9208 §4.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub(crate) fn new(root: QuotaRoot, quotas: Vec<Quota>) -> Self {
        let QuotaRoot { mailbox, roots, .. } = root;
        Self {
            mailbox,
            roots,
            quotas,
        }
    }
}
