//! A command to be sent: its checked parts, and the effect of its success.

use std::{borrow::Cow, fmt};

use bytes::Bytes;
use imap_codec::imap_types::core::{AString, Atom, IString, Literal};
use zeroize::Zeroizing;

use crate::{
    capability::Capabilities,
    mailbox::{MailboxName, NameEncoding},
    needs::Needs,
};

mod by_uid;

/// A command without its tag and its final CRLF.
///
/// Text enters only through methods that check it, so CR, LF and NUL never occur outside a literal.
/// The connection decides how literals are announced, since that depends on the capabilities of the
/// server.
#[derive(Debug, Clone, Default)]
pub struct Outgoing {
    parts: Vec<Part>,
    effect: Effect,
    needs: Needs,
}

/// A piece of a command.
#[derive(Clone)]
pub enum Part {
    /// Plain text.
    Text(Vec<u8>),
    /// Text that must not appear in logs.
    Secret(Zeroizing<Vec<u8>>),
    /// A literal (RFC 9051 §4.3).
    Literal {
        /// The contents.
        data: Bytes,
        /// True for a `literal8`, which may contain NUL (RFC 3516).
        binary: bool,
    },
    /// A literal that must not appear in logs.
    SecretLiteral(Zeroizing<Vec<u8>>),
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
        const STATEFUL: [&str; 15] = [
            "APPEND",
            "AUTHENTICATE",
            "CLOSE",
            "COMPRESS",
            "ENABLE",
            "EXAMINE",
            "IDLE",
            "LOGIN",
            "LOGOUT",
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

    /// Returns the parts in order, and the effect.
    #[must_use]
    pub fn into_parts(self) -> (Vec<Part>, Effect) {
        (self.parts, self.effect)
    }

    /// Returns the name of the command, as in `SELECT` or `UID FETCH`.
    #[must_use]
    pub fn name(&self) -> String {
        let Some(Part::Text(text)) = self.parts.first() else {
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
        self.parts.iter().any(|part| {
            let Part::Text(text) = part else {
                return false;
            };
            let text = String::from_utf8_lossy(text).to_ascii_uppercase();
            text.split([' ', '(', ')']).any(|word| {
                ITEMS.contains(&word) || SECTIONS.iter().any(|section| word.starts_with(section))
            })
        })
    }

    /// Returns the parts in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
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
        if let IString::Quoted(quoted) = IString::try_from(text).map_err(|_| nul(what))? {
            let mut out = Vec::with_capacity(text.len() + 2);
            quote(&mut out, quoted.as_ref());
            self.bytes(&out);
        } else {
            self.parts.push(Part::Literal {
                data: Bytes::copy_from_slice(text),
                binary: false,
            });
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
                let mut quoted = Zeroizing::new(Vec::with_capacity(2 * text.len() + 2));
                quote(&mut quoted, text);
                self.parts.push(Part::Secret(quoted));
            }
            _ => self.parts.push(Part::SecretLiteral(Zeroizing::new(
                text.as_bytes().to_vec(),
            ))),
        }
        Ok(self)
    }

    /// Appends text of this crate that must not appear in logs.
    pub(crate) fn secret_text(&mut self, text: Zeroizing<Vec<u8>>) -> &mut Self {
        self.parts.push(Part::Secret(text));
        self
    }

    /// Appends a mailbox name in the current encoding.
    pub(crate) fn mailbox(
        &mut self,
        name: &MailboxName,
        names: NameEncoding,
    ) -> Result<&mut Self, InvalidArgument> {
        if name.as_str().is_empty() {
            return Err(InvalidArgument::new("mailbox name", "it must not be empty"));
        }
        self.string("mailbox name", &name.wire(names))
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
        self.parts.push(Part::Literal {
            data,
            binary: false,
        });
        Ok(self)
    }

    /// Appends a `literal8`, which may contain any byte (RFC 3516 §4.4).
    pub(crate) fn literal8(&mut self, data: Bytes) -> &mut Self {
        self.parts.push(Part::Literal { data, binary: true });
        self
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if let Some(Part::Text(text)) = self.parts.last_mut() {
            text.extend_from_slice(bytes);
        } else {
            self.parts.push(Part::Text(bytes.to_vec()));
        }
    }
}

/// Rejects text that could end or extend its line.
pub(crate) fn check_line(what: &'static str, text: &str) -> Result<(), InvalidArgument> {
    if let Some(at) = text.bytes().position(|byte| !(0x20..0x7f).contains(&byte)) {
        return Err(InvalidArgument::new(
            what,
            format!("byte {at} of {text:?} is not printable ASCII; use the typed form"),
        ));
    }
    if text.ends_with('}') {
        return Err(InvalidArgument::new(
            what,
            format!("{text:?} ends like a literal"),
        ));
    }
    // An unclosed quoted string would swallow what follows.
    if Outside::of(text).is_none() {
        return Err(InvalidArgument::new(
            what,
            format!("a quoted string in {text:?} does not end"),
        ));
    }
    Ok(())
}

/// Rejects in addition text that could affect what follows it.
pub(crate) fn check_fragment(what: &'static str, text: &str) -> Result<(), InvalidArgument> {
    check_line(what, text)?;
    let why = match Outside::of(text) {
        Some(Outside { matched: false, .. }) => "parentheses that do not match",
        Some(Outside { braces: true, .. }) => "a brace outside of quotes, where literals begin",
        _ => return Ok(()),
    };
    Err(InvalidArgument::new(what, format!("{text:?} has {why}")))
}

/// The contents of a text outside of its quoted strings.
struct Outside {
    /// Set if each parenthesis has its counterpart.
    matched: bool,
    /// Set if there is an opening brace.
    braces: bool,
}

impl Outside {
    /// Scans `text`. Returns `None` if a quoted string does not end.
    fn of(text: &str) -> Option<Self> {
        let mut outside = Self {
            matched: true,
            braces: false,
        };
        let mut open = 0_usize;
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            match byte {
                b'"' => skip_quoted(&mut bytes)?,
                b'{' => outside.braces = true,
                b'(' => open += 1,
                b')' => match open.checked_sub(1) {
                    Some(left) => open = left,
                    None => outside.matched = false,
                },
                _ => {}
            }
        }
        outside.matched &= open == 0;
        Some(outside)
    }
}

/// Skips the rest of a quoted string. Returns `None` if it does not end.
fn skip_quoted(bytes: &mut impl Iterator<Item = u8>) -> Option<()> {
    loop {
        match bytes.next()? {
            b'"' => return Some(()),
            b'\\' => {
                bytes.next()?;
            }
            _ => {}
        }
    }
}

fn quote(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.push(b'"');
}

fn nul(what: &'static str) -> InvalidArgument {
    InvalidArgument::new(what, "it must not contain NUL")
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "\"{}\"", text.escape_ascii()),
            Self::Literal {
                data,
                binary: false,
            } => write!(f, "{{{} bytes}}", data.len()),
            Self::Literal { data, binary: true } => write!(f, "~{{{} bytes}}", data.len()),
            // The length is secret too.
            Self::Secret(_) | Self::SecretLiteral(_) => f.write_str("<secret>"),
        }
    }
}
