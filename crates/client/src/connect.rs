//! Connects, and logs in if the settings ask for it.

use std::collections::VecDeque;

use imapclient_codec::command;
use imapclient_engine::{Options, Phase};
use imapclient_transport::{Endpoint, Socket, TlsConfig};

use crate::{
    blocking,
    builder::{Builder, Security},
    client::Client,
    command::Ask,
    connection::{Clock, Connection},
    error::{Result, verdict},
    login::Place,
    peer::Peer,
    switches,
    workaround::Workarounds,
};

impl<S: Socket> Builder<Client<S>> {
    /// Connects, and logs in if the settings have a login.
    ///
    /// # Errors
    /// Returns [`Error::Connect`](crate::Error::Connect) if the connection fails,
    /// [`Error::Tls`](crate::Error::Tls) if its certificate is not trusted, or
    /// [`Error::Timeout`](crate::Error::Timeout) if it takes too long;
    /// [`Error::Missing`](crate::Error::Missing) if the server lacks the STARTTLS or the compression
    /// that the settings require; [`Error::Refused`](crate::Error::Refused) or [`Error::Login`](crate::Error::Login)
    /// if the server refuses the login, [`Error::Auth`](crate::Error::Auth) if the mechanism fails,
    /// or [`Error::NoMechanism`](crate::Error::NoMechanism) if the server offers no supported one.
    pub async fn connect(self) -> Result<Client<S>> {
        // Check the settings before anything is sent.
        if let Some(id) = &self.id {
            command::id(id)?;
        }
        self.switches.check()?;
        let tls = match self.security {
            Security::Tls | Security::StartTls => {
                let options = self.tls.clone();
                // The first connection with these options reads files.
                Some(S::offload(move || options.build()).await?)
            }
            Security::Plain => None,
        };
        let connect_until = self.connect_timeout.and_then(Connection::<S>::from_now);
        let endpoint = self.to_endpoint();
        let socket = S::connect(&endpoint, self.connect_timeout).await?;
        let port = matches!(endpoint, Endpoint::Tcp { .. }).then(|| endpoint.clone());
        let options = Options {
            limits: self.limits,
            body_limit: Some(self.answer_limit),
            require_starttls: self.security == Security::StartTls,
            tolerance: self.tolerance,
            verdict: Some(verdict),
        };
        let clock = Clock {
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            connect_until,
            login_until: None,
            command_timeout: self.command_timeout,
            idle_renewal: self.idle_renewal,
            bye_until: None,
        };
        let mut connection = Connection::new(socket, options, clock, self.answer_limit);
        if let (Security::Tls, Some(tls)) = (self.security, &tls) {
            connection.start_tls(tls, &self.host)?;
        }
        // An endpoint without a port may be silent for other reasons.
        let asked = (self.security != Security::Tls).then_some(port).flatten();
        let greeting = connection.greeting(asked).await?;
        let disabled = self.switches.choose(&greeting);
        connection.disable(&switches::names(&disabled));
        let peer = Peer {
            greeting,
            workarounds: Workarounds::default(),
            place: Place {
                host: self.host.clone(),
                endpoint,
            },
            checks_certificate: self.tls.verifies_server(),
            sasl_ir: self.sasl_ir,
            id: self.id,
            compress: self.compress,
            wants_id: false,
            offers_id: false,
            introduced: false,
            pipelining: self.pipelining,
            disabled,
            append_limits: VecDeque::new(),
        };
        let mut client = Client::on(connection, peer);
        if let (Security::StartTls, Some(tls)) = (self.security, tls) {
            client.starttls(tls, self.host).await?;
        }
        // The server may identify the user by other means (RFC 9051 §7.1.4).
        if let Some(login) = self.login
            && client.state().phase() == Phase::NotAuthenticated
        {
            client.log_in(login).await?;
        } else if client.state().phase() == Phase::Authenticated {
            client.after_login().await?;
        }
        client.connection_mut().clock().connect_until = None;
        Ok(client)
    }
}

impl Builder<blocking::Client> {
    /// Connects, and logs in if the settings have a login.
    ///
    /// # Errors
    /// Returns [`Error::Connect`](crate::Error::Connect) if the connection fails,
    /// [`Error::Tls`](crate::Error::Tls) if its certificate is not trusted, or
    /// [`Error::Timeout`](crate::Error::Timeout) if it takes too long;
    /// [`Error::Missing`](crate::Error::Missing) if the server lacks the STARTTLS or the compression
    /// that the settings require; [`Error::Refused`](crate::Error::Refused) or [`Error::Login`](crate::Error::Login)
    /// if the server refuses the login, [`Error::Auth`](crate::Error::Auth) if the mechanism fails,
    /// or [`Error::NoMechanism`](crate::Error::NoMechanism) if the server offers no supported one.
    pub fn connect(self) -> Result<blocking::Client> {
        blocking::connect(self)
    }
}

impl<S: Socket> Client<S> {
    async fn starttls(&mut self, tls: TlsConfig, host: String) -> Result<()> {
        self.connection_mut().allow_starttls(tls, host);
        self.run(Ask::to(command::starttls())).await?;
        self.connection_mut().flush().await
    }
}
