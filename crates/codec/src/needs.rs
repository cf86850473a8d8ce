//! The conditions under which a command may be sent.

use std::borrow::Cow;

/// The conditions under which a command may be sent.
///
/// Each function of [`command`](crate::command) states them for the command that it writes:
/// [`Outgoing::needs`](crate::Outgoing::needs). The codec does not check them, since it knows no
/// connection.
///
/// ```
/// use imapclient_codec::{Needs, Place, command};
///
/// let needs = command::get_quota("user/bob")?.needs().clone();
/// assert_eq!(needs, Needs::login().capability("QUOTA"));
/// assert_eq!(needs.place(), Place::LoggedIn);
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    place: Place,
    capabilities: Vec<Cow<'static, str>>,
    one_of: &'static [&'static str],
    writable: bool,
    login_command: bool,
}

/// The phase that a connection has to be in (RFC 9051 §3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the protocol has no other phases")]
pub enum Place {
    /// Anywhere.
    #[default]
    Anywhere,
    /// The user is not logged in.
    Fresh,
    /// The user is logged in, whether a mailbox is selected or not.
    LoggedIn,
    /// The user is logged in, and no mailbox is selected.
    NoMailbox,
    /// A mailbox is selected.
    Mailbox,
}

impl Needs {
    /// No conditions: the command is valid at any time.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// A connection on which the user is not logged in.
    #[must_use]
    pub fn fresh() -> Self {
        Self::at(Place::Fresh)
    }

    /// A login. A mailbox may be selected or not.
    #[must_use]
    pub fn login() -> Self {
        Self::at(Place::LoggedIn)
    }

    /// A login, and no selected mailbox.
    #[must_use]
    pub fn no_mailbox() -> Self {
        Self::at(Place::NoMailbox)
    }

    /// A selected mailbox.
    #[must_use]
    pub fn mailbox() -> Self {
        Self::at(Place::Mailbox)
    }

    /// Adds a capability that the server has to have, by itself or as a part of `IMAP4rev2`.
    #[must_use]
    pub fn capability(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.capabilities.push(name.into());
        self
    }

    /// Adds capabilities of which the server has to have at least one.
    #[must_use]
    pub fn one_of(mut self, names: &'static [&'static str]) -> Self {
        self.one_of = names;
        self
    }

    /// Adds that the selected mailbox was opened for writing.
    #[must_use]
    pub fn writable(mut self) -> Self {
        self.writable = true;
        self
    }

    /// Adds that the server does not announce `LOGINDISABLED` (RFC 9051 §6.2.3).
    #[must_use]
    pub fn login_command(mut self) -> Self {
        self.login_command = true;
        self
    }

    /// Returns the phase that the connection has to be in.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Returns the capabilities that the server has to have, all of them.
    pub fn capabilities(&self) -> impl Iterator<Item = &str> {
        self.capabilities.iter().map(AsRef::as_ref)
    }

    /// Returns the capabilities of which the server has to have one; empty if it needs none.
    #[must_use]
    pub fn alternatives(&self) -> &'static [&'static str] {
        self.one_of
    }

    /// Reports whether the selected mailbox has to be one that was opened for writing.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.writable
    }

    /// Reports whether the server must not announce `LOGINDISABLED`.
    #[must_use]
    pub fn is_login_command(&self) -> bool {
        self.login_command
    }

    fn at(place: Place) -> Self {
        Self {
            place,
            ..Self::default()
        }
    }
}
