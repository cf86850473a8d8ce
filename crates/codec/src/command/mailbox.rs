//! Commands about mailboxes.

use imap_codec::imap_types::mailbox::ListMailbox;

use crate::{
    mailbox::{MailboxName, Names},
    outgoing::{Effect, InvalidArgument, Outgoing},
    utf7,
};

/// What STATUS can tell of a mailbox (RFC 9051 §6.3.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StatusItem {
    /// The number of messages.
    Messages,
    /// The number of messages with `\Recent`; gone in `IMAP4rev2`.
    Recent,
    /// The next UID.
    UidNext,
    /// The UID validity.
    UidValidity,
    /// The number of messages without `\Seen`.
    Unseen,
    /// The number of messages with `\Deleted`; `IMAP4rev2` or `QUOTA=RES-STORAGE`.
    Deleted,
    /// The total size in bytes; `IMAP4rev2` or `STATUS=SIZE`.
    Size,
    /// The highest modification sequence; `CONDSTORE`.
    HighestModSeq,
}

impl StatusItem {
    fn name(self) -> &'static str {
        match self {
            Self::Messages => "MESSAGES",
            Self::Recent => "RECENT",
            Self::UidNext => "UIDNEXT",
            Self::UidValidity => "UIDVALIDITY",
            Self::Unseen => "UNSEEN",
            Self::Deleted => "DELETED",
            Self::Size => "SIZE",
            Self::HighestModSeq => "HIGHESTMODSEQ",
        }
    }
}

/// `SELECT`, or `EXAMINE` if `read_only` (RFC 9051 §6.3.2, §6.3.3).
///
/// # Errors
/// If the name is empty or contains NUL.
pub fn select(
    name: &MailboxName,
    read_only: bool,
    names: Names,
) -> Result<Outgoing, InvalidArgument> {
    let verb = if read_only { "EXAMINE " } else { "SELECT " };
    let effect = Effect::Select {
        name: name.clone(),
        read_only,
    };
    let mut outgoing = Outgoing::new(verb).with_effect(effect);
    outgoing.mailbox(name, names)?;
    Ok(outgoing)
}

/// `CREATE` (RFC 9051 §6.3.4).
///
/// # Errors
/// If the name is empty or contains NUL.
pub fn create(name: &MailboxName, names: Names) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("CREATE ");
    outgoing.mailbox(name, names)?;
    Ok(outgoing)
}

/// `DELETE` (RFC 9051 §6.3.5).
///
/// # Errors
/// If the name is empty or contains NUL.
pub fn delete(name: &MailboxName, names: Names) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("DELETE ");
    outgoing.mailbox(name, names)?;
    Ok(outgoing)
}

/// `LIST` (RFC 9051 §6.3.9). In `pattern`, `*` stands for anything and `%` for anything but a
/// hierarchy delimiter; all else is taken as it is.
///
/// # Errors
/// If the reference or the pattern contains NUL.
pub fn list(reference: &str, pattern: &str, names: Names) -> Result<Outgoing, InvalidArgument> {
    let wire = |text: &str| match names {
        Names::Utf7 => utf7::encode(text),
        Names::Utf8 => text.to_owned(),
    };
    let mut outgoing = Outgoing::new("LIST ");
    outgoing
        .string("reference", wire(reference).as_bytes())?
        .push(" ");
    let pattern = wire(pattern);
    match ListMailbox::try_from(pattern.as_str()) {
        Ok(ListMailbox::Token(_)) => outgoing.push(&pattern),
        _ => outgoing.string("pattern", pattern.as_bytes())?,
    };
    Ok(outgoing)
}

/// `STATUS` (RFC 9051 §6.3.11).
///
/// # Errors
/// If the name is empty or contains NUL, or no item is asked for.
pub fn status(
    name: &MailboxName,
    items: &[StatusItem],
    names: Names,
) -> Result<Outgoing, InvalidArgument> {
    if items.is_empty() {
        return Err(InvalidArgument::new("status items", "ask for at least one"));
    }
    let items: Vec<&str> = items.iter().map(|item| item.name()).collect();
    let mut outgoing = Outgoing::new("STATUS ");
    outgoing
        .mailbox(name, names)?
        .push(" (")
        .push(&items.join(" "))
        .push(")");
    Ok(outgoing)
}

/// `CLOSE` (RFC 9051 §6.4.1): expunges and leaves the mailbox.
#[must_use]
pub fn close() -> Outgoing {
    Outgoing::new("CLOSE").with_effect(Effect::Unselect)
}

/// `UNSELECT` (RFC 3691): leaves the mailbox, expunges nothing.
#[must_use]
pub fn unselect() -> Outgoing {
    Outgoing::new("UNSELECT").with_effect(Effect::Unselect)
}
