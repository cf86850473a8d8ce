//! Quotas (RFC 9208, RFC 2087).

use super::mailbox::named;
use crate::{
    concurrency::Concurrency,
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
};

/// Encodes `GETQUOTA` of a quota root (RFC 9208 §4.1.1).
///
/// # Errors
/// Fails if its name contains NUL.
pub fn get_quota(root: &str) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("GETQUOTA ").needing(needs());
    outgoing.string("quota root", root.as_bytes())?;
    Ok(outgoing)
}

/// Encodes `GETQUOTAROOT`, which asks for the quota roots of a mailbox and their quotas
/// (RFC 9208 §4.1.2).
///
/// # Errors
/// Fails if the name of the mailbox is empty or cannot be sent.
pub fn get_quota_root(mailbox: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    Ok(named("GETQUOTAROOT ", mailbox)?
        .needing(needs())
        .beside(Concurrency::Kind("QUOTA")))
}

/// Encodes `SETQUOTA`, which sets these limits of a quota root and removes all others
/// (RFC 9208 §4.1.3).
///
/// Resources are named as in [`Resource`](crate::Resource): `STORAGE` in KiB (1024 bytes),
/// `MESSAGE`, `MAILBOX`, `ANNOTATION-STORAGE`.
///
/// ```
/// use imapclient_codec::command;
///
/// let outgoing = command::set_quota("", [("STORAGE", 512)])?;
/// assert!(format!("{outgoing:?}").contains("(STORAGE 512)"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
///
/// # Errors
/// Fails if the name of the root contains NUL, the name of a resource is not a word, or a limit is
/// beyond 2^63.
pub fn set_quota(
    root: &str,
    limits: impl IntoIterator<Item = (impl AsRef<str>, u64)>,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("SETQUOTA ").needing(needs());
    outgoing
        .string("quota root", root.as_bytes())?
        .push(" ")
        .list(limits, |outgoing, (resource, limit)| {
            // RFC 9208 §7: `number64`, which has 63 bits.
            if i64::try_from(limit).is_err() {
                let why = format!("{limit} is beyond 2^63");
                return Err(InvalidArgument::new("quota limit", why));
            }
            outgoing
                .atom("quota resource", resource.as_ref())?
                .push(&format!(" {limit}"));
            Ok(())
        })?;
    Ok(outgoing)
}

fn needs() -> Needs {
    Needs::login().capability("QUOTA")
}
