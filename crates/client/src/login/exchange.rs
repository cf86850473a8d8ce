//! Runs the commands of a login.

use imapclient_auth::{
    self as auth, ChannelBinding, Mechanism, Token,
    secrecy::{ExposeSecret, SecretString},
};
use imapclient_codec::{Capabilities, Code, Needs, StatusKind, command};
use imapclient_transport::{Endpoint, Socket};

use super::{
    Factory, Login, Password, Source, TokenMechanism, Way, auto::is_not_understood,
    method::offers_plus,
};
use crate::{
    client::Client,
    command::{Ask, Authenticate, Exchange, capabilities_of_login},
    error::{Attempt, Error, Result},
    workaround::Workaround,
};

impl<S: Socket> Client<S> {
    /// Logs in, and sends ID if the server requires it or the settings ask for it.
    pub(crate) async fn log_in(&mut self, login: Login) -> Result<()> {
        let Login {
            way,
            fallback,
            known,
        } = login;
        self.note_signs();
        if known.refuses_initial(&self.peer().place) {
            self.refuses_initial();
        }
        let result = match way {
            Way::Auto(username, password) => {
                self.log_in_by_password(username, password, fallback, &known)
                    .await
            }
            Way::Command(username, password) => self.log_in_by_command(&username, password).await,
            Way::Mechanism(factory) => self.log_in_by_mechanism(factory).await,
            Way::Token(username, source, by) => self.log_in_by_token(username, source, by).await,
        };
        if self.works_around(Workaround::SaslIrRefused) {
            known.note_refused_initial(&self.peer().place);
        }
        result?;
        self.after_login().await
    }

    /// Returns the mechanism by which this would log in; `None` for the LOGIN command.
    pub(crate) async fn mechanism_of(&mut self, login: &Login) -> Result<Option<String>> {
        self.meet("LOGIN", &Needs::fresh()).await?;
        let mechanism = match &login.way {
            Way::Auto(..) => {
                let best = self.choose().await?;
                let instead = self.instead_of(best, login.fallback, &login.known);
                instead.unwrap_or(best).mechanism().map(str::to_owned)
            }
            Way::Command(..) => {
                let needs = Needs::fresh().login_command();
                self.meet("LOGIN", &needs).await?;
                None
            }
            Way::Mechanism(factory) => Some(self.made(factory.clone()).await?.name().to_owned()),
            Way::Token(_, _, Some(by)) => Some(by.name().to_owned()),
            Way::Token(_, _, None) => Some(self.token_mechanism().await?.name().to_owned()),
        };
        Ok(mechanism)
    }

    async fn log_in_by_command(&mut self, username: &str, password: Password) -> Result<()> {
        // A password that must not be sent is not asked for.
        let needs = Needs::fresh().login_command();
        self.meet("LOGIN", &needs).await?;
        let password = self.password(password).await?;
        self.send_login(username, &password).await
    }

    async fn log_in_by_mechanism(&mut self, factory: Factory) -> Result<()> {
        self.meet("AUTHENTICATE", &Needs::fresh()).await?;
        let mechanism = self.made(factory).await?;
        self.talk(mechanism).await.0
    }

    /// Creates a mechanism without blocking the runtime.
    async fn made(&mut self, factory: Factory) -> Result<Box<dyn Mechanism>> {
        let made = self
            .connection_mut()
            .offload(move || factory.make())
            .await?;
        Ok(made.0)
    }

    pub(super) async fn send_login(
        &mut self,
        username: &str,
        password: &SecretString,
    ) -> Result<()> {
        let login = Ask::for_answer(
            command::login(username, password.expose_secret())?,
            capabilities_of_login,
        );
        self.run(login).await
    }

    /// Logs in by a SASL mechanism.
    pub(crate) async fn sasl(&mut self, mechanism: impl Mechanism) -> Result<()> {
        self.note_signs();
        self.talk(mechanism).await.0?;
        self.after_login().await
    }

    /// Runs a SASL exchange with the channel binding of the connection. Also returns the number of
    /// commands that have carried data of the mechanism.
    pub(super) async fn talk(&mut self, mechanism: impl Mechanism) -> (Result<()>, u32) {
        let mut exchange = Exchange::new(mechanism);
        let result = self.run_exchange(&mut exchange).await;
        (result, exchange.sent)
    }

    async fn run_exchange(&mut self, exchange: &mut Exchange<impl Mechanism>) -> Result<()> {
        self.meet("AUTHENTICATE", &Needs::fresh()).await?;
        // The capabilities determine whether the initial response may be sent with the command.
        let capabilities = self.capabilities().await?;
        let binding = self.channel_binding(&capabilities);
        exchange.mechanism.bind(&binding);
        self.authenticate_at_once_or_not(exchange).await
    }

    /// Sends the initial response with the command if the server supports that. If it is not
    /// understood, tries once more and sends it after the continuation request.
    async fn authenticate_at_once_or_not(
        &mut self,
        exchange: &mut Exchange<impl Mechanism>,
    ) -> Result<()> {
        let at_once = self.peer().sasl_ir;
        let first = self.run(Authenticate { exchange, at_once }).await;
        let passes = first.as_ref().is_err_and(Error::is_transient);
        let refused = match first {
            Err(Error::Refused(refused))
                if !passes && exchange.begins_with_command() && is_not_understood(&refused) =>
            {
                refused
            }
            other => return other,
        };
        tracing::debug!("the server refuses the initial response; sending it when asked");
        // A further attempt does not use an initial response either.
        self.peer_mut().sasl_ir = false;
        let at_once = false;
        let again = self.run(Authenticate { exchange, at_once }).await;
        if exchange.was_asked() {
            self.refuses_initial();
        }
        match again {
            Ok(()) => Ok(()),
            // This is about the user, or it is the same refusal.
            Err(error @ (Error::Refused(_) | Error::Auth(_))) => Err(error),
            Err(error) => {
                let mechanism = exchange.mechanism.name();
                Err(Error::Login {
                    mechanism: mechanism.to_owned(),
                    first: Some(Attempt {
                        mechanism: format!("{mechanism} with an initial response"),
                        refused,
                    }),
                    instead: None,
                    source: Box::new(error),
                })
            }
        }
    }

    /// Disables initial responses for this connection.
    fn refuses_initial(&mut self) {
        self.peer_mut().sasl_ir = false;
        self.note(Workaround::SaslIrRefused);
    }

    async fn log_in_by_token(
        &mut self,
        username: String,
        source: Source,
        by: Option<TokenMechanism>,
    ) -> Result<()> {
        self.meet("AUTHENTICATE", &Needs::fresh()).await?;
        let by = match by {
            Some(by) => by,
            None => self.token_mechanism().await?,
        };
        let token = self.token(source.clone(), None).await?;
        let mechanism = self.with_token(by, &username, &token);
        match self.talk(mechanism).await.0 {
            Err(error) if !token.is_fresh() && means_bad_token(&error) => {
                tracing::debug!("the server takes the token no more; getting a fresh one");
                let fresh = self.token(source, Some(token)).await?;
                let mechanism = self.with_token(by, &username, &fresh);
                self.talk(mechanism).await.0
            }
            other => other,
        }
    }

    fn with_token(&self, by: TokenMechanism, username: &str, token: &Token) -> Box<dyn Mechanism> {
        let secret = token.secret().clone();
        match by {
            TokenMechanism::OAuthBearer => {
                let bearer = auth::OAuthBearer::new(username, secret);
                Box::new(match &self.peer().place.endpoint {
                    Endpoint::Tcp { host, port } => bearer.server(host, *port),
                    _ => bearer,
                })
            }
            TokenMechanism::XOAuth2 => Box::new(auth::XOAuth2::new(username, secret)),
        }
    }

    async fn token_mechanism(&mut self) -> Result<TokenMechanism> {
        let capabilities = self.capabilities().await?;
        if capabilities.has("AUTH=OAUTHBEARER") {
            Ok(TokenMechanism::OAuthBearer)
        } else if capabilities.has("AUTH=XOAUTH2") {
            Ok(TokenMechanism::XOAuth2)
        } else {
            let either = ["AUTH=OAUTHBEARER", "AUTH=XOAUTH2"];
            Err(Error::missing(&either, self.state()))
        }
    }

    /// Obtains a token without blocking the runtime.
    async fn token(&mut self, source: Source, refused: Option<Token>) -> Result<Token> {
        let work = move || source.token(refused.as_ref());
        Ok(self.connection_mut().offload(work).await?)
    }

    pub(super) async fn password(&mut self, password: Password) -> Result<SecretString> {
        match password {
            Password::Known(password) => Ok(password),
            Password::Command(command) => {
                let password = self.connection_mut().offload(move || command.run()).await;
                Ok(password?)
            }
        }
    }

    fn channel_binding(&self, capabilities: &Capabilities) -> ChannelBinding {
        match self.connection().tls_exporter() {
            None => ChannelBinding::None,
            Some(exported) if offers_plus(capabilities) => ChannelBinding::TlsExporter(exported),
            Some(_) => ChannelBinding::NotOffered,
        }
    }
}

/// Returns whether the server rejects the token, rather than the user, or for a transient reason.
fn means_bad_token(error: &Error) -> bool {
    let Error::Refused(refused) = error else {
        return false;
    };
    refused.kind == StatusKind::No
        && !error.is_transient()
        && matches!(
            refused.code,
            None | Some(Code::AuthenticationFailed | Code::Expired | Code::Other { .. })
        )
}
