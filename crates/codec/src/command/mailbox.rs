//! Commands that concern one mailbox.

use super::{messages::zero_in_set, parts::checked_modseq};
use crate::{
    concurrency::Concurrency,
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{Effect, InvalidArgument, Outgoing},
    response::{Attribute, StatusItem},
    set::{SeqSet, UidSet},
};

impl StatusItem {
    /// Writes a list such as `(MESSAGES UNSEEN)`.
    pub(super) fn write(
        outgoing: &mut Outgoing,
        items: impl IntoIterator<Item = impl Into<Self>>,
    ) -> Result<(), InvalidArgument> {
        let mut items = items.into_iter().peekable();
        if items.peek().is_none() {
            return Err(InvalidArgument::new("status items", "ask for at least one"));
        }
        outgoing.list(items, |outgoing, item| {
            outgoing.push(item.into().as_str());
            Ok(())
        })?;
        Ok(())
    }
}

/// Optional parameters of SELECT and EXAMINE (RFC 7162).
///
/// ```
/// use imapclient_codec::command::{self, Qresync, SelectOptions};
///
/// let options = SelectOptions::new().qresync(Qresync::new(67890007, 90060115194045000));
/// let outgoing = command::select_with(&"INBOX".into(), &options)?;
/// assert!(format!("{outgoing:?}").contains("(QRESYNC (67890007 90060115194045000))"));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SelectOptions {
    read_only: bool,
    condstore: bool,
    qresync: Option<Qresync>,
}

/// The client's knowledge of a mailbox, so that the server reports the changes since then
/// (RFC 7162 §3.2.5).
#[derive(Debug, Clone, PartialEq)]
pub struct Qresync {
    uid_validity: u32,
    modseq: u64,
    known: Option<UidSet>,
    matching: Option<(SeqSet, UidSet)>,
}

impl SelectOptions {
    /// Creates options without any parameter.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the mailbox read-only, by EXAMINE.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Enables reports of modification sequences from now on: `CONDSTORE`. Needs the capability
    /// `CONDSTORE`, or `QRESYNC`, which includes it.
    #[must_use]
    pub fn condstore(mut self) -> Self {
        self.condstore = true;
        self
    }

    /// Asks for the changes since `known`: `QRESYNC`, which must be enabled. Needs the capability
    /// `QRESYNC`.
    #[must_use]
    pub fn qresync(mut self, known: Qresync) -> Self {
        self.qresync = Some(known);
        self
    }

    /// Returns the knowledge since which changes are asked for.
    #[must_use]
    pub fn known(&self) -> Option<&Qresync> {
        self.qresync.as_ref()
    }

    fn needs(&self) -> Needs {
        let mut needs = Needs::login();
        if self.condstore {
            needs = needs.one_of(&["CONDSTORE", "QRESYNC"]);
        }
        if self.qresync.is_some() {
            needs = needs.capability("QRESYNC");
        }
        needs
    }

    fn write(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        if !self.condstore && self.qresync.is_none() {
            return Ok(());
        }
        outgoing.push(" (");
        if self.condstore {
            outgoing.push("CONDSTORE");
        }
        if let Some(known) = &self.qresync {
            outgoing.push(if self.condstore { " " } else { "" });
            known.write(outgoing)?;
        }
        outgoing.push(")");
        Ok(())
    }
}

impl Qresync {
    /// Creates the parameter from the validity of the known UIDs and the highest modification
    /// sequence.
    #[must_use]
    pub fn new(uid_validity: u32, modseq: u64) -> Self {
        Self {
            uid_validity,
            modseq,
            known: None,
            matching: None,
        }
    }

    /// Returns the UIDVALIDITY of the known UIDs.
    #[must_use]
    pub fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    /// Sets the known UIDs. If they are not set, the server assumes all of them.
    #[must_use]
    pub fn known_uids(mut self, uids: impl Into<UidSet>) -> Self {
        self.known = Some(uids.into());
        self
    }

    /// Sets some messages by sequence number and by UID, so that servers with a short history need
    /// not report old removals again. Both sets must ascend and have the same number of messages.
    #[must_use]
    pub fn matching(mut self, seqs: impl Into<SeqSet>, uids: impl Into<UidSet>) -> Self {
        self.matching = Some((seqs.into(), uids.into()));
        self
    }

    fn write(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        let wrong = |why: &'static str| Err(InvalidArgument::new("QRESYNC parameters", why));
        let (uid_validity, modseq) = (self.uid_validity, checked_modseq(self.modseq)?);
        if uid_validity == 0 || modseq == 0 {
            return wrong("UIDVALIDITY and modification sequence are above 0");
        }
        outgoing.push(&format!("QRESYNC ({uid_validity} {modseq}"));
        let matching = self.matching.as_ref();
        if self.known.as_ref().is_some_and(UidSet::has_zero)
            || matching.is_some_and(|(seqs, uids)| seqs.has_zero() || uids.has_zero())
        {
            return Err(zero_in_set());
        }
        if let Some(known) = &self.known {
            if known.is_empty() || known.has_star() {
                return wrong("at least one known UID is needed, without `*`");
            }
            outgoing.push(&format!(" {known}"));
        }
        if let Some((seqs, uids)) = &self.matching {
            if seqs.is_empty() || seqs.len().is_none() || seqs.len() != uids.len() {
                return wrong("as many sequence numbers as UIDs are needed, without `*`");
            }
            outgoing.push(&format!(" ({seqs} {uids})"));
        }
        outgoing.push(")");
        Ok(())
    }
}

/// Encodes `SELECT`, or `EXAMINE` if `read_only` (RFC 9051 §6.3.2, §6.3.3).
///
/// # Errors
/// Fails if the name is empty or cannot be sent.
pub fn select(name: &MailboxName, read_only: bool) -> Result<Outgoing, InvalidArgument> {
    let options = SelectOptions {
        read_only,
        ..SelectOptions::new()
    };
    select_with(name, &options)
}

/// Encodes `SELECT`, or `EXAMINE`, with options (RFC 7162 §3.1.8, §3.2.5).
///
/// # Errors
/// Fails if the name is empty or cannot be sent, or if a parameter is not valid.
pub fn select_with(
    name: &MailboxName,
    options: &SelectOptions,
) -> Result<Outgoing, InvalidArgument> {
    let read_only = options.read_only;
    let verb = if read_only { "EXAMINE " } else { "SELECT " };
    let effect = Effect::Select {
        name: name.clone(),
        read_only,
    };
    let mut outgoing = Outgoing::new(verb)
        .with_effect(effect)
        .needing(options.needs());
    outgoing.mailbox(name)?;
    options.write(&mut outgoing)?;
    Ok(
        match !options.condstore && options.qresync.is_none() && name.as_str().is_ascii() {
            true => outgoing.beside(Concurrency::Select),
            false => outgoing,
        },
    )
}

/// Encodes `CREATE` (RFC 9051 §6.3.4).
///
/// # Errors
/// Fails if the name is empty or cannot be sent.
pub fn create(name: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    Ok(named("CREATE ", name)?.beside(Concurrency::Tagged))
}

/// Encodes `CREATE` of a mailbox with special uses, as in [`Attribute::Drafts`] (RFC 6154 §3).
///
/// # Errors
/// Fails if the name is empty or cannot be sent, or if a use is not a word.
pub fn create_for(
    name: &MailboxName,
    uses: impl IntoIterator<Item = impl Into<Attribute>>,
) -> Result<Outgoing, InvalidArgument> {
    let needs = Needs::login().capability("CREATE-SPECIAL-USE");
    let mut outgoing = create(name)?.needing(needs);
    outgoing.push(" (USE ").list(uses, |outgoing, purpose| {
        let purpose = purpose.into();
        let what = "special use";
        let name = purpose.as_str();
        let word = name.strip_prefix('\\').ok_or_else(|| {
            InvalidArgument::new(what, format!("{name:?} has to begin with a backslash"))
        })?;
        outgoing.push("\\").atom(what, word).map(drop)
    })?;
    outgoing.push(")");
    Ok(outgoing)
}

/// Encodes `DELETE` (RFC 9051 §6.3.5).
///
/// # Errors
/// Fails if the name is empty or cannot be sent.
pub fn delete(name: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    named("DELETE ", name)
}

/// Encodes `RENAME` (RFC 9051 §6.3.6). Renaming INBOX moves its messages and leaves it empty.
///
/// # Errors
/// Fails if a name is empty or cannot be sent.
pub fn rename(from: &MailboxName, to: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = named("RENAME ", from)?;
    outgoing.push(" ").mailbox(to)?;
    Ok(outgoing.with_effect(Effect::Rename {
        from: from.clone(),
        to: to.clone(),
    }))
}

/// Encodes `SUBSCRIBE` (RFC 9051 §6.3.7).
///
/// # Errors
/// Fails if the name is empty or cannot be sent.
pub fn subscribe(name: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    Ok(named("SUBSCRIBE ", name)?.beside(Concurrency::Tagged))
}

/// Encodes `UNSUBSCRIBE` (RFC 9051 §6.3.8).
///
/// # Errors
/// Fails if the name is empty or cannot be sent.
pub fn unsubscribe(name: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    Ok(named("UNSUBSCRIBE ", name)?.beside(Concurrency::Tagged))
}

/// Encodes `STATUS` (RFC 9051 §6.3.11).
///
/// # Errors
/// Fails if the name is empty or cannot be sent, or if no item is asked for.
pub fn status(
    name: &MailboxName,
    items: impl IntoIterator<Item = impl Into<StatusItem>>,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = named("STATUS ", name)?;
    StatusItem::write(outgoing.push(" "), items)?;
    Ok(outgoing.beside(Concurrency::Status(name.clone())))
}

/// Encodes `CLOSE` (RFC 9051 §6.4.1), which expunges and deselects the mailbox.
#[must_use]
pub fn close() -> Outgoing {
    Outgoing::new("CLOSE")
        .with_effect(Effect::Unselect)
        .needing(Needs::mailbox())
}

/// Encodes `UNSELECT` (RFC 3691), which deselects the mailbox without expunging.
#[must_use]
pub fn unselect() -> Outgoing {
    Outgoing::new("UNSELECT")
        .with_effect(Effect::Unselect)
        .needing(Needs::mailbox().capability("UNSELECT"))
}

/// Encodes `CHECK` (RFC 3501 §6.4.1), which requests a checkpoint of the mailbox. Not part of
/// `IMAP4rev2`, where NOOP replaces it.
#[must_use]
pub fn check() -> Outgoing {
    Outgoing::new("CHECK").needing(Needs::mailbox())
}

/// Creates a command whose first argument is the name of a mailbox.
pub(super) fn named(verb: &'static str, name: &MailboxName) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new(verb).needing(Needs::login());
    outgoing.mailbox(name)?;
    Ok(outgoing)
}
