//! The session: the server's properties, logging in and out, and the other commands.

use std::collections::BTreeSet;

use imapclient_auth::Mechanism;
use imapclient_codec::{Capabilities, Effect, Id, Namespaces, Needs, Status, command};
use imapclient_transport::{Handshake, Socket};
use secrecy::SecretString;

use crate::{
    client::Client,
    command::{Ask, given, last},
    error::{Error, Result},
    login::Login,
    switches::Disabled,
    workaround::Workaround,
};

impl<S: Socket> Client<S> {
    /// Returns the server's greeting: `OK` or `PREAUTH`, and the name of the server.
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

    /// Returns the parameters of the TLS handshake, and the certificates of the server; `None`
    /// without TLS.
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

    /// Returns the server's capabilities. Asks the server only if it has not listed them yet, or if
    /// they may have changed since. `CAPABILITY`, RFC 9051 §6.1.1.
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
    /// Returns the errors of the connection.
    pub async fn capabilities(&mut self) -> Result<Capabilities> {
        if self.state().capabilities().is_none() {
            let ask = Ask::for_answer(command::capability(), last!(Capability));
            // The state records the answer, whichever response contains it.
            self.run(ask).await?;
        }
        Ok(self.state().capabilities().cloned().unwrap_or_default())
    }

    /// Returns whether the server supports a capability: it lists it, or `IMAP4rev2`, which
    /// includes it ([`Capabilities::has`]). Case is ignored.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// assert!(client.has_capability("MOVE").await?);
    /// assert!(!client.has_capability("X-TELEPATHY").await?);
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of the connection.
    pub async fn has_capability(&mut self, name: &str) -> Result<bool> {
        Ok(self.capabilities().await?.has(name))
    }

    /// Returns the workarounds in force on this connection, because the server announced a
    /// capability and then refused it, or answered without data where there should be some.
    ///
    /// A workaround is discovered by the first command that needs it; a new connection has none.
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

    /// Returns the capabilities that are not used on this connection, whether the server announces
    /// them or not: those of [`Builder::disable`](crate::Builder::disable), and those that servers
    /// of this kind announce without supporting them.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |client| {
    /// for one in client.disabled().iter().filter(|one| one.announced) {
    ///     println!("{} is not used", one.capability);
    /// }
    /// # Ok(()) });
    /// ```
    #[must_use]
    pub fn disabled(&self) -> Vec<Disabled> {
        let withheld = self.state().withheld();
        let disabled = self.peer().disabled.iter();
        let disabled = disabled.map(|(capability, reason)| Disabled {
            capability: capability.clone(),
            reason: *reason,
            announced: withheld.lists(capability),
        });
        disabled.collect()
    }

    /// Enables extensions that must be requested, such as `CONDSTORE` or `UTF8=ACCEPT`. Returns
    /// those that the server enabled. `ENABLE`, RFC 9051 §6.3.1.
    ///
    /// Needs a login, no selected mailbox, and the capability `ENABLE`. After `UTF8=ACCEPT` or
    /// `IMAP4rev2`, mailbox names are sent in UTF-8. If a server answers OK without a list, as
    /// iCloud does, nothing is assumed to be enabled.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// # client.unselect().await?;
    /// let enabled = client.enable(["CONDSTORE"]).await?;
    /// assert!(enabled.lists("CONDSTORE"));
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing) without `ENABLE`, and for an extension that is
    /// [disabled](Self::disabled); [`Error::State`](crate::Error::State),
    /// [`Error::Invalid`](crate::Error::Invalid) for a string that cannot be the name of an
    /// extension.
    pub async fn enable(
        &mut self,
        extensions: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Capabilities> {
        let outgoing = command::enable(extensions)?;
        self.meet("ENABLE", outgoing.needs()).await?;
        if let Effect::Enable(names) = outgoing.effect() {
            let disabled = self.state().disabled();
            if let Some(name) = names.iter().find(|name| disabled.lists(name)) {
                return Err(Error::Missing {
                    capability: name.to_owned(),
                    disabled: true,
                });
            }
        }
        let enabled = self.run(Ask::for_answer(outgoing, last!(Enabled))).await?;
        if enabled.is_none() {
            self.note(Workaround::EnableUnanswered);
        }
        Ok(enabled.unwrap_or_default())
    }

    /// Sends the identification of the client and returns that of the server: for logs and
    /// statistics, never to base decisions on. `ID`, RFC 2971.
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

    /// Returns the namespaces of mailboxes: the user's own, those of other users, and shared ones.
    /// `NAMESPACE`, RFC 9051 §6.3.10.
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
        let answer = self
            .run(Ask::for_answer(command::namespace(), last!(Namespace)))
            .await?;
        given("NAMESPACE", answer)
    }

    /// Logs in by user name and password, with the best method that the server offers. Does the
    /// same as [`login_with`](Self::login_with) with [`Login::auto`], which describes the methods
    /// and when a second one is tried.
    ///
    /// Needs a connection on which no user is logged in.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_stranger!(async |mut client| {
    /// client.login("bob", "sekret").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns [`Error::Refused`](crate::Error::Refused) if the server refuses the login, with the
    /// code `AUTHENTICATIONFAILED` if the server sends it; [`Error::Login`](crate::Error::Login) if
    /// a mechanism that hides the password failed, or the second of two attempts;
    /// [`Error::NoMechanism`](crate::Error::NoMechanism) if the server offers no supported method.
    pub async fn login(&mut self, username: &str, password: impl Into<SecretString>) -> Result<()> {
        let password: SecretString = password.into();
        self.log_in(Login::auto(username, password)).await
    }

    /// Logs in by the LOGIN command, which contains the password as it is. `LOGIN`, RFC 9051
    /// §6.2.3.
    ///
    /// Needs a connection on which no user is logged in. The server receives the password, and
    /// without TLS so does anyone on the network path; [`login`](Self::login) uses a method that
    /// does not reveal it if the server offers one.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_stranger!(async |mut client| {
    /// client.login_command("bob", "sekret").await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns [`Error::LoginDisabled`](crate::Error::LoginDisabled), before anything is sent, if
    /// the server announces `LOGINDISABLED`; [`Error::Refused`](crate::Error::Refused) if the
    /// server refuses the login, with the code `AUTHENTICATIONFAILED` if the server sends it.
    pub async fn login_command(
        &mut self,
        username: &str,
        password: impl Into<SecretString>,
    ) -> Result<()> {
        let password: SecretString = password.into();
        self.log_in(Login::command(username, password)).await
    }

    /// Logs in by a SASL mechanism, which receives the channel binding of the connection.
    /// `AUTHENTICATE`, RFC 9051 §6.2.2, in one round trip if the server has `SASL-IR` (RFC 4959).
    /// If a server announces that and answers BAD to an initial response, the response is sent once
    /// more, after the server's continuation request.
    ///
    /// Needs a connection on which no user is logged in.
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
    /// [`Error::Refused`](crate::Error::Refused) if the server refuses the login;
    /// [`Error::Auth`](crate::Error::Auth) if the mechanism fails.
    #[doc(alias = "sasl_login")]
    #[doc(alias = "plain_login")]
    pub async fn authenticate(&mut self, mechanism: impl Mechanism) -> Result<()> {
        self.sasl(mechanism).await
    }

    /// Logs in by the best method that the server offers, by a token, or by another method of
    /// [`Login`].
    ///
    /// Needs a connection on which no user is logged in.
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
    /// The errors of [`authenticate`](Self::authenticate) and
    /// [`login_command`](Self::login_command);
    /// [`Error::Login`](crate::Error::Login) if a mechanism that hides the password failed, or the
    /// second of two attempts; [`Error::NoMechanism`](crate::Error::NoMechanism) if the server
    /// offers no supported method; [`Error::Token`](crate::Error::Token) and
    /// [`Error::Password`](crate::Error::Password) if the token or the password could not be
    /// obtained.
    #[doc(alias = "oauth2_login")]
    #[doc(alias = "oauthbearer_login")]
    pub async fn login_with(&mut self, login: Login) -> Result<()> {
        self.log_in(login).await
    }

    /// Returns the mechanism by which [`login_with`](Self::login_with) would log in, such as
    /// `SCRAM-SHA-256`; `None` for the LOGIN command. Nothing is sent but CAPABILITY, and neither a
    /// password command nor a source of tokens is called; for
    /// [`Login::mechanism`](crate::Login::mechanism) the mechanism is created.
    ///
    /// Needs a connection on which no user is logged in.
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
    /// [`Error::Missing`](crate::Error::Missing) if logging in would fail with them; the error of
    /// creating the mechanism;
    /// [`Error::State`](crate::Error::State), and the errors of the connection.
    pub async fn login_mechanism(&mut self, login: &Login) -> Result<Option<String>> {
        self.mechanism_of(login).await
    }

    /// Does nothing, but lets the server report changes, which are then in
    /// [`updates`](Self::updates). `NOOP`, RFC 9051 §6.1.2.
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
    /// Returns the errors of the connection.
    pub async fn noop(&mut self) -> Result<()> {
        self.run(Ask::to(command::noop())).await
    }

    /// Logs out and closes the connection. `LOGOUT`, RFC 9051 §6.1.3.
    ///
    /// To close it without LOGOUT, drop the client.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |client| {
    /// client.logout().await?;
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Returns the errors of the connection, which is closed in any case.
    #[doc(alias = "shutdown")]
    pub async fn logout(mut self) -> Result<()> {
        let result = self.run(Ask::to(command::logout())).await;
        self.connection_mut().hang_up().await;
        result
    }
}
