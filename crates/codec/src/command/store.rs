//! STORE: changes of flags and labels.

use super::{
    messages::MessageSet,
    parts::{checked_modseq, wire_flag, write_label},
};
use crate::{
    flag::Flags,
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
};

/// A change of flags (RFC 9051 §6.4.6).
///
/// ```
/// use imapclient_codec::{Flag, command::FlagChange};
///
/// let change = FlagChange::add([Flag::Seen, Flag::Other("$Junk".into())]);
/// let quiet = FlagChange::remove(Flag::Seen).silent();
/// # let _ = (change, quiet);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FlagChange {
    verb: &'static str,
    flags: Flags,
    silent: bool,
    unchanged_since: Option<u64>,
}

impl FlagChange {
    /// Sets these flags and keeps all others.
    #[must_use]
    pub fn add(flags: impl Into<Flags>) -> Self {
        Self {
            verb: "+FLAGS",
            flags: flags.into(),
            silent: false,
            unchanged_since: None,
        }
    }

    /// Clears these flags and keeps all others.
    #[must_use]
    pub fn remove(flags: impl Into<Flags>) -> Self {
        Self {
            verb: "-FLAGS",
            flags: flags.into(),
            silent: false,
            unchanged_since: None,
        }
    }

    /// Sets these flags and clears all others.
    #[must_use]
    pub fn replace(flags: impl Into<Flags>) -> Self {
        Self {
            verb: "FLAGS",
            flags: flags.into(),
            silent: false,
            unchanged_since: None,
        }
    }

    /// Asks the server not to report the resulting flags.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Excludes messages that have changed since this modification sequence; the server lists them
    /// in MODIFIED (RFC 7162 §3.1.3). With 0, excludes messages that have the flags at all.
    #[must_use]
    pub fn unchanged_since(mut self, modseq: u64) -> Self {
        self.unchanged_since = Some(modseq);
        self
    }

    /// Returns whether messages that have changed since some modification sequence are excluded,
    /// which requires `CONDSTORE` (RFC 7162 §3.1.3).
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        self.unchanged_since.is_some()
    }

    /// Returns whether the server is asked not to report the result.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.silent
    }
}

/// A change of Gmail's labels.
///
/// ```
/// use imapclient_codec::command::LabelChange;
///
/// let change = LabelChange::add(["\\Important", "Receipts"]);
/// # let _ = change;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct LabelChange {
    verb: &'static str,
    labels: Vec<MailboxName>,
    silent: bool,
    unchanged_since: Option<u64>,
}

impl LabelChange {
    /// Adds these labels.
    #[must_use]
    pub fn add<L: Into<MailboxName>>(labels: impl IntoIterator<Item = L>) -> Self {
        Self::new("+X-GM-LABELS", labels)
    }

    /// Removes these labels.
    #[must_use]
    pub fn remove<L: Into<MailboxName>>(labels: impl IntoIterator<Item = L>) -> Self {
        Self::new("-X-GM-LABELS", labels)
    }

    /// Sets these labels and removes all others.
    #[must_use]
    pub fn replace<L: Into<MailboxName>>(labels: impl IntoIterator<Item = L>) -> Self {
        Self::new("X-GM-LABELS", labels)
    }

    /// Asks the server not to report the resulting labels.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Excludes messages that have changed since this modification sequence (RFC 7162 §3.1.3).
    #[must_use]
    pub fn unchanged_since(mut self, modseq: u64) -> Self {
        self.unchanged_since = Some(modseq);
        self
    }

    /// Returns whether messages that have changed since some modification sequence are excluded,
    /// which requires `CONDSTORE` (RFC 7162 §3.1.3).
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        self.unchanged_since.is_some()
    }

    /// Returns whether the server is asked not to report the result.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    fn new<L: Into<MailboxName>>(verb: &'static str, labels: impl IntoIterator<Item = L>) -> Self {
        Self {
            verb,
            labels: labels.into_iter().map(Into::into).collect(),
            silent: false,
            unchanged_since: None,
        }
    }
}

/// Encodes `STORE` (RFC 9051 §6.4.6).
///
/// The mailbox need not be open for writing: a server may let flags of one's own, such as `\Seen`,
/// be changed where it reports `READ-ONLY`.
///
/// # Errors
/// Fails if the set is empty, or if a flag cannot be stored.
pub fn store(set: &MessageSet, change: &FlagChange) -> Result<Outgoing, InvalidArgument> {
    let needs = Needs::mailbox();
    let mut outgoing = begin(
        set,
        change.verb,
        change.silent,
        change.unchanged_since,
        needs,
    )?;
    write_flags(&mut outgoing, &change.flags)?;
    Ok(outgoing)
}

/// Encodes `STORE` of Gmail's labels, `X-GM-LABELS`.
///
/// # Errors
/// Fails if the set is empty, or if a label is empty or cannot be sent.
pub fn store_labels(set: &MessageSet, change: &LabelChange) -> Result<Outgoing, InvalidArgument> {
    let needs = Needs::mailbox().capability("X-GM-EXT-1");
    let mut outgoing = begin(
        set,
        change.verb,
        change.silent,
        change.unchanged_since,
        needs,
    )?;
    outgoing.list(&change.labels, |outgoing, label| {
        write_label(outgoing, label)
    })?;
    Ok(outgoing)
}

/// Writes everything before the value. Modifiers precede the item, unlike those of FETCH.
fn begin(
    set: &MessageSet,
    verb: &str,
    silent: bool,
    unchanged_since: Option<u64>,
    mut needs: Needs,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = set.command("UID STORE", "STORE")?;
    if let Some(modseq) = unchanged_since {
        let modseq = checked_modseq(modseq)?;
        outgoing.push(&format!(" (UNCHANGEDSINCE {modseq})"));
        needs = needs.capability("CONDSTORE");
    }
    let silent = if silent { ".SILENT" } else { "" };
    outgoing.push(" ").push(verb).push(silent).push(" ");
    Ok(outgoing.needing(needs).beside(set.storing()))
}

/// Writes a parenthesised list of flags that a client may set.
pub(super) fn write_flags(outgoing: &mut Outgoing, flags: &Flags) -> Result<(), InvalidArgument> {
    outgoing.list(flags.iter(), |outgoing, flag| {
        outgoing.push(&wire_flag(&flag)?);
        Ok(())
    })?;
    Ok(())
}
