//! The blocking face: the same client without a runtime.
//!
//! Its socket does its waiting inside the call, so the futures of [`crate::Client`] are done when
//! they are polled for the first time. That needs no runtime, and works inside one.

use std::fmt;

use imapclient_transport::{Interrupter, StdSocket, now};

use crate::{Builder, Command, Error, IntoCommand, Result, State, Update, WireLine};

mod generated;

/// A connection to an IMAP server, blocking.
///
/// ```no_run
/// # fn main() -> imapclient::Result<()> {
/// use imapclient::blocking::Client;
///
/// let mut client = Client::builder("imap.example.org").login("bob", "sekret").connect()?;
/// client.select("INBOX")?;
/// println!("{} unread", client.search("UNSEEN")?.len());
/// client.logout()?;
/// # Ok(()) }
/// ```
pub struct Client {
    inner: crate::Client<StdSocket>,
}

/// An IDLE under way (RFC 2177), made by [`Client::idle`]; see [`crate::Idle`].
#[derive(Debug)]
pub struct Idle<'a> {
    inner: crate::Idle<'a, StdSocket>,
}

impl Client {
    /// Settings for a new connection to this host.
    pub fn builder(host: impl Into<String>) -> Builder<Self> {
        Builder::new(host)
    }

    /// Connects, does something, and logs out, whether it went well or not.
    ///
    /// ```
    /// # imapclient_example::blocking_builder!(|builder| {
    /// use imapclient::blocking::Client;
    ///
    /// let unread = Client::with(builder, |client| {
    ///     client.select("INBOX")?;
    ///     client.search("UNSEEN")
    /// })?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of connecting, and those of what is done. A failing logout after success is logged
    /// only: the work is done.
    pub fn with<T, E: From<Error>>(
        builder: Builder<Self>,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut client = builder.connect()?;
        let result = work(&mut client);
        if client.inner.connection().is_usable()
            && let Err(error) = client.logout()
        {
            tracing::debug!(%error, "logout failed");
        }
        result
    }

    /// Runs a command that has no method: one of the codec, or a [`Command`] of your own.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// use imapclient::StatusItem::Unseen;
    /// use imapclient::codec::command::{ListQuery, ListReturn, list_extended};
    ///
    /// let query = ListQuery::new("", "*").returning([ListReturn::Status(vec![Unseen])]);
    /// let answer = client.run(list_extended(&query, client.state().names())?)?;
    /// println!("{:?}", answer.responses);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`Client::run`](crate::Client::run).
    pub fn run<C: IntoCommand>(&mut self, command: C) -> Result<<C::Command as Command>::Output> {
        now(self.inner.run(command))
    }

    /// What the server has said unasked so far, oldest first.
    pub fn updates(&mut self) -> impl Iterator<Item = Update> + '_ {
        self.inner.updates()
    }

    /// What is known of the connection: its phase, the selected mailbox, capabilities.
    #[must_use]
    pub fn state(&self) -> &State {
        self.inner.state()
    }

    /// The last lines of the conversation, secrets left out.
    pub fn wire_log(&self) -> impl Iterator<Item = &WireLine> {
        self.inner.wire_log()
    }

    /// What ends a wait of this client from another thread: the call that waits, or else the next
    /// one that would wait, fails with [`Error::Interrupted`]. The client can go on afterwards.
    ///
    /// ```
    /// # imapclient_example::blocking!(|mut client| {
    /// use imapclient::Error;
    ///
    /// let interrupter = client.interrupter();
    /// let mut idle = client.idle()?;
    /// std::thread::spawn(move || interrupter.interrupt());
    /// let error = loop {
    ///     match idle.next() {
    ///         Ok(update) => println!("{update:?}"),
    ///         Err(error) => break error,
    ///     }
    /// };
    /// assert!(matches!(error, Error::Interrupted));
    /// idle.done()?;
    /// # Ok(()) });
    /// ```
    #[doc(alias = "socket")]
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        self.inner.connection().interrupter()
    }

    /// How long the server may be silent while it is waited for; `None` for any time.
    pub fn set_timeout(&mut self, timeout: Option<std::time::Duration>) {
        self.inner.set_timeout(timeout);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

pub(crate) fn connect(builder: Builder<Client>) -> Result<Client> {
    now(builder.into_client::<crate::Client<StdSocket>>().connect()).map(|inner| Client { inner })
}
