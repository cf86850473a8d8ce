//! The state of the connection. The engine updates it from every response, whichever command the
//! response belongs to.

use imapclient_codec::{
    Capabilities, Code, Effect, Flags, MailboxName, MessageCount, NameEncoding, Response, Seq,
    Status, Uid,
};

mod hierarchy;

use hierarchy::Hierarchy;

/// The state of a connection (RFC 9051 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Before the greeting.
    Greeting,
    /// No user is logged in.
    NotAuthenticated,
    /// A user is logged in, and no mailbox is selected.
    Authenticated,
    /// A mailbox is selected.
    Selected,
    /// The server has sent BYE or has answered LOGOUT.
    Logout,
}

/// The state of a connection, as far as the server has reported it.
#[derive(Debug, Clone)]
pub struct State {
    phase: Phase,
    capabilities: Option<Capabilities>,
    selected: Option<Mailbox>,
    /// The mailbox of a SELECT under way.
    selecting: Option<Mailbox>,
    bye: Option<String>,
    bye_code: Option<Code>,
    names: NameEncoding,
    hierarchy: Hierarchy,
    /// True if a capability list has been received since the last login was sent.
    listed_since_login: bool,
    compressed: bool,
    /// The extensions that ENABLE commands have named.
    requested: Capabilities,
    enabled: Capabilities,
    /// The capabilities that count as not announced, also after STARTTLS.
    disabled: Capabilities,
    /// Those of them that the server has announced.
    withheld: Capabilities,
}

/// A selected mailbox, kept up to date from the server's responses.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Mailbox {
    /// The name of the mailbox, also after a RENAME on this connection.
    pub name: MailboxName,
    /// True if the mailbox cannot be changed.
    pub read_only: bool,
    /// The number of messages.
    pub exists: MessageCount,
    /// The number of messages with `\Recent`.
    pub recent: MessageCount,
    /// The sequence number of the first message without `\Seen`, if the server reports it.
    pub unseen: Option<Seq>,
    /// The flags in use.
    pub flags: Flags,
    /// The flags that can be stored permanently; `None` means all (RFC 9051 §7.1).
    pub permanent_flags: Option<Flags>,
    /// The UIDVALIDITY: UIDs are valid as long as it stays the same. This is the value reported
    /// when the mailbox was selected, or the first one reported afterwards.
    pub uid_validity: Option<u32>,
    /// A different UIDVALIDITY that the server has reported for this mailbox since it was selected
    /// (RFC 9051 §2.3.1.1). While this is set, UIDs read earlier cannot be relied on; select the
    /// mailbox again.
    pub new_uid_validity: Option<u32>,
    /// A lower bound on the UID of the next message.
    pub uid_next: Option<Uid>,
    /// The highest modification sequence, with `CONDSTORE`.
    pub highest_modseq: Option<u64>,
    /// True if the server reports that it keeps no modification sequences for this mailbox
    /// (`NOMODSEQ`), so that changes of flags cannot be asked for.
    pub no_modseq: bool,
    /// An identifier that survives a rename, with `OBJECTID` (RFC 8474).
    pub mailbox_id: Option<String>,
}

impl State {
    pub(crate) fn new() -> Self {
        Self {
            phase: Phase::Greeting,
            capabilities: None,
            selected: None,
            selecting: None,
            bye: None,
            bye_code: None,
            names: NameEncoding::Utf7,
            hierarchy: Hierarchy::default(),
            listed_since_login: false,
            compressed: false,
            requested: Capabilities::default(),
            enabled: Capabilities::default(),
            disabled: Capabilities::default(),
            withheld: Capabilities::default(),
        }
    }

    /// Returns the state of a connection whose server knows nothing of this one any more.
    fn anew(&mut self) -> Self {
        Self {
            disabled: std::mem::take(&mut self.disabled),
            ..Self::new()
        }
    }

    /// Returns the state of the connection.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns the server's capabilities; `None` if it has not listed them since they may have
    /// changed.
    #[must_use]
    pub fn capabilities(&self) -> Option<&Capabilities> {
        self.capabilities.as_ref()
    }

    /// Returns whether the server is known to support a capability: it has listed it, or
    /// `IMAP4rev2`, which includes it ([`Capabilities::has`]).
    #[must_use]
    pub fn has(&self, capability: &str) -> bool {
        self.capabilities
            .as_ref()
            .is_some_and(|known| known.has(capability))
    }

    /// Returns the extensions that an ENABLE command has requested on this connection, and that the
    /// server has enabled (RFC 5161).
    #[must_use]
    pub fn enabled(&self) -> &Capabilities {
        &self.enabled
    }

    /// Returns the capabilities that count as not announced: see
    /// [`Engine::disable`](crate::Engine::disable).
    #[must_use]
    pub fn disabled(&self) -> &Capabilities {
        &self.disabled
    }

    /// Returns those disabled capabilities that the server has announced. They are not among the
    /// [`capabilities`](Self::capabilities).
    #[must_use]
    pub fn withheld(&self) -> &Capabilities {
        &self.withheld
    }

    /// Returns the selected mailbox.
    #[must_use]
    pub fn selected(&self) -> Option<&Mailbox> {
        self.selected.as_ref()
    }

    /// Returns the text of the server's BYE.
    #[must_use]
    pub fn bye(&self) -> Option<&str> {
        self.bye.as_deref()
    }

    /// Returns the response code of the server's BYE.
    #[must_use]
    pub fn bye_code(&self) -> Option<&Code> {
        self.bye_code.as_ref()
    }

    /// Returns how mailbox names are encoded on the wire.
    #[must_use]
    pub fn names(&self) -> NameEncoding {
        self.names
    }

    /// Returns whether both directions of the connection are compressed (RFC 4978).
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.compressed
    }

    pub(crate) fn greeted(&mut self, phase: Phase, status: &Status) {
        self.phase = phase;
        self.observe_code(status);
    }

    /// Records that a command of this effect is submitted.
    pub(crate) fn sending(&mut self, effect: &Effect) {
        match effect {
            Effect::Select { name, read_only } => {
                self.selecting = Some(Mailbox {
                    read_only: *read_only,
                    ..Mailbox::new(name.clone())
                });
            }
            Effect::Login | Effect::Authenticate => self.listed_since_login = false,
            Effect::Enable(names) => {
                let new = names.iter().filter(|name| !self.requested.lists(name));
                self.requested = self.requested.iter().chain(new).collect();
            }
            _ => {}
        }
    }

    /// Records that a command of this effect was answered.
    pub(crate) fn done(&mut self, effect: &Effect, ok: bool) {
        match effect {
            Effect::Login | Effect::Authenticate if ok => {
                if self.phase == Phase::NotAuthenticated {
                    self.phase = Phase::Authenticated;
                }
                // The list from before the login does not apply after it.
                if !self.listed_since_login {
                    self.capabilities = None;
                }
            }
            Effect::Select { .. } => {
                let selecting = self.selecting.take();
                self.selected = if ok { selecting } else { None };
                if self.phase != Phase::Logout {
                    self.phase = if ok {
                        Phase::Selected
                    } else {
                        Phase::Authenticated
                    };
                }
            }
            Effect::Unselect if ok => {
                self.selected = None;
                if self.phase == Phase::Selected {
                    self.phase = Phase::Authenticated;
                }
            }
            Effect::Rename { from, to } if ok => {
                // One of several commands under way may be a SELECT.
                for mailbox in self.selected.iter_mut().chain(&mut self.selecting) {
                    if let Some(name) = self.hierarchy.renamed(&mailbox.name, from, to) {
                        mailbox.name = name;
                    }
                }
            }
            Effect::StartTls if ok => {
                // Data received before TLS may have been forged.
                *self = Self {
                    phase: self.phase,
                    ..self.anew()
                };
            }
            Effect::Unauthenticate if ok => {
                *self = Self {
                    phase: Phase::NotAuthenticated,
                    bye: self.bye.take(),
                    bye_code: self.bye_code.take(),
                    ..self.anew()
                };
            }
            Effect::Compress if ok => self.compressed = true,
            Effect::Logout => self.phase = Phase::Logout,
            _ => {}
        }
    }

    /// Updates the state from a response.
    pub(crate) fn observe(&mut self, response: &Response) {
        match response {
            Response::Capability(capabilities) => self.list(capabilities),
            Response::Status(status) | Response::Tagged(_, status) => self.observe_status(status),
            Response::Enabled(enabled) => self.enable(enabled),
            Response::List(list) | Response::Lsub(list) => self.hierarchy.saw(list.delimiter),
            Response::Namespace(namespaces) => self.hierarchy.saw_namespaces(namespaces),
            Response::Flags(flags) => self.mailbox(|mailbox| mailbox.flags = flags.clone()),
            Response::Exists(n) => self.mailbox(|mailbox| mailbox.exists = *n),
            Response::Recent(n) => self.mailbox(|mailbox| mailbox.recent = *n),
            Response::Expunge(_) => {
                self.mailbox(|mailbox| mailbox.exists = mailbox.exists.saturating_sub(1));
            }
            // This replaces EXPUNGE once QRESYNC is enabled (RFC 7162 §3.2.10).
            Response::Vanished(vanished) if !vanished.earlier => {
                let gone = vanished.uids.len().unwrap_or_default();
                let gone = u32::try_from(gone).unwrap_or(u32::MAX);
                self.mailbox(|mailbox| mailbox.exists = mailbox.exists.saturating_sub(gone));
            }
            Response::MailboxStatus(status) => {
                self.told_uid_validity(&status.name, status.uid_validity);
            }
            Response::Esearch(found) => {
                if let Some(name) = &found.mailbox {
                    self.told_uid_validity(name, found.uid_validity);
                }
            }
            _ => {}
        }
    }

    /// Records a UIDVALIDITY reported for a mailbox by its name, if that mailbox is selected.
    fn told_uid_validity(&mut self, name: &MailboxName, told: Option<u32>) {
        let selected = self.selected.as_mut().filter(|_| self.selecting.is_none());
        if let (Some(mailbox), Some(told)) =
            (selected.filter(|mailbox| mailbox.name == *name), told)
        {
            mailbox.told_uid_validity(told);
        }
    }

    fn observe_status(&mut self, status: &Status) {
        if status.kind == imapclient_codec::StatusKind::Bye {
            self.bye = Some(status.text.clone());
            self.bye_code.clone_from(&status.code);
            self.phase = Phase::Logout;
        }
        self.observe_code(status);
    }

    fn observe_code(&mut self, status: &Status) {
        match status.code.as_ref() {
            Some(Code::Capability(capabilities)) => self.list(capabilities),
            Some(Code::Closed) => {
                // The old mailbox ends here: the data received so far were about it.
                if let Some(selecting) = &mut self.selecting {
                    *selecting = Mailbox {
                        read_only: selecting.read_only,
                        ..Mailbox::new(selecting.name.clone())
                    };
                }
                self.selected = None;
                if self.phase == Phase::Selected {
                    self.phase = Phase::Authenticated;
                }
            }
            Some(Code::PermanentFlags(flags)) => {
                self.mailbox(|mailbox| mailbox.permanent_flags = Some(flags.clone()));
            }
            Some(Code::UidValidity(n)) => match &mut self.selecting {
                Some(selecting) => selecting.uid_validity = Some(*n),
                None => self.mailbox(|mailbox| mailbox.told_uid_validity(*n)),
            },
            Some(Code::UidNext(n)) => self.mailbox(|mailbox| mailbox.uid_next = Some(*n)),
            Some(Code::Unseen(n)) => self.mailbox(|mailbox| mailbox.unseen = Some(*n)),
            Some(Code::HighestModSeq(n)) => {
                self.mailbox(|mailbox| {
                    mailbox.highest_modseq = Some(*n);
                    mailbox.no_modseq = false;
                });
            }
            Some(Code::NoModSeq) => self.mailbox(|mailbox| {
                mailbox.highest_modseq = None;
                mailbox.no_modseq = true;
            }),
            // The OK of a CREATE reports the one of the new mailbox (RFC 8474 §4.1).
            Some(Code::MailboxId(id)) => {
                if let Some(selecting) = &mut self.selecting {
                    selecting.mailbox_id = Some(id.clone());
                }
            }
            Some(Code::ReadOnly) => self.mailbox(|mailbox| mailbox.read_only = true),
            Some(Code::ReadWrite) => self.mailbox(|mailbox| mailbox.read_only = false),
            _ => {}
        }
    }

    /// Records the capabilities that the server has listed.
    fn list(&mut self, capabilities: &Capabilities) {
        if self.disabled.is_empty() {
            self.capabilities = Some(capabilities.clone());
        } else {
            let disabled = self.disabled.iter();
            self.withheld = disabled.filter(|name| capabilities.has(name)).collect();
            self.capabilities = Some(capabilities.without(self.disabled.iter()));
        }
        self.listed_since_login = true;
    }

    /// Disables further capabilities, whether they have been listed already or not.
    pub(crate) fn disable(&mut self, names: &Capabilities) {
        let disabled = self.disabled.iter().chain(names.iter());
        self.disabled = disabled.collect();
        let Some(known) = &self.capabilities else {
            return;
        };
        let withheld = self.withheld.iter();
        let more = names.iter().filter(|name| known.has(name));
        self.withheld = withheld.chain(more).collect();
        self.capabilities = Some(known.without(names.iter()));
    }

    /// Records the extensions that the server has enabled.
    fn enable(&mut self, enabled: &Capabilities) {
        // Both write names in UTF-8 from here on (RFC 6855 §3, RFC 9051 §6.3.1).
        if enabled.lists("UTF8=ACCEPT") || enabled.lists("IMAP4rev2") {
            self.names = NameEncoding::Utf8;
        }
        // A server may list any number of others.
        let requested = self.requested.iter();
        let is_enabled = |name: &&str| self.enabled.lists(name) || enabled.lists(name);
        self.enabled = requested.filter(is_enabled).collect();
    }

    /// Changes the mailbox that is being selected, if any, otherwise the selected one: untagged
    /// data are about it.
    fn mailbox(&mut self, change: impl FnOnce(&mut Mailbox)) {
        if let Some(mailbox) = self.selecting.as_mut().or(self.selected.as_mut()) {
            change(mailbox);
        }
    }
}

impl Mailbox {
    /// Creates an empty mailbox about which nothing is known, for tests of programs that use it.
    ///
    /// ```
    /// use imapclient_engine::Mailbox;
    ///
    /// fn is_the_same(known: &Mailbox, now: &Mailbox) -> bool {
    ///     known.uid_validity.is_some() && known.uid_validity == now.uid_validity
    /// }
    ///
    /// let mut known = Mailbox::new("INBOX");
    /// known.uid_validity = Some(7);
    /// let mut now = known.clone();
    /// assert!(is_the_same(&known, &now));
    /// now.uid_validity = Some(8);
    /// assert!(!is_the_same(&known, &now));
    /// ```
    #[must_use]
    pub fn new(name: impl Into<MailboxName>) -> Self {
        Self {
            name: name.into(),
            read_only: false,
            exists: MessageCount::default(),
            recent: MessageCount::default(),
            unseen: None,
            flags: Flags::default(),
            permanent_flags: None,
            uid_validity: None,
            new_uid_validity: None,
            uid_next: None,
            highest_modseq: None,
            no_modseq: false,
            mailbox_id: None,
        }
    }

    /// Records a UIDVALIDITY reported while this mailbox is selected. A value of 0 is ignored: it
    /// is not valid, and servers that send it do not have one.
    fn told_uid_validity(&mut self, told: u32) {
        match self.uid_validity {
            _ if told == 0 => {}
            None | Some(0) => self.uid_validity = Some(told),
            Some(known) if known != told => self.new_uid_validity = Some(told),
            Some(_) => {}
        }
    }
}
