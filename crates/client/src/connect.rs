//! From settings to a client that is logged in.

use imapclient_codec::{Status, StatusKind, command};
use imapclient_engine::{Engine, Event, Options, Phase};
use imapclient_transport::{Endpoint, Pipe, Socket, TlsConfig};

use crate::{
    blocking,
    builder::{Builder, Security},
    client::{Client, from_now},
    command::{Ask, need_no_login},
    error::{Error, Result},
    updates::Updates,
    workaround::Workarounds,
};

impl<S: Socket> Builder<Client<S>> {
    /// Connects, and logs in if the settings say how.
    ///
    /// # Errors
    /// [`Error::Connect`] if there is no connection, [`Error::Tls`] if its certificate is not to be
    /// trusted, [`Error::Timeout`] if it takes too long;
    /// [`Error::Missing`] without STARTTLS where it is asked for; [`Error::Refused`] or
    /// [`Error::Login`] if the server does not let the user in, [`Error::Auth`] if that failed on
    /// our side, [`Error::NoMechanism`] if there is no way.
    pub async fn connect(self) -> Result<Client<S>> {
        let connect_until = self.connect_timeout.and_then(from_now);
        // Before anything is sent: a missing file of certificates is nobody else's business.
        let tls = match self.security {
            Security::Tls | Security::StartTls => Some(self.tls.build()?),
            Security::Plain => None,
        };
        let endpoint = self.to_endpoint();
        let socket = S::connect(&endpoint, self.connect_timeout).await?;
        let options = Options {
            limits: self.limits,
            require_starttls: self.security == Security::StartTls,
        };
        let mut client = Client {
            greeting: Status {
                kind: StatusKind::Ok,
                code: None,
                text: String::new(),
            },
            socket,
            pipe: Pipe::plain(),
            engine: Engine::new(options),
            updates: Updates::default(),
            workarounds: Workarounds::default(),
            server: match endpoint {
                Endpoint::Tcp { host, port } => Some((host, port)),
                _ => None,
            },
            timeout: self.timeout,
            connect_until,
            answer_limit: self.answer_limit,
            received: 0,
            idle_renewal: self.idle_renewal,
            unproven: false,
            broken: false,
        };
        if let (Security::Tls, Some(tls)) = (self.security, &tls) {
            client.pipe.start_tls(tls, &self.host)?;
        }
        client.greeted().await?;
        if let (Security::StartTls, Some(tls)) = (self.security, &tls) {
            client.starttls(tls, &self.host).await?;
        }
        client.connect_until = None;
        // A server may know who we are from the way we came (RFC 9051 §7.1.4).
        if let Some(login) = self.login
            && client.state().phase() == Phase::NotAuthenticated
        {
            client.log_in(login).await?;
        }
        Ok(client)
    }
}

impl Builder<blocking::Client> {
    /// Connects, and logs in if the settings say how.
    ///
    /// # Errors
    /// [`Error::Connect`] if there is no connection, [`Error::Tls`] if its certificate is not to be
    /// trusted, [`Error::Timeout`] if it takes too long;
    /// [`Error::Missing`] without STARTTLS where it is asked for; [`Error::Refused`] or
    /// [`Error::Login`] if the server does not let the user in, [`Error::Auth`] if that failed on
    /// our side, [`Error::NoMechanism`] if there is no way.
    pub fn connect(self) -> Result<blocking::Client> {
        blocking::connect(self)
    }
}

impl<S: Socket> Client<S> {
    async fn greeted(&mut self) -> Result<()> {
        let event = self.next_event(self.wait()).await;
        let event = event.map_err(|error| error.waiting_for(|| "the greeting".to_owned()))?;
        if let Event::Greeting(status) = event {
            self.updates.alert(&status);
            self.greeting = status;
        }
        match self.state().phase() {
            Phase::Logout => Err(self.closed()),
            _ => Ok(()),
        }
    }

    async fn starttls(&mut self, tls: &TlsConfig, host: &str) -> Result<()> {
        self.require("STARTTLS").await?;
        let ask = |_| Ok(command::starttls());
        self.run(Ask::to("STARTTLS", need_no_login, ask)).await?;
        self.pipe.start_tls(tls, host)?;
        // What was said in clear may have been said by anybody.
        self.updates.clear();
        self.flush().await
    }

    /// Fails unless the server has a capability, by itself or as a part of `IMAP4rev2`.
    pub(crate) async fn require(&mut self, capability: &str) -> Result<()> {
        if self.capabilities().await?.offers(capability) {
            Ok(())
        } else {
            Err(Error::missing(capability))
        }
    }
}
