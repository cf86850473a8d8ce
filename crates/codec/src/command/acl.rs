//! Access control lists (RFC 4314).

use super::mailbox::named;
use crate::{
    concurrency::Concurrency,
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
    response::Rights,
};

/// A change of rights (RFC 4314 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the grammar has no others")]
pub enum RightsChange {
    /// Grants these rights and keeps the rest.
    Add(Rights),
    /// Revokes these rights and keeps the rest.
    Remove(Rights),
    /// Grants these rights and revokes all others.
    Replace(Rights),
}

/// Encodes `SETACL` (RFC 4314 §3.1). An identifier that begins with `-` denotes negative rights,
/// which are denied.
///
/// ```
/// use imapclient_codec::{Rights, command::{self, RightsChange}};
///
/// let change = RightsChange::Add(Rights::LOOKUP | Rights::READ);
/// let outgoing = command::set_acl(&"Team".into(), "fred", change)?;
/// assert!(format!("{outgoing:?}").contains(r#"\"Team\" fred +lr"#));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
///
/// # Errors
/// Fails if the name of the mailbox is empty or cannot be sent, or if the identifier
/// contains NUL.
pub fn set_acl(
    mailbox: &MailboxName,
    identifier: &str,
    change: RightsChange,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = about(mailbox, identifier, "SETACL ")?;
    let rights = match change {
        RightsChange::Add(rights) => format!("+{rights}"),
        RightsChange::Remove(rights) => format!("-{rights}"),
        RightsChange::Replace(rights) => rights.to_string(),
    };
    outgoing.push(" ").astring("rights", rights.as_bytes())?;
    Ok(outgoing)
}

/// Encodes `DELETEACL`, which removes the entry of an identifier (RFC 4314 §3.2).
///
/// # Errors
/// Fails if the name of the mailbox is empty or cannot be sent, or if the identifier
/// contains NUL.
pub fn delete_acl(mailbox: &MailboxName, identifier: &str) -> Result<Outgoing, InvalidArgument> {
    about(mailbox, identifier, "DELETEACL ")
}

/// Encodes `GETACL`, which asks for the access control list of a mailbox (RFC 4314 §3.3).
///
/// # Errors
/// Fails if the name of the mailbox is empty or cannot be sent.
pub fn get_acl(mailbox: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    Ok(named("GETACL ", mailbox)?
        .needing(acl())
        .beside(Concurrency::Kind("ACL")))
}

/// Encodes `LISTRIGHTS`, which asks which rights an identifier can be granted (RFC 4314 §3.4).
///
/// # Errors
/// Fails if the name of the mailbox is empty or cannot be sent, or if the identifier
/// contains NUL.
pub fn list_rights(mailbox: &MailboxName, identifier: &str) -> Result<Outgoing, InvalidArgument> {
    about(mailbox, identifier, "LISTRIGHTS ")
}

/// Encodes `MYRIGHTS`, which asks for the user's own rights (RFC 4314 §3.5).
///
/// # Errors
/// Fails if the name of the mailbox is empty or cannot be sent.
pub fn my_rights(mailbox: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    Ok(named("MYRIGHTS ", mailbox)?
        .needing(acl())
        .beside(Concurrency::Kind("MYRIGHTS")))
}

fn about(
    mailbox: &MailboxName,
    identifier: &str,
    verb: &'static str,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = named(verb, mailbox)?.needing(acl());
    outgoing
        .push(" ")
        .astring("identifier", identifier.as_bytes())?;
    Ok(outgoing)
}

fn acl() -> Needs {
    Needs::login().capability("ACL")
}
