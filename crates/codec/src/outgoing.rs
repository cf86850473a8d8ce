//! A command to be sent: its checked parts, and the effect of its success.

use std::borrow::Cow;

use bytes::Bytes;
use imap_codec::imap_types::core::{AString, Atom, IString, Literal};
use zeroize::Zeroizing;

use crate::{
    capability::Capabilities,
    concurrency::Concurrency,
    mailbox::{MailboxName, NameEncoding},
    needs::Needs,
};

mod by_uid;
mod check;
mod part;

pub(crate) use check::{check_fragment, check_line};
pub use part::Part;
pub(crate) use part::nul;
use part::{Piece, quote, string};

/// A command without its tag and its final CRLF.
///
/// Text enters only through methods that check it, so CR, LF and NUL never occur outside a literal.
/// The connection decides how literals are announced and mailbox names are encoded, since that
/// depends on the server.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    parts: Vec<Piece>,
    effect: Effect,
    needs: Needs,
    concurrency: Concurrency,
}

/// The effect of a command's tagged OK on the connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// No effect.
    #[default]
    None,
    /// The user is logged in, without a SASL exchange.
    Login,
    /// The user is logged in, after a SASL exchange.
    Authenticate,
    /// A mailbox is selected.
    Select {
        /// The mailbox.
        name: MailboxName,
        /// True if it was opened by EXAMINE.
        read_only: bool,
    },
    /// No mailbox is selected any more.
    Unselect,
    /// A mailbox has a new name, and so have those below it, except for those below INBOX.
    Rename {
        /// The name before.
        from: MailboxName,
        /// The new name.
        to: MailboxName,
    },
    /// TLS begins with the next byte.
    StartTls,
    /// Both sides compress from the next byte on (RFC 4978).
    Compress,
    /// These extensions are enabled, as far as the server's ENABLED response names them (RFC 5161).
    Enable(Capabilities),
    /// The user is logged out, and everything that ENABLE switched on is off (RFC 8437).
    Unauthenticate,
    /// The server reports changes until it receives `DONE`.
    Idle,
    /// The server reports the events of a NOTIFY at any time (RFC 5465).
    Notify {
        /// True if they are those that a server reports without NOTIFY.
        usual: bool,
    },
    /// The connection ends.
    Logout,
}

/// An argument that cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid {what}: {why}")]
pub struct InvalidArgument {
    what: &'static str,
    why: Cow<'static, str>,
}

impl InvalidArgument {
    /// Creates an error from the kind of argument and the reason, which says what would be right.
    #[must_use]
    pub fn new(what: &'static str, why: impl Into<Cow<'static, str>>) -> Self {
        Self {
            what,
            why: why.into(),
        }
    }

    /// Returns the kind of argument, as in "mailbox name".
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.what
    }
}

impl Outgoing {
    /// Creates a command from a name that this crate chose.
    pub(crate) fn new(name: &'static str) -> Self {
        let mut outgoing = Self::default();
        outgoing.push(name);
        outgoing
    }

    pub(crate) fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    pub(crate) fn needing(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }

    pub(crate) fn beside(mut self, concurrency: Concurrency) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// Creates a command from text, for commands without a typed form.
    ///
    /// ```
    /// use imapclient_codec::Outgoing;
    ///
    /// assert!(Outgoing::raw("XTUNE \"up\"").is_ok());
    /// assert!(Outgoing::raw("NOOP\r\nA2 DELETE INBOX").is_err());
    /// ```
    ///
    /// # Errors
    /// Fails if the text contains CR, LF, NUL or a byte that is not ASCII, if it ends like a
    /// literal or inside quotes, or if it is empty. A command that changes the state of the
    /// connection (SELECT, LOGIN, STARTTLS ...) is refused too: its typed form keeps track of that
    /// state.
    pub fn raw(text: &str) -> Result<Self, InvalidArgument> {
        const STATEFUL: [&str; 17] = [
            "APPEND",
            "AUTHENTICATE",
            "CLOSE",
            "COMPRESS",
            "ENABLE",
            "EXAMINE",
            "IDLE",
            "LOGIN",
            "LOGOUT",
            "NOTIFY",
            "RENAME",
            "REPLACE",
            "SELECT",
            "STARTTLS",
            "UNAUTHENTICATE",
            "UNSELECT",
            "DONE",
        ];
        let name = text.split(' ').next().unwrap_or_default();
        if name.is_empty() {
            return Err(InvalidArgument::new(
                "command",
                "it must begin with the name of a command",
            ));
        }
        if STATEFUL
            .iter()
            .any(|stateful| name.eq_ignore_ascii_case(stateful))
        {
            return Err(InvalidArgument::new(
                "command",
                format!("{name} changes the connection; use its own method"),
            ));
        }
        check_line("command", text)?;
        let mut outgoing = Self::default().needing(Needs::login());
        outgoing.push(text);
        Ok(outgoing)
    }

    /// Returns the parts in order, with mailbox names in this encoding, and the effect.
    ///
    /// # Errors
    /// Fails if a name contains NUL, which UTF-8 cannot express.
    pub fn into_parts(self, names: NameEncoding) -> Result<(Vec<Part>, Effect), InvalidArgument> {
        let mut parts: Vec<Part> = Vec::with_capacity(self.parts.len());
        for piece in self.parts {
            match (piece.encode(names)?, parts.last_mut()) {
                (Part::Text(more), Some(Part::Text(text))) => text.extend(more),
                (part, _) => parts.push(part),
            }
        }
        Ok((parts, self.effect))
    }

    /// Returns the name of the command, as in `SELECT` or `UID FETCH`.
    #[must_use]
    pub fn name(&self) -> String {
        let Some(text) = self.texts().next() else {
            return String::new();
        };
        let text = String::from_utf8_lossy(text);
        let words = if text.starts_with("UID ") { 2 } else { 1 };
        text.split(' ').take(words).collect::<Vec<_>>().join(" ")
    }

    /// Returns whether the command asks for contents of messages: a FETCH of `BODY[...]`,
    /// `BINARY[...]`, `RFC822`, `RFC822.HEADER` or `RFC822.TEXT`, with or without `PEEK`. Only the
    /// text of the command counts, so that a command created from text is treated like a typed one.
    ///
    /// ```
    /// use imapclient_codec::Outgoing;
    ///
    /// assert!(Outgoing::raw("UID FETCH 1 (FLAGS BODY.PEEK[])")?.asks_for_bodies());
    /// assert!(!Outgoing::raw("FETCH 1 (RFC822.SIZE BODY)")?.asks_for_bodies());
    /// # Ok::<(), imapclient_codec::InvalidArgument>(())
    /// ```
    #[must_use]
    pub fn asks_for_bodies(&self) -> bool {
        const SECTIONS: [&str; 4] = ["BODY[", "BODY.PEEK[", "BINARY[", "BINARY.PEEK["];
        const ITEMS: [&str; 3] = ["RFC822", "RFC822.HEADER", "RFC822.TEXT"];
        let name = self.name().to_ascii_uppercase();
        if name != "FETCH" && name != "UID FETCH" {
            return false;
        }
        self.texts().any(|text| {
            let text = String::from_utf8_lossy(text).to_ascii_uppercase();
            text.split([' ', '(', ')']).any(|word| {
                ITEMS.contains(&word) || SECTIONS.iter().any(|section| word.starts_with(section))
            })
        })
    }

    /// Returns the effect of the command's tagged OK.
    #[must_use]
    pub fn effect(&self) -> &Effect {
        &self.effect
    }

    /// Returns the conditions under which the command may be sent. For [text](Self::raw) that is a
    /// login.
    #[must_use]
    pub fn needs(&self) -> &Needs {
        &self.needs
    }

    /// Returns which other commands may be under way at the same time. For [text](Self::raw) that is
    /// none.
    #[must_use]
    pub fn concurrency(&self) -> &Concurrency {
        &self.concurrency
    }

    /// Appends text of this crate, never anything from outside.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes());
        self
    }

    /// Appends text from outside in the middle of a command. Nothing in it can end or extend the
    /// line or affect what follows it.
    pub(crate) fn fragment(
        &mut self,
        what: &'static str,
        text: &str,
    ) -> Result<&mut Self, InvalidArgument> {
        check_fragment(what, text)?;
        Ok(self.push(text))
    }

    /// Appends a list in parentheses.
    pub(crate) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        write: impl FnMut(&mut Self, T) -> Result<(), InvalidArgument>,
    ) -> Result<&mut Self, InvalidArgument> {
        self.push("(").words(items, write)?;
        Ok(self.push(")"))
    }

    /// Appends items separated by spaces.
    pub(crate) fn words<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<(), InvalidArgument>,
    ) -> Result<&mut Self, InvalidArgument> {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(" ");
            }
            write(self, item)?;
        }
        Ok(self)
    }

    /// Appends an atom.
    pub(crate) fn atom(
        &mut self,
        what: &'static str,
        text: &str,
    ) -> Result<&mut Self, InvalidArgument> {
        if Atom::try_from(text).is_err() {
            return Err(InvalidArgument::new(
                what,
                format!("{text:?} has to be a word without blanks, quotes or parentheses"),
            ));
        }
        Ok(self.push(text))
    }

    /// Appends a word of the protocol, such as the name of a header field: as an atom if possible,
    /// else as a string. Names that users choose are sent by [`Self::string`].
    pub(crate) fn astring(
        &mut self,
        what: &'static str,
        text: &[u8],
    ) -> Result<&mut Self, InvalidArgument> {
        match AString::try_from(text) {
            Ok(AString::Atom(atom)) => Ok(self.push(atom.as_ref())),
            Ok(AString::String(_)) => self.string(what, text),
            Err(_) => Err(nul(what)),
        }
    }

    /// Appends a quoted string, or a literal if the text needs one.
    pub(crate) fn string(
        &mut self,
        what: &'static str,
        text: &[u8],
    ) -> Result<&mut Self, InvalidArgument> {
        match string(text).ok_or_else(|| nul(what))? {
            Part::Text(quoted) => self.bytes(&quoted),
            literal => self.part(literal),
        }
        Ok(self)
    }

    /// Appends a quoted string or a literal that must not appear in logs.
    pub(crate) fn secret(
        &mut self,
        what: &'static str,
        text: &str,
    ) -> Result<&mut Self, InvalidArgument> {
        match IString::try_from(text).map_err(|_| nul(what))? {
            IString::Quoted(_) => {
                self.part(Part::Secret(Zeroizing::new(quote(text))));
            }
            _ => self.part(Part::SecretLiteral(Zeroizing::new(
                text.as_bytes().to_vec(),
            ))),
        }
        Ok(self)
    }

    /// Appends text of this crate that must not appear in logs.
    pub(crate) fn secret_text(&mut self, text: Zeroizing<Vec<u8>>) -> &mut Self {
        self.part(Part::Secret(text));
        self
    }

    /// Appends the name of a mailbox.
    pub(crate) fn mailbox(&mut self, name: &MailboxName) -> Result<&mut Self, InvalidArgument> {
        if name.as_str().is_empty() {
            return Err(InvalidArgument::new("mailbox name", "it must not be empty"));
        }
        self.wire_name("mailbox name", name)
    }

    /// Appends the name of a mailbox, or a label, which is encoded like one. It may be empty.
    pub(crate) fn wire_name(
        &mut self,
        what: &'static str,
        name: &MailboxName,
    ) -> Result<&mut Self, InvalidArgument> {
        let encodings = [NameEncoding::Utf7, NameEncoding::Utf8];
        match name.to_plain() {
            Some(plain) => Ok(self.quoted(plain)),
            None if encodings.iter().all(|names| name.wire(*names).contains(&0)) => Err(nul(what)),
            None => Ok(self.piece(Piece::Name(what, name.clone()))),
        }
    }

    /// Appends a text that is encoded like the name of a mailbox and does not come from a server.
    /// Modified UTF-7 expresses any such text.
    pub(crate) fn pattern(&mut self, what: &'static str, text: &str) -> &mut Self {
        let name = MailboxName::from(text);
        match name.to_plain() {
            Some(plain) => self.quoted(plain),
            None => self.piece(Piece::Name(what, name)),
        }
    }

    /// Appends ` CHARSET UTF-8`, unless mailbox names are in UTF-8.
    pub(crate) fn charset(&mut self) -> &mut Self {
        self.piece(Piece::Charset)
    }

    /// Appends a literal.
    pub(crate) fn literal(
        &mut self,
        what: &'static str,
        data: Bytes,
    ) -> Result<&mut Self, InvalidArgument> {
        if Literal::validate(&data).is_err() {
            return Err(nul(what));
        }
        self.part(Part::Literal {
            data,
            binary: false,
        });
        Ok(self)
    }

    /// Appends a `literal8`, which may contain any byte (RFC 3516 §4.4).
    pub(crate) fn literal8(&mut self, data: Bytes) -> &mut Self {
        self.part(Part::Literal { data, binary: true });
        self
    }

    /// Appends the announcement of a literal whose bytes follow the command.
    pub(crate) fn announced(
        &mut self,
        what: &'static str,
        size: u64,
        binary: bool,
    ) -> Result<&mut Self, InvalidArgument> {
        if size > i64::MAX as u64 {
            let why = format!("{size} bytes are more than a literal can have");
            return Err(InvalidArgument::new(what, why));
        }
        self.part(Part::Announced { size, binary });
        Ok(self)
    }

    /// Appends a quoted string of printable ASCII.
    fn quoted(&mut self, text: &str) -> &mut Self {
        self.bytes(&quote(text));
        self
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if let Some(Piece::Part(Part::Text(text))) = self.parts.last_mut() {
            text.extend_from_slice(bytes);
        } else {
            self.part(Part::Text(bytes.to_vec()));
        }
    }

    fn part(&mut self, part: Part) {
        self.parts.push(Piece::Part(part));
    }

    fn piece(&mut self, piece: Piece) -> &mut Self {
        self.parts.push(piece);
        self
    }

    /// Returns the texts of the command that are the same in each encoding, in order.
    fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.iter().filter_map(|piece| match piece {
            Piece::Part(Part::Text(text)) => Some(text.as_slice()),
            _ => None,
        })
    }
}
