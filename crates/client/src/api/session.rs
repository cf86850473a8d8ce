//! The connection and who uses it.

use std::collections::BTreeSet;

use imapclient_auth::Mechanism;
use imapclient_codec::{Capabilities, Id, Namespaces, Needs, Outgoing, Status, command};
use imapclient_transport::{Handshake, Socket};
use secrecy::SecretString;

use crate::{
    client::Client,
    command::{Answer, Ask, given, last},
    error::Result,
    login::Login,
    outcome::Unanswered,
    workaround::Workaround,
};

impl<S: Socket> Client<S> {
    /// What the server said first: `OK` or `PREAUTH`, and what it calls itself.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |client| {
    /// println!("{}", client.greeting().text.escape_debug());
    /// # Ok(()) });
    /// ```
    #[doc(alias = "welcome")]
    #[must_use]
    pub fn greeting(&self) -> &Status {
        &self.peer().greeting
    }

    /// What was agreed on in the TLS handshake, and the certificates that the server showed;
    /// `None` without TLS.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |client| {
    /// if let Some(handshake) = client.tls() {
    ///     println!("{}, {}", handshake.version, handshake.cipher_suite);
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn tls(&self) -> Option<Handshake> {
        self.connection().handshake()
    }

    /// What the server can do. Asks it only if it has not said so yet, or if that may have
    /// changed since. `CAPABILITY`, RFC 9051 §6.1.1.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// if client.capabilities().await?.has("IDLE") {
    ///     println!("the server can push");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn capabilities(&mut self) -> Result<Capabilities> {
        if self.state().capabilities().is_none() {
            let ask = |_| Ok(command::capability());
            // The state takes note of the answer, wherever it stands.
            self.run(Ask::for_answer(ask, last!(Capability))).await?;
        }
        Ok(self.state().capabilities().cloned().unwrap_or_default())
    }

    /// Whether the server can do what a capability stands for, also as a part of `IMAP4rev2`.
    /// Case does not matter.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// assert!(client.has_capability("MOVE").await?);
    /// assert!(!client.has_capability("X-TELEPATHY").await?);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn has_capability(&mut self, name: &str) -> Result<bool> {
        Ok(self.capabilities().await?.offers(name))
    }

    /// Returns what is done in another way on this connection, because the server announced
    /// something and then refused it, or answered with nothing where there was something.
    ///
    /// A workaround is found out by the first command that needs it; a fresh connection has none.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::Attribute;
    ///
    /// client.find_special_mailbox(Attribute::Trash).await?;
    /// for workaround in client.workarounds() {
    ///     println!("{workaround}");
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn workarounds(&self) -> &BTreeSet<Workaround> {
        &self.peer().workarounds.in_force
    }

    /// Turns extensions on that have to be asked for, as in `CONDSTORE` or `UTF8=ACCEPT`; gives
    /// those that the server turned on. `ENABLE`, RFC 9051 §6.3.1.
    ///
    /// Needs a login, no selected mailbox, and the capability `ENABLE`. After `UTF8=ACCEPT` or
    /// `IMAP4rev2` names of mailboxes are sent in UTF-8. A server that says OK without naming
    /// anything, as iCloud does, has turned nothing on as far as anybody can tell.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// # client.unselect().await?;
    /// let enabled = client.enable(&["CONDSTORE"]).await?;
    /// assert!(enabled.has("CONDSTORE"));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::State`](crate::Error::State),
    /// [`Error::Invalid`](crate::Error::Invalid) for what is no name of an extension.
    pub async fn enable(&mut self, extensions: &[&str]) -> Result<Capabilities> {
        let ask = |_| command::enable(extensions.iter().copied());
        let enabled = self.run(Ask::for_answer(ask, last!(Enabled))).await?;
        if enabled.is_none() {
            self.note(Workaround::EnableUnanswered);
        }
        Ok(enabled.unwrap_or_default())
    }

    /// Tells the server who we are, and asks what it is: for logs and statistics, never to decide
    /// by. `ID`, RFC 2971.
    ///
    /// Needs the capability `ID`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let server = client.id([("name", "mail-tool"), ("version", "1.0")]).await?;
    /// println!("{:?}", server.get("name"));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing); [`Error::Invalid`](crate::Error::Invalid) for
    /// more than 30 fields or a field that is too long.
    #[doc(alias = "id_")]
    pub async fn id(&mut self, ours: impl Into<Id>) -> Result<Id> {
        let needs = Needs::nothing().capability("ID");
        self.meet("ID", &needs).await?;
        self.send_id(&ours.into()).await
    }

    /// Where mailboxes are: the user's own, those of others, those of everybody. `NAMESPACE`,
    /// RFC 9051 §6.3.10.
    ///
    /// Needs a login and the capability `NAMESPACE`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// for namespace in client.namespace().await?.personal {
    ///     println!("{:?}, levels by {:?}", namespace.prefix, namespace.delimiter);
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), and those of the connection.
    pub async fn namespace(&mut self) -> Result<Namespaces> {
        let ask = |_| Ok(command::namespace());
        let answer = self.run(Ask::for_answer(ask, last!(Namespace))).await?;
        given("NAMESPACE", answer)
    }

    /// Logs in by user name and password. `LOGIN`, RFC 9051 §6.2.3.
    ///
    /// Needs a connection on which nobody is logged in. The password is sent as it is:
    /// [`login_with`](Self::login_with) knows better ways where the server does.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_stranger!(async |mut client| {
    /// client.login("bob", "sekret").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `AUTHENTICATIONFAILED` if the
    /// server says so; [`Error::LoginDisabled`](crate::Error::LoginDisabled), with nothing sent.
    pub async fn login(&mut self, username: &str, password: impl Into<SecretString>) -> Result<()> {
        self.login_command(username, &password.into()).await
    }

    /// Logs in by a SASL mechanism, told what of the connection it can bind to. `AUTHENTICATE`,
    /// RFC 9051 §6.2.2, in one round trip where the server has `SASL-IR` (RFC 4959). A server that
    /// announces that and answers BAD to an initial response is given the same once more, when it
    /// asks for it.
    ///
    /// Needs a connection on which nobody is logged in.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_stranger!(async |mut client| {
    /// use imapclient::auth::Plain;
    ///
    /// client.authenticate(Plain::new("bob", "sekret".into())).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) if the server says no;
    /// [`Error::Auth`](crate::Error::Auth) if the mechanism does.
    #[doc(alias = "sasl_login")]
    #[doc(alias = "plain_login")]
    pub async fn authenticate(&mut self, mechanism: impl Mechanism) -> Result<()> {
        self.sasl(mechanism).await
    }

    /// Logs in in the best way the server offers, or by a token, or as told otherwise.
    ///
    /// Needs a connection on which nobody is logged in.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_stranger!(async |mut client| {
    /// use imapclient::Login;
    ///
    /// client.login_with(Login::auto("bob", "sekret")).await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`authenticate`](Self::authenticate) and [`login`](Self::login);
    /// [`Error::Login`](crate::Error::Login) if a mechanism that hides the password failed, or the
    /// second of two attempts,
    /// [`Error::NoMechanism`](crate::Error::NoMechanism) if there is no way,
    /// [`Error::Token`](crate::Error::Token) and [`Error::Password`](crate::Error::Password) if
    /// there is nothing to log in with.
    #[doc(alias = "oauth2_login")]
    #[doc(alias = "oauthbearer_login")]
    pub async fn login_with(&mut self, login: Login) -> Result<()> {
        self.log_in(login).await
    }

    /// The mechanism by which [`login_with`](Self::login_with) would log in, as in
    /// `SCRAM-SHA-256`; `None` if by the LOGIN command. Neither the password nor a token is sent or
    /// needed for it.
    ///
    /// Needs a connection on which nobody is logged in.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_stranger!(async |mut client| {
    /// use imapclient::Login;
    ///
    /// let login = Login::auto("bob", "sekret");
    /// assert_eq!(client.login_mechanism(&login).await?.as_deref(), Some("PLAIN"));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::NoMechanism`](crate::Error::NoMechanism),
    /// [`Error::LoginDisabled`](crate::Error::LoginDisabled) and
    /// [`Error::Missing`](crate::Error::Missing), as logging in would fail with;
    /// [`Error::State`](crate::Error::State), and those of the connection.
    pub async fn login_mechanism(&mut self, login: &Login) -> Result<Option<String>> {
        self.mechanism_of(login).await
    }

    /// Asks nothing: what the server has to tell turns up in [`updates`](Self::updates).
    /// `NOOP`, RFC 9051 §6.1.2.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// client.noop().await?;
    /// for update in client.updates() {
    ///     println!("{update:?}");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn noop(&mut self) -> Result<()> {
        let ask = |_| Ok(command::noop());
        self.run(Ask::to(ask)).await
    }

    /// Sends a command given as text, for what has no method here; gives all untagged responses
    /// that came before its end, whoever they were meant for, and that end. For a typed command of
    /// your own see [`run`](Self::run).
    ///
    /// Commands that change the connection (SELECT, LOGIN, IDLE ...) are refused: the client would
    /// lose track. So is text that could be anything but one command: CR, LF, NUL, literals.
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

    /// Reads the rest of what a dropped future, or an interrupted or timed out call, has left under
    /// way, as the next call would do first; but at most so many bytes, as they come from the
    /// network. Whether nothing is left: if there is, the next call, this one included, goes on.
    ///
    /// With a time-out of your own it bounds what a cancelled command may still cost.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// if !client.drain(1024 * 1024).await? {
    ///     println!("a new connection will be quicker");
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn drain(&mut self, most: u64) -> Result<bool> {
        let until = self.connection().command_limit();
        self.connection_mut().settle(most, until).await
    }

    /// Returns what became of the last call that changes something and did not return that itself:
    /// its future was dropped, or it failed and the server may answer later, as after a time-out.
    /// `None` if there is no such call, if another one that changes something has begun since, or
    /// if this has told the final outcome before.
    ///
    /// The next call, or [`drain`](Self::drain), first waits for the answer that is still due;
    /// afterwards [`Outcome::Done`](crate::Outcome::Done) or
    /// [`Outcome::NotDone`](crate::Outcome::NotDone) is known. It also sends the rest of a command
    /// whose future was dropped in the middle: what is not done by now stays so only if the client
    /// is dropped.
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

    /// Says goodbye and closes the connection. `LOGOUT`, RFC 9051 §6.1.3.
    ///
    /// To close it without a word, drop the client.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |client| {
    /// client.logout().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of the connection. It is closed in any case.
    #[doc(alias = "shutdown")]
    pub async fn logout(mut self) -> Result<()> {
        let ask = |_| Ok(command::logout());
        let result = self.run(Ask::to(ask)).await;
        self.connection_mut().hang_up().await;
        result
    }
}
