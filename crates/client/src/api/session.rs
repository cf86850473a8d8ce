//! The connection and who uses it.

use imapclient_auth::Mechanism;
use imapclient_codec::Capabilities;
use imapclient_transport::Socket;
use secrecy::SecretString;

use crate::{
    client::Client,
    command::{Authenticate, Capability, Simple, need_no_login},
    error::Result,
};

impl<S: Socket> Client<S> {
    /// What the server can do. Asks it only if it has not said so yet, or if that may have
    /// changed since. `CAPABILITY`, RFC 9051 §6.1.1.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// if client.capabilities().await?.has("IDLE") {
    ///     println!("the server can push");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn capabilities(&mut self) -> Result<Capabilities> {
        if let Some(capabilities) = self.state().capabilities() {
            return Ok(capabilities.clone());
        }
        self.run(Capability::default()).await
    }

    /// Logs in by user name and password. `LOGIN`, RFC 9051 §6.2.3.
    ///
    /// Needs a connection on which nobody is logged in.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// client.login("bob", "sekret").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `AUTHENTICATIONFAILED` if the
    /// server says so; [`Error::LoginDisabled`](crate::Error::LoginDisabled), with nothing sent.
    pub async fn login(&mut self, username: &str, password: impl Into<SecretString>) -> Result<()> {
        let (username, password) = (username.to_owned(), password.into());
        self.ready("LOGIN", need_no_login).await?;
        // Whether LOGIN is allowed is for the capabilities to say.
        self.capabilities().await?;
        self.run(Simple::Login { username, password }).await
    }

    /// Logs in by a SASL mechanism. `AUTHENTICATE`, RFC 9051 §6.2.2, in one round trip where the
    /// server has `SASL-IR` (RFC 4959).
    ///
    /// Needs a connection on which nobody is logged in.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// use imapclient::auth::Plain;
    ///
    /// client.authenticate(Plain::new("bob", "sekret".into())).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused) if the server says no;
    /// [`Error::Auth`](crate::Error::Auth) if the mechanism does.
    pub async fn authenticate(&mut self, mechanism: impl Mechanism) -> Result<()> {
        self.ready("AUTHENTICATE", need_no_login).await?;
        // Whether the first response may come at once is for the capabilities to say.
        self.capabilities().await?;
        self.run(Authenticate::new(mechanism)).await
    }

    /// Asks for nothing: the server tells what is new, and sees that we are still there.
    /// `NOOP`, RFC 9051 §6.1.2. What it tells is in [`updates`](Self::updates).
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(client: &mut imapclient::tokio::Client) -> imapclient::Result<()> {
    /// client.noop().await?;
    /// for update in client.updates() {
    ///     println!("{update:?}");
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn noop(&mut self) -> Result<()> {
        self.run(Simple::Noop).await
    }

    /// Says goodbye and closes the connection. `LOGOUT`, RFC 9051 §6.1.3.
    ///
    /// ```no_run
    /// # #[cfg(feature = "tokio")] async fn example(mut client: imapclient::tokio::Client) -> imapclient::Result<()> {
    /// client.logout().await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of the connection. It is closed in any case.
    #[doc(alias = "shutdown")]
    pub async fn logout(mut self) -> Result<()> {
        let result = self.run(Simple::Logout).await;
        if !self.broken {
            self.hang_up().await;
        }
        result
    }
}
