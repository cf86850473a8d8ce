//! The connection: its state and its updates, any command, and what is left of abandoned ones.

use std::time::Duration;

use imapclient_codec::Outgoing;
use imapclient_engine::{State, WireLine};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Answer, Command, IntoCommand},
    connection::Drained,
    error::Result,
    kept::Kept,
    outcome::Unanswered,
    updates::Update,
};

impl<S: Socket> Client<S> {
    /// Returns the state of the connection: its phase, the selected mailbox, capabilities.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |client| {
    /// if let Some(mailbox) = client.state().selected() {
    ///     println!("{}: {} messages", mailbox.name, mailbox.exists);
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn state(&self) -> &State {
        self.connection().state()
    }

    /// Removes and returns the unsolicited responses received so far, oldest first.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Update;
    ///
    /// client.noop().await?;
    /// for update in client.updates() {
    ///     if let Update::Exists(messages) = update {
    ///         println!("{messages} messages now");
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    pub fn updates(&mut self) -> impl Iterator<Item = Update> + '_ {
        std::iter::from_fn(|| self.connection_mut().next_update())
    }

    /// Runs a command that has no method: one of the codec, or a [`Command`] of your own.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Attribute;
    /// use imapclient::codec::command::create_for;
    ///
    /// let answer = client.run(create_for(&"Reports".into(), [Attribute::Archive])?).await?;
    /// println!("{}", answer.status.text);
    /// # Ok(()) });
    /// ```
    ///
    /// For an [`Outgoing`](crate::codec::Outgoing) from a function of
    /// [`codec::command`](crate::codec::command), the result is an [`Answer`] with
    /// all responses, so that reading the annotations of METADATA (RFC 5464) takes one line:
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn main_(mut client: imapclient::tokio::Client) -> imapclient::Result<()> {
    /// use imapclient::codec::command::get_metadata;
    ///
    /// let inbox = "INBOX".into();
    /// let entries = ["/private/comment"];
    /// let answer = client.run(get_metadata(Some(&inbox), entries, Default::default())?).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// The [needs](Command::needs) of the command are checked first. A command that opens or leaves
    /// a mailbox, logs in, enables an extension, compresses or logs out also changes the
    /// [`state`](Self::state) and the [`updates`](Self::updates), as the corresponding method would,
    /// even if its future is dropped.
    ///
    /// # Errors
    /// Returns the errors of the command; [`Error::State`](crate::Error::State) or
    /// [`Error::Missing`](crate::Error::Missing) if its needs are not met;
    /// [`Error::LoginDisabled`](crate::Error::LoginDisabled) for LOGIN if the server forbids that;
    /// [`Error::Refused`](crate::Error::Refused) if the server answers NO or BAD;
    /// [`Error::Unrunnable`](crate::Error::Unrunnable) for STARTTLS, IDLE, and AUTHENTICATE without a
    /// [responder](Command::responder), before anything is sent: use
    /// [`Builder::security`](crate::Builder::security) for encryption, and [`idle`](Self::idle) to
    /// wait for changes; the same error for a login or a COMPRESS on a connection that is
    /// [compressed](crate::Builder::compress); [`Error::Invalid`](crate::Error::Invalid) for a mailbox name that cannot
    /// be sent in the current encoding.
    pub async fn run<C: IntoCommand>(
        &mut self,
        command: C,
    ) -> Result<<C::Command as Command>::Output> {
        let command = command.into_command();
        self.run_after(&mut Kept::default(), command).await
    }

    /// Sends a command given as text, if there is no method for it. Returns all untagged responses
    /// before its tagged response, including unsolicited ones, and the status of the latter. For a
    /// typed command of your own see [`run`](Self::run).
    ///
    /// Commands that change the connection (SELECT, LOGIN, IDLE ...) are refused, because the
    /// client could not follow the change. So is text that could be anything but one command: CR,
    /// LF, NUL, literals.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let answer = client.raw("STATUS Archive (MESSAGES)").await?;
    /// println!("{:?}", answer.responses);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid), [`Error::Refused`](crate::Error::Refused).
    pub async fn raw(&mut self, command: &str) -> Result<Answer> {
        self.run(Outgoing::raw(command)?).await
    }

    /// Reads and discards the rest of the answers to abandoned commands (after a dropped future, an
    /// interrupt or a time-out), as the next call would do first, up to `most` bytes from the
    /// network. Returns [`Drained::All`] if nothing of them is left, and [`Drained::More`] if there
    /// is more than `most` bytes.
    ///
    /// Combined with a time-out of your own, this limits the cost of an abandoned command.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Drained;
    ///
    /// if client.drain(1024 * 1024).await? == Drained::More {
    ///     println!("a new connection will be quicker");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of the connection.
    pub async fn drain(&mut self, most: u64) -> Result<Drained> {
        let until = self.connection().command_limit();
        self.connection_mut().settle(most, until).await
    }

    /// Returns the outcome of the last call that changes something and was abandoned: its future
    /// was dropped, or it failed and the server may still answer, as after a time-out. Returns
    /// `None` if there is no such call, if another call that changes something has begun since, or
    /// if the final outcome was returned before.
    ///
    /// The next call, or [`drain`](Self::drain), first waits for the answer that is still due;
    /// after that the outcome is [`Outcome::Done`](crate::Outcome::Done) or
    /// [`Outcome::NotDone`](crate::Outcome::NotDone). It also sends the rest of a command whose
    /// future was dropped in the middle: a change that has not been made yet is prevented only by
    /// dropping the client.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Outcome;
    ///
    /// if client.append("Drafts", "Subject: hi\r\n\r\nHello\r\n").await.is_err() {
    ///     client.drain(u64::MAX).await?;
    ///     match client.unanswered().map(|call| call.outcome) {
    ///         Some(Outcome::Done) => println!("it is stored all the same"),
    ///         Some(Outcome::Unknown) => println!("nobody knows whether it is stored"),
    ///         _ => println!("it is not stored"),
    ///     }
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn unanswered(&mut self) -> Option<Unanswered> {
        self.unanswered_call()
    }

    /// Returns the last lines of the conversation, without secrets.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |client| {
    /// for line in client.wire_log() {
    ///     println!("{line}");
    /// }
    /// # Ok(()) });
    /// ```
    pub fn wire_log(&self) -> impl Iterator<Item = &WireLine> {
        self.connection().wire_log()
    }

    /// Sets the longest silence of the server while a response is awaited; `None` for no limit.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use std::time::Duration;
    ///
    /// client.set_timeout(Duration::from_secs(10));
    /// # Ok(()) });
    /// ```
    pub fn set_timeout(&mut self, timeout: impl Into<Option<Duration>>) {
        self.connection_mut().clock().timeout = timeout.into();
    }
}
